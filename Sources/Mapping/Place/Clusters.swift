// Cores that belong on one chip.
//
// Whatever sends to one core of a population usually sends to all of them, so that spreading a population over two
// chips costs every tree towards it one more link. Cores are therefore placed in clusters that fit a chip:
//
//  1. A delay extension goes with its source, and a core with at most three targets (one-to-one, sparse lists) goes
//     with
//     those.
//  2. What then remains of each population is joined in the order of its slices, up to a number of cores.

import Machine

/// Groups of cores, each small enough for one chip.
struct Clusters {
    /// Cores of each cluster, ascending.
    var members: [[Int]] = []

    /// - Parameters:
    ///   - size: Cores of a population that are joined, at most.
    ///   - capacity: Cores of a cluster, at most.
    init(_ partition: Partition, _ graph: CoreGraph, size: Int, capacity: Int, on machine: Machine) {
        var sets = DisjointSets(
            partition.slices.map(\.sdram), width: partition.slices.map(\.width), capacity: capacity,
            sdram: machine.sdram)
        for (cores, parrots) in zip(partition.coresOf, partition.extensionsOf) {
            for (core, parrot) in zip(cores, parrots) { sets.join(core, parrot) }
        }
        for core in partition.slices.indices where graph.targets(of: core).count <= 3 {
            for target in graph.targets(of: core) { sets.join(core, target) }
        }
        for cores in partition.coresOf {
            for (core, next) in zip(cores, cores.dropFirst()) where (next - cores.lowerBound) % size != 0 {
                sets.join(core, next)
            }
        }
        var clusterOf = [Int](repeating: -1, count: partition.slices.count)
        for core in partition.slices.indices {
            let root = sets.root(of: core)
            if clusterOf[root] < 0 {
                clusterOf[root] = members.count
                members.append([])
            }
            members[clusterOf[root]].append(core)
        }
    }
}

/// Union-find whose sets stay below a number of cores and a sum of memory.
private struct DisjointSets {
    private var parent: [Int]
    private var count: [Int]
    private var memory: [Int]
    private let capacity: Int
    private let sdram: Int

    init(_ memory: [Int], width: [Int], capacity: Int, sdram: Int) {
        parent = Array(memory.indices)
        count = width
        self.memory = memory
        self.capacity = capacity
        self.sdram = sdram
    }

    mutating func root(of element: Int) -> Int {
        var element = element
        while parent[element] != element {
            parent[element] = parent[parent[element]]
            element = parent[element]
        }
        return element
    }

    /// Joins two sets unless they are too large together.
    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(of: a), root(of: b))
        guard a != b, count[a] + count[b] <= capacity, memory[a] + memory[b] <= sdram else { return }
        parent[max(a, b)] = min(a, b)
        count[min(a, b)] += count[max(a, b)]
        memory[min(a, b)] += memory[max(a, b)]
    }
}
