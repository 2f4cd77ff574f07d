// Placing clusters where trees are short.
//
// There are several first placements: clusters grown where they add the fewest links (``ClusterGrowth``), on few chips
// also clusters of half the size, since it matters there how a population is parted; and chips filled along a Hilbert
// curve, populations after those they share projections with, or from neighbour to neighbour in file order, which packs
// tightest where everything feeds everything. The best by estimate goes on to annealing: a random cluster moves to a
// chip near one it shares a net with, or changes places with a cluster there; what shortens the trees stays, what
// lengthens them stays with a probability that falls with the step's temperature. The best placement seen wins. The
// number of moves is bounded by the work they take, counted in distances looked at, so that the outcome depends on
// nothing but the arguments.
//
// The better filling is also routed with straight paths: what its hottest link carries is what the links of the best
// placement need not stay far below.

import Diagnostics
import Foundation
public import Machine

/// Places cores so that the multicast trees are short.
///
/// - Parameters:
///   - effort: Multiplies the work of annealing.
///   - seed: Seeds its moves.
/// - Returns: Where the cores are, the gain over the better of the two fillings, and how hot a link may be.
/// - Throws: `.doesNotFit` when cores or shared memory run out, naming need and supply.
/// - Complexity: O(cores · log cores + edges in distinct lists), and annealing of about 10 µs a core, up to some
///   seconds.
/// - Determinism: a function of its arguments.
/// - Source: this project; annealing after S. Kirkpatrick et al., Optimization by simulated annealing, 1983.
public func placeByTraffic(
    _ partition: Partition, _ graph: CoreGraph, on machine: Machine, effort: Double = 1, seed: UInt64 = 1
) throws(Failure) -> Places {
    try checkSupply(of: machine, for: partition)
    if let chip = chipForAll(of: partition, on: machine) {
        var occupancy = Occupancy(machine)
        return Places(ofCores: partition.slices.map { occupancy.take(chip, $0) })
    }
    let table = HopTable(machine)
    let capacity = machine.workers.reduce(0) { max($0, $1.nonzeroBitCount) }
    // Cores of a source that stay together in a power of two share entries.
    let size = 1 << (bitsToCount(capacity + 1) - 1)
    var first: (layout: ClusterLayout, nets: ClusterNets, meter: NetMeter, cost: Int)?
    func consider(_ layout: ClusterLayout, _ nets: ClusterNets, cost known: Int? = nil, saving share: Double = 0) {
        let meter = NetMeter(nets, table, chipOf: layout.chipOf)
        let cost = known ?? meter.totalCost
        if Double(cost) * (1 + share) < Double(first?.cost ?? .max) { first = (layout, nets, meter, cost) }
    }
    func considerGrown(size: Int, capacity: Int, saving share: Double = 0) {
        let clusters = Clusters(partition, graph, size: size, capacity: capacity, on: machine)
        let nets = ClusterNets(partition, graph, clusters: clusters.members)
        guard let grown = ClusterGrowth(partition, clusters, nets, table, machine)?.layout else { return }
        let isWhole = grown.members.count == clusters.members.count
        consider(grown, isWhole ? nets : ClusterNets(partition, graph, clusters: grown.members), saving: share)
    }
    considerGrown(size: size, capacity: capacity)
    var plain: (cost: Int, places: [Placement])?
    let fillings = [
        try? placeHilbert(partition, on: machine, order: nearestPopulations(partition, graph)),
        try? placeInOrder(partition, on: machine),
    ]
    let meter = NetMeter(
        ClusterNets(ofCores: partition, graph), table, chipOf: [Int32](repeating: 0, count: partition.slices.count))
    for filled in fillings.compactMap(\.self) {
        for (core, place) in filled.enumerated() { meter.chipOf[core] = Int32(place.chip) }
        let cost = meter.totalCost
        if cost < plain?.cost ?? .max { plain = (cost, filled) }
        guard cost < first?.cost ?? .max else { continue }
        let start = ClusterLayout(filled, partition, machine)
        consider(start, ClusterNets(partition, graph, clusters: start.members), cost: cost)
    }
    if partition.slices.count <= mostHalved, size > 1 {
        considerGrown(size: size / 2, capacity: size / 2, saving: worthHalving)
    }
    guard let first else { return Places(ofCores: try placeInOrder(partition, on: machine)) }
    let best = AnnealedLayout(partition, first.nets, first.layout, first.meter, machine, seed: seed)
    best.anneal(work: Int(effort * Double(min(90_000 + 1_800 * partition.slices.count, 15_000_000))))
    best.compact()
    var chipOf = [Int](repeating: 0, count: partition.slices.count)
    for (c, cores) in best.members.enumerated() { for core in cores { chipOf[core] = best.chip(of: c) } }
    var occupancy = Occupancy(machine)
    var places = Places(
        ofCores: partition.slices.enumerated().map { core, slice in occupancy.take(chipOf[core], slice) })
    guard let plain else { return places }
    if best.cost > 0 { places.gain = max(0, Double(plain.cost) / Double(best.cost) - 1) }
    if partition.slices.count <= mostHeated,
        let trees = try? route(
            graph, plain.places, of: partition.coresOf + partition.extensionsOf, on: machine, by: .neighbourExploring)
    {
        places.heat = Int(coolEnough * Double(trees.heaviestLoad(on: machine)))
    }
    return places
}

/// Cores up to which clusters of half a chip are tried, and what they have to save, since they need more entries.
private let (mostHalved, worthHalving) = (200, 0.03)
/// Cores up to which chips are filled and routed for their hottest link.
private let mostHeated = 1000
/// Of what that link carries: what links may carry without being relieved.
private let coolEnough = 0.8

/// A chip with room for everything, the middle one if it can: no packet then crosses a link.
private func chipForAll(of partition: Partition, on machine: Machine) -> Int? {
    guard partition.slices.count < MachineLayout.coresPerChip else { return nil }
    let (cores, memory) = (partition.coreCount, partition.slices.reduce(0) { $0 + $1.sdram })
    guard memory <= machine.sdram else { return nil }
    return ([machine.middle] + machine.chips.indices).first { machine.workers[$0].nonzeroBitCount >= cores }
}

extension Machine {
    /// The chip nearest to the middle of the rectangle.
    var middle: Int {
        func off(_ chip: ChipCoordinate) -> Int { abs(2 * chip.x - width + 1) + abs(2 * chip.y - height + 1) }
        return chips.indices.min { (off(chips[$0]), $0) < (off(chips[$1]), $1) } ?? 0
    }
}

/// Clusters that move about.
private final class AnnealedLayout {
    let members: [[Int]]
    private(set) var cost = 0
    private let machine: Machine
    private let meter: NetMeter
    private let netCost: UnsafeMutablePointer<Int>
    /// What looking at every net once takes.
    private let netWork: Int
    /// By cluster.
    private let size: UnsafeMutablePointer<Int>
    private let memory: UnsafeMutablePointer<Int>
    /// By chip.
    private let freeCores: UnsafeMutablePointer<Int>
    private let freeMemory: UnsafeMutablePointer<Int>
    /// Clusters of each chip, `[chips, mostOnChip]`, and how many there are.
    private let clustersOn: UnsafeMutablePointer<Int32>
    private let countOn: UnsafeMutablePointer<Int>
    /// Every cluster has a core; while two change places one more is there.
    private static let mostOnChip = MachineLayout.coresPerChip
    /// Nets of a cluster, `netsOf[netStart[c]..<netStart[c + 1]]`.
    private let netsOf: UnsafeMutablePointer<Int32>
    private let netStart: UnsafeMutablePointer<Int32>
    private let neighbours: UnsafeMutablePointer<Int32>
    /// Nets, and their parts over all clusters.
    private let nets: Int
    private let netCount: Int
    private var random: SplitMix
    /// Nets a move touches and what they would cost after it; each net once, by its stamp.
    private let fresh: UnsafeMutablePointer<(net: Int32, cost: Int)>
    private let stampOf: UnsafeMutablePointer<Int32>
    private var stamp: Int32 = 0

    init(
        _ partition: Partition, _ nets: ClusterNets, _ start: ClusterLayout, _ meter: NetMeter, _ machine: Machine,
        seed: UInt64
    ) {
        self.machine = machine
        members = start.members
        func copy<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
            let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
            pointer.initialize(from: values, count: values.count)
            return pointer
        }
        freeCores = copy(start.freeCores)
        freeMemory = copy(start.freeMemory)
        size = copy(members.map { $0.reduce(0) { $0 + partition.slices[$1].width } })
        memory = copy(members.map { $0.reduce(0) { $0 + partition.slices[$1].sdram } })
        clustersOn = .allocate(capacity: Self.mostOnChip * machine.chips.count)
        countOn = copy([Int](repeating: 0, count: machine.chips.count))
        for (c, chip) in start.chipOf.enumerated() {
            clustersOn[Self.mostOnChip * Int(chip) + countOn[Int(chip)]] = Int32(c)
            countOn[Int(chip)] += 1
        }
        self.nets = nets.count
        netCount = nets.netsOf.count
        netsOf = copy(nets.netsOf)
        netStart = copy(nets.netStart)
        neighbours = copy(machine.neighbours)
        stampOf = copy([Int32](repeating: 0, count: nets.count))
        fresh = .allocate(capacity: max(1, nets.count))
        random = SplitMix(state: seed)
        self.meter = meter
        let before = meter.work
        netCost = copy((0..<nets.count).map { meter.cost(of: $0) })
        netWork = meter.work - before
        for net in 0..<nets.count { cost += netCost[net] }
    }

    deinit {
        for pointer in [size, memory, freeCores, freeMemory, countOn, netCost] { pointer.deallocate() }
        for pointer in [clustersOn, netsOf, netStart, neighbours, stampOf] { pointer.deallocate() }
        fresh.deallocate()
    }

    func chip(of cluster: Int) -> Int { Int(meter.chipOf[cluster]) }

    /// Moves that are tried for a cluster, on average.
    private static let mostMoves = 40

    /// Improves the layout by random moves.
    func anneal(work limit: Int) {
        guard machine.chips.count > 1, cost > 0 else { return }
        var best = (cost: cost, chipOf: (0..<members.count).map { meter.chipOf[$0] })
        let last = Double(NetMeter.link)
        // With few moves to make, only small losses can be made up for.
        let perMove = 200 + 3 * netWork * netCount / max(1, nets * members.count)
        // A few clusters are soon where they should be.
        let limit = min(limit, Self.mostMoves * members.count * perMove)
        let end = meter.work + limit
        let moves = Double(limit / perMove) / Double(members.count)
        let ease = max(0, min(1, (moves - 5) / 25))
        let warmth = ease * ease
        let first = max(last, warmth * max(4 * last, Double(cost) / Double(members.count) * 0.15))
        var temperature = first
        let begin = meter.work
        var count = 0
        while meter.work < end {
            cost += tryMove(temperature)
            count += 1
            if cost < best.cost {
                best.cost = cost
                for c in members.indices { best.chipOf[c] = meter.chipOf[c] }
            }
            if count % 64 == 0 {
                let progress = Double(meter.work - begin) / Double(limit)
                temperature = first * exp2(-progress * log2(4 * first / last))
            }
        }
        if cost > best.cost { restore(best.chipOf) }
        cost = best.cost
    }

    /// Puts every cluster on a chip where it was before.
    private func restore(_ chipOf: [Int32]) {
        for c in members.indices {
            let home = Int(meter.chipOf[c])
            freeCores[home] += size[c]
            freeMemory[home] += memory[c]
            countOn[home] = 0
        }
        for c in members.indices {
            let chip = Int(chipOf[c])
            meter.chipOf[c] = chipOf[c]
            freeCores[chip] -= size[c]
            freeMemory[chip] -= memory[c]
            clustersOn[Self.mostOnChip * chip + countOn[chip]] = Int32(c)
            countOn[chip] += 1
        }
        for net in 0..<nets { netCost[net] = meter.cost(of: net) }
    }

    /// Chips that ``compact()`` empties, and those it fills instead, at most.
    private static let (mostEmptied, mostFilled) = (16, 3)

    /// Moves what is on chips with few neighbours in use to free ones between more of them, where that makes no tree
    /// longer: a chip that has one way in gets all its packets over that link.
    ///
    /// - Complexity: O(chips) and 48 moves.
    func compact() {
        guard cost > 0 else { return }
        func ways(to chip: Int, without home: Int) -> Int {
            var count = 0
            for link in 0..<6 {
                let other = Int(neighbours[6 * chip + link])
                if other >= 0, other != home, countOn[other] > 0 { count += 1 }
            }
            return count
        }
        var ends: [Int] = []
        var gaps: [Int] = []
        for chip in machine.chips.indices {
            let count = ways(to: chip, without: -1)
            if countOn[chip] == 0 {
                if count > 1 { gaps.append(chip) }
            } else if count < 3 {
                ends.append(chip)
            }
        }
        for home in ends.prefix(Self.mostEmptied) {
            let here = ways(to: home, without: -1)
            guard here < 3, countOn[home] > 0 else { continue }
            let better = gaps.filter { countOn[$0] == 0 && ways(to: $0, without: home) > here }
                .sorted { (-ways(to: $0, without: home), $0) < (-ways(to: $1, without: home), $1) }
            for gap in better.prefix(Self.mostFilled) where moveAll(from: home, to: gap) {
                gaps.append(home)
                break
            }
        }
    }

    /// Moves all clusters of a chip to a free one unless that costs something; true when it does not.
    private func moveAll(from home: Int, to chip: Int) -> Bool {
        let own = (0..<countOn[home]).map { Int(clustersOn[Self.mostOnChip * home + $0]) }
        guard freeCores[chip] >= own.reduce(0, { $0 + size[$1] }),
            freeMemory[chip] >= own.reduce(0, { $0 + memory[$1] })
        else { return false }
        for cluster in own { move(cluster, to: chip) }
        var (change, count) = (0, 0)
        stamp += 1
        for cluster in own { weigh(cluster, &change, &count) }
        guard change <= 0 else {
            for cluster in own { move(cluster, to: home) }
            return false
        }
        for i in 0..<count { netCost[Int(fresh[i].net)] = fresh[i].cost }
        cost += change
        return true
    }

    /// Weighs the nets of a cluster that do not carry the current stamp; they are behind the first `count` of
    /// ``fresh``.
    @inline(__always)
    private func weigh(_ cluster: Int, _ change: inout Int, _ count: inout Int) {
        for i in Int(netStart[cluster])..<Int(netStart[cluster + 1]) where stampOf[Int(netsOf[i])] != stamp {
            let net = netsOf[i]
            stampOf[Int(net)] = stamp
            let new = meter.cost(of: Int(net))
            change += new - netCost[Int(net)]
            fresh[count] = (net, new)
            count += 1
        }
    }

    /// Tries one move; returns what it changed the cost by.
    private func tryMove(_ temperature: Double) -> Int {
        let cluster = Int(random.below(UInt32(members.count)))
        let home = Int(meter.chipOf[cluster])
        meter.work += 150
        guard let target = wish(for: cluster), target != home else { return 0 }
        var other: Int?
        if freeCores[target] < size[cluster] || freeMemory[target] < memory[cluster] {
            guard countOn[target] > 0 else { return 0 }
            let swap = Int(clustersOn[Self.mostOnChip * target + Int(random.below(UInt32(countOn[target])))])
            guard freeCores[target] + size[swap] >= size[cluster], freeCores[home] + size[cluster] >= size[swap],
                freeMemory[target] + memory[swap] >= memory[cluster],
                freeMemory[home] + memory[cluster] >= memory[swap]
            else { return 0 }
            other = swap
        }
        move(cluster, to: target)
        if let other { move(other, to: home) }
        var (change, count) = (0, 0)
        stamp += 1
        weigh(cluster, &change, &count)
        if let other { weigh(other, &change, &count) }
        if change <= 0 || random.unit() < exp2(-Double(change) / temperature) {
            for i in 0..<count { netCost[Int(fresh[i].net)] = fresh[i].cost }
            return change
        }
        if let other { move(other, to: target) }
        move(cluster, to: home)
        return 0
    }

    /// A chip close to some other part of a net of the cluster.
    private func wish(for cluster: Int) -> Int? {
        let own = Int(netStart[cluster + 1] - netStart[cluster])
        guard own > 0 else { return nil }
        let net = Int(netsOf[Int(netStart[cluster]) + Int(random.below(UInt32(own)))])
        let part = meter.part(of: net, at: Int(random.below(UInt32(meter.partCount(of: net)))))
        var chip = Int(meter.chipOf[part])
        // No, one or two steps away.
        for _ in 0..<random.below(3) {
            let other = Int(neighbours[6 * chip + Int(random.below(6))])
            if other >= 0 { chip = other }
        }
        return chip
    }

    private func move(_ cluster: Int, to chip: Int) {
        let home = Int(meter.chipOf[cluster])
        let (left, entered) = (clustersOn + Self.mostOnChip * home, clustersOn + Self.mostOnChip * chip)
        var place = 0
        while left[place] != Int32(cluster) { place += 1 }
        countOn[home] -= 1
        left[place] = left[countOn[home]]
        entered[countOn[chip]] = Int32(cluster)
        countOn[chip] += 1
        freeCores[home] += size[cluster]
        freeMemory[home] += memory[cluster]
        freeCores[chip] -= size[cluster]
        freeMemory[chip] -= memory[cluster]
        meter.chipOf[cluster] = Int32(chip)
    }
}

/// SplitMix64.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: UInt32) -> UInt32 { UInt32(((next() >> 32) &* UInt64(bound)) >> 32) }
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
