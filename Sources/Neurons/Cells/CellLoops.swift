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

    /// The slots from neuron `start` on.
    @inlinable
    func advanced(by start: Int) -> InputSlots {
        InputSlots(entries.0 + start, entries.1 + start, entries.2 + start, leftShifts: shifts)
    }
}

/// The memory of a group's neurons.
@frozen
@usableFromInline
struct CellMemory {
    /// Chunks: the state's columns, then those of the constants where they are kept per neuron.
    @usableFromInline let chunks: UnsafeMutablePointer<Int32>
    /// Columns of a chunk.
    @usableFromInline let columns: Int
    /// Constants of all neurons as words side by side; `nil` when they are kept per neuron.
    @usableFromInline let shared: UnsafeMutablePointer<Int32>?
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
        chunks: UnsafeMutablePointer<Int32>, columns: Int, shared: UnsafeMutablePointer<Int32>?, offset: Int32,
        offsets: UnsafePointer<Int32>?, draws: UnsafePointer<UInt32>, count: Int
    ) {
        self.chunks = chunks
        self.columns = columns
        self.shared = shared
        self.offset = offset
        self.offsets = offsets
        self.draws = draws
        self.count = count
    }

    /// Runs a loop over each chunk: its memory, its first neuron and its number of neurons.
    @inlinable @inline(__always)
    func forEachChunk(_ body: (UnsafeMutablePointer<Int32>, Int, Int) -> Void) {
        var start = 0
        var chunk = chunks
        while start < count {
            body(chunk, start, min(Chunk.neurons, count &- start))
            start &+= Chunk.neurons
            chunk += columns &* Chunk.stride
        }
    }
}

/// Where a loop finds a value that is shared or a neuron's own; dispatched statically, so that each form has its own
/// loop.
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
        _ states: Columns<Model.State>, _ source: Source, _ offsets: Offsets, _ draws: UnsafePointer<UInt32>,
        _ slots: InputSlots, _ fired: UnsafeMutablePointer<UInt8>, _ count: Int
    ) {
        for i in 0..<count {
            let k = source.value(at: i)
            var state = states[i]
            add(i, slots, to: &state, k)
            let fires = Model.advance(&state, k, offset: offsets.value(at: i), draw: Model.draws ? draws[i] : 0)
            empty(i, slots)
            states[i] = state
            fired[i] = fires ? 1 : 0
        }
    }

    @inlinable @inline(never)
    static func transfer<Source: ValueSource<Model.Constants>>(
        _ states: Columns<Model.State>, _ source: Source, _ slots: InputSlots, _ count: Int
    ) {
        for i in 0..<count {
            var state = states[i]
            add(i, slots, to: &state, source.value(at: i))
            empty(i, slots)
            states[i] = state
        }
    }

    @inlinable @inline(never)
    static func advance<Source: ValueSource<Model.Constants>, Offsets: ValueSource<Int32>>(
        _ states: Columns<Model.State>, _ source: Source, _ offsets: Offsets, _ draws: UnsafePointer<UInt32>,
        _ fired: UnsafeMutablePointer<UInt8>, _ keep: UInt8, _ count: Int
    ) {
        for i in 0..<count {
            var state = states[i]
            let fires = Model.advance(
                &state, source.value(at: i), offset: offsets.value(at: i), draw: Model.draws ? draws[i] : 0)
            states[i] = state
            let spikes = UInt16(fired[i] & keep) &+ (fires ? 1 : 0)
            fired[i] = UInt8(truncatingIfNeeded: min(spikes, 255))
        }
    }

    @inlinable @inline(never)
    static func read<Source: ValueSource<Model.Constants>, Offsets: ValueSource<Int32>>(
        _ states: Columns<Model.State>, _ source: Source, _ offsets: Offsets, _ v: UnsafeMutablePointer<Int32>,
        _ excitatory: UnsafeMutablePointer<Int32>, _ inhibitory: UnsafeMutablePointer<Int32>, _ count: Int
    ) {
        for i in 0..<count {
            let reading = Model.reading(states[i], source.value(at: i), offset: offsets.value(at: i))
            v[i] = reading.v
            excitatory[i] = reading.excitatory
            inhibitory[i] = reading.inhibitory
        }
    }
}
