import Diagnostics
import FixedPoint
import Neurons

extension Conformance {
    /// Replays `spinnaker-golden-neuron-1`: one case per neuron, through every form of the kernels.
    static func checkNeurons(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        let model = try file.member("model").string()
        let cases = try file.member("cases").array()
        guard model == "IF_curr_exp" else {
            report.failed = cases.count
            report.notes.append("model \(model): not supported yet, \(cases.count) cases failed")
            return
        }
        for golden in cases {
            let neuron = try LIFCase(golden)
            var check = CaseCheck(neuron.name)
            if try golden.optional("current_source_region_words") != nil {
                check.fail("current_source_region_words", expected: "none", found: "current sources: not supported yet")
            }
            try neuron.checkInit(golden, &check)
            for form in LIFReplay.Form.allCases {
                for isFused in [true, false] where check.holds {
                    LIFReplay(neuron, form: form, isFused: isFused).run(&check)
                }
            }
            report.count(check.mismatch)
        }
    }

    /// Replays `spinnaker-golden-derived-1`: the constants of one neuron a case.
    static func checkDerived(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        var skipped: [String: Int] = [:]
        for golden in try file.member("cases").array() {
            let model = try golden.member("model").string()
            guard model == "IF_curr_exp" else {
                skipped[model, default: 0] += 1
                continue
            }
            let neuron = try LIFCase(golden)
            var check = CaseCheck(neuron.name)
            try neuron.checkInit(golden, &check)
            report.count(check.mismatch)
        }
        for (model, count) in skipped.sorted(by: { $0.key < $1.key }) {
            report.notes.append("model \(model): not supported yet, \(count) cases skipped")
        }
    }
}

/// One recorded IF_curr_exp neuron.
struct LIFCase {
    let name: String
    let parameters: LIFParameters
    let timestep: S1615
    let subSteps: Int
    /// v, refractory timer, excitatory input, inhibitory input, before the first step.
    let initial: [Int32]
    let shifts: [UInt32]
    /// Ring-buffer entries by step.
    let inputs: [Int: [UInt16]]
    let columns: [String]
    let rows: [[Int]]

    init(_ golden: Golden) throws(Failure) {
        name = try golden.member("case").string()
        subSteps = try golden.member("n_steps_per_timestep").int()
        guard (1...255).contains(subSteps) else { throw Failure(.badInput, "\(golden.place): sub-steps \(subSteps)") }
        let sections = try golden.member("raw_params")
        let neuron = try sections.member("neuron_params")
        let synapse = try sections.member("synapse_params")
        func word(_ section: Golden, _ name: String) throws(Failure) -> S1615 {
            S1615(raw: try section.member(name).raw())
        }
        parameters = LIFParameters(
            tauMembrane: try word(neuron, "tau_m"), capacitance: try word(neuron, "c_m"),
            vRest: try word(neuron, "V_rest"), vReset: try word(neuron, "V_reset"),
            vThreshold: try word(sections.member("threshold_params"), "v_thresh"),
            refractoryPeriod: try word(neuron, "T_refract_ms"), iOffset: try word(neuron, "I_offset"),
            tauExcitatory: try word(synapse, "tau_syn_E"), tauInhibitory: try word(synapse, "tau_syn_I"))
        timestep = try word(neuron, "time_step")
        initial = [
            try neuron.member("V_init").raw(), try neuron.member("refract_timer_init").raw(),
            try synapse.member("isyn_exc").raw(), try synapse.member("isyn_inh").raw(),
        ]
        shifts = try golden.optional("ring_buffer_left_shifts")?.words() ?? [0, 0]
        guard shifts.count == 2, shifts.allSatisfy({ $0 < 32 }) else {
            throw Failure(.badInput, "\(golden.place)/ring_buffer_left_shifts is not two shifts")
        }
        var inputs: [Int: [UInt16]] = [:]
        for row in try golden.optional("inputs_sparse")?.array() ?? [] {
            let values = try row.ints()
            guard values.count == 3 else { throw Failure(.badInput, "\(row.place) is not [t, exc, inh]") }
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

    /// The constants as the kernels use them.
    var constants: LIFConstants { LIFConstants(parameters, timestep: timestep, subSteps: UInt32(subSteps)) }

    /// Compares Python's encoding and the chip's initialisation.
    func checkInit(_ golden: Golden, _ check: inout CaseCheck) throws(Failure) {
        let written = try golden.member("raw_params")
        let parameters = try golden.member("pynn_params")
        for section in ["neuron_params", "threshold_params", "synapse_params"] {
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

        let c = constants
        let found: [String: [String: Int]] = [
            "neuron": [
                "V_membrane": Int(initial[0]), "V_rest": Int(c.vRest), "R_membrane": Int(c.resistance),
                "exp_TC": Int(c.membraneDecay), "I_offset": Int(c.iOffset), "refract_timer": Int(initial[1]),
                "V_reset": Int(c.vReset), "T_refract": Int(c.refractorySteps),
            ],
            "synapse": [
                "exc_decay": Int(c.excitatoryDecay), "exc_init": Int(c.excitatoryInit), "isyn_exc": Int(initial[2]),
                "inh_decay": Int(c.inhibitoryDecay), "inh_init": Int(c.inhibitoryInit), "isyn_inh": Int(initial[3]),
            ],
            "threshold": ["threshold_value": Int(c.vThreshold)],
        ]
        let derived = try golden.member("derived_after_init")
        for section in derived.keys {
            let fields = try derived.member(section)
            for name in fields.keys {
                check.compare(
                    "\(section).\(name) after init", expected: try fields.member(name).int(),
                    found: found[section]?[name] ?? .min)
            }
        }
    }
}
