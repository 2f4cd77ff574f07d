import StrictJSON

/// What an argument may be.
enum ArgumentKind: Sendable {
    case flag
    case integer(ClosedRange<Int>)
    case number(ValueRange)
    case text
    /// A file in the topology's own folder.
    case path
    case numbers(ValueRange)
    /// Rows of numbers, all of the same length.
    case table(ValueRange)
    /// A list of numbers, or lists of them of any length.
    case tableOrList(ValueRange)
    /// An integer, or `[rows, columns]`.
    case extent(ClosedRange<Int>)
    /// `[rows, columns]`.
    case pair(ClosedRange<Int>)
}

/// A named argument of a connector or rule.
struct ArgumentRule: Sendable {
    var name: String
    var kind: ArgumentKind
    var isRequired: Bool
    var fallback: RuleArgument?

    init(_ name: String, _ kind: ArgumentKind, required: Bool = false, default fallback: RuleArgument? = nil) {
        self.name = name
        self.kind = kind
        self.isRequired = required
        self.fallback = fallback
    }
}

/// A connector, timing rule, weight rule or current by its name in the file.
struct RuleSignature: Sendable {
    var name: String
    var arguments: [ArgumentRule]
    /// sPyNNaker has no such rule.
    var isBeyondSPyNNaker: Bool

    init(_ name: String, _ arguments: [ArgumentRule] = [], beyond: Bool = false) {
        self.name = name
        self.arguments = arguments
        isBeyondSPyNNaker = beyond
    }
}

extension RuleSignature {
    private static let counts = 0...TopologyReader.largestSize
    private static let sizes = 1...TopologyReader.largestSize
    private static let selfConnections = ArgumentRule("allow_self_connections", .flag, default: .flag(true))

    private static func replacement(_ fallback: Bool) -> ArgumentRule {
        ArgumentRule("with_replacement", .flag, default: .flag(fallback))
    }

    private static let receptors = [
        ArgumentRule("positive_receptor_type", .text, default: .text("excitatory")),
        ArgumentRule("negative_receptor_type", .text, default: .text("inhibitory")),
    ]
    private static let pooling = [
        ArgumentRule("pool_shape", .extent(sizes)), ArgumentRule("pool_stride", .extent(sizes)),
    ]

    private static func total(_ name: String) -> RuleSignature {
        RuleSignature(
            name,
            [
                ArgumentRule("n", .integer(0...1 << 53), required: true), replacement(true), selfConnections,
            ])
    }

    /// PyNN's and sPyNNaker's connectors without `Connector`.
    static let connectors: [RuleSignature] = [
        RuleSignature("AllToAll", [selfConnections]),
        RuleSignature("OneToOne"),
        RuleSignature(
            "FixedProbability", [ArgumentRule("p_connect", .number(.probability), required: true), selfConnections]),
        RuleSignature(
            "FixedNumberPre",
            [ArgumentRule("n", .integer(counts), required: true), replacement(false), selfConnections]),
        RuleSignature(
            "FixedNumberPost",
            [ArgumentRule("n", .integer(counts), required: true), replacement(false), selfConnections]),
        total("FixedTotalNumber"),
        total("Multapse"),
        // `conn_list` is read by itself.
        RuleSignature("FromList", [ArgumentRule("conn_list", .tableOrList(.finite), required: true)]),
        RuleSignature("FromFile", [ArgumentRule("file", .path, required: true), ArgumentRule("population", .text)]),
        RuleSignature(
            "AllButMe",
            [ArgumentRule("n_neurons_per_group", .integer(sizes)), ArgumentRule("weights", .numbers(.fixedPoint))]),
        RuleSignature("Array", [ArgumentRule("array", .table(.probability), required: true)]),
        RuleSignature("CSA", [ArgumentRule("cset", .text, required: true)]),
        RuleSignature(
            "Convolution",
            [
                ArgumentRule("kernel_weights", .table(.fixedPoint), required: true),
                ArgumentRule("kernel_shape", .extent(sizes)), ArgumentRule("strides", .extent(sizes)),
                ArgumentRule("padding", .extent(counts)),
            ] + pooling + receptors),
        RuleSignature(
            "DistanceDependentProbability", [ArgumentRule("d_expression", .text, required: true), selfConnections]),
        RuleSignature(
            "IndexBasedProbability", [ArgumentRule("index_expression", .text, required: true), selfConnections]),
        RuleSignature(
            "Kernel",
            [
                ArgumentRule("shape_pre", .pair(sizes), required: true),
                ArgumentRule("shape_post", .pair(sizes), required: true),
                ArgumentRule("shape_kernel", .pair(sizes), required: true),
                ArgumentRule("weight_kernel", .table(.fixedPoint)), ArgumentRule("delay_kernel", .table(.positive)),
                ArgumentRule("shape_common", .pair(sizes)), ArgumentRule("pre_sample_steps_in_post", .pair(sizes)),
                ArgumentRule("pre_start_coords_in_post", .pair(counts)),
                ArgumentRule("post_sample_steps_in_pre", .pair(sizes)),
                ArgumentRule("post_start_coords_in_pre", .pair(counts)),
            ]),
        RuleSignature(
            "OneToOneOffset",
            [
                ArgumentRule(
                    "offset", .integer(-TopologyReader.largestSize...TopologyReader.largestSize), required: true),
                ArgumentRule("wrap", .flag, default: .flag(false)),
                ArgumentRule("n_neurons_per_group", .integer(sizes)),
            ]),
        RuleSignature(
            "PoolDense", [ArgumentRule("weights", .table(.fixedPoint), required: true)] + pooling + receptors),
        RuleSignature(
            "SmallWorld",
            [
                ArgumentRule("degree", .number(ValueRange(low: 0)), required: true),
                ArgumentRule("rewiring", .number(.probability), required: true), selfConnections,
                ArgumentRule("n_connections", .integer(counts)),
            ]),
    ]

    static let amplitudes = [
        ArgumentRule("A_plus", .number(.fixedPoint), default: .number(0.01)),
        ArgumentRule("A_minus", .number(.fixedPoint), default: .number(0.01)),
    ]

    static func time(_ name: String, _ fallback: Double? = nil) -> ArgumentRule {
        ArgumentRule(name, .number(.positive), required: fallback == nil, default: fallback.map { .number($0) })
    }

    static func number(_ name: String, _ fallback: Double) -> ArgumentRule {
        ArgumentRule(name, .number(.nonNegative), default: .number(fallback))
    }

    /// When a pair of spikes changes a weight.
    static var timings: [RuleSignature] { TimingRuleKind.all.map(\.signature) }

    /// PyNN's arguments of a Tsodyks-Markram synapse beside weight and delay.
    static let tsodyksMarkram = RuleSignature(
        LearningRules.tsodyksMarkram,
        [
            ArgumentRule("U", .number(ValueRange(low: 0, isOpenBelow: true, high: 1)), default: .number(0.5)),
            time("tau_rec", 100), ArgumentRule("tau_facil", .number(.time), default: .number(0)),
        ], beyond: true)

    private static let weightBounds = [
        ArgumentRule("w_min", .number(.fixedPoint), default: .number(0)),
        ArgumentRule("w_max", .number(.fixedPoint), default: .number(1)),
    ]

    /// How far a weight changes.
    static let weightDependences: [RuleSignature] = [
        RuleSignature("Additive", weightBounds),
        RuleSignature("Multiplicative", weightBounds),
        RuleSignature(
            "AdditiveTriplet",
            weightBounds + [
                ArgumentRule("A3_plus", .number(.fixedPoint), default: .number(0.01)),
                ArgumentRule("A3_minus", .number(.fixedPoint), default: .number(0.01)),
            ]),
        RuleSignature("SoftBounds", weightBounds, beyond: true),
    ]

    private static let startAndStop = [
        ArgumentRule("start", .number(.time), default: .number(0)), ArgumentRule("stop", .number(.time)),
    ]

    private static func current(_ name: String, _ fallback: Double) -> ArgumentRule {
        ArgumentRule(name, .number(.fixedPoint), default: .number(fallback))
    }

    /// PyNN's current sources without `Source`; `population` and `neurons` come besides.
    static let currents: [RuleSignature] = [
        RuleSignature("DC", [current("amplitude", 1)] + startAndStop),
        RuleSignature(
            "AC",
            [
                current("amplitude", 1), current("offset", 0),
                ArgumentRule("frequency", .number(.nonNegative), default: .number(10)), current("phase", 0),
            ] + startAndStop),
        RuleSignature(
            "Step",
            [
                ArgumentRule("times", .numbers(.time), required: true),
                ArgumentRule("amplitudes", .numbers(.fixedPoint), required: true),
            ]),
        RuleSignature(
            "Noisy",
            [current("mean", 0), ArgumentRule("stdev", .number(.nonNegative), default: .number(1))] + startAndStop),
    ]
}
