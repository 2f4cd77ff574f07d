import Diagnostics
import Plasticity
import Synapses

extension Conformance {
    /// Replays `spinnaker-golden-stdp-1`: one row and its targets' histories, by the engine's own kernel.
    static func checkPlasticity(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        let rule = try file.member("rule").string()
        guard let (timing, weight) = rules(rule) else {
            throw Failure(.badInput, "the rule \"\(rule)\" is unknown")
        }
        for golden in try file.member("cases").array() {
            report.count(try checkPlasticCase(golden, timing, weight))
        }
    }

    /// PyNN's names of a rule's two parts; the last word of the file's name is the weight rule.
    private static func rules(_ name: String) -> (timing: String, weight: String)? {
        let timings = [
            "pair": "SpikePair", "nearest_pair": "SpikeNearestPair", "pfister_triplet": "PfisterSpikeTriplet",
            "vogels_2011": "Vogels2011",
        ]
        for (suffix, weight) in [("_additive", "Additive"), ("_multiplicative", "Multiplicative")]
        where name.hasSuffix(suffix) {
            guard let timing = timings[String(name.dropLast(suffix.count))] else { return nil }
            return (timing, timing == "PfisterSpikeTriplet" ? "AdditiveTriplet" : weight)
        }
        return nil
    }

    private static func checkPlasticCase(
        _ golden: Golden, _ timing: String, _ weight: String
    ) throws(Failure) -> Mismatch? {
        var check = CaseCheck(try golden.member("case").string())
        let bits = [
            try golden.member("log_n_neurons").int(), try golden.member("log_n_synapse_types").int(),
            try golden.member("log_max_delay").int(),
        ]
        guard bits.allSatisfy({ $0 >= 0 }), bits.reduce(0, +) <= 16 else {
            throw Failure(.badInput, "\(golden.place): index, type and delay exceed 16 bits")
        }
        let layout = ChipRowLayout(indexBits: bits[0], typeBits: bits[1], delayBits: bits[2])
        let shifts = try golden.member("ring_buffer_left_shifts").ints()
        guard shifts.allSatisfy({ (0..<32).contains($0) }), shifts.count <= 1 << bits[1] else {
            throw Failure(.badInput, "\(golden.place): a shift or their number is out of range")
        }
        var arguments: [String: Double] = [:]
        let given = try golden.member("params")
        for name in given.keys { arguments[name] = try given.member(name).double() }
        let parameters = PlasticityParameters(
            arguments: arguments, timestep: try golden.member("timestep_ms").double(),
            weightScale: try golden.member("global_weight_scale").double(), leftShifts: shifts,
            backpropDelay: try golden.member("backprop_delay").bool())
        guard let histories = PostHistories(neurons: 1 << bits[0], ahead: 1),
            let plasticity = PlasticityCatalogue.plasticity(
                timing: timing, weight: weight, parameters, histories, WindowDraws(seed: 0, population: 0))
        else { throw Failure(.doesNotFit, "no memory for the histories, or no such rule") }

        try checkRegions(golden, plasticity, layout, shifts, &check)
        let plastic = try synapses(golden, "plastic_synapses")
        let fixed = try synapses(golden, "fixed_synapses")
        for (i, synapse) in try golden.member("plastic_synapses").array().enumerated() {
            check.compare(
                "control word \(i)", expected: try synapse.member("control_word").int(),
                found: Int(layout.word(plastic[i]) & 0xFFFF))
        }
        check.compare(
            "row_words_initial", expected: try golden.member("row_words_initial").words(),
            found: rowWords(plastic, fixed, layout, preTraces: plasticity.traces.pre))
        let replay = try PlasticReplay(plastic, fixed, plasticity, layout)
        for (number, event) in try golden.member("events").array().enumerated() where check.holds {
            switch try event.member("ev").string() {
            case "post": try checkPost(event, number, plasticity, &check)
            case "pre": try checkPre(event, number, replay, plasticity, &check)
            case let kind: throw Failure(.badInput, "\(event.place): an event \"\(kind)\" is unknown")
            }
        }
        return check.mismatch
    }

    private static func synapses(_ golden: Golden, _ list: String) throws(Failure) -> [ChipSynapse] {
        var synapses: [ChipSynapse] = []
        for synapse in try golden.member(list).array() {
            synapses.append(
                ChipSynapse(
                    weight: UInt16(truncatingIfNeeded: try synapse.member("weight").int()),
                    delay: try synapse.member("delay").int(), type: try synapse.member("type").int(),
                    index: try synapse.member("index").int()))
        }
        return synapses
    }

    /// The words that Python writes: those of the synapse parameters that follow from others, the rule's region, its
    /// parts.
    private static func checkRegions(
        _ golden: Golden, _ plasticity: Plasticity, _ layout: ChipRowLayout, _ shifts: [Int],
        _ check: inout CaseCheck
    ) throws(Failure) {
        let words = try golden.member("synapse_params_region_words").words()
        check.compare(
            "sizes in synapse_params_region_words", expected: words.prefix(5).suffix(3).map(Int.init),
            found: [layout.indexBits, layout.typeBits, layout.delayBits])
        check.compare(
            "types in synapse_params_region_words", expected: words.dropFirst().first.map(Int.init),
            found: shifts.count)
        check.compare(
            "shifts in synapse_params_region_words", expected: words.suffix(shifts.count).map(Int.init), found: shifts)
        check.compare(
            "dynamics_region_words", expected: try golden.member("dynamics_region_words").words(),
            found: plasticity.regionWords)
        let tables = plasticity.tables
        let luts = try golden.member("luts")
        check.compare("names of luts", expected: luts.keys, found: tables.keys.sorted())
        for (name, table) in tables where check.holds {
            let lut = try luts.member(name)
            check.compare("luts/\(name)/shift", expected: try lut.member("shift").int(), found: table.log2Steps)
            check.compare(
                "luts/\(name)/values", expected: try lut.member("values").ints(), found: table.values.map(Int.init))
        }
        var perType: [[Int]] = []
        for type in try golden.member("weight_region_per_type_raw_s1615").array() { perType.append(try type.ints()) }
        check.compare(
            "weight_region_per_type_raw_s1615", expected: perType,
            found: plasticity.weightWords.map { $0.map { Int(Int32(bitPattern: $0)) } })
    }

    /// A row as the chip stores it: the plastic region, the fixed words, the control words two to a word.
    private static func rowWords(
        _ plastic: [ChipSynapse], _ fixed: [ChipSynapse], _ layout: ChipRowLayout, preTraces: Int
    ) -> [UInt32] {
        func packed(_ halves: [UInt16]) -> [UInt32] {
            stride(from: 0, to: halves.count, by: 2).map {
                UInt32(halves[$0]) | (halves.indices.contains($0 + 1) ? UInt32(halves[$0 + 1]) << 16 : 0)
            }
        }
        let region = [UInt32](repeating: 0, count: 1 + (preTraces + 1) / 2) + packed(plastic.map(\.weight))
        return [UInt32(region.count)] + region + [UInt32(fixed.count), UInt32(plastic.count)]
            + fixed.map(layout.word) + packed(plastic.map { UInt16(truncatingIfNeeded: layout.word($0)) })
    }

    /// Traces as the file writes them: a number, a list, or nothing.
    private static func traces(_ golden: Golden?) throws(Failure) -> [Int]? {
        guard let golden else { return nil }
        return golden.value is [Any] ? try golden.ints() : [try golden.int()]
    }

    private static func checkPost(
        _ event: Golden, _ number: Int, _ plasticity: Plasticity, _ check: inout CaseCheck
    ) throws(Failure) {
        let step = try event.member("t").int()
        let neuron = try event.member("n").int()
        guard (0..<plasticity.histories.neurons).contains(neuron), (0..<Int(UInt32.max)).contains(step) else {
            throw Failure(.badInput, "\(event.place): no such neuron or step")
        }
        plasticity.targetsSpiked([UInt32(neuron)], numbers: [UInt32(neuron)], count: 1, at: step)
        let spikes = [TracedSpike()] + plasticity.histories.spikes(of: neuron, at: UInt32(step))
        check.compare(
            "count_minus_one after event \(number)", step: step, expected: try event.member("count_minus_one").int(),
            found: spikes.count - 1)
        check.compare(
            "history_times after event \(number)", step: step, expected: try event.member("history_times").ints(),
            found: spikes.map { Int($0.time) })
        for (i, golden) in try event.member("history_traces").elements().enumerated() where i < spikes.count {
            let all = [Int(spikes[i].traces.first), Int(spikes[i].traces.second), Int(spikes[i].time)]
            check.compare(
                "history_traces/\(i) after event \(number)", step: step, expected: try traces(golden),
                found: plasticity.traces.post == 0 ? nil : Array(all.prefix(plasticity.traces.post == 1 ? 1 : 3)))
        }
    }

    private static func checkPre(
        _ event: Golden, _ number: Int, _ replay: PlasticReplay, _ plasticity: Plasticity,
        _ check: inout CaseCheck
    ) throws(Failure) {
        let step = try event.member("t").int()
        let late = try event.member("colour_delay").int()
        guard (0..<Int(UInt32.max)).contains(step), (0...step).contains(late) else {
            throw Failure(.badInput, "\(event.place): no such step")
        }
        replay.consume(upTo: step)
        replay.deliver(at: step, late: late)
        let last = replay.last
        check.compare(
            "prev_time after event \(number)", step: step, expected: try event.member("prev_time").int(),
            found: Int(last.time))
        let all = [Int(last.traces.first), Int(last.traces.second)]
        check.compare(
            "prev_trace after event \(number)", step: step, expected: try traces(try event.optional("prev_trace")),
            found: plasticity.traces.pre == 0 ? nil : Array(all.prefix(plasticity.traces.pre)))
        check.compare(
            "weights after event \(number)", step: step, expected: try event.member("weights").ints(),
            found: replay.weights)
        var expected: [[Int]] = []
        for entry in try event.member("ring_buffers_nonzero").array() { expected.append(try entry.ints()) }
        check.compare("ring buffers after event \(number)", step: step, expected: expected, found: replay.nonzero)
        // The files do not say whether a plastic synapse's saturation counts among these; the chip has two counters.
        let saturations = try event.member("n_saturations").int()
        if saturations != replay.saturations + replay.plasticSaturations {
            check.compare(
                "n_saturations after event \(number)", step: step, expected: saturations, found: replay.saturations)
        }
        for (field, value) in [("n_skipped", replay.skipped), ("n_late", replay.late)] {
            check.compare(
                "\(field) after event \(number)", step: step, expected: try event.member(field).int(), found: value)
        }
    }
}

/// A row with a plastic and a fixed part in the engine's form, delivered by the engine's kernels.
private final class PlasticReplay {
    private let layout: ChipRowLayout
    private let ringBuffers: RingBuffers
    private let table: PlasticRowTable
    private let fixed: ProductionRows
    private let fixedSynapses: [ChipSynapse]
    /// Where each plastic synapse of the file stands in the table: by type, then as listed.
    private let order: [Int]
    private let saturated: UnsafeMutablePointer<UInt32>
    private var consumed = -1
    private(set) var saturations = 0
    private(set) var skipped = 0
    private(set) var late = 0

    init(
        _ plastic: [ChipSynapse], _ fixed: [ChipSynapse], _ plasticity: Plasticity, _ layout: ChipRowLayout
    ) throws(Failure) {
        self.layout = layout
        fixedSynapses = fixed
        let types = 1 << layout.typeBits
        ringBuffers = try RingBuffers(
            InputLayout(neurons: 1 << layout.indexBits), steps: layout.slots, types: types)
        order = (0..<types).flatMap { type in plastic.indices.filter { plastic[$0].type == type } }
        let rows = [
            plastic.map {
                RowSynapse(type: $0.type, neuron: $0.index, delay: $0.delay % layout.slots, weight: $0.weight)
            }
        ]
        guard let table = PlasticRowTable(rows: rows, plasticity: plasticity, types: types) else {
            throw Failure(.doesNotFit, "no memory for a row")
        }
        self.table = table
        self.fixed = try ProductionRows([fixed], layout: layout)
        saturated = .allocate(capacity: ringBuffers.stride)
        saturated.initialize(repeating: 0, count: ringBuffers.stride)
    }

    deinit { saturated.deallocate() }

    func consume(upTo step: Int) {
        guard step > consumed else { return }
        for passed in (consumed + 1)...min(step, consumed + layout.slots) {
            for type in 0..<ringBuffers.types {
                ringBuffers.slot(ofStep: passed, type: type).update(repeating: 0, count: ringBuffers.stride)
            }
        }
        fixed.consume(upTo: step)
        consumed = step
    }

    /// The plastic part, then the fixed one.
    ///
    /// A packet that is late is delivered as of the step it was sent in.
    func deliver(at step: Int, late colourDelay: Int) {
        late += LateSpikes.counted(late: colourDelay)
        skipped += table.skipped(row: 0, late: colourDelay)
        table.deliver(
            [RowSpikes(row: 0)], count: 1, time: step - colourDelay, late: colourDelay, into: ringBuffers,
            saturated: saturated)
        var sums = inputs
        for synapse in fixedSynapses {
            let delay = synapse.delay % layout.slots
            guard !LateSpikes.skipsFixed(delay: delay, late: colourDelay) else { continue }
            let slot = (step - colourDelay + delay) & (layout.slots - 1)
            let sum = sums[[slot, synapse.type, synapse.index], default: 0] + Int(synapse.weight)
            if sum > 65535 { saturations += 1 }
            sums[[slot, synapse.type, synapse.index]] = min(sum, 65535)
        }
        skipped += fixed.deliver(0, at: step, colourDelay: colourDelay)
    }

    var last: TracedSpike { table.last(row: 0) ?? TracedSpike() }

    /// As the file lists them.
    var weights: [Int] {
        var found: [Int] = []
        table.forEach { found.append(Int($0.weight)) }
        var weights = [Int](repeating: 0, count: order.count)
        for (place, weight) in zip(order, found) { weights[place] = weight }
        return weights
    }

    /// Entries that are not zero, as `[index, value]` in the chip's numbering.
    var nonzero: [[Int]] {
        inputs.filter { $0.value != 0 }.map { key, value in
            [key[0] << (layout.typeBits + layout.indexBits) | key[1] << layout.indexBits | key[2], value]
        }.sorted { $0[0] < $1[0] }
    }

    /// What both parts add up to, by slot, type and index.
    private var inputs: [[Int]: Int] {
        var result = fixed.inputs
        for step in (consumed + 1)...(consumed + layout.slots) {
            for type in 0..<ringBuffers.types {
                let entries = ringBuffers.slot(ofStep: step, type: type)
                for index in 0..<(1 << layout.indexBits) where entries[index] != 0 {
                    result[[step & (layout.slots - 1), type, index], default: 0] += Int(entries[index])
                }
            }
        }
        return result.mapValues { min($0, 65535) }
    }

    var plasticSaturations: Int { (0..<ringBuffers.stride).reduce(0) { $0 + Int(saturated[$1]) } }
}
