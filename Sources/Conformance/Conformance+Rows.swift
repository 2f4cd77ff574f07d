import Diagnostics
import Synapses

extension Conformance {
    /// Replays `spinnaker-golden-rows-1`: one case per core layout, all its rows and events.
    static func checkRows(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        for golden in try file.member("cases").array() {
            report.count(try checkRowCase(golden))
        }
    }

    private static func checkRowCase(_ golden: Golden) throws(Failure) -> Mismatch? {
        var check = CaseCheck(try golden.member("case").string())
        let bits = [
            try golden.member("log_n_neurons").int(), try golden.member("log_n_synapse_types").int(),
            try golden.member("log_max_delay").int(),
        ]
        guard bits.allSatisfy({ $0 >= 0 }), bits.reduce(0, +) <= 16 else {
            throw Failure(.badInput, "\(golden.place): index, type and delay exceed 16 bits")
        }
        let layout = ChipRowLayout(indexBits: bits[0], typeBits: bits[1], delayBits: bits[2])
        var rows: [ChipRow] = []
        for golden in try golden.member("rows").array() {
            let words = try golden.member("words").words()
            guard let row = ChipRow(words: words) else {
                throw Failure(.badInput, "\(golden.place): not a static row")
            }
            var synapses: [ChipSynapse] = []
            for synapse in try golden.member("synapses").array() {
                synapses.append(
                    ChipSynapse(
                        weight: UInt16(truncatingIfNeeded: try synapse.member("weight").int()),
                        delay: try synapse.member("delay").int(), type: try synapse.member("type").int(),
                        index: try synapse.member("index").int()))
            }
            check.compare(
                "words of row \(rows.count)", expected: words, found: ChipRow(synapses, layout: layout).words)
            check.compare(
                "synapses of row \(rows.count)", expected: synapses, found: row.fixed.map(layout.synapse))
            rows.append(row)
        }
        var buffers = ChipRingBuffers(layout: layout)
        let production = try ProductionRows(rows, layout: layout)
        for (number, event) in try golden.member("events").array().enumerated() {
            let step = try event.member("t").int()
            let row = try event.member("row").int()
            guard rows.indices.contains(row) else { throw Failure(.badInput, "\(event.place): no row \(row)") }
            buffers.consume(upTo: step)
            buffers.add(rows[row], at: step, colourDelay: try event.member("colour_delay").int())
            var expected: [[Int]] = []
            for entry in try event.member("ring_buffers_nonzero").array() { expected.append(try entry.ints()) }
            let found = buffers.entries.enumerated().filter { $1 != 0 }.map { [$0, Int($1)] }
            check.compare("ring buffers after event \(number)", step: step, expected: expected, found: found)
            production.consume(upTo: step)
            production.deliver(row, at: step, colourDelay: try event.member("colour_delay").int())
            check.compare(
                "engine's ring buffers after event \(number)", step: step, expected: expected, found: production.nonzero
            )
            check.compare(
                "engine's n_saturations after event \(number)", step: step,
                expected: try event.member("n_saturations").int(), found: production.saturations)
            for (field, value) in [
                ("n_saturations", buffers.saturations), ("n_skipped", buffers.skipped), ("n_late", buffers.late),
            ] {
                check.compare(
                    "\(field) after event \(number)", step: step, expected: try event.member(field).int(), found: value)
            }
        }
        return check.mismatch
    }
}

/// The same rows in the engine's form, delivered by the engine's kernel.
///
/// The engine knows no late packets: a packet with a colour delay is delivered as of the step it was sent in, from a
/// copy of the row without the synapses whose step has passed.
private final class ProductionRows {
    private let layout: ChipRowLayout
    private let ringBuffers: RingBuffers
    private let table: RowTable
    private let saturated: UnsafeMutablePointer<UInt32>
    private var consumed = -1

    init(_ rows: [ChipRow], layout: ChipRowLayout) throws(Failure) {
        self.layout = layout
        ringBuffers = try RingBuffers(neurons: 1 << layout.indexBits, steps: layout.slots, types: 1 << layout.typeBits)
        let listed = rows.flatMap { row in
            (0..<layout.slots).map { late in
                row.fixed.map(layout.synapse).filter { $0.delay == 0 || $0.delay > late }.map {
                    RowSynapse(
                        type: $0.type, neuron: $0.index, delay: $0.delay == 0 ? layout.slots : $0.delay,
                        weight: $0.weight)
                }
            }
        }
        guard let table = RowTable(rows: listed, for: ringBuffers) else {
            throw Failure(.doesNotFit, "no memory for \(rows.count) rows")
        }
        self.table = table
        saturated = .allocate(capacity: ringBuffers.stride)
        saturated.initialize(repeating: 0, count: ringBuffers.stride)
    }

    deinit { saturated.deallocate() }

    func consume(upTo step: Int) {
        guard step > consumed else { return }
        for passed in max(consumed + 1, step - layout.slots + 1)...step {
            for type in 0..<ringBuffers.types {
                ringBuffers.slot(ofStep: passed, type: type).update(repeating: 0, count: ringBuffers.stride)
            }
        }
        consumed = step
    }

    func deliver(_ row: Int, at step: Int, colourDelay: Int) {
        table.deliver(
            rows: [UInt32(row * layout.slots + min(max(colourDelay, 0), layout.slots - 1))], count: 1,
            time: step - colourDelay, into: ringBuffers,
            Saturations(perNeuron: saturated, stride: ringBuffers.stride))
    }

    /// Entries that are not zero, as `[index, value]` in the chip's numbering.
    var nonzero: [[Int]] {
        var result: [[Int]] = []
        for slot in 0..<layout.slots {
            for type in 0..<ringBuffers.types {
                let entries = ringBuffers.slot(ofStep: slot, type: type)
                for index in 0..<(1 << layout.indexBits) where entries[index] != 0 {
                    result.append([
                        slot << (layout.typeBits + layout.indexBits) | type << layout.indexBits | index,
                        Int(entries[index]),
                    ])
                }
            }
        }
        return result
    }

    var saturations: Int { (0..<ringBuffers.stride).reduce(0) { $0 + Int(saturated[$1]) } }
}
