import FixedPoint

/// The leaky integrate-and-fire membrane.
///
/// While refractory the timer counts down and V stays; V is compared with the threshold all the same, so that a reset
/// potential at or above the threshold fires every step.
///
/// - Source: Documentation/Chip.md, "Leaky integrate-and-fire cells".
public enum LeakyMembrane: MembranePart {
    /// Potential and refractory timer.
    @frozen
    public struct State: Words {
        /// Accum mV.
        public var v: Int32 = 0
        /// Updates still to skip.
        public var refractory: Int32 = 0

        @inlinable
        public init() {}
    }

    /// What the chip derives.
    @frozen
    public struct Constants: Words {
        /// Resting potential, accum mV.
        public var vRest: Int32 = 0
        /// Resistance tau_m ÷ cm, accum MΩ.
        public var resistance: Int32 = 0
        /// e^(−ts ÷ tau_m), accum.
        public var decay: Int32 = 0
        /// Potential after a spike, accum mV.
        public var vReset: Int32 = 0
        /// Updates skipped after a spike.
        public var refractorySteps: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { ["V_membrane", "refract_timer"] }
    public static var constantNames: [String] { ["V_rest", "R_membrane", "exp_TC", "V_reset", "T_refract"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        let tau = p.accum("tau_m")
        k.vRest = p.accum("v_rest")
        k.resistance = Accum.divide(tau, p.accum("cm"))
        k.decay = Exponential.expk(0 &- Accum.divide(p.step, tau))
        k.vReset = p.accum("v_reset")
        k.refractorySteps = Accum.roundedUp(Accum.divide(p.accum("tau_refrac"), p.step))
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.v = p.initial("v")
        state.refractory = p.initialInteger("refract_timer")
        return state
    }

    @inlinable @inline(__always)
    public static func voltage(_ state: State) -> Int32 { state.v }

    @inlinable @inline(__always)
    public static func update(_ state: inout State, input: Int32, _ k: Constants) {
        let alpha = Accum.multiply(input, k.resistance) &+ k.vRest
        let relaxed = alpha &- Accum.multiply(k.decay, alpha &- state.v)
        let active = state.refractory <= 0
        state.v = active ? relaxed : state.v
        state.refractory = active ? state.refractory : state.refractory &- 1
    }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {
        state.v = fires ? k.vReset : state.v
        state.refractory = fires ? k.refractorySteps : state.refractory
    }
}

/// Izhikevich's membrane: one mid-point step, with a longer one after a spike.
///
/// The order of the products is that of the compiled code, which shares a × h.
///
/// - Source: Documentation/Chip.md, "Izhikevich cells".
public enum IzhikevichMembrane: MembranePart {
    /// Potential, recovery and the next step.
    @frozen
    public struct State: Words {
        /// Accum mV.
        public var v: Int32 = 0
        /// Accum mV/ms.
        public var u: Int32 = 0
        /// Length of the next step, accum ms.
        public var h: Int32 = 0

        @inlinable
        public init() {}
    }

    /// The model's parameters and its step, accums.
    @frozen
    public struct Constants: Words {
        public var a: Int32 = 0
        public var b: Int32 = 0
        public var c: Int32 = 0
        public var d: Int32 = 0
        /// Sub-step, ms.
        public var step: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { ["V", "U", "this_h"] }
    public static var constantNames: [String] { ["A", "B", "C", "D", "reset_h"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.a = p.accum("a")
        k.b = p.accum("b")
        k.c = p.accum("c")
        k.d = p.accum("d")
        k.step = p.step
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.v = p.initial("v")
        state.u = p.initial("u")
        state.h = p.initial("next_h", default: p.timestep)
        return state
    }

    @inlinable @inline(__always)
    public static func voltage(_ state: State) -> Int32 { state.v }

    /// (5 + 0.04 V) V, with 0.04 as the chip's 1311 raw.
    @inlinable @inline(__always)
    static func parabola(_ v: Int32) -> Int32 {
        Accum.multiply((5 &<< 15) &+ Accum.multiply(1311, v), v)
    }

    @inlinable @inline(__always)
    static func half(_ x: Int32) -> Int32 { Accum.shiftRight(x, by: 1) }

    @inlinable @inline(__always)
    public static func update(_ state: inout State, input: Int32, _ k: Constants) {
        let (v, u, h) = (state.v, state.u, state.h)
        let drive = (140 &<< 15) &+ input &- u
        let alpha = drive &+ parabola(v)
        let eta = v &+ half(Accum.multiply(h, alpha))
        let ah = Accum.multiply(k.a, h)
        let beta = half(Accum.multiply(ah, Accum.multiply(k.b, v) &- u))
        state.v = v &+ Accum.multiply(h, drive &- beta &+ parabola(eta))
        state.u = u &+ Accum.multiply(ah, 0 &- u &- beta &+ Accum.multiply(k.b, eta))
        state.h = k.step
    }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {
        state.v = fires ? k.c : state.v
        state.u = fires ? state.u &+ k.d : state.u
        state.h = fires ? Accum.multiply(state.h, 60620) : state.h
    }
}
