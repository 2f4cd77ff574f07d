/// One worker core before it has a place: which neurons, with how many ring-buffer slots, and what it occupies.
public struct Slice: Sendable, Equatable {
    public var role: WorkerCore.Role
    /// Index of the population.
    public var population: Int
    /// The neurons held (for a delay extension: the neurons whose spikes it repeats).
    public var neurons: Range<Int>
    /// See ``WorkerCore/delaySlots``.
    public var delaySlots: Int
    /// Data memory the core needs, bytes.
    public var dtcm: Int
    /// Shared memory the core needs.
    public var regions: CoreRegions
    /// Shared memory the core needs, bytes.
    public let sdram: Int

    public init(
        role: WorkerCore.Role, population: Int, neurons: Range<Int>, delaySlots: Int, dtcm: Int, regions: CoreRegions
    ) {
        self.role = role
        self.population = population
        self.neurons = neurons
        self.delaySlots = delaySlots
        self.dtcm = dtcm
        self.regions = regions
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
}

/// A network cut into cores: the outcome of ``partition(_:)``.
public struct Partition: Sendable {
    /// In the order of ``Mapping/cores``.
    public var slices: [Slice]
    /// By population: its neuron or source cores, as a range of `slices`.
    public var coresOf: [Range<Int>]
    /// By population: its delay extensions, as a range of `slices`; as many as `coresOf`, or none.
    public var extensionsOf: [Range<Int>]
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
        return rates[slice.population] * Double(stages * slice.neurons.count)
    }

    /// The neurons a full core of the population holds; all but the last core are full.
    ///
    /// - Complexity: O(1).
    public func sliceSize(of population: Int) -> Int { slices[coresOf[population].lowerBound].neurons.count }

    /// The cores of the population that hold any of `neurons`.
    ///
    /// - Complexity: O(1).
    public func cores(of population: Int, holding neurons: Range<Int>) -> Range<Int> {
        let (first, size) = (coresOf[population].lowerBound, sliceSize(of: population))
        guard !neurons.isEmpty else { return first..<first }
        let end = min(coresOf[population].upperBound, first + (neurons.upperBound - 1) / size + 1)
        return first + neurons.lowerBound / size..<end
    }
}

/// Bits to tell `n` things apart: ⌈log₂ n⌉, 0 for one.
func bitsToCount(_ n: Int) -> Int { n <= 1 ? 0 : Int.bitWidth - (n - 1).leadingZeroBitCount }
