import Diagnostics
import Machine

/// Grows one tree at a time; the arrays are by chip number and reused.
struct TreeGrower {
    /// What a path avoids; lengths come first, these decide between paths of equal length.
    struct Habits {
        /// Cost of a link that carries as many trees as the average one; it grows with the third power.
        var load = 1.0
        /// Cost of a bend: a chip crossed in a straight line needs no entry.
        var bend = 4.0
        /// Cost of coming to a chip by another link than the source's other trees: what agrees shares entries.
        var dissent = 4.0
    }

    let machine: Machine
    var habits = Habits()
    /// Trees across each link, `[chips × 6]`.
    private(set) var load: [Int32]
    /// Trees over all links that carry any, and how many those are.
    private var (totalLoad, usedLinks) = (0.0, 0.0)
    /// By chip: the link by which the source's last tree came, −1 for none; valid where `familyOf` is the current one.
    private var habit: [Int8]
    private var familyOf: [Int32]
    private var family: Int32 = 0
    /// Hops from the tree, the link of the way there and what that way costs; valid where `wave` is the current one.
    private var distance: [Int32]
    private var via: [Int8]
    private var cost: [Double]
    private var wave: [Int32]
    private var currentWave: Int32 = 0
    /// Chips to look at, by distance, in the order they were reached, and how many of them were looked at.
    private var shells: [(chips: [Int32], done: Int)] = [([], 0)]
    /// Routes of target cores by chip; nonzero on chips still to be joined.
    private var wanted: [UInt32]
    /// By chip: links of the tree as bits, valid where `treeOf` is the current wave.
    private var bonds: [UInt8]
    private var treeOf: [Int32]
    private var terminals: [Int32] = []

    init(_ machine: Machine) {
        let chips = machine.chips.count
        self.machine = machine
        load = [Int32](repeating: 0, count: machine.neighbours.count)
        habit = [Int8](repeating: -1, count: chips)
        familyOf = [Int32](repeating: 0, count: chips)
        distance = [Int32](repeating: 0, count: chips)
        via = [Int8](repeating: -1, count: chips)
        cost = [Double](repeating: 0, count: chips)
        wave = [Int32](repeating: -1, count: chips)
        wanted = [UInt32](repeating: 0, count: chips)
        bonds = [UInt8](repeating: 0, count: chips)
        treeOf = [Int32](repeating: -1, count: chips)
    }

    /// Starts another source: the trees from here on agree with each other rather than with those before.
    mutating func startFamily() { family += 1 }

    /// Grows one tree over some source chips and all their targets, and takes from it what each source needs.
    ///
    /// - Parameters:
    ///   - members: Groups of cores, each on one chip and with one list of targets.
    ///   - seed: Which of the chips growth starts at; 0 is the first source.
    /// - Returns: A tree for each group.
    /// - Throws: `.doesNotFit` when a chip cannot be reached.
    /// - Complexity: O(chips near the tree + groups × chips of the tree).
    mutating func grow(
        _ members: ArraySlice<[Int]>, _ graph: CoreGraph, _ placements: [Placement], seed: Int = 0
    ) throws(Failure) -> [RoutingTree] {
        // A source is a chip to be joined like the others, without cores.
        let marker: UInt32 = 1 << 31
        terminals.removeAll(keepingCapacity: true)
        for cores in members {
            let chip = placements[cores[0]].chip
            if wanted[chip] == 0 { terminals.append(Int32(chip)) }
            wanted[chip] = marker
        }
        var hasOneList = true
        var last = -1
        for cores in members where graph.listOf[cores[0]] != last {
            hasOneList = hasOneList && last < 0
            last = graph.listOf[cores[0]]
            for target in graph.lists[last] {
                let place = placements[target]
                if wanted[place.chip] == 0 { terminals.append(Int32(place.chip)) }
                wanted[place.chip] |= Route(core: place.processor).rawValue
            }
        }
        let isWhole = span(from: Int(terminals[seed % terminals.count]))
        var trees: [RoutingTree] = []
        if isWhole {
            for chip in terminals { wanted[Int(chip)] &= hasOneList ? ~marker : 0 }
            for cores in members {
                if !hasOneList { want(graph.targets(of: cores[0]), placements) }
                var tree = orient(from: placements[cores[0]].chip, cores)
                if members.count > 1 { tree.prune() }
                trees.append(tree)
                if !hasOneList { for target in graph.targets(of: cores[0]) { wanted[placements[target].chip] = 0 } }
            }
        }
        for chip in terminals { wanted[Int(chip)] = 0 }
        guard isWhole else {
            throw Failure(
                .doesNotFit,
                "chip \(machine.chips[Int(terminals[0])]) cannot reach all targets of its cores; remove link faults")
        }
        return trees
    }

    private mutating func want(_ targets: [Int], _ placements: [Placement]) {
        for target in targets { wanted[placements[target].chip] |= Route(core: placements[target].processor).rawValue }
    }

    /// Joins all chips wanted; false when one cannot be reached.
    private mutating func span(from start: Int) -> Bool {
        currentWave += 1
        for i in shells.indices {
            shells[i].chips.removeAll(keepingCapacity: true)
            shells[i].done = 0
        }
        join(Int32(start), bond: 0)
        var missing = terminals.count - 1
        var hops = 0
        while missing > 0 {
            guard hops < shells.count else { return false }
            guard shells[hops].done < shells[hops].chips.count else {
                hops += 1
                continue
            }
            if hops > 0, let chip = cheapestTerminal(at: hops) {
                addPath(to: chip)
                missing -= 1
                hops = 0
                continue
            }
            while shells[hops].done < shells[hops].chips.count {
                let chip = Int(shells[hops].chips[shells[hops].done])
                shells[hops].done += 1
                if distance[chip] == hops { spread(from: chip, hops: Int32(hops)) }
            }
        }
        return true
    }

    /// Of the chips that are wanted and this far from the tree, the one with the cheapest way to it.
    ///
    /// The others wait: when this one is in the tree they may have a better way.
    private func cheapestTerminal(at hops: Int) -> Int? {
        var best: Int?
        for i in shells[hops].done..<shells[hops].chips.count {
            let chip = Int(shells[hops].chips[i])
            guard wanted[chip] != 0, distance[chip] == hops else { continue }
            if let known = best, cost[known] <= cost[chip] { continue }
            best = chip
        }
        return best
    }

    /// The tree seen from a source.
    private func orient(from source: Int, _ cores: [Int]) -> RoutingTree {
        var nodes: [RoutingTree.Node] = []
        nodes.append(.init(chip: Int32(source), entrance: -1, route: .none))
        var next = 0
        while next < nodes.count {
            let chip = Int(nodes[next].chip)
            var out = bonds[chip]
            if nodes[next].entrance >= 0 { out &= ~(1 << UInt8(nodes[next].entrance)) }
            nodes[next].route = Route(rawValue: UInt32(out) | wanted[chip])
            while out != 0 {
                let link = out.trailingZeroBitCount
                out &= out - 1
                nodes.append(
                    .init(chip: machine.neighbours[6 * chip + link], entrance: Int8((link + 3) % 6), route: .none))
            }
            next += 1
        }
        return RoutingTree(cores: cores, nodes: nodes)
    }

    /// Counts a tree's links for the trees to come, or, with a negative sign, no longer.
    ///
    /// - Returns: The most trees that any of its links carries then.
    @discardableResult
    mutating func count(_ tree: RoutingTree, sign: Int = 1) -> Int {
        var most: Int32 = 0
        let trees = Int32(sign * tree.cores.count)
        for node in tree.nodes {
            if node.entrance >= 0 {
                habit[Int(node.chip)] = node.entrance
                familyOf[Int(node.chip)] = family
            }
            var out = node.route.rawValue & 63
            while out != 0 {
                let wire = 6 * Int(node.chip) + out.trailingZeroBitCount
                out &= out - 1
                if load[wire] == 0 { usedLinks += 1 }
                load[wire] += trees
                totalLoad += Double(trees)
                if load[wire] == 0 { usedLinks -= 1 }
                most = max(most, load[wire])
            }
        }
        return Int(most)
    }

    /// The most trees on any link.
    ///
    /// - Complexity: O(links).
    var heaviestLoad: Int { Int(load.max() ?? 0) }

    /// What a tree's links cost beside their number: the growth of the fourth powers of all loads.
    func strain(of tree: RoutingTree) -> Double {
        var sum = 0.0
        let own = Double(tree.cores.count)
        let mean = max(1, totalLoad / max(1, usedLinks))
        for node in tree.nodes {
            var out = node.route.rawValue & 63
            if node.entrance >= 0, out != 1 << UInt32((node.entrance + 3) % 6) { sum += habits.bend / 4 }
            while out != 0 {
                let x = (Double(load[6 * Int(node.chip) + out.trailingZeroBitCount]) + own) / mean
                out &= out - 1
                sum += habits.load * x * x * x * x
            }
        }
        return sum
    }

    /// Makes a chip part of the tree.
    private mutating func join(_ chip: Int32, bond: UInt8) {
        let c = Int(chip)
        treeOf[c] = currentWave
        bonds[c] = bond
        wave[c] = currentWave
        distance[c] = 0
        cost[c] = 0
        shells[0].chips.append(chip)
    }

    private mutating func spread(from chip: Int, hops: Int32) {
        let mean = max(1, totalLoad / max(1, usedLinks))
        while shells.count <= Int(hops) + 1 { shells.append(([], 0)) }
        for link in 0..<6 {
            let other = Int(machine.neighbours[6 * chip + link])
            guard other >= 0 else { continue }
            let isNew = wave[other] != currentWave || distance[other] > hops + 1
            guard isNew || distance[other] == hops + 1 else { continue }
            let x = Double(load[6 * chip + link]) / mean
            var price = cost[chip] + habits.load * x * x * x
            if hops > 0, Int(via[chip]) != link { price += habits.bend }
            if familyOf[other] == family, Int(habit[other]) != (link + 3) % 6 { price += habits.dissent }
            if isNew {
                wave[other] = currentWave
                distance[other] = hops + 1
                shells[Int(hops) + 1].chips.append(Int32(other))
            } else if price >= cost[other] {
                continue
            }
            cost[other] = price
            via[other] = Int8(link)
        }
    }

    /// Joins a chip by the cheapest of the shortest paths from the tree.
    private mutating func addPath(to end: Int) {
        var chip = end
        var bond: UInt8 = 0
        while treeOf[chip] != currentWave {
            let link = via[chip]
            let back = UInt8((link + 3) % 6)
            join(Int32(chip), bond: bond | 1 << back)
            bond = 1 << UInt8(link)
            chip = Int(machine.neighbours[6 * chip + Int(back)])
        }
        bonds[chip] |= bond
    }
}
