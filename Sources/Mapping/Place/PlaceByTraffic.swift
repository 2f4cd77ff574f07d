// Placing clusters where trees are short.
//
// There are three first placements: clusters grown where they add the fewest links (``ClusterGrowth``), and chips filled
// along a Hilbert curve or from neighbour to neighbour, which packs tightest where everything feeds everything. The best
// by estimate goes on to annealing: a random cluster moves to a chip near one it shares a net with, or changes places with a cluster there;
// what shortens the trees stays, what lengthens them stays with a probability that falls with the step's temperature.
// The best placement seen wins. The number of moves is bounded by the work they take, counted in distances looked at, so
// that the outcome depends on nothing but the arguments.

import Diagnostics
import Foundation
public import Machine

/// Places cores so that the multicast trees are short.
///
/// - Parameters:
///   - effort: Multiplies the work of annealing.
///   - seed: Seeds its moves.
/// - Throws: `.doesNotFit` when cores or shared memory run out, naming need and supply.
/// - Complexity: O(cores · log cores + edges in distinct lists), and annealing of about 10 µs a core, up to some seconds.
/// - Determinism: a function of its arguments.
/// - Source: this project; annealing after S. Kirkpatrick et al., Optimization by simulated annealing, 1983.
public func placeByTraffic(
    _ partition: Partition, _ graph: CoreGraph, on machine: Machine, effort: Double = 1, seed: UInt64 = 1
) throws(Failure) -> [Placement] {
    try checkSupply(of: machine, for: partition)
    let table = HopTable(machine)
    let capacity = machine.workers.reduce(0) { max($0, $1.nonzeroBitCount) }
    // Cores of a source that stay together in a power of two share entries.
    let size = 1 << (bitsToCount(capacity + 1) - 1)
    let clusters = Clusters(partition, graph, size: size, capacity: capacity, on: machine)
    let nets = ClusterNets(partition, graph, clusters: clusters.members)
    var best: AnnealedLayout?
    if let grown = ClusterGrowth(partition, clusters, nets, table, machine)?.layout {
        let isWhole = grown.members.count == clusters.members.count
        best = AnnealedLayout(
            partition, isWhole ? nets : ClusterNets(partition, graph, clusters: grown.members), grown, table, machine,
            seed: seed)
    }
    let fillings = [try? placeHilbert(partition, on: machine), try? placeInOrder(partition, on: machine)]
    for filled in fillings.compactMap(\.self) {
        let start = ClusterLayout(filled, partition, machine)
        let layout = AnnealedLayout(
            partition, ClusterNets(partition, graph, clusters: start.members), start, table, machine, seed: seed)
        if layout.cost < best?.cost ?? .max { best = layout }
    }
    guard let best else { return try placeInOrder(partition, on: machine) }
    best.anneal(work: Int(effort * Double(min(90_000 + 1_800 * partition.slices.count, 15_000_000))))

    var occupancy = Occupancy(machine)
    var chipOf = [Int](repeating: 0, count: partition.slices.count)
    for (c, cores) in best.members.enumerated() { for core in cores { chipOf[core] = best.chip(of: c) } }
    return partition.slices.enumerated().map { core, slice in occupancy.take(chipOf[core], slice) }
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
    private let nets: ClusterNets
    private let meter: NetMeter
    private var netCost: [Int] = []
    /// What looking at every net once takes.
    private let netWork: Int
    private let size: [Int]
    private let memory: [Int]
    private var freeCores: [Int]
    private var freeMemory: [Int]
    private var clustersOn: [[Int32]]
    private var random: SplitMix
    /// Nets a move touches and what they would cost after it; each net once, by its stamp.
    private var fresh: [(net: Int32, cost: Int)] = []
    private var stampOf: [Int32]
    private var stamp: Int32 = 0

    init(
        _ partition: Partition, _ nets: ClusterNets, _ start: ClusterLayout, _ table: HopTable, _ machine: Machine,
        seed: UInt64
    ) {
        self.machine = machine
        self.nets = nets
        members = start.members
        freeCores = start.freeCores
        freeMemory = start.freeMemory
        size = members.map { $0.reduce(0) { $0 + partition.slices[$1].width } }
        memory = members.map { $0.reduce(0) { $0 + partition.slices[$1].sdram } }
        clustersOn = [[Int32]](repeating: [], count: machine.chips.count)
        for (c, chip) in start.chipOf.enumerated() { clustersOn[Int(chip)].append(Int32(c)) }
        stampOf = [Int32](repeating: 0, count: nets.count)
        random = SplitMix(state: seed)
        let meter = NetMeter(nets, table, chipOf: start.chipOf)
        self.meter = meter
        netCost = (0..<nets.count).map { meter.cost(of: $0) }
        netWork = meter.work
        cost = netCost.reduce(0, +)
    }

    func chip(of cluster: Int) -> Int { Int(meter.chipOf[cluster]) }

    /// Improves the layout by random moves.
    func anneal(work limit: Int) {
        guard machine.chips.count > 1, cost > 0 else { return }
        let end = meter.work + limit
        var best = (cost: cost, chipOf: (0..<members.count).map { meter.chipOf[$0] })
        let last = Double(NetMeter.link)
        // With few moves to make, only small losses can be made up for.
        let perMove = 200 + 3 * netWork * nets.netsOf.count / max(1, nets.count * members.count)
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
        if cost > best.cost { for c in members.indices { meter.chipOf[c] = best.chipOf[c] } }
        cost = best.cost
    }

    /// Tries one move; returns what it changed the cost by.
    private func tryMove(_ temperature: Double) -> Int {
        let cluster = Int(random.below(UInt32(members.count)))
        let home = Int(meter.chipOf[cluster])
        meter.work += 150
        guard let target = wish(for: cluster), target != home else { return 0 }
        var other: Int?
        if freeCores[target] < size[cluster] || freeMemory[target] < memory[cluster] {
            guard !clustersOn[target].isEmpty else { return 0 }
            let swap = Int(clustersOn[target][Int(random.below(UInt32(clustersOn[target].count)))])
            guard freeCores[target] + size[swap] >= size[cluster], freeCores[home] + size[cluster] >= size[swap],
                freeMemory[target] + memory[swap] >= memory[cluster],
                freeMemory[home] + memory[cluster] >= memory[swap]
            else { return 0 }
            other = swap
        }
        move(cluster, to: target)
        if let other { move(other, to: home) }
        fresh.removeAll(keepingCapacity: true)
        var change = 0
        stamp += 1
        for part in [cluster, other ?? cluster] {
            for net in nets.nets(of: part) where stampOf[Int(net)] != stamp {
                stampOf[Int(net)] = stamp
                let new = meter.cost(of: Int(net))
                change += new - netCost[Int(net)]
                fresh.append((net, new))
            }
        }
        if change <= 0 || random.unit() < exp2(-Double(change) / temperature) {
            for (net, cost) in fresh { netCost[Int(net)] = cost }
            return change
        }
        if let other { move(other, to: target) }
        move(cluster, to: home)
        return 0
    }

    /// A chip close to some other part of a net of the cluster.
    private func wish(for cluster: Int) -> Int? {
        let own = nets.nets(of: cluster)
        guard !own.isEmpty else { return nil }
        let net = Int(own[own.startIndex + Int(random.below(UInt32(own.count)))])
        let part = nets.part(of: net, at: Int(random.below(UInt32(nets.partCount(of: net)))))
        var chip = Int(meter.chipOf[part])
        // No, one or two steps away.
        for _ in 0..<random.below(3) {
            let other = Int(machine.neighbours[6 * chip + Int(random.below(6))])
            if other >= 0 { chip = other }
        }
        return chip
    }

    private func move(_ cluster: Int, to chip: Int) {
        let home = Int(meter.chipOf[cluster])
        if let i = clustersOn[home].firstIndex(of: Int32(cluster)) { clustersOn[home].remove(at: i) }
        clustersOn[chip].append(Int32(cluster))
        freeCores[home] += size[cluster]
        freeMemory[home] += memory[cluster]
        freeCores[chip] -= size[cluster]
        freeMemory[chip] -= memory[cluster]
        meter.chipOf[cluster] = Int32(chip)
    }
}

/// SplitMix64.
private struct SplitMix {
    var state: UInt64

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: UInt32) -> UInt32 { UInt32(((next() >> 32) &* UInt64(bound)) >> 32) }
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
