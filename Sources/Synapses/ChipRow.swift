/// How the chip packs the fixed part of a synaptic word and finds a ring-buffer entry: weight, delay, type, index.
///
/// From the top: weight 16 bits, then delay, type and index right-aligned in the low 16.
///
/// - Source: Documentation/Chip.md, "Rows".
public struct ChipRowLayout: Sendable, Hashable {
    /// Bits of the neuron index.
    public var indexBits: Int
    /// Bits of the synapse type.
    public var typeBits: Int
    /// Bits of the delay; the ring has 2^`delayBits` slots.
    public var delayBits: Int

    /// A layout with the three fields in at most 16 bits.
    public init(indexBits: Int, typeBits: Int, delayBits: Int) {
        precondition(indexBits + typeBits + delayBits <= 16, "index, type and delay fill at most 16 bits")
        self.indexBits = indexBits
        self.typeBits = typeBits
        self.delayBits = delayBits
    }

    /// Number of ring-buffer slots.
    public var slots: Int { 1 << delayBits }
    /// Entries of one slot, all types.
    public var slotSize: Int { 1 << (typeBits + indexBits) }

    /// Packs a synapse as the host does.
    ///
    /// A delay of as many steps as there are slots keeps its bit above the field, where no reader looks: it reads as 0.
    public func word(_ synapse: ChipSynapse) -> UInt32 {
        let low = synapse.delay << (typeBits + indexBits) | synapse.type << indexBits | synapse.index
        return UInt32(synapse.weight) << 16 | UInt32(low & 0xFFFF)
    }

    /// Unpacks a word; the delay is as stored, 0 for the full number of slots.
    public func synapse(_ word: UInt32) -> ChipSynapse {
        let low = Int(word & 0xFFFF)
        return ChipSynapse(
            weight: UInt16(word >> 16), delay: (low >> (typeBits + indexBits)) % slots,
            type: (low >> indexBits) % (1 << typeBits), index: low % (1 << indexBits))
    }
}

/// One static synapse of a row.
public struct ChipSynapse: Sendable, Hashable {
    /// Weight in ring-buffer units.
    public var weight: UInt16
    /// Delay in steps, modulo the number of slots.
    public var delay: Int
    /// Synapse type number.
    public var type: Int
    /// Index of the target on its core.
    public var index: Int

    /// A synapse from its fields.
    public init(weight: UInt16, delay: Int, type: Int, index: Int) {
        self.weight = weight
        self.delay = delay
        self.type = type
        self.index = index
    }
}

/// A static synaptic row as the chip stores it.
public struct ChipRow: Sendable, Hashable {
    /// `[plastic words][number fixed][number plastic controls][fixed words…]`.
    public var words: [UInt32]

    /// Takes words as they are.
    ///
    /// - Returns: `nil` unless the counts fit the words and there is no plastic part.
    public init?(words: [UInt32]) {
        guard words.count >= 3, words[0] == 0, words[2] == 0, words.count == 3 + Int(words[1]) else { return nil }
        self.words = words
    }

    /// Packs synapses into a static row.
    public init(_ synapses: [ChipSynapse], layout: ChipRowLayout) {
        words = [0, UInt32(synapses.count), 0] + synapses.map(layout.word)
    }

    /// The words of the fixed part, in order.
    public var fixed: ArraySlice<UInt32> { words[3...] }
}

/// The ring buffers of one core in the chip's own layout: the obvious reference for the production row kernel.
public struct ChipRingBuffers: Sendable {
    /// The packing of words and entries.
    public let layout: ChipRowLayout
    /// `[slots][types][neurons]`, index = slot << (type bits + index bits) | type << index bits | index.
    public private(set) var entries: [UInt16]
    /// Additions clipped at 65535 so far.
    public private(set) var saturations = 0
    /// Synapses skipped so far because their delay had passed.
    public private(set) var skipped = 0
    /// The chip's count of late spikes: the colour delays' lowest bits.
    public private(set) var late = 0
    private var consumed = -1

    /// Empty buffers.
    public init(layout: ChipRowLayout) {
        self.layout = layout
        entries = Array(repeating: 0, count: layout.slots * layout.slotSize)
    }

    /// Consumes the slots of all steps up to and including `step`.
    public mutating func consume(upTo step: Int) {
        guard step > consumed else { return }
        for passed in max(consumed + 1, step - layout.slots + 1)...step {
            let start = (passed % layout.slots) * layout.slotSize
            for entry in start..<start + layout.slotSize { entries[entry] = 0 }
        }
        consumed = step
    }

    /// Adds a static row, in word order and saturating at 65535.
    ///
    /// A synapse whose stored delay is not 0 and not above `colourDelay` is skipped and counted.
    ///
    /// - Parameters:
    ///   - row: the row.
    ///   - step: the current step.
    ///   - colourDelay: steps since the spike was sent.
    public mutating func add(_ row: ChipRow, at step: Int, colourDelay: Int = 0) {
        late += LateSpikes.counted(late: colourDelay)
        for word in row.fixed {
            let synapse = layout.synapse(word)
            if LateSpikes.skipsFixed(delay: synapse.delay, late: colourDelay) {
                skipped += 1
                continue
            }
            let slot = (step - colourDelay + synapse.delay + layout.slots) % layout.slots
            let entry = slot * layout.slotSize + Int(word) % layout.slotSize
            let sum = Int(entries[entry]) + Int(synapse.weight)
            if sum > 65535 { saturations += 1 }
            entries[entry] = UInt16(min(sum, 65535))
        }
    }
}
