// Trees made of straight paths.
//
// Longest dimension first: the way from one chip to another is taken apart into steps along two of the mesh's three
// axes, and the longer part is walked first. Packets to one chip thus come by few links, whatever the network.
// Neighbour-exploring routing does the same for every target in turn, the nearest first, but starts from the nearest chip
// of the tree so far when one is within a radius.
//
// Either path is cut where it last touches the tree. Where it meets a dead link or chip, the target is joined by a
// shortest way over what works instead.

import Diagnostics
import Machine

/// Grows one tree at a time from straight paths; the arrays are by chip number and reused.
struct PathGrower {
    private let machine: Machine
    /// Hops within which neighbour-exploring routing looks for the tree.
    static let usualRadius = 20

    /// A tree's chip this near is a start; 0 for none but the source.
    private let radius: Int
    private var wanted: [UInt32]
    /// Place in `nodes` of a chip that is in the tree, −1 otherwise.
    private var place: [Int32]
    private var nodes: [RoutingTree.Node] = []

    /// - Parameter radius: 0 for longest dimension first from the source.
    init(_ machine: Machine, radius: Int) {
        self.machine = machine
        self.radius = radius
        wanted = [UInt32](repeating: 0, count: machine.chips.count)
        place = [Int32](repeating: -1, count: machine.chips.count)
    }

    /// - Throws: `.doesNotFit` when a target's chip cannot be reached.
    /// - Complexity: O(target chips × (path + tree)), and O(chips) for each path that meets a fault.
    /// - Source: J. Navaridas et al., SpiNNaker: enhanced multicast routing, 2015.
    mutating func grow(from cores: [Int], to targets: [Int], _ placements: [Placement]) throws(Failure) -> RoutingTree {
        let source = placements[cores[0]].chip
        let home = machine.chips[source]
        var chips: [(hops: Int, chip: Int)] = []
        for target in targets {
            let chip = placements[target].chip
            if wanted[chip] == 0 { chips.append((machine.distance(from: home, to: machine.chips[chip]), chip)) }
            wanted[chip] |= Route(core: placements[target].processor).rawValue
        }
        chips.sort { $0 < $1 }
        nodes.removeAll(keepingCapacity: true)
        add(source, entrance: -1)
        for (hops, chip) in chips where place[chip] < 0 {
            var (start, nearest) = (source, min(hops, radius + 1))
            if radius > 0 {
                for node in nodes {
                    let hops = machine.distance(from: machine.chips[Int(node.chip)], to: machine.chips[chip])
                    if hops < nearest { (start, nearest) = (Int(node.chip), hops) }
                }
            }
            guard let path = longestDimensionFirst(from: start, to: chip) ?? detour(to: chip) else {
                throw unreachable(from: home)
            }
            append(path)
        }
        for node in nodes { place[Int(node.chip)] = -1 }
        return RoutingTree(cores: cores, nodes: nodes)
    }

    private mutating func add(_ chip: Int, entrance: Int8) {
        place[chip] = Int32(nodes.count)
        nodes.append(.init(chip: Int32(chip), entrance: entrance, route: Route(rawValue: wanted[chip])))
        wanted[chip] = 0
    }

    /// Adds what of a path lies behind its last chip in the tree.
    private mutating func append(_ path: [(chip: Int, link: Int)]) {
        let first = path.lastIndex { place[$0.chip] >= 0 } ?? 0
        for i in first..<path.count - 1 {
            nodes[Int(place[path[i].chip])].route.rawValue |= 1 << UInt32(path[i].link)
            add(path[i + 1].chip, entrance: Int8((path[i].link + 3) % 6))
        }
    }

    /// The chips of the straight path, each with the link to the next; `nil` when something on it is dead.
    private func longestDimensionFirst(from start: Int, to end: Int) -> [(chip: Int, link: Int)]? {
        let (dx, dy) = machine.vector(from: machine.chips[start], to: machine.chips[end])
        let diagonal = dx.signum() == dy.signum() ? dx.signum() * min(abs(dx), abs(dy)) : 0
        let parts = [(0, dx - diagonal), (1, diagonal), (2, dy - diagonal)]
            .filter { $0.1 != 0 }.sorted { (abs($1.1), $0.0) < (abs($0.1), $1.0) }
        var path: [(chip: Int, link: Int)] = []
        var chip = start
        for (axis, steps) in parts {
            let link = steps > 0 ? axis : axis + 3
            for _ in 0..<abs(steps) {
                path.append((chip, link))
                chip = Int(machine.neighbours[6 * chip + link])
                guard chip >= 0 else { return nil }
            }
        }
        path.append((chip, -1))
        return path
    }

    /// A shortest path over working links from the tree.
    private func detour(to end: Int) -> [(chip: Int, link: Int)]? {
        var towards = [Int8](repeating: -1, count: machine.chips.count)
        var queue = [end]
        var next = 0
        while next < queue.count, place[queue[next]] < 0 {
            for link in 0..<6 {
                let other = Int(machine.neighbours[6 * queue[next] + link])
                guard other >= 0, other != end, towards[other] < 0 else { continue }
                towards[other] = Int8((link + 3) % 6)
                queue.append(other)
            }
            next += 1
        }
        guard next < queue.count else { return nil }
        var path: [(chip: Int, link: Int)] = []
        var chip = queue[next]
        while chip != end {
            path.append((chip, Int(towards[chip])))
            chip = Int(machine.neighbours[6 * chip + Int(towards[chip])])
        }
        path.append((end, -1))
        return path
    }

    private func unreachable(from home: ChipCoordinate) -> Failure {
        Failure(.doesNotFit, "chip \(home) cannot reach all targets of its cores; remove link faults")
    }
}
