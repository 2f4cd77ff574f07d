// Multicast trees.
//
// A spike leaves its core once and is copied by the routers on its way, so what it costs is the number of links in the
// tree from its chip to all chips with targets. The smallest such tree is a Steiner tree, which nobody finds quickly;
// growing one by shortest paths comes close (Takahashi and Matsuyama, 1980): start with the source alone and again and
// again join the nearest chip that is still missing, by a shortest path from any point of the tree.
//
// Distances to the tree come from one breadth-first wave over the links that work, so that faults need no repair. When
// a path joins the tree its chips become new origins; the wave goes on from them and lowers what it meets. A path ends
// at the first chip of the tree it meets and no chip is joined twice: there are no loops.
//
// Among the shortest paths to a chip the wave keeps one that goes straight on, since a chip that a packet merely crosses
// in a straight line needs no table entry (default routing), that comes the way the source's other trees come, since
// then they share entries, and that avoids links with many trees. What that misses, a second pass makes up for: every
// tree in turn is taken out and grown again among all the others, from its source or another of its chips, and the
// better one stays (``relieve(_:_:_:_:work:)``).
//
// All cores of a chip that share their targets share a tree. Cores without targets have one too, of their chip alone:
// they still send, and no table entry may catch what they send.

public import Diagnostics
public import Machine

/// The way from the cores of one chip to all their targets.
public struct RoutingTree: Sendable {
    /// One chip of the tree.
    public struct Node: Sendable, Equatable {
        /// Number of the chip.
        public var chip: Int32
        /// The chip's link by which packets arrive, −1 at the source.
        public var entrance: Int8
        /// Links and cores that get a copy.
        public var route: Route

        /// A router without an entry would do the same: in by one link, out by the opposite one alone; or dropped where
        /// it was sent.
        public var isDefault: Bool {
            entrance < 0 ? route == .none : route.rawValue == 1 << UInt32((entrance + 3) % 6)
        }
    }

    /// The source cores, ascending.
    public var cores: [Int]
    /// The source first, every other node after the one it is reached from.
    public var nodes: [Node]

    /// Links the tree crosses.
    public var linkCount: Int { nodes.count - 1 }
}

/// Finds a multicast tree for every group of cores that share chip and targets.
///
/// - Parameters:
///   - graph: Who feeds whom.
///   - placements: Where the cores are.
///   - machine: The machine.
///   - router: How trees are found.
///   - effort: Multiplies the work of the second pass.
///   - shared: Sources, as ranges of cores, whose trees are parts of one common tree; see ``SharedTree``.
/// - Throws: `.doesNotFit` when a target's chip cannot be reached.
/// - Complexity: O(trees × chips near the tree) time, O(nodes of all trees) memory.
/// - Determinism: a function of its arguments.
/// - Source: H. Takahashi, A. Matsuyama, An approximate solution for the Steiner problem in graphs, 1980.
public func route(
    _ graph: CoreGraph, _ placements: [Placement], on machine: Machine, by router: MappingOptions.Router = .steiner,
    effort: Double = 1, sharing shared: [Range<Int>] = []
) throws(Failure) -> [RoutingTree] {
    let groups = groupByOrigin(graph, placements)
    if router != .steiner {
        var grower = PathGrower(machine, radius: router == .neighbourExploring ? PathGrower.usualRadius : 0)
        var trees: [RoutingTree] = []
        for cores in groups { trees.append(try grower.grow(from: cores, to: graph.targets(of: cores[0]), placements)) }
        return trees
    }
    var grower = TreeGrower(machine)
    var trees: [RoutingTree] = []
    trees.reserveCapacity(groups.count)
    // Groups are in the order of their first cores, and the cores of a source are neighbours.
    var next = 0
    var isOwn = [Bool](repeating: true, count: groups.count)
    var sources = shared.sorted { $0.lowerBound < $1.lowerBound }[...]
    while next < groups.count {
        if let source = sources.first, groups[next][0] >= source.lowerBound {
            sources.removeFirst()
            let first = next
            while next < groups.count, groups[next][0] < source.upperBound { next += 1 }
            let members = groups[first..<next]
            var common = try SharedTree(of: members, graph, placements, &grower)
            for i in members.indices {
                let cores = members[i]
                trees.append(
                    common?.part(from: cores, to: graph.targets(of: cores[0]), placements)
                        ?? RoutingTree(cores: cores, alone: placements[cores[0]].chip))
                grower.count(trees[i])
                isOwn[i] = false
            }
            continue
        }
        if next == 0 || graph.listOf[groups[next][0]] != graph.listOf[groups[next - 1][0]] { grower.startFamily() }
        trees.append(try grower.grow(from: groups[next], to: graph.targets(of: groups[next][0]), placements))
        grower.count(trees[next])
        next += 1
    }
    let nodes = trees.reduce(0) { $0 + $1.nodes.count }
    let rounds = max(0, min(6 * effort, 400_000 * effort / Double(max(1, nodes)))).rounded(.up)
    try relieve(&trees, isOwn, graph, placements, &grower, rounds: Int(rounds))
    return trees
}

/// Grows trees again among all the others while that makes them shorter or relieves the links with most trees.
///
/// - Complexity: O(rounds × what growing took).
/// - Determinism: a function of its arguments.
/// - Source: this project; a tree depends on the chip where its growth starts, which is why others are tried.
private func relieve(
    _ trees: inout [RoutingTree], _ isOwn: [Bool], _ graph: CoreGraph, _ placements: [Placement],
    _ grower: inout TreeGrower, rounds: Int
) throws(Failure) {
    for round in 0..<rounds {
        var isBetter = false
        for t in trees.indices where isOwn[t] && trees[t].linkCount > 1 {
            let old = trees[t]
            if t == 0 || graph.listOf[old.cores[0]] != graph.listOf[trees[t - 1].cores[0]] { grower.startFamily() }
            grower.count(old, sign: -1)
            let new = try grower.grow(
                from: old.cores, to: graph.targets(of: old.cores[0]), placements, seed: round % 3 == 2 ? 1 + round : 0)
            if new.linkCount < old.linkCount
                || new.linkCount == old.linkCount && grower.strain(of: new) < grower.strain(of: old) - 1e-9
            {
                trees[t] = new
                isBetter = true
            }
            grower.count(trees[t])
        }
        if !isBetter, round % 3 == 2 { break }
    }
}

/// Cores that share chip and targets, in the order of their first cores.
private func groupByOrigin(_ graph: CoreGraph, _ placements: [Placement]) -> [[Int]] {
    var groups: [[Int]] = []
    // Cores with the same list are of one source and few per chip; the empty list is everyone's.
    var groupsOf = [[Int32]](repeating: [], count: graph.lists.count)
    for core in placements.indices {
        let list = graph.listOf[core]
        let chip = placements[core].chip
        let isAlone = graph.lists[list].isEmpty
        let known = isAlone ? nil : groupsOf[list].last { placements[groups[Int($0)][0]].chip == chip }
        if let known {
            groups[Int(known)].append(core)
        } else {
            groupsOf[list].append(Int32(groups.count))
            groups.append([core])
        }
    }
    return groups
}

extension RoutingTree {
    /// The tree of cores without targets.
    init(cores: [Int], alone chip: Int) {
        self.init(cores: cores, nodes: [Node(chip: Int32(chip), entrance: -1, route: .none)])
    }
}
