// Relieving the hottest links.
//
// Short trees like the same links. Where the hottest link carries more trees than its surroundings, some of them can go
// another way of the same length, or a link longer. A bound is put on what any link may carry, and trees across links
// above it are taken out and grown again over links with room. When no link is above the bound any more, a lower one is
// tried; when that does not succeed, the trees before it stay.
//
// Links come before balance, so trees get longer only where they are expected to be shorter than those of other
// placements, by a part of that beyond doubt, and only down to a part of what the hottest link carried. Otherwise they
// keep their length. On few chips, cores that share a tree part in two where their link is much hotter than the others:
// that costs entries.

import Machine

/// Trees that go out of each other's way.
struct Relief {
    private var state: Trees
    /// Cores that share a tree may part.
    private let splits: Bool
    /// The most trees on a link.
    private var heaviest: Int
    /// The most trees on a link at which relief ends.
    private let coolest: Int

    /// A gain up to this may be none.
    private static let doubtful = 0.1
    /// Of the rest of the gain: what may be spent.
    private static let spending = 0.25
    /// Of all links: what may be spent, at most.
    private static let most = 0.1
    /// Of the load of the hottest link: where spending ends.
    private static let coolEnough = 0.75
    /// What the hottest link of few chips has to carry, by the mean of all links, for cores to part.
    private static let crowded = 1.75

    /// The chips in use.
    struct Site {
        var chips = 0
        /// Links between them.
        var links = 0

        /// Trees are as short as they can be, here and elsewhere.
        var isSmall: Bool { chips < 8 }

        init(_ placements: [Placement], on machine: Machine) {
            var isUsed = [Bool](repeating: false, count: machine.chips.count)
            for place in placements where !isUsed[place.chip] {
                isUsed[place.chip] = true
                chips += 1
                for link in 0..<6 {
                    let other = Int(machine.neighbours[6 * place.chip + link])
                    if other >= 0, isUsed[other] { links += 2 }
                }
            }
        }
    }

    /// - Parameters:
    ///   - trees: One tree a group, all of them counted.
    ///   - families: Groups of the same source, as ranges.
    ///   - heaviest: The most of them on a link.
    ///   - site: The chips in use.
    ///   - gain: By what share trees are expected to be shorter than elsewhere.
    ///   - heat: Trees that a link may carry without being relieved; `nil` for as few as can be.
    init(
        _ trees: [RoutingTree], _ groups: [RoutingGroup], _ families: [Range<Int>], heaviest: Int, on site: Site,
        gain: Double, heat: Int?
    ) {
        coolest = max(1, heat ?? 1)
        let links = trees.reduce(0) { $0 + $1.linkCount * $1.cores.count }
        let mayCost =
            site.isSmall ? 0 : Int(Double(links) * min(Self.most, max(0, Self.spending * (gain - Self.doubtful))))
        let mean = Double(links) / Double(max(1, site.links))
        state = Trees(trees, groups, families, spare: mayCost)
        splits = site.isSmall && Double(heaviest) > Self.crowded * mean
        self.heaviest = heaviest
    }

    /// The trees by their first cores.
    var inOrder: [RoutingTree] {
        state.hasSplit ? state.trees.sorted { $0.cores[0] < $1.cores[0] } : state.trees
    }

    /// Lowers the most trees on a link.
    ///
    /// - Parameter work: Chips of trees that may be grown again.
    /// - Complexity: O(work), and a look at all trees for each of up to some dozens of bounds.
    mutating func run(work: Int, _ grower: TreeGrower) {
        state.work = work
        let floor = Int(Self.coolEnough * Double(heaviest))
        var step = max(1, heaviest / 8)
        while heaviest > coolest, state.work > 0 {
            let bound = max(coolest, heaviest - step)
            let spare = state.spare
            if bound < floor { state.spare = 0 }
            if state.move(below: bound, splits: splits, grower) {
                if bound < floor { state.spare = 0 }
                state.keep()
                heaviest = grower.heaviestLoad
            } else {
                state.undo(grower)
                state.spare = spare
                guard step > 1 else { break }
                step /= 2
            }
        }
    }
}

/// Trees, and what may be done to them.
private struct Trees {
    var trees: [RoutingTree]
    /// Links that the trees may still cross more.
    var spare: Int
    /// Chips of trees that may still be grown.
    var work = 0
    /// By tree: the list of targets, and the source.
    private var listOf: [Int]
    private var sourceOf: [Int]
    /// By source: its trees.
    private var kin: [[Int]]
    /// What was done since the last bound that was reached: trees as they were, and whether they parted in two.
    private var changes: [(tree: Int, before: RoutingTree, isSplit: Bool)] = []
    /// Some tree was split off another.
    var hasSplit: Bool { trees.count > groupCount }
    private let groupCount: Int

    init(_ trees: [RoutingTree], _ groups: [RoutingGroup], _ families: [Range<Int>], spare: Int) {
        self.trees = trees
        self.spare = spare
        groupCount = groups.count
        listOf = groups.map(\.list)
        kin = families.map(Array.init)
        sourceOf = [Int](repeating: 0, count: trees.count)
        for (source, family) in families.enumerated() { for t in family { sourceOf[t] = source } }
    }

    /// Moves trees until no link carries more than `bound`; false when that does not succeed.
    mutating func move(below bound: Int, splits: Bool, _ grower: TreeGrower) -> Bool {
        // First what costs nothing, then a link a core, then whatever is left to spare.
        for detour in spare > 0 ? [0, 1, Int.max] : [0] {
            let isLast = detour == .max || spare == 0
            var isAbove = false
            var t = 0
            while t < trees.count {
                defer { t += 1 }
                guard heaviest(of: trees[t], grower) > bound else { continue }
                grower.startFamily()
                for other in kin[sourceOf[t]] where other != t {
                    trees[other].nodes.withUnsafeBufferPointer { grower.follow($0) }
                }
                while !regrow(t, below: bound, detour: detour, grower) {
                    guard work > 0 else { return false }
                    guard splits, isLast, trees[t].cores.count > 1 else {
                        isAbove = true
                        break
                    }
                    split(t)
                }
            }
            if !isAbove { return true }
        }
        return false
    }

    private func heaviest(of tree: RoutingTree, _ grower: TreeGrower) -> Int {
        tree.nodes.withUnsafeBufferPointer { grower.heaviestLoad(of: $0) }
    }

    /// Grows a tree again below the bound; true when it is below it.
    private mutating func regrow(_ t: Int, below bound: Int, detour: Int, _ grower: TreeGrower) -> Bool {
        let old = trees[t]
        grower.count(old, sign: -1)
        work -= old.nodes.count
        let origin = TreeGrower.Origin(chip: old.nodes[0].chip, list: Int32(listOf[t]))
        if grower.grow(from: origin, cores: old.cores.count, most: bound) {
            let more = grower.drafts[0].count - old.nodes.count
            if more <= detour, more * old.cores.count <= spare {
                spare -= more * old.cores.count
                changes.append((t, old, false))
                trees[t].nodes = Array(grower.drafts[0])
                grower.count(trees[t])
                return true
            }
        }
        grower.count(old)
        return heaviest(of: old, grower) <= bound
    }

    /// Keeps what was done.
    mutating func keep() { changes.removeAll(keepingCapacity: true) }

    /// Takes back what was done and not kept, work aside.
    mutating func undo(_ grower: TreeGrower) {
        for (t, before, isSplit) in changes.reversed() {
            grower.count(trees[t], sign: -1)
            if isSplit {
                grower.count(trees[trees.count - 1], sign: -1)
                trees.removeLast()
                listOf.removeLast()
                kin[sourceOf.removeLast()].removeLast()
            }
            trees[t] = before
            grower.count(before)
        }
        keep()
    }

    /// Parts the cores of a tree in two.
    private mutating func split(_ t: Int) {
        changes.append((t, trees[t], true))
        let cores = trees[t].cores
        let half = 1 << (bitsToCount(cores.count) - 1)
        var other = trees[t]
        trees[t].cores = Array(cores[..<half])
        other.cores = Array(cores[half...])
        kin[sourceOf[t]].append(trees.count)
        trees.append(other)
        listOf.append(listOf[t])
        sourceOf.append(sourceOf[t])
    }
}
