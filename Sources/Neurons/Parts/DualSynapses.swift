import FixedPoint

/// Three exponentially decaying inputs: 0 excitatory, 1 a second excitatory, 2 inhibitory.
///
/// - Source: Documentation/Chip.md, "Synapse shapes".
public enum DualExponentialSynapse: SynapsePart {
    /// The inputs, accum nA or µS.
    @frozen
    public struct State: Words {
        public var excitatory: Int32 = 0
        public var excitatory2: Int32 = 0
        public var inhibitory: Int32 = 0

        @inlinable
        public init() {}
    }

    /// Decays per step and factors on arriving weights.
    @frozen
    public struct Constants: Words {
        public var excitatory = ExponentialDecay()
        public var excitatory2 = ExponentialDecay()
        public var inhibitory = ExponentialDecay()

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { ["isyn_exc", "isyn_exc2", "isyn_inh"] }
    public static var constantNames: [String] {
        ["exc_decay", "exc_init", "exc2_decay", "exc2_init", "inh_decay", "inh_init"]
    }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.excitatory = ExponentialDecay(timeConstant: p.accum("tau_syn_E"), step: p.step)
        k.excitatory2 = ExponentialDecay(timeConstant: p.accum("tau_syn_E2"), step: p.step)
        k.inhibitory = ExponentialDecay(timeConstant: p.accum("tau_syn_I"), step: p.step)
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.excitatory = p.initial("isyn_exc")
        state.excitatory2 = p.initial("isyn_exc2")
        state.inhibitory = p.initial("isyn_inh")
        return state
    }

    @inlinable
    public static var receptors: Int { 3 }

    @inlinable @inline(__always)
    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        switch type {
        case 0: k.excitatory.add(entry, leftShift: leftShift, to: &state.excitatory)
        case 1: k.excitatory2.add(entry, leftShift: leftShift, to: &state.excitatory2)
        default: k.inhibitory.add(entry, leftShift: leftShift, to: &state.inhibitory)
        }
    }

    @inlinable @inline(__always)
    public static func read(_ state: inout State, _ k: Constants) -> SynapticInputs {
        SynapticInputs(
            excitatory: state.excitatory, excitatory2: state.excitatory2, inhibitory: state.inhibitory)
    }

    @inlinable @inline(__always)
    public static func shape(_ state: inout State, _ k: Constants) {
        state.excitatory = Accum.decay(state.excitatory, by: k.excitatory.decay)
        state.excitatory2 = Accum.decay(state.excitatory2, by: k.excitatory2.decay)
        state.inhibitory = Accum.decay(state.inhibitory, by: k.inhibitory.decay)
    }
}

/// The spiking elementary motion detector: the second excitatory input, multiplied by what the first was when it set
/// in.
///
/// - Source: Documentation/Chip.md, "Synapse shapes".
public enum MotionDetectorSynapse: SynapsePart {
    /// The inputs, and what they are multiplied by; accums.
    @frozen
    public struct State: Words {
        public var inputs = DualExponentialSynapse.State()
        public var multiplier: Int32 = 0
        /// The second input of the sub-step before.
        public var previous: Int32 = 0

        @inlinable
        public init() {}
    }

    /// The inputs' constants and the scaling factor, accum.
    @frozen
    public struct Constants: Words {
        public var inputs = DualExponentialSynapse.Constants()
        public var scaling: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { DualExponentialSynapse.stateNames + ["multiplicator", "exc2_old"] }
    public static var constantNames: [String] { DualExponentialSynapse.constantNames + ["scaling_factor"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.inputs = DualExponentialSynapse.constants(p)
        k.scaling = p.accum("scaling_factor")
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.inputs = DualExponentialSynapse.initialState(p)
        state.multiplier = p.initial("multiplicator")
        state.previous = p.initial("exc2_old")
        return state
    }

    @inlinable
    public static var receptors: Int { 3 }

    @inlinable @inline(__always)
    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        DualExponentialSynapse.add(entry, leftShift: leftShift, type: type, to: &state.inputs, k.inputs)
    }

    /// The inputs; 0.001, the least second input that counts, is 32 raw.
    @inlinable @inline(__always)
    public static func read(_ state: inout State, _ k: Constants) -> SynapticInputs {
        let second = state.inputs.excitatory2
        let setsIn = state.multiplier == 0 && state.previous == 0
        let present = setsIn ? state.inputs.excitatory : state.multiplier
        state.multiplier = second >= 32 ? present : 0
        state.previous = second
        return SynapticInputs(
            excitatory: 0, excitatory2: Accum.multiply(Accum.multiply(second, state.multiplier), k.scaling),
            inhibitory: state.inputs.inhibitory)
    }

    @inlinable @inline(__always)
    public static func shape(_ state: inout State, _ k: Constants) {
        DualExponentialSynapse.shape(&state.inputs, k.inputs)
    }
}
