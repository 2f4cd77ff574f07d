// A first place for every cluster: in turn, the one most tied to what is placed already goes to the chip, among those
// near its partners, where it adds the fewest links; of equal ones to the one that keeps the whole compact.

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
    /// By net: what all its sources weigh.
    private let weight: [Int]
    /// By net: chips with parts of it, as far as they are placed, from `chipStart` on, and how many they are.
    private var chips: [Int32]
    private let chipStart: [Int]
    private var chipCount: [Int]
    /// By chip: the last search that came by.
    private let seen: UnsafeMutablePointer<Int32>
    private var search: Int32 = 0
    /// Chips that are looked at, each once.
    private let queue: UnsafeMutablePointer<Int32>
    /// Of the nets of the cluster that is placed: where their chips are, and what the nets weigh.
    private let near: UnsafeMutablePointer<Int32>
    private var own: [(near: Range<Int>, weight: Int)] = []
    private var centre = 0

    /// Chips of a net that are looked at.
    private static let mostChips = 64
    /// Nets of a cluster that are looked at.
    private static let mostNets = 32
    /// Clusters of a net that draw the others towards them when they get their places.
    private static let mostPulls = 4

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
        weight = (0..<nets.count).map { nets.weight(of: $0) }
        var chipStart = [0]
        for n in 0..<nets.count { chipStart.append(chipStart[n] + min(Self.mostChips, nets.partCount(of: n))) }
        chips = [Int32](repeating: 0, count: chipStart[nets.count])
        chipCount = [Int](repeating: 0, count: nets.count)
        self.chipStart = chipStart
        seen = .allocate(capacity: machine.chips.count)
        seen.initialize(repeating: 0, count: machine.chips.count)
        queue = .allocate(capacity: machine.chips.count)
        near = .allocate(capacity: Self.mostNets * Self.mostChips)
        centre = machine.middle
        defer {
            near.deallocate()
            seen.deallocate()
            queue.deallocate()
        }

        var pulls = [Int](repeating: 0, count: nets.count)
        var candidates = TieHeap(members.count)
        while let c = candidates.popMost() {
            guard place(c) else { return nil }
            for n in nets.nets(of: c) where pulls[Int(n)] < Self.mostPulls {
                pulls[Int(n)] += 1
                guard nets.targetCount(of: Int(n)) <= NetMeter.mostChips else { continue }
                nets.forEachTie(of: Int(n), weight: weight[Int(n)]) { candidates.add($1, to: $0) }
            }
        }
    }

    /// Places a cluster, piece by piece where no chip has room for all of it; false when there is no room at all.
    private mutating func place(_ c: Int) -> Bool {
        var cores = members[c]
        var isFirst = true
        while !cores.isEmpty {
            let memory = cores.reduce(0) { $0 + partition.slices[$1].sdram }
            let smallest = cores.reduce(Int.max) { min($0, partition.slices[$1].sdram) }
            let (width, thinnest) = cores.reduce((0, Int.max)) {
                ($0.0 + partition.slices[$1].width, min($0.1, partition.slices[$1].width))
            }
            guard
                let chip = bestChip(for: c, cores: width, memory: memory)
                    ?? bestChip(for: c, cores: thinnest, memory: smallest)
            else { return false }
            var (taken, rest): ([Int], [Int]) = ([], [])
            for core in cores {
                let slice = partition.slices[core]
                if freeCores[chip] >= slice.width, freeMemory[chip] >= slice.sdram {
                    freeCores[chip] -= slice.width
                    freeMemory[chip] -= slice.sdram
                    taken.append(core)
                } else {
                    rest.append(core)
                }
            }
            // The chip has room for the thinnest core and for the smallest, but these may be two.
            guard !taken.isEmpty else { return false }
            if isFirst {
                members[c] = taken
                chipOf[c] = Int32(chip)
            } else {
                members.append(taken)
                chipOf.append(Int32(chip))
            }
            isFirst = false
            cores = rest
            for net in nets.nets(of: c) {
                let n = Int(net)
                let end = chipStart[n] + chipCount[n]
                guard end < chipStart[n + 1], !chips[chipStart[n]..<end].contains(Int32(chip)) else { continue }
                chips[end] = Int32(chip)
                chipCount[n] += 1
            }
        }
        return true
    }

    /// The cheapest chip with room near the partners of a cluster, or anywhere when there are none.
    private mutating func bestChip(for c: Int, cores: Int, memory: Int) -> Int? {
        search += 1
        let (seen, queue, search, near) = (seen, queue, search, near)
        var (queued, places) = (0, 0)
        own.removeAll(keepingCapacity: true)
        for net in nets.nets(of: c) where chipCount[Int(net)] > 0 && own.count < Self.mostNets {
            let first = chipStart[Int(net)]
            for i in first..<first + chipCount[Int(net)] {
                let chip = Int(chips[i])
                near[places + i - first] = table.position[chip]
                guard seen[chip] != search else { continue }
                seen[chip] = search
                queue[queued] = Int32(truncatingIfNeeded: chip)
                queued += 1
            }
            own.append((places..<places + chipCount[Int(net)], weight[Int(net)]))
            places += chipCount[Int(net)]
        }
        if queued == 0 {
            seen[centre] = search
            queue[0] = Int32(centre)
            queued = 1
        }
        var best: (cost: Int, chip: Int)?
        var next = 0
        // Look a little further than the first ring with room.
        var (end, found, rings) = (queued, 0, 0)
        while next < queued {
            if next == end {
                if found > 0 { rings += 1 }
                if rings > 1 { break }
                end = queued
            }
            let chip = Int(queue[next])
            next += 1
            if freeCores[chip] >= cores, freeMemory[chip] >= memory {
                found += 1
                let cost = cost(of: chip, below: best?.cost ?? .max)
                if cost < best?.cost ?? .max { best = (cost, chip) }
            }
            for link in 0..<6 {
                let other = machine.neighbours[6 * chip + link]
                guard other >= 0, seen[Int(other)] != search else { continue }
                seen[Int(other)] = search
                queue[queued] = other
                queued += 1
            }
        }
        return best?.chip
    }

    /// What the cluster costs on a chip; at least `limit` when it is not less.
    private func cost(of chip: Int, below limit: Int) -> Int {
        let (hops, near) = (table.hops + table.centre + Int(table.position[chip]), near)
        var way = 0
        for (range, weight) in own {
            var least = UInt16.max
            for i in range { least = min(least, hops[-Int(near[i])]) }
            way += weight * Int(least)
            if way * 4096 >= limit { return limit }
        }
        // Otherwise keep together, and to the middle.
        var open = 0
        for link in 0..<6 {
            let other = Int(machine.neighbours[6 * chip + link])
            if other >= 0, freeCores[other] == machine.workers[other].nonzeroBitCount { open += 1 }
        }
        return way * 4096 + open * 8 + table.distance(chip, centre) * 16
    }
}

/// Clusters that wait for a place, the most tied to what is placed already first; of equal ones the first.
private struct TieHeap {
    private var tie: [Int]
    /// A binary heap of clusters.
    private var heap: [Int32]
    /// By cluster: where it is in the heap, −1 when it waits no longer.
    private var place: [Int32]

    init(_ clusters: Int) {
        tie = [Int](repeating: 0, count: clusters)
        heap = (0..<Int32(clusters)).map { $0 }
        place = heap
    }

    /// - Complexity: O(log clusters).
    mutating func popMost() -> Int? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        place[Int(first)] = -1
        if !heap.isEmpty { sink(last) }
        return Int(first)
    }

    /// Ties a cluster closer, unless it has its place.
    ///
    /// - Complexity: O(log clusters).
    mutating func add(_ value: Int, to cluster: Int) {
        guard place[cluster] >= 0 else { return }
        tie[cluster] += value
        var at = Int(place[cluster])
        while at > 0, isBefore(Int32(cluster), heap[(at - 1) / 2]) {
            put(heap[(at - 1) / 2], at)
            at = (at - 1) / 2
        }
        put(Int32(cluster), at)
    }

    private func isBefore(_ a: Int32, _ b: Int32) -> Bool {
        tie[Int(a)] != tie[Int(b)] ? tie[Int(a)] > tie[Int(b)] : a < b
    }

    private mutating func put(_ cluster: Int32, _ at: Int) {
        heap[at] = cluster
        place[Int(cluster)] = Int32(at)
    }

    /// Puts a cluster at the root or below.
    private mutating func sink(_ cluster: Int32) {
        var at = 0
        while 2 * at + 1 < heap.count {
            var child = 2 * at + 1
            if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
            guard isBefore(heap[child], cluster) else { break }
            put(heap[child], at)
            at = child
        }
        put(cluster, at)
    }
}
