// Which core feeds which.
//
// A projection joins cores, not only populations. Most connectors can join any two neurons, so that every core of the
// source feeds every core of the target, and all cores of the source share one list of targets. OneToOne joins only
// slices that overlap, and a pattern (a list, groups, a kernel) only slices with a connection. What a projection's
// delays rule out is left out as well: when all of them exceed the slots, the source's spikes are of use to its delay
// extension alone.

public import Topology

/// The directed graph of cores, one list of targets a source core; cores with the same targets can share the list.
public struct CoreGraph: Sendable {
    /// Lists of targets, each ascending and without duplicates.
    public var lists: [[Int]]
    /// By core: the number of its list.
    public var listOf: [Int]

    public init(lists: [[Int]], listOf: [Int]) {
        self.lists = lists
        self.listOf = listOf
    }

    /// The cores that a core feeds, ascending.
    ///
    /// - Complexity: O(1).
    public func targets(of core: Int) -> [Int] { lists[listOf[core]] }
}

/// Joins the cores of a partition as the network's projections ask.
///
/// - Complexity: O(edges in distinct lists + connections of patterns), and O(pairs of slices / 64) for each projection
///   with a pattern.
/// - Determinism: a function of its arguments.
public func connect(_ partition: Partition, of network: Network) -> CoreGraph {
    var outgoing = [[Int]](repeating: [], count: network.populations.count)
    let split = partition.split
    for i in network.projections.indices where split.directTarget[network.projections[i].pre] == nil {
        outgoing[network.projections[i].pre].append(i)
    }
    let sharing = split.sharing(
        of: network, cores: partition.coresOf.map { $0.count },
        hasExtensions: partition.extensionsOf.map { !$0.isEmpty })
    // Post-synaptic spikes that synapse cores learn from.
    var feeds = [Bool](repeating: false, count: network.populations.count)
    for i in network.projections.indices
    where split.counts[network.projections[i].post] > 0 && network.projections[i].synapse.isPlastic {
        feeds[network.projections[i].post] = true
    }

    // List 0 is empty: cores without targets.
    var graph = CoreGraph(lists: [[]], listOf: [Int](repeating: 0, count: partition.slices.count))
    var pen = TargetPen(cores: partition.slices.count)
    for p in network.populations.indices {
        let routes = outgoing[p].map {
            Connections.of(projection: $0, partition, network, sharing: sharing[$0])
        }
        let sources = partition.coresOf[p]
        let parrots = partition.extensionsOf[p]
        let isUniform = parrots.isEmpty && !feeds[p] && routes.allSatisfy { $0.isUniform }
        for (i, core) in sources.enumerated() {
            if isUniform, i > 0 {
                graph.listOf[core] = graph.listOf[sources.lowerBound]
                continue
            }
            for route in routes { route.markDirect(from: core, in: partition, with: &pen) }
            if !parrots.isEmpty { pen.mark(parrots.lowerBound + i) }
            if feeds[p] {
                let first = partition.synapseCoresOf[p].lowerBound + i * split.counts[p]
                for core in first..<first + split.counts[p] { pen.mark(core) }
            }
            graph.listOf[core] = pen.finish(&graph.lists)
        }
        guard !parrots.isEmpty else { continue }
        let delayed = routes.filter { $0.mayBeDelayed }
        for (i, parrot) in parrots.enumerated() {
            if i > 0, delayed.allSatisfy({ $0.isUniform }) {
                graph.listOf[parrot] = graph.listOf[parrots.lowerBound]
                continue
            }
            for route in delayed { route.markDelayed(from: sources.lowerBound + i, in: partition, with: &pen) }
            graph.listOf[parrot] = pen.finish(&graph.lists)
        }
    }
    return graph
}

/// Collects the targets of one core at a time.
private struct TargetPen {
    private var isMarked: [Bool]
    private var marked: [Int] = []

    init(cores: Int) { isMarked = [Bool](repeating: false, count: cores) }

    mutating func mark(_ core: Int) {
        guard !isMarked[core] else { return }
        isMarked[core] = true
        marked.append(core)
    }

    /// Appends the list of all marked cores and starts the next; an empty list is number 0.
    mutating func finish(_ lists: inout [[Int]]) -> Int {
        guard !marked.isEmpty else { return 0 }
        for core in marked { isMarked[core] = false }
        marked.sort()
        lists.append(marked)
        marked.removeAll(keepingCapacity: true)
        return lists.count - 1
    }
}

/// Pairs of slices as bits `source slice × target slices + target slice`.
private final class SlicePairs {
    /// For synapses within the slots.
    var direct: [UInt64]
    /// For synapses beyond the slots.
    var delayed: [UInt64]

    init(count: Int) {
        direct = [UInt64](repeating: 0, count: (count + 63) / 64)
        delayed = direct
    }
}

/// The pairs of cores that one projection joins.
private struct Connections {
    private enum Pattern {
        case all
        case overlapping
        case listed(SlicePairs)
    }

    private let pattern: Pattern
    private let pre: Int
    private let post: Int
    /// Some synapse can be within the slots of the target.
    private let mayBeDirect: Bool
    /// Some synapse can be beyond the slots of the target.
    let mayBeDelayed: Bool
    /// For sources and for their delay extensions; `nil` where neuron cores take in spikes themselves.
    private let sharing: (direct: SourceSharing, delayed: SourceSharing)?
    /// Every core of the source feeds the same cores.
    let isUniform: Bool

    /// Those of a projection.
    static func of(
        projection index: Int, _ partition: Partition, _ network: Network,
        sharing: (direct: SourceSharing, delayed: SourceSharing)?
    ) -> Connections {
        let (pre, post) = (network.projections[index].pre, network.projections[index].post)
        let delay = partition.delays[index]
        let slots = partition.slices[partition.coresOf[post].lowerBound].delaySlots
        // Where connections may form later, any two neurons may be joined.
        let isStructural = network.projections[index].synapse.structural != nil
        var pattern = Pattern.all
        switch network.projections[index].connector {
        case .oneToOne where !isStructural: pattern = .overlapping
        case .fixed(let connections) where !isStructural:
            pattern = .listed(pairs(connections, network.projections[index], partition, network, slots: slots))
        default: break
        }
        var isUniform = false
        if case .all = pattern {
            let sources = partition.coresOf[pre].count
            isUniform =
                sharing.map { $0.direct.isUniform(sources: sources) && $0.delayed.isUniform(sources: sources) } ?? true
        }
        return Connections(
            pattern: pattern, pre: pre, post: post, mayBeDirect: delay.shortest <= slots,
            mayBeDelayed: delay.longest > slots, sharing: sharing, isUniform: isUniform)
    }

    /// The pairs of slices that a list joins.
    @inline(never)
    private static func pairs(
        _ connections: any ConnectionPattern, _ projection: Projection, _ partition: Partition, _ network: Network,
        slots: Int
    ) -> SlicePairs {
        let (pre, post) = (projection.pre, projection.post)
        let columns = partition.coresOf[post].count
        let firstSource = partition.coresOf[pre].lowerBound
        let tiling = partition.tilings[pre]
        let pairs = SlicePairs(count: partition.coresOf[pre].count * columns)
        let steps = StepsOfConnection(projection, timestep: network.simulation.timestep)
        func mark(_ pair: Int, _ steps: DelayBounds) {
            if steps.shortest <= slots { pairs.direct[pair / 64] |= 1 << UInt64(pair % 64) }
            if steps.longest > slots { pairs.delayed[pair / 64] |= 1 << UInt64(pair % 64) }
        }
        for (column, target) in partition.coresOf[post].enumerated() {
            let slice = partition.slices[target].neurons
            if !connections.hasDelays, slice.isRange,
                let sources = connections.sources(of: slice.lowerBound..<slice.upperBound)
            {
                partition.forEachCore(of: pre, holding: NeuronSlice(sources)) { source in
                    mark((source - firstSource) * columns + column, steps.own)
                }
                continue
            }
            for post in slice {
                connections.forEachConnection(to: post) { pre, value in
                    mark(tiling.number(of: pre) * columns + column, steps(value))
                }
            }
        }
        return pairs
    }

    func markDirect(from core: Int, in partition: Partition, with pen: inout TargetPen) {
        if mayBeDirect { mark(from: core, delayed: false, in: partition, with: &pen) }
    }

    func markDelayed(from core: Int, in partition: Partition, with pen: inout TargetPen) {
        if mayBeDelayed { mark(from: core, delayed: true, in: partition, with: &pen) }
    }

    private func mark(
        from core: Int, delayed isDelayed: Bool, in partition: Partition, with pen: inout TargetPen
    ) {
        let targets = partition.coresOf[post]
        let place = core - partition.coresOf[pre].lowerBound
        func mark(_ target: Int) {
            guard let sharing else { return pen.mark(target) }
            let part = isDelayed ? sharing.delayed : sharing.direct
            let first = partition.synapseCoresOf[post].lowerBound + (target - targets.lowerBound) * part.count
            for number in part.numbers(ofSource: place) { pen.mark(first + number) }
        }
        switch pattern {
        case .all:
            for target in targets { mark(target) }
        case .overlapping:
            partition.forEachCore(of: post, holding: partition.slices[core].neurons) { mark($0) }
        case .listed(let pairs):
            let row = place * targets.count
            let bits = isDelayed ? pairs.delayed : pairs.direct
            for column in 0..<targets.count where bits[(row + column) / 64] >> UInt64((row + column) % 64) & 1 != 0 {
                mark(targets.lowerBound + column)
            }
        }
    }
}
