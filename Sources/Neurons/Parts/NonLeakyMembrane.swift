import FixedPoint

/// An integrate-and-fire membrane without leak: V = V + input × (ts ÷ cm).
///
/// While refractory the timer counts down and V stays, as with ``LeakyMembrane``.
public enum NonLeakyMembrane: MembranePart {
    public typealias State = LeakyMembrane.State

    /// What is derived.
    @frozen
    public struct Constants: Words {
        /// ts ÷ cm, accum mV/nA.
        public var gain: Int32 = 0
        /// Potential after a spike, accum mV.
        public var vReset: Int32 = 0
        /// Updates skipped after a spike.
        public var refractorySteps: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { LeakyMembrane.stateNames }
    public static var constantNames: [String] { ["ts_over_cm", "V_reset", "T_refract"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.gain = Accum.divide(p.step, p.accum("cm"))
        k.vReset = p.accum("v_reset")
        k.refractorySteps = Accum.roundedUp(Accum.divide(p.accum("tau_refrac"), p.step))
        return k
    }

    public static func initialState(_ p: CellParameters) -> State { LeakyMembrane.initialState(p) }

    @inlinable @inline(__always)
    public static func voltage(_ state: State) -> Int32 { state.v }

    @inlinable @inline(__always)
    public static func update(_ state: inout State, input: Int32, _ k: Constants) {
        let active = state.refractory <= 0
        state.v = active ? state.v &+ Accum.multiply(input, k.gain) : state.v
        state.refractory = active ? state.refractory : state.refractory &- 1
    }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {
        state.v = fires ? k.vReset : state.v
        state.refractory = fires ? k.refractorySteps : state.refractory
    }
}
