import FixedPoint

/// A cell made of parts, updated in the chip's order.
///
/// - Source: Documentation/Chip.md, "Order within a step".
public enum Assembled<
    Synapse: SynapsePart, Input: InputPart, Membrane: MembranePart, Threshold: ThresholdPart,
    Additional: AdditionalInputPart
>: Cell {
    /// The parts' states, in this order.
    @frozen
    public struct State: Words {
        public var membrane = Membrane.State()
        public var synapse = Synapse.State()
        public var threshold = Threshold.State()
        public var additional = Additional.State()

        @inlinable
        public init() {}
    }

    /// The parts' constants, in this order.
    @frozen
    public struct Constants: Words {
        public var membrane = Membrane.Constants()
        public var synapse = Synapse.Constants()
        public var input = Input.Constants()
        public var threshold = Threshold.Constants()
        public var additional = Additional.Constants()

        @inlinable
        public init() {}
    }

    @inlinable
    public static var receptors: Int { Synapse.receptors }

    @inlinable
    public static var draws: Bool { Threshold.draws }

    public static var stateNames: [String] {
        Membrane.stateNames + Synapse.stateNames + Threshold.stateNames + Additional.stateNames
    }

    public static var inputNames: [String] { Synapse.stateNames }

    public static var constantNames: [String] {
        Membrane.constantNames + Synapse.constantNames + Input.constantNames + Threshold.constantNames
            + Additional.constantNames
    }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.membrane = Membrane.constants(p)
        k.synapse = Synapse.constants(p)
        k.input = Input.constants(p)
        k.threshold = Threshold.constants(p)
        k.additional = Additional.constants(p)
        return k
    }

    public static func initialState(_ p: CellParameters) -> State {
        var state = State()
        state.membrane = Membrane.initialState(p)
        state.synapse = Synapse.initialState(p)
        state.threshold = Threshold.initialState(p)
        state.additional = Additional.initialState(p)
        return state
    }

    @inlinable @inline(__always)
    public static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants) {
        Synapse.add(entry, leftShift: leftShift, type: type, to: &state.synapse, k.synapse)
    }

    /// The inputs of a sub-step as they are recorded.
    @inlinable @inline(__always)
    static func inputs(_ synapse: inout Synapse.State, _ k: Constants) -> SynapticInputs {
        let read = Synapse.read(&synapse, k.synapse)
        return SynapticInputs(
            excitatory: Input.scaled(read.excitatory), excitatory2: Input.scaled(read.excitatory2),
            inhibitory: Input.scaled(read.inhibitory))
    }

    @inlinable @inline(__always)
    public static func reading(_ state: State, _ k: Constants, offset: Int32) -> CellReading {
        var synapse = state.synapse
        let g = inputs(&synapse, k)
        return CellReading(
            v: Membrane.voltage(state.membrane), excitatory: g.excitatory &+ g.excitatory2, inhibitory: g.inhibitory)
    }

    @inlinable @inline(__always)
    public static func advance(_ state: inout State, _ k: Constants, offset: Int32, draw: UInt32) -> Bool {
        let v = Membrane.voltage(state.membrane)
        let g = inputs(&state.synapse, k)
        let excitation =
            Input.excitatory(g.excitatory, v: v, k.input) &+ Input.excitatory(g.excitatory2, v: v, k.input)
        let inhibition = Input.inhibitory(g.inhibitory, v: v, k.input)
        let additional = Additional.current(&state.additional, v: v, k.additional)
        Membrane.update(&state.membrane, input: excitation &- inhibition &+ additional &+ offset, k.membrane)
        let fires = Threshold.fires(
            v: Membrane.voltage(state.membrane), &state.threshold, draw: draw, k.threshold)
        Membrane.reset(&state.membrane, if: fires, k.membrane)
        Additional.react(&state.additional, if: fires, k.additional)
        Synapse.shape(&state.synapse, k.synapse)
        return fires
    }
}
