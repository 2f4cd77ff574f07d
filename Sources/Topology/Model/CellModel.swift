/// A cell or source model by its PyNN name, with what the rest of the program needs to know of it.
public struct CellModel: Sendable, Equatable {
    /// What a model does on the machine; a source that stands for another has the kind closest to it.
    public enum Kind: Sendable, Equatable {
        case neuron
        case spikeSourceArray
        case spikeSourcePoisson
    }

    public let name: String
    public let kind: Kind
    /// Defaults by parameter name (Documentation/Chip.md, "Cell models").
    public let defaults: [String: Double]
    /// Defaults by state variable.
    public let initialDefaults: [String: Double]
    /// Receptor names by synapse type number.
    public let receptors: [String]
    /// Variables that can be recorded: spikes, V, the summed inputs, and every other state variable by its name in
    /// `initial`.
    public let recordable: [String]
    /// The variable that is recorded of cores, not of neurons: the packets that arrived in the step before.
    public static let packetsPerTimestep = "packets-per-timestep"
    /// Weights are conductances (µS) and scaled by 1024 on the chip.
    public let isConductanceBased: Bool
    /// Neurons are updated several times a step where the population's `n_steps_per_timestep` says so.
    public let hasSubSteps: Bool
    /// sPyNNaker has no such model; parameters, defaults and equations are PyNN's, or those its description names.
    public let isBeyondSPyNNaker: Bool
    /// Parameters without a default number: optional ones, lists and names.
    public let otherParameters: [String]

    /// Every parameter's name, sorted.
    public var parameterNames: [String] { (defaults.keys + otherParameters).sorted() }

    /// Units of variables where they are not the usual ones.
    private let ownUnits: [String: String]

    /// The unit of a recorded variable, as reports name it.
    ///
    /// `isyn_…` of a conductance-based cell is what the chip holds, 1024 times the conductance.
    public func units(of variable: String) -> String {
        if let unit = ownUnits[variable] { return unit }
        switch variable {
        case "v": return "mV"
        case "u": return "mV/ms"
        case "gsyn_exc", "gsyn_inh": return isConductanceBased ? "uS" : "nA"
        case "isyn_exc", "isyn_exc2", "isyn_inh": return isConductanceBased ? "uS/1024" : "nA"
        case "exc_response", "inh_response", "exc2_old", "i_ca2": return "nA"
        case Self.packetsPerTimestep: return "packets"
        default: return "dimensionless"
        }
    }

    /// Whether a variable is the sum of a step's input, which has no value that lasts.
    public func isMadeOfInput(_ variable: String) -> Bool {
        variable == "v" && ["StocExp", "StocSigma"].contains(name)
    }

    /// Sends spikes of its own accord and takes no input.
    public var isSource: Bool { kind != .neuron }

    public init(
        name: String, kind: Kind = .neuron, defaults: [String: Double] = [:], initialDefaults: [String: Double] = [:],
        receptors: [String] = ["excitatory", "inhibitory"], recordable: [String] = ["spikes"],
        isConductanceBased: Bool = false, hasSubSteps: Bool = false, isBeyondSPyNNaker: Bool = false,
        otherParameters: [String] = [], ownUnits: [String: String] = [:]
    ) {
        self.name = name
        self.kind = kind
        self.defaults = defaults
        self.initialDefaults = initialDefaults
        self.receptors = receptors
        self.recordable = recordable
        self.isConductanceBased = isConductanceBased
        self.hasSubSteps = hasSubSteps
        self.isBeyondSPyNNaker = isBeyondSPyNNaker
        self.otherParameters = otherParameters
        self.ownUnits = ownUnits
    }

    public static let spikeSourceArray = CellModel(
        name: "SpikeSourceArray", kind: .spikeSourceArray, receptors: [], otherParameters: ["spike_times"])

    public static let spikeSourcePoisson = CellModel(
        name: "SpikeSourcePoisson", kind: .spikeSourcePoisson, defaults: ["rate": 0, "start": 0], receptors: [],
        otherParameters: ["duration"])
}
