/// The adaptive exponential integrate-and-fire cell, PyNN's `EIF_cond_exp_isfa_ista` and `EIF_cond_alpha_isfa_ista`.
///
/// cm·V′ = −g(V − v_rest) + g·delta_T·e^((V − v_thresh) ÷ delta_T) − w + I, tau_w·w′ = a(V − v_rest) − w, with g = cm ÷
/// tau_m. A potential at or above v_spike fires: V = v_reset, w = w + b; V then stays for tau_refrac while w goes on.
/// In the equations V counts as v_spike where it is above.
///
/// - Source: Brette and Gerstner 2005; checked against NEST's `aeif_cond_exp` and `aeif_cond_alpha`.
public enum AdaptiveExponential: RealDynamics {
    /// Potential in mV and adaptation current in nA.
    @frozen
    public struct State: Reals {
        public var v = 0.0
        public var w = 0.0

        @inlinable
        public init() {}
    }

    /// In mV, ms, µS, nA and their quotients.
    @frozen
    public struct Constants: Reals {
        public var conductance = 0.0
        public var inverseCapacity = 0.0
        public var vRest = 0.0
        public var vReset = 0.0
        public var vThresh = 0.0
        public var vSpike = 0.0
        public var slope = 0.0
        public var inverseSlope = 0.0
        public var a = 0.0
        public var b = 0.0
        public var rate = 0.0
        public var excitatoryReversal = 0.0
        public var inhibitoryReversal = 0.0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { State.doubles("v", "w") }
    public static var constantNames: [String] {
        Constants.doubles(
            "g_L", "inverse_cm", "v_rest", "v_reset", "v_thresh", "v_spike", "delta_T", "inverse_delta_T", "a", "b",
            "inverse_tau_w", "e_rev_E", "e_rev_I")
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
        k.vSpike = p.value("v_spike")
        k.slope = p.value("delta_T")
        k.inverseSlope = 1 / p.value("delta_T")
        k.a = p.value("a") / 1000
        k.b = p.value("b")
        k.rate = 1 / p.value("tau_w")
        k.excitatoryReversal = p.value("e_rev_E")
        k.inhibitoryReversal = p.value("e_rev_I")
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.v = p.initialValue("v")
        state.w = p.initialValue("w")
        return state
    }

    @inlinable @inline(__always)
    public static func derivative(_ state: State, _ inputs: RealInputs, _ k: Constants) -> State {
        let v = state.v < k.vSpike ? state.v : k.vSpike
        let upstroke = k.slope * Real.exp((v - k.vThresh) * k.inverseSlope)
        let leak = k.conductance * (upstroke - (v - k.vRest))
        let synapses =
            inputs.excitatory * (k.excitatoryReversal - v) + inputs.inhibitory * (k.inhibitoryReversal - v)
        var rate = State()
        rate.v = inputs.isActive ? (leak - state.w + synapses + inputs.current) * k.inverseCapacity : 0
        rate.w = (k.a * (v - k.vRest) - state.w) * k.rate
        return rate
    }

    @inlinable @inline(__always)
    public static func fires(_ state: State, before: State, isActive: Bool, _ k: Constants) -> Bool {
        isActive && state.v >= k.vSpike
    }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {
        state.v = fires ? k.vReset : state.v
        state.w = fires ? state.w + k.b : state.w
    }

    @inlinable
    public static func voltage(_ state: State) -> Double { state.v }
}
