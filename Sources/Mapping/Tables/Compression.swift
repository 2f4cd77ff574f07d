// Making tables fit the router.
//
// Two entries with the same route can become one that has "don't care" where they differ. The merged entry matches more
// keys than both, which is harmless for keys that never come to the chip and wrong for any that do and want another
// route, unless an earlier entry catches those first. Two ways to make sure of it:
//
//  * Pair merging orders the table by route. Routes are taken in turn, the rarest first; entries of one route are
//    merged pairwise as long as the result meets no entry of the routes still to come. Entries of routes done before
//    stand earlier in the table and win.
//  * Ordered covering (``coverInOrder(_:limit:)``) keeps the table sorted by generality and makes the merge that saves
//    most wherever the entries in between allow it. It is slower and finds more.
//
// Both start from lines that say what happens to every key that comes to the chip, default routes included. Afterwards
// a line that only repeats what the router does anyway is dropped when no later entry would catch its keys.

public import Diagnostics
public import Machine
public import Topology

/// Tables that fit their routers.
public struct FittingTables: Sendable {
    /// Tables of the chips that have any entry.
    public var byCoordinate: [ChipCoordinate: RoutingTable]
    /// Chips whose table had to be compressed.
    public var compressedChips: Int
}

/// Makes the tables small, or refuses those that a router cannot hold.
///
/// - Throws: `.doesNotFit` naming the fullest chip and the populations whose spikes cross there.
/// - Complexity: O(n² log n) for a chip with n lines, usually; O(n³) at worst.
/// - Determinism: a function of its arguments.
public func fit(
    _ tables: RawTables, _ keys: KeyAllocation, _ network: Network, on machine: Machine,
    by compressor: MappingOptions.Compressor = .smallest
) throws(Failure) -> FittingTables {
    var result = FittingTables(byCoordinate: [:], compressedChips: 0)
    var misfits: [(chip: Int, entries: Int)] = []
    let search = DecisionSearch()
    for (chip, lines) in tables.lines.enumerated() {
        // After a few failures the network does not fit; the message needs no more than examples.
        let isHopeless = misfits.count > 8
        let entries =
            isHopeless
            ? lines.filter { !$0.isDefault }.map(\.entry)
            : compress(lines, by: compressor, limit: machine.routerEntries, search)
        if entries.count > machine.routerEntries { misfits.append((chip, entries.count)) }
        if lines.count(where: { !$0.isDefault }) > machine.routerEntries { result.compressedChips += 1 }
        if !entries.isEmpty { result.byCoordinate[machine.chips[chip]] = RoutingTable(entries: entries) }
    }
    guard misfits.isEmpty else { throw tooLarge(misfits, tables, keys, network, machine) }
    return result
}

/// A table that routes every key that comes as its line says, as short as the compressor makes it.
///
/// - Parameter limit: Entries of the router; a table above them is worth more work.
/// - Complexity: O(n³) in the worst case for n lines, usually near O(n²).
/// - Determinism: a function of its arguments.
public func compress(
    _ lines: [RawTables.Line], by compressor: MappingOptions.Compressor, limit: Int = .max
) -> [RoutingEntry] {
    compress(lines, by: compressor, limit: limit, DecisionSearch())
}

private func compress(
    _ lines: [RawTables.Line], by compressor: MappingOptions.Compressor, limit: Int, _ search: DecisionSearch
) -> [RoutingEntry] {
    var best = lines.filter { !$0.isDefault }.map(\.entry)
    func consider(_ table: [RoutingEntry]) {
        if table.count < best.count, keepsBlocksWhole(table, lines) { best = table }
    }
    switch compressor {
    case .none: break
    case .pair: consider(dropDefaults(mergePairs(lines)))
    case .orderedCovering: consider(dropDefaults(coverInOrder(lines, limit: 0)))
    case .smallest:
        consider(listDecisions(lines, work: 1_000 + 50 * lines.count, search))
        if best.count > limit { consider(listDecisions(lines, work: 2_000_000, search)) }
        if best.count > limit { consider(dropDefaults(mergePairs(lines))) }
        if best.count > limit { consider(dropDefaults(coverInOrder(lines, limit: limit))) }
    }
    return best
}

/// No line is caught by an entry in part only.
///
/// Sources differ in their atom bits, so an entry merged from small blocks can match a part of a larger block of the
/// same route. The rest of that would find its way as well, but what decides about a core is to be one entry.
private func keepsBlocksWhole(_ table: [RoutingEntry], _ lines: [RawTables.Line]) -> Bool {
    lines.allSatisfy { line in
        guard let entry = table.first(where: { $0.meets(line.entry) }) else { return true }
        return entry.mask & ~line.entry.mask == 0
    }
}

/// Merges entries of the same route pairwise, rarest routes first.
///
/// - Complexity: O(n³) in the worst case for n lines, usually near O(n²).
/// - Determinism: a function of `lines`; routes of equal frequency by their bits.
/// - Source: Documentation/Chip.md, "Table compression".
public func mergePairs(_ lines: [RawTables.Line]) -> [RawTables.Line] {
    var frequency: [UInt32: Int] = [:]
    for line in lines { frequency[line.entry.route.rawValue, default: 0] += 1 }
    let routes = frequency.keys.sorted { (frequency[$0] ?? 0, $0) < (frequency[$1] ?? 0, $1) }
    var groups = routes.map { route in lines.filter { $0.entry.route.rawValue == route } }

    var result: [RawTables.Line] = []
    for g in groups.indices {
        let later = groups[(g + 1)...].joined().map(\.entry)
        var group = groups[g]
        var i = 0
        while i < group.count {
            var line = group[i]
            var j = i + 1
            while j < group.count {
                let merged = line.entry.merged(with: group[j].entry)
                if later.contains(where: merged.meets) {
                    j += 1
                    continue
                }
                line = .init(entry: merged, isDefault: line.isDefault && group[j].isDefault)
                group.remove(at: j)
                // The larger entry may now take in ones that it could not reach before.
                j = i + 1
            }
            group[i] = line
            i += 1
        }
        groups[g] = []
        result += group
    }
    return result
}

/// Leaves out lines that the router's default does as well, unless a later entry would catch their keys.
func dropDefaults(_ lines: [RawTables.Line]) -> [RoutingEntry] {
    var result: [RoutingEntry] = []
    for (i, line) in lines.enumerated() {
        // Lines behind that are themselves dropped route alike or meet nothing: keeping this one then costs an entry
        // at most.
        if line.isDefault, !lines[(i + 1)...].contains(where: { $0.entry.meets(line.entry) }) { continue }
        result.append(line.entry)
    }
    return result
}

extension RoutingEntry {
    /// Some key matches both.
    func meets(_ other: RoutingEntry) -> Bool { (key ^ other.key) & mask & other.mask == 0 }

    /// The entry with the fewest don't-cares that matches all keys of both.
    func merged(with other: RoutingEntry) -> RoutingEntry {
        let mask = mask & other.mask & ~(key ^ other.key)
        return RoutingEntry(key: key & mask, mask: mask, route: route)
    }
}

/// The message for tables that do not fit: which chips, whose entries, what helps.
private func tooLarge(
    _ misfits: [(chip: Int, entries: Int)], _ tables: RawTables, _ keys: KeyAllocation, _ network: Network,
    _ machine: Machine
) -> Failure {
    let fullest = misfits.sorted { ($1.entries, $0.chip) < ($0.entries, $1.chip) }
    let worst = fullest[0]
    let counts = keys.zones.enumerated().map { i, zone in
        let low = UInt64(zone.base)
        let block = low..<low + 1 << UInt64(zone.atomBits + zone.coreBits)
        // Zones of populations come first, those of delay extensions after them.
        let label = i < network.populations.count ? "\"\(network.populations[i].name)\"" : "delay extensions"
        let lines = tables.lines[worst.chip].count { !$0.isDefault && block.contains(UInt64($0.entry.key)) }
        return (label: label, lines: lines)
    }
    let top = counts.enumerated().sorted { ($1.element.lines, $0.offset) < ($0.element.lines, $1.offset) }.prefix(3)
    let names = top.filter { $0.element.lines > 0 }.map { "\($0.element.label) (\($0.element.lines))" }
    let others = fullest.dropFirst().prefix(3).map { "\(machine.chips[$0.chip])" }
    let more = others.isEmpty ? "" : "; those of \(others.joined(separator: ", ")) are too large as well"
    return Failure(
        .doesNotFit,
        "the routing table of chip \(machine.chips[worst.chip]) needs \(worst.entries) entries after compression, but "
            + "a router has \(machine.routerEntries)\(more); most come from \(names.joined(separator: ", ")); use more "
            + "neurons per core, a larger machine, or fewer populations that project everywhere")
}
