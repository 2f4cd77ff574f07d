import FixedPoint

/// Alpha-shaped inputs, each the product of a linear and an exponential response.
///
/// The last input is never forgotten, so that the linear response keeps rising until the next one; inputs that are not
/// positive, such as large ones shifted into the sign bit, are lost. Both as on the chip.
///
/// - Source: Documentation/Chip.md, "Synapse shapes".
public enum AlphaSynapse: SynapsePart {
    /// Both inputs' responses.
    @frozen
    public struct State: Words {
        public var excitatory = Response()
        public var inhibitory = Response()

        @inlinable
        public init() {}
    }

    /// One input's response, accums.
    @frozen
    public struct Response: Words {
        /// The linear factor.
        public var linear: Int32 = 0
        /// The exponential factor.
        public var exponential: Int32 = 0
        /// The last input.
        public var q: Int32 = 0

        @inlinable
        public init() {}
    }

    /// Both inputs' constants.
    @frozen
    public struct Constants: Words {
        public var excitatory = Rate()
        public var inhibitory = Rate()

        @inlinable
        public init() {}
    }

    /// The constants of one input.
    @frozen
    public struct Rate: Words {
        /// ts ÷ τ² without its integer part, accum.
        public var slope: Int32 = 0
        /// e^(−ts ÷ τ), u0.32.
        public var decay: UInt32 = 0

        @inlinable
        public init() {}

        init(timeConstant: Int32, step: Int32) {
            slope = Accum.fromFraction(
                Accum.toFraction(Accum.divide(step, Accum.multiply(timeConstant, timeConstant))))
            decay = Exponential.expulr(0 &- Accum.divide(step, timeConstant))
        }

        @inlinable @inline(__always)
        func add(_ input: Int32, to response: inout Response) {
            guard input > 0 else { return }
            response.q = input
            response.exponential = Accum.decay(response.exponential, by: decay) &+ Accum.one
            response.linear = Accum.multiply(
                response.linear &+ Accum.multiply(input, slope),
                Accum.one &- Accum.divide(Accum.one, response.exponential))
        }

        @inlinable @inline(__always)
        func shape(_ response: inout Response) {
            response.linear = response.linear &+ Accum.multiply(response.q, slope)
            response.exponential = Accum.decay(response.exponential, by: decay)
        }
    }

    public static var stateNames: [String] { ["exc_lin", "exc_exp", "exc_q", "inh_lin", "inh_exp", "inh_q"] }
    public static var constantNames: [String] {
        ["exc_dt_over_tau_sq", "exc_decay", "inh_dt_over_tau_sq", "inh_decay"]
    }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.excitatory = Rate(timeConstant: p.accum("tau_syn_E"), step: p.step)
        k.inhibitory = Rate(timeConstant: p.accum("tau_syn_I"), step: p.step)
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.excitatory.linear = p.initial("exc_response")
        state.excitatory.exponential = p.initial("exc_exp_response")
        state.excitatory.q = p.initial("q_exc")
        state.inhibitory.linear = p.initial("inh_response")
        state.inhibitory.exponential = p.initial("inh_exp_response")
        state.inhibitory.q = p.initial("q_inh")
        return state
    }

    @inlinable
    public static var receptors: Int { 2 }

    @inlinable @inline(__always)
    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        let input = Accum.input(entry, leftShift: leftShift)
        if type == 0 {
            k.excitatory.add(input, to: &state.excitatory)
        } else {
            k.inhibitory.add(input, to: &state.inhibitory)
        }
    }

    @inlinable @inline(__always)
    public static func read(_ state: inout State, _ k: Constants) -> SynapticInputs {
        SynapticInputs(
            excitatory: Accum.multiply(state.excitatory.linear, state.excitatory.exponential),
            inhibitory: Accum.multiply(state.inhibitory.linear, state.inhibitory.exponential))
    }

    @inlinable @inline(__always)
    public static func shape(_ state: inout State, _ k: Constants) {
        k.excitatory.shape(&state.excitatory)
        k.inhibitory.shape(&state.inhibitory)
    }
}
