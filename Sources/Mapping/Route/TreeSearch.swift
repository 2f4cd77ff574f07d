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
        grower = TreeGrower(machine, TargetChips(graph, placements, chipCount: machine.chips.count))
        site = Relief.Site(placements, on: machine)
    }

    /// - Parameters:
    ///   - effort: Multiplies the work of improving.
    ///   - gain: By what share trees are expected to be shorter than elsewhere.
    ///   - sources: Cores of the same source, as ranges.
    ///   - shared: Sources, as ranges of cores, whose groups form one family with a common tree.
    /// - Throws: `.doesNotFit` when a chip cannot be reached.
    mutating func run(effort: Double, gain: Double, sources: [Range<Int>], sharing shared: [Range<Int>]) throws(Failure)
    {
        findFamilies(sources, shared)
        trees.reserveCapacity(groups.count)
        for f in families.indices {
            grower.startFamily()
            var next = families[f].lowerBound
            while next < families[f].upperBound {
                let unit = unit(of: f, from: next)
                try grower.grow(groups[unit]) { trees.append($0) }
                for t in unit { grower.count(trees[t]) }
                next = unit.upperBound
            }
        }
        let nodes = trees.reduce(0) { $0 + $1.nodes.count }
        let rounds = Int((effort * min(6, max(1, 2000 / Double(max(1, nodes))))).rounded(.up))
        try improve(rounds: rounds, seeds: 0)
        if try share(nodes: nodes) { try improve(rounds: 1, seeds: rounds) }
        var relief = Relief(trees, groups, families, heaviest: grower.heaviestLoad, on: site, gain: gain)
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
        var candidates: [RoutingTree] = []
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
                    guard trees[unit].contains(where: { $0.linkCount > 1 }) else { continue }
                    for t in unit { grower.count(trees[t], sign: -1) }
                    let seed = isElsewhere || unit.count > 1 ? first + 1 + round : 0
                    candidates.removeAll(keepingCapacity: true)
                    try grower.grow(groups[unit], seed: seed) { candidates.append($0) }
                    let (old, new) = (price(of: trees[unit]), price(of: candidates[...]))
                    if new.links < old.links || new.links == old.links && new.strain < old.strain - 1e-9 {
                        for (t, tree) in zip(unit, candidates) { trees[t] = tree }
                        isBetter = true
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
        let size = families.map { groups[$0].reduce(0) { $0 + $1.cores.count } }
        let candidates = families.indices.filter { !isShared[$0] && families[$0].count > 1 }
        for f in candidates.sorted(by: { (size[$0], $0) < (size[$1], $1) }) {
            let unit = families[f]
            let spread = trees[unit].reduce(0) { $0 + $1.nodes.count }
            guard unit.count * min(spread, site.chips) < Self.mostVisits else { continue }
            grower.startFamily()
            for t in unit { grower.count(trees[t], sign: -1) }
            let old = price(of: trees[unit])
            var best: (trees: [RoutingTree], links: Int, strain: Double)?
            for seed in 0..<3 {
                var new: [RoutingTree] = []
                try grower.grow(groups[unit], seed: seed) { new.append($0) }
                let other = price(of: new[...])
                guard 100 * other.links <= Self.mostLinksShared * old.links, other.heaviest <= limit else { continue }
                if let best, (best.links, best.strain) <= (other.links, other.strain) { continue }
                best = (new, other.links, other.strain)
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

    /// What trees cost that are not counted at the moment.
    private func price(of trees: ArraySlice<RoutingTree>) -> (links: Int, strain: Double, heaviest: Int) {
        var result = (links: 0, strain: 0.0, heaviest: 0)
        for tree in trees {
            result.links += tree.linkCount * tree.cores.count
            result.strain += grower.strain(of: tree)
            result.heaviest = max(result.heaviest, grower.count(tree))
        }
        for tree in trees { grower.count(tree, sign: -1) }
        return result
    }
}
