// The routing tables are the only way a spike travels. At load every source core's key is followed through the tables
// once, as its packets would go: first match wins, without a match a packet goes straight on, and one that was injected
// locally is dropped. What it reaches is kept, so that a spike at run time costs array reads; how often each wire and
// router was used follows from the spikes sent.

public import Diagnostics
import Machine
public import Mapping

/// The communication fabric of a mapped machine: for every source core, the tree its packets take.
public struct Fabric: Sendable {
    /// By core number; empty for cores that send nothing.
    public let trees: [PacketTree]

    /// Follows the keys of all cores through the tables.
    ///
    /// - Throws: `bug` when packets would run in a loop, or when an entry splits the key block of a core.
    /// - Complexity: O(routers passed by all trees).
    public init(_ mapping: Mapping) throws(Failure) {
        let machine = mapping.machine
        let tables = machine.chips.map { CompiledTable(mapping.tables[$0]) }
        var coreAt = [Int32](repeating: -1, count: machine.chips.count * 18)
        for (number, core) in mapping.cores.enumerated() {
            if let chip = machine.number(of: core.chip) { coreAt[chip * 18 + core.processor] = Int32(number) }
        }
        var visited = [Int32](repeating: -1, count: machine.chips.count)
        var trees: [PacketTree] = []
        trees.reserveCapacity(mapping.cores.count)
        for (number, core) in mapping.cores.enumerated() {
            var tree = PacketTree()
            if !mapping.targets[number].isEmpty, let start = machine.number(of: core.chip) {
                try Self.follow(
                    core, number: Int32(number), from: start, machine, tables, coreAt, &visited, &tree)
            }
            trees.append(tree)
        }
        self.trees = trees
    }

    /// Follows one core's packets.
    private static func follow(
        _ core: WorkerCore, number: Int32, from start: Int, _ machine: Machine, _ tables: [CompiledTable],
        _ coreAt: [Int32], _ visited: inout [Int32], _ tree: inout PacketTree
    ) throws(Failure) {
        // (chip, link it arrived on; -1: injected here)
        var arrivals: [(chip: Int, link: Int)] = [(start, -1)]
        while let (chip, link) = arrivals.popLast() {
            if visited[chip] == number {
                throw Failure(
                    .bug, "packets with key \(hex(core.key)) pass chip \(machine.chips[chip]) twice: the routes loop")
            }
            visited[chip] = number
            tree.routers.append(Int32(chip))
            let route: Route
            if let entry = tables[chip].match(core.key) {
                guard entry.mask & ~core.mask == 0 else {
                    throw Failure(
                        .bug,
                        """
                        on chip \(machine.chips[chip]) the entry \(hex(entry.key))/\(hex(entry.mask)) splits the keys \
                        of a core, \(hex(core.key))/\(hex(core.mask))
                        """)
                }
                route = entry.route
            } else if link < 0 {
                tree.isDropped = true
                continue
            } else {
                tree.defaultRouted.append(Int32(chip))
                route = Route(link: (Link(rawValue: link) ?? .east).opposite)
            }
            for processor in route.cores {
                let reached = coreAt[chip * 18 + processor]
                if reached >= 0 { tree.cores.append(reached) } else { tree.strays += 1 }
            }
            for out in route.links {
                guard let next = machine.neighbour(of: chip, over: out) else {
                    throw Failure(
                        .bug,
                        """
                        packets with key \(hex(core.key)) leave chip \(machine.chips[chip]) over link \(out.rawValue), \
                        which is dead
                        """)
                }
                tree.wires.append(Int32(6 * chip + out.rawValue))
                arrivals.append((next, out.opposite.rawValue))
            }
        }
        tree.cores.sort()
        tree.wires.sort()
        tree.routers.sort()
        tree.defaultRouted.sort()
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// A routing table for looking up many keys: entries by mask and key, the lowest index winning.
private struct CompiledTable {
    private var byMask: [(mask: UInt32, first: [UInt32: Int32])] = []
    private let entries: [RoutingEntry]

    init(_ table: RoutingTable?) {
        entries = table?.entries ?? []
        for (index, entry) in entries.enumerated() {
            let group: Int
            if let known = byMask.firstIndex(where: { $0.mask == entry.mask }) {
                group = known
            } else {
                group = byMask.count
                byMask.append((entry.mask, [:]))
            }
            if byMask[group].first[entry.key] == nil { byMask[group].first[entry.key] = Int32(index) }
        }
    }

    func match(_ key: UInt32) -> RoutingEntry? {
        var best = Int32.max
        for (mask, first) in byMask {
            if let index = first[key & mask], index < best { best = index }
        }
        return best == Int32.max ? nil : entries[Int(best)]
    }
}
