// How a cell model is written.
//
// A model is a type without values whose static functions work on one neuron: on its state and constants, two records
// of 32-bit words. Nearly all models are `Assembled` from parts, as on the chip: a synapse shape, an input type, a
// membrane, a threshold and an additional input; a few with an update of their own (StocExp and its kin) implement
// `Cell` themselves, and `RealCell` is for dynamics that fixed point cannot hold.
//
// One set of loops (`CellLoops`) runs every model. It is generic and specialised per model where the model is listed
// (`CellCatalogue`), so that parts cost nothing to share and loops vectorise. What a tick is made of:
//
//   transfer   ring-buffer entries are added to the synapses' state and emptied
//   reading    what the chip records: V and the summed inputs, before anything moves
//   advance    once an update, of which a sub-step has one on the chip: read inputs, convert to currents, integrate,
//   fire, reset, decay the inputs
//
// Without a recorded input, transfer and the first advance are one pass over the neurons.

import FixedPoint

/// A cell model: what one neuron is made of and does.
///
/// Functions take no state but what they are given. Models of the chip are pure integer arithmetic; others may be made
/// of the operations that ``Real`` names.
public protocol Cell: SendableMetatype {
    /// What changes from step to step.
    associatedtype State: Words
    /// What the chip derives from the parameters at initialisation.
    associatedtype Constants: Words

    /// Number of synapse types, 2 or 3.
    static var receptors: Int { get }
    /// Each threshold test draws from the core's own generator, one word a neuron and sub-step.
    static var draws: Bool { get }
    /// Updates that a sub-step of a length in ms is cut into.
    static func updates(ofStep step: Double) -> Int
    /// The parameter that is added to the input of every step: it may differ between neurons at no cost.
    static var offsetName: String { get }
    /// The chip's name of each word of ``State``, in order.
    static var stateNames: [String] { get }
    /// The words of the state that the transfer changes, and `v` where it is made of them.
    static var inputNames: [String] { get }
    /// The chip's name of each word of ``Constants``, in order.
    static var constantNames: [String] { get }

    /// The chip's initialisation.
    static func constants(_ p: CellParameters) -> Constants
    /// The state before the first step.
    static func initialState(_ p: CellParameters) -> State

    /// Adds a ring-buffer entry of a synapse type; an empty one changes nothing.
    static func add(_ entry: UInt16, leftShift: UInt32, type: Int, to state: inout State, _ k: Constants)
    /// What the chip records of a step, after the transfer and before the advance.
    static func reading(_ state: State, _ k: Constants, offset: Int32) -> CellReading
    /// One update; says whether the neuron fired.
    ///
    /// - Parameters:
    ///   - state: read and written.
    ///   - k: constants.
    ///   - offset: constant current plus current sources, accum.
    ///   - draw: a random word when ``draws`` is true.
    static func advance(_ state: inout State, _ k: Constants, offset: Int32, draw: UInt32) -> Bool
}

/// What the chip records of a neuron, as accums.
@frozen
public struct CellReading {
    /// Membrane potential, mV.
    public var v: Int32
    /// Summed excitatory input, nA or µS.
    public var excitatory: Int32
    /// Summed inhibitory input, nA or µS.
    public var inhibitory: Int32

    /// A reading.
    @inlinable
    public init(v: Int32, excitatory: Int32, inhibitory: Int32) {
        self.v = v
        self.excitatory = excitatory
        self.inhibitory = inhibitory
    }
}

extension Cell {
    /// No draws.
    @inlinable
    public static var draws: Bool { false }
    /// One.
    public static func updates(ofStep step: Double) -> Int { 1 }
    /// The constant current.
    @inlinable
    public static var offsetName: String { "i_offset" }
}
