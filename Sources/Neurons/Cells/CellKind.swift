import FixedPoint

/// A cell model ready to run: its loops, specialised, behind plain functions.
///
/// Make one where the model's type is written out, as ``CellCatalogue`` does, so that the compiler specialises the
/// loops.
public struct CellKind: Sendable {
    /// Number of synapse types, 2 or 3.
    public let receptors: Int
    /// Each threshold test draws from the core's own generator.
    public let draws: Bool
    /// Updates that a sub-step of a length in ms is cut into; 1 for models of the chip.
    public let updates: @Sendable (Double) -> Int
    /// The parameter added to the input of every step.
    public let offsetName: String
    /// The chip's names of the state's words.
    public let stateNames: [String]
    /// Those of the words that the transfer changes, and `v` where it is made of them.
    @usableFromInline let inputNames: [String]
    /// The chip's names of the constants.
    public let constantNames: [String]

    // Writes a neuron's words `stride` apart.
    @usableFromInline let setConstants: @Sendable (CellParameters, UnsafeMutablePointer<Int32>, Int) -> Void
    @usableFromInline let setState: @Sendable (CellParameters, UnsafeMutablePointer<Int32>, Int) -> Void
    @usableFromInline let update: @Sendable (CellMemory, InputSlots, UnsafeMutablePointer<UInt8>) -> Void
    @usableFromInline let transfer: @Sendable (CellMemory, InputSlots) -> Void
    // The last word masks the spikes counted before.
    @usableFromInline let advance: @Sendable (CellMemory, UnsafeMutablePointer<UInt8>, UInt8) -> Void
    // Three arrays, `stride` words apart: V, excitatory and inhibitory input.
    @usableFromInline let read: @Sendable (CellMemory, UnsafeMutablePointer<Int32>, Int) -> Void

    /// A model's loops.
    @inlinable
    public init<Model: Cell>(_ model: Model.Type) {
        receptors = Model.receptors
        draws = Model.draws
        updates = { Model.updates(ofStep: $0) }
        offsetName = Model.offsetName
        stateNames = Model.stateNames
        inputNames = Model.inputNames
        constantNames = Model.constantNames
        setConstants = { p, base, stride in Model.constants(p).store(base, stride) }
        setState = { p, base, stride in Model.initialState(p).store(base, stride) }
        update = { memory, slots, fired in
            memory.forEachChunk { chunk, start, count in
                let states = Columns<Model.State>(base: chunk)
                let (slots, fired, draws) = (slots.advanced(by: start), fired + start, memory.draws + start)
                if let shared = memory.shared {
                    let constants = SharedValue(Model.Constants.load(shared))
                    if let offsets = memory.offsets {
                        CellLoops<Model>.update(
                            states, constants, ArrayValue(offsets + start), draws, slots, fired, count)
                    } else {
                        CellLoops<Model>.update(
                            states, constants, SharedValue(memory.offset), draws, slots, fired, count)
                    }
                } else if let offsets = memory.offsets {
                    CellLoops<Model>.update(
                        states, states.next(Model.Constants.self), ArrayValue(offsets + start), draws, slots, fired,
                        count)
                }
            }
        }
        transfer = { memory, slots in
            memory.forEachChunk { chunk, start, count in
                let states = Columns<Model.State>(base: chunk)
                let slots = slots.advanced(by: start)
                if let shared = memory.shared {
                    CellLoops<Model>.transfer(states, SharedValue(Model.Constants.load(shared)), slots, count)
                } else {
                    CellLoops<Model>.transfer(states, states.next(Model.Constants.self), slots, count)
                }
            }
        }
        advance = { memory, fired, keep in
            memory.forEachChunk { chunk, start, count in
                let states = Columns<Model.State>(base: chunk)
                let (fired, draws) = (fired + start, memory.draws + start)
                if let shared = memory.shared {
                    let constants = SharedValue(Model.Constants.load(shared))
                    if let offsets = memory.offsets {
                        CellLoops<Model>.advance(
                            states, constants, ArrayValue(offsets + start), draws, fired, keep, count)
                    } else {
                        CellLoops<Model>.advance(
                            states, constants, SharedValue(memory.offset), draws, fired, keep, count)
                    }
                } else if let offsets = memory.offsets {
                    CellLoops<Model>.advance(
                        states, states.next(Model.Constants.self), ArrayValue(offsets + start), draws, fired, keep,
                        count)
                }
            }
        }
        read = { memory, output, stride in
            memory.forEachChunk { chunk, start, count in
                let states = Columns<Model.State>(base: chunk)
                let v = output + start
                let (excitatory, inhibitory) = (v + stride, v + 2 * stride)
                if let shared = memory.shared {
                    let constants = SharedValue(Model.Constants.load(shared))
                    if let offsets = memory.offsets {
                        CellLoops<Model>.read(
                            states, constants, ArrayValue(offsets + start), v, excitatory, inhibitory, count)
                    } else {
                        CellLoops<Model>.read(
                            states, constants, SharedValue(memory.offset), v, excitatory, inhibitory, count)
                    }
                } else if let offsets = memory.offsets {
                    CellLoops<Model>.read(
                        states, states.next(Model.Constants.self), ArrayValue(offsets + start), v, excitatory,
                        inhibitory,
                        count)
                }
            }
        }
    }
}

extension CellKind {
    /// The chip's names of state variables that PyNN and sPyNNaker name otherwise.
    private static let chipNames = [
        "u": "U", "exc_response": "exc_lin", "exc_exp_response": "exc_exp", "inh_response": "inh_lin",
        "inh_exp_response": "inh_exp",
    ]

    /// The chip's name of a state variable; a name of the chip's is its own.
    static func chipName(of variable: String) -> String { chipNames[variable] ?? variable }

    /// Names of the words that parts keep PyNN's variables in, where those have several.
    private static let holders = [
        "v": ["V_membrane", "V", "v_membrane"], "gsyn_exc": ["isyn_exc", "exc_value"],
        "gsyn_inh": ["isyn_inh", "inh_value"],
    ]

    /// The word of the state that a variable begins in; `nil` where it is made of other words.
    func word(holding variable: String) -> Int? {
        for name in [Self.chipName(of: variable)] + (Self.holders[variable] ?? []) {
            if let word = stateNames.firstIndex(of: name) { return word }
        }
        return nil
    }

    /// The transfer of a step's input changes the variable, so that the chip's moment to record it is between transfer
    /// and advance.
    public func takesInput(_ variable: String) -> Bool {
        ["gsyn_exc", "gsyn_inh"].contains(variable) || inputNames.contains(Self.chipName(of: variable))
    }
}
