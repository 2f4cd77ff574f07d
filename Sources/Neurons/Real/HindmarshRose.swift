/// Hindmarsh's and Rose's bursting cell, in numbers without units and time in ms.
///
/// V′ = y − a·V³ + b·V² − z + I, y′ = c − d·V² − y, z′ = r(s(V − x1) − z). A spike is an upward crossing of v_thresh;
/// nothing is reset. Inputs are currents. Parameters have NeuroML's names (`hindmarshRose1984Cell`), potential and
/// current PyNN's.
///
/// - Source: Hindmarsh and Rose 1984.
public enum HindmarshRose: RealDynamics {
    /// Potential, fast recovery and slow adaptation.
    @frozen
    public struct State: Reals {
        public var v = 0.0
        public var y = 0.0
        public var z = 0.0

        @inlinable
        public init() {}
    }

    /// The parameters.
    @frozen
    public struct Constants: Reals {
        public var a = 0.0
        public var b = 0.0
        public var c = 0.0
        public var d = 0.0
        public var r = 0.0
        public var s = 0.0
        public var x1 = 0.0
        public var vThresh = 0.0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { State.doubles("v", "y", "z") }
    public static var constantNames: [String] { Constants.doubles("a", "b", "c", "d", "r", "s", "x1", "v_thresh") }

    /// A fiftieth of a ms.
    public static var longestStep: Double { 0.02 }

    public static func refractoryPeriod(_ p: CellParameters) -> Double { 0 }

    public static func constants(_ p: CellParameters, step: Double) -> Constants {
        var k = Constants()
        k.a = p.value("a")
        k.b = p.value("b")
        k.c = p.value("c")
        k.d = p.value("d")
        k.r = p.value("r")
        k.s = p.value("s")
        k.x1 = p.value("x1")
        k.vThresh = p.value("v_thresh")
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.v = p.initialValue("v")
        state.y = p.initialValue("y")
        state.z = p.initialValue("z")
        return state
    }

    @inlinable @inline(__always)
    public static func derivative(_ state: State, _ inputs: RealInputs, _ k: Constants) -> State {
        let v = state.v
        let square = v * v
        let current = inputs.excitatory - inputs.inhibitory + inputs.current
        var rate = State()
        rate.v = state.y + square * (k.b - k.a * v) - state.z + current
        rate.y = k.c - k.d * square - state.y
        rate.z = k.r * (k.s * (v - k.x1) - state.z)
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
