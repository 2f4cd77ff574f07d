import FixedPoint

/// A recorded variable of a group.
public struct RecordedValues {
    /// `[count]` words, valid until the group's next step; those of a word of the state until the next call.
    public let words: UnsafePointer<Int32>
    /// The value of one unit of a word.
    public let scale: Double
    /// The high halves of doubles, whose low halves are `words`; `nil` for words that are values.
    var highHalves: UnsafePointer<Int32>?

    /// The value of a neuron.
    public func value(at index: Int) -> Double {
        guard let highHalves else { return Double(words[index]) * scale }
        return Double(
            bitPattern: UInt64(UInt32(bitPattern: highHalves[index])) << 32 | UInt64(UInt32(bitPattern: words[index])))
    }
}

/// The neurons of one population on a rank: their state, and their steps.
///
/// A step is ``update(_:currents:currentsStride:fired:)`` when no input is recorded, and otherwise ``transfer(_:)``,
/// ``values(of:)`` and ``advance(currents:currentsStride:fired:)``. Both do all sub-steps and give the same bits. V may
/// be read before either.
///
/// Where all neurons have the same constants these are kept once and stay in registers; constant currents are kept
/// apart, so that neurons that differ in nothing else still share. All forms give the same bits.
///
/// - Complexity: O(count × sub-steps) a step; no allocation after initialisation.
/// - Determinism: depends on the parameters and, for models that draw, on the cores' sizes or the draws given.
public final class CellGroup {
    /// How constants are kept.
    public enum Form: String, CaseIterable, Sendable {
        /// One record and one current for all.
        case uniform
        /// One record, a current per neuron.
        case offsets
        /// Everything per neuron.
        case perNeuron
    }

    /// The model.
    public let kind: CellKind
    /// Number of neurons.
    public let count: Int
    /// Sub-steps of a step.
    public let subSteps: Int
    /// Updates of a sub-step.
    private let updates: Int
    /// How constants are kept.
    public let form: Form
    private(set) var memory: CellMemory
    /// Words of an array over all neurons.
    private let stride: Int
    private let offsets: UnsafeMutablePointer<Int32>
    /// Constant currents plus current sources, an array a sub-step.
    private let totals: UnsafeMutablePointer<Int32>
    /// V and both inputs as recorded, and two words of the state.
    private let readings: UnsafeMutablePointer<Int32>
    private let draws: UnsafeMutablePointer<UInt32>
    /// Neurons of each core.
    let cores: [Int]
    var generators: [KISS64]
    private let neuronDraws: NeuronDraws?
    /// Steps done.
    var time: UInt32 = 0
    private var hasCurrents = false
    /// `readings` are those of the present state.
    var isRead = false

    /// Initialises all neurons as the chip does.
    ///
    /// - Parameters:
    ///   - kind: the model.
    ///   - count: number of neurons.
    ///   - subSteps: sub-steps of a step, 1 … 255.
    ///   - parameters: of the neurons 0 ..< `count`, with the same `subSteps`.
    ///   - cores: neurons of each core, in order; `nil`: one core.
    ///   - draws: for models that draw, instead of the cores' own generators.
    ///   - least: keeps constants in this form or a later one, for tests.
    public init(
        _ kind: CellKind, count: Int, subSteps: Int = 1, parameters: CellParameters, cores: [Int]? = nil,
        draws neuronDraws: NeuronDraws? = nil, least: Form = .uniform
    ) {
        self.neuronDraws = neuronDraws
        self.kind = kind
        self.count = count
        self.subSteps = subSteps
        updates = kind.updates(parameters.milliseconds)
        self.cores = cores ?? [count]
        // The global generator of every core starts from the state compiled into it.
        generators = Array(repeating: .compiledIn, count: self.cores.count)
        let stride = (count + 16) / 16 * 16
        self.stride = stride
        offsets = CellGroup.words(stride)
        totals = CellGroup.words(stride * subSteps)
        readings = CellGroup.words(stride * 5)
        draws = .allocate(capacity: kind.draws ? stride * subSteps : stride)
        draws.initialize(repeating: 0, count: kind.draws ? stride * subSteps : stride)

        let shared = CellGroup.words(kind.constantNames.count)
        parameters.isUniform = true
        parameters.index = 0
        if count > 0 { kind.setConstants(parameters, shared, 1) }
        let sharesConstants = parameters.isUniform && least != .perNeuron
        parameters.isUniform = true
        let offset = count > 0 ? parameters.accum(kind.offsetName) : 0
        let sharesOffset = parameters.isUniform && least == .uniform
        form = !sharesConstants ? .perNeuron : sharesOffset ? .uniform : .offsets

        let states = kind.stateNames.count
        let columns = states + (sharesConstants ? 0 : kind.constantNames.count)
        let chunks = CellGroup.words((count + Chunk.neurons - 1) / Chunk.neurons * columns * Chunk.stride)
        for index in 0..<count {
            parameters.index = index
            offsets[index] = parameters.accum(kind.offsetName)
            let (chunk, place) = index.quotientAndRemainder(dividingBy: Chunk.neurons)
            let first = chunks + chunk * columns * Chunk.stride + place
            kind.setState(parameters, first, Chunk.stride)
            if !sharesConstants { kind.setConstants(parameters, first + states * Chunk.stride, Chunk.stride) }
        }
        if !sharesConstants { shared.deallocate() }
        memory = CellMemory(
            chunks: chunks, columns: columns, shared: sharesConstants ? shared : nil, offset: offset,
            offsets: form == .uniform ? nil : UnsafePointer(offsets), draws: UnsafePointer(draws), count: count)
    }

    private static func words(_ count: Int) -> UnsafeMutablePointer<Int32> {
        let words = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
            .bindMemory(to: Int32.self, capacity: max(count, 1))
        words.initialize(repeating: 0, count: max(count, 1))
        return words
    }

    deinit {
        memory.chunks.deallocate()
        memory.shared?.deallocate()
        offsets.deallocate()
        totals.deallocate()
        readings.deallocate()
        draws.deallocate()
    }

    // MARK: - Steps

    /// A whole step.
    ///
    /// - Parameters:
    ///   - slots: the step's ring-buffer slots; read and zeroed.
    ///   - currents: of current sources: for each sub-step `[count]` accums, `currentsStride` apart; `nil` for none.
    ///   - currentsStride: at least `count`.
    ///   - fired: `[count]`, receives the spikes of the step, at most one an update and 255 in all.
    public func update(
        _ slots: InputSlots, currents: UnsafePointer<Int32>? = nil, currentsStride: Int = 0,
        fired: UnsafeMutablePointer<UInt8>
    ) {
        prepare(currents, currentsStride)
        select(subStep: 0)
        kind.update(memory, slots, fired)
        finish(fired)
    }

    /// The first part of a step: adds the ring-buffer entries to the synapses' state and zeroes them.
    public func transfer(_ slots: InputSlots) {
        isRead = false
        kind.transfer(memory, slots)
    }

    /// The second part of a step; parameters as in ``update(_:currents:currentsStride:fired:)``.
    public func advance(
        currents: UnsafePointer<Int32>? = nil, currentsStride: Int = 0, fired: UnsafeMutablePointer<UInt8>
    ) {
        prepare(currents, currentsStride)
        select(subStep: 0)
        kind.advance(memory, fired, 0)
        finish(fired)
    }

    private func finish(_ fired: UnsafeMutablePointer<UInt8>) {
        for update in 1..<max(subSteps * updates, 1) {
            if update % updates == 0 { select(subStep: update / updates) }
            kind.advance(memory, fired, 0xFF)
        }
        if hasCurrents { memory.offsets = form == .uniform ? nil : UnsafePointer(offsets) }
    }

    /// Sums constant currents and current sources, and draws: neuron by neuron, and for each its sub-steps in turn.
    private func prepare(_ currents: UnsafePointer<Int32>?, _ currentsStride: Int) {
        isRead = false
        hasCurrents = currents != nil
        if let currents {
            for subStep in 0..<subSteps {
                addWords(offsets, currents + subStep * currentsStride, into: totals + subStep * stride, count: count)
            }
        }
        guard kind.draws else { return }
        if let neuronDraws {
            for index in 0..<count {
                for subStep in 0..<subSteps {
                    draws[subStep * stride + index] = neuronDraws.word(index, time: time, draw: subStep)
                }
            }
            time += 1
            return
        }
        var first = 0
        for (core, size) in cores.enumerated() {
            var generator = generators[core]
            for index in first..<(first + size) {
                for subStep in 0..<subSteps { draws[subStep * stride + index] = generator.next() }
            }
            generators[core] = generator
            first += size
        }
    }

    private func select(subStep: Int) {
        if hasCurrents { memory.offsets = UnsafePointer(totals + subStep * stride) }
        if kind.draws { memory.draws = UnsafePointer(draws + subStep * stride) }
    }

    // MARK: - Reading

    /// What the chip records of the step: after ``transfer(_:)``, before the advance.
    ///
    /// - Parameter variable: `v`, `gsyn_exc` or `gsyn_inh` as summed for recording, or a word of the state by PyNN's or
    ///   the chip's name, such as `u`, `isyn_exc` or `i_ca2`.
    /// - Returns: `nil` when the model has no such variable.
    public func values(of variable: String) -> RecordedValues? {
        let names = kind.stateNames
        guard let word = names.firstIndex(of: CellKind.chipName(of: variable)) else {
            guard let column = ["v", "gsyn_exc", "gsyn_inh"].firstIndex(of: variable) else { return nil }
            if !isRead { kind.read(memory, readings, stride) }
            isRead = true
            return RecordedValues(words: UnsafePointer(readings + column * stride), scale: 1 / 32768)
        }
        let isDouble = word + 1 < names.count && names[word + 1] == NoWords.highHalf(of: names[word])
        return RecordedValues(
            words: copy(word, 3), scale: 1 / 32768, highHalves: isDouble ? copy(word + 1, 4) : nil)
    }

    /// A word of all neurons, in a column of `readings`.
    private func copy(_ word: Int, _ column: Int) -> UnsafePointer<Int32> {
        let copy = readings + column * stride
        memory.forEachChunk { chunk, start, count in
            (copy + start).update(from: chunk + word * Chunk.stride, count: count)
        }
        return UnsafePointer(copy)
    }

    // MARK: - Changes

    /// Takes over the state of another group of the same model and neurons, which is not used any more.
    public func takeState(of other: CellGroup) {
        let words = kind.stateNames.count * Chunk.stride
        let theirs = other.chunkPointers
        for (place, chunk) in chunkPointers.enumerated() { chunk.update(from: theirs[place], count: words) }
        (generators, time, isRead) = (other.generators, other.time, false)
    }

    /// Takes over some state variables of some neurons.
    ///
    /// - Parameters:
    ///   - variables: By PyNN's or the chip's names; those that no word of the state holds are left out.
    ///   - indices: Positions in the group.
    public func takeState(of other: CellGroup, variables: [String], at indices: [Int]) {
        let names = kind.stateNames
        let (ours, theirs) = (chunkPointers, other.chunkPointers)
        for variable in variables {
            guard let first = kind.word(holding: variable) else { continue }
            let isDouble = first + 1 < names.count && names[first + 1] == NoWords.highHalf(of: names[first])
            for index in indices {
                let (chunk, place) = index.quotientAndRemainder(dividingBy: Chunk.neurons)
                for word in first...(isDouble ? first + 1 : first) {
                    ours[chunk][word * Chunk.stride + place] = theirs[chunk][word * Chunk.stride + place]
                }
            }
        }
        isRead = false
    }

    private var chunkPointers: [UnsafeMutablePointer<Int32>] {
        var pointers: [UnsafeMutablePointer<Int32>] = []
        memory.forEachChunk { chunk, _, _ in pointers.append(chunk) }
        return pointers
    }

    /// A constant of a neuron by the chip's name.
    public func constant(_ name: String, of index: Int) -> Int32? {
        guard (0..<count).contains(index), let word = kind.constantNames.firstIndex(of: name) else { return nil }
        if let shared = memory.shared { return shared[word] }
        let (chunk, place) = index.quotientAndRemainder(dividingBy: Chunk.neurons)
        return memory.chunks[(chunk * memory.columns + kind.stateNames.count + word) * Chunk.stride + place]
    }

    /// A neuron's constant current.
    public func offset(of index: Int) -> Int32 { offsets[index] }
}

/// Adds two arrays into a third, wrapping.
@inline(never)
private func addWords(
    _ a: UnsafePointer<Int32>, _ b: UnsafePointer<Int32>, into sum: UnsafeMutablePointer<Int32>, count: Int
) {
    for i in 0..<max(count, 0) { sum[i] = a[i] &+ b[i] }
}
