// Placing clusters where trees are short.
//
// First every cluster in turn, the one most tied to what is placed already, goes to the chip where it adds the fewest
// links. Then simulated annealing: a random cluster moves to a chip near one it shares a net with, or changes places
// with a cluster there; what shortens the trees stays, what lengthens them stays with a probability that falls with the
// step's temperature. The best placement seen wins. The number of moves is bounded by the work they take, counted in
// distances looked at, so that the outcome depends on nothing but the arguments.

public import Diagnostics
import Foundation
public import Machine

/// Places cores so that the multicast trees are short.
///
/// Falls back on ``placeInOrder(_:on:)`` for networks or machines too large for it to help.
///
/// - Throws: `.doesNotFit` when cores or shared memory run out, naming need and supply.
/// - Complexity: bounded by about 10⁸ distance look-ups.
/// - Determinism: a function of its arguments; random numbers have a fixed seed.
/// - Source: this project; annealing after S. Kirkpatrick et al., Optimization by simulated annealing, 1983.
public func placeByTraffic(
    _ partition: Partition, _ graph: CoreGraph, on machine: Machine, effort: Double = 1, seed: UInt64 = 1
) throws(Failure) -> [Placement] {
    try checkSupply(of: machine, for: partition)
    let clusters = Clusters(partition, graph, on: machine)
    guard clusters.members.count <= 4000, var costs = NetCosts(machine),
        var layout = ClusterLayout(partition, graph, clusters, machine, costs)
    else { return try placeInOrder(partition, on: machine) }
    layout.random = SplitMix(state: seed)
    layout.anneal(work: Int(30_000_000 * effort))

    var occupancy = Occupancy(machine)
    var result: [Placement] = []
    var chipOf = [Int32](repeating: 0, count: partition.slices.count)
    for (cores, chip) in zip(layout.members, layout.chipOf) { for core in cores { chipOf[core] = chip } }
    for (core, slice) in partition.slices.enumerated() {
        result.append(occupancy.take(Int(chipOf[core]), sdram: slice.sdram))
    }
    // Where everything feeds everything, filling chips in order packs more tightly.
    if let plain = try? placeInOrder(partition, on: machine),
        costs.links(of: plain, graph) < costs.links(of: result, graph)
    {
        return plain
    }
    return result
}

/// Clusters with a chip each.
private struct ClusterLayout {
    private(set) var members: [[Int]]
    private(set) var chipOf: [Int32]
    private let machine: Machine
    private let nets: ClusterNets
    private var costs: NetCosts
    private var netCost: [Int] = []
    private var size: [Int]
    private var memory: [Int]
    private var freeCores: [Int]
    private var freeMemory: [Int]
    private var clustersOn: [[Int32]]
    var random = SplitMix(state: 1)
    /// Nets a move touches and what they would cost after it; each net once, by its stamp.
    private var fresh: [(net: Int32, cost: Int)] = []
    private var stampOf: [Int32] = []
    private var stamp: Int32 = 0

    /// Gives every cluster a chip, splitting those that fit none; `nil` when that does not work out.
    init?(_ partition: Partition, _ graph: CoreGraph, _ clusters: Clusters, _ machine: Machine, _ costs: NetCosts) {
        self.machine = machine
        self.costs = costs
        freeCores = machine.workers.map(\.nonzeroBitCount)
        freeMemory = [Int](repeating: machine.sdram, count: machine.chips.count)
        clustersOn = [[Int32]](repeating: [], count: machine.chips.count)
        let whole = ClusterNets(graph, clusters: clusters.members)
        guard whole.nets.count * machine.chips.count <= 50_000_000,
            let placed = Self.grow(
                partition, clusters.members, whole, costs, machine, &freeCores, &freeMemory)
        else { return nil }
        members = placed.map(\.cores)
        chipOf = placed.map { Int32($0.chip) }
        size = members.map(\.count)
        memory = members.map { $0.reduce(0) { $0 + partition.slices[$1].sdram } }
        nets = members.count == clusters.members.count ? whole : ClusterNets(graph, clusters: members)
        for (c, chip) in chipOf.enumerated() { clustersOn[Int(chip)].append(Int32(c)) }
    }

    /// Places clusters one by one, each where it adds the fewest links; clusters keep their numbers unless split.
    private static func grow(
        _ partition: Partition, _ members: [[Int]], _ nets: ClusterNets, _ costs: NetCosts, _ machine: Machine,
        _ freeCores: inout [Int], _ freeMemory: inout [Int]
    ) -> [(cores: [Int], chip: Int)]? {
        // By net and chip: hops to the nearest part of the net that is placed, 255 while there is none.
        let chips = machine.chips.count
        var near = [UInt8](repeating: 255, count: nets.nets.count * chips)
        let weight = nets.nets.map { $0.sources.reduce(0) { $0 + Int($1.cores) } }
        var tie = [Int](repeating: 0, count: members.count)
        var isDone = [Bool](repeating: false, count: members.count)
        var result = [(cores: [Int], chip: Int)](repeating: ([], 0), count: members.count)
        var split: [(cores: [Int], chip: Int)] = []
        let spread = (0..<chips).map { chip in (0..<chips).reduce(0) { $0 + Int(costs.distance(chip, $1)) } }
        let centre = (0..<chips).min { (spread[$0], $0) < (spread[$1], $1) } ?? 0
        for _ in members.indices {
            guard let next = members.indices.filter({ !isDone[$0] }).max(by: { (tie[$0], $1) < (tie[$1], $0) }) else {
                break
            }
            isDone[next] = true
            var cores = members[next]
            var isFirst = true
            while !cores.isEmpty {
                let memory = cores.reduce(0) { $0 + partition.slices[$1].sdram }
                var best: (cost: Int, chip: Int)?
                let isWhole = machine.chips.indices.contains {
                    freeCores[$0] >= cores.count && freeMemory[$0] >= memory
                }
                let smallest = cores.reduce(Int.max) { min($0, partition.slices[$1].sdram) }
                for chip in machine.chips.indices {
                    let fits =
                        isWhole
                        ? freeCores[chip] >= cores.count && freeMemory[chip] >= memory
                        : freeCores[chip] > 0 && freeMemory[chip] >= smallest
                    guard fits else { continue }
                    // A split loses less on an empty chip.
                    var cost = isWhole ? 0 : max(0, cores.count - freeCores[chip]) * 1000
                    for n in nets.netsOf[next] where near[Int(n) * chips + chip] < 255 {
                        cost += weight[Int(n)] * Int(near[Int(n) * chips + chip])
                    }
                    // Otherwise keep to the middle.
                    cost = cost * 256 + Int(costs.distance(chip, centre))
                    if cost < best?.cost ?? .max { best = (cost, chip) }
                }
                guard let chip = best?.chip else { return nil }
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
                if isFirst { result[next] = (taken, chip) } else { split.append((taken, chip)) }
                isFirst = false
                cores = rest
                for n in nets.netsOf[next] where near[Int(n) * chips + chip] > 0 {
                    for other in 0..<chips {
                        near[Int(n) * chips + other] = min(near[Int(n) * chips + other], costs.distance(chip, other))
                    }
                }
            }
            for n in nets.netsOf[next] {
                let net = nets.nets[Int(n)]
                for other in net.targets { tie[Int(other)] += weight[Int(n)] }
                for (other, cores) in net.sources { tie[Int(other)] += Int(cores) }
            }
        }
        return result + split
    }

    /// Improves the layout by random moves.
    mutating func anneal(work limit: Int) {
        guard machine.chips.count > 1, !nets.nets.isEmpty else { return }
        stampOf = [Int32](repeating: 0, count: nets.nets.count)
        netCost = nets.nets.map { costs.cost(of: $0, chipOf: chipOf) }
        // What one round over all clusters takes tells how many moves there are.
        let once = costs.work
        let memberships = nets.netsOf.reduce(0) { $0 + $1.count }
        let perMove = max(1, memberships * (once / nets.nets.count + 8) / members.count * 3 / 2)
        let moves = min(limit / perMove, 600 * members.count)
        guard moves >= 4 * members.count else { return }

        var cost = netCost.reduce(0, +)
        var best = (cost: cost, chipOf: chipOf)
        let start = Double(cost) / Double(members.count) * 0.15
        let end = 0.3
        let cooling = moves > 1 ? exp2(log2(max(start, end) / end) / Double(moves)) : 1
        var temperature = max(start, end)
        for _ in 0..<moves {
            cost += tryMove(temperature)
            temperature /= cooling
            if cost < best.cost { best = (cost, chipOf) }
        }
        chipOf = best.chipOf
    }

    /// Tries one move; returns what it changed the cost by.
    private mutating func tryMove(_ temperature: Double) -> Int {
        let cluster = Int(random.below(UInt32(members.count)))
        let home = Int(chipOf[cluster])
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
            for net in nets.netsOf[part] where stampOf[Int(net)] != stamp {
                stampOf[Int(net)] = stamp
                let new = costs.cost(of: nets.nets[Int(net)], chipOf: chipOf)
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
    private mutating func wish(for cluster: Int) -> Int? {
        guard !nets.netsOf[cluster].isEmpty else { return nil }
        let net = nets.nets[Int(nets.netsOf[cluster][Int(random.below(UInt32(nets.netsOf[cluster].count)))])]
        let parts = net.targets.count + net.sources.count
        let pick = Int(random.below(UInt32(parts)))
        let part = pick < net.targets.count ? net.targets[pick] : net.sources[pick - net.targets.count].cluster
        var chip = Int(chipOf[Int(part)])
        // No, one or two steps away.
        for _ in 0..<random.below(3) {
            let other = Int(machine.neighbours[6 * chip + Int(random.below(6))])
            if other >= 0 { chip = other }
        }
        return chip
    }

    private mutating func move(_ cluster: Int, to chip: Int) {
        let home = Int(chipOf[cluster])
        if let i = clustersOn[home].firstIndex(of: Int32(cluster)) { clustersOn[home].remove(at: i) }
        clustersOn[chip].append(Int32(cluster))
        freeCores[home] += size[cluster]
        freeMemory[home] += memory[cluster]
        freeCores[chip] -= size[cluster]
        freeMemory[chip] -= memory[cluster]
        chipOf[cluster] = Int32(chip)
    }
}

/// SplitMix64, with a fixed seed.
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
