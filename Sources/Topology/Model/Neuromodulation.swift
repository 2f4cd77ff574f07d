/// How dopamine turns the eligibility of a target's plastic synapses into weights.
public struct Neuromodulation: Sendable, Equatable {
    /// Time constant of the eligibility, ms.
    public var tauC: Double
    /// Time constant of dopamine, ms.
    public var tauD: Double
    /// Bounds of the weights, nA or µS.
    public var minimum: Double
    public var maximum: Double

    public init(tauC: Double = 1000, tauD: Double = 200, minimum: Double = 0, maximum: Double = 1) {
        self.tauC = tauC
        self.tauD = tauD
        self.minimum = minimum
        self.maximum = maximum
    }

    /// What its projections' `receptor` may be.
    public static let receptors = ["reward", "punishment"]
    /// Timing rules that it goes with.
    static var timings: [String] { TimingRuleKind.all.filter(\.takesReward).map(\.name) }
}
