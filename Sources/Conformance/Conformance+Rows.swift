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
