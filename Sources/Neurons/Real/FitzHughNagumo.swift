/// FitzHugh's and Nagumo's cell, in numbers without units and time in ms.
///
/// V′ = V − V³ ÷ 3 − w + I, w′ = phi(V + a − b·w). A spike is an upward crossing of v_thresh; nothing is reset. Inputs
/// are currents. Parameters have NeuroML's names (`fitzHughNagumo1969Cell`), the current PyNN's.
///
/// - Source: FitzHugh 1961, Nagumo and others 1962.
public enum FitzHughNagumo: RealDynamics {
    /// Potential and recovery.
    @frozen
    public struct State: Reals {
        public var v = 0.0
        public var w = 0.0

        @inlinable
        public init() {}
    }

    /// The parameters.
    @frozen
    public struct Constants: Reals {
        public var a = 0.0
        public var b = 0.0
        public var phi = 0.0
        public var vThresh = 0.0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { State.doubles("v", "w") }
    public static var constantNames: [String] { Constants.doubles("a", "b", "phi", "v_thresh") }

    /// A twentieth of a ms.
    public static var longestStep: Double { 0.05 }

    public static func refractoryPeriod(_ p: CellParameters) -> Double { 0 }

    public static func constants(_ p: CellParameters, step: Double) -> Constants {
        var k = Constants()
        k.a = p.value("a")
        k.b = p.value("b")
        k.phi = p.value("phi")
        k.vThresh = p.value("v_thresh")
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
        let v = state.v
        let current = inputs.excitatory - inputs.inhibitory + inputs.current
        var rate = State()
        rate.v = v - v * v * v * (1 / 3.0) - state.w + current
        rate.w = k.phi * (v + k.a - k.b * state.w)
        return rate
    }

    @inlinable @inline(__always)
    public static func fires(_ state: State, before: State, isActive: Bool, _ k: Constants) -> Bool {
        state.v >= k.vThresh && before.v < k.vThresh
    }

    @inlinable @inline(__always)
    public static func reset(_ state: inout State, if fires: Bool, _ k: Constants) {}

    @inlinable
    public static func voltage(_ state: State) -> Double { state.v }
}
