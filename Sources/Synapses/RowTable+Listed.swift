/// One synapse of a row.
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
    /// - Precondition: Neurons are those of `layout`, types below 8, delays below 65536.
    public convenience init?(rows: [[RowSynapse]], layout: InputLayout) {
        var words: [UInt32] = []
        var index: [RowEntry] = []
        var segments = 0
        let bases = layout.bases(longest: rows.joined().map(\.delay).max() ?? 0)
        for row in rows {
            let entries = row.map { ($0, Int(bases[$0.delay]) + $0.neuron) }
            let grouped = Dictionary(grouping: entries, by: { [$0.1 >> 16, $0.0.type] })
                .sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
            let start = words.count
            for (number, segment) in grouped.enumerated() {
                let (group, window) = segment.key[0].quotientAndRemainder(dividingBy: layout.windows)
                let header = SegmentHeader(
                    delay: group << layout.groupShift, type: segment.key[1], window: window,
                    count: segment.value.count, packed: nil, isLast: number == grouped.count - 1)
                words += [header.first, header.second]
                words += segment.value.map { UInt32($0.weight) << 16 | UInt32($1 & 0xFFFF) }
            }
            index.append(RowEntry(start: UInt32(start), delay: words.count > start ? words[start] >> 16 : 0))
            segments += grouped.count
        }
        index.append(RowEntry(start: UInt32(words.count)))
        guard let memory = RowTable.allocate(words: words.count, rows: rows.count) else { return nil }
        for (i, word) in words.enumerated() { memory[i] = word }
        RowTable.index(memory, words.count).initialize(from: index, count: index.count)
        self.init(
            rows: rows.count, words: memory, wordCount: words.count, synapses: rows.reduce(0) { $0 + $1.count },
            segments: segments,
            largestWeight: rows.joined().map(\.weight).max() ?? 0, layout: layout)
    }
}
