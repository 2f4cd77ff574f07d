import FixedPoint

/// A component of an ``Assembled`` cell: state and constants of its own.
public protocol CellPart {
    associatedtype State: Words
    associatedtype Constants: Words
    /// The chip's name of each word of the state.
    static var stateNames: [String] { get }
    /// The chip's name of each constant.
    static var constantNames: [String] { get }
    /// The chip's initialisation.
    static func constants(_ p: CellParameters) -> Constants
    /// The state before the first step.
    static func initialState(_ p: CellParameters) -> State
}

/// The inputs of a step as a synapse shape gives them, before the input type; accums.
@frozen
public struct SynapticInputs {
    /// The first excitatory input.
    public var excitatory: Int32
    /// The second excitatory input, 0 for shapes without one.
    public var excitatory2: Int32
    /// The inhibitory input.
    public var inhibitory: Int32

    /// Inputs of a step.
    @inlinable
    public init(excitatory: Int32, excitatory2: Int32 = 0, inhibitory: Int32) {
        self.excitatory = excitatory
        self.excitatory2 = excitatory2
        self.inhibitory = inhibitory
    }
}

/// What becomes of a spike's weight over time.
public protocol SynapsePart: CellPart {
    /// Number of synapse types, 2 or 3.
    static var receptors: Int { get }
    /// Adds a ring-buffer entry; an empty one changes nothing.
    static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants)
    /// The inputs of a sub-step; called once a sub-step, before ``shape(_:_:)``.
    static func read(_ state: inout State, _ k: Constants) -> SynapticInputs
    /// The decay at the end of a sub-step.
    static func shape(_ state: inout State, _ k: Constants)
}

/// What an input is: a current, or a conductance that makes one.
public protocol InputPart: CellPart where State == NoWords {
    /// An input as it is recorded.
    static func scaled(_ input: Int32) -> Int32
    /// The current of a scaled excitatory input.
    static func excitatory(_ input: Int32, v: Int32, _ k: Constants) -> Int32
    /// The current of a scaled inhibitory input, to be subtracted.
    static func inhibitory(_ input: Int32, v: Int32, _ k: Constants) -> Int32
}

/// The membrane.
public protocol MembranePart: CellPart {
    /// The membrane potential, accum mV.
    static func voltage(_ state: State) -> Int32
    /// One sub-step under an input current.
    static func update(_ state: inout State, input: Int32, _ k: Constants)
    /// The reset of a neuron that fired; nothing for one that did not.
    static func reset(_ state: inout State, if fires: Bool, _ k: Constants)
}

/// When a neuron fires.
public protocol ThresholdPart: CellPart {
    /// Each test uses a word of the core's generator.
    static var draws: Bool { get }
    /// The test.
    static func fires(v: Int32, _ state: inout State, draw: UInt32, _ k: Constants) -> Bool
}

/// A current that the neuron makes itself.
public protocol AdditionalInputPart: CellPart {
    /// The current of a sub-step.
    static func current(_ state: inout State, v: Int32, _ k: Constants) -> Int32
    /// The reaction to a spike; nothing when there was none.
    static func react(_ state: inout State, if fires: Bool, _ k: Constants)
}

extension ThresholdPart {
    /// No draws.
    @inlinable
    public static var draws: Bool { false }
}

/// Parts without state.
extension CellPart where State == NoWords {
    public static var stateNames: [String] { [] }
    public static func initialState(_ p: CellParameters) -> NoWords { NoWords() }
}

/// Parts without constants.
extension CellPart where Constants == NoWords {
    public static var constantNames: [String] { [] }
    public static func constants(_ p: CellParameters) -> NoWords { NoWords() }
}
