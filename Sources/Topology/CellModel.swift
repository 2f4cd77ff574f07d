/// A cell or source model by its PyNN name, with what the rest of the program needs to know of it.
public struct CellModel: Sendable, Equatable {
    /// What a model does on the machine; a source that is not supported yet has the kind closest to it.
    public enum Kind: Sendable, Equatable {
        case neuron
        case spikeSourceArray
        case spikeSourcePoisson
    }

    public let name: String
    public let kind: Kind
    /// Defaults by parameter name (spinnaker-facts §6.1).
    public let defaults: [String: Double]
    /// Defaults by state variable.
    public let initialDefaults: [String: Double]
    /// Receptor names by synapse type number.
    public let receptors: [String]
    /// Variables that can be recorded.
    public let recordable: [String]
    /// Weights are conductances (µS) and scaled by 1024 on the chip.
    public let isConductanceBased: Bool
    /// False: known to the grammar, refused with "not supported yet".
    public let isSupported: Bool
    /// Parameters without a default number: optional ones, lists and names.
    public let otherParameters: [String]

    /// Every parameter's name, sorted.
    public var parameterNames: [String] { (defaults.keys + otherParameters).sorted() }

    /// Sends spikes of its own accord and takes no input.
    public var isSource: Bool { kind != .neuron }

    public init(
        name: String, kind: Kind = .neuron, defaults: [String: Double] = [:], initialDefaults: [String: Double] = [:],
        receptors: [String] = ["excitatory", "inhibitory"], recordable: [String] = ["spikes"],
        isConductanceBased: Bool = false, isSupported: Bool = false, otherParameters: [String] = []
    ) {
        self.name = name
        self.kind = kind
        self.defaults = defaults
        self.initialDefaults = initialDefaults
        self.receptors = receptors
        self.recordable = recordable
        self.isConductanceBased = isConductanceBased
        self.isSupported = isSupported
        self.otherParameters = otherParameters
    }

    public static let ifCurrExp = CellModel(
        name: "IF_curr_exp",
        defaults: [
            "tau_m": 20, "cm": 1, "v_rest": -65, "v_reset": -65, "v_thresh": -50, "tau_syn_E": 5, "tau_syn_I": 5,
            "tau_refrac": 0.1, "i_offset": 0,
        ],
        initialDefaults: ["v": -65, "isyn_exc": 0, "isyn_inh": 0],
        recordable: ["spikes", "v", "gsyn_exc", "gsyn_inh"], isSupported: true)

    public static let spikeSourceArray = CellModel(
        name: "SpikeSourceArray", kind: .spikeSourceArray, receptors: [], isSupported: true,
        otherParameters: ["spike_times"])

    public static let spikeSourcePoisson = CellModel(
        name: "SpikeSourcePoisson", kind: .spikeSourcePoisson, defaults: ["rate": 0, "start": 0], receptors: [],
        isSupported: true, otherParameters: ["duration"])
}
