import Diagnostics
import FixedPoint
import Neurons

extension Conformance {
    /// Replays `spinnaker-golden-neuron-1`: one case per neuron, through every form of the kernels.
    static func checkNeurons(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        let model = try file.member("model").string()
        let cases = try file.member("cases").array()
        guard let kind = NeuronCase.kind(of: model) else {
            report.failed = cases.count
            report.notes.append("model \(model): unknown, \(cases.count) cases failed")
            return
        }
        for golden in cases {
            let neuron = try NeuronCase(golden, kind)
            var check = CaseCheck(neuron.name)
            try neuron.checkInit(golden, &check)
            for form in CellGroup.Form.allCases {
                for isFused in [true, false] where check.holds {
                    NeuronReplay(neuron, form: form, isFused: isFused).run(&check)
                }
            }
            report.count(check.mismatch)
        }
    }

    /// Replays `spinnaker-golden-derived-1`: the constants of one neuron a case.
    static func checkDerived(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        var unknown: [String: Int] = [:]
        for golden in try file.member("cases").array() {
            let model = try golden.member("model").string()
            guard let kind = NeuronCase.kind(of: model) else {
                unknown[model, default: 0] += 1
                report.failed += 1
                continue
            }
            let neuron = try NeuronCase(golden, kind)
            var check = CaseCheck(neuron.name)
            try neuron.checkInit(golden, &check)
            report.count(check.mismatch)
        }
        for (model, count) in unknown.sorted(by: { $0.key < $1.key }) {
            report.notes.append("model \(model): unknown, \(count) cases failed")
        }
    }
}

/// One recorded neuron of any model.
struct NeuronCase {
    let name: String
    let kind: CellKind
    /// Raw parameters and initial values by PyNN name.
    let words: [String: Int32]
    let timestep: S1615
    let subSteps: Int
    let shifts: [UInt32]
    let currents: [(current: InjectedCurrent, seed: KISS64)]
    /// Ring-buffer entries by step.
    let inputs: [Int: [UInt16]]
    let columns: [String]
    let rows: [[Int]]

    /// The cell model of a name in the files, which is that of the chip's binary.
    static func kind(of model: String) -> CellKind? {
        let names = [
            "IZK_curr_exp": "Izhikevich", "IZK_cond_exp": "Izhikevich_cond",
            "IZK_cond_exp_dual": "Izhikevich_cond_dual", "IF_curr_exp_dual": "IF_curr_dual_exp",
            "IF_curr_exp_ca2_adaptive": "IFCurrExpCa2Adaptive",
            "IF_curr_delta_ca2_adaptive": "IFCurrDeltaCa2Adaptive", "IF_cond_exp_stoc": "IFCondExpStoc",
            "IF_curr_delta_fixed_prob": "IFCurrDeltaFixedProb", "IF_trunc_delta": "IFTruncDelta",
            "stoc_exp": "StocExp", "stoc_exp_stable": "StocExpStable", "stoc_sigma": "StocSigma",
        ]
        return CellCatalogue.all[names[model] ?? model]
    }

    /// PyNN's name of a parameter or an initial value that the chip calls otherwise.
    private static let pynnNames = [
        "V_init": "v", "V_rest": "v_rest", "c_m": "cm", "I_offset": "i_offset", "V_reset": "v_reset",
        "T_refract_ms": "tau_refrac", "refract_timer_init": "refract_timer", "V": "v", "U": "u", "A": "a", "B": "b",
        "C": "c", "D": "d",
    ]

    init(_ golden: Golden, _ kind: CellKind) throws(Failure) {
        name = try golden.member("case").string()
        self.kind = kind
        subSteps = try golden.member("n_steps_per_timestep").int()
        guard (1...255).contains(subSteps) else { throw Failure(.badInput, "\(golden.place): sub-steps \(subSteps)") }
        let sections = try golden.member("raw_params")
        var words: [String: Int32] = [:]
        for section in sections.keys {
            let members = try sections.member(section)
            for name in members.keys { words[Self.pynnNames[name] ?? name] = try members.member(name).raw() }
        }
        self.words = words
        timestep = S1615(raw: try sections.member("neuron_params").member("time_step").raw())
        let shifts =
            try golden.optional("ring_buffer_left_shifts")?.words() ?? Array(repeating: 0, count: kind.receptors)
        guard shifts.count == kind.receptors, shifts.allSatisfy({ $0 < 32 }) else {
            throw Failure(.badInput, "\(golden.place)/ring_buffer_left_shifts is not \(kind.receptors) shifts")
        }
        self.shifts = shifts
        if let region = try golden.optional("current_source_region_words") {
            guard let sources = InjectedCurrents.sources(ofRegion: try region.words()) else {
                throw Failure(.badInput, "\(region.place) does not hold the sources it counts")
            }
            currents = sources
        } else {
            currents = []
        }
        var inputs: [Int: [UInt16]] = [:]
        for row in try golden.optional("inputs_sparse")?.array() ?? [] {
            let values = try row.ints()
            guard values.count == kind.receptors + 1 else {
                throw Failure(.badInput, "\(row.place) is not a step and \(kind.receptors) entries")
            }
            inputs[values[0]] = values.dropFirst().map { UInt16(truncatingIfNeeded: $0) }
        }
        self.inputs = inputs
        var columns: [String] = []
        for column in try golden.optional("columns")?.array() ?? [] { columns.append(try column.string()) }
        var rows: [[Int]] = []
        for row in try golden.optional("rows")?.array() ?? [] {
            rows.append(try row.ints())
            guard rows[rows.count - 1].count == columns.count else {
                throw Failure(.badInput, "\(row.place) does not fit the columns")
            }
        }
        self.columns = columns
        self.rows = rows
    }

    /// The neuron, `count` times, each on a core of its own.
    func group(count: Int, form: CellGroup.Form = .uniform) -> CellGroup {
        // Accums are exact in `Double`, so that encoding them again gives the same words; the timer is an integer.
        let words = words
        func values(_ name: String) -> CellValues? {
            words[name].map { .same(name == "refract_timer" ? Double($0) : S1615(raw: $0).doubleValue) }
        }
        return CellGroup(
            kind, count: count, subSteps: subSteps,
            parameters: CellParameters(
                timestep: timestep, subSteps: subSteps, parameter: values, initial: values, seed: { _ in .compiledIn }),
            cores: Array(repeating: 1, count: count), least: form)
    }

    /// Compares Python's encoding and the chip's initialisation.
    func checkInit(_ golden: Golden, _ check: inout CaseCheck) throws(Failure) {
        let written = try golden.member("raw_params")
        let parameters = try golden.member("pynn_params")
        for section in written.keys {
            let words = try written.member(section)
            for name in words.keys where !name.hasPrefix("time_step") && name != "refract_timer_init" {
                guard let value = try parameters.optional(name)?.double() else { continue }
                check.compare(
                    "encoding of \(name)", expected: try words.member(name).raw(),
                    found: S1615(rounding: value)?.raw ?? .min)
            }
        }
        check.compare(
            "encoding of time_step", expected: timestep.raw,
            found: S1615(rounding: try golden.member("timestep_ms").double())?.raw ?? .min)

        let group = group(count: 1)
        let derived = try golden.member("derived_after_init")
        for section in derived.keys {
            let fields = try derived.member(section)
            for name in fields.keys {
                let word =
                    name == "I_offset"
                    ? group.offset(of: 0) : group.constant(name, of: 0) ?? group.values(of: name)?.words[0]
                guard let word else {
                    check.fail("\(section).\(name) after init", expected: "a known field", found: "none")
                    continue
                }
                check.compare(
                    "\(section).\(name) after init", expected: try fields.member(name).int(),
                    found: Self.isUnsigned(name) ? Int(UInt32(bitPattern: word)) : Int(word))
            }
        }
    }

    /// Names of u0.32 words.
    static func isUnsigned(_ name: String) -> Bool { name.hasSuffix("_decay") || name.hasSuffix("_init") }
}
