// One tree for all cores of a source.
//
// Trees grown chip by chip are short, but no two of them agree, and a table needs an entry wherever the cores of a source
// part ways. A source of a thousand cores that feeds half the machine would fill every router on its own. Its cores can
// use one common tree instead: a tree over all chips with targets, which every source chip joins by a shortest path.
// What a chip of the common tree does with a packet then depends only on the link it came in by. Far from the source
// that is the same for all cores, and one entry serves them all; the whole tree has as many links as chips less one,
// which for a source that feeds all of them is as short as any tree can be.
//
// A core that does not feed all targets of its source uses the part of the tree that leads to its own.

import Diagnostics
import Machine

/// A tree over all targets of a source, and the way to it from every source chip.
struct SharedTree {
    private let machine: Machine
    /// By chip: links of the tree, as bits; 0 outside.
    private var links: [UInt8]
    /// By chip: the link that leads towards the tree, −1 in it.
    private var towards: [Int8]
    /// By chip: routes to the cores wanted by the part being made.
    private var wanted: [UInt32]

    /// Joins the targets of all groups; `nil` when there are none.
    ///
    /// - Throws: `.doesNotFit` when a chip cannot be reached.
    init?(
        of groups: ArraySlice<[Int]>, _ graph: CoreGraph, _ placements: [Placement], _ grower: inout TreeGrower
    ) throws(Failure) {
        let machine = grower.machine
        self.machine = machine
        var isTarget = [Bool](repeating: false, count: graph.listOf.count)
        for cores in groups { for target in graph.targets(of: cores[0]) { isTarget[target] = true } }
        let targets = isTarget.indices.filter { isTarget[$0] }
        guard let first = groups.first?.first, !targets.isEmpty else { return nil }

        // The tree starts where the source comes closest.
        let home = machine.chips[placements[first].chip]
        let root = targets.min { a, b in
            let (x, y) = (placements[a].chip, placements[b].chip)
            return (machine.distance(from: home, to: machine.chips[x]), x)
                < (machine.distance(from: home, to: machine.chips[y]), y)
        }
        let tree = try grower.grow(from: [root ?? targets[0]], to: targets, placements)
        links = [UInt8](repeating: 0, count: machine.chips.count)
        towards = [Int8](repeating: -2, count: machine.chips.count)
        wanted = [UInt32](repeating: 0, count: machine.chips.count)
        var queue = tree.nodes.map { Int($0.chip) }
        for node in tree.nodes {
            links[Int(node.chip)] |= UInt8(node.route.rawValue & 63)
            if node.entrance >= 0 { links[Int(node.chip)] |= 1 << UInt8(node.entrance) }
            towards[Int(node.chip)] = -1
        }
        // A wave from the tree tells every chip the way to it.
        var next = 0
        while next < queue.count {
            for link in 0..<6 {
                let other = Int(machine.neighbours[6 * queue[next] + link])
                guard other >= 0, towards[other] == -2 else { continue }
                towards[other] = Int8((link + 3) % 6)
                queue.append(other)
            }
            next += 1
        }
    }

    /// The part of the tree that leads from some cores of one chip to their targets.
    ///
    /// - Complexity: O(chips of the tree).
    mutating func part(from cores: [Int], to targets: [Int], _ placements: [Placement]) -> RoutingTree {
        guard !targets.isEmpty else { return RoutingTree(cores: cores, alone: placements[cores[0]].chip) }
        for target in targets { wanted[placements[target].chip] |= Route(core: placements[target].processor).rawValue }
        // The way to the tree, then all of the tree, parents first.
        var nodes: [RoutingTree.Node] = []
        var parents: [Int] = []
        var (chip, entrance) = (placements[cores[0]].chip, Int8(-1))
        while towards[chip] >= 0 {
            parents.append(nodes.count - 1)
            nodes.append(.init(chip: Int32(chip), entrance: entrance, route: .none))
            entrance = (towards[chip] + 3) % 6
            chip = Int(machine.neighbours[6 * chip + Int(towards[chip])])
        }
        var next = nodes.count
        parents.append(nodes.count - 1)
        nodes.append(.init(chip: Int32(chip), entrance: entrance, route: .none))
        while next < nodes.count {
            let node = nodes[next]
            for link in 0..<6 where links[Int(node.chip)] >> UInt8(link) & 1 != 0 && link != Int(node.entrance) {
                parents.append(next)
                let other = machine.neighbours[6 * Int(node.chip) + link]
                nodes.append(.init(chip: other, entrance: Int8((link + 3) % 6), route: .none))
            }
            next += 1
        }
        // From the leaves inwards: who leads to a target stays.
        for i in nodes.indices.reversed() {
            nodes[i].route.rawValue |= wanted[Int(nodes[i].chip)]
            guard nodes[i].route != .none, parents[i] >= 0 else { continue }
            nodes[parents[i]].route.rawValue |= 1 << UInt32((nodes[i].entrance + 3) % 6)
        }
        nodes.removeAll { $0.route == .none }
        for target in targets { wanted[placements[target].chip] = 0 }
        return RoutingTree(cores: cores, nodes: nodes)
    }
}
