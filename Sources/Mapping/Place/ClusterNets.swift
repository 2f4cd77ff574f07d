// The nets that a placement has to keep short, in terms of clusters.
//
// All cores with the same targets form a *net*: the target clusters and, for each source cluster, what its cores weigh.
// A core weighs one for its tree and as much again, on average, for the packets it can be expected to send, so that
// neither trees nor what they carry is forgotten.

/// The nets of a core graph in terms of clusters.
struct ClusterNets {
    /// Clusters with a target: those of net n are `targets[targetStart[n]..<targetStart[n + 1]]`, ascending.
    private(set) var targets: [Int32] = []
    private(set) var targetStart: [Int32] = [0]
    /// Clusters with sources and the weight of their cores, laid out like the targets.
    private(set) var sources: [Int32] = []
    private(set) var weights: [Int32] = []
    private(set) var sourceStart: [Int32] = [0]
    /// Nets that a cluster is part of, ascending, laid out by cluster.
    private(set) var netsOf: [Int32] = []
    private(set) var netStart: [Int32] = []

    var count: Int { targetStart.count - 1 }

    init(_ partition: Partition, _ graph: CoreGraph, clusters: [[Int]]) {
        let cores = graph.listOf.count
        var clusterOf = [Int32](repeating: 0, count: cores)
        for (c, members) in clusters.enumerated() { for core in members { clusterOf[core] = Int32(c) } }
        let perPacket = partition.weightPerPacket

        let (coresOf, listStart) = graph.coresByList

        // Lists with the same target clusters are one net.
        var known = NetsByTargets(graph.lists.count)
        var netOfList = [Int32](repeating: -1, count: graph.lists.count)
        var mark = [Int32](repeating: -1, count: clusters.count)
        for l in graph.lists.indices where listStart[l] < listStart[l + 1] && !graph.lists[l].isEmpty {
            let first = targets.count
            var (least, isAscending) = (Int32(-1), true)
            for core in graph.lists[l] {
                let cluster = clusterOf[core]
                guard mark[Int(cluster)] != Int32(l) else { continue }
                mark[Int(cluster)] = Int32(l)
                targets.append(cluster)
                isAscending = isAscending && cluster > least
                least = cluster
            }
            if !isAscending { targets[first...].sort() }
            let n = known.number(of: first, targets, targetStart)
            netOfList[l] = n
            if Int(n) < targetStart.count - 1 {
                targets.removeLast(targets.count - first)
            } else {
                targetStart.append(Int32(targets.count))
            }
        }

        // Sources by net, those of one cluster as one: counted, then filled in.
        sourceStart = [Int32](repeating: 0, count: targetStart.count)
        var lastOf = [Int32](repeating: -1, count: targetStart.count)
        func forEachSource(_ body: (_ net: Int, _ cluster: Int32, _ core: Int, _ isNew: Bool) -> Void) {
            for n in lastOf.indices { lastOf[n] = -1 }
            for l in graph.lists.indices where netOfList[l] >= 0 {
                let net = Int(netOfList[l])
                for i in Int(listStart[l])..<Int(listStart[l + 1]) {
                    let core = Int(coresOf[i])
                    body(net, clusterOf[core], core, lastOf[net] != clusterOf[core])
                    lastOf[net] = clusterOf[core]
                }
            }
        }
        forEachSource { net, _, _, isNew in if isNew { sourceStart[net + 1] += 1 } }
        for n in 0..<count { sourceStart[n + 1] += sourceStart[n] }
        sources = [Int32](repeating: 0, count: Int(sourceStart[count]))
        weights = sources
        var next = sourceStart
        forEachSource { net, cluster, core, isNew in
            if isNew {
                sources[Int(next[net])] = cluster
                next[net] += 1
            }
            weights[Int(next[net]) - 1] += partition.weight(of: partition.slices[core], perPacket: perPacket)
        }

        // Nets by cluster; a net within one cluster costs nothing wherever that is.
        netStart = [Int32](repeating: 0, count: clusters.count + 1)
        for c in mark.indices { mark[c] = -1 }
        func forEachPart(_ body: (_ net: Int, _ cluster: Int) -> Void) {
            for n in 0..<count {
                let (own, from) = (range(targetStart, n), range(sourceStart, n))
                let first = targets[own.lowerBound]
                if own.count == 1, from.allSatisfy({ sources[$0] == first }) { continue }
                for i in own { body(n, Int(targets[i])) }
                for i in from { body(n, Int(sources[i])) }
            }
        }
        forEachPart { net, cluster in
            guard mark[cluster] != Int32(net) else { return }
            mark[cluster] = Int32(net)
            netStart[cluster + 1] += 1
        }
        for c in clusters.indices { netStart[c + 1] += netStart[c] }
        netsOf = [Int32](repeating: 0, count: Int(netStart[clusters.count]))
        next = netStart
        for c in mark.indices { mark[c] = -1 }
        forEachPart { net, cluster in
            guard mark[cluster] != Int32(net) else { return }
            mark[cluster] = Int32(net)
            netsOf[Int(next[cluster])] = Int32(net)
            next[cluster] += 1
        }
    }

    /// The nets of cores, each a cluster of its own, without which nets a cluster is part of.
    ///
    /// Lists with the same targets stay apart; that makes no difference to what all nets cost.
    init(ofCores partition: Partition, _ graph: CoreGraph) {
        let perPacket = partition.weightPerPacket
        let (coresOf, listStart) = graph.coresByList
        for l in graph.lists.indices where listStart[l] < listStart[l + 1] && !graph.lists[l].isEmpty {
            for core in graph.lists[l] { targets.append(Int32(truncatingIfNeeded: core)) }
            targetStart.append(Int32(targets.count))
            for core in coresOf[range(listStart, l)] {
                sources.append(core)
                weights.append(partition.weight(of: partition.slices[Int(core)], perPacket: perPacket))
            }
            sourceStart.append(Int32(sources.count))
        }
    }

    private func range(_ start: [Int32], _ i: Int) -> Range<Int> { Int(start[i])..<Int(start[i + 1]) }

    /// Numbers of the nets of a cluster.
    func nets(of cluster: Int) -> ArraySlice<Int32> { netsOf[range(netStart, cluster)] }

    /// Weight of all sources of a net.
    func weight(of net: Int) -> Int { weights[range(sourceStart, net)].reduce(0) { $0 + Int($1) } }

    /// Target clusters and source clusters of a net, together.
    func partCount(of net: Int) -> Int { range(targetStart, net).count + range(sourceStart, net).count }

    /// Clusters with a target of a net.
    func targetCount(of net: Int) -> Int { range(targetStart, net).count }

    /// Calls `body` with every cluster of a net and what it gains by being near the others.
    func forEachTie(of net: Int, weight: Int, _ body: (_ cluster: Int, _ value: Int) -> Void) {
        for i in range(targetStart, net) { body(Int(targets[i]), weight) }
        for i in range(sourceStart, net) { body(Int(sources[i]), Int(weights[i])) }
    }
}

/// Finds nets by their targets: an open table of net numbers.
private struct NetsByTargets {
    private var slots: [Int32]

    init(_ lists: Int) { slots = [Int32](repeating: -1, count: 2 << bitsToCount(lists + 1)) }

    /// The net with the targets from `first` on; the number of the next one when there is none.
    mutating func number(of first: Int, _ targets: [Int32], _ starts: [Int32]) -> Int32 {
        let count = targets.count - first
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for i in first..<targets.count { hash = (hash ^ UInt64(UInt32(bitPattern: targets[i]))) &* 0x100_0000_01B3 }
        var slot = Int(truncatingIfNeeded: hash ^ (hash >> 29)) & (slots.count - 1)
        while slots[slot] >= 0 {
            let start = Int(starts[Int(slots[slot])])
            if Int(starts[Int(slots[slot]) + 1]) - start == count,
                (0..<count).allSatisfy({ targets[start + $0] == targets[first + $0] })
            {
                return slots[slot]
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(starts.count - 1)
        return slots[slot]
    }
}

extension CoreGraph {
    /// Cores by their lists, ascending: those of list l are `cores[start[l]..<start[l + 1]]`.
    fileprivate var coresByList: (cores: [Int32], start: [Int32]) {
        var start = [Int32](repeating: 0, count: lists.count + 1)
        for list in listOf { start[list + 1] += 1 }
        for l in lists.indices { start[l + 1] += start[l] }
        var cores = [Int32](repeating: 0, count: listOf.count)
        var next = start
        for core in listOf.indices {
            cores[Int(next[listOf[core]])] = Int32(core)
            next[listOf[core]] += 1
        }
        return (cores, start)
    }
}

extension Partition {
    /// What an expected packet a second weighs, so that the packets of all cores weigh as much as their trees.
    fileprivate var weightPerPacket: Double {
        4 * Double(slices.count) / max(1e-9, slices.reduce(0) { $0 + packets(from: $1) })
    }

    /// What a core weighs as a source: its tree, and its packets.
    fileprivate func weight(of slice: Slice, perPacket: Double) -> Int32 {
        4 + Int32(min(4096, perPacket * packets(from: slice)))
    }
}
