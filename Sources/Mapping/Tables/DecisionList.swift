// Tables as decision lists.
//
// The first entry that matches decides, so a table is a list of decisions. Take the routes in some order: the entries
// of a route must not match what wants one of the routes still to come, and may match anything else, be it keys that
// never come to the chip or keys that an earlier entry has caught. Each route therefore becomes a *cover*: as few
// ternary blocks as possible that hold all its lines and meet no line of a later route. The route that comes last has
// nothing to avoid, and one entry for everything is enough.
//
//  * A cover grows block by block: the first line that is left takes in every other one that it can. A line that cannot
//    be taken in now cannot be later, since blocks only grow; one pass suffices.
//  * What the order of the routes should be is searched: the routes that need few entries even in front of all others
//    go first, then single routes change their places as long as that saves entries.
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
///   - search: Memory that is used again from table to table.
/// - Returns: A table in which every key that comes is routed as its line says, by an entry or by default.
/// - Complexity: O(work), and O(n²) for n lines; what is not merged after 4000 comparisons a line stays as it is.
/// - Determinism: a function of its arguments.
/// - Source: this project.
func listDecisions(_ lines: [RawTables.Line], work: Int, _ search: DecisionSearch) -> [RoutingEntry] {
    let plain = lines.filter { !$0.isDefault }.map(\.entry)
    guard plain.count > 1 else { return plain }
    var best = plain
    for obeysDefaults in [true, false] {
        search.take(lines, obeysDefaults: obeysDefaults)
        guard best.count > search.fewest else { break }
        let found = search.run(work: work)
        if found.count < best.count { best = found }
        guard search.hasDefaults else { break }
    }
    return best
}

/// The search for an order of routes; its memory serves one table after the other.
final class DecisionSearch {
    /// Lines of one route.
    private struct Group {
        var route: UInt32
        /// Where its lines are.
        var first = 0
        var count = 0
        /// Some line is no default: the group needs an entry.
        var isNeeded = false
        /// Lines of different sizes: one may hold a part of another.
        var isMixed = false
    }

    private struct Block {
        var entry: RoutingEntry
        var isDefault: Bool
    }

    private var given: [RawTables.Line] = []
    private var groups: [Group] = []
    /// By hash of a route: its group, −1 where there is none.
    private var slots: [Int32] = []
    /// By line given: its group, −1 for defaults that need no entry.
    private var groupOf: [Int32] = []
    /// Some line is a default: the other way to treat them is another one.
    private(set) var hasDefaults = false
    private var work = 0
    /// All lines by their groups.
    private var lines = Scratch<RawTables.Line>()
    private var isDone = Scratch<Bool>()
    /// The same lines and more, with the places of their routes in the order that is tried.
    private var blockers = Blockers()
    private var ranks: [UInt32] = []
    /// Lines to be avoided beside those.
    private var more: [RoutingEntry] = []
    private var blocks: [Block] = []
    private var taken: [Int] = []
    private var table: [RoutingEntry] = []

    /// No table has fewer entries than there are routes that need one.
    private(set) var fewest = 0

    deinit {
        lines.deallocate()
        isDone.deallocate()
        blockers.deallocate()
    }

    /// Takes the lines of another table.
    func take(_ given: [RawTables.Line], obeysDefaults: Bool) {
        work = 4_000 * given.count
        groups.removeAll(keepingCapacity: true)
        groupOf.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        slots.append(contentsOf: repeatElement(-1, count: 2 << bitsToCount(given.count)))
        hasDefaults = false
        for line in given {
            let g = group(of: line.entry.route.rawValue)
            hasDefaults = hasDefaults || line.isDefault
            if obeysDefaults, line.isDefault {
                groupOf.append(-1)
            } else {
                groups[g].count += 1
                groups[g].isNeeded = groups[g].isNeeded || !line.isDefault
                groupOf.append(Int32(g))
            }
        }
        fewest = groups.count { $0.isNeeded }
        self.given = given
    }

    /// Puts the lines of each group together.
    private func arrange() {
        var first = 0
        for g in groups.indices {
            groups[g].first = first
            first += groups[g].count
            groups[g].count = 0
        }
        lines.reserve(given.count)
        isDone.reserve(given.count)
        blockers.removeAll(reserving: given.count)
        for (line, g) in zip(given, groupOf) where g >= 0 {
            let place = groups[Int(g)].first + groups[Int(g)].count
            lines[place] = line
            if line.entry.mask != lines[groups[Int(g)].first].entry.mask { groups[Int(g)].isMixed = true }
            groups[Int(g)].count += 1
        }
        for g in groups.indices {
            for i in groups[g].first..<groups[g].first + groups[g].count { blockers.append(lines[i].entry, of: g) }
        }
        for (line, g) in zip(given, groupOf) where g < 0 {
            blockers.append(line.entry, of: group(of: line.entry.route.rawValue), isAlways: true)
        }
    }

    /// The group of a route, a new one where there is none.
    private func group(of route: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int((route &* 0x9E37_79B1) >> 12) & mask
        while slots[slot] >= 0 {
            if groups[Int(slots[slot])].route == route { return Int(slots[slot]) }
            slot = (slot + 1) & mask
        }
        slots[slot] = Int32(groups.count)
        groups.append(Group(route: route))
        return groups.count - 1
    }

    func run(work limit: Int) -> [RoutingEntry] {
        arrange()
        let filled = groups.indices.filter { groups[$0].count > 0 }
        // First by what each would need in front of all others.
        var needs = [Int](repeating: 0, count: groups.count)
        ranks.removeAll(keepingCapacity: true)
        ranks.append(contentsOf: repeatElement(1, count: groups.count))
        blockers.rank(ranks)
        for g in filled {
            blocks.removeAll(keepingCapacity: true)
            cover(g, rank: 0)
            needs[g] = blocks.count
        }
        var order = filled.sorted { (needs[$0], groups[$0].count, $0) < (needs[$1], groups[$1].count, $1) }
        write(order)
        var best = table
        let byCount = filled.sorted { (groups[$0].count, $0) < (groups[$1].count, $1) }
        if byCount != order {
            write(byCount)
            if table.count < best.count { (best, order) = (table, byCount) }
        }
        work = min(work, limit)
        // Routes of one entry can stay in front; the others are worth moving.
        var isBetter = true
        while isBetter, best.count > fewest, work > 0 {
            isBetter = false
            for place in order.indices.reversed() where work > 0 {
                for target in order.indices.reversed() where target != place && work > 0 {
                    order.insert(order.remove(at: place), at: target)
                    write(order)
                    if table.count < best.count {
                        best = table
                        isBetter = true
                    } else {
                        order.insert(order.remove(at: target), at: place)
                    }
                }
            }
        }
        return best
    }

    /// Writes ``table`` for an order of groups.
    private func write(_ order: [Int]) {
        for g in ranks.indices { ranks[g] = 0 }
        for (place, g) in order.enumerated() { ranks[g] = UInt32(place) + 1 }
        blockers.rank(ranks)
        blocks.removeAll(keepingCapacity: true)
        for g in order { cover(g, rank: ranks[g]) }
        // From the end: a block of defaults alone is not needed unless a later entry takes its keys.
        table.removeAll(keepingCapacity: true)
        for block in blocks.reversed() where !block.isDefault || table.contains(where: block.entry.meets) {
            table.append(block.entry)
        }
        table.reverse()
    }

    /// Appends blocks for all lines of a group that meet no line of groups of higher rank.
    private func cover(_ g: Int, rank: UInt32) {
        let (first, count) = (groups[g].first, groups[g].count)
        let (lines, isDone) = (lines.start + first, isDone.start)
        var whole = lines[0].entry
        for i in 1..<max(1, count) { whole = whole.merged(with: lines[i].entry) }
        work -= 2 * blockers.count + 2 * count + 20
        blockers.select(above: rank, except: g)
        if !blockers.meet(whole) {
            blocks.append(Block(entry: whole, isDefault: !groups[g].isNeeded))
            return
        }
        more.removeAll(keepingCapacity: true)
        for i in 0..<count { isDone[i] = false }
        var i = 0
        while i < count {
            guard !isDone[i] else {
                i += 1
                continue
            }
            var block = lines[i].entry
            taken.removeAll(keepingCapacity: true)
            for j in i + 1..<max(i + 1, count) where !isDone[j] && work > 0 {
                let merged = block.merged(with: lines[j].entry)
                work -= blockers.count / 4 + 4
                if merged.mask == block.mask && merged.key == block.key
                    || !blockers.meet(merged) && !more.contains(where: merged.meets)
                {
                    block = merged
                    taken.append(j)
                }
            }
            for j in taken { isDone[j] = true }
            if groups[g].isMixed, !taken.isEmpty, let part = partlyCaught(by: block, lines, count, from: i + 1) {
                // Once more without touching that line.
                for j in taken { isDone[j] = false }
                more.append(lines[part].entry)
                continue
            }
            let isDefault = lines[i].isDefault && taken.allSatisfy { lines[$0].isDefault }
            blocks.append(Block(entry: block, isDefault: isDefault))
            i += 1
        }
    }

    /// A line of which a block holds a part only.
    ///
    /// Sources differ in their atom bits, so that a block of small lines can reach into a larger one of the same route.
    /// The rest of that would find its way as well, but what decides about a core is to be one entry.
    private func partlyCaught(
        by block: RoutingEntry, _ lines: UnsafeMutablePointer<RawTables.Line>, _ count: Int, from first: Int
    ) -> Int? {
        for i in first..<max(first, count) {
            let line = lines[i].entry
            if !isDone.start[i], block.meets(line), block.mask & ~line.mask != 0 { return i }
        }
        return nil
    }
}

/// Values without references in memory that only grows.
private struct Scratch<Value> {
    private(set) var start = UnsafeMutablePointer<Value>.allocate(capacity: 64)
    private var capacity = 64

    /// Has room for so many; what was there is lost when there was less.
    mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        start.deallocate()
        capacity = max(count, 2 * capacity)
        start = .allocate(capacity: capacity)
    }

    func deallocate() { start.deallocate() }

    subscript(i: Int) -> Value {
        @inline(__always) get { start[i] }
        @inline(__always) nonmutating set { start[i] = newValue }
    }
}

/// The lines of all groups; they are compared sixteen at a time.
private struct Blockers {
    private var keys = Scratch<UInt32>()
    private var masks = Scratch<UInt32>()
    /// Numbers of the groups, and their ranks.
    private var groups = Scratch<UInt32>()
    private var ranks = Scratch<UInt32>()
    /// All bits set for lines that count for nothing at the moment, and behind the last one.
    private var isIdle = Scratch<UInt32>()
    /// Lines of higher rank than any group.
    private var firstAlways = Int.max
    private(set) var count = 0

    func deallocate() { for scratch in [keys, masks, groups, ranks, isIdle] { scratch.deallocate() } }

    mutating func removeAll(reserving lines: Int) {
        (count, firstAlways) = (0, .max)
        let whole = (lines + 15) & ~15
        keys.reserve(whole)
        masks.reserve(whole)
        groups.reserve(whole)
        ranks.reserve(whole)
        isIdle.reserve(whole)
        for line in max(0, whole - 16)..<whole {
            keys[line] = 0
            masks[line] = 0
            isIdle[line] = .max
        }
    }

    /// - Parameter isAlways: Entries of other groups may not match it, whatever the order; such lines come last.
    mutating func append(_ entry: RoutingEntry, of group: Int, isAlways: Bool = false) {
        if isAlways { firstAlways = min(firstAlways, count) }
        keys[count] = entry.key
        masks[count] = entry.mask
        groups[count] = UInt32(truncatingIfNeeded: group)
        ranks[count] = .max
        count += 1
    }

    /// Ranks every line as its group.
    func rank(_ rankOf: [UInt32]) {
        let (ranks, groups) = (ranks.start, groups.start)
        for line in 0..<min(count, firstAlways) { ranks[line] = rankOf[Int(groups[line])] }
    }

    /// From here on only lines of other groups and a higher rank count.
    func select(above rank: UInt32, except group: Int) {
        let (ranks, groups, isIdle) = (ranks.start, groups.start, isIdle.start)
        let own = UInt32(truncatingIfNeeded: group)
        for line in 0..<count {
            let (itsRank, itsGroup) = (ranks[line], groups[line])
            isIdle[line] = (itsRank > rank ? 0 : UInt32.max) | (itsGroup != own ? 0 : UInt32.max)
        }
    }

    /// Some line that counts matches a key that the entry matches, too.
    func meet(_ entry: RoutingEntry) -> Bool {
        let (key, mask) = (entry.key, entry.mask)
        var first = 0
        while first < count {
            let (keys, masks, isIdle) = (keys.start + first, masks.start + first, isIdle.start + first)
            var least = UInt32.max
            for i in 0..<16 { least = min(least, (keys[i] ^ key) & masks[i] & mask | isIdle[i]) }
            if least == 0 { return true }
            first &+= 16
        }
        return false
    }
}
