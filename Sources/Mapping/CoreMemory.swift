// What a core's program occupies, worked out before anything is built.
//
// Data memory (DTCM) is private to a core: the ring buffers, one 16-bit word per slot, synapse type and neuron, each
// count rounded up to a power of two; a copy of the population table; the neurons' state and parameters; the input
// queue and the two row buffers.
//
// Shared memory (SDRAM) belongs to the chip. The population table has 20 bytes for every source that feeds the core and
// 4 for every projection. All rows of a projection's matrix are as long as its longest, so that a row's address is a
// product: a matrix takes (longest row + 3 header words) × source neurons, for each delay stage again. Which row will
// be longest is not known before the draw; what is reserved is the length that fewer than one in a hundred matrices
// would exceed. Recordings are read out between chunks of a long run, so that a thousand steps have to fit.
//
// Sizes of table, rows, bit fields and recordings are the chip's (Documentation/Chip.md, "Population table", "Rows",
// "Bit fields"). The words of a neuron, the fixed regions and the room for code's variables are estimates.

public import Topology

/// Shared memory of one worker core by region, bytes.
public struct CoreRegions: Sendable, Equatable {
    /// Regions every program has; an estimate.
    public var system = 65_536
    /// Entries of the master population table and its address list.
    public var populationTable = 0
    /// Synaptic matrices.
    public var rows = 0
    /// One bit for every source neuron, which says whether it has a row here.
    public var bitFields = 0
    /// Parameters and state of neurons or sources; an estimate.
    public var parameters = 0
    /// Spike times of a `SpikeSourceArray`.
    public var spikeTimes = 0
    /// Recordings of as many steps as are run in a row.
    public var recordings = 0
    /// What synapse cores hand to a neuron core.
    public var transfers = 0

    public init() {}

    public var total: Int {
        inOrder.reduce(0) { $0 + $1.bytes }
    }

    /// The regions under the names that reports use.
    public var inOrder: [(name: String, bytes: Int)] {
        [
            ("system", system), ("population_table", populationTable), ("rows", rows), ("bit_fields", bitFields),
            ("parameters", parameters), ("spike_times", spikeTimes), ("recordings", recordings),
            ("transfers", transfers),
        ]
    }

    /// Adds the regions of another core.
    public mutating func add(_ other: CoreRegions) {
        system += other.system
        populationTable += other.populationTable
        rows += other.rows
        bitFields += other.bitFields
        parameters += other.parameters
        spikeTimes += other.spikeTimes
        recordings += other.recordings
        transfers += other.transfers
    }
}

enum CoreMemory {
    /// Input queue of 256 spikes and two row buffers.
    static let fixedDTCM = 3072
    /// Parameters and state of a neuron with two exponential synapses: 16 words; an estimate for the others.
    static let neuronDTCM = 64
    /// Parameters and state of a Poisson source.
    static let sourceDTCM = 60
    /// Parameters and state of a neuron as they are loaded; an estimate.
    static let neuronSDRAM = 128
    static let wordBytes = 4
    static let rowHeaderWords = 3
    /// Of the population table: a source, and a projection.
    static let (tableEntry, address) = (20, 4)
    /// Words before the weights of a plastic row: the time and trace of the last spike.
    static let plasticHeaderWords = 2
    /// Steps that are run at least before recordings are read out.
    static let stepsInARow = 1000

    /// Bytes that a synapse core hands to its neuron core in a step.
    static func transfer(neurons: Int, typeBits: Int) -> Int { 2 << (bitsToCount(neurons) + typeBits) }

    /// Data memory of a neuron core with synapse cores: the sum of their inputs, and two buffers for them.
    static func dtcmOfNeurons(_ neurons: Int, typeBits: Int) -> Int {
        fixedDTCM + neurons * neuronDTCM + 3 * transfer(neurons: neurons, typeBits: typeBits)
    }

    /// Data memory of a core that takes in spikes.
    ///
    /// - Parameters:
    ///   - isSplit: The neurons are elsewhere.
    ///   - historyBytes: Of a neuron, where synapses onto it learn.
    ///   - table: Bytes of the population table.
    static func dtcm(
        neurons: Int, typeBits: Int, slots: Int, historyBytes: Int, table: Int, isSplit: Bool
    ) -> Int {
        fixedDTCM + table + neurons * ((isSplit ? 0 : neuronDTCM) + historyBytes) + 2 * slots
            << (bitsToCount(neurons) + typeBits)
    }

    /// The most neurons, up to `most`, whose ring buffers of `slots` slots and histories the data memory holds; 0:
    /// none.
    ///
    /// - Complexity: O(log `most`).
    static func neuronLimit(
        atMost most: Int, typeBits: Int, slots: Int, historyBytes: Int, table: Int, isSplit: Bool, limits: CoreLimits
    ) -> Int {
        func fits(_ neurons: Int) -> Bool {
            if isSplit, dtcmOfNeurons(neurons, typeBits: typeBits) > limits.dtcm { return false }
            return dtcm(
                neurons: neurons, typeBits: typeBits, slots: slots, historyBytes: historyBytes, table: table,
                isSplit: isSplit) <= limits.dtcm
        }
        // More neurons never take less memory.
        var (good, bad) = (0, most + 1)
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if fits(middle) { good = middle } else { bad = middle }
        }
        return good
    }

    /// The most neurons of a core that repeats spikes up to `steps` later: one byte a neuron and step.
    static func delayedNeuronLimit(steps: Int, limits: CoreLimits) -> Int {
        max(0, limits.dtcm - fixedDTCM) / max(1, steps)
    }

    /// Words of a row without its header.
    static func rowWords(synapses: Int, isPlastic: Bool) -> Int {
        isPlastic ? plasticHeaderWords + 2 * ((synapses + 1) / 2) : synapses
    }

    /// Shared memory of recordings of `neurons`: a time word and a bit or a word a neuron, for each step recorded.
    static func recordings(of population: Population, _ neurons: NeuronSlice, _ simulation: Simulation) -> Int {
        population.record.reduce(0) { sum, recording in
            let recorded = recording.neurons.count(in: neurons)
            guard recorded > 0 else { return sum }
            let words =
                switch recording.variable {
                case "spikes": (neurons.count + 31) / 32
                case CellModel.packetsPerTimestep: 1
                default: recorded
                }
            let interval = recording.interval.map { max(1, ($0 / simulation.timestep).rounded()) } ?? 1
            let samples = (Double(min(simulation.steps, stepsInARow)) / interval).rounded(.up)
            return sum + (1 + words) * wordBytes * Int(samples)
        }
    }
}

extension NeuronSelection {
    /// Neurons selected inside a slice.
    func count(in neurons: NeuronSlice) -> Int {
        switch self {
        case .all: return neurons.count
        case .list(let list): return list.count { neurons.contains($0) }
        case .range(let start, let end, let step):
            // A step may be any number: nothing is added to it.
            func below(_ bound: Int) -> Int {
                let (whole, rest) = max(0, min(bound, end) - start).quotientAndRemainder(dividingBy: step)
                return whole + (rest > 0 ? 1 : 0)
            }
            return neurons.ranges.reduce(0) { $0 + below($1.upperBound) - below($1.lowerBound) }
        }
    }
}

extension Projection {
    /// Synapses that can be expected on the neurons `slice` of a target population.
    ///
    /// For a pattern this counts connections one by one; a caller with many slices counts once with
    /// ``listedSynapses(perNeuronOf:)``.
    ///
    /// - Parameters:
    ///   - slice: Neurons of the target population.
    ///   - network: Where the projection's populations are.
    /// - Complexity: O(1), but for patterns.
    public func expectedSynapses(on slice: NeuronSlice, in network: Network) -> Double {
        let (sources, targets) = (Double(network.populations[pre].size), Double(network.populations[post].size))
        let here = Double(slice.count)
        switch connector {
        case .allToAll(let selfToo):
            return sources * here - (pre == post && !selfToo ? here : 0)
        case .oneToOne:
            let size = network.populations[pre].size
            return Double(slice.upperBound <= size ? slice.count : slice.count { $0 < size })
        case .fixedProbability(let p, let selfToo):
            return p * (sources * here - (pre == post && !selfToo ? here : 0))
        case .fixedNumberPre(let n, _, _): return Double(n) * here
        case .fixedNumberPost(let n, _, _): return Double(n) * sources * here / max(1, targets)
        case .fixedTotalNumber(let n, _, _): return Double(n) * here / max(1, targets)
        case .fixed(let pattern):
            var count = 0
            for post in slice { pattern.forEachConnection(to: post) { _, _ in count += 1 } }
            return Double(count)
        case .pairwise, .smallWorld: return (survey?.expected ?? 0) * here / max(1, targets)
        case .fromFile: return 0
        }
    }

    /// Connections of a pattern onto each of the first n target neurons, summed: `sums[n]`; empty for other connectors.
    public func listedSynapses(perNeuronOf size: Int) -> [Int] {
        guard let pattern = connector.pattern else { return [] }
        var sums = [0]
        sums.reserveCapacity(size + 1)
        var count = 0
        for post in 0..<size {
            pattern.forEachConnection(to: post) { _, _ in count += 1 }
            sums.append(count)
        }
        return sums
    }

    /// Synapses of the longest row that is reserved for the neurons `slice` of the target.
    ///
    /// Exact where the connector leaves no choice. Otherwise rows are taken as independent binomial draws, and the
    /// length is one that the longest of them exceeds with a probability of about 1 %. Of patterns,
    /// ``longestListedRows(_:in:)`` knows more.
    ///
    /// - Parameters:
    ///   - slice: Neurons of the target population.
    ///   - share: Part of the synapses that are in the matrix in question.
    ///   - network: Where the projection's populations are.
    /// - Complexity: O(1).
    func longestRow(on slice: NeuronSlice, share: Double = 1, in network: Network) -> Int {
        if case .oneToOne = connector { return 1 }
        let sources = network.populations[pre].size
        let mean = expectedSynapses(on: slice, in: network) / Double(max(1, sources))
        // A pair that is sure to be joined adds nothing to the spread.
        let spread = mean * max(0, 1 - mean / Double(max(1, slice.count)))
        let deviations = normalQuantile(1 - 0.01 / Double(max(1, sources)))
        let length = share * mean + deviations * (share * (spread + (1 - share) * mean)).squareRoot()
        let most = connector.mayRepeat ? Int(expectedSynapses(on: slice, in: network).rounded(.up)) : slice.count
        return max(0, min(Int(length.rounded(.up)), most))
    }

    /// The longest row of a pattern on each slice of the target; empty for other connectors.
    ///
    /// - Complexity: O(connections + cores).
    func longestListedRows(_ tiling: Tiling, in network: Network) -> [Int] {
        guard let pattern = connector.pattern else { return [] }
        var counts = [Int32](repeating: 0, count: network.populations[pre].size)
        return (0..<tiling.count).map { number in
            var longest: Int32 = 0
            let slice = tiling.slice(number)
            for neuron in slice {
                pattern.forEachConnection(to: neuron) { source, _ in
                    counts[source] += 1
                    longest = max(longest, counts[source])
                }
            }
            for neuron in slice { pattern.forEachConnection(to: neuron) { source, _ in counts[source] = 0 } }
            return Int(longest)
        }
    }
}

extension Connector {
    /// Two neurons can be joined more than once.
    var mayRepeat: Bool {
        switch rule {
        case .fixed(let pattern): pattern is ConnectionTable
        case .fixedNumberPre(_, let repeats, _), .fixedNumberPost(_, let repeats, _),
            .fixedTotalNumber(_, let repeats, _):
            repeats
        default: false
        }
    }
}
