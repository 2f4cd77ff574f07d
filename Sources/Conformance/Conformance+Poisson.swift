import Diagnostics
import FixedPoint
import Neurons

extension Conformance {
    /// Replays `spinnaker-golden-poisson-1`: one case per core.
    static func checkPoisson(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        for golden in try file.member("cases").array() {
            report.count(try checkPoissonCase(golden))
        }
    }

    private static func checkPoissonCase(_ golden: Golden) throws(Failure) -> Mismatch? {
        var check = CaseCheck(try golden.member("case").string())
        guard
            let region = PoissonRegions(
                parameters: try golden.member("params_region_words").words(),
                rates: try golden.member("rates_region_words").words())
        else { throw Failure(.badInput, "\(golden.place): the region words are too few") }
        try checkEncoding(golden, region, &check)

        var core = PoissonCore(rates: region.rates, timing: region.timing, random: region.seed)
        try compare(core, try golden.member("sources_after_init"), "after init", &check)
        check.compare(
            "seed_after_init", expected: try golden.member("seed_after_init").words(), found: state(core.random))

        let columns = try golden.member("columns").array()
        var names: [String] = []
        for column in columns { names.append(try column.string()) }
        let output = UnsafeMutablePointer<SourceSpikes>.allocate(capacity: max(core.count, 1))
        defer { output.deallocate() }
        for row in try golden.member("rows").array() {
            let values = try row.ints()
            guard values.count == names.count, let step = values.first else {
                throw Failure(.badInput, "\(row.place) does not fit the columns")
            }
            var spikes = Array(repeating: 0, count: core.count)
            for i in 0..<core.tick(UInt32(truncatingIfNeeded: step), into: output) {
                spikes[Int(output[i].source)] = Int(output[i].count)
            }
            var found = ["t": step]
            for (name, word) in zip(["seed_x", "seed_y", "seed_z", "seed_c"], state(core.random)) {
                found[name] = Int(word)
            }
            for i in 0..<core.count {
                found["n_spikes_\(i)"] = spikes[i]
                found["time_to_spike_\(i)"] = Int(core.source(i).timeToSpike)
            }
            for (name, value) in zip(names, values) {
                check.compare(name, step: step, expected: value, found: found[name] ?? .min)
            }
        }
        try compare(core, try golden.member("sources_at_end"), "at end", &check)
        return check.mismatch
    }

    /// The words Python writes for the rates in PyNN's units.
    private static func checkEncoding(
        _ golden: Golden, _ region: PoissonRegions, _ check: inout CaseCheck
    ) throws(Failure) {
        let timing = PoissonTiming(timestep: try golden.member("timestep_ms").double())
        check.compare("timing words", expected: region.timing, found: timing)
        check.compare("seed", expected: try golden.member("seed").words(), found: state(region.seed))
        for (index, source) in try golden.member("sources").array().enumerated() where index < region.rates.count {
            var rates: [PoissonRate?] = []
            for rate in try source.array() {
                rates.append(
                    PoissonRate(
                        hertz: try rate.member("rate_hz").double(), start: try rate.member("start_ms").double(),
                        duration: try rate.optional("duration_ms")?.double()))
            }
            check.compare(
                "rate words of source \(index)", expected: region.rates[index], found: rates.compactMap { $0 })
        }
    }

    private static func compare(
        _ core: PoissonCore, _ golden: Golden, _ when: String, _ check: inout CaseCheck
    ) throws(Failure) {
        let sources = try golden.array()
        check.compare("number of sources", expected: sources.count, found: core.count)
        for (index, expected) in sources.enumerated() where index < core.count {
            let source = core.source(index)
            for (field, value) in [
                ("start_ticks", Int(source.startTicks)), ("end_ticks", Int(source.endTicks)),
                ("next_ticks", Int(source.nextTicks)), ("is_fast_source", source.isFast ? 1 : 0),
                ("exp_minus_lambda", Int(source.expMinusLambda)), ("sqrt_lambda", Int(source.sqrtLambda)),
                ("mean_isi_ticks", Int(source.meanInterval)), ("time_to_spike_ticks", Int(source.timeToSpike)),
            ] {
                check.compare(
                    "\(field) of source \(index) \(when)", expected: try expected.member(field).int(), found: value)
            }
        }
    }
}
