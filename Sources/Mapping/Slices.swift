public import Topology

/// One worker core before it has a place: which neurons, with how many ring-buffer slots, and what it occupies.
public struct Slice: Sendable, Equatable {
    public var role: WorkerCore.Role
    /// Index of the population.
    public var population: Int
    /// The neurons held (for a delay extension: the neurons whose spikes it repeats).
    public var neurons: NeuronSlice
    /// See ``WorkerCore/delaySlots``.
    public var delaySlots: Int
    /// See ``WorkerCore/neuronCore``.
    public var neuronCore: Int?
    /// Worker cores it takes: more than one where it stands for a group.
    var width = 1
    /// Data memory the core needs, bytes.
    public var dtcm: Int
    /// Shared memory the core needs.
    public var regions: CoreRegions
    /// Shared memory the core needs, bytes.
    public let sdram: Int

    public init(
        role: WorkerCore.Role, population: Int, neurons: NeuronSlice, delaySlots: Int, dtcm: Int, regions: CoreRegions,
        neuronCore: Int? = nil
    ) {
        self.role = role
        self.population = population
        self.neurons = neurons
        self.delaySlots = delaySlots
        self.dtcm = dtcm
        self.regions = regions
        self.neuronCore = neuronCore
        sdram = regions.total
    }
}

/// What keeps the cores of a population from holding more neurons.
public enum SliceLimit: String, Sendable {
    /// There are no more: the population is on one core.
    case size
    /// The population's own `neurons_per_core`.
    case neuronsPerCore = "neurons_per_core"
    /// The machine's default for neurons.
    case neuronsDefault = "core.neurons_per_core"
    /// The machine's default for sources.
    case sourcesDefault = "core.sources_per_core"
    /// Bits of the ring buffers' index.
    case ringBufferBits = "core.ring_buffer_bits"
    /// Data memory, of the core itself or of its delay extension.
    case dataMemory = "core.dtcm"
    /// The longest synaptic row.
    case rowWords = "core.row_words"
    /// The slices of the population whose memory its cores write to.
    case synapseCores = "n_synapse_cores"
}

/// A network cut into cores: the outcome of ``partition(_:)``.
public struct Partition: Sendable {
    /// In the order of ``Mapping/cores``.
    public var slices: [Slice]
    /// By population: its neuron or source cores, as a range of `slices`.
    public var coresOf: [Range<Int>]
    /// By population: how it is cut into ``coresOf``.
    public var tilings: [Tiling]
    /// By population: its delay extensions, as a range of `slices`; as many as `coresOf`, or none.
    public var extensionsOf: [Range<Int>]
    /// By population: its synapse cores, those of a slice together, as a range of `slices`; often none.
    public var synapseCoresOf: [Range<Int>]
    /// Which populations have synapse cores, and which sources write to their memory.
    public var split: SplitCores
    /// By population: what keeps its cores from holding more.
    public var limits: [SliceLimit]
    /// By projection: the delays its synapses can have.
    public var delays: [DelayBounds]
    /// By population: spikes of a neuron that can be expected, Hz.
    public var rates: [Double]
    /// By population: its name, for messages.
    public var names: [String]

    /// Packets that a slice can be expected to send in a second.
    ///
    /// - Complexity: O(1).
    func packets(from slice: Slice) -> Double {
        let stages = if case .delayExtension(let stages) = slice.role { stages } else { 1 }
        if case .synapses = slice.role { return 0 }
        return rates[slice.population] * Double(stages * slice.neurons.count)
    }

    /// The neurons a full core of the population holds; only those at its upper edges hold fewer.
    ///
    /// - Complexity: O(1).
    public func sliceSize(of population: Int) -> Int { tilings[population].largest }

    /// Which populations' cores hold fewer neurons than asked for because the data memory is short, a sentence each.
    ///
    /// - Complexity: O(populations).
    func memoryNotes(of network: Network) -> [String] {
        names.indices.compactMap { p in
            let asked = min(network.askedNeurons(of: p), network.populations[p].size)
            guard limits[p] == .dataMemory, sliceSize(of: p) < asked, !coresOf[p].isEmpty else { return nil }
            let slots = slices[coresOf[p].lowerBound].delaySlots
            let what =
                extensionsOf[p].isEmpty
                ? slots > 0 ? "ring buffers of \(slots) slots, histories and neurons" : "its sources"
                : "a delay extension"
            return "population \"\(names[p])\": a core holds \(sliceSize(of: p)) neurons rather than \(asked), since "
                + "\(what) of more would exceed the \(network.machine.core.dtcm) bytes of data memory a core is "
                + "estimated to have"
        }
    }

    /// Calls `body` with every core of the population that holds any of `neurons`, with one more than once.
    ///
    /// - Complexity: O(cores) for ranges, O(neurons) otherwise.
    func forEachCore(of population: Int, holding neurons: NeuronSlice, _ body: (Int) -> Void) {
        let (cores, tiling) = (coresOf[population], tilings[population])
        let size = tiling.shape.reduce(1, *)
        if tiling.shape.count == 1, neurons.isRange {
            guard neurons.lowerBound < size else { return }
            for number in tiling.number(of: neurons.lowerBound)...tiling.number(of: min(size, neurons.upperBound) - 1) {
                body(cores.lowerBound + number)
            }
            return
        }
        for neuron in neurons where neuron < size { body(cores.lowerBound + tiling.number(of: neuron)) }
    }
}

/// Bits to tell `n` things apart: ⌈log₂ n⌉, 0 for one.
func bitsToCount(_ n: Int) -> Int { n <= 1 ? 0 : Int.bitWidth - (n - 1).leadingZeroBitCount }
