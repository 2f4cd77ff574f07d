import FixedPoint

/// Exponentially decaying inputs, one per synapse type: 0 excitatory, 1 inhibitory.
///
/// - Source: Documentation/Chip.md, "Synapse shapes".
public enum ExponentialSynapse: SynapsePart {
    /// The inputs, accum nA or µS.
    @frozen
    public struct State: Words {
        public var excitatory: Int32 = 0
        public var inhibitory: Int32 = 0

        @inlinable
        public init() {}
    }

    /// Decays per step and factors on arriving weights, u0.32.
    @frozen
    public struct Constants: Words {
        public var excitatory = ExponentialDecay()
        public var inhibitory = ExponentialDecay()

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { ["isyn_exc", "isyn_inh"] }
    public static var constantNames: [String] { ["exc_decay", "exc_init", "inh_decay", "inh_init"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.excitatory = ExponentialDecay(timeConstant: p.accum("tau_syn_E"), step: p.step)
        k.inhibitory = ExponentialDecay(timeConstant: p.accum("tau_syn_I"), step: p.step)
        return k
    }

    /// From `isyn_…` as the chip holds it, or from a conductance `gsyn_…`, which is held 1024-fold.
    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.excitatory = p.initial(
            "isyn_exc", default: S1615(saturating: 1024 * p.initialValue("gsyn_exc")).raw)
        state.inhibitory = p.initial(
            "isyn_inh", default: S1615(saturating: 1024 * p.initialValue("gsyn_inh")).raw)
        return state
    }

    @inlinable
    public static var receptors: Int { 2 }

    @inlinable @inline(__always)
    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        if type == 0 {
            k.excitatory.add(entry, leftShift: leftShift, to: &state.excitatory)
        } else {
            k.inhibitory.add(entry, leftShift: leftShift, to: &state.inhibitory)
        }
    }

    @inlinable @inline(__always)
    public static func read(_ state: inout State, _ k: Constants) -> SynapticInputs {
        SynapticInputs(excitatory: state.excitatory, inhibitory: state.inhibitory)
    }

    @inlinable @inline(__always)
    public static func shape(_ state: inout State, _ k: Constants) {
        state.excitatory = Accum.decay(state.excitatory, by: k.excitatory.decay)
        state.inhibitory = Accum.decay(state.inhibitory, by: k.inhibitory.decay)
    }
}

/// The two constants of an exponentially decaying input.
@frozen
public struct ExponentialDecay: Words {
    /// Factor on the input per step, u0.32.
    public var decay: UInt32 = 0
    /// Factor on an arriving weight, u0.32.
    public var initial: UInt32 = 0

    @inlinable
    public init() {}

    /// Decay and init of a time constant: decay = e^−(ts ÷ τ), init = (τ ÷ ts)(1 − decay), low 32 bits.
    ///
    /// With ts ÷ τ truncated to 0 the decay wraps to 0, and an init beyond 1 wraps too; both as on the chip.
    ///
    /// - Parameters:
    ///   - timeConstant: τ, accum ms.
    ///   - step: ts, accum ms.
    public init(timeConstant: Int32, step: Int32) {
        decay = Exponential.expulr(0 &- Accum.divide(step, timeConstant))
        initial = Accum.decayToFraction(Accum.divide(timeConstant, step), by: Accum.unitFraction &- decay)
    }

    /// Adds a ring-buffer entry; an empty one adds nothing.
    @inlinable @inline(__always)
    func add(_ entry: UInt16, leftShift: UInt32, to value: inout Int32) {
        value = value &+ Accum.decay(Accum.input(entry, leftShift: leftShift), by: initial)
    }
}

/// Inputs that last for the first sub-step of the step they arrive in.
///
/// - Source: Documentation/Chip.md, "Synapse shapes".
public enum DeltaSynapse: SynapsePart {
    /// The inputs, accum.
    @frozen
    public struct State: Words {
        public var excitatory: Int32 = 0
        public var inhibitory: Int32 = 0

        @inlinable
        public init() {}
    }

    public typealias Constants = NoWords

    public static var stateNames: [String] { ["isyn_exc", "isyn_inh"] }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.excitatory = p.initial("isyn_exc")
        state.inhibitory = p.initial("isyn_inh")
        return state
    }

    @inlinable
    public static var receptors: Int { 2 }

    @inlinable @inline(__always)
    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: NoWords) {
        if type == 0 {
            state.excitatory = state.excitatory &+ Accum.input(entry, leftShift: leftShift)
        } else {
            state.inhibitory = state.inhibitory &+ Accum.input(entry, leftShift: leftShift)
        }
    }

    @inlinable @inline(__always)
    public static func read(_ state: inout State, _ k: NoWords) -> SynapticInputs {
        SynapticInputs(excitatory: state.excitatory, inhibitory: state.inhibitory)
    }

    @inlinable @inline(__always)
    public static func shape(_ state: inout State, _ k: NoWords) { state = State() }
}
