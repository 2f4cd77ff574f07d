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
// Among the shortest paths the walk back from the target prefers to go straight on, since a chip that a packet merely
// crosses in a straight line needs no table entry (default routing), and then the link with the fewest trees so far.
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

/// Grows a multicast tree for every group of cores that share chip and targets.
///
/// - Parameters:
///   - graph: Who feeds whom.
///   - placements: Where the cores are.
///   - machine: The machine.
///   - shared: Sources, as ranges of cores, whose trees are parts of one common tree; see ``SharedTree``.
/// - Throws: `.doesNotFit` when a target's chip cannot be reached.
/// - Complexity: O(trees × chips near the tree) time, O(nodes of all trees) memory.
/// - Determinism: a function of its arguments.
/// - Source: H. Takahashi, A. Matsuyama, An approximate solution for the Steiner problem in graphs, 1980.
public func route(
    _ graph: CoreGraph, _ placements: [Placement], on machine: Machine, sharing shared: [Range<Int>] = []
) throws(Failure) -> [RoutingTree] {
    var grower = TreeGrower(machine)
    var trees: [RoutingTree] = []
    let groups = groupByOrigin(graph, placements)
    var next = 0
    // Groups are in the order of their first cores, and the cores of a source are neighbours.
    for source in shared.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        while next < groups.count, groups[next][0] < source.lowerBound {
            trees.append(try grower.grow(from: groups[next], to: graph.targets(of: groups[next][0]), placements))
            next += 1
        }
        let first = next
        while next < groups.count, groups[next][0] < source.upperBound { next += 1 }
        let members = groups[first..<next]
        guard var common = try SharedTree(of: members, graph, placements, &grower) else {
            for cores in members { trees.append(RoutingTree(cores: cores, alone: placements[cores[0]].chip)) }
            continue
        }
        for cores in members { trees.append(common.part(from: cores, to: graph.targets(of: cores[0]), placements)) }
    }
    for cores in groups[next...] {
        trees.append(try grower.grow(from: cores, to: graph.targets(of: cores[0]), placements))
    }
    return trees
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
