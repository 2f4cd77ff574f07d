/// Two exponentially decaying conductances.
public enum ExponentialConductance: RealSynapse {
    /// µS.
    @frozen
    public struct State: Reals {
        public var excitatory = 0.0
        public var inhibitory = 0.0

        @inlinable
        public init() {}
    }

    /// Factors of half an update.
    @frozen
    public struct Constants: Reals {
        public var excitatory = 0.0
        public var inhibitory = 0.0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { State.doubles("gsyn_exc", "gsyn_inh") }
    public static var constantNames: [String] { Constants.doubles("exc_decay_half", "inh_decay_half") }

    public static func constants(_ p: CellParameters, step: Double) -> Constants {
        var k = Constants()
        k.excitatory = Real.exp(-0.5 * step / p.value("tau_syn_E"))
        k.inhibitory = Real.exp(-0.5 * step / p.value("tau_syn_I"))
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.excitatory = p.initialValue("gsyn_exc")
        state.inhibitory = p.initialValue("gsyn_inh")
        return state
    }

    /// Conductances are held 1024-fold in ring buffers.
    @inlinable
    public static var unit: Double { 0x1p-25 }

    @inlinable @inline(__always)
    public static func add(_ weight: Double, type: Int, to state: inout State, _ k: Constants) {
        if type == 0 { state.excitatory += weight } else { state.inhibitory += weight }
    }

    @inlinable @inline(__always)
    public static func halfStep(_ state: State, _ k: Constants) -> State {
        var later = state
        later.excitatory *= k.excitatory
        later.inhibitory *= k.inhibitory
        return later
    }

    @inlinable @inline(__always)
    public static func read(_ state: State) -> (excitatory: Double, inhibitory: Double) {
        (state.excitatory, state.inhibitory)
    }
}

/// Two exponentially decaying currents.
public enum ExponentialCurrent: RealSynapse {
    /// nA.
    @frozen
    public struct State: Reals {
        public var excitatory = 0.0
        public var inhibitory = 0.0

        @inlinable
        public init() {}
    }

    public typealias Constants = ExponentialConductance.Constants

    public static var stateNames: [String] { State.doubles("isyn_exc", "isyn_inh") }
    public static var constantNames: [String] { ExponentialConductance.constantNames }

    public static func constants(_ p: CellParameters, step: Double) -> Constants {
        ExponentialConductance.constants(p, step: step)
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.excitatory = p.initialValue("isyn_exc")
        state.inhibitory = p.initialValue("isyn_inh")
        return state
    }

    @inlinable
    public static var unit: Double { 0x1p-15 }

    @inlinable @inline(__always)
    public static func add(_ weight: Double, type: Int, to state: inout State, _ k: Constants) {
        if type == 0 { state.excitatory += weight } else { state.inhibitory += weight }
    }

    @inlinable @inline(__always)
    public static func halfStep(_ state: State, _ k: Constants) -> State {
        var later = state
        later.excitatory *= k.excitatory
        later.inhibitory *= k.inhibitory
        return later
    }

    @inlinable @inline(__always)
    public static func read(_ state: State) -> (excitatory: Double, inhibitory: Double) {
        (state.excitatory, state.inhibitory)
    }
}

/// Two conductances in the form of alpha functions, g(t) = w · (t ÷ τ) · e^(1 − t ÷ τ).
///
/// With x the decaying sum of weights, g(t + h) = (g(t) + e · h ÷ τ · x(t)) · e^(−h ÷ τ).
public enum AlphaConductance: RealSynapse {
    /// µS.
    @frozen
    public struct State: Reals {
        public var excitatory = 0.0
        public var inhibitory = 0.0
        public var excitatoryRise = 0.0
        public var inhibitoryRise = 0.0

        @inlinable
        public init() {}
    }

    /// Factors of half an update.
    @frozen
    public struct Constants: Reals {
        public var excitatory = 0.0
        public var inhibitory = 0.0
        public var excitatorySlope = 0.0
        public var inhibitorySlope = 0.0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { State.doubles("gsyn_exc", "gsyn_inh", "exc_rise", "inh_rise") }
    public static var constantNames: [String] {
        Constants.doubles("exc_decay_half", "inh_decay_half", "exc_slope_half", "inh_slope_half")
    }

    public static func constants(_ p: CellParameters, step: Double) -> Constants {
        let decay = ExponentialConductance.constants(p, step: step)
        var k = Constants()
        k.excitatory = decay.excitatory
        k.inhibitory = decay.inhibitory
        k.excitatorySlope = Real.exp(1) * 0.5 * step / p.value("tau_syn_E")
        k.inhibitorySlope = Real.exp(1) * 0.5 * step / p.value("tau_syn_I")
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.excitatory = p.initialValue("gsyn_exc")
        state.inhibitory = p.initialValue("gsyn_inh")
        return state
    }

    @inlinable
    public static var unit: Double { ExponentialConductance.unit }

    @inlinable @inline(__always)
    public static func add(_ weight: Double, type: Int, to state: inout State, _ k: Constants) {
        if type == 0 { state.excitatoryRise += weight } else { state.inhibitoryRise += weight }
    }

    @inlinable @inline(__always)
    public static func halfStep(_ state: State, _ k: Constants) -> State {
        var later = State()
        later.excitatory = (state.excitatory + k.excitatorySlope * state.excitatoryRise) * k.excitatory
        later.inhibitory = (state.inhibitory + k.inhibitorySlope * state.inhibitoryRise) * k.inhibitory
        later.excitatoryRise = state.excitatoryRise * k.excitatory
        later.inhibitoryRise = state.inhibitoryRise * k.inhibitory
        return later
    }

    @inlinable @inline(__always)
    public static func read(_ state: State) -> (excitatory: Double, inhibitory: Double) {
        (state.excitatory, state.inhibitory)
    }
}
