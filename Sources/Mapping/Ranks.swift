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
// that the graph stays below half a million edges.
//
// METIS aims at balance but promises none; a last pass moves cores from the fullest ranks to the emptiest until no move
// helps, which also gives every rank something to do.

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
///   - load: What things cost.
/// - Returns: The rank of every core, from 0.
/// - Precondition: `ranks > 0`.
/// - Complexity: O(cores + min(edges, 500 000)) and METIS's own time, below a second.
/// - Determinism: METIS runs with a fixed seed; a function of the arguments.
/// - Source: G. Karypis, V. Kumar, Multilevel k-way partitioning scheme for irregular graphs, 1998.
public func assignRanks(
    _ mapping: Mapping, of network: Network, ranks: Int, load: SimulationLoad = SimulationLoad()
) -> [Int32] {
    precondition(ranks > 0, "there is at least one rank")
    let count = mapping.cores.count
    if ranks == 1 { return [Int32](repeating: 0, count: count) }
    if ranks >= count { return (0..<count).map(Int32.init) }

    let (costs, packets) = load.weigh(mapping.cores, of: network)
    // Cores with much traffic share a chip, so stretches follow the chips.
    let order = (0..<count).sorted { (mapping.cores[$0].chip, $0) < (mapping.cores[$1].chip, $1) }
    var result = stretches(of: order, costs: costs, ranks: ranks)
    let edges = mapping.targets.reduce(0) { $0 + $1.count }
    if edges < count * count / 2 || edges <= edgeLimit {
        var perBlock = 1
        while edges / (perBlock * perBlock) > edgeLimit { perBlock += 1 }
        // With few cores a rank METIS runs out of vertices to split, and says so on standard output.
        if count / perBlock >= 4 * ranks {
            let graph = BlockGraph(mapping, costs: costs, packets: packets, order: order, perBlock: perBlock)
            if let parts = graph.parts(ranks) { result = graph.blockOf.map { parts[Int($0)] } }
        }
    }
    balance(&result, costs: costs, ranks: ranks)
    return result
}

/// Edges that METIS cuts in well under a second.
private let edgeLimit = 500_000

/// Cuts a sequence of cores into stretches of nearly equal cost, none empty.
private func stretches(of order: [Int], costs: [Double], ranks: Int) -> [Int32] {
    var result = [Int32](repeating: 0, count: order.count)
    let total = costs.reduce(0, +)
    var (before, rank, sizeOfRank) = (0.0, 0, 0)
    for (i, core) in order.enumerated() {
        let share = total * Double(rank + 1) / Double(ranks)
        let isFull = before + costs[core] / 2 > share || order.count - i < ranks - rank
        if sizeOfRank > 0, isFull, rank < ranks - 1 {
            rank += 1
            sizeOfRank = 0
        }
        // From here on every remaining core needs a rank of its own.
        result[core] = Int32(rank)
        sizeOfRank += 1
        before += costs[core]
    }
    return result
}

/// Moves cores from the fullest rank to the emptiest while that lowers the larger of both.
private func balance(_ ranks: inout [Int32], costs: [Double], ranks count: Int) {
    var members = [[Int]](repeating: [], count: count)
    var loads = [Double](repeating: 0, count: count)
    for (core, rank) in ranks.enumerated() {
        members[Int(rank)].append(core)
        loads[Int(rank)] += costs[core]
    }
    let fair = loads.reduce(0, +) / Double(count)
    // Every move empties or relieves one rank for good; the bound only guards against rounding.
    for _ in 0..<2 * ranks.count {
        var (full, empty) = (0, 0)
        for rank in 1..<count {
            if loads[rank] > loads[full] { full = rank }
            if loads[rank] < loads[empty] { empty = rank }
        }
        let isIdle = members[empty].isEmpty
        guard isIdle || loads[full] > 1.05 * fair else { break }
        // Idle ranks take a core from the fullest rank that can spare one.
        if isIdle, members[full].count < 2 {
            guard let rich = (0..<count).filter({ members[$0].count > 1 }).max(by: { loads[$0] < loads[$1] }) else {
                break
            }
            full = rich
        }
        let gap = loads[full] - loads[empty]
        var best: Int?
        for (i, core) in members[full].enumerated() where isIdle || costs[core] < gap {
            let distance = abs(costs[core] - gap / 2)
            if let b = best, abs(costs[members[full][b]] - gap / 2) <= distance { continue }
            best = i
        }
        guard let best, members[full].count > 1 else { break }
        let core = members[full].remove(at: best)
        members[empty].append(core)
        loads[full] -= costs[core]
        loads[empty] += costs[core]
        ranks[core] = Int32(empty)
    }
}

/// Cores, or blocks of neighbouring ones, with the traffic between them, in METIS's compressed rows.
private struct BlockGraph {
    private(set) var blockOf: [Int32]
    private var rows: [idx_t] = [0]
    private var columns: [idx_t] = []
    private var edgeWeights: [idx_t] = []
    private var vertexWeights: [idx_t] = []

    init(_ mapping: Mapping, costs: [Double], packets: [Double], order: [Int], perBlock: Int) {
        let count = order.count
        blockOf = [Int32](repeating: 0, count: count)
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
                for target in mapping.targets[core] where blockOf[target] != Int32(b) {
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

    /// The part of every block, or `nil` when METIS gives up.
    func parts(_ count: Int) -> [Int32]? {
        var vertices = idx_t(vertexWeights.count)
        var (constraints, wanted, cut): (idx_t, idx_t, idx_t) = (1, idx_t(count), 0)
        var options = [idx_t](repeating: 0, count: Int(METIS_NOPTIONS))
        var (rows, columns, edgeWeights, vertexWeights) = (rows, columns, edgeWeights, vertexWeights)
        var parts = [idx_t](repeating: 0, count: Int(vertices))
        // METIS draws from the C library's generator, which all threads share.
        let status = metis.withLock { _ in
            METIS_SetDefaultOptions(&options)
            options[Int(METIS_OPTION_SEED.rawValue)] = 1
            options[Int(METIS_OPTION_NCUTS.rawValue)] = columns.count < 100_000 ? 4 : 1
            return METIS_PartGraphKway(
                &vertices, &constraints, &rows, &columns, &vertexWeights, nil, &edgeWeights, &wanted, nil, nil,
                &options, &cut, &parts)
        }
        return status == METIS_OK.rawValue ? parts : nil
    }
}

private let metis = Mutex(())
