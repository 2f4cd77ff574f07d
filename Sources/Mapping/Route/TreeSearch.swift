import Diagnostics
import Machine

/// Finds trees for all groups of cores, and improves them among each other.
struct TreeSearch {
    private(set) var trees: [RoutingTree] = []
    private let groups: [RoutingGroup]
    private let grower: TreeGrower
    private let site: Relief.Site
    /// Groups, as ranges, that are grown together or could be: those of one source.
    private var families: [Range<Int>] = []
    private var isShared: [Bool] = []

    /// Percent of the links of single trees that a common tree may take.
    private static let mostLinksShared = 110
    /// Chips that the trees of a family may visit together for a common tree to be tried.
    private static let mostVisits = 3_000_000

    init(_ groups: [RoutingGroup], _ graph: CoreGraph, _ placements: [Placement], _ machine: Machine) {
        self.groups = groups
        grower = TreeGrower(machine, TargetChips(graph, placements, chipCount: machine.chips.count), groups)
        site = Relief.Site(placements, on: machine)
    }

    /// - Parameters:
    ///   - effort: Multiplies the work of improving.
    ///   - gain: By what share trees are expected to be shorter than elsewhere.
    ///   - heat: Trees that a link may carry without being relieved; `nil` for as few as can be.
    ///   - sources: Cores of the same source, as ranges.
    ///   - shared: Sources, as ranges of cores, whose groups form one family with a common tree.
    /// - Throws: `.doesNotFit` when a chip cannot be reached.
    mutating func run(
        effort: Double, gain: Double, heat: Int?, sources: [Range<Int>], sharing shared: [Range<Int>]
    ) throws(Failure) {
        findFamilies(sources, shared)
        // Trees that do not look at each other agree most.
        if heat != nil { grower.loadCost = 0 }
        trees.reserveCapacity(groups.count)
        for f in families.indices {
            grower.startFamily()
            var next = families[f].lowerBound
            while next < families[f].upperBound {
                let unit = unit(of: f, from: next)
                try grower.grow(unit)
                for t in unit { trees.append(draft(of: t, in: unit)) }
                for t in unit { grower.count(trees[t]) }
                next = unit.upperBound
            }
        }
        let nodes = trees.reduce(0) { $0 + $1.nodes.count }
        let rounds = Int((effort * min(6, max(1, 2000 / Double(max(1, nodes))))).rounded(.up))
        try improve(rounds: rounds, seeds: 0)
        if let heat, grower.heaviestLoad > heat {
            grower.loadCost = PathHabits.load
            try improve(rounds: rounds, seeds: 0)
        }
        if try share(nodes: nodes) { try improve(rounds: 1, seeds: rounds) }
        var relief = Relief(trees, groups, families, heaviest: grower.heaviestLoad, on: site, gain: gain, heat: heat)
        trees = []
        relief.run(work: Int(effort * Double(200 + 2 * nodes)), grower)
        trees = relief.inOrder
    }

    /// Groups are in the order of their first cores, and the cores of a source are neighbours.
    private mutating func findFamilies(_ sources: [Range<Int>], _ shared: [Range<Int>]) {
        var next = 0
        for source in sources.sorted(by: { $0.lowerBound < $1.lowerBound }) where !source.isEmpty {
            let first = next
            while next < groups.count, groups[next].cores[0] < source.upperBound { next += 1 }
            families.append(first..<next)
            isShared.append(shared.contains(source))
        }
    }

    /// The groups from `first` on that have a tree in common.
    private func unit(of family: Int, from first: Int) -> Range<Int> {
        isShared[family] ? families[family] : first..<first + 1
    }

    /// Grows trees again among all the others while that makes them shorter or relieves the links with most trees.
    ///
    /// - Source: this project; a tree depends on the chip where its growth starts, which is why others are tried.
    private mutating func improve(rounds: Int, seeds first: Int) throws(Failure) {
        var isBetter = true
        for round in 0..<rounds {
            // Where nothing was better, only growing from elsewhere can be.
            let isElsewhere = round % 3 == 2
            guard isBetter || isElsewhere else { continue }
            isBetter = false
            for f in families.indices {
                grower.startFamily()
                var next = families[f].lowerBound
                while next < families[f].upperBound {
                    let unit = unit(of: f, from: next)
                    next = unit.upperBound
                    var (links, isLong) = (0, false)
                    for t in unit {
                        links += trees[t].linkCount * trees[t].cores.count
                        isLong = isLong || trees[t].linkCount > 1
                    }
                    guard isLong else { continue }
                    for t in unit { grower.count(trees[t], sign: -1) }
                    let seed = isElsewhere || unit.count > 1 ? first + 1 + round : 0
                    try grower.grow(unit, seed: seed)
                    let newLinks = linksOfDrafts(of: unit)
                    if newLinks < links || newLinks == links && strainOfDrafts(of: unit) < strain(of: unit) - 1e-9 {
                        for t in unit { trees[t] = draft(of: t, in: unit) }
                        isBetter = true
                    } else {
                        followDrafts(of: unit)
                    }
                    for t in unit { grower.count(trees[t]) }
                }
            }
            if !isBetter, isElsewhere { break }
        }
    }

    /// Gives families a common tree where that makes their trees hardly longer; true when it did.
    ///
    /// The more trees come to a chip, the more entries are worth: with fifty of them half as much again may go over the
    /// hottest link, with a handful nothing more than before.
    private mutating func share(nodes: Int) throws(Failure) -> Bool {
        var didShare = false
        let visits = Double(nodes) / Double(max(1, site.chips))
        let limit = Int(Double(grower.heaviestLoad) * (1 + min(0.5, visits * visits / 3600)))
        // A common tree saves as many entries for few cores as for many.
        var candidates: [(size: Int, family: Int)] = []
        for f in families.indices where !isShared[f] && families[f].count > 1 {
            candidates.append((families[f].reduce(0) { $0 + groups[$1].cores.count }, f))
        }
        candidates.sort { $0 < $1 }
        for (_, f) in candidates {
            let unit = families[f]
            var (spread, links) = (0, 0)
            for t in unit {
                spread += trees[t].nodes.count
                links += trees[t].linkCount * trees[t].cores.count
            }
            guard unit.count * min(spread, site.chips) < Self.mostVisits else { continue }
            grower.startFamily()
            for t in unit { grower.count(trees[t], sign: -1) }
            var best: (trees: [RoutingTree], links: Int, strain: Double)?
            for seed in 0..<3 {
                try grower.grow(unit, seed: seed)
                let newLinks = linksOfDrafts(of: unit)
                guard 100 * newLinks <= Self.mostLinksShared * links else {
                    followDrafts(of: unit)
                    continue
                }
                let new = priceOfDrafts(of: unit)
                guard new.heaviest <= limit else { continue }
                if let best, (best.links, best.strain) <= (newLinks, new.strain) { continue }
                best = (unit.map { draft(of: $0, in: unit) }, newLinks, new.strain)
            }
            if let best {
                trees.replaceSubrange(unit, with: best.trees)
                isShared[f] = true
                didShare = true
            }
            for t in unit { grower.count(trees[t]) }
        }
        return didShare
    }

    // MARK: - Drafts of the trees of a unit

    /// The tree that was drafted for a group.
    private func draft(of group: Int, in unit: Range<Int>) -> RoutingTree {
        RoutingTree(cores: groups[group].cores, nodes: Array(grower.drafts[group - unit.lowerBound]))
    }

    /// Links of the drafts, each as often as it has cores.
    private func linksOfDrafts(of unit: Range<Int>) -> Int {
        var links = 0
        for t in unit { links += (grower.drafts[t - unit.lowerBound].count - 1) * groups[t].cores.count }
        return links
    }

    private func followDrafts(of unit: Range<Int>) {
        for t in unit { grower.follow(grower.drafts[t - unit.lowerBound]) }
    }

    /// What drafts cost, each beside those before it; none of the unit's trees is counted at the moment.
    private func priceOfDrafts(of unit: Range<Int>) -> (strain: Double, heaviest: Int) {
        var (strain, heaviest) = (0.0, 0)
        for t in unit {
            let (nodes, cores) = (grower.drafts[t - unit.lowerBound], groups[t].cores.count)
            strain += grower.strain(of: nodes, cores: cores)
            heaviest = max(heaviest, grower.count(nodes, cores: cores))
        }
        for t in unit { grower.count(grower.drafts[t - unit.lowerBound], cores: groups[t].cores.count, sign: -1) }
        return (strain, heaviest)
    }

    private func strainOfDrafts(of unit: Range<Int>) -> Double {
        guard unit.count == 1 else { return priceOfDrafts(of: unit).strain }
        return grower.strain(of: grower.drafts[0], cores: groups[unit.lowerBound].cores.count)
    }

    /// What trees cost that are not counted at the moment, each beside those before it.
    private func strain(of unit: Range<Int>) -> Double {
        var strain = 0.0
        for t in unit {
            strain += grower.strain(of: trees[t])
            if unit.count > 1 { grower.count(trees[t]) }
        }
        if unit.count > 1 { for t in unit { grower.count(trees[t], sign: -1) } }
        return strain
    }
}

extension TreeGrower {
    /// See ``count(_:cores:sign:)``.
    func count(_ tree: RoutingTree, sign: Int = 1) {
        tree.nodes.withUnsafeBufferPointer { _ = count($0, cores: tree.cores.count, sign: sign) }
    }

    func strain(of tree: RoutingTree) -> Double {
        tree.nodes.withUnsafeBufferPointer { strain(of: $0, cores: tree.cores.count) }
    }
}
