// Ordered covering (A. Mundy, J. Heathcote, J. Garside, On-chip order-exploiting routing table minimization for a
// multicast supercomputer network, 2016).
//
// The table stays sorted by *generality*, the number of don't-cares of an entry: exact entries first. A merge of
// entries with one route is more general than any of them and goes further down, in front of the entries that are more
// general still. Being further down, it loses keys to whatever stands between, and it takes keys from whatever stands
// below:
//
//  * Up-check. An entry of the merge that meets one standing between it and the new place must not come along: its keys
//    would go to that other entry. (With the same route that is no harm.)
//  * Down-check. Of an entry below the new place no key that really comes may match the merge. Every entry therefore
//    remembers the lines it was made of, its *aliases*: only those keys come. For every alias the merge would catch,
//    some bit that the merge leaves open and the alias fixes must be fixed the other way; that drops the entries that
//    are open or wrong in that bit. The bit that drops the fewest is chosen.
//
// Both checks shrink the merge, so they repeat until it passes or has fewer than two entries. The merge that saves most
// over all routes is made; then everything starts again, until the table is short enough or no merge is left.

import Machine

/// Merges lines in the order that saves most until at most `limit` remain or nothing can be merged.
///
/// - Parameters:
///   - lines: Disjoint lines for every key that comes to the chip.
///   - limit: Lines to stop at.
/// - Returns: A table in which the first match of every key that comes has the route of its line.
/// - Complexity: O(merges × n²) for n lines.
/// - Determinism: a function of its arguments.
/// - Source: Mundy et al. 2016; Documentation/Chip.md, "Table compression".
public func coverInOrder(_ lines: [RawTables.Line], limit: Int) -> [RawTables.Line] {
    var table = lines.map { CoveringTable.Row(line: $0, aliases: [$0.entry]) }
    table.sort { ($0.generality, $0.line.entry.key) < ($1.generality, $1.line.entry.key) }
    var covering = CoveringTable(rows: table)
    while covering.rows.count > limit, let merge = covering.bestMerge() { covering.apply(merge) }
    return covering.rows.map(\.line)
}

/// A table sorted by generality whose entries remember what they were made of.
private struct CoveringTable {
    struct Row {
        var line: RawTables.Line
        var aliases: [RoutingEntry]

        var generality: Int { (~line.entry.mask).nonzeroBitCount }
    }

    /// Rows to merge, ascending, with what becomes of them.
    struct Merge {
        var rows: [Int]
        var entry: RoutingEntry
    }

    private(set) var rows: [Row]

    init(rows: [Row]) { self.rows = rows }

    /// The merge that saves the most rows; of equal ones that of the route whose first row comes first.
    func bestMerge() -> Merge? {
        var members: [UInt32: [Int]] = [:]
        var routes: [UInt32] = []
        for (i, row) in rows.enumerated() {
            let route = row.line.entry.route.rawValue
            if members[route] == nil { routes.append(route) }
            members[route, default: []].append(i)
        }
        var best: Merge?
        for route in routes {
            guard let candidates = members[route], candidates.count > max(1, best?.rows.count ?? 0) else { continue }
            if let merge = refine(candidates), merge.rows.count > best?.rows.count ?? 1 { best = merge }
        }
        return best
    }

    mutating func apply(_ merge: Merge) {
        let parts = merge.rows.map { rows[$0] }
        let isDefault = parts.allSatisfy(\.line.isDefault)
        let place = insertionPoint(of: merge.entry)
        let row = Row(line: .init(entry: merge.entry, isDefault: isDefault), aliases: parts.flatMap(\.aliases))
        rows.insert(row, at: place)
        for i in merge.rows.reversed() { rows.remove(at: i < place ? i : i + 1) }
    }

    /// Shrinks a set of rows until their merge does no harm.
    private func refine(_ candidates: [Int]) -> Merge? {
        var merge = Merge(rows: candidates, entry: rows[candidates[0]].line.entry)
        var isStable = false
        while !isStable {
            guard merge.rows.count > 1 else { return nil }
            merge.entry = merge.rows.dropFirst().reduce(rows[merge.rows[0]].line.entry) {
                $0.merged(with: rows[$1].line.entry)
            }
            isStable = !dropCovered(&merge) && !dropGreedy(&merge)
        }
        return merge
    }

    /// Where the merge goes: in front of the rows that are as general or more.
    private func insertionPoint(of entry: RoutingEntry) -> Int {
        let generality = (~entry.mask).nonzeroBitCount
        return rows.firstIndex { $0.generality >= generality } ?? rows.count
    }

    /// Up-check: true when rows had to go.
    private func dropCovered(_ merge: inout Merge) -> Bool {
        let place = insertionPoint(of: merge.entry)
        let chosen = Set(merge.rows)
        let before = merge.rows.count
        merge.rows.removeAll { i in
            guard i < place else { return false }
            return (i + 1..<place).contains { k in
                !chosen.contains(k) && rows[k].line.entry.route != merge.entry.route
                    && rows[k].line.entry.meets(rows[i].line.entry)
            }
        }
        return merge.rows.count < before
    }

    /// Down-check: true when rows had to go.
    private func dropGreedy(_ merge: inout Merge) -> Bool {
        let chosen = Set(merge.rows)
        let open = ~merge.entry.mask
        var victim: RoutingEntry?
        var fewestBits = Int.max
        for i in insertionPoint(of: merge.entry)..<rows.count where !chosen.contains(i) {
            guard rows[i].line.entry.meets(merge.entry), rows[i].line.entry.route != merge.entry.route else { continue }
            for alias in rows[i].aliases where alias.meets(merge.entry) {
                let bits = (open & alias.mask).nonzeroBitCount
                if bits < fewestBits { (victim, fewestBits) = (alias, bits) }
            }
        }
        guard let victim else { return false }
        // For every bit: the rows that stay when the merge is fixed against the victim there.
        var best: [Int] = []
        for bit in 0..<32 where (open & victim.mask) >> UInt32(bit) & 1 != 0 {
            let wrong = victim.key >> UInt32(bit) & 1
            let staying = merge.rows.filter { i in
                let entry = rows[i].line.entry
                return entry.mask >> UInt32(bit) & 1 != 0 && entry.key >> UInt32(bit) & 1 != wrong
            }
            if staying.count > best.count { best = staying }
        }
        merge.rows = best
        return true
    }
}
