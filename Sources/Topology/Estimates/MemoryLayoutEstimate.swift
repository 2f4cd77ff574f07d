/// Bytes of what the ranks hold of a network, by the layout of rows, input sums and counters in Synapses.
///
/// Neurons are taken to be spread evenly over the ranks, and every rank that holds a part of a population to be reached
/// by all sources of a projection into it, which holds but for one-to-one connections.
struct MemoryLayoutEstimate {
    /// Words of the rows.
    private(set) var words = 0.0
    private(set) var state = 0.0
    private(set) var rings = 0.0
    private(set) var index = 0.0
    /// Counters, and what else lives only while rows are built.
    private(set) var builder = 0.0

    private let network: Network
    private let ranks: Int
    /// By population: neurons of a core, cores, slots of a core's ring buffers.
    private var sliceSize: [Int] = []
    private var slices: [Double] = []
    private var slots: [Int] = []
    /// By projection, in steps.
    private var delays: [ClosedRange<Int>] = []

    /// What one source population sends to one synapse type.
    private struct Bundle {
        var synapses = 0.0
        /// Delays in steps, within the slots of a core.
        var delays: ClosedRange<Int>?
        var weight: Double?
        var isPacked = true
    }

    init(_ network: Network, ranks: Int, synapses: [Int]) {
        self.network = network
        self.ranks = ranks
        var longest = [Int](repeating: 1, count: network.populations.count)
        for projection in network.projections {
            let delay = Self.delays(of: projection, timestep: network.simulation.timestep)
            longest[projection.post] = max(longest[projection.post], delay.upperBound)
            delays.append(delay)
        }
        let (plasticity, histories) = (network.plasticity, network.historyBytes)
        for (p, population) in network.populations.enumerated() {
            let size = max(1, min(network.askedNeurons(of: p), population.size))
            sliceSize.append(size)
            slices.append((Double(population.size) / Double(size)).rounded(.up))
            slots.append(
                network.machine.core.delaySlots(
                    neurons: size, typeBits: CoreLimits.bits(toCount: population.receptors.count), longest: longest[p]))
            // Histories of 16 to 32 spikes, of which the first are touched.
            if histories[p] > 0 { state += 256 * Double(max(1, plasticity[p].count) * population.size) }
        }
        for population in network.populations { state += Self.state(of: population) }
        addRows(synapses)
    }

    // MARK: - Input

    /// Entries of a step of a rank's input sums.
    private var stride: Int {
        let neurons = network.populations.lazy.filter { !$0.model.isSource }.reduce(0) { $0 + $1.size }
        let granule = neurons / ranks <= 4096 ? 64 : 1024
        return max(1, (neurons + ranks * granule - 1) / (ranks * granule)) * granule
    }

    /// Lays the sums of groups of 2^`shift` steps: of 32 bits, seen through two mappings that each count as soon as
    /// they are touched, beside a slot of 16 bits; for two synapse types.
    private mutating func layInput(shift: Int) {
        guard network.populations.contains(where: { !$0.model.isSource }) else { return }
        rings = Double(ranks) * 2 * Double(stride) * (2 * 4 * Double(1 << shift) + 2 * 2)
    }

    private static func delays(of projection: Projection, timestep: Double) -> ClosedRange<Int> {
        func steps(_ delay: Double) -> Int { Int(min(1e9, max(1, (delay / timestep).rounded()))) }
        let bounds = projection.delayBounds(timestep: timestep)
        return steps(bounds.lowerBound)...steps(bounds.upperBound)
    }

    // MARK: - Rows

    /// Rows of one plastic projection: a header of five words, a control word and a 16-bit weight a synapse.
    private mutating func addPlasticRows(_ synapses: Double, rows: Double) {
        let parts = rows * -Self.exponentialLessOne(-synapses / max(1, rows))
        words += 20 * parts + 6 * synapses
        index += 4 * rows
        builder += 8 * rows
    }

    /// Rows that have room for all synapses that may come, for each source and target core, and a neuron's slots of two
    /// words.
    private mutating func addStructuralRows(
        _ structural: StructuralPlasticity, sources: Int, targets: Int, cores: Double
    ) {
        let row = 5 + structural.mostSynapses + (structural.mostSynapses + 1) / 2
        words += 4 * Double(sources) * cores * Double(row)
        index += 8 * Double(targets * structural.mostSynapses)
    }

    private mutating func addRows(_ synapses: [Int]) {
        let count = network.populations.count
        var bundles = [Int: Bundle]()
        var stages = [Double](repeating: 0, count: count)
        /// Ranks that hold a row of every source.
        var holders = [Double](repeating: 0, count: count)
        for (i, projection) in network.projections.enumerated() {
            let (pre, post) = (projection.pre, projection.post)
            let target = network.populations[post]
            let slots = slots[post]
            let delay = delays[i]
            if delay.upperBound > slots { stages[pre] = max(stages[pre], Double((delay.upperBound - 1) / slots)) }
            let reached = min(Double(ranks), slices[post])
            let isOneToOne = if case .oneToOne = projection.connector { true } else { false }
            holders[pre] = max(holders[pre], isOneToOne ? 1 : reached)

            if let structural = projection.synapse.structural {
                addStructuralRows(
                    structural, sources: network.populations[pre].size, targets: target.size, cores: slices[post])
            } else if projection.synapse.isPlastic {
                addPlasticRows(
                    Double(synapses[i]),
                    rows: Double(network.populations[pre].size) * (1 + stages[pre]) * max(1, holders[pre]))
            } else {
                let type = target.receptors.firstIndex(of: projection.receptor) ?? 0
                var bundle = bundles[pre * 8 + type] ?? Bundle()
                bundle.synapses += Double(synapses[i])
                let within = min(delay.lowerBound, slots)...min(delay.upperBound, slots)
                bundle.delays =
                    bundle.delays.map {
                        min($0.lowerBound, within.lowerBound)...max($0.upperBound, within.upperBound)
                    } ?? within
                let weight: Double? = if case .number(let weight) = projection.synapse.weight { weight } else { nil }
                if weight == nil || bundle.weight.map({ $0 != weight }) ?? false { bundle.isPacked = false }
                if projection.connector.pattern?.hasWeights ?? false { bundle.isPacked = false }
                bundle.weight = weight
                bundles[pre * 8 + type] = bundle
            }
            if let table = projection.rule.pattern as? ConnectionTable {
                index += Double(table.memory) * Double(ranks)
            }

            // Who reaches whom: in the mapping and the trees of every rank.
            let pairs = isOneToOne ? max(slices[pre], slices[post]) : slices[pre] * slices[post]
            index += 16 * pairs * Double(ranks)
            // A table of all sources for every pattern of reaching, while the projection is built; and the draws'.
            let patterns = isOneToOne ? slices[post] : Double(ranks)
            let sources = Double(network.populations[pre].size)
            builder = max(builder, 4 * patterns * sources + 4 * Double(ranks) * max(sources, Double(target.size)))
        }
        var cells = 0.0
        let stride = self.stride
        let longest = bundles.values.compactMap { $0.delays?.upperBound }.max() ?? 1
        // Groups of delays grow until segments are worth their while, as RowTableBuilder has it.
        var shift = 0
        while (stride << shift) % 1024 != 0 { shift += 1 }
        func windows() -> Double { ((Double(stride) * Double(1 << shift)) / 65536).rounded(.up) }
        func rows(_ pre: Int) -> Double {
            Double(network.populations[pre].size) * (1 + stages[pre]) * max(1, holders[pre])
        }
        let ordered = bundles.keys.sorted()
        let lists = ordered.reduce(0.0) { $0 + rows($1 / 8) }
        let all = ordered.reduce(0.0) { $0 + (bundles[$1]?.synapses ?? 0) }
        while true {
            cells = lists * Double((longest >> shift) + 1) * windows()
            guard cells > max(Double(ranks << 18), all / 2), stride << (shift + 1) <= 65536 else { break }
            shift += 1
        }
        var segments = [Int: Double]()
        while true {
            for (key, bundle) in bundles {
                let delays = bundle.delays ?? 1...1
                let used = Double((delays.upperBound >> shift) - (delays.lowerBound >> shift) + 1) * windows()
                let perSpan = bundle.synapses / max(1, rows(key / 8)) / used
                segments[key] = rows(key / 8) * used * -Self.exponentialLessOne(-perSpan)
            }
            let total = ordered.reduce(0.0) { $0 + (segments[$1] ?? 0) }
            guard all < 48 * total, stride << (shift + 1) <= 65536, longest >> shift > 0 else { break }
            shift += 1
        }
        layInput(shift: shift)
        for key in ordered {
            guard let bundle = bundles[key], let segments = segments[key] else { continue }
            words += 4 * (2 * segments + (bundle.isPacked ? (bundle.synapses + segments / 2) / 2 : bundle.synapses))
        }
        // Packed rows are written by halves and need a second counter.
        builder += cells * (bundles.values.contains(where: \.isPacked) ? 8 : 4)
        for pre in holders.indices where holders[pre] > 0 {
            index += 12 * Double(network.populations[pre].size) * (1 + stages[pre]) * holders[pre]
        }
    }

    /// eˣ − 1 without loss near 0.
    private static func exponentialLessOne(_ x: Double) -> Double {
        abs(x) < 1e-5 ? x + x * x / 2 : Distribution.exponential(x) - 1
    }

    // MARK: - State

    /// Bytes of a population's neurons or sources.
    private static func state(of population: Population) -> Double {
        let size = Double(population.size)
        switch population.model.kind {
        case .spikeSourcePoisson:
            let rates = population.rateSchedule?.rates.distinct.reduce(0) { $0 + $1.count } ?? 0
            return 130 * size + 24 * Double(rates)
        case .spikeSourceArray:
            switch population.spikeTimes {
            case nil: return 8 * size + 8 * Double(population.spikeFile?.spikes ?? 0)
            case .shared(let times): return size * Double(8 + 4 * times.count)
            case .perSource(let lists): return 8 * size + lists.reduce(0.0) { $0 + 4 * Double($1.count) }
            }
        case .neuron:
            let varying = population.parameters.filter { if case .number = $0.value { false } else { true } }.keys
            return size * (varying.isEmpty ? 18 : varying.elementsEqual(["i_offset"]) ? 22 : 62)
        }
    }
}
