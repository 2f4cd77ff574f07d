import Glibc

/// The synapses of all neurons of a rank, one row per source neuron (or per stage of a delayed one).
///
/// A row is a run of 32-bit words and consists of segments, ascending by delay:
///
///     delay 16 | weight 16                                 first delay that the segment covers
///     last 1 | packed 1 | type 3 | window 7 | count 20     `last` of its row; synapses in the segment
///     words    weight 16 | offset 16                       one per synapse, or
///              offset 16 | offset 16                       two per word when the segment is packed: all weights are
///              the header's
///
/// A synapse adds its weight to the sum at `window · 65536 + offset`, counted from the step in which the segment's
/// first delay ends (see ``InputLayout``). So the inner loop adds and stores; delay, type and neuron never have to be
/// taken apart.
///
/// Rows of the cores that a rank emulates are one row here: long rows are what memory likes. What a single core's row
/// holds follows from the neurons' cores (``countSynapses(row:coreOfNeuron:_:)``).
public final class RowTable {
    /// Each row's place and count, `[rows + 1]`: the last one is the end.
    ///
    /// In one piece of memory with the words, hence in huge pages.
    let index: UnsafeMutablePointer<RowEntry>
    let words: UnsafeMutablePointer<UInt32>
    public let layout: InputLayout
    public let rows: Int
    public let wordCount: Int
    /// Synapses in all rows.
    public let synapses: Int
    /// Words of a segment on average.
    let meanSegment: Int
    /// The largest weight in the rows.
    let largestWeight: UInt16

    /// Takes over `words` `[wordCount]` and the index behind them, from ``allocate(words:rows:)``.
    init(
        rows: Int, words: UnsafeMutablePointer<UInt32>, wordCount: Int, synapses: Int, segments: Int,
        largestWeight: UInt16, layout: InputLayout
    ) {
        self.rows = rows
        self.words = words
        index = Self.index(words, wordCount)
        self.wordCount = wordCount
        self.synapses = synapses
        self.largestWeight = largestWeight
        self.layout = layout
        meanSegment = wordCount / max(segments, 1)
    }

    deinit {
        munmap(words, Self.bytes(Self.totalWords(wordCount, rows: rows)))
    }

    /// Bytes of memory held.
    public var memory: Int { wordCount * 4 + (rows + 1) * MemoryLayout<RowEntry>.stride }

    /// How often a row has been delivered: the spikes of its source that arrived here.
    public func spikes(row: Int) -> Int { Int(index[row].spikes) }

    /// Takes over how often each row of another table of the same sources has been delivered.
    public func takeSpikes(of other: RowTable) {
        for row in 0..<min(rows, other.rows) { index[row].spikes = other.index[row].spikes }
    }

    static func bytes(_ words: Int) -> Int { max((words * 4 + 0x1F_FFFF) & ~0x1F_FFFF, 0x20_0000) }

    private static func lines(_ words: Int) -> Int { (words + 15) / 16 * 16 }

    private static func totalWords(_ words: Int, rows: Int) -> Int {
        lines(words) + (rows + 1) * MemoryLayout<RowEntry>.stride / 4
    }

    /// The index behind so many words.
    static func index(_ words: UnsafeMutablePointer<UInt32>, _ count: Int) -> UnsafeMutablePointer<RowEntry> {
        UnsafeMutableRawPointer(words + lines(count)).assumingMemoryBound(to: RowEntry.self)
    }

    /// Zeroed memory for words and the index of so many rows; `nil` when there is none.
    static func allocate(words: Int, rows: Int) -> UnsafeMutablePointer<UInt32>? {
        allocateWords(totalWords(words, rows: rows))
    }

    /// Zeroed memory for words, in huge pages where the system grants them; `nil` when there is none.
    static func allocateWords(_ count: Int) -> UnsafeMutablePointer<UInt32>? {
        let memory = mmap(nil, bytes(count), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let memory, memory != MAP_FAILED else { return nil }
        madvise(memory, bytes(count), MADV_HUGEPAGE)
        return memory.bindMemory(to: UInt32.self, capacity: count)
    }

    /// Calls `body` with every synapse of a row, in row order.
    public func forEach(row: Int, _ body: (RowSynapse) -> Void) {
        var at = Int(index[row].start)
        let end = Int(index[row + 1].start)
        while at < end {
            let header = SegmentHeader(words[at], words[at + 1])
            at += 2
            func visit(_ offset: Int, _ weight: UInt16) {
                let entry = header.window << 16 + offset
                body(
                    RowSynapse(
                        type: header.type, neuron: entry % layout.stride, delay: header.delay + entry / layout.stride,
                        weight: weight))
            }
            if header.isPacked {
                words.advanced(by: at).withMemoryRebound(to: UInt16.self, capacity: header.count) { offsets in
                    for i in 0..<header.count { visit(Int(offsets[i]), header.weight) }
                }
            } else {
                for i in 0..<header.count {
                    let word = words[at + i]
                    visit(Int(word & 0xFFFF), UInt16(truncatingIfNeeded: word >> 16))
                }
            }
            at += header.words
        }
    }

    /// Adds to `counts` how many synapses a row has on each core.
    ///
    /// - Parameter coreOfNeuron: `[stride]`, place of the core in `counts`.
    public func countSynapses(row: Int, coreOfNeuron: [UInt32], _ counts: inout [Int]) {
        coreOfNeuron.withUnsafeBufferPointer { cores in
            counts.withUnsafeMutableBufferPointer { counts in
                forEach(row: row) { counts[Int(cores[$0.neuron])] &+= 1 }
            }
        }
    }
}

/// A row's place in the words, the delay of its first segment, and its spikes: together, because a spike needs all.
@usableFromInline
struct RowEntry {
    var start: UInt32
    var delay: UInt32 = 0
    var spikes: UInt32 = 0
}

/// The two words that begin a segment of a row.
struct SegmentHeader {
    let first: UInt32
    let second: UInt32

    @inline(__always)
    init(_ first: UInt32, _ second: UInt32) {
        self.first = first
        self.second = second
    }

    init(delay: Int, type: Int, window: Int, count: Int, packed weight: UInt16?, isLast: Bool) {
        first = UInt32(delay) << 16 | UInt32(weight ?? 0)
        second =
            (isLast ? Self.last : 0) | (weight == nil ? 0 : 1 << 30) | UInt32(type) << 27 | UInt32(window) << 20
            | UInt32(count)
    }

    @inline(__always) var delay: Int { Int(first >> 16) }
    @inline(__always) var weight: UInt16 { UInt16(truncatingIfNeeded: first) }
    @inline(__always) var isLast: Bool { second >> 31 != 0 }
    @inline(__always) var isPacked: Bool { (second >> 30) & 1 != 0 }
    @inline(__always) var type: Int { Int((second >> 27) & 7) }
    @inline(__always) var window: Int { Int((second >> 20) & 127) }
    @inline(__always) var count: Int { Int(second & 0xF_FFFF) }
    /// Words that the synapses take.
    @inline(__always) var words: Int { isPacked ? (count &+ 1) &>> 1 : count }

    /// Words of a segment with one synapse; so many has one of two packed synapses as well.
    static let wordsOfOne: UInt32 = 3
    /// Added to a row's last header.
    static let last: UInt32 = 1 << 31
    /// Windows that a header can name.
    static let mostWindows = 128
    /// Synapses that a header can count.
    static let mostSynapses = 0xF_FFFF
    /// The longest delay that a header can name.
    static let longestDelay = 0xFFFF
}
