/// A leaky cell with two conductances that its own spikes raise, PyNN's `IF_cond_exp_gsfa_grr`: one for the adaptation
/// of the firing rate, one for relative refractoriness.
///
/// cm·V′ = −g(V − v_rest) − g_s(V − e_rev_sfa) − g_r(V − e_rev_rr) + I with g = cm ÷ tau_m; g_s and g_r decay with
/// tau_sfa and tau_rr. A potential at or above v_thresh fires: V = v_reset, where it stays for tau_refrac; g_s rises by
/// q_sfa, g_r by q_rr.
///
/// - Source: Muller and others 2007; checked against NEST's `iaf_cond_exp_sfa_rr`.
public enum SpikeAdapting: RealDynamics {
    /// Potential in mV and conductances in nS.
    @frozen
    public struct State: Reals {
        public var v = 0.0
        public var adaptation = 0.0
        public var refractoriness = 0.0

        @inlinable
        public init() {}
    }

    /// In mV, ms, µS, nS, nA and their quotients.
    @frozen
    public struct Constants: Reals {
        public var conductance = 0.0
        public var inverseCapacity = 0.0
        public var vRest = 0.0
        public var vReset = 0.0
        public var vThresh = 0.0
        public var adaptationReversal = 0.0
        public var adaptationRate = 0.0
        public var adaptationStep = 0.0
        public var refractorinessReversal = 0.0
        public var refractorinessRate = 0.0
        public var refractorinessStep = 0.0
        public var excitatoryReversal = 0.0
        public var inhibitoryReversal = 0.0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { State.doubles("v", "g_s", "g_r") }
    public static var constantNames: [String] {
        Constants.doubles(
            "g_L", "inverse_cm", "v_rest", "v_reset", "v_thresh", "e_rev_sfa", "inverse_tau_sfa", "q_sfa", "e_rev_rr",
            "inverse_tau_rr", "q_rr", "e_rev_E", "e_rev_I")
    }

    /// A hundredth of a ms.
    public static var longestStep: Double { 0.01 }

    public static func refractoryPeriod(_ p: CellParameters) -> Double { p.value("tau_refrac") }

    public static func constants(_ p: CellParameters, step: Double) -> Constants {
        var k = Constants()
        k.conductance = p.value("cm") / p.value("tau_m")
        k.inverseCapacity = 1 / p.value("cm")
        k.vRest = p.value("v_rest")
        k.vReset = p.value("v_reset")
        k.vThresh = p.value("v_thresh")
        k.adaptationReversal = p.value("e_rev_sfa")
        k.adaptationRate = 1 / p.value("tau_sfa")
        k.adaptationStep = p.value("q_sfa")
        k.refractorinessReversal = p.value("e_rev_rr")
        k.refractorinessRate = 1 / p.value("tau_rr")
        k.refractorinessStep = p.value("q_rr")
        k.excitatoryReversal = p.value("e_rev_E")
        k.inhibitoryReversal = p.value("e_rev_I")
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.v = p.initialValue("v")
        state.adaptation = p.initialValue("g_s")
        state.refractoriness = p.initialValue("g_r")
        return state
    }

    @inlinable @inline(__always)
    public static func derivative(_ state: State, _ inputs: RealInputs, _ k: Constants) -> State {
        let v = state.v
        let own =
            state.adaptation * (k.adaptationReversal - v) + state.refractoriness * (k.refractorinessReversal - v)
        let synapses =
            inputs.excitatory * (k.excitatoryReversal - v) + inputs.inhibitory * (k.inhibitoryReversal - v)
        let total = k.conductance * (k.vRest - v) + 0.001 * own + synapses + inputs.current
        var rate = State()
        rate.v = inputs.isActive ? total * k.inverseCapacity : 0
        rate.adaptation = -state.adaptation * k.adaptationRate
        rate.refractoriness = -state.refractoriness * k.refractorinessRate
        return rate
    }

    @inlinable @inline(__always)
    public static func fires(_ state: State, before: State, isActive: Bool, _ k: Constants) -> Bool {
        isActive && state.v >= k.vThresh
    }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {
        state.v = fires ? k.vReset : state.v
        state.adaptation = fires ? state.adaptation + k.adaptationStep : state.adaptation
        state.refractoriness = fires ? state.refractoriness + k.refractorinessStep : state.refractoriness
    }

    @inlinable
    public static func voltage(_ state: State) -> Double { state.v }
}
