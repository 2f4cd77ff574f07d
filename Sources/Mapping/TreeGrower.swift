import Diagnostics
import Machine

/// Grows one tree at a time; the arrays are by chip number and reused.
struct TreeGrower {
    let machine: Machine
    /// Trees across each link so far, `[chips × 6]`.
    private var load: [Int32]
    /// Hops from the tree, valid where `wave` is the current one.
    private var distance: [Int32]
    private var wave: [Int32]
    private var currentWave: Int32 = 0
    /// Chips to look at, by distance, in the order they were reached, and how many of them were looked at.
    private var shells: [(chips: [Int32], done: Int)] = [([], 0)]
    /// Routes of target cores by chip; nonzero on chips still to be joined.
    private var wanted: [UInt32]
    /// Place in `nodes` of a chip that is in the tree, −1 otherwise.
    private var place: [Int32]
    private var nodes: [RoutingTree.Node] = []
    private var path: [(chip: Int32, link: Int)] = []

    init(_ machine: Machine) {
        self.machine = machine
        load = [Int32](repeating: 0, count: machine.neighbours.count)
        distance = [Int32](repeating: 0, count: machine.chips.count)
        wave = [Int32](repeating: -1, count: machine.chips.count)
        wanted = [UInt32](repeating: 0, count: machine.chips.count)
        place = [Int32](repeating: -1, count: machine.chips.count)
    }

    mutating func grow(from cores: [Int], to targets: [Int], _ placements: [Placement]) throws(Failure) -> RoutingTree {
        var missing = 0
        for target in targets {
            let place = placements[target]
            if wanted[place.chip] == 0 { missing += 1 }
            wanted[place.chip] |= Route(core: place.processor).rawValue
        }
        currentWave += 1
        for i in shells.indices {
            shells[i].chips.removeAll(keepingCapacity: true)
            shells[i].done = 0
        }
        nodes.removeAll(keepingCapacity: true)
        let source = Int32(placements[cores[0]].chip)
        if join(source, entrance: -1) { missing -= 1 }

        var hops = 0
        while missing > 0 {
            guard hops < shells.count else {
                throw Failure(
                    .doesNotFit,
                    "chip \(machine.chips[Int(source)]) cannot reach all targets of its cores; remove link faults")
            }
            guard shells[hops].done < shells[hops].chips.count else {
                hops += 1
                continue
            }
            let chip = shells[hops].chips[shells[hops].done]
            shells[hops].done += 1
            guard distance[Int(chip)] == hops, wave[Int(chip)] == currentWave else { continue }
            if hops > 0, wanted[Int(chip)] != 0 {
                addPath(to: chip, hops: hops)
                missing -= 1
                hops = 0
            } else {
                spread(from: chip, hops: Int32(hops))
            }
        }
        for target in targets { wanted[placements[target].chip] = 0 }
        for node in nodes { place[Int(node.chip)] = -1 }
        for node in nodes {
            for link in node.route.links { load[6 * Int(node.chip) + link.rawValue] += Int32(cores.count) }
        }
        return RoutingTree(cores: cores, nodes: nodes)
    }

    /// Makes a chip part of the tree; true when it was wanted.
    private mutating func join(_ chip: Int32, entrance: Int8) -> Bool {
        let isWanted = wanted[Int(chip)] != 0
        place[Int(chip)] = Int32(nodes.count)
        nodes.append(.init(chip: chip, entrance: entrance, route: Route(rawValue: wanted[Int(chip)])))
        wanted[Int(chip)] = 0
        reach(chip, 0)
        return isWanted
    }

    private mutating func reach(_ chip: Int32, _ hops: Int32) {
        let c = Int(chip)
        guard wave[c] != currentWave || distance[c] > hops else { return }
        wave[c] = currentWave
        distance[c] = hops
        while shells.count <= Int(hops) { shells.append(([], 0)) }
        shells[Int(hops)].chips.append(chip)
    }

    private mutating func spread(from chip: Int32, hops: Int32) {
        for link in 0..<6 {
            let other = machine.neighbours[6 * Int(chip) + link]
            if other >= 0 { reach(other, hops + 1) }
        }
    }

    /// Joins a chip by the best of the shortest paths from the tree.
    private mutating func addPath(to chip: Int32, hops: Int) {
        path.removeAll(keepingCapacity: true)
        var (here, last) = (Int(chip), -1)
        for left in stride(from: Int32(hops) - 1, through: 0, by: -1) {
            var (best, bestCost) = (-1, Int32.max)
            for link in 0..<6 {
                let other = Int(machine.neighbours[6 * here + link])
                guard other >= 0, wave[other] == currentWave, distance[other] == left else { continue }
                let back = 6 * other + (link + 3) % 6
                let cost = min(load[back], 1 << 20) * 2 + (last < 0 || link == last ? 0 : 1 << 22)
                if cost < bestCost { (best, bestCost) = (link, cost) }
            }
            path.append((Int32(here), best))
            here = Int(machine.neighbours[6 * here + best])
            last = best
        }
        // The path was found from its end; packets go the other way.
        for (next, link) in path.reversed() {
            let forth = (link + 3) % 6
            nodes[Int(place[here])].route.rawValue |= 1 << UInt32(forth)
            _ = join(next, entrance: Int8(link))
            here = Int(next)
        }
    }
}
