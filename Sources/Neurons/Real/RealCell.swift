// Cells in double precision.
//
// For dynamics that s16.15 cannot hold: exponentials, stiff conductances, products of small numbers. Such a cell takes
// its input from the same ring buffers and the same current sources, and everything else is double precision.
//
// A step is cut into equal updates no longer than the model's `longestStep`, each of them one step of the classical
// Runge-Kutta method of fourth order. Synaptic inputs decay exactly: their values at the beginning, the middle and the
// end of an update are those of the exponential or alpha function. A threshold is looked at after every update, and a
// reset takes place there, so that spikes are exact to one update.

import FixedPoint

/// What acts on the equations of a cell.
@frozen
public struct RealInputs {
    /// Excitatory input, nA or µS.
    public var excitatory: Double
    /// Inhibitory input, nA or µS.
    public var inhibitory: Double
    /// Constant current and current sources, nA.
    public var current: Double
    /// The neuron is not refractory.
    public var isActive: Bool

    /// Inputs at a moment.
    @inlinable
    public init(excitatory: Double, inhibitory: Double, current: Double, isActive: Bool) {
        self.excitatory = excitatory
        self.inhibitory = inhibitory
        self.current = current
        self.isActive = isActive
    }
}

/// A component of a ``RealCell``.
public protocol RealPart: SendableMetatype {
    /// Doubles that change.
    associatedtype State: Reals
    /// Doubles that do not.
    associatedtype Constants: Reals
    /// Names of the state's words; those that can be recorded have PyNN's.
    static var stateNames: [String] { get }
    /// Names of the constants' words.
    static var constantNames: [String] { get }
    /// Constants for updates of `step` ms.
    static func constants(_ p: CellParameters, step: Double) -> Constants
    /// The state before the first step.
    static func initialState(_ p: CellParameters) -> State
}

/// The equations of a cell.
public protocol RealDynamics: RealPart {
    /// Longest update, ms.
    static var longestStep: Double { get }
    /// Refractory period, ms; after a spike ``RealInputs/isActive`` is false for so long.
    static func refractoryPeriod(_ p: CellParameters) -> Double
    /// Rates of change per ms.
    static func derivative(_ state: State, _ inputs: RealInputs, _ k: Constants) -> State
    /// Whether an update that went from `before` to `state` ends with a spike.
    static func fires(_ state: State, before: State, isActive: Bool, _ k: Constants) -> Bool
    /// Whether a neuron that fired is still in the same spike; it stays inactive for as long, beside its refractory
    /// period.
    static func isStillSpiking(_ state: State, _ k: Constants) -> Bool
    /// The reset of a neuron that fired; nothing for one that did not.
    static func reset(_ state: inout State, if fires: Bool, _ k: Constants)
    /// The membrane potential.
    static func voltage(_ state: State) -> Double
}

extension RealDynamics {
    @inlinable @inline(__always)
    public static func isStillSpiking(_ state: State, _ k: Constants) -> Bool { false }
}

/// What becomes of a spike's weight over time, in double precision.
public protocol RealSynapse: RealPart {
    /// Adds a weight in nA or µS.
    static func add(_ weight: Double, type: Int, to state: inout State, _ k: Constants)
    /// The exact state half an update later.
    static func halfStep(_ state: State, _ k: Constants) -> State
    /// Excitatory and inhibitory input.
    static func read(_ state: State) -> (excitatory: Double, inhibitory: Double)
    /// The value of one accum unit of a ring-buffer entry.
    static var unit: Double { get }
}

/// A cell in double precision.
///
/// - Determinism: the same bits on every host; see ``Real``.
public enum RealCell<Synapse: RealSynapse, Dynamics: RealDynamics>: Cell {
    /// The parts' states and the updates still refractory.
    @frozen
    public struct State: Words {
        public var dynamics = Dynamics.State()
        public var synapse = Synapse.State()
        public var refractory: Int32 = 0

        @inlinable
        public init() {}
    }

    /// The parts' constants, the update's length and parts of it, and the updates of the refractory period.
    @frozen
    public struct Constants: Words {
        public var dynamics = Dynamics.Constants()
        public var synapse = Synapse.Constants()
        /// ms.
        public var step = 0.0
        public var third = 0.0
        public var refractorySteps: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var receptors: Int { 2 }
    public static var stateNames: [String] { Dynamics.stateNames + Synapse.stateNames + ["refract_timer"] }
    public static var inputNames: [String] { Synapse.stateNames }
    public static var constantNames: [String] {
        Dynamics.constantNames + Synapse.constantNames + Self.Constants.doubles("step", "step_third") + [
            "refract_steps"
        ]
    }

    public static func updates(ofStep step: Double) -> Int {
        max(1, Int(min((step / Dynamics.longestStep - 1e-6).rounded(.up), 1e9)))
    }

    public static func constants(_ p: CellParameters) -> Constants {
        let step = p.milliseconds / Double(updates(ofStep: p.milliseconds))
        var k = Constants()
        k.dynamics = Dynamics.constants(p, step: step)
        k.synapse = Synapse.constants(p, step: step)
        k.step = step
        k.third = step / 3
        k.refractorySteps = Int32(max(min((Dynamics.refractoryPeriod(p) / step - 1e-6).rounded(.up), 0x7FFF_FFFF), 0))
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.dynamics = Dynamics.initialState(p)
        state.synapse = Synapse.initialState(p)
        return state
    }

    @inlinable @inline(__always)
    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        Synapse.add(
            Double(Accum.input(entry, leftShift: leftShift)) * Synapse.unit, type: type, to: &state.synapse, k.synapse)
    }

    public static func reading(_ state: State, _ k: Constants, offset: Int32) -> CellReading {
        let inputs = Synapse.read(state.synapse)
        return CellReading(
            v: Real.accum(Dynamics.voltage(state.dynamics)), excitatory: Real.accum(inputs.excitatory),
            inhibitory: Real.accum(inputs.inhibitory))
    }

    @inlinable @inline(__always)
    static func slope(
        _ state: Dynamics.State, _ synapse: Synapse.State, _ current: Double, _ isActive: Bool, _ k: Dynamics.Constants
    ) -> Dynamics.State {
        let read = Synapse.read(synapse)
        return Dynamics.derivative(
            state,
            RealInputs(excitatory: read.excitatory, inhibitory: read.inhibitory, current: current, isActive: isActive),
            k)
    }

    @inlinable @inline(__always)
    public static func advance(_ state: inout State, _ k: Constants, offset: Int32, draw: UInt32) -> Bool {
        let before = state.dynamics
        let isActive = state.refractory <= 0
        let middle = Synapse.halfStep(state.synapse, k.synapse)
        let end = Synapse.halfStep(middle, k.synapse)
        let current = Double(offset) * 0x1p-15
        let k1 = slope(before, state.synapse, current, isActive, k.dynamics)
        let k2 = slope(before.adding(k1, times: 0.5 * k.step), middle, current, isActive, k.dynamics)
        let k3 = slope(before.adding(k2, times: 0.5 * k.step), middle, current, isActive, k.dynamics)
        let k4 = slope(before.adding(k3, times: k.step), end, current, isActive, k.dynamics)
        var after = before.adding(k1, times: 0.5 * k.third).adding(k2, times: k.third)
            .adding(k3, times: k.third).adding(k4, times: 0.5 * k.third)
        let fires = Dynamics.fires(after, before: before, isActive: isActive, k.dynamics)
        Dynamics.reset(&after, if: fires, k.dynamics)
        state.dynamics = after
        state.synapse = end
        let waiting = isActive ? state.refractory : state.refractory &- 1
        let left = fires ? k.refractorySteps : waiting
        let isHeld = (fires || !isActive) && Dynamics.isStillSpiking(after, k.dynamics)
        state.refractory = isHeld ? max(left, 1) : left
        return fires
    }
}
