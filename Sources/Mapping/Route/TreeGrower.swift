import Diagnostics
import Machine

/// Grows one tree at a time; what it knows of a chip is reused from tree to tree.
final class TreeGrower {
    /// What a path avoids; lengths come first, these decide between paths of equal length.
    private enum Habits {
        /// Cost of a link that carries as many trees as the average one; it grows with the third power.
        static let load = 1.0
        /// Cost of a bend: a chip crossed in a straight line needs no entry.
        static let bend = 4.0
        /// Cost of coming to a chip by another link than the source's other trees: what agrees shares entries.
        static let dissent = 4.0
    }

    /// What is known of a chip.
    private struct Site {
        /// Tree number for which `distance`, `via` and `cost` are valid.
        var wave: Int32 = -1
        /// Tree number for which `bonds` is valid.
        var tree: Int32 = -1
        /// Hops from the tree.
        var distance: Int32 = 0
        /// Source for which `habit` is valid.
        var family: Int32 = 0
        /// Routes of target cores; nonzero on chips still to be joined.
        var wanted: UInt32 = 0
        /// The link of the way from the tree.
        var via: Int8 = -1
        /// The link by which the source's last tree came.
        var habit: Int8 = -1
        /// Links of the tree as bits.
        var bonds: UInt8 = 0
        /// What the way from the tree costs.
        var cost = 0.0
    }

    private let machine: Machine
    private let targets: TargetChips
    private let chipCount: Int
    private let sites: UnsafeMutablePointer<Site>
    private let neighbours: UnsafeMutablePointer<Int32>
    /// Trees across each link, `[chips × 6]`.
    private let load: UnsafeMutablePointer<Int32>
    /// Trees over all links that carry any, and how many those are.
    private var (totalLoad, usedLinks) = (0.0, 0.0)
    /// What of the average link's load one tree is, as the current tree sees it.
    private var scale = 1.0
    /// The current source, and the current tree.
    private var (family, wave): (Int32, Int32) = (0, 0)
    /// Chips to look at, in lists by distance, each in the order it was reached.
    private let shells: UnsafeMutablePointer<Shell>
    private var shellCount = 0
    private var queued: UnsafeMutablePointer<(chip: Int32, next: Int32)>
    private var (queuedCount, queuedCapacity): (Int, Int)
    private var terminals: [Int32] = []
    /// Chips of the tree being grown.
    private var size = 0
    /// Trees that a link may carry before it is closed to the tree being grown.
    private var room = Int32.max

    /// Places in the queue: the first chip that was not looked at, and the last.
    private struct Shell {
        var first: Int32 = -1
        var last: Int32 = -1
    }

    init(_ machine: Machine, _ targets: TargetChips) {
        self.machine = machine
        self.targets = targets
        chipCount = machine.chips.count
        sites = .allocate(capacity: chipCount)
        sites.initialize(repeating: Site(), count: chipCount)
        neighbours = .allocate(capacity: 6 * chipCount)
        neighbours.initialize(from: machine.neighbours, count: 6 * chipCount)
        load = .allocate(capacity: 6 * chipCount)
        load.initialize(repeating: 0, count: 6 * chipCount)
        // No chip is farther than there are chips.
        shells = .allocate(capacity: chipCount + 1)
        (queuedCount, queuedCapacity) = (0, 2 * chipCount)
        queued = .allocate(capacity: queuedCapacity)
    }

    deinit {
        sites.deallocate()
        neighbours.deallocate()
        load.deallocate()
        shells.deallocate()
        queued.deallocate()
    }

    /// Starts another source: the trees from here on agree with each other rather than with those before.
    func startFamily() { family += 1 }

    /// Has the trees from here on agree with one that is counted already.
    func follow(_ tree: RoutingTree) {
        for node in tree.nodes where node.entrance >= 0 {
            sites[Int(node.chip)].habit = node.entrance
            sites[Int(node.chip)].family = family
        }
    }

    /// Grows one tree over some source chips and all their targets, and takes from it what each source needs.
    ///
    /// - Parameters:
    ///   - members: Groups of cores, each on one chip and with one list of targets.
    ///   - seed: Which of the chips growth starts at; 0 is the first source.
    ///   - body: Takes the tree of each group, in their order.
    /// - Throws: `.doesNotFit` when a chip cannot be reached.
    /// - Complexity: O(chips near the tree + groups × chips of the tree).
    func grow(
        _ members: ArraySlice<RoutingGroup>, seed: Int = 0, _ body: (RoutingTree) -> Void
    ) throws(Failure) {
        guard canGrow(members, seed: seed, body) else {
            throw Failure(
                .doesNotFit,
                "chip \(machine.chips[Int(terminals[0])]) cannot reach all targets of its cores; remove link faults")
        }
    }

    /// The same without words; false when a chip cannot be reached.
    private func canGrow(_ members: ArraySlice<RoutingGroup>, seed: Int, _ body: (RoutingTree) -> Void) -> Bool {
        // A source is a chip to be joined like the others, without cores.
        let marker: UInt32 = 1 << 31
        terminals.removeAll(keepingCapacity: true)
        for i in members.indices {
            let chip = members[i].chip
            if sites[chip].wanted == 0 { terminals.append(Int32(chip)) }
            sites[chip].wanted = marker
        }
        var hasOneList = true
        var last = -1
        for i in members.indices where members[i].list != last {
            hasOneList = hasOneList && last < 0
            last = members[i].list
            targets.forEach(of: last) { chip, cores in
                if sites[chip].wanted == 0 { terminals.append(Int32(chip)) }
                sites[chip].wanted |= cores
            }
        }
        let isWhole = span(from: Int(terminals[seed % terminals.count]))
        if isWhole {
            for chip in terminals { sites[Int(chip)].wanted &= hasOneList ? ~marker : 0 }
            for group in members {
                if !hasOneList { targets.forEach(of: group.list) { sites[$0].wanted |= $1 } }
                var tree = orient(from: group)
                if members.count > 1 { tree.prune() }
                body(tree)
                if !hasOneList { targets.forEach(of: group.list) { chip, _ in sites[chip].wanted = 0 } }
            }
        }
        for chip in terminals { sites[Int(chip)].wanted = 0 }
        return isWhole
    }

    /// Grows the tree of one group from its chip so that no link carries more than `most` trees.
    ///
    /// - Returns: `nil` when that leaves no way.
    /// - Complexity: O(chips near the tree).
    func grow(_ group: RoutingGroup, most: Int) -> RoutingTree? {
        guard group.cores.count <= most else { return nil }
        room = Int32(most - group.cores.count)
        defer { room = .max }
        var tree: RoutingTree?
        return canGrow([group], seed: 0) { tree = $0 } ? tree : nil
    }

    /// The most trees on any of a tree's links.
    ///
    /// - Complexity: O(chips of the tree).
    func heaviestLoad(of tree: RoutingTree) -> Int {
        var most: Int32 = 0
        for node in tree.nodes {
            var out = node.route.rawValue & 63
            while out != 0 {
                most = max(most, load[6 * Int(node.chip) + out.trailingZeroBitCount])
                out &= out - 1
            }
        }
        return Int(most)
    }

    /// Joins all chips wanted; false when one cannot be reached.
    private func span(from start: Int) -> Bool {
        wave += 1
        size = 0
        scale = 1 / max(1, totalLoad / max(1, usedLinks))
        queuedCount = 0
        shells.initialize(to: Shell())
        shellCount = 1
        join(start, bond: 0)
        var missing = terminals.count - 1
        var hops = 0
        while missing > 0 {
            guard hops < shellCount else { return false }
            guard shells[hops].first >= 0 else {
                hops += 1
                continue
            }
            if hops > 0, let chip = cheapestTerminal(at: hops) {
                addPath(to: chip)
                missing -= 1
                hops = 0
                continue
            }
            while shells[hops].first >= 0 {
                let (chip, next) = queued[Int(shells[hops].first)]
                shells[hops].first = next
                if sites[Int(chip)].distance == Int32(hops) { spread(from: Int(chip), hops: hops) }
            }
        }
        return true
    }

    /// Of the chips that are wanted and this far from the tree, the one with the cheapest way to it.
    ///
    /// The others wait: when this one is in the tree they may have a better way.
    private func cheapestTerminal(at hops: Int) -> Int? {
        var best = -1
        var next = shells[hops].first
        while next >= 0 {
            let chip = Int(queued[Int(next)].chip)
            next = queued[Int(next)].next
            guard sites[chip].wanted != 0, sites[chip].distance == Int32(hops) else { continue }
            if best < 0 || sites[chip].cost < sites[best].cost { best = chip }
        }
        return best < 0 ? nil : best
    }

    /// The tree seen from a source.
    private func orient(from group: RoutingGroup) -> RoutingTree {
        var nodes: [RoutingTree.Node] = []
        nodes.reserveCapacity(size)
        nodes.append(.init(chip: Int32(group.chip), entrance: -1, route: .none))
        var next = 0
        while next < nodes.count {
            let chip = Int(nodes[next].chip)
            var out = sites[chip].bonds
            if nodes[next].entrance >= 0 { out &= ~(1 << UInt8(nodes[next].entrance)) }
            nodes[next].route = Route(rawValue: UInt32(out) | sites[chip].wanted)
            while out != 0 {
                let link = out.trailingZeroBitCount
                out &= out - 1
                nodes.append(.init(chip: neighbours[6 * chip + link], entrance: Int8((link + 3) % 6), route: .none))
            }
            next += 1
        }
        return RoutingTree(cores: group.cores, nodes: nodes)
    }

    /// Counts a tree's links for the trees to come, or, with a negative sign, no longer.
    ///
    /// - Returns: The most trees that any of its links carries then.
    @discardableResult
    func count(_ tree: RoutingTree, sign: Int = 1) -> Int {
        var most: Int32 = 0
        let trees = Int32(sign * tree.cores.count)
        for node in tree.nodes {
            let chip = Int(node.chip)
            if node.entrance >= 0 {
                sites[chip].habit = node.entrance
                sites[chip].family = family
            }
            var out = node.route.rawValue & 63
            while out != 0 {
                let wire = 6 * chip + out.trailingZeroBitCount
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
    var heaviestLoad: Int { Int((0..<6 * chipCount).reduce(0) { max($0, load[$1]) }) }

    /// What a tree's links cost beside their number: the growth of the fourth powers of all loads.
    func strain(of tree: RoutingTree) -> Double {
        var sum = 0.0
        let own = Double(tree.cores.count)
        let scale = 1 / max(1, totalLoad / max(1, usedLinks))
        for node in tree.nodes {
            var out = node.route.rawValue & 63
            if node.entrance >= 0, out != 1 << UInt32((node.entrance + 3) % 6) { sum += Habits.bend / 4 }
            while out != 0 {
                let x = (Double(load[6 * Int(node.chip) + out.trailingZeroBitCount]) + own) * scale
                out &= out - 1
                sum += Habits.load * x * x * x * x
            }
        }
        return sum
    }

    /// Makes a chip part of the tree.
    private func join(_ chip: Int, bond: UInt8) {
        sites[chip].tree = wave
        sites[chip].bonds = bond
        sites[chip].wave = wave
        sites[chip].distance = 0
        sites[chip].cost = 0
        size += 1
        queue(Int32(chip), 0)
    }

    /// Has a chip looked at among those of a distance.
    private func queue(_ chip: Int32, _ hops: Int) {
        if queuedCount == queuedCapacity {
            let larger = UnsafeMutablePointer<(chip: Int32, next: Int32)>.allocate(capacity: 2 * queuedCapacity)
            larger.moveInitialize(from: queued, count: queuedCount)
            queued.deallocate()
            (queued, queuedCapacity) = (larger, 2 * queuedCapacity)
        }
        let place = Int32(queuedCount)
        (queued + queuedCount).initialize(to: (chip, -1))
        queuedCount += 1
        if shells[hops].first < 0 {
            shells[hops].first = place
        } else {
            queued[Int(shells[hops].last)].next = place
        }
        shells[hops].last = place
    }

    private func spread(from chip: Int, hops: Int) {
        let farther = Int32(hops + 1)
        if shellCount == hops + 1 {
            (shells + shellCount).initialize(to: Shell())
            shellCount += 1
        }
        let here = sites[chip]
        let (scale, isRelief) = (scale, room < .max)
        for link in 0..<6 {
            let other = Int(neighbours[6 * chip + link])
            guard other >= 0 else { continue }
            let site = sites + other
            let isNew = site.pointee.wave != wave || site.pointee.distance > farther
            guard isNew || site.pointee.distance == farther else { continue }
            guard load[6 * chip + link] <= room else { continue }
            var price = here.cost
            if !isRelief {
                let x = Double(load[6 * chip + link]) * scale
                price += Habits.load * x * x * x
            }
            if hops > 0, Int(here.via) != link { price += Habits.bend }
            if site.pointee.family == family, Int(site.pointee.habit) != (link + 3) % 6 { price += Habits.dissent }
            if isNew {
                site.pointee.wave = wave
                site.pointee.distance = farther
                queue(Int32(other), hops + 1)
            } else if price >= site.pointee.cost {
                continue
            }
            site.pointee.cost = price
            site.pointee.via = Int8(link)
        }
    }

    /// Joins a chip by the cheapest of the shortest paths from the tree.
    private func addPath(to end: Int) {
        var chip = end
        var bond: UInt8 = 0
        while sites[chip].tree != wave {
            let link = sites[chip].via
            let back = (Int(link) + 3) % 6
            join(chip, bond: bond | 1 << UInt8(back))
            bond = 1 << UInt8(link)
            chip = Int(neighbours[6 * chip + back])
        }
        sites[chip].bonds |= bond
    }
}
