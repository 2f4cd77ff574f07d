// A mapping travels from the rank that computed it to the others as 32-bit words: it is small (cores, not neurons), and
// reading it back is much cheaper than mapping again on every rank.

public import Diagnostics
import Machine
public import Topology

extension Mapping {
    /// The mapping as little-endian 32-bit words, for ``init(bytes:machine:)``.
    ///
    /// - Complexity: O(cores + distinct target lists + entries).
    public var bytes: [UInt8] {
        var writer = WordWriter()
        writer.put(machine.boards)
        writer.put(cores.count)
        for core in cores {
            let role =
                switch core.role {
                case .neurons: 0
                case .source: -1
                case .delayExtension(let stages): stages
                case .synapses(let number): -2 - number
                }
            for value in [role, core.population, core.neuronCore ?? -1] { writer.put(value) }
            for value in core.slice.words { writer.put(value) }
            for value in [core.chip.x, core.chip.y, core.processor, core.delaySlots] { writer.put(value) }
            writer.put(word: core.key)
            writer.put(word: core.mask)
        }
        var lists: [[Int]: Int] = [:]
        var distinct: [[Int]] = []
        var listOf: [Int] = []
        for list in targets {
            if listOf.last.map({ distinct[$0] == list }) == true, let last = listOf.last {
                listOf.append(last)
            } else if let known = lists[list] {
                listOf.append(known)
            } else {
                lists[list] = distinct.count
                listOf.append(distinct.count)
                distinct.append(list)
            }
        }
        writer.put(distinct.count)
        for list in distinct {
            writer.put(list.count)
            for core in list { writer.put(core) }
        }
        for list in listOf { writer.put(list) }
        writer.put(tables.count)
        for (chip, table) in tables.sorted(by: { $0.key < $1.key }) {
            writer.put(chip.x)
            writer.put(chip.y)
            writer.put(table.entries.count)
            for entry in table.entries {
                writer.put(word: entry.key)
                writer.put(word: entry.mask)
                writer.put(word: entry.route.rawValue)
            }
        }
        return writer.bytes
    }

    /// Reads back what ``bytes`` wrote, on the machine that `request` asks for.
    ///
    /// - Throws: `bug` when the bytes are not a mapping's; what building the machine throws.
    public init(bytes: [UInt8], machine request: MachineRequest) throws(Failure) {
        var reader = WordReader(bytes)
        let machine = try Machine(request, boardsIfAuto: try reader.take())
        var cores: [WorkerCore] = []
        for _ in 0..<(try reader.take()) {
            let role = try reader.take()
            let (population, neuronCore) = (try reader.take(), try reader.take())
            var words: [Int] = []
            for _ in 0..<6 { words.append(try reader.take()) }
            let (x, y) = (try reader.take(), try reader.take())
            let (processor, delaySlots) = (try reader.take(), try reader.take())
            let (key, mask) = (try reader.takeWord(), try reader.takeWord())
            guard let slice = NeuronSlice(words: words) else { throw WordReader.damaged }
            cores.append(
                WorkerCore(
                    role: role < -1
                        ? .synapses(number: -2 - role)
                        : role < 0 ? .source : role == 0 ? .neurons : .delayExtension(stages: role),
                    population: population, slice: slice, chip: ChipCoordinate(x, y), processor: processor,
                    key: key, mask: mask, delaySlots: delaySlots,
                    neuronCore: neuronCore < 0 ? nil : neuronCore))
        }
        var lists: [[Int]] = []
        for _ in 0..<(try reader.take()) {
            var list: [Int] = []
            for _ in 0..<(try reader.take()) { list.append(try reader.take()) }
            lists.append(list)
        }
        var targets: [[Int]] = []
        for _ in cores {
            let list = try reader.take()
            guard lists.indices.contains(list) else { throw WordReader.damaged }
            targets.append(lists[list])
        }
        var tables: [ChipCoordinate: RoutingTable] = [:]
        for _ in 0..<(try reader.take()) {
            let chip = ChipCoordinate(try reader.take(), try reader.take())
            var entries: [RoutingEntry] = []
            for _ in 0..<(try reader.take()) {
                let (key, mask) = (try reader.takeWord(), try reader.takeWord())
                entries.append(RoutingEntry(key: key, mask: mask, route: Route(rawValue: try reader.takeWord())))
            }
            tables[chip] = RoutingTable(entries: entries)
        }
        self.init(machine: machine, cores: cores, targets: targets, tables: tables)
    }
}

private struct WordWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ value: Int) { put(word: UInt32(bitPattern: Int32(truncatingIfNeeded: value))) }

    mutating func put(word: UInt32) {
        for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
}

private struct WordReader {
    static let damaged = Failure(.bug, "the mapping received from rank 0 is damaged")
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func take() throws(Failure) -> Int { Int(Int32(bitPattern: try takeWord())) }

    mutating func takeWord() throws(Failure) -> UInt32 {
        guard at + 4 <= bytes.count else { throw Self.damaged }
        defer { at += 4 }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    }
}
