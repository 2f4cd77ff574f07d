// The nets that a placement has to keep short, in terms of clusters.
//
// All cores with the same targets form a *net*: the target clusters and, for each source cluster, what its cores weigh.
// A core weighs one for its tree and as much again, on average, for its neurons, so that neither trees nor what they
// carry is forgotten.

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
    private(set) var netStart: [Int32]

    var count: Int { targetStart.count - 1 }

    init(_ partition: Partition, _ graph: CoreGraph, clusters: [[Int]]) {
        let cores = graph.listOf.count
        var clusterOf = [Int32](repeating: 0, count: cores)
        for (c, members) in clusters.enumerated() { for core in members { clusterOf[core] = Int32(c) } }
        let atoms = partition.slices.reduce(0) { $0 + $1.neurons.count }
        let average = max(1, atoms / max(1, cores))

        // Cores by list: most lists are those of a population, with cores that are neighbours.
        var coresOf = [[Int32]](repeating: [], count: graph.lists.count)
        for core in 0..<cores { coresOf[graph.listOf[core]].append(Int32(core)) }
        var netOf: [[Int32]: Int] = [:]
        var sourcesOf: [[(cluster: Int32, weight: Int32)]] = []
        var mark = [Int32](repeating: -1, count: clusters.count)
        for (l, list) in graph.lists.enumerated() where !coresOf[l].isEmpty && !list.isEmpty {
            var found: [Int32] = []
            for core in list where mark[Int(clusterOf[core])] != Int32(l) {
                mark[Int(clusterOf[core])] = Int32(l)
                found.append(clusterOf[core])
            }
            found.sort()
            let n = netOf[found] ?? sourcesOf.count
            if n == sourcesOf.count {
                netOf[found] = n
                sourcesOf.append([])
                targets += found
                targetStart.append(Int32(targets.count))
            }
            for core in coresOf[l] {
                let cluster = clusterOf[Int(core)]
                let weight = Int32(min(1 << 12, 4 + 4 * partition.slices[Int(core)].neurons.count / average))
                if let last = sourcesOf[n].last, last.cluster == cluster {
                    sourcesOf[n][sourcesOf[n].count - 1].weight += weight
                } else {
                    sourcesOf[n].append((cluster, weight))
                }
            }
        }
        for list in sourcesOf {
            for (cluster, weight) in list {
                sources.append(cluster)
                weights.append(weight)
            }
            sourceStart.append(Int32(sources.count))
        }
        // Nets by cluster: counted, then filled in.
        netStart = [Int32](repeating: 0, count: clusters.count + 1)
        var last = [Int32](repeating: -1, count: clusters.count)
        for pass in 0..<2 {
            for i in last.indices { last[i] = -1 }
            for n in 0..<count {
                let parts = [targets[range(targetStart, n)], sources[range(sourceStart, n)]]
                // A net within one cluster costs nothing wherever that is.
                let first = parts[0].first ?? 0
                if parts.allSatisfy({ $0.allSatisfy { $0 == first } }) { continue }
                for cluster in parts.joined() where last[Int(cluster)] != Int32(n) {
                    last[Int(cluster)] = Int32(n)
                    if pass == 0 {
                        netStart[Int(cluster) + 1] += 1
                    } else {
                        netsOf[Int(next[Int(cluster)])] = Int32(n)
                        next[Int(cluster)] += 1
                    }
                }
            }
            guard pass == 0 else { break }
            for c in clusters.indices { netStart[c + 1] += netStart[c] }
            netsOf = [Int32](repeating: 0, count: Int(netStart[clusters.count]))
            next = netStart
        }
        next = []
    }

    /// Where the next net of a cluster goes, while they are filled in.
    private var next: [Int32] = []

    private func range(_ start: [Int32], _ i: Int) -> Range<Int> { Int(start[i])..<Int(start[i + 1]) }

    /// Numbers of the nets of a cluster.
    func nets(of cluster: Int) -> ArraySlice<Int32> { netsOf[range(netStart, cluster)] }

    /// Weight of all sources of a net.
    func weight(of net: Int) -> Int { weights[range(sourceStart, net)].reduce(0) { $0 + Int($1) } }

    /// Target clusters and source clusters of a net, together.
    func partCount(of net: Int) -> Int { range(targetStart, net).count + range(sourceStart, net).count }

    /// One of the clusters counted by ``partCount(of:)``.
    func part(of net: Int, at i: Int) -> Int {
        let own = range(targetStart, net)
        return Int(i < own.count ? targets[own.lowerBound + i] : sources[Int(sourceStart[net]) + i - own.count])
    }

    /// Clusters with a target of a net.
    func targetCount(of net: Int) -> Int { range(targetStart, net).count }

    /// What each cluster of a net gains by being near the others.
    func ties(of net: Int, weight: Int) -> [(cluster: Int32, value: Int)] {
        targets[range(targetStart, net)].map { ($0, weight) }
            + range(sourceStart, net).map { (sources[$0], Int(weights[$0])) }
    }
}
