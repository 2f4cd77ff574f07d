import FixedPoint

/// No current of the neuron's own.
public enum NoAdditionalInput: AdditionalInputPart {
    public typealias State = NoWords
    public typealias Constants = NoWords

    @inlinable @inline(__always)
    public static func current(_ state: inout NoWords, v: Int32, _ k: NoWords) -> Int32 { 0 }

    @inlinable @inline(__always)
    public static func react(_ state: inout NoWords, if fires: Bool, _ k: NoWords) {}
}

/// Adaptation by calcium: an outward current that every spike raises.
///
/// - Source: Documentation/Chip.md, "Leaky integrate-and-fire cells".
public enum CalciumAdaptation: AdditionalInputPart {
    /// The current, accum nA.
    @frozen
    public struct State: Words {
        public var current: Int32 = 0

        @inlinable
        public init() {}
    }

    /// Factor per sub-step e^(−ts ÷ tau_ca2) and increment per spike, accums.
    @frozen
    public struct Constants: Words {
        public var decay: Int32 = 0
        public var increment: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { ["i_ca2"] }
    public static var constantNames: [String] { ["exp_tau_ca2", "i_alpha"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.decay = Exponential.expk(0 &- Accum.divide(p.step, p.accum("tau_ca2")))
        k.increment = p.accum("i_alpha")
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.current = p.initial("i_ca2")
        return state
    }

    @inlinable @inline(__always)
    public static func current(_ state: inout State, v: Int32, _ k: Constants) -> Int32 {
        state.current = Accum.multiply(state.current, k.decay)
        return 0 &- state.current
    }

    @inlinable @inline(__always)
    public static func react(_ state: inout State, if fires: Bool, _ k: Constants) {
        state.current = fires ? state.current &+ k.increment : state.current
    }
}
