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
// Among the shortest paths to a chip the wave keeps one that goes straight on, since a chip that a packet merely
// crosses in a straight line needs no table entry (default routing), that comes the way the source's other trees come,
// since then they share entries, and that avoids links with many trees. What that misses, a second pass makes up for:
// every tree in turn is taken out and grown again among all the others, from its source or another of its chips, and
// the better one stays.
//
// Trees grown chip by chip are short, but no two of them agree, and a table needs an entry wherever the cores of a
// source part ways. Where it makes trees hardly longer and the hottest link hardly hotter, the cores of a source
// therefore use one common tree: what a chip does with a packet then depends only on the link it came in by, and far
// from the source one entry serves all its cores. For a source that feeds all of some chips, any tree over them is as
// short as a tree can be.
//
// In the end the hottest links are relieved (``Relief``).
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
///   - sources: The cores of each source, as ascending ranges that hold every core that sends once.
///   - machine: The machine.
///   - router: How trees are found.
///   - effort: Multiplies the work of the second pass.
///   - gain: By what share trees are expected to be shorter than elsewhere; a part of that may relieve the hottest
///     link.
///   - heat: Trees that a link may carry without being relieved; `nil` for as few as can be.
///   - shared: Sources, as ranges of cores, whose trees have to be parts of one common tree, whatever that costs.
/// - Throws: `.doesNotFit` when a target's chip cannot be reached.
/// - Complexity: O(trees × chips near the tree) time, O(nodes of all trees) memory.
/// - Determinism: a function of its arguments.
/// - Source: H. Takahashi, A. Matsuyama, An approximate solution for the Steiner problem in graphs, 1980.
public func route(
    _ graph: CoreGraph, _ placements: [Placement], of sources: [Range<Int>], on machine: Machine,
    by router: MappingOptions.Router = .steiner, effort: Double = 1, gain: Double = 0, heat: Int? = nil,
    sharing shared: [Range<Int>] = []
) throws(Failure) -> [RoutingTree] {
    let groups = groupByOrigin(sources, graph, placements)
    if router != .steiner {
        let grower = PathGrower(
            machine, TargetChips(graph, placements, chipCount: machine.chips.count),
            radius: router == .neighbourExploring ? PathGrower.usualRadius : 0)
        var trees: [RoutingTree] = []
        trees.reserveCapacity(groups.count)
        for group in groups { trees.append(try grower.grow(group)) }
        return trees
    }
    var search = TreeSearch(groups, graph, placements, machine)
    try search.run(effort: effort, gain: gain, heat: heat, sources: sources, sharing: shared)
    return search.trees
}

/// Cores that share chip and targets, in the order of their first cores.
private func groupByOrigin(
    _ sources: [Range<Int>], _ graph: CoreGraph, _ placements: [Placement]
) -> [RoutingGroup] {
    var groups: [RoutingGroup] = []
    // Cores with the same list are of one source and few per chip: by list the last group, by group the one before.
    // The empty list is everyone's.
    var lastOf = [Int32](repeating: -1, count: graph.lists.count)
    var before: [Int32] = []
    for source in sources {
        for core in source {
            let list = graph.listOf[core]
            let chip = placements[core].chip
            var known = graph.lists[list].isEmpty ? -1 : lastOf[list]
            while known >= 0, groups[Int(known)].chip != chip { known = before[Int(known)] }
            if known >= 0 {
                groups[Int(known)].cores.append(core)
            } else {
                before.append(lastOf[list])
                lastOf[list] = Int32(groups.count)
                groups.append(RoutingGroup(cores: [core], chip: chip, list: list))
            }
        }
    }
    return groups
}

extension [RoutingTree] {
    /// The most trees on a link, one a source core.
    ///
    /// - Complexity: O(nodes of all trees + chips).
    func heaviestLoad(on machine: Machine) -> Int {
        var load = [Int](repeating: 0, count: machine.neighbours.count)
        for tree in self {
            let cores = tree.cores.count
            for node in tree.nodes {
                var out = node.route.rawValue & 63
                while out != 0 {
                    load[6 * Int(node.chip) + out.trailingZeroBitCount] += cores
                    out &= out - 1
                }
            }
        }
        return load.max() ?? 0
    }
}
