// A first place for every cluster: in turn, the one most tied to what is placed already goes to the chip, among those
// near its partners, where it adds the fewest links; of equal ones to the one that keeps the whole compact.

import HeapModule
import Machine

/// Gives clusters a chip each; those that fit none as a whole are split.
struct ClusterGrowth {
    private var members: [[Int]]
    private var chipOf: [Int32]
    private var freeCores: [Int]
    private var freeMemory: [Int]
    /// What came of it.
    var layout: ClusterLayout {
        ClusterLayout(members: members, chipOf: chipOf, freeCores: freeCores, freeMemory: freeMemory)
    }
    private let machine: Machine
    private let partition: Partition
    private let nets: ClusterNets
    private let table: HopTable
    /// By net: chips with parts of it, as far as they are placed.
    private var chipsOfNet: [[Int32]]
    /// By chip: the last search that came by.
    private var seen: [Int32]
    private var search: Int32 = 0
    private var centre = 0

    /// `nil` when a cluster finds no place.
    init?(_ partition: Partition, _ clusters: Clusters, _ nets: ClusterNets, _ table: HopTable, _ machine: Machine) {
        self.machine = machine
        self.partition = partition
        self.nets = nets
        self.table = table
        members = clusters.members
        chipOf = [Int32](repeating: -1, count: members.count)
        freeCores = machine.workers.map(\.nonzeroBitCount)
        freeMemory = [Int](repeating: machine.sdram, count: machine.chips.count)
        chipsOfNet = [[Int32]](repeating: [], count: nets.count)
        seen = [Int32](repeating: 0, count: machine.chips.count)
        centre = machine.middle

        let weight = (0..<nets.count).map { nets.weight(of: $0) }
        var tie = [Int](repeating: 0, count: members.count)
        var queue = Heap(members.indices.map { Candidate(tie: 0, cluster: $0) })
        while let next = queue.popMax() {
            let c = next.cluster
            guard chipOf[c] < 0, next.tie == tie[c] else { continue }
            guard place(c, weight) else { return nil }
            for n in nets.nets(of: c) {
                guard nets.targetCount(of: Int(n)) <= NetMeter.mostChips else { continue }
                for (other, value) in nets.ties(of: Int(n), weight: weight[Int(n)]) where chipOf[Int(other)] < 0 {
                    tie[Int(other)] += value
                    queue.insert(Candidate(tie: tie[Int(other)], cluster: Int(other)))
                }
            }
        }
    }

    private struct Candidate: Comparable {
        var tie: Int
        var cluster: Int

        /// The first of the most tied.
        static func < (a: Self, b: Self) -> Bool { (a.tie, b.cluster) < (b.tie, a.cluster) }
    }

    /// Places a cluster, piece by piece where no chip has room for all of it; false when there is no room at all.
    private mutating func place(_ c: Int, _ weight: [Int]) -> Bool {
        var cores = members[c]
        var isFirst = true
        while !cores.isEmpty {
            let memory = cores.reduce(0) { $0 + partition.slices[$1].sdram }
            let smallest = cores.reduce(Int.max) { min($0, partition.slices[$1].sdram) }
            guard
                let chip = bestChip(for: c, cores: cores.count, memory: memory, weight)
                    ?? bestChip(for: c, cores: 1, memory: smallest, weight)
            else { return false }
            var (taken, rest): ([Int], [Int]) = ([], [])
            for core in cores {
                if freeCores[chip] > 0, freeMemory[chip] >= partition.slices[core].sdram {
                    freeCores[chip] -= 1
                    freeMemory[chip] -= partition.slices[core].sdram
                    taken.append(core)
                } else {
                    rest.append(core)
                }
            }
            if isFirst {
                members[c] = taken
                chipOf[c] = Int32(chip)
            } else {
                members.append(taken)
                chipOf.append(Int32(chip))
            }
            isFirst = false
            cores = rest
            for n in nets.nets(of: c) where chipsOfNet[Int(n)].count < 64 {
                if !chipsOfNet[Int(n)].contains(Int32(chip)) { chipsOfNet[Int(n)].append(Int32(chip)) }
            }
        }
        return true
    }

    /// The cheapest chip with room near the partners of a cluster, or anywhere when there are none.
    private mutating func bestChip(for c: Int, cores: Int, memory: Int, _ weight: [Int]) -> Int? {
        search += 1
        var queue: [Int] = []
        let own = nets.nets(of: c).filter { !chipsOfNet[Int($0)].isEmpty }.prefix(32)
        for n in own {
            for chip in chipsOfNet[Int(n)] where seen[Int(chip)] != search {
                seen[Int(chip)] = search
                queue.append(Int(chip))
            }
        }
        if queue.isEmpty {
            seen[centre] = search
            queue.append(centre)
        }
        var best: (cost: Int, chip: Int)?
        var next = 0
        // Look a little further than the first ring with room.
        var (end, found, rings) = (queue.count, 0, 0)
        while next < queue.count {
            if next == end {
                if found > 0 { rings += 1 }
                if rings > 1 { break }
                end = queue.count
            }
            let chip = queue[next]
            next += 1
            if freeCores[chip] >= cores, freeMemory[chip] >= memory {
                found += 1
                var cost = 0
                for n in own {
                    var least = Int.max
                    for other in chipsOfNet[Int(n)] { least = min(least, table.distance(chip, Int(other))) }
                    cost += weight[Int(n)] * least
                }
                // Otherwise keep together, and to the middle.
                var open = 0
                for link in 0..<6 {
                    let other = Int(machine.neighbours[6 * chip + link])
                    if other >= 0, freeCores[other] == machine.workers[other].nonzeroBitCount { open += 1 }
                }
                cost = cost * 4096 + open * 8 + table.distance(chip, centre) * 16
                if cost < best?.cost ?? .max { best = (cost, chip) }
            }
            for link in 0..<6 {
                let other = Int(machine.neighbours[6 * chip + link])
                guard other >= 0, seen[other] != search else { continue }
                seen[other] = search
                queue.append(other)
            }
        }
        return best?.chip
    }
}
