import StrictJSON

/// A timing rule: everything that a network has to know of it, in one place.
public struct TimingRuleKind: Sendable {
    let signature: RuleSignature
    /// Bytes that each spike in a neuron's history takes for it beside its time, on the chip.
    public let historyBytes: Int
    /// Receptors that the targets of its synapses have beside those of their model: what arrives there tells the
    /// synapses how to learn.
    public let receptors: [String]
    /// The one weight dependence that it goes with, which goes with it only; `nil`: any other.
    let weightDependence: String?
    /// It goes with neuromodulation.
    let takesReward: Bool

    /// Its name in the file.
    public var name: String { signature.name }

    private init(
        _ signature: RuleSignature, historyBytes: Int, receptors: [String] = [], weightDependence: String? = nil,
        takesReward: Bool = false
    ) {
        self.signature = signature
        self.historyBytes = historyBytes
        self.receptors = receptors
        self.weightDependence = weightDependence
        self.takesReward = takesReward
    }

    /// The rule of a name; `nil` for one that is no timing rule.
    public static func named(_ name: String) -> TimingRuleKind? { all.first { $0.name == name } }

    /// All there are, sPyNNaker's first.
    public static let all: [TimingRuleKind] = [
        TimingRuleKind(
            RuleSignature(
                "SpikePair",
                [RuleSignature.time("tau_plus", 20), RuleSignature.time("tau_minus", 20)] + RuleSignature.amplitudes),
            historyBytes: 2, takesReward: true),
        TimingRuleKind(
            RuleSignature(
                "SpikeNearestPair",
                [RuleSignature.time("tau_plus", 20), RuleSignature.time("tau_minus", 20)] + RuleSignature.amplitudes),
            historyBytes: 0),
        TimingRuleKind(
            RuleSignature(
                "PfisterSpikeTriplet",
                [
                    RuleSignature.time("tau_plus"), RuleSignature.time("tau_minus"), RuleSignature.time("tau_x"),
                    RuleSignature.time("tau_y"),
                ] + RuleSignature.amplitudes), historyBytes: 8, weightDependence: "AdditiveTriplet"),
        TimingRuleKind(
            RuleSignature(
                "Vogels2011",
                [ArgumentRule("alpha", .number(.fixedPoint), required: true), RuleSignature.time("tau", 20)]
                    + RuleSignature.amplitudes), historyBytes: 2, takesReward: true),
        TimingRuleKind(
            RuleSignature(
                "Recurrent",
                [
                    ArgumentRule("accumulator_depression", .integer(-128...0), default: .number(-6)),
                    ArgumentRule("accumulator_potentiation", .integer(0...127), default: .number(6)),
                    RuleSignature.time("mean_pre_window", 35), RuleSignature.time("mean_post_window", 35),
                    ArgumentRule("dual_fsm", .flag, default: .flag(true)),
                ] + RuleSignature.amplitudes), historyBytes: 2),
        TimingRuleKind(
            RuleSignature(
                "HebbianRate",
                [RuleSignature.time("tau", 100), ArgumentRule("rate", .number(.nonNegative), default: .number(10))]
                    + RuleSignature.amplitudes,
                beyond: true), historyBytes: 2),
        TimingRuleKind(
            RuleSignature(
                "ReSuMe",
                [RuleSignature.time("tau", 10), ArgumentRule("a", .number(.fixedPoint), default: .number(0.05))]
                    + RuleSignature.amplitudes,
                beyond: true), historyBytes: 2, receptors: ["teacher"]),
        TimingRuleKind(
            RuleSignature(
                "PSD", [RuleSignature.time("tau_s", 10), RuleSignature.time("tau_f", 2.5)] + RuleSignature.amplitudes,
                beyond: true), historyBytes: 2, receptors: ["teacher"]),
        TimingRuleKind(
            RuleSignature(
                "EProp",
                [RuleSignature.time("tau_plus", 20), RuleSignature.time("tau_e", 100)] + RuleSignature.amplitudes,
                beyond: true), historyBytes: 4, receptors: ["teacher", "critic"]),
        TimingRuleKind(
            RuleSignature(
                "GraupnerBrunel",
                [
                    RuleSignature.time("tau_Ca", 20), RuleSignature.number("C_pre", 1),
                    RuleSignature.number("C_post", 2), RuleSignature.number("theta_p", 1.3),
                    RuleSignature.number("theta_d", 1), RuleSignature.number("gamma_p", 321.808),
                    RuleSignature.number("gamma_d", 200),
                    ArgumentRule(
                        "tau", .number(ValueRange(low: 0, isOpenBelow: true)), default: .number(150_000)),
                ], beyond: true), historyBytes: 2, weightDependence: "SoftBounds"),
    ]
}
