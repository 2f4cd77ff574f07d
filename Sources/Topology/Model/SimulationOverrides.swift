/// What a user asks for in place of what a topology says of its simulation.
public struct SimulationOverrides: Sendable {
    /// ms.
    public var duration: Double?
    /// Seed of all random numbers.
    public var seed: UInt64?

    /// - Parameters:
    ///   - duration: in ms; `nil`: the topology's.
    ///   - seed: `nil`: the topology's.
    public init(duration: Double? = nil, seed: UInt64? = nil) {
        self.duration = duration
        self.seed = seed
    }
}
