// Tables as decision lists.
//
// The first entry that matches decides, so a table is a list of decisions. Take the routes in some order: the entries of
// a route must not match what wants one of the routes still to come, and may match anything else, be it keys that never
// come to the chip or keys that an earlier entry has caught. Each route therefore becomes a *cover*: as few ternary
// blocks as possible that hold all its lines and meet no line of a later route. The route that comes last has nothing to
// avoid, and one entry for everything is enough.
//
//  * A cover grows block by block: the first line that is left takes in every other one that it can. A line that cannot
//    be taken in now cannot be later, since blocks only grow; one pass suffices.
//  * What the order of the routes should be is searched: the routes that need few entries even in front of all others go
//    first, then single routes change their places as long as that saves entries.
//  * Lines that the router's default does anyway need no entry, as long as no entry of another route matches them. That
//    is one way to treat them; the other is to treat them like all lines. Both are tried.
//
// Pair merging is the first step of this: one order, and every line an obligation.

import Machine

/// Finds a short decision list for a chip's lines.
///
/// - Parameters:
///   - lines: Disjoint lines for every key that comes to the chip.
///   - work: Comparisons of blocks to spend on other orders of the routes than the first two.
/// - Returns: A table in which every key that comes is routed as its line says, by an entry or by default.
/// - Complexity: O(work), and O(n²) for n lines; what is not merged after 4000 comparisons a line stays as it is.
/// - Determinism: a function of its arguments.
/// - Source: this project.
func listDecisions(_ lines: [RawTables.Line], work: Int) -> [RoutingEntry] {
    let plain = lines.filter { !$0.isDefault }.map(\.entry)
    guard plain.count > 1 else { return plain }
    var best = plain
    for obeysDefaults in [true, false] {
        var search = DecisionSearch(lines, obeysDefaults: obeysDefaults)
        guard best.count > search.fewest else { break }
        let found = search.run(work: work)
        if found.count < best.count { best = found }
        guard search.hasDefaults else { break }
    }
    return best
}

/// The search for an order of routes.
private struct DecisionSearch {
    /// Lines of one route.
    private struct Group {
        var lines: [RoutingEntry]
        /// Some line is no default: the group needs an entry.
        var isNeeded: Bool
        var isDefault: [Bool]
        /// Lines of different sizes: one may hold a part of another.
        var isMixed = false
    }

    private var groups: [Group] = []
    /// Some line is a default: the other way to treat them is another one.
    let hasDefaults: Bool
    private var work: Int
    /// All lines, with the places of their routes in the order that is tried.
    private var blockers = Blockers()
    /// Lines to be avoided beside those.
    private var more: [RoutingEntry] = []
    private var blocks: [Block] = []
    private var isDone: [Bool] = []
    private var taken: [Int] = []

    private struct Block {
        var entry: RoutingEntry
        var isDefault: Bool
    }

    /// No table has fewer entries than there are routes that need one.
    var fewest: Int { groups.count { $0.isNeeded } }

    init(_ lines: [RawTables.Line], obeysDefaults: Bool) {
        work = 4_000 * lines.count
        var numbers: [UInt32: Int] = [:]
        var forbidden: [(entry: RoutingEntry, group: Int)] = []
        var hasDefaults = false
        for line in lines {
            let route = line.entry.route
            let g = numbers[route.rawValue] ?? numbers.count
            if g == numbers.count {
                numbers[route.rawValue] = g
                groups.append(Group(lines: [], isNeeded: false, isDefault: []))
            }
            hasDefaults = hasDefaults || line.isDefault
            if obeysDefaults, line.isDefault {
                forbidden.append((line.entry, g))
                continue
            }
            if let first = groups[g].lines.first, first.mask != line.entry.mask { groups[g].isMixed = true }
            groups[g].lines.append(line.entry)
            groups[g].isDefault.append(line.isDefault)
            groups[g].isNeeded = groups[g].isNeeded || !line.isDefault
        }
        self.hasDefaults = hasDefaults
        for (g, group) in groups.enumerated() { for line in group.lines { blockers.append(line, of: g) } }
        for (entry, g) in forbidden { blockers.append(entry, of: g, isAlways: true) }
    }

    mutating func run(work limit: Int) -> [RoutingEntry] {
        let filled = groups.indices.filter { !groups[$0].lines.isEmpty }
        // First by what each would need in front of all others.
        var needs = [Int](repeating: 0, count: groups.count)
        blockers.rank(groups.indices.map { _ in 1 })
        for g in filled {
            blocks.removeAll(keepingCapacity: true)
            cover(g, rank: 0)
            needs[g] = blocks.count
        }
        var order = filled.sorted {
            (needs[$0], groups[$0].lines.count, $0) < (needs[$1], groups[$1].lines.count, $1)
        }
        var best = table(order)
        let byCount = filled.sorted { (groups[$0].lines.count, $0) < (groups[$1].lines.count, $1) }
        if byCount != order, case let other = table(byCount), other.count < best.count {
            (best, order) = (other, byCount)
        }
        work = min(work, limit)
        // Routes of one entry can stay in front; the others are worth moving.
        var isBetter = true
        while isBetter, best.count > fewest, work > 0 {
            isBetter = false
            for place in order.indices.reversed() where work > 0 {
                for target in order.indices.reversed() where target != place && work > 0 {
                    var changed = order
                    changed.insert(changed.remove(at: place), at: target)
                    let found = table(changed)
                    if found.count < best.count {
                        (best, order) = (found, changed)
                        isBetter = true
                    }
                }
            }
        }
        return best
    }

    /// The table for an order of groups.
    private mutating func table(_ order: [Int]) -> [RoutingEntry] {
        var ranks = [UInt32](repeating: 0, count: groups.count)
        for (place, g) in order.enumerated() { ranks[g] = UInt32(place) + 1 }
        blockers.rank(ranks)
        blocks.removeAll(keepingCapacity: true)
        for g in order { cover(g, rank: ranks[g]) }
        // From the end: a block of defaults alone is not needed unless a later entry takes its keys.
        var result: [RoutingEntry] = []
        result.reserveCapacity(blocks.count)
        for block in blocks.reversed() where !block.isDefault || result.contains(where: block.entry.meets) {
            result.append(block.entry)
        }
        result.reverse()
        return result
    }

    /// Appends blocks for all lines of a group that meet no line of groups of higher rank.
    private mutating func cover(_ g: Int, rank: UInt32) {
        let count = groups[g].lines.count
        let whole = groups[g].lines.dropFirst().reduce(groups[g].lines[0]) { $0.merged(with: $1) }
        work -= 2 * blockers.count + 2 * count + 20
        if !blockers.meet(whole, above: rank, except: g) {
            blocks.append(Block(entry: whole, isDefault: !groups[g].isNeeded))
            return
        }
        more.removeAll(keepingCapacity: true)
        isDone.removeAll(keepingCapacity: true)
        isDone.append(contentsOf: repeatElement(false, count: count))
        var i = 0
        while i < count {
            guard !isDone[i] else {
                i += 1
                continue
            }
            var block = groups[g].lines[i]
            taken.removeAll(keepingCapacity: true)
            for j in i + 1..<max(i + 1, count) where !isDone[j] && work > 0 {
                let merged = block.merged(with: groups[g].lines[j])
                work -= blockers.count / 4 + 4
                if merged.mask == block.mask && merged.key == block.key
                    || !blockers.meet(merged, above: rank, except: g) && !more.contains(where: merged.meets)
                {
                    block = merged
                    taken.append(j)
                }
            }
            for j in taken { isDone[j] = true }
            if groups[g].isMixed, !taken.isEmpty,
                let part = partlyCaught(by: block, groups[g].lines, isDone, from: i + 1)
            {
                // Once more without touching that line.
                for j in taken { isDone[j] = false }
                more.append(groups[g].lines[part])
                continue
            }
            let isDefault = groups[g].isDefault[i] && taken.allSatisfy { groups[g].isDefault[$0] }
            blocks.append(Block(entry: block, isDefault: isDefault))
            i += 1
        }
    }

    /// A line of which a block holds a part only.
    ///
    /// Sources differ in their atom bits, so that a block of small lines can reach into a larger one of the same route. The
    /// rest of that would find its way as well, but what decides about a core is to be one entry.
    private func partlyCaught(by block: RoutingEntry, _ lines: [RoutingEntry], _ isDone: [Bool], from first: Int)
        -> Int?
    {
        lines.indices.dropFirst(first).first {
            !isDone[$0] && block.meets(lines[$0]) && block.mask & ~lines[$0].mask != 0
        }
    }
}

/// The lines of all groups, sixteen at a time.
private struct Blockers {
    private var keys: [SIMD16<UInt32>] = []
    private var masks: [SIMD16<UInt32>] = []
    /// Numbers of the groups, and the ranks of those that count.
    private var groups: [SIMD16<UInt32>] = []
    private var ranks: [SIMD16<UInt32>] = []
    /// Lines of higher rank than any group.
    private var firstAlways = Int.max
    private(set) var count = 0

    /// The places that are left of the last sixteen repeat its first line.
    ///
    /// - Parameter isAlways: Entries of other groups may not match it, whatever the order; such lines come last.
    mutating func append(_ entry: RoutingEntry, of group: Int, isAlways: Bool = false) {
        if isAlways { firstAlways = min(firstAlways, count) }
        if count % 16 == 0 {
            keys.append(SIMD16(repeating: entry.key))
            masks.append(SIMD16(repeating: entry.mask))
            groups.append(SIMD16(repeating: UInt32(group)))
            ranks.append(SIMD16(repeating: 0))
        } else {
            keys[count / 16][count % 16] = entry.key
            masks[count / 16][count % 16] = entry.mask
            groups[count / 16][count % 16] = UInt32(group)
        }
        count += 1
    }

    /// Ranks every line as its group.
    mutating func rank(_ rankOf: [UInt32]) {
        for i in keys.indices {
            for k in 0..<16 {
                let line = 16 * i + k < count ? 16 * i + k : 16 * i
                ranks[i][k] = line >= firstAlways ? .max : rankOf[Int(groups[i][k])]
            }
        }
    }

    /// Some line of another group and a higher rank matches a key that the entry matches, too.
    func meet(_ entry: RoutingEntry, above rank: UInt32, except group: Int) -> Bool {
        let (key, mask) = (SIMD16(repeating: entry.key), SIMD16(repeating: entry.mask))
        let (rank, group) = (SIMD16(repeating: rank), SIMD16(repeating: UInt32(group)))
        for i in keys.indices
        where any((((keys[i] ^ key) & masks[i] & mask) .== 0) .& (ranks[i] .> rank) .& (groups[i] .!= group)) {
            return true
        }
        return false
    }
}
