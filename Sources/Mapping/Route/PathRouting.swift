// Trees made of straight paths.
//
// Longest dimension first: the way from one chip to another is taken apart into steps along two of the mesh's three
// axes, and the longer part is walked first. Packets to one chip thus come by few links, whatever the network.
// Neighbour-exploring routing does the same for every target in turn, the nearest first, but starts from the nearest
// chip of the tree so far when one is within a radius.
//
// Either path is cut where it last touches the tree. Where it meets a dead link or chip, the target is joined by a
// shortest way over what works instead.

import Diagnostics
import Machine

/// Grows one tree at a time from straight paths; the memory by chip number is reused.
final class PathGrower {
    /// Hops within which neighbour-exploring routing looks for the tree.
    static let usualRadius = 20

    private let machine: Machine
    private let table: HopTable
    private let targets: TargetChips
    /// A tree's chip this near is a start; 0 for none but the source.
    private let radius: Int
    private let wanted: UnsafeMutablePointer<UInt32>
    /// Place in `nodes` of a chip that is in the tree, −1 otherwise.
    private let place: UnsafeMutablePointer<Int32>
    private var nodes: [RoutingTree.Node] = []
    /// Target chips by their hops from the source.
    private var chips: [(hops: Int, chip: Int)] = []
    /// The chips of a path, each with the link to the next.
    private var path: [(chip: Int, link: Int)] = []

    /// - Parameter radius: 0 for longest dimension first from the source.
    init(_ machine: Machine, _ targets: TargetChips, radius: Int) {
        self.machine = machine
        self.targets = targets
        self.radius = radius
        table = HopTable(machine)
        wanted = .allocate(capacity: machine.chips.count)
        wanted.initialize(repeating: 0, count: machine.chips.count)
        place = .allocate(capacity: machine.chips.count)
        place.initialize(repeating: -1, count: machine.chips.count)
    }

    deinit {
        wanted.deallocate()
        place.deallocate()
    }

    /// - Throws: `.doesNotFit` when a target's chip cannot be reached.
    /// - Complexity: O(target chips × (path + tree)), and O(chips) for each path that meets a fault.
    /// - Source: J. Navaridas et al., SpiNNaker: enhanced multicast routing, 2015.
    func grow(_ group: RoutingGroup) throws(Failure) -> RoutingTree {
        let source = group.chip
        chips.removeAll(keepingCapacity: true)
        targets.forEach(of: group.list) { chip, cores in
            chips.append((table.distance(source, chip), chip))
            wanted[chip] = cores
        }
        chips.sort { $0 < $1 }
        nodes.removeAll(keepingCapacity: true)
        add(source, entrance: -1)
        for (hops, chip) in chips where place[chip] < 0 {
            var (start, nearest) = (source, min(hops, radius + 1))
            if radius > 0 {
                for node in nodes {
                    let hops = table.distance(Int(node.chip), chip)
                    if hops < nearest { (start, nearest) = (Int(node.chip), hops) }
                }
            }
            guard findLongestDimensionFirst(from: start, to: chip) || findDetour(to: chip) else {
                throw unreachable(from: machine.chips[source])
            }
            appendPath()
        }
        for node in nodes { place[Int(node.chip)] = -1 }
        return RoutingTree(cores: group.cores, nodes: nodes)
    }

    private func add(_ chip: Int, entrance: Int8) {
        place[chip] = Int32(nodes.count)
        nodes.append(.init(chip: Int32(chip), entrance: entrance, route: Route(rawValue: wanted[chip])))
        wanted[chip] = 0
    }

    /// Adds what of ``path`` lies behind its last chip in the tree.
    private func appendPath() {
        let first = path.lastIndex { place[$0.chip] >= 0 } ?? 0
        for i in first..<path.count - 1 {
            nodes[Int(place[path[i].chip])].route.rawValue |= 1 << UInt32(path[i].link)
            add(path[i + 1].chip, entrance: Int8(oppositeLink(path[i].link)))
        }
    }

    /// Finds the straight ``path``; false when something on it is dead.
    private func findLongestDimensionFirst(from start: Int, to end: Int) -> Bool {
        let (dx, dy) = machine.vector(from: machine.chips[start], to: machine.chips[end])
        let diagonal = dx.signum() == dy.signum() ? dx.signum() * min(abs(dx), abs(dy)) : 0
        // At most two of the three axes have a part; the longer goes first, of equal ones the lower axis.
        var first = (axis: 0, steps: dx - diagonal)
        var second = (axis: 2, steps: dy - diagonal)
        if diagonal != 0 { if first.steps == 0 { first = (1, diagonal) } else { second = (1, diagonal) } }
        if (abs(second.steps), first.axis) > (abs(first.steps), second.axis) { swap(&first, &second) }
        path.removeAll(keepingCapacity: true)
        var chip = start
        for (axis, steps) in [first, second] {
            let link = steps > 0 ? axis : axis + 3
            for _ in 0..<abs(steps) {
                path.append((chip, link))
                chip = Int(machine.neighbours[6 * chip + link])
                guard chip >= 0 else { return false }
            }
        }
        path.append((chip, -1))
        return true
    }

    /// Finds a shortest ``path`` over working links from the tree.
    private func findDetour(to end: Int) -> Bool {
        var towards = [Int8](repeating: -1, count: machine.chips.count)
        var queue = [end]
        var next = 0
        while next < queue.count, place[queue[next]] < 0 {
            for link in 0..<6 {
                let other = Int(machine.neighbours[6 * queue[next] + link])
                guard other >= 0, other != end, towards[other] < 0 else { continue }
                towards[other] = Int8(oppositeLink(link))
                queue.append(other)
            }
            next += 1
        }
        guard next < queue.count else { return false }
        path.removeAll(keepingCapacity: true)
        var chip = queue[next]
        while chip != end {
            path.append((chip, Int(towards[chip])))
            chip = Int(machine.neighbours[6 * chip + Int(towards[chip])])
        }
        path.append((end, -1))
        return true
    }

    private func unreachable(from home: ChipCoordinate) -> Failure {
        Failure(.doesNotFit, "chip \(home) cannot reach all targets of its cores; remove link faults")
    }
}
