/// A value of a connector, rule or source that is parsed but not executed yet.
public indirect enum RuleArgument: Sendable, Equatable {
    case flag(Bool)
    case number(Double)
    case text(String)
    case numbers([Double])
    case list([RuleArgument])
}

/// A named rule with its arguments, defaults filled in.
public struct Rule: Sendable, Equatable {
    /// The name as in the file.
    public var type: String
    /// Arguments by name; an optional one without a default is absent.
    public var arguments: [String: RuleArgument]

    /// Makes a rule.
    public init(type: String, arguments: [String: RuleArgument] = [:]) {
        self.type = type
        self.arguments = arguments
    }
}

/// Spike-timing dependent plasticity as written in a file.
public struct STDPRule: Sendable, Equatable {
    /// When a pair of spikes changes a weight.
    public var timing: Rule
    /// How far.
    public var weightDependence: Rule
    /// The delay is dendritic: it shifts the target's spikes.
    public var backpropDelay: Bool

    /// Makes an STDP rule.
    public init(timing: Rule, weightDependence: Rule, backpropDelay: Bool = true) {
        self.timing = timing
        self.weightDependence = weightDependence
        self.backpropDelay = backpropDelay
    }
}
