// Neurons and their synapses on cores of their own.
//
// A population with `n_synapse_cores` has, for each slice, one core that updates the neurons and some that take in
// spikes. Each synapse core has ring buffers for the whole slice. At the end of a step it writes the next step's slot
// to shared memory, where the neuron core adds those of all its synapse cores up; so they have to be on one chip. The
// sources are shared out: the cores of each go to synapse cores in turn, in stretches of a power of two, so that
// entries can merge, and every source begins with another one.
//
// A Poisson source whose only use is a one-to-one projection of one step's delay into such a population needs no
// packets at all: cut like its target, each of its cores writes weights to the shared memory itself.

import Machine
public import Topology

/// Which populations have synapse cores of their own, and which sources write to their memory.
public struct SplitCores: Sendable {
    /// By population: synapse cores of a slice; 0 where neurons and synapses share a core.
    public let counts: [Int]
    /// By population: the one whose neuron cores its cores hand their weights to, without packets.
    public let directTarget: [Int?]

    /// - Complexity: O(populations + projections).
    /// - Determinism: a function of the network alone.
    /// - Source: Documentation/Chip.md, "Split cores".
    public init(_ network: Network) {
        let populations = network.populations
        counts = populations.indices.map { populations[$0].synapseCores ?? 0 }
        var direct = [Int?](repeating: nil, count: populations.count)
        guard counts.contains(where: { $0 > 0 }) else {
            directTarget = direct
            return
        }
        var outgoing = [[Int]](repeating: [], count: populations.count)
        for i in network.projections.indices { outgoing[network.projections[i].pre].append(i) }
        var sources = [Int](repeating: 0, count: populations.count)
        for (p, population) in populations.enumerated() {
            guard population.model.kind == .spikeSourcePoisson, population.key == nil, outgoing[p].count == 1 else {
                continue
            }
            let projection = network.projections[outgoing[p][0]]
            guard case .oneToOne = projection.connector, projection.synapse.isFixed,
                populations[projection.post].synapseCores != nil, populations[projection.post].size == population.size,
                DelayBounds(of: projection, timestep: network.simulation.timestep).longest == 1
            else { continue }
            direct[p] = projection.post
            sources[projection.post] += 1
        }
        // A chip has to have a core for each.
        let workers = (network.machine.coresPerChip ?? Self.usualCores) - 1
        for (p, target) in direct.enumerated() {
            if let target, sources[target] + counts[target] + 1 >= workers { direct[p] = nil }
        }
        directTarget = direct
    }

    private static let usualCores = 18

    /// What of a projection's synapses a core of its target takes in, on average.
    ///
    /// - Complexity: O(1).
    public func share(of projection: Projection, on core: WorkerCore) -> Double {
        switch core.role {
        case .neurons: counts[core.population] == 0 ? 1 : 0
        case .synapses:
            directTarget[projection.pre] != nil
                ? 0 : projection.synapse.modulates ? 1 : 1 / Double(counts[core.population])
        case .source, .delayExtension: 0
        }
    }
}

extension SplitCores {
    /// By projection: how its source cores, and their delay extensions, are shared out; `nil` where there are no
    /// synapse cores.
    ///
    /// All projections from a source to a target share alike, so that a packet goes to one synapse core of a slice;
    /// where one of them changes how others learn, to all of them.
    ///
    /// - Parameters:
    ///   - cores: Neuron or source cores by population.
    ///   - hasExtensions: Whether they have delay extensions.
    /// - Complexity: O(projections).
    func sharing(
        of network: Network, cores: [Int], hasExtensions: [Bool]
    ) -> [(direct: SourceSharing, delayed: SourceSharing)?] {
        struct Pair: Hashable { var pre, post: Int }
        guard counts.contains(where: { $0 > 0 }) else {
            return [(direct: SourceSharing, delayed: SourceSharing)?](repeating: nil, count: network.projections.count)
        }
        var modulating: Set<Pair> = []
        for projection in network.projections where projection.synapse.modulates {
            modulating.insert(Pair(pre: projection.pre, post: projection.post))
        }
        var known: [Pair: (direct: SourceSharing, delayed: SourceSharing)] = [:]
        var next = [Int](repeating: 0, count: counts.count)
        return network.projections.map { projection in
            let count = counts[projection.post]
            guard count > 0, directTarget[projection.pre] == nil else { return nil }
            let pair = Pair(pre: projection.pre, post: projection.post)
            if let sharing = known[pair] { return sharing }
            func share() -> SourceSharing {
                defer { next[pair.post] = (next[pair.post] + 1) % count }
                return SourceSharing(
                    sources: cores[pair.pre], count: count, first: next[pair.post], isAll: modulating.contains(pair))
            }
            let direct = share()
            let sharing = (direct, hasExtensions[pair.pre] ? share() : direct)
            known[pair] = sharing
            return sharing
        }
    }

    /// By neuron core whose synapse cores hear of its own spikes, since they learn from them: the numbers of those that
    /// have synapses from it, too.
    ///
    /// - Complexity: O(cores + projections).
    public func ownRows(_ mapping: Mapping, of network: Network) -> [Int: Range<Int>] {
        guard counts.contains(where: { $0 > 0 }) else { return [:] }
        var cores = [[Int]](repeating: [], count: counts.count)
        var hasExtensions = [Bool](repeating: false, count: counts.count)
        for (number, core) in mapping.cores.enumerated() {
            switch core.role {
            case .neurons, .source: cores[core.population].append(number)
            case .delayExtension: hasExtensions[core.population] = true
            case .synapses: break
            }
        }
        var result: [Int: Range<Int>] = [:]
        let sharing = sharing(of: network, cores: cores.map(\.count), hasExtensions: hasExtensions)
        for (projection, sharing) in zip(network.projections, sharing) where projection.pre == projection.post {
            guard let sharing else { continue }
            for (place, core) in cores[projection.pre].enumerated() {
                result[core] = sharing.direct.numbers(ofSource: place)
            }
        }
        return result
    }
}

/// How the cores of one source are shared out among the synapse cores of a slice.
struct SourceSharing: Equatable {
    /// Synapse cores of a slice.
    let count: Int
    /// Number of the synapse core of the first source core.
    let first: Int
    /// Source cores in a row that have the same.
    let stretch: Int
    /// Every synapse core has to hear of every source.
    let isAll: Bool

    /// - Parameter sources: Cores of the source.
    init(sources: Int, count: Int, first: Int, isAll: Bool) {
        self.count = count
        self.first = first
        self.isAll = isAll
        stretch = 1 << bitsToCount((sources + count - 1) / count)
    }

    /// The numbers of the synapse cores that hear of a source core, by its place among those of the source.
    func numbers(ofSource place: Int) -> Range<Int> {
        if isAll { return 0..<count }
        let number = (first + place / stretch) % count
        return number..<number + 1
    }

    /// All of the source's cores have the same synapse cores.
    func isUniform(sources: Int) -> Bool { isAll || count == 1 || sources <= stretch }
}

/// A partition and its graph with every group of cores that has to be on one chip as a single wide core.
struct PlacementUnits {
    let partition: Partition
    let graph: CoreGraph
    /// By core: its unit.
    let unitOf: [Int]

    /// - Returns: `nil` where every core can be anywhere.
    /// - Complexity: O(cores + edges in distinct lists).
    init?(_ whole: Partition, _ graph: CoreGraph) {
        guard whole.slices.contains(where: { $0.neuronCore != nil }) else { return nil }
        var unitOf = [Int](repeating: -1, count: whole.slices.count)
        var slices: [Slice] = []
        for (core, slice) in whole.slices.enumerated() where slice.neuronCore == nil {
            unitOf[core] = slices.count
            slices.append(slice)
        }
        for (core, slice) in whole.slices.enumerated() {
            guard let lead = slice.neuronCore else { continue }
            unitOf[core] = unitOf[lead]
            slices[unitOf[lead]].take(slice)
        }
        func units(_ cores: Range<Int>) -> Range<Int> {
            let own = cores.filter { whole.slices[$0].neuronCore == nil }.map { unitOf[$0] }
            guard let first = own.first, let last = own.last else { return 0..<0 }
            return first..<last + 1
        }
        var partition = whole
        partition.slices = slices
        partition.coresOf = whole.coresOf.map(units)
        partition.extensionsOf = whole.extensionsOf.map(units)
        partition.synapseCoresOf = whole.synapseCoresOf.map { _ in 0..<0 }
        self.partition = partition
        var listOf = [Int](repeating: 0, count: slices.count)
        for (core, slice) in whole.slices.enumerated() where slice.neuronCore == nil {
            listOf[unitOf[core]] = graph.listOf[core]
        }
        self.graph = CoreGraph(
            lists: graph.lists.map { list in
                var units = list.map { unitOf[$0] }
                units.sort()
                var last = -1
                units.removeAll { unit in
                    defer { last = unit }
                    return unit == last
                }
                return units
            }, listOf: listOf)
        self.unitOf = unitOf
    }
}

extension Partition {
    /// Worker cores of all slices.
    var coreCount: Int { slices.reduce(0) { $0 + $1.width } }

    /// Some group of cores that has to be on one chip is too large for any.
    ///
    /// - Complexity: O(slices).
    func hasTooWideGroup(_ machine: Machine) -> Bool {
        let widest = machine.workers.reduce(0) { max($0, $1.nonzeroBitCount) }
        var size: [Int: (cores: Int, sdram: Int)] = [:]
        for slice in slices {
            guard let lead = slice.neuronCore else { continue }
            let sum = size[lead] ?? (1, slices[lead].sdram)
            size[lead] = (sum.cores + 1, sum.sdram + slice.sdram)
        }
        return size.values.contains { $0.cores > widest || $0.sdram > machine.sdram }
    }
}

extension Slice {
    /// Adds what another core on the same chip takes.
    fileprivate mutating func take(_ other: Slice) {
        var regions = regions
        regions.add(other.regions)
        var sum = Slice(
            role: role, population: population, neurons: neurons, delaySlots: delaySlots, dtcm: dtcm, regions: regions)
        sum.width = width + other.width
        self = sum
    }
}
