// Which process emulates which core.
//
// Every rank should have the same work, and few spikes should have to leave their rank. That is graph partitioning:
// vertices are cores weighted by cost, edges carry the packets expected between them, and METIS cuts k parts with
// little weight across. What belongs together by traffic (a delay extension and its source, a Poisson source and its
// one-to-one partner) thus ends on one rank without further rules.
//
// Two cases need no METIS or cannot have it. When nearly every core feeds every other, any cut is as good as any other
// and stretches of equal cost, following the chips, are as good as it gets. So they are with too few cores a rank for
// METIS to choose from. When the edges are many but not that many, a few cores of a chip become one vertex first, so
// that the graph stays below half a million edges. What such a coarse graph gives (or chips, where it is too coarse for
// so many ranks) has to be better than stretches of the cores by number: populations that were written one after the
// other, as the tiles of a large network, often belong together.
//
// METIS aims at balance but promises none; a last pass moves cores from the fullest ranks to the emptiest until no move
// helps, which also gives every rank something to do.
//
// Between hosts a packet costs much more than between the ranks of one. With several hosts the cores are therefore
// first cut into one part a host, as large as its share of the ranks, and each part into its ranks.

import CMETIS
import Synchronization
public import Topology

/// The version of METIS that was built against.
public let metisVersion = "\(METIS_VER_MAJOR).\(METIS_VER_MINOR).\(METIS_VER_SUBMINOR)"

/// Assigns every core to a rank.
///
/// With at least as many ranks as cores each core has its own rank and the other ranks idle.
///
/// - Parameters:
///   - mapping: The cores and who feeds whom.
///   - network: The network mapped, for expected rates and synapses.
///   - ranks: Number of processes, at least 1.
///   - hosts: Host of each rank, by any number; empty when all are on one.
///   - load: What emulating each core costs and how many packets it sends; `nil`: what can be expected.
/// - Returns: The rank of every core, from 0.
/// - Precondition: `ranks > 0`, and `hosts` is empty or names one host a rank.
/// - Complexity: O(cores + edges) and METIS's own time on half a million edges at most, below a second, twice for
///   several hosts.
/// - Determinism: METIS runs with a fixed seed; a function of the arguments.
/// - Source: G. Karypis, V. Kumar, Multilevel k-way partitioning scheme for irregular graphs, 1998.
public func assignRanks(
    _ mapping: Mapping, of network: Network, ranks: Int, hosts: [Int] = [], load: CoreLoads? = nil
) -> [Int32] {
    precondition(ranks > 0 && (hosts.isEmpty || hosts.count == ranks), "there is at least one rank, each on a host")
    if let units = RankUnits(mapping, of: network, load) {
        let result = assignRanks(units.mapping, of: network, ranks: ranks, hosts: hosts, load: units.load)
        return units.unitOf.map { result[$0] }
    }
    let count = mapping.cores.count
    if ranks == 1 { return [Int32](repeating: 0, count: count) }
    if ranks >= count { return (0..<count).map(Int32.init) }
    let load = load ?? SimulationLoad().expected(of: mapping.cores, in: network)

    // Cores with much traffic share a chip, so stretches follow the chips.
    let order = (0..<count).sorted { (mapping.cores[$0].chip, $0) < (mapping.cores[$1].chip, $1) }
    var ranksOf: [Int: [Int]] = [:]
    for (rank, host) in hosts.enumerated() { ranksOf[host, default: []].append(rank) }
    guard ranksOf.count > 1 else {
        return cut(order, mapping, load, shares: [Int](repeating: 1, count: ranks))
    }
    let byHost = ranksOf.sorted { $0.value[0] < $1.value[0] }.map(\.value)
    let host = cut(order, mapping, load, shares: byHost.map(\.count))
    var result = [Int32](repeating: 0, count: count)
    for (h, ranks) in byHost.enumerated() {
        let own = order.filter { host[$0] == Int32(h) }
        let part = cut(own, mapping, load, shares: [Int](repeating: 1, count: ranks.count))
        for core in own { result[core] = Int32(ranks[Int(part[core])]) }
    }
    return result
}

/// A mapping with every neuron core and what shares its memory as one core.
private struct RankUnits {
    let mapping: Mapping
    let load: CoreLoads
    /// By core: its unit.
    let unitOf: [Int]

    /// - Returns: `nil` where every core can have any rank.
    init?(_ whole: Mapping, of network: Network, _ load: CoreLoads?) {
        guard whole.cores.contains(where: { $0.neuronCore != nil }) else { return nil }
        let load = load ?? SimulationLoad().expected(of: whole.cores, in: network)
        var unitOf = [Int](repeating: -1, count: whole.cores.count)
        var mapping = Mapping(machine: whole.machine, cores: [], targets: [], tables: [:])
        var loads = CoreLoads(costs: [], packets: [])
        for (core, worker) in whole.cores.enumerated() where worker.neuronCore == nil {
            unitOf[core] = mapping.cores.count
            mapping.cores.append(worker)
            loads.costs.append(load.costs[core])
            loads.packets.append(load.packets[core])
        }
        for (core, worker) in whole.cores.enumerated() {
            guard let lead = worker.neuronCore else { continue }
            unitOf[core] = unitOf[lead]
            loads.costs[unitOf[core]] += load.costs[core]
        }
        for (core, worker) in whole.cores.enumerated() where worker.neuronCore == nil {
            mapping.targets.append(Set(whole.targets[core].map { unitOf[$0] }).sorted())
        }
        (self.mapping, self.load, self.unitOf) = (mapping, loads, unitOf)
    }
}

/// Cuts some cores into parts whose cost is as their shares.
///
/// - Parameters:
///   - order: The cores, those of a chip together.
///   - shares: What of the whole each part is to have, in any unit; at least one part.
/// - Returns: By core of the mapping, its part; meaningless for cores that are not in `order`.
private func cut(_ order: [Int], _ mapping: Mapping, _ load: CoreLoads, shares: [Int]) -> [Int32] {
    var result = stretches(of: order, load, shares: shares, count: mapping.cores.count)
    guard shares.count > 1, order.count > shares.count else { return result }
    let edges = order.reduce(0) { $0 + mapping.targets[$1].count }
    if edges < order.count * order.count / 2 || edges <= edgeLimit {
        var perBlock = 1
        while edges / (perBlock * perBlock) > edgeLimit { perBlock += 1 }
        // With few cores a rank METIS runs out of vertices to split, and says so on standard output.
        if order.count / perBlock >= 4 * shares.count {
            let graph = BlockGraph(mapping, load, order: order, perBlock: perBlock)
            if let parts = graph.parts(shares) { for core in order { result[core] = parts[Int(graph.blockOf[core])] } }
        }
        if perBlock > 1 {
            let numbered = stretches(of: order.sorted(), load, shares: shares, count: mapping.cores.count)
            if traffic(across: numbered, of: order, mapping, load) < traffic(across: result, of: order, mapping, load) {
                result = numbered
            }
        }
    }
    balance(order, &result, load, shares: shares)
    return result
}

/// Packets expected from part to part, each counted once for every part that it goes to.
private func traffic(across parts: [Int32], of order: [Int], _ mapping: Mapping, _ load: CoreLoads) -> Double {
    var seen = [Int](repeating: -1, count: parts.count)
    return order.reduce(0) { sum, core in
        var others = 0
        for target in mapping.targets[core] where parts[target] != parts[core] && seen[Int(parts[target])] != core {
            seen[Int(parts[target])] = core
            others += 1
        }
        return sum + load.packets[core] * Double(others)
    }
}

/// Edges that METIS cuts in well under a second.
private let edgeLimit = 500_000

/// Cuts a sequence of cores into stretches whose costs are as their shares, none empty while there are cores.
private func stretches(of order: [Int], _ load: CoreLoads, shares: [Int], count: Int) -> [Int32] {
    var result = [Int32](repeating: 0, count: count)
    let total = order.reduce(0) { $0 + load.costs[$1] } / Double(shares.reduce(0, +))
    var (before, end) = (0.0, Double(shares[0]) * total)
    var (part, sizeOfPart) = (0, 0)
    for (i, core) in order.enumerated() {
        // From here on every remaining part may need a core of its own.
        let isFull = before + load.costs[core] / 2 > end || order.count - i < shares.count - part
        if sizeOfPart > 0, isFull, part < shares.count - 1 {
            part += 1
            end += Double(shares[part]) * total
            sizeOfPart = 0
        }
        result[core] = Int32(part)
        sizeOfPart += 1
        before += load.costs[core]
    }
    return result
}

/// Moves cores from the fullest part to the emptiest, each by its share, while that lowers the larger of both.
private func balance(_ order: [Int], _ parts: inout [Int32], _ load: CoreLoads, shares: [Int]) {
    let (costs, count) = (load.costs, shares.count)
    var members = [[Int]](repeating: [], count: count)
    /// Cost by part, for one share.
    var loads = [Double](repeating: 0, count: count)
    for core in order {
        members[Int(parts[core])].append(core)
        loads[Int(parts[core])] += costs[core] / Double(shares[Int(parts[core])])
    }
    let fair = order.reduce(0) { $0 + costs[$1] } / Double(shares.reduce(0, +))
    // Every move empties or relieves one part for good; the bound only guards against rounding.
    for _ in 0..<2 * order.count {
        var (full, empty) = (0, 0)
        for part in 1..<count {
            if loads[part] > loads[full] { full = part }
            if loads[part] < loads[empty] { empty = part }
        }
        let isIdle = members[empty].isEmpty
        guard isIdle || loads[full] > 1.05 * fair else { break }
        // Idle parts take a core from the fullest part that can spare one.
        if isIdle, members[full].count < 2 {
            guard let rich = (0..<count).filter({ members[$0].count > 1 }).max(by: { loads[$0] < loads[$1] }) else {
                break
            }
            full = rich
        }
        let gap = (loads[full] - loads[empty]) * Double(min(shares[full], shares[empty]))
        var best: Int?
        for (i, core) in members[full].enumerated() where isIdle || costs[core] < gap {
            let distance = abs(costs[core] - gap / 2)
            if let b = best, abs(costs[members[full][b]] - gap / 2) <= distance { continue }
            best = i
        }
        guard let best, members[full].count > 1 else { break }
        let core = members[full].remove(at: best)
        members[empty].append(core)
        loads[full] -= costs[core] / Double(shares[full])
        loads[empty] += costs[core] / Double(shares[empty])
        parts[core] = Int32(empty)
    }
}

/// Cores, or blocks of neighbouring ones, with the traffic between them, in METIS's compressed rows.
private struct BlockGraph {
    /// By core of the mapping: its block, −1 for cores that are not in the graph.
    private(set) var blockOf: [Int32]
    private var rows: [idx_t] = [0]
    private var columns: [idx_t] = []
    private var edgeWeights: [idx_t] = []
    private var vertexWeights: [idx_t] = []

    /// - Parameter order: The cores of the graph, those of a chip together.
    init(_ mapping: Mapping, _ load: CoreLoads, order: [Int], perBlock: Int) {
        let (costs, packets) = (load.costs, load.packets)
        blockOf = [Int32](repeating: -1, count: mapping.cores.count)
        var blocks: [[Int]] = []
        for core in order {
            if let last = blocks.last, last.count < perBlock,
                mapping.cores[last[0]].chip == mapping.cores[core].chip
            {
                blocks[blocks.count - 1].append(core)
            } else {
                blocks.append([core])
            }
            blockOf[core] = Int32(blocks.count - 1)
        }

        // Traffic of each block towards each other, then both directions together.
        var forth: [[(block: Int32, packets: Double)]] = []
        var sums = [Double](repeating: 0, count: blocks.count)
        for (b, cores) in blocks.enumerated() {
            var met: [Int32] = []
            for core in cores {
                // An edge without traffic still costs a synapse matrix and a little.
                let traffic = packets[core] + 1e-3
                for target in mapping.targets[core] where blockOf[target] >= 0 && blockOf[target] != Int32(b) {
                    let other = blockOf[target]
                    if sums[Int(other)] == 0 { met.append(other) }
                    sums[Int(other)] += traffic
                }
            }
            met.sort()
            forth.append(met.map { ($0, sums[Int($0)]) })
            for other in met { sums[Int(other)] = 0 }
        }
        var both = forth
        for (b, edges) in forth.enumerated() {
            for (other, packets) in edges { both[Int(other)].append((Int32(b), packets)) }
        }
        let heaviest = both.reduce(0) { $1.reduce($0) { max($0, $1.packets) } }
        let dearest = blocks.reduce(0) { max($0, $1.reduce(0) { $0 + costs[$1] }) }
        for (b, edges) in both.enumerated() {
            var met: [Int32] = []
            for (other, packets) in edges {
                if sums[Int(other)] == 0 { met.append(other) }
                sums[Int(other)] += packets
            }
            met.sort()
            for other in met {
                columns.append(idx_t(other))
                edgeWeights.append(idx_t(max(1, (sums[Int(other)] / heaviest * 1000).rounded())))
                sums[Int(other)] = 0
            }
            rows.append(idx_t(columns.count))
            let cost = blocks[b].reduce(0) { $0 + costs[$1] }
            vertexWeights.append(idx_t(max(1, (cost / dearest * 10_000).rounded())))
        }
    }

    /// The part of every block, parts as large as their shares, or `nil` when METIS gives up.
    func parts(_ shares: [Int]) -> [Int32]? {
        var vertices = idx_t(vertexWeights.count)
        var (constraints, wanted, cut): (idx_t, idx_t, idx_t) = (1, idx_t(shares.count), 0)
        var options = [idx_t](repeating: 0, count: Int(METIS_NOPTIONS))
        var (rows, columns, edgeWeights, vertexWeights) = (rows, columns, edgeWeights, vertexWeights)
        var parts = [idx_t](repeating: 0, count: Int(vertices))
        let whole = shares.reduce(0, +)
        var targets = shares.map { real_t($0) / real_t(whole) }
        // METIS draws from the C library's generator, which all threads share.
        let status = metis.withLock { _ in
            METIS_SetDefaultOptions(&options)
            options[Int(METIS_OPTION_SEED.rawValue)] = 1
            options[Int(METIS_OPTION_NCUTS.rawValue)] = columns.count < 100_000 ? 4 : 1
            return METIS_PartGraphKway(
                &vertices, &constraints, &rows, &columns, &vertexWeights, nil, &edgeWeights, &wanted, &targets, nil,
                &options, &cut, &parts)
        }
        return status == METIS_OK.rawValue ? parts : nil
    }
}

private let metis = Mutex(())
