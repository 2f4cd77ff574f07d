// What a placement of clusters costs, before any route exists.
//
// All cores with the same targets form a *net*: the target clusters and, for each source cluster, how many cores send.
// The tree from a source costs about as many links as the shortest network that spans its chip and the target chips,
// for which a minimum spanning tree over hop distances stands in: never shorter than the best tree, rarely much longer.

import Machine

/// The nets of a core graph in terms of clusters.
struct ClusterNets {
    struct Net {
        /// Clusters with a target, ascending.
        var targets: [Int32]
        /// Clusters with sources, and how many cores of them send.
        var sources: [(cluster: Int32, cores: Int32)]
    }

    var nets: [Net] = []
    /// By cluster: the nets it is part of, ascending.
    var netsOf: [[Int32]]

    init(_ graph: CoreGraph, clusters: [[Int]]) {
        netsOf = [[Int32]](repeating: [], count: clusters.count)
        var clusterOf = [Int32](repeating: 0, count: graph.listOf.count)
        for (c, cores) in clusters.enumerated() { for core in cores { clusterOf[core] = Int32(c) } }
        var lastMark = [Int32](repeating: -1, count: clusters.count)
        let targetClusters = graph.lists.enumerated().map { l, list in
            var found: [Int32] = []
            for core in list where lastMark[Int(clusterOf[core])] != Int32(l) {
                lastMark[Int(clusterOf[core])] = Int32(l)
                found.append(clusterOf[core])
            }
            return found.sorted()
        }
        var netOf: [[Int32]: Int] = [:]
        for (c, cores) in clusters.enumerated() {
            for core in cores {
                let targets = targetClusters[graph.listOf[core]]
                if targets.isEmpty || targets == [Int32(c)] { continue }
                let n = netOf[targets] ?? nets.count
                if n == nets.count {
                    netOf[targets] = n
                    nets.append(Net(targets: targets, sources: []))
                }
                if let last = nets[n].sources.last, last.cluster == Int32(c) {
                    nets[n].sources[nets[n].sources.count - 1].cores += 1
                } else {
                    nets[n].sources.append((Int32(c), 1))
                }
            }
        }
        for (n, net) in nets.enumerated() {
            for cluster in Set(net.targets + net.sources.map(\.cluster)) { netsOf[Int(cluster)].append(Int32(n)) }
        }
    }
}

/// Computes the cost of nets; its arrays are by chip number and reused.
struct NetCosts {
    private let distances: [UInt8]
    private let chips: Int
    private var mark: [Int32]
    private var currentMark: Int32 = 0
    private var places: [Int] = []
    private var reach: [UInt8] = []
    private var order: [Int] = []
    /// Distances looked at: what all this cost so far.
    private(set) var work = 0

    /// Hops over working links between all chips; `nil` for machines too large for a table.
    init?(_ machine: Machine) {
        chips = machine.chips.count
        guard chips <= 3000 else { return nil }
        var distances = [UInt8](repeating: 255, count: chips * chips)
        var queue: [Int] = []
        for source in 0..<chips {
            queue.removeAll(keepingCapacity: true)
            queue.append(source)
            distances[source * chips + source] = 0
            var next = 0
            while next < queue.count {
                let chip = queue[next]
                let hops = distances[source * chips + chip]
                for link in 0..<6 {
                    let other = Int(machine.neighbours[6 * chip + link])
                    guard other >= 0, distances[source * chips + other] == 255, hops < 254 else { continue }
                    distances[source * chips + other] = hops + 1
                    queue.append(other)
                }
                next += 1
            }
        }
        self.distances = distances
        mark = [Int32](repeating: 0, count: chips)
    }

    /// Hops between two chips.
    func distance(_ a: Int, _ b: Int) -> UInt8 { distances[a * chips + b] }

    /// Estimated links of all trees of a net.
    ///
    /// - Complexity: O(target chips²+ sources × target chips).
    mutating func cost(of net: ClusterNets.Net, chipOf: [Int32]) -> Int {
        currentMark += 1
        places.removeAll(keepingCapacity: true)
        for cluster in net.targets {
            let chip = Int(chipOf[Int(cluster)])
            if mark[chip] != currentMark {
                mark[chip] = currentMark
                places.append(chip)
            }
        }
        // Prim's algorithm: the nearest chip that is not in the tree yet joins it.
        var trunk = 0
        reach.removeAll(keepingCapacity: true)
        for place in places { reach.append(distances[places[0] * chips + place]) }
        var left = places.count
        work += left * left
        order.removeAll(keepingCapacity: true)
        order += places
        while left > 1 {
            // The first of `order` is in the tree; it leaves, and the nearest of the others takes its place.
            order.swapAt(0, left - 1)
            reach.swapAt(0, left - 1)
            left -= 1
            var nearest = 0
            for i in 1..<max(1, left) where reach[i] < reach[nearest] { nearest = i }
            trunk += Int(reach[nearest])
            order.swapAt(0, nearest)
            reach.swapAt(0, nearest)
            let row = order[0] * chips
            for i in 1..<max(1, left) { reach[i] = min(reach[i], distances[row + order[i]]) }
        }
        var total = 0
        for (cluster, cores) in net.sources {
            let chip = Int(chipOf[Int(cluster)])
            var way = 0
            if mark[chip] != currentMark {
                way = 255
                for place in places { way = min(way, Int(distances[chip * chips + place])) }
                work += places.count
            }
            total += Int(cores) * (trunk + way)
        }
        return total
    }

    /// Estimated links of all trees of a placement.
    ///
    /// - Complexity: O(edges in distinct lists + chips of nets²).
    mutating func links(of placements: [Placement], _ graph: CoreGraph) -> Int {
        var clusters = [[Int]](repeating: [], count: chips)
        for (core, placement) in placements.enumerated() { clusters[placement.chip].append(core) }
        let chipOf = (0..<Int32(chips)).map { $0 }
        return ClusterNets(graph, clusters: clusters).nets.reduce(0) { $0 + cost(of: $1, chipOf: chipOf) }
    }
}
