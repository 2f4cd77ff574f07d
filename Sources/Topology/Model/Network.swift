/// A network as a topology file describes it: what to simulate, on which machine, and what to record.
///
/// Values are kept as written (PyNN's units: ms, mV, nA, nF, µS, MΩ, Hz); nothing is expanded per neuron or synapse.
public struct Network: Sendable {
    public var name: String
    public var description: String?
    public var simulation: Simulation
    public var machine: MachineRequest
    /// In file order; the index is the population's number in results and hashes.
    public var populations: [Population]
    /// In file order; `pre` and `post` are indices into `populations`.
    public var projections: [Projection]
    public var currents: [CurrentSource]
    /// What changes on the way, ascending by step.
    public var changes: [NetworkChange] = []

    public init(
        name: String, description: String? = nil, simulation: Simulation, machine: MachineRequest,
        populations: [Population], projections: [Projection], currents: [CurrentSource] = []
    ) {
        self.name = name
        self.description = description
        self.simulation = simulation
        self.machine = machine
        self.populations = populations
        self.projections = projections
        self.currents = currents
    }
}

/// How long and how finely to simulate.
public struct Simulation: Sendable {
    /// Where Poisson sources and stochastic cells draw from: the chip's own streams per core, or counter-based streams.
    public enum RandomMode: String, Sendable { case chip, counter }

    /// The seed used when the file names none.
    public static let defaultSeed: UInt64 = 20_260_101

    /// Model time in ms.
    public var duration: Double
    /// Step in ms.
    public var timestep: Double
    /// Real time is `timestep × timeScaleFactor`.
    public var timeScaleFactor: Int
    public var seed: UInt64
    public var random: RandomMode

    public init(
        duration: Double, timestep: Double = 1, timeScaleFactor: Int = 1, seed: UInt64 = Simulation.defaultSeed,
        random: RandomMode = .chip
    ) {
        self.duration = duration
        self.timestep = timestep
        self.timeScaleFactor = timeScaleFactor
        self.seed = seed
        self.random = random
    }

    /// Steps in `duration`, rounded up to whole steps; a remainder below a millionth of a step is rounding noise.
    public var steps: Int { Self.roundedUp(duration / timestep) }

    /// The step in which a source sends a spike of a time in ms: the first that does not begin before it.
    ///
    /// - Returns: a step of the run; `nil` for a time that is not before the run's end.
    public func step(ofSpikeAt time: Double) -> Int? {
        let step = max(0, Self.roundedUp(time / timestep))
        return step < steps ? step : nil
    }

    /// Whole steps, where a hair above one is the rounding noise of its decimal notation.
    private static func roundedUp(_ steps: Double) -> Int {
        let whole = (steps - 1e-6).rounded(.up)
        return Int(exactly: whole) ?? (whole > 0 ? .max : 0)
    }
}

/// The machine a file asks for.
public struct MachineRequest: Sendable {
    public enum Shape: Sendable, Equatable {
        /// The smallest spin5 machine that fits.
        case auto
        /// A 2×2 board.
        case spin3
        /// 48-chip boards.
        case spin5(boards: Int)
        case grid(width: Int, height: Int, wrap: Bool)
    }

    /// Boards of the largest machine: as many as the largest SpiNNaker built has.
    public static let mostBoards = 1200

    public var shape: Shape
    /// `[x, y]` of dead chips.
    public var faultyChips: [[Int]]
    /// `[x, y, p]` of dead cores, `p` a virtual core number.
    public var faultyCores: [[Int]]
    /// `[x, y, l]` of dead links, dead in both directions.
    public var faultyLinks: [[Int]]
    /// Cores of every chip, the monitor included; `nil`: the real chip's.
    public var coresPerChip: Int?
    /// Multicast entries a user can have on a chip; `nil`: 1023.
    public var routerEntries: Int?
    public var core: CoreLimits

    public init(
        shape: Shape = .auto, faultyChips: [[Int]] = [], faultyCores: [[Int]] = [], faultyLinks: [[Int]] = [],
        coresPerChip: Int? = nil, routerEntries: Int? = nil, core: CoreLimits = CoreLimits()
    ) {
        self.shape = shape
        self.faultyChips = faultyChips
        self.faultyCores = faultyCores
        self.faultyLinks = faultyLinks
        self.coresPerChip = coresPerChip
        self.routerEntries = routerEntries
        self.core = core
    }
}

/// Limits of one worker core and its share of the chip; defaults are the real chip's.
public struct CoreLimits: Sendable {
    /// Processor cycles per second.
    public var clock = 200_000_000
    /// Data memory for application heap, bytes.
    public var dtcm = 54_756
    /// Shared memory of a chip usable by applications, bytes.
    public var sdram = 123_469_792
    /// Atoms bits + synapse type bits + delay bits of a ring buffer.
    public var ringBufferBits = 14
    /// Largest slice of a population on a core.
    public var neuronsPerCore = 256
    /// Largest slice of a Poisson source on a core.
    public var sourcesPerCore = 500
    /// Words of the longest synaptic row, the three of its header aside.
    public var rowWords = 256
    /// Synaptic events that a core is taken to handle in a second.
    public var synapsesPerSecond = 13_000_000

    public init() {}
}

/// A group of neurons or sources of one model.
public struct Population: Sendable {
    public var name: String
    public var size: Int
    /// Extent per dimension when given as `shape`; `[size]` otherwise.
    public var shape: [Int]
    public var model: CellModel
    /// By PyNN's parameter name; a missing name means the model's default.
    public var parameters: [String: ParameterValue]
    /// Initial values by state variable name.
    public var initial: [String: ParameterValue]
    /// `SpikeSourceArray` only: one list for all sources, or one list per source, in ms.
    public var spikeTimes: SpikeTimes?
    /// `SpikeSourcePoissonVariable` only.
    public var rateSchedule: RateSchedule?
    /// `SpikeSourceFromFile` only.
    public var spikeFile: SpikeFileReference?
    public var record: [Recording]
    public var neuronsPerCore: Int?
    /// Extents of a core's block, one a dimension of `shape`, when it is cut along each; then ``neuronsPerCore`` is
    /// their product.
    public var coreShape: [Int]?
    /// Cores beside each neuron core that take in its spikes (`n_synapse_cores`); `nil`: the neuron core does.
    public var synapseCores: Int?
    /// ``synapseCores`` is to be estimated (`"n_synapse_cores": "auto"`).
    public var estimatesSynapseCores = false
    /// Where that estimate comes from, once it is made.
    public var synapseCoreEstimate: SynapseCoreEstimate?
    /// Mean spikes of a neuron that can be expected, Hz, for the mapping; `nil`: what the model suggests.
    public var expectedRate: Double?
    /// Updates of a neuron per timestep (`n_steps_per_timestep`), each of an equal part of it.
    public var subSteps = 1
    /// The keys its neurons have to send, if the file says so.
    public var key: FixedKey?
    public var seed: UInt64?
    /// Receptors that tell the synapses onto it how to learn, by their rules.
    public var learningReceptors: [String] = []
    /// Places of the neurons, if given; else ``Positions/standard(shape:)``.
    public var positions: Positions?
    /// Parameters that are not numbers per neuron, of models that have such.
    public var arguments: [String: RuleArgument] = [:]

    public init(
        name: String, size: Int, shape: [Int]? = nil, model: CellModel, parameters: [String: ParameterValue] = [:],
        initial: [String: ParameterValue] = [:], spikeTimes: SpikeTimes? = nil, record: [Recording] = [],
        neuronsPerCore: Int? = nil, seed: UInt64? = nil
    ) {
        self.name = name
        self.size = size
        self.shape = shape ?? [size]
        self.model = model
        self.parameters = parameters
        self.initial = initial
        self.spikeTimes = spikeTimes
        self.record = record
        self.neuronsPerCore = neuronsPerCore
        self.seed = seed
    }

    /// The value of a parameter: as written, or the model's default.
    public func parameter(_ name: String) -> ParameterValue {
        parameters[name] ?? .number(model.defaults[name] ?? 0)
    }

    /// The initial value of a state variable: as written, or the model's default.
    public func initialValue(_ name: String) -> ParameterValue {
        initial[name] ?? .number(model.initialDefaults[name] ?? 0)
    }

    /// The recording of a variable, if asked for.
    public func recording(_ variable: String) -> Recording? { record.first { $0.variable == variable } }
}

/// Routing keys that a file gives a population.
public struct FixedKey: Sendable, Equatable {
    /// The first of them.
    public var key: UInt32
    /// Bits that tell them from all others, a run of ones from the highest bit; `nil`: as few keys as will do.
    public var mask: UInt32?

    public init(key: UInt32, mask: UInt32? = nil) {
        self.key = key
        self.mask = mask
    }
}

public enum SpikeTimes: Sendable, Equatable, Codable {
    case shared([Double])
    case perSource([[Double]])
}

/// One recorded variable of a population.
public struct Recording: Sendable {
    /// Its name: one of the model's ``CellModel/recordable``.
    public var variable: String
    /// Which neurons.
    public var neurons: NeuronSelection
    /// Sampling interval in ms; `nil`: every step.
    public var interval: Double?

    public init(variable: String, neurons: NeuronSelection = .all, interval: Double? = nil) {
        self.variable = variable
        self.neurons = neurons
        self.interval = interval
    }
}

/// A subset of a population's neurons, ascending.
public enum NeuronSelection: Sendable, Equatable, Codable {
    case all
    /// `a..<b` in steps of `step`.
    case range(start: Int, end: Int, step: Int)
    /// Ascending, without duplicates.
    case list([Int])

    /// The indices selected in a population of `size` neurons, ascending.
    public func indices(size: Int) -> [Int] {
        switch self {
        case .all: Array(0..<size)
        case .range(let start, let end, let step):
            // A step beyond the population selects one neuron, and no larger one than that has a place after it.
            Array(stride(from: start, to: min(end, size), by: min(step, max(size, 1))))
        case .list(let list): list
        }
    }
}

/// A value for each neuron or synapse.
public enum ParameterValue: Sendable, Equatable, Codable {
    case number(Double)
    /// One value per neuron.
    case list([Double])
    case distribution(Distribution)
}

/// PyNN's random distributions.
public enum Distribution: Sendable, Equatable, Codable {
    case uniform(low: Double, high: Double)
    case normal(mu: Double, sigma: Double)
    /// Redrawn until inside `[low, high]`; a bound may be infinite.
    case normalClipped(mu: Double, sigma: Double, low: Double, high: Double)
    /// Set to the bound when outside; a bound may be infinite.
    case normalClippedToBoundary(mu: Double, sigma: Double, low: Double, high: Double)
    case exponential(beta: Double)
    case lognormal(mu: Double, sigma: Double)
    case gamma(k: Double, theta: Double)
    case poisson(lambda: Double)
    case binomial(n: Int, p: Double)
    case uniformInt(low: Int, high: Int)
    case vonmises(mu: Double, kappa: Double)
}

/// A group of synapses from one population to another.
public struct Projection: Sendable {
    /// As written, or `PRE->POST`.
    public var name: String
    /// Index of the source population.
    public var pre: Int
    /// Index of the target population.
    public var post: Int
    /// As written; `excitatory` when absent, `inhibitory` when absent and a current-based weight is negative.
    public var receptor: String
    public var connector: Connector
    public var synapse: Synapse
    /// What its draws are keyed by in place of the simulation's seed.
    public var seed: UInt64?
    /// What was found by looking at the pairs, where the connector needs that.
    public var survey: PairSurvey?
    /// The receptor is the one that stands for none being named; weights read from a file later may change it.
    public var hasDefaultReceptor = false
    /// Whether its weights go to the results, and when.
    public var recordedWeights: WeightRecording?
    /// Which synapses form and go, and when, goes to the results.
    public var recordsRewiring = false

    public init(
        name: String, pre: Int, post: Int, receptor: String = "excitatory", connector: Connector, synapse: Synapse
    ) {
        self.name = name
        self.pre = pre
        self.post = post
        self.receptor = receptor
        self.connector = connector
        self.synapse = synapse
    }
}

/// Which pairs of neurons a projection joins; PyNN's connectors without the suffix.
public enum Connector: Sendable {
    case allToAll(allowSelfConnections: Bool)
    case oneToOne
    case fixedProbability(p: Double, allowSelfConnections: Bool)
    /// Every target draws `n` sources.
    case fixedNumberPre(n: Int, withReplacement: Bool, allowSelfConnections: Bool)
    /// Every source draws `n` targets.
    case fixedNumberPost(n: Int, withReplacement: Bool, allowSelfConnections: Bool)
    case fixedTotalNumber(n: Int, withReplacement: Bool, allowSelfConnections: Bool)
    /// Connections that no draw decides: lists, groups, kernels.
    case fixed(any ConnectionPattern)
    /// Each pair with a probability of its own.
    case pairwise(PairProbability)
    case smallWorld(SmallWorld)
    /// The connections of a file in the topology's folder that has not been read yet.
    case fromFile(ConnectionFileReference)
}

/// One row of a `FromList` connector.
public struct ListedConnection: Sendable, Equatable {
    public var pre: Int32
    public var post: Int32
    /// `nil`: the projection's own weight.
    public var weight: Double?
    /// `nil`: the projection's own delay, in ms.
    public var delay: Double?

    public init(pre: Int32, post: Int32, weight: Double? = nil, delay: Double? = nil) {
        self.pre = pre
        self.post = post
        self.weight = weight
        self.delay = delay
    }
}

/// Weight, delay and plasticity of a projection's synapses.
public struct Synapse: Sendable {
    public enum Plasticity: Sendable {
        case `static`
        /// Changes with spikes.
        case stdp
        /// Raises or lowers the dopamine by which the other synapses onto the target learn.
        case neuromodulation
        /// Changes by the spikes of another projection, or is such a projection.
        case weightChange
    }

    public var plasticity: Plasticity
    /// nA or µS; negative means inhibitory for current-based cells.
    public var weight: ParameterValue
    /// ms; `nil`: one timestep.
    public var delay: ParameterValue?
    /// What the weights are in place of ``weight``, by pair.
    public var weightExpression: PairExpression?
    /// What the delays are in place of ``delay``, by pair.
    public var delayExpression: PairExpression?
    /// Timing and weight rules, where `plasticity` is `stdp`.
    public var stdp: STDPRule?
    /// Where `plasticity` is `neuromodulation`; the weight is the concentration then.
    public var neuromodulation: Neuromodulation?
    /// The bounds of weights that another projection changes.
    public var changeable: WeightChangeable?
    /// What the spikes change in another projection; the weight is the magnitude of the change then.
    public var changer: WeightChanger?

    /// How its synapses come and go, if they do.
    public var structural: StructuralPlasticity?

    /// Its synapses and their weights stay as they are.
    public var isFixed: Bool { !isPlastic && structural == nil }

    /// Its spikes are no input, but say how other synapses change.
    public var modulates: Bool { neuromodulation != nil || changer != nil }

    /// It takes part in learning: its weights change, or it changes others.
    public var isPlastic: Bool {
        if case .static = plasticity { false } else { true }
    }

    public init(plasticity: Plasticity = .static, weight: ParameterValue = .number(0), delay: ParameterValue? = nil) {
        self.plasticity = plasticity
        self.weight = weight
        self.delay = delay
    }
}

/// A current injected into some neurons of a population.
public struct CurrentSource: Sendable, Equatable, Codable {
    public enum Kind: Sendable, Equatable, Codable {
        case dc(amplitude: Double, start: Double, stop: Double?)
        case ac(amplitude: Double, offset: Double, frequency: Double, phase: Double, start: Double, stop: Double?)
        case step(times: [Double], amplitudes: [Double])
        case noisy(mean: Double, stdev: Double, start: Double, stop: Double?)
    }

    public var kind: Kind
    /// Index of the population.
    public var population: Int
    public var neurons: NeuronSelection

    public init(kind: Kind, population: Int, neurons: NeuronSelection = .all) {
        self.kind = kind
        self.population = population
        self.neurons = neurons
    }
}
