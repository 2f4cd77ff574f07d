import FixedPoint

/// A cell model ready to run: its loops, specialised, behind plain functions.
///
/// Make one where the model's type is written out, as ``CellCatalogue`` does, so that the compiler specialises the loops.
public struct CellKind: Sendable {
    /// Number of synapse types, 2 or 3.
    public let receptors: Int
    /// Each threshold test draws from the core's own generator.
    public let draws: Bool
    /// The parameter added to the input of every step.
    public let offsetName: String
    /// The chip's names of the state's words.
    public let stateNames: [String]
    /// The chip's names of the constants.
    public let constantNames: [String]

    // Memory, then what the loop of the same name takes; the setters take base, stride and index.
    @usableFromInline let setConstants: @Sendable (CellParameters, UnsafeMutablePointer<Int32>, Int, Int) -> Void
    @usableFromInline let setState: @Sendable (CellParameters, UnsafeMutablePointer<Int32>, Int, Int) -> Void
    @usableFromInline let update: @Sendable (CellMemory, InputSlots, UnsafeMutablePointer<UInt8>) -> Void
    @usableFromInline let transfer: @Sendable (CellMemory, InputSlots) -> Void
    @usableFromInline let advance: @Sendable (CellMemory, UnsafeMutablePointer<UInt8>, UInt8) -> Void
    @usableFromInline let read: @Sendable (CellMemory, UnsafeMutablePointer<Int32>) -> Void

    /// A model's loops.
    @inlinable
    public init<Model: Cell>(_ model: Model.Type) {
        receptors = Model.receptors
        draws = Model.draws
        offsetName = Model.offsetName
        stateNames = Model.stateNames
        constantNames = Model.constantNames
        setConstants = { p, base, stride, index in
            Columns<Model.Constants>(base: base, stride: stride)[index] = Model.constants(p)
        }
        setState = { p, base, stride, index in
            Columns<Model.State>(base: base, stride: stride)[index] = Model.initialState(p)
        }
        update = { memory, slots, fired in
            let columns = Columns<Model.Constants>(base: memory.constants, stride: memory.constantsStride)
            if let offsets = memory.offsets {
                if memory.constantsStride == 1 {
                    CellLoops<Model>.update(memory, SharedValue(columns[0]), ArrayValue(offsets), slots, fired)
                } else {
                    CellLoops<Model>.update(memory, columns, ArrayValue(offsets), slots, fired)
                }
            } else {
                CellLoops<Model>.update(memory, SharedValue(columns[0]), SharedValue(memory.offset), slots, fired)
            }
        }
        transfer = { memory, slots in
            let columns = Columns<Model.Constants>(base: memory.constants, stride: memory.constantsStride)
            if memory.constantsStride == 1 {
                CellLoops<Model>.transfer(memory, SharedValue(columns[0]), slots)
            } else {
                CellLoops<Model>.transfer(memory, columns, slots)
            }
        }
        advance = { memory, fired, keep in
            let columns = Columns<Model.Constants>(base: memory.constants, stride: memory.constantsStride)
            if let offsets = memory.offsets {
                if memory.constantsStride == 1 {
                    CellLoops<Model>.advance(memory, SharedValue(columns[0]), ArrayValue(offsets), fired, keep)
                } else {
                    CellLoops<Model>.advance(memory, columns, ArrayValue(offsets), fired, keep)
                }
            } else {
                CellLoops<Model>.advance(
                    memory, SharedValue(columns[0]), SharedValue(memory.offset), fired, keep)
            }
        }
        read = { memory, output in
            let columns = Columns<Model.Constants>(base: memory.constants, stride: memory.constantsStride)
            if let offsets = memory.offsets {
                if memory.constantsStride == 1 {
                    CellLoops<Model>.read(memory, SharedValue(columns[0]), ArrayValue(offsets), output)
                } else {
                    CellLoops<Model>.read(memory, columns, ArrayValue(offsets), output)
                }
            } else {
                CellLoops<Model>.read(memory, SharedValue(columns[0]), SharedValue(memory.offset), output)
            }
        }
    }
}
