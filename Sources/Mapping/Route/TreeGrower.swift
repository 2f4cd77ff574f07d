import Diagnostics
import Machine

/// Grows trees one after the other; what it knows of a chip is reused from tree to tree.
final class TreeGrower {
    typealias Nodes = UnsafeBufferPointer<RoutingTree.Node>

    /// Where a tree begins and what it has to reach.
    struct Origin {
        var chip: Int32
        /// Number of the list of targets.
        var list: Int32
    }

    private let machine: Machine
    private let targets: TargetChips
    private let chipCount: Int
    /// By group: its origin.
    private let origins: UnsafeMutablePointer<Origin>
    /// By chip, and a closed one for all that is not there.
    private let sites: UnsafeMutablePointer<TreeSite>
    private let neighbours: UnsafeMutablePointer<Int32>
    /// Trees across each link, `[chips × 6]`.
    private let load: UnsafeMutablePointer<Int32>
    /// Trees over all links that carry any, and how many those are.
    private var (totalLoad, usedLinks) = (0, 0)
    private var (family, wave): (Int32, Int64) = (0, 0)
    /// What a path avoids in a link that carries as many trees as the average one.
    var loadCost = PathHabits.load
    private var shells: TreeShells
    private let terminals: UnsafeMutablePointer<Int32>
    private let isNeeded: UnsafeMutablePointer<Bool>
    /// The trees grown last.
    private(set) var drafts = TreeDrafts()

    init(_ machine: Machine, _ targets: TargetChips, _ groups: [RoutingGroup]) {
        self.machine = machine
        self.targets = targets
        chipCount = machine.chips.count
        origins = .allocate(capacity: max(1, groups.count))
        for i in groups.indices {
            (origins + i).initialize(to: Origin(chip: Int32(groups[i].chip), list: Int32(groups[i].list)))
        }
        sites = .allocate(capacity: chipCount + 1)
        sites.initialize(repeating: TreeSite(), count: chipCount + 1)
        sites[chipCount].reached = TreeSite.closed
        neighbours = .allocate(capacity: 6 * chipCount)
        for wire in 0..<6 * chipCount {
            let other = machine.neighbours[wire]
            (neighbours + wire).initialize(to: other < 0 ? Int32(chipCount) : other)
        }
        load = .allocate(capacity: 6 * chipCount)
        load.initialize(repeating: 0, count: 6 * chipCount)
        shells = TreeShells(chipCount: chipCount)
        terminals = .allocate(capacity: chipCount)
        isNeeded = .allocate(capacity: chipCount)
    }

    deinit {
        origins.deallocate()
        sites.deallocate()
        neighbours.deallocate()
        load.deallocate()
        shells.deallocate()
        terminals.deallocate()
        isNeeded.deallocate()
        drafts.deallocate()
    }

    /// Starts another source: the trees from here on agree with each other rather than with those before.
    func startFamily() { family += 1 }

    /// Has the trees from here on agree with this one.
    func follow(_ nodes: Nodes) {
        for node in nodes where node.entrance >= 0 {
            sites[Int(node.chip)].habit = node.entrance
            sites[Int(node.chip)].family = family
        }
    }

    /// Grows one tree over the chips of some groups and all their targets, and takes from it what each group needs.
    ///
    /// The trees are in ``drafts``.
    ///
    /// - Parameter seed: Which of the chips growth starts at; 0 is the first group's.
    /// - Throws: `.doesNotFit` when a chip cannot be reached.
    /// - Complexity: O(chips near the tree + groups × chips of the tree).
    func grow(_ groups: Range<Int>, seed: Int = 0) throws(Failure) {
        guard canGrow(origins + groups.lowerBound, groups.count, seed: seed, room: .max) else {
            throw Failure(
                .doesNotFit,
                "chip \(machine.chips[Int(origins[groups.lowerBound].chip)]) cannot reach all targets of its cores; "
                    + "remove link faults")
        }
    }

    /// Grows the tree of cores on one chip so that no link carries more than `most` trees; false when that leaves no
    /// way.
    ///
    /// - Complexity: O(chips near the tree).
    func grow(from origin: Origin, cores: Int, most: Int) -> Bool {
        guard cores <= most else { return false }
        return withUnsafePointer(to: origin) { canGrow($0, 1, seed: 0, room: Int32(most - cores)) }
    }

    /// - Parameter room: Trees that a link may carry before it is closed.
    private func canGrow(_ origins: UnsafePointer<Origin>, _ count: Int, seed: Int, room: Int32) -> Bool {
        // A source is a chip to be joined like the others, without cores.
        let marker: UInt32 = 1 << 31
        let (sites, terminals) = (sites, terminals)
        var wanted = 0
        for i in 0..<count {
            let chip = origins[i].chip
            if sites[Int(chip)].wanted == 0 {
                terminals[wanted] = chip
                wanted += 1
            }
            sites[Int(chip)].wanted = marker
        }
        var hasOneList = true
        var last: Int32 = -1
        for i in 0..<count where origins[i].list != last {
            hasOneList = hasOneList && last < 0
            last = origins[i].list
            targets.forEach(of: Int(last)) { chip, cores in
                if sites[chip].wanted == 0 {
                    terminals[wanted] = Int32(truncatingIfNeeded: chip)
                    wanted += 1
                }
                sites[chip].wanted |= cores
            }
        }
        drafts.removeAll()
        wave += 1
        var tree = TreeWave(
            sites: sites, neighbours: neighbours, load: load, begin: -wave << 32, family: family,
            scale: 1 / max(1, Double(totalLoad) / Double(max(1, usedLinks))), loadCost: loadCost, room: room,
            shells: shells)
        let isWhole = tree.run(from: Int(terminals[seed % wanted]), wanted: wanted)
        shells = tree.shells
        if isWhole {
            let size = shells.treeSize
            for i in 0..<wanted { sites[Int(terminals[i])].wanted &= hasOneList ? ~marker : 0 }
            for i in 0..<count {
                let list = Int(origins[i].list)
                if !hasOneList { targets.forEach(of: list) { sites[$0].wanted |= $1 } }
                orient(from: origins[i].chip, size: size, isAlone: count == 1)
                if !hasOneList { targets.forEach(of: list) { chip, _ in sites[chip].wanted = 0 } }
            }
        }
        for i in 0..<wanted { sites[Int(terminals[i])].wanted = 0 }
        return isWhole
    }

    /// Drafts the tree of `size` chips as it is seen from a source.
    ///
    /// - Parameter isAlone: All of it leads to targets.
    private func orient(from source: Int32, size: Int, isAlone: Bool) {
        let nodes = drafts.begin(atMost: size)
        let (sites, neighbours) = (sites, neighbours)
        (nodes + 0).initialize(to: .init(chip: source, entrance: -1, route: .none))
        var (count, next) = (1, 0)
        while next < count {
            let chip = Int(nodes[next].chip)
            var out = sites[chip].bonds
            if nodes[next].entrance >= 0 { out &= ~(1 << UInt8(truncatingIfNeeded: nodes[next].entrance)) }
            nodes[next].route = Route(rawValue: UInt32(out) | sites[chip].wanted)
            while out != 0 {
                let link = out.trailingZeroBitCount
                out &= out - 1
                (nodes + count).initialize(
                    to: .init(
                        chip: neighbours[6 * chip + link], entrance: Int8(truncatingIfNeeded: oppositeLink(link)),
                        route: .none))
                count += 1
            }
            next += 1
        }
        drafts.end(isAlone ? count : prune(nodes, count))
    }

    /// Leaves out what leads to no core; returns how many nodes are left.
    private func prune(_ nodes: UnsafeMutablePointer<RoutingTree.Node>, _ count: Int) -> Int {
        // Children stand behind their parents, in the order of the parents' links.
        let isNeeded = isNeeded
        for i in 0..<count { isNeeded[i] = nodes[i].route.rawValue & ~63 != 0 }
        var child = count
        for i in stride(from: count - 1, through: 0, by: -1) {
            var out = nodes[i].route.rawValue & 63
            child -= out.nonzeroBitCount
            var next = child
            while out != 0 {
                let link = out & (0 &- out)
                out &= out - 1
                if isNeeded[next] { isNeeded[i] = true } else { nodes[i].route.rawValue &= ~link }
                next += 1
            }
        }
        isNeeded[0] = true
        var left = 0
        for i in 0..<count where isNeeded[i] {
            nodes[left] = nodes[i]
            left += 1
        }
        return left
    }

    /// Counts a tree's links for the trees to come, or, with a negative sign, no longer; they agree with it.
    ///
    /// - Returns: The most trees that any of its links carries then.
    @discardableResult
    func count(_ nodes: Nodes, cores: Int, sign: Int = 1) -> Int {
        var most: Int32 = 0
        let trees = Int32(sign * cores)
        let (sites, load, family) = (sites, load, family)
        var (links, newlyUsed) = (0, 0)
        for node in nodes {
            let chip = Int(node.chip)
            if node.entrance >= 0 {
                sites[chip].habit = node.entrance
                sites[chip].family = family
            }
            var out = node.route.rawValue & 63
            while out != 0 {
                let wire = 6 * chip + out.trailingZeroBitCount
                out &= out - 1
                let before = load[wire]
                let after = before + trees
                load[wire] = after
                links += 1
                newlyUsed += (before == 0 ? 1 : 0) - (after == 0 ? 1 : 0)
                most = max(most, after)
            }
        }
        totalLoad += links * sign * cores
        usedLinks += newlyUsed
        return Int(most)
    }

    /// The most trees on any of a tree's links.
    ///
    /// - Complexity: O(chips of the tree).
    func heaviestLoad(of nodes: Nodes) -> Int {
        var most: Int32 = 0
        let load = load
        for node in nodes {
            var out = node.route.rawValue & 63
            while out != 0 {
                most = max(most, load[6 * Int(node.chip) + out.trailingZeroBitCount])
                out &= out - 1
            }
        }
        return Int(most)
    }

    /// The most trees on any link.
    ///
    /// - Complexity: O(links).
    var heaviestLoad: Int {
        var most: Int32 = 0
        let load = load
        for wire in 0..<6 * chipCount { most = max(most, load[wire]) }
        return Int(most)
    }

    /// What a tree's links cost beside their number: the growth of the fourth powers of all loads.
    func strain(of nodes: Nodes, cores: Int) -> Double {
        var sum = 0.0
        let own = Double(cores)
        let scale = 1 / max(1, Double(totalLoad) / Double(max(1, usedLinks)))
        let load = load
        for node in nodes {
            var out = node.route.rawValue & 63
            if node.entrance >= 0, out != 1 << UInt32((node.entrance + 3) % 6) { sum += PathHabits.bend / 4 }
            while out != 0 {
                let x = (Double(load[6 * Int(node.chip) + out.trailingZeroBitCount]) + own) * scale
                out &= out - 1
                sum += loadCost * x * x * x * x
            }
        }
        return sum
    }
}
