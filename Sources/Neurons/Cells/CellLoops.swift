import FixedPoint

/// One tick's ring-buffer slots of a group, one array a synapse type.
@frozen
public struct InputSlots {
    /// `[count]` entries of types 0, 1 and 2; the third repeats the second where a model has two.
    @usableFromInline
    let entries: (UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>)
    /// Left shifts of the types, below 32.
    @usableFromInline
    let shifts: (UInt32, UInt32, UInt32)

    /// Views of two synapse types: arrays of `count` that do not overlap and that the caller owns.
    @inlinable
    public init(
        _ first: UnsafeMutablePointer<UInt16>, _ second: UnsafeMutablePointer<UInt16>, leftShifts: (UInt32, UInt32)
    ) {
        entries = (first, second, second)
        shifts = (leftShifts.0, leftShifts.1, leftShifts.1)
    }

    /// Views of three synapse types.
    @inlinable
    public init(
        _ first: UnsafeMutablePointer<UInt16>, _ second: UnsafeMutablePointer<UInt16>,
        _ third: UnsafeMutablePointer<UInt16>, leftShifts: (UInt32, UInt32, UInt32)
    ) {
        entries = (first, second, third)
        shifts = leftShifts
    }
}

/// The memory a loop works on.
@frozen
@usableFromInline
struct CellMemory {
    /// State columns.
    @usableFromInline let state: UnsafeMutablePointer<Int32>
    /// Words from a state column to the next.
    @usableFromInline let stride: Int
    /// Constants: one record, or columns.
    @usableFromInline let constants: UnsafeMutablePointer<Int32>
    /// Words from a column of constants to the next; 1 for one record shared by all.
    @usableFromInline let constantsStride: Int
    /// Constant current of all neurons, when `offsets` is `nil`.
    @usableFromInline let offset: Int32
    /// `[count]` constant currents plus current sources.
    @usableFromInline var offsets: UnsafePointer<Int32>?
    /// `[count]` random words, when the model draws.
    @usableFromInline var draws: UnsafePointer<UInt32>
    /// Number of neurons.
    @usableFromInline let count: Int

    @usableFromInline
    init(
        state: UnsafeMutablePointer<Int32>, stride: Int, constants: UnsafeMutablePointer<Int32>, constantsStride: Int,
        offset: Int32, offsets: UnsafePointer<Int32>?, draws: UnsafePointer<UInt32>, count: Int
    ) {
        self.state = state
        self.stride = stride
        self.constants = constants
        self.constantsStride = constantsStride
        self.offset = offset
        self.offsets = offsets
        self.draws = draws
        self.count = count
    }
}

/// Where a loop finds a value that is shared or a neuron's own; dispatched statically, so that each form has its own loop.
@usableFromInline
protocol ValueSource<Value> {
    associatedtype Value
    func value(at index: Int) -> Value
}

@frozen
@usableFromInline
struct SharedValue<Value>: ValueSource {
    @usableFromInline let shared: Value

    @inlinable @inline(__always)
    init(_ shared: Value) { self.shared = shared }

    @inlinable @inline(__always)
    func value(at index: Int) -> Value { shared }
}

@frozen
@usableFromInline
struct ArrayValue: ValueSource {
    @usableFromInline let array: UnsafePointer<Int32>

    @inlinable @inline(__always)
    init(_ array: UnsafePointer<Int32>) { self.array = array }

    @inlinable @inline(__always)
    func value(at index: Int) -> Int32 { array[index] }
}

extension Columns: ValueSource {
    @inlinable @inline(__always)
    func value(at index: Int) -> Record { self[index] }
}

/// The loops over a group, specialised for one model.
///
/// - Complexity: O(count) each, no allocation.
/// - Determinism: neurons are independent of one another; random words are drawn beforehand.
@frozen
@usableFromInline
enum CellLoops<Model: Cell> {
    @inlinable @inline(__always)
    static func add(_ i: Int, _ slots: InputSlots, to state: inout Model.State, _ k: Model.Constants) {
        Model.add(slots.entries.0[i], leftShift: slots.shifts.0, type: 0, to: &state, k)
        Model.add(slots.entries.1[i], leftShift: slots.shifts.1, type: 1, to: &state, k)
        if Model.receptors == 3 {
            Model.add(slots.entries.2[i], leftShift: slots.shifts.2, type: 2, to: &state, k)
        }
    }

    @inlinable @inline(__always)
    static func empty(_ i: Int, _ slots: InputSlots) {
        slots.entries.0[i] = 0
        slots.entries.1[i] = 0
        if Model.receptors == 3 { slots.entries.2[i] = 0 }
    }

    @inlinable @inline(never)
    static func update<Source: ValueSource<Model.Constants>, Offsets: ValueSource<Int32>>(
        _ memory: CellMemory, _ source: Source, _ offsets: Offsets, _ slots: InputSlots,
        _ fired: UnsafeMutablePointer<UInt8>
    ) {
        let states = Columns<Model.State>(base: memory.state, stride: memory.stride)
        let draws = memory.draws
        for i in 0..<max(memory.count, 0) {
            let k = source.value(at: i)
            var state = states[i]
            add(i, slots, to: &state, k)
            let fires = Model.advance(
                &state, k, offset: offsets.value(at: i), draw: Model.draws ? draws[i] : 0)
            empty(i, slots)
            states[i] = state
            fired[i] = fires ? 1 : 0
        }
    }

    @inlinable @inline(never)
    static func transfer<Source: ValueSource<Model.Constants>>(
        _ memory: CellMemory, _ source: Source, _ slots: InputSlots
    ) {
        let states = Columns<Model.State>(base: memory.state, stride: memory.stride)
        for i in 0..<max(memory.count, 0) {
            var state = states[i]
            add(i, slots, to: &state, source.value(at: i))
            empty(i, slots)
            states[i] = state
        }
    }

    @inlinable @inline(never)
    static func advance<Source: ValueSource<Model.Constants>, Offsets: ValueSource<Int32>>(
        _ memory: CellMemory, _ source: Source, _ offsets: Offsets, _ fired: UnsafeMutablePointer<UInt8>, _ keep: UInt8
    ) {
        let states = Columns<Model.State>(base: memory.state, stride: memory.stride)
        let draws = memory.draws
        for i in 0..<max(memory.count, 0) {
            var state = states[i]
            let fires = Model.advance(
                &state, source.value(at: i), offset: offsets.value(at: i), draw: Model.draws ? draws[i] : 0)
            states[i] = state
            fired[i] = (fired[i] & keep) &+ (fires ? 1 : 0)
        }
    }

    @inlinable @inline(never)
    static func read<Source: ValueSource<Model.Constants>, Offsets: ValueSource<Int32>>(
        _ memory: CellMemory, _ source: Source, _ offsets: Offsets, _ output: UnsafeMutablePointer<Int32>
    ) {
        let states = Columns<Model.State>(base: memory.state, stride: memory.stride)
        let stride = memory.stride
        for i in 0..<max(memory.count, 0) {
            let reading = Model.reading(states[i], source.value(at: i), offset: offsets.value(at: i))
            output[i] = reading.v
            output[stride &+ i] = reading.excitatory
            output[2 &* stride &+ i] = reading.inhibitory
        }
    }
}
