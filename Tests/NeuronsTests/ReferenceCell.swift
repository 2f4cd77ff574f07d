import FixedPoint

/// One neuron of any assembled model in `Int64`, word by word under the chip's names
/// (Documentation/Chip.md, "Order within a step").
///
/// Shares nothing with the kernels but the exponential function and the generator, which have tests of their own.
/// Constants are given: the recorded vectors check how they are derived.
struct ReferenceCell {
    enum Synapse { case exp, dual, semd, delta, alpha, alphaFunction }
    enum Input { case current, conductance, delta }
    enum Membrane { case leaky, izhikevich, truncated, nonLeaky }
    enum Threshold { case fixed, maass, probability }

    struct Parts {
        var synapse = Synapse.exp
        var input = Input.current
        var membrane = Membrane.leaky
        var threshold = Threshold.fixed
        var adapts = false
    }

    static let models: [String: Parts] = [
        "IF_curr_exp": Parts(), "IF_cond_exp": Parts(input: .conductance),
        "IF_curr_delta": Parts(synapse: .delta, input: .delta), "IF_curr_alpha": Parts(synapse: .alpha),
        "IF_curr_dual_exp": Parts(synapse: .dual), "IF_curr_exp_sEMD": Parts(synapse: .semd),
        "Izhikevich": Parts(membrane: .izhikevich),
        "Izhikevich_cond": Parts(input: .conductance, membrane: .izhikevich),
        "Izhikevich_cond_dual": Parts(synapse: .dual, input: .conductance, membrane: .izhikevich),
        "IFCurrExpCa2Adaptive": Parts(adapts: true),
        "IFCurrDeltaCa2Adaptive": Parts(synapse: .delta, input: .delta, adapts: true),
        "IFCondExpStoc": Parts(input: .conductance, threshold: .maass),
        "IFCurrDeltaFixedProb": Parts(synapse: .delta, input: .delta, threshold: .probability),
        "IFTruncDelta": Parts(synapse: .delta, membrane: .truncated),
        "IF_cond_alpha": Parts(synapse: .alphaFunction, input: .conductance),
        "IF_facets_hardware1": Parts(input: .conductance), "IF_nonleaky_curr_exp": Parts(membrane: .nonLeaky),
    ]

    let parts: Parts
    let k: [String: Int64]
    var s: [String: Int64]
    /// The generator of the neuron's core, for the Maass threshold; of the neuron, for the fixed probability.
    var generator: KISS64

    // MARK: - Arithmetic

    static func wrap(_ x: Int64) -> Int64 { Int64(Int32(truncatingIfNeeded: x)) }
    static func mul(_ a: Int64, _ b: Int64) -> Int64 { wrap((a * b) >> 15) }
    static func decay(_ x: Int64, _ d: Int64) -> Int64 {
        wrap(Int64((Int128(x) * Int128(UInt32(truncatingIfNeeded: d))) >> 32))
    }
    static func exp(_ x: Int64) -> Int64 { Int64(Exponential.expk(Int32(truncatingIfNeeded: x))) }
    static func reciprocal(_ x: Int64) -> Int64 {
        x == 0 ? -1 : wrap(Int64(bitPattern: (1 << 30) / UInt64(bitPattern: x)))
    }

    private func wrap(_ x: Int64) -> Int64 { Self.wrap(x) }
    private func mul(_ a: Int64, _ b: Int64) -> Int64 { Self.mul(a, b) }
    private func const(_ name: String) -> Int64 { k[name] ?? 0 }
    private func state(_ name: String) -> Int64 { s[name] ?? 0 }

    // MARK: - Steps

    private var receptors: [String] {
        parts.synapse == .dual || parts.synapse == .semd ? ["exc", "exc2", "inh"] : ["exc", "inh"]
    }

    mutating func transfer(_ entries: [UInt16], _ shifts: [UInt32]) {
        for (type, name) in receptors.enumerated() where entries[type] != 0 {
            let input = wrap(Int64(entries[type]) << Int64(shifts[type]))
            switch parts.synapse {
            case .exp, .dual, .semd:
                s["isyn_" + name] = wrap(state("isyn_" + name) + Self.decay(input, const(name + "_init")))
            case .delta: s["isyn_" + name] = wrap(state("isyn_" + name) + input)
            case .alphaFunction: s[name + "_rise"] = wrap(state(name + "_rise") + input)
            case .alpha:
                guard input > 0 else { continue }
                let response = wrap(Self.decay(state(name + "_exp"), const(name + "_decay")) + 32768)
                let linear = wrap(state(name + "_lin") + mul(input, const(name + "_dt_over_tau_sq")))
                s[name + "_q"] = input
                s[name + "_exp"] = response
                s[name + "_lin"] = mul(linear, wrap(32768 - Self.reciprocal(response)))
            }
        }
    }

    /// Excitatory inputs and the inhibitory one; the motion detector's state moves.
    private mutating func read() -> (excitatory: [Int64], inhibitory: Int64) {
        switch parts.synapse {
        case .exp, .delta: return ([state("isyn_exc")], state("isyn_inh"))
        case .dual: return ([state("isyn_exc"), state("isyn_exc2")], state("isyn_inh"))
        case .alpha:
            return ([mul(state("exc_lin"), state("exc_exp"))], mul(state("inh_lin"), state("inh_exp")))
        case .alphaFunction:
            let inputs = ["exc", "inh"].map { name in
                wrap(
                    Self.decay(state(name + "_value"), const(name + "_mean"))
                        + mul(state(name + "_rise"), const(name + "_mean_rise")))
            }
            return ([inputs[0]], inputs[1])
        case .semd:
            let second = state("isyn_exc2")
            if second < 32 {
                s["multiplicator"] = 0
            } else if state("multiplicator") == 0, state("exc2_old") == 0 {
                s["multiplicator"] = state("isyn_exc")
            }
            s["exc2_old"] = second
            return ([0, mul(mul(second, state("multiplicator")), const("scaling_factor"))], state("isyn_inh"))
        }
    }

    private var potential: String { parts.membrane == .izhikevich ? "V" : "V_membrane" }

    /// V and the inputs as recorded.
    func recorded() -> [Int64] {
        var copy = self
        let (excitatory, inhibitory) = copy.read()
        let shift: Int64 = parts.input == .conductance ? 10 : 0
        return [
            state(potential), wrap(excitatory.map { $0 >> shift }.reduce(0, +)), inhibitory >> shift,
        ]
    }

    mutating func advance(current: Int64) -> Bool {
        var (excitatory, inhibitory) = read()
        let v = state(potential)
        switch parts.input {
        case .current: break
        case .delta:
            excitatory = excitatory.map { mul($0, const("scale_factor")) }
            inhibitory = mul(inhibitory, const("scale_factor"))
        case .conductance:
            excitatory = excitatory.map { mul($0 >> 10, wrap(const("V_rev_E") - v)) }
            inhibitory = mul(wrap(-(inhibitory >> 10)), wrap(const("V_rev_I") - v))
        }
        var input = excitatory.reduce(current, +) - inhibitory
        if parts.adapts {
            s["i_ca2"] = mul(state("i_ca2"), const("exp_tau_ca2"))
            input -= state("i_ca2")
        }
        integrate(wrap(input))
        let fires = test(state(potential))
        if fires {
            reset()
            if parts.adapts { s["i_ca2"] = wrap(state("i_ca2") + const("i_alpha")) }
        }
        for name in receptors {
            switch parts.synapse {
            case .exp, .dual, .semd: s["isyn_" + name] = Self.decay(state("isyn_" + name), const(name + "_decay"))
            case .delta: s["isyn_" + name] = 0
            case .alphaFunction:
                let raised = wrap(state(name + "_value") + mul(state(name + "_rise"), const(name + "_slope")))
                s[name + "_value"] = Self.decay(raised, const(name + "_decay"))
                s[name + "_rise"] = Self.decay(state(name + "_rise"), const(name + "_decay"))
            case .alpha:
                s[name + "_lin"] = wrap(state(name + "_lin") + mul(state(name + "_q"), const(name + "_dt_over_tau_sq")))
                s[name + "_exp"] = Self.decay(state(name + "_exp"), const(name + "_decay"))
            }
        }
        return fires
    }

    private mutating func integrate(_ input: Int64) {
        if parts.membrane == .izhikevich {
            let (v, u, h) = (state("V"), state("U"), state("this_h"))
            let pre = wrap(140 << 15 + input - u)
            let alpha = wrap(pre + mul(wrap(5 << 15 + mul(1311, v)), v))
            let eta = wrap(v + mul(mul(h, alpha), 16384))
            let ah = mul(const("A"), h)
            let beta = mul(mul(ah, wrap(mul(const("B"), v) - u)), 16384)
            s["V"] = wrap(v + mul(h, wrap(pre - beta + mul(wrap(5 << 15 + mul(1311, eta)), eta))))
            s["U"] = wrap(u + mul(ah, wrap(-u - beta + mul(const("B"), eta))))
            s["this_h"] = const("reset_h")
            return
        }
        guard state("refract_timer") <= 0 else {
            s["refract_timer"] = state("refract_timer") - 1
            return
        }
        if parts.membrane == .nonLeaky {
            s["V_membrane"] = wrap(state("V_membrane") + mul(input, const("ts_over_cm")))
        } else if parts.membrane == .truncated {
            s["V_membrane"] = max(wrap(mul(input, const("R_membrane")) + state("V_membrane")), const("V_reset"))
        } else {
            let alpha = wrap(mul(input, const("R_membrane")) + const("V_rest"))
            s["V_membrane"] = wrap(alpha - mul(const("exp_TC"), wrap(alpha - state("V_membrane"))))
        }
    }

    private mutating func test(_ v: Int64) -> Bool {
        switch parts.threshold {
        case .fixed: return v >= const("threshold_value")
        case .probability:
            guard v >= const("threshold_value") else { return false }
            return generator.next() < UInt32(truncatingIfNeeded: const("prob"))
        case .maass:
            let draw = Int64(generator.next() & 0xFFFF) >> 1
            let x = mul(wrap(v - const("v_thresh")), const("du_th_inv"))
            var result: Int64 = 26214
            if x < 5 << 15 {
                let hazard = mul(mul(const("tau_th_inv"), const("ts_div_10")), Self.exp(x))
                result = mul(wrap(32768 - Self.exp(hazard)), 26214)
            }
            return Int64((UInt32(truncatingIfNeeded: result) << 1) >> 1) >= draw
        }
    }

    private mutating func reset() {
        if parts.membrane == .izhikevich {
            s["V"] = const("C")
            s["U"] = wrap(state("U") + const("D"))
            s["this_h"] = mul(const("reset_h"), 60620)
        } else {
            s["V_membrane"] = const("V_reset")
            s["refract_timer"] = const("T_refract")
        }
    }
}
