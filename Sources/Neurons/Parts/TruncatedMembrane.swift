import FixedPoint

/// An integrate-and-fire membrane without leak that does not go below its reset potential.
///
/// - Source: sPyNNaker's description of the model and the membrane's equations as published; no recorded vectors.
public enum TruncatedMembrane: MembranePart {
    public typealias State = LeakyMembrane.State

    /// What the chip derives.
    @frozen
    public struct Constants: Words {
        /// Resistance tau_m ÷ cm, accum MΩ.
        public var resistance: Int32 = 0
        /// Potential after a spike, and the lowest, accum mV.
        public var vReset: Int32 = 0
        /// Updates skipped after a spike.
        public var refractorySteps: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { LeakyMembrane.stateNames }
    public static var constantNames: [String] { ["R_membrane", "V_reset", "T_refract"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.resistance = Accum.divide(p.accum("tau_m"), p.accum("cm"))
        k.vReset = p.accum("v_reset")
        k.refractorySteps = Accum.roundedUp(Accum.divide(p.accum("tau_refrac"), p.step))
        return k
    }

    public static func initialState(_ p: CellParameters) -> State { LeakyMembrane.initialState(p) }

    @inlinable @inline(__always)
    public static func voltage(_ state: State) -> Int32 { state.v }

    @inlinable @inline(__always)
    public static func update(_ state: inout State, input: Int32, _ k: Constants) {
        let raised = max(Accum.multiply(input, k.resistance) &+ state.v, k.vReset)
        let active = state.refractory <= 0
        state.v = active ? raised : state.v
        state.refractory = active ? state.refractory : state.refractory &- 1
    }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {
        state.v = fires ? k.vReset : state.v
        state.refractory = fires ? k.refractorySteps : state.refractory
    }
}
