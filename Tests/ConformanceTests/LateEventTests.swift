import Conformance
import Diagnostics
import Foundation
import TestSupport
import Testing

/// The chip's rules for late packets, once more and as plainly as can be.
private struct PlainRing {
    let (indexBits, typeBits, delayBits): (Int, Int, Int)
    var entries: [Int: Int] = [:]
    var (saturations, skipped, late) = (0, 0, 0)
    private var consumed = -1

    init(_ bits: (Int, Int, Int)) { (indexBits, typeBits, delayBits) = bits }

    private var slots: Int { 1 << delayBits }

    mutating func consume(upTo step: Int) {
        guard step > consumed else { return }
        for passed in max(consumed + 1, step - slots + 1)...step {
            entries = entries.filter { $0.key >> (typeBits + indexBits) != passed % slots }
        }
        consumed = step
    }

    mutating func add(_ s: [String: Int], at step: Int, late: Int, isPlastic: Bool = false) {
        let delay = (s["delay"] ?? 0) % slots
        if delay <= late, isPlastic || delay != 0 {
            skipped += 1
            return
        }
        let slot = (step - late + delay + 16 * slots) % slots
        let entry = slot << (typeBits + indexBits) | (s["type"] ?? 0) << indexBits | (s["index"] ?? 0)
        let sum = entries[entry, default: 0] + (s["weight"] ?? 0)
        if sum > 65535 { saturations += 1 }
        entries[entry] = min(sum, 65535)
    }

    func word(_ s: [String: Int]) -> Int {
        let delay = (s["delay"] ?? 0) % slots
        let low = delay << (typeBits + indexBits) | (s["type"] ?? 0) << indexBits | (s["index"] ?? 0)
        return (s["weight"] ?? 0) << 16 | low
    }

    var nonzero: [[Int]] { entries.filter { $0.value != 0 }.map { [$0.key, $0.value] }.sorted { $0[0] < $1[0] } }
}

private func synapse(_ weight: Int, _ delay: Int, type: Int = 0, index: Int = 0) -> [String: Int] {
    ["weight": weight, "delay": delay, "type": type, "index": index]
}

private func report(_ file: [String: Any]) throws -> ConformanceReport {
    let url = FileManager.default.temporaryDirectory.appending(path: "late-\(UUID().uuidString).json")
    try JSONSerialization.data(withJSONObject: file).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try Conformance.check(fileAt: url.path)
}

@Suite struct LateEventTests {
    /// Rows of all delays, again and again, up to a turn of the ring and more too late.
    @Test func staticRowsComeOut() throws {
        let bits = (3, 1, 3)
        let rows = [
            [synapse(40_000, 1, index: 2)], (0..<8).map { synapse(1000 * ($0 + 1), $0, type: $0 % 2, index: $0) },
            (0..<8).reversed().map { synapse(20_000, $0, index: 2) }, [],
        ]
        var ring = PlainRing(bits)
        var events: [[String: Any]] = []
        for number in 0..<60 {
            let (step, row, late) = (17 + number / 2, number * 5 % rows.count, number * 7 % 16)
            ring.consume(upTo: step)
            ring.late += late & 1
            for synapse in rows[row] { ring.add(synapse, at: step, late: late) }
            events.append([
                "t": step, "row": row, "colour_delay": late, "ring_buffers_nonzero": ring.nonzero,
                "n_saturations": ring.saturations, "n_skipped": ring.skipped, "n_late": ring.late,
            ])
        }
        let golden: [String: Any] = [
            "case": "late", "log_n_neurons": bits.0, "log_n_synapse_types": bits.1, "log_max_delay": bits.2,
            "rows": rows.map { ["synapses": $0, "words": [0, $0.count, 0] + $0.map(ring.word)] as [String: Any] },
            "events": events,
        ]
        let found = try report(["format": "spinnaker-golden-rows-1", "cases": [golden]])
        #expect(found.passed == 1 && ring.skipped > 100, "\(found.firstMismatch?.description ?? "")")
    }

    /// Plastic synapses are left out and counted like fixed ones, but those of a stored delay of 0, and learn all the
    /// same.
    @Test(arguments: [
        ([1], [1]), ([1, 3, 7, 15, 2], [1, 5]), ([4, 4], [4]), ([15], [0]), ([0, 2], [1]), ([3], []),
        ([2, 9], [0, 9, 2]),
    ])
    func plasticRowsComeOut(plasticDelays: [Int], fixedDelays: [Int]) throws {
        let data = try Data(contentsOf: Repository.golden("stdp_pair_additive.json"))
        var file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var golden = try #require((file["cases"] as? [[String: Any]])?.first)
        func bits(_ name: String) throws -> Int { try #require(golden[name] as? Int) }
        let layout = (try bits("log_n_neurons"), try bits("log_n_synapse_types"), try bits("log_max_delay"))
        let plastic = plasticDelays.enumerated().map { synapse(1000 + $0, $1, index: $0 % 4) }
        let fixed = fixedDelays.enumerated().map { synapse(30 + $0, $1, index: $0 % 4) }
        let ring = PlainRing(layout)
        func packed(_ halves: [Int]) -> [Int] {
            stride(from: 0, to: halves.count, by: 2).map {
                halves[$0] | (halves.indices.contains($0 + 1) ? halves[$0 + 1] << 16 : 0)
            }
        }
        let controls = plastic.map { ring.word($0) & 0xFFFF }
        let region = [0, 0] + packed(plastic.map { $0["weight"] ?? 0 })
        golden["row_words_initial"] =
            [region.count] + region + [fixed.count, plastic.count] + fixed.map(ring.word) + packed(controls)
        golden["fixed_synapses"] = fixed
        golden["plastic_synapses"] = zip(plastic, controls).map { synapse, control in
            synapse.merging(["control_word": control]) { $1 }
        }
        for late in 0...((plasticDelays + fixedDelays).reduce(0, max) + 1) {
            var expected = PlainRing(layout)
            expected.consume(upTo: 100)
            for synapse in plastic { expected.add(synapse, at: 100, late: late, isPlastic: true) }
            for synapse in fixed { expected.add(synapse, at: 100, late: late) }
            golden["events"] = [
                [
                    "ev": "pre", "t": 100, "colour_delay": late, "prev_time": 100 - late, "prev_trace": 2048,
                    "weights": plastic.map { $0["weight"] ?? 0 }, "ring_buffers_nonzero": expected.nonzero,
                    "n_saturations": 0, "n_skipped": expected.skipped, "n_late": late & 1,
                ] as [String: Any]
            ]
            file["cases"] = [golden]
            let found = try report(file)
            #expect(found.passed == 1, "\(late) late: \(found.firstMismatch?.description ?? "")")
            if (plasticDelays, fixedDelays) == ([1], [1]) { #expect(expected.skipped == (late > 0 ? 2 : 0)) }
        }
    }
}
