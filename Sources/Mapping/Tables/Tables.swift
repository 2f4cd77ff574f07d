// From trees to routing tables.
//
// On every chip of a tree a packet needs an entry, unless it merely crosses in a straight line: a packet that matches
// nothing leaves by the link opposite to the one it came in by. Cores of one source have neighbouring keys, so where
// they part in the same way one entry with a shorter mask serves a power of two of them. Keys that never come to a chip
// may be covered by any entry there; keys that come and are default-routed may not, unless the entry would do the same.
//
// Per chip and source this is a walk down the binary tree of core numbers: a block whose arrivals all want the same
// becomes one line, any other block is split in halves. The lines are disjoint. A line that says what the router does
// anyway is not written to the table, but a compressor has to know of it.

public import Machine

/// The tables of a machine before they are compressed, by chip number, and how large they would be without any merging.
public struct RawTables: Sendable {
    /// An entry that says what happens to a block of keys, and whether the router would do it anyway.
    public struct Line: Sendable, Equatable {
        public var entry: RoutingEntry
        public var isDefault: Bool

        public init(entry: RoutingEntry, isDefault: Bool) {
            self.entry = entry
            self.isDefault = isDefault
        }
    }

    /// Lines by chip number, ascending keys, no two matching the same key; every key that comes to a chip has one.
    public var lines: [[Line]]
    /// One entry for each source core and chip its tree visits, default routes included.
    public var unmergedCount: Int
    /// Entries that the lines take, default routes left out.
    public var mergedCount: Int { lines.reduce(0) { $0 + $1.count { !$0.isDefault } } }
}

/// Writes the entries that make packets follow the trees.
///
/// - Complexity: O(V log V) for V visits of chips by source cores.
/// - Determinism: a function of its arguments.
/// - Source: this project.
public func makeTables(_ trees: [RoutingTree], _ keys: KeyAllocation, on machine: Machine) -> RawTables {
    // Visits sorted by chip: a counting sort of the nodes of all trees.
    var start = [Int](repeating: 0, count: machine.chips.count + 1)
    for tree in trees { for node in tree.nodes { start[Int(node.chip) + 1] += 1 } }
    for chip in machine.chips.indices { start[chip + 1] += start[chip] }
    var visits = [Visit](
        repeating: Visit(tree: 0, route: .none, isDefault: false), count: start[machine.chips.count])
    var next = start
    for (t, tree) in trees.enumerated() {
        for node in tree.nodes {
            visits[next[Int(node.chip)]] = Visit(tree: Int32(t), route: node.route, isDefault: node.isDefault)
            next[Int(node.chip)] += 1
        }
    }

    var result = RawTables(lines: [], unmergedCount: 0)
    result.lines.reserveCapacity(machine.chips.count)
    var arrivals: [Arrival] = []
    var lines: [RawTables.Line] = []
    for chip in machine.chips.indices {
        arrivals.removeAll(keepingCapacity: true)
        for i in start[chip]..<start[chip + 1] {
            let visit = visits[i]
            for core in trees[Int(visit.tree)].cores {
                arrivals.append(Arrival(core: Int32(core), isDefault: visit.isDefault, route: visit.route))
            }
            result.unmergedCount += visit.route == .none ? 0 : trees[Int(visit.tree)].cores.count
        }
        arrivals.sort { $0.core < $1.core }

        lines.removeAll(keepingCapacity: true)
        var zone = 0
        var first = 0
        while first < arrivals.count {
            zone = keys.zones.firstZone(endingBehind: Int(arrivals[first].core), from: zone)
            let cores = keys.zones[zone].cores
            let end = arrivals[first...].firstIndex { Int($0.core) >= cores.upperBound } ?? arrivals.count
            appendLines(arrivals[first..<end], keys.zones[zone], &lines)
            first = end
        }
        lines.sort { $0.entry.key < $1.entry.key }
        result.lines.append(Array(lines[...]))
    }
    return result
}

extension RawTables {
    /// Sources, as ranges of cores, that have more than a few entries in some table that exceeds the router.
    ///
    /// - Complexity: O(lines).
    func crowdingSources(_ keys: KeyAllocation, on machine: Machine) -> [Range<Int>] {
        let byBase = keys.zones.sorted { $0.base < $1.base }
        var isCrowding = [Bool](repeating: false, count: byBase.count)
        for table in lines where table.count > machine.routerEntries {
            guard table.count(where: { !$0.isDefault }) > machine.routerEntries else { continue }
            var (zone, own) = (0, 0)
            for line in table {
                while zone + 1 < byBase.count, byBase[zone + 1].base <= line.entry.key { (zone, own) = (zone + 1, 0) }
                own += line.isDefault ? 0 : 1
                if own > 8 { isCrowding[zone] = true }
            }
        }
        return zip(byBase, isCrowding).filter(\.1).map(\.0.cores).sorted { $0.lowerBound < $1.lowerBound }
    }
}

extension [KeyAllocation.Zone] {
    /// The first zone, from one on, that ends behind a core.
    ///
    /// - Complexity: O(log zones).
    fileprivate func firstZone(endingBehind core: Int, from first: Int) -> Int {
        var (low, high) = (first, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].cores.upperBound <= core { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A tree at one chip.
private struct Visit {
    var tree: Int32
    var route: Route
    var isDefault: Bool
}

/// One source core's packets at one chip.
private struct Arrival {
    var core: Int32
    var isDefault: Bool
    var route: Route
}

/// Lines for arrivals of one zone, ascending.
private func appendLines(
    _ arrivals: ArraySlice<Arrival>, _ zone: KeyAllocation.Zone, _ lines: inout [RawTables.Line]
) {
    guard let first = arrivals.first, let last = arrivals.last else { return }
    // The smallest aligned block that holds all arrivals.
    let low = zone.number(of: Int(first.core))
    let high = zone.number(of: Int(last.core))
    let blockBits = UInt32.bitWidth - (low ^ high).leadingZeroBitCount
    if arrivals.allSatisfy({ $0.route == first.route }) {
        let mask = UInt32(truncatingIfNeeded: UInt64.max << UInt64(zone.atomBits + blockBits))
        let key = (zone.base | UInt32(truncatingIfNeeded: UInt64(low) << UInt64(zone.atomBits))) & mask
        let entry = RoutingEntry(key: key, mask: mask, route: first.route)
        lines.append(.init(entry: entry, isDefault: arrivals.allSatisfy(\.isDefault)))
        return
    }
    // More than one arrival, so the block has two halves; both hold one.
    let middle = high & (UInt32.max << UInt32(blockBits - 1))
    let split =
        arrivals.firstIndex { zone.number(of: Int($0.core)) >= middle } ?? arrivals.endIndex
    appendLines(arrivals[arrivals.startIndex..<split], zone, &lines)
    appendLines(arrivals[split...], zone, &lines)
}
