/// A Hodgkin-Huxley cell after Traub and Miles, PyNN's `HH_cond_exp`.
///
/// cm·V′ = gbar_Na·m³h(e_rev_Na − V) + gbar_K·n⁴(e_rev_K − V) + g_leak(e_rev_leak − V) + I, and x′ = α(1 − x) − βx for
/// the gates, whose rates depend on u = V − v_offset. A spike is counted where V is past a maximum, 30 mV or more above
/// v_offset, and no other before V has been below that again.
///
/// - Source: Traub and Miles 1991; checked against NEST's `hh_cond_exp_traub`, which counts the same maxima, but none
///   for 2 ms after a spike.
public enum HodgkinHuxley: RealDynamics {
    /// Potential in mV and gates.
    @frozen
    public struct State: Reals {
        public var v = 0.0
        public var m = 0.0
        public var h = 0.0
        public var n = 0.0

        @inlinable
        public init() {}
    }

    /// In mV, ms, µS, nA and their quotients.
    @frozen
    public struct Constants: Reals {
        public var sodium = 0.0
        public var potassium = 0.0
        public var leak = 0.0
        public var inverseCapacity = 0.0
        public var vOffset = 0.0
        public var sodiumReversal = 0.0
        public var potassiumReversal = 0.0
        public var leakReversal = 0.0
        public var excitatoryReversal = 0.0
        public var inhibitoryReversal = 0.0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { State.doubles("v", "m", "h", "n") }
    public static var constantNames: [String] {
        Constants.doubles(
            "gbar_Na", "gbar_K", "g_leak", "inverse_cm", "v_offset", "e_rev_Na", "e_rev_K", "e_rev_leak", "e_rev_E",
            "e_rev_I")
    }

    /// A hundredth of a ms.
    public static var longestStep: Double { 0.01 }

    public static func refractoryPeriod(_ p: CellParameters) -> Double { 0 }

    public static func constants(_ p: CellParameters, step: Double) -> Constants {
        var k = Constants()
        k.sodium = p.value("gbar_Na")
        k.potassium = p.value("gbar_K")
        k.leak = p.value("g_leak")
        k.inverseCapacity = 1 / p.value("cm")
        k.vOffset = p.value("v_offset")
        k.sodiumReversal = p.value("e_rev_Na")
        k.potassiumReversal = p.value("e_rev_K")
        k.leakReversal = p.value("e_rev_leak")
        k.excitatoryReversal = p.value("e_rev_E")
        k.inhibitoryReversal = p.value("e_rev_I")
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.v = p.initialValue("v")
        state.m = p.initialValue("m")
        state.h = p.initialValue("h")
        state.n = p.initialValue("n")
        return state
    }

    @inlinable @inline(__always)
    public static func derivative(_ state: State, _ inputs: RealInputs, _ k: Constants) -> State {
        let v = state.v
        let u = v - k.vOffset
        // Powers of one exponential: e^(−u ÷ 5) and e^(−u ÷ 4) are the 8th and the 10th of e^(−u ÷ 40).
        let fortieth = Real.exp(u * -0.025)
        let twentieth = fortieth * fortieth
        let tenth = twentieth * twentieth
        let fifth = tenth * tenth
        let quarter = fifth * twentieth
        let alphaM = 1.28 * Real.bernoulli((13 - u) * 0.25, exponential: 25.790339917193062 * quarter)
        let betaM = 1.4 * Real.bernoulli((u - 40) * 0.2, exponential: 0.00033546262790251185 / fifth)
        let alphaH = 0.128 * Real.exp((17 - u) * (1 / 18.0))
        let betaH = 4 / (1 + 2980.9579870417283 * fifth)
        let alphaN = 0.16 * Real.bernoulli((15 - u) * 0.2, exponential: 20.085536923187668 * fifth)
        let betaN = 0.6420127083438707 * fortieth
        let sodium = k.sodium * (state.m * state.m * state.m * state.h) * (k.sodiumReversal - v)
        let nSquare = state.n * state.n
        let potassium = k.potassium * (nSquare * nSquare) * (k.potassiumReversal - v)
        let synapses =
            inputs.excitatory * (k.excitatoryReversal - v) + inputs.inhibitory * (k.inhibitoryReversal - v)
        var rate = State()
        rate.v = (sodium + potassium + k.leak * (k.leakReversal - v) + synapses + inputs.current) * k.inverseCapacity
        rate.m = alphaM * (1 - state.m) - betaM * state.m
        rate.h = alphaH * (1 - state.h) - betaH * state.h
        rate.n = alphaN * (1 - state.n) - betaN * state.n
        return rate
    }

    @inlinable @inline(__always)
    public static func fires(_ state: State, before: State, isActive: Bool, _ k: Constants) -> Bool {
        isActive && isStillSpiking(state, k) && state.v < before.v
    }

    @inlinable @inline(__always)
    public static func isStillSpiking(_ state: State, _ k: Constants) -> Bool { state.v >= k.vOffset + 30 }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {}

    @inlinable
    public static func voltage(_ state: State) -> Double { state.v }
}
