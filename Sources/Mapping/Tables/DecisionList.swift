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
    }
    return best
}

/// The search for an order of routes.
private struct DecisionSearch {
    /// Lines of one route.
    private struct Group {
        var route: Route
        var lines: [RoutingEntry]
        /// Some line is no default: the group needs an entry.
        var isNeeded: Bool
        var isDefault: [Bool]
        /// Lines of different sizes: one may hold a part of another.
        var isMixed = false
    }

    private var groups: [Group] = []
    /// Lines that no entry of another route may match, whatever the order.
    private var forbidden: [(entry: RoutingEntry, route: UInt32)] = []
    private let obeysDefaults: Bool
    private var work: Int
    private var blockers = Blockers()

    /// No table has fewer entries than there are routes that need one.
    var fewest: Int { groups.count { $0.isNeeded } }

    init(_ lines: [RawTables.Line], obeysDefaults: Bool) {
        self.obeysDefaults = obeysDefaults
        work = 4_000 * lines.count
        var groupOf: [UInt32: Int] = [:]
        for line in lines {
            let route = line.entry.route
            if obeysDefaults, line.isDefault {
                forbidden.append((line.entry, route.rawValue))
                continue
            }
            let g = groupOf[route.rawValue] ?? groups.count
            if g == groups.count {
                groupOf[route.rawValue] = g
                groups.append(Group(route: route, lines: [], isNeeded: false, isDefault: []))
            }
            if let first = groups[g].lines.first, first.mask != line.entry.mask { groups[g].isMixed = true }
            groups[g].lines.append(line.entry)
            groups[g].isDefault.append(line.isDefault)
            groups[g].isNeeded = groups[g].isNeeded || !line.isDefault
        }
    }

    mutating func run(work limit: Int) -> [RoutingEntry] {
        // First by what each would need in front of all others.
        let needs = groups.indices.map { g in
            cover(g, before: groups.indices.filter { $0 != g }).count
        }
        var order = groups.indices.sorted {
            (needs[$0], groups[$0].lines.count, $0) < (needs[$1], groups[$1].lines.count, $1)
        }
        var best = table(order)
        let byCount = groups.indices.sorted { (groups[$0].lines.count, $0) < (groups[$1].lines.count, $1) }
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
        var blocks: [(entry: RoutingEntry, isDefault: Bool)] = []
        for (i, g) in order.enumerated() { blocks += cover(g, before: order[(i + 1)...]) }
        // From the end: a block of defaults alone is not needed unless a later entry takes its keys.
        var result: [RoutingEntry] = []
        for block in blocks.reversed() where !block.isDefault || result.contains(where: block.entry.meets) {
            result.append(block.entry)
        }
        return result.reversed()
    }

    /// Blocks for all lines of a group that meet no line of the groups behind it.
    private mutating func cover(
        _ g: Int, before later: some Sequence<Int>
    ) -> [(entry: RoutingEntry, isDefault: Bool)] {
        let lines = groups[g].lines
        blockers.removeAll()
        for other in later { for line in groups[other].lines { blockers.append(line) } }
        for (entry, route) in forbidden where route != groups[g].route.rawValue { blockers.append(entry) }

        var result: [(entry: RoutingEntry, isDefault: Bool)] = []
        let whole = lines.dropFirst().reduce(lines[0]) { $0.merged(with: $1) }
        work -= 2 * blockers.count + 2 * lines.count + 20
        if !blockers.meet(whole) { return [(whole, groups[g].isDefault.allSatisfy { $0 })] }
        var isDone = [Bool](repeating: false, count: lines.count)
        var taken: [Int] = []
        var i = 0
        while i < lines.count {
            guard !isDone[i] else {
                i += 1
                continue
            }
            var block = lines[i]
            taken.removeAll(keepingCapacity: true)
            for j in lines.indices.dropFirst(i + 1) where !isDone[j] && work > 0 {
                let merged = block.merged(with: lines[j])
                work -= blockers.count / 4 + 4
                if merged.mask == block.mask && merged.key == block.key || !blockers.meet(merged) {
                    block = merged
                    taken.append(j)
                }
            }
            for j in taken { isDone[j] = true }
            if groups[g].isMixed, !taken.isEmpty, let part = partlyCaught(by: block, lines, isDone, from: i + 1) {
                // Once more without touching that line.
                for j in taken { isDone[j] = false }
                blockers.append(lines[part])
                continue
            }
            result.append((block, taken.allSatisfy { groups[g].isDefault[$0] } && groups[g].isDefault[i]))
            i += 1
        }
        return result
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

/// Blocks to be avoided, sixteen at a time.
private struct Blockers {
    private var keys: [SIMD16<UInt32>] = []
    private var masks: [SIMD16<UInt32>] = []
    private(set) var count = 0

    mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        masks.removeAll(keepingCapacity: true)
        count = 0
    }

    /// The places that are left of the last sixteen repeat its first block.
    mutating func append(_ entry: RoutingEntry) {
        if count % 16 == 0 {
            keys.append(SIMD16(repeating: entry.key))
            masks.append(SIMD16(repeating: entry.mask))
        } else {
            keys[count / 16][count % 16] = entry.key
            masks[count / 16][count % 16] = entry.mask
        }
        count += 1
    }

    func meet(_ entry: RoutingEntry) -> Bool {
        let (key, mask) = (SIMD16(repeating: entry.key), SIMD16(repeating: entry.mask))
        for i in keys.indices where any(((keys[i] ^ key) & masks[i] & mask) .== 0) { return true }
        return false
    }
}
