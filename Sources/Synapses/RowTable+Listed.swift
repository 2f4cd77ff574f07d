/// One synapse of a row, as it is delivered.
public struct RowSynapse: Sendable, Hashable {
    /// Synapse type number.
    public var type: Int
    /// Index among the rank's neurons.
    public var neuron: Int
    /// Steps from the spike to the input.
    public var delay: Int
    /// Weight in ring-buffer units.
    public var weight: UInt16

    public init(type: Int, neuron: Int, delay: Int, weight: UInt16) {
        self.type = type
        self.neuron = neuron
        self.delay = delay
        self.weight = weight
    }
}

extension RowTable {
    /// Packs rows that are given synapse by synapse; synapses of a row keep their order within a segment.
    ///
    /// - Returns: `nil` when there is no memory.
    /// - Precondition: Types, neurons and delays are those of `ringBuffers`.
    public convenience init?(rows: [[RowSynapse]], for ringBuffers: RingBuffers) {
        var words: [UInt32] = []
        var starts: [UInt32] = [0]
        for row in rows {
            let entries = row.map { ($0, $0.delay * ringBuffers.stride + $0.neuron) }
            for segment in Dictionary(grouping: entries, by: { [$0.0.type, $0.1 >> 16] })
                .sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
            {
                let header = SegmentHeader(packed: false, type: segment.key[0], window: segment.key[1], weight: 0)
                words += [header.rawValue, UInt32(segment.value.count)]
                words += segment.value.map { UInt32($0.weight) << 16 | UInt32($1 & 0xFFFF) }
            }
            starts.append(UInt32(words.count))
        }
        guard let memory = RowTable.allocateWords(words.count) else { return nil }
        for (i, word) in words.enumerated() { memory[i] = word }
        let index = UnsafeMutablePointer<RowEntry>.allocate(capacity: starts.count)
        for (i, start) in starts.enumerated() { (index + i).initialize(to: RowEntry(start: start)) }
        self.init(
            rows: rows.count, index: index, words: memory, wordCount: words.count,
            synapses: rows.reduce(0) { $0 + $1.count })
    }
}
