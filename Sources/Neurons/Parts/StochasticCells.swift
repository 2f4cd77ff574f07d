// Cells without a membrane: the input of a step sets a probability of firing. Each neuron has its own generator. A
// neuron that fires goes on firing every step for its refractory period, and needs no draw for it.

import FixedPoint

/// What the stochastic cells share.
@frozen
public struct StochasticState: Words {
    /// The inputs of the step.
    public var inputs = DeltaSynapse.State()
    /// Steps still to fire in, unsigned.
    public var refractory: UInt32 = 0
    /// The neuron's generator.
    public var generator = GeneratorWords()

    @inlinable
    public init() {}

    static let names = DeltaSynapse.stateNames + ["refract_timer"] + GeneratorWords.names

    init(_ p: CellParameters) {
        inputs = DeltaSynapse.initialState(p)
        refractory = UInt32(bitPattern: p.initialInteger("refract_timer"))
        generator = GeneratorWords(p.generator())
    }

    /// The input of a step.
    func total(offset: Int32) -> Int32 { offset &+ inputs.excitatory &- inputs.inhibitory }

    /// Draws; a neuron that fires is refractory for `steps` steps, this one included.
    mutating func fires(probability: UInt32, steps: UInt32) -> Bool {
        var random = generator.generator
        let word = random.next()
        generator = GeneratorWords(random)
        guard word < probability else { return false }
        refractory = steps &- 1
        return true
    }

    /// Steps of a refractory period, u16.16 ÷ u16.16, rounded up.
    static func steps(_ period: UInt32, _ p: CellParameters) -> UInt32 {
        let step = UInt64(UInt32(bitPattern: p.timestep)) << 1
        guard step > 0 else { return 0 }
        return UInt32(truncatingIfNeeded: ((UInt64(period) << 16) / step + 0xFFFF) >> 16)
    }
}

/// Fires with probability 2^v ÷ τ, v being bias plus input; refractory for τ.
///
/// - Source: Documentation/Chip.md, "Stochastic cells"; not covered by recorded vectors.
public enum StocExp: Cell {
    public typealias State = StochasticState

    /// What the chip derives.
    @frozen
    public struct Constants: Words {
        /// The fraction of 1 ÷ τ, u16.16.
        public var rate: UInt32 = 0
        /// Steps of τ.
        public var refractorySteps: UInt32 = 0

        public init() {}
    }

    public static var receptors: Int { 2 }
    public static var offsetName: String { "bias" }
    public static var stateNames: [String] { StochasticState.names }
    public static var inputNames: [String] { DeltaSynapse.stateNames + ["v"] }
    public static var constantNames: [String] { ["tau_recip", "t_refract"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        let tau = p.u1616("tau")
        k.rate = tau == 0 ? 0xFFFF : UInt32(truncatingIfNeeded: (1 << 32) / UInt64(tau)) & 0xFFFF
        k.refractorySteps = StochasticState.steps(tau, p)
        return k
    }

    public static func initialState(_ p: CellParameters) -> State { StochasticState(p) }

    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        DeltaSynapse.add(entry, leftShift: leftShift, type: type, to: &state.inputs, NoWords())
    }

    public static func reading(_ state: State, _ k: Constants, offset: Int32) -> CellReading {
        CellReading(
            v: state.refractory > 0 ? 0 : state.total(offset: offset), excitatory: state.inputs.excitatory,
            inhibitory: state.inputs.inhibitory)
    }

    public static func advance(_ state: inout State, _ k: Constants, offset: Int32, draw: UInt32) -> Bool {
        let v = state.total(offset: offset)
        state.inputs = DeltaSynapse.State()
        guard state.refractory == 0 else {
            state.refractory -= 1
            return true
        }
        return state.fires(
            probability: PowersOfTwo.probability(k.rate, byPowerOf: v), steps: k.refractorySteps)
    }
}

/// Fires with probability τ · 2^V, where V sums the inputs and does not go below its reset value.
///
/// - Source: Documentation/Chip.md, "Stochastic cells"; not covered by recorded vectors.
public enum StocExpStable: Cell {
    /// The common state and the potential.
    @frozen
    public struct State: Words {
        /// Accum.
        public var v: Int32 = 0
        public var common = StochasticState()

        public init() {}
    }

    /// What the chip derives.
    @frozen
    public struct Constants: Words {
        /// Accum.
        public var vReset: Int32 = 0
        /// u16.16.
        public var tau: UInt32 = 0
        /// Steps of the refractory period.
        public var refractorySteps: UInt32 = 0

        public init() {}
    }

    public static var receptors: Int { 2 }
    public static var offsetName: String { "bias" }
    public static var stateNames: [String] { ["v_membrane"] + StochasticState.names }
    public static var inputNames: [String] { DeltaSynapse.stateNames + ["v"] }
    public static var constantNames: [String] { ["v_reset", "tau", "t_refract"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.vReset = p.accum("v_reset")
        k.tau = p.u1616("tau")
        k.refractorySteps = StochasticState.steps(p.u1616("tau_refrac"), p)
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.v = p.initial("v")
        state.common = StochasticState(p)
        return state
    }

    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        DeltaSynapse.add(entry, leftShift: leftShift, type: type, to: &state.common.inputs, NoWords())
    }

    public static func reading(_ state: State, _ k: Constants, offset: Int32) -> CellReading {
        CellReading(
            v: state.common.refractory > 0 ? state.v : state.v &+ state.common.total(offset: offset),
            excitatory: state.common.inputs.excitatory, inhibitory: state.common.inputs.inhibitory)
    }

    public static func advance(_ state: inout State, _ k: Constants, offset: Int32, draw: UInt32) -> Bool {
        let input = state.common.total(offset: offset)
        state.common.inputs = DeltaSynapse.State()
        guard state.common.refractory == 0 else {
            state.common.refractory -= 1
            return true
        }
        state.v = state.v &+ input
        let fires = state.common.fires(
            probability: PowersOfTwo.probability(k.tau, byPowerOf: state.v), steps: k.refractorySteps)
        state.v = fires ? k.vReset : max(state.v, k.vReset)
        return fires
    }
}

/// Fires with probability 2^(−2^(−α·v)), v being bias plus input, which keeps adding up while the neuron is refractory.
///
/// The chip's code leaves its loop at the first refractory neuron, so that later neurons of the core miss the step;
/// here they do not.
///
/// - Source: Documentation/Chip.md, "Stochastic cells"; not covered by recorded vectors.
public enum StocSigma: Cell {
    public typealias State = StochasticState

    /// What the chip derives.
    @frozen
    public struct Constants: Words {
        /// Accum.
        public var alpha: Int32 = 0
        /// Steps of the refractory period.
        public var refractorySteps: UInt32 = 0

        public init() {}
    }

    public static var receptors: Int { 2 }
    public static var offsetName: String { "bias" }
    public static var stateNames: [String] { StochasticState.names }
    public static var inputNames: [String] { DeltaSynapse.stateNames + ["v"] }
    public static var constantNames: [String] { ["alpha", "t_refract"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.alpha = p.accum("alpha")
        k.refractorySteps = StochasticState.steps(p.u1616("tau_refrac"), p)
        return k
    }

    public static func initialState(_ p: CellParameters) -> State { StochasticState(p) }

    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        DeltaSynapse.add(entry, leftShift: leftShift, type: type, to: &state.inputs, NoWords())
    }

    public static func reading(_ state: State, _ k: Constants, offset: Int32) -> CellReading {
        CellReading(
            v: state.refractory > 0 ? 0 : state.total(offset: offset), excitatory: state.inputs.excitatory,
            inhibitory: state.inputs.inhibitory)
    }

    public static func advance(_ state: inout State, _ k: Constants, offset: Int32, draw: UInt32) -> Bool {
        guard state.refractory == 0 else {
            state.refractory -= 1
            return true
        }
        let power = Accum.multiply(state.total(offset: offset), k.alpha)
        state.inputs = DeltaSynapse.State()
        let exponent = Int32(bitPattern: PowersOfTwo.u1616(0 &- power) >> 1)
        let value = PowersOfTwo.u1616(0 &- exponent)
        return state.fires(
            probability: UInt32(truncatingIfNeeded: (UInt64(value) * 0xFFFF_FFFF) >> 16), steps: k.refractorySteps)
    }
}
