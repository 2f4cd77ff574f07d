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
        var skipped = 0
        let production = try ProductionRows(rows.map { $0.fixed.map(layout.synapse) }, layout: layout)
        for (number, event) in try golden.member("events").array().enumerated() {
            let step = try event.member("t").int()
            let row = try event.member("row").int()
            guard rows.indices.contains(row) else { throw Failure(.badInput, "\(event.place): no row \(row)") }
            let late = try event.member("colour_delay").int()
            guard (0..<Int(UInt32.max)).contains(step), (0...step).contains(late) else {
                throw Failure(.badInput, "\(event.place): no such step")
            }
            buffers.consume(upTo: step)
            buffers.add(rows[row], at: step, colourDelay: late)
            var expected: [[Int]] = []
            for entry in try event.member("ring_buffers_nonzero").array() { expected.append(try entry.ints()) }
            let found = buffers.entries.enumerated().filter { $1 != 0 }.map { [$0, Int($1)] }
            check.compare("ring buffers after event \(number)", step: step, expected: expected, found: found)
            production.consume(upTo: step)
            skipped += production.deliver(row, at: step, colourDelay: late)
            check.compare(
                "engine's ring buffers after event \(number)", step: step, expected: expected, found: production.nonzero
            )
            for (field, value) in [
                ("n_saturations", buffers.saturations), ("n_skipped", buffers.skipped), ("n_skipped", skipped),
                ("n_late", buffers.late),
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
/// A packet with a colour delay is one of another row: see `LateRows`.
final class ProductionRows {
    private let layout: ChipRowLayout
    private let rows: LateRows
    private let sums: InputSums
    private let deliveries: Deliveries
    private var consumed = -1
    private var latest = 0

    init(_ rows: [[ChipSynapse]], layout: ChipRowLayout) throws(Failure) {
        self.layout = layout
        self.rows = LateRows(rows, slots: layout.slots)
        // All delays in one group: a spike is delivered as soon as it is there.
        let inputs = InputLayout(neurons: 1 << layout.indexBits, groupShift: layout.delayBits + 1)
        guard let table = RowTable(rows: self.rows.listed, layout: inputs) else {
            throw Failure(.doesNotFit, "no memory for \(rows.count) rows")
        }
        sums = try InputSums(inputs, types: 1 << layout.typeBits)
        deliveries = Deliveries(table, into: sums, longest: layout.slots, window: 1)
    }

    func consume(upTo step: Int) {
        guard step > consumed else { return }
        let count = sums.layout.stride
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { slot in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { saturated in
                guard let slot = slot.baseAddress, let saturated = saturated.baseAddress else { return }
                slot.initialize(repeating: 0, count: count)
                saturated.initialize(repeating: 0, count: count)
                for passed in (consumed + 1)...min(step, consumed + layout.slots) {
                    for type in 0..<sums.types {
                        sums.take(
                            step: passed, type: type, first: 0, count: count, into: slot, saturated: saturated)
                    }
                }
            }
        }
        consumed = step
    }

    /// Delivers a row; the number of synapses that are too late for it.
    func deliver(_ row: Int, at step: Int, colourDelay late: Int) -> Int {
        let time = LateSpikes.time(at: step, late: late, slots: layout.slots)
        latest = max(latest, time)
        var spike = RowSpikes(row: UInt32(rows.number(of: row, late: late)))
        deliveries.add(&spike, count: 1, time: time)
        deliveries.deliver(step: latest)
        return rows.skipped(of: row, late: late)
    }

    /// Entries that are not zero, as `[index, value]` in the chip's numbering.
    var nonzero: [[Int]] {
        inputs.map { key, value in
            [key[0] << (layout.typeBits + layout.indexBits) | key[1] << layout.indexBits | key[2], value]
        }.sorted { $0[0] < $1[0] }
    }

    /// What is under way, where it is not zero, by slot, type and index.
    var inputs: [[Int]: Int] {
        var result: [[Int]: Int] = [:]
        for step in (consumed + 1)...(consumed + layout.slots) {
            for type in 0..<sums.types {
                for index in 0..<(1 << layout.indexBits) {
                    let value = Int(sums.pending(step: step, type: type, neuron: index))
                    if value != 0 { result[[step & (layout.slots - 1), type, index]] = value }
                }
            }
        }
        return result
    }
}
