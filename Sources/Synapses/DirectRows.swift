/// The rows of a source core that have one synapse each, onto neurons side by side: those of a one-to-one connector.
///
/// Where most of such sources spike in a step, as those of a Poisson drive do, how often each did is added to the sums
/// of the neurons as one vector operation, without a look at the rows.
public final class DirectRows {
    /// Rows side by side whose synapses have one type and delay and lead to neurons side by side.
    struct Stretch {
        /// In the block.
        var rows: Range<Int>
        var type: Int
        var delay: Int
        /// Of the first row's synapse, counted as a synapse's window and offset are.
        var offset: Int
        /// By row of the stretch.
        var weights: UnsafePointer<UInt16>
    }

    /// Shortest mean stretch that is worth it.
    private static let shortest = 16

    let stretches: UnsafeMutableBufferPointer<Stretch>
    /// By row; 0 where there is no synapse.
    private let weights: UnsafeMutablePointer<UInt16>
    /// By row, the spikes that have not been added to the table's yet: of some steps, as there are up to 255 a step.
    let spikes: UnsafeMutablePointer<UInt16>
    private let rows: Range<Int>

    /// The rows `rows` of a table; `nil` if one has several synapses, or if their neurons are scattered.
    ///
    /// - Complexity: O(rows).
    public init?(_ table: RowTable, rows: Range<Int>) {
        var stretches: [Stretch] = []
        let weights = UnsafeMutablePointer<UInt16>.allocate(capacity: max(rows.count, 1))
        weights.initialize(repeating: 0, count: rows.count)
        for row in rows {
            let (start, end) = (Int(table.index[row].start), Int(table.index[row + 1].start))
            guard start != end else { continue }
            let header = SegmentHeader(table.words[start], table.words[start + 1])
            guard end - start == SegmentHeader.wordsOfOne, header.count == 1 else {
                weights.deallocate()
                return nil
            }
            let place = row - rows.lowerBound
            let word = table.words[start + 2]
            weights[place] = header.isPacked ? header.weight : UInt16(truncatingIfNeeded: word >> 16)
            let offset = header.window << 16 + Int(word & 0xFFFF)
            if let last = stretches.last, last.rows.upperBound == place, last.type == header.type,
                last.delay == header.delay, last.offset + last.rows.count == offset
            {
                stretches[stretches.count - 1].rows = last.rows.lowerBound..<place + 1
            } else {
                stretches.append(
                    Stretch(
                        rows: place..<place + 1, type: header.type, delay: header.delay, offset: offset,
                        weights: weights + place))
            }
        }
        let synapses = stretches.reduce(0) { $0 + $1.rows.count }
        guard synapses >= Self.shortest * stretches.count, synapses > 0 else {
            weights.deallocate()
            return nil
        }
        self.stretches = .allocate(capacity: stretches.count)
        _ = self.stretches.initialize(from: stretches)
        self.rows = rows
        self.weights = weights
        spikes = .allocate(capacity: rows.count)
        spikes.initialize(repeating: 0, count: rows.count)
    }

    deinit {
        stretches.deallocate()
        weights.deallocate()
        spikes.deallocate()
    }

    /// Adds the spikes counted to those of the table's rows.
    func settle(_ table: RowTable) {
        for (i, row) in rows.enumerated() {
            table.index[row].spikes &+= UInt32(spikes[i])
            spikes[i] = 0
        }
    }
}
