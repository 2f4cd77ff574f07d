import Glibc

/// The synapses of all neurons of a rank, one row per source neuron (or per stage of a delayed one).
///
/// A row is a run of 32-bit words and consists of segments:
///
///     header   packed 1 | type 3 | window 12 | weight 16
///     count    synapses in the segment
///     words    weight 16 | offset 16          one per synapse, or
///              offset 16 | offset 16          two per word when the segment is packed: all weights are the header's
///
/// A synapse with delay `d` onto neuron `n` adds its weight to entry `d·stride + n` of its type's ring, counted from
/// the slot of the step in which the spike was sent. That number's upper part is the window, the lower 16 bits are
/// the offset. So the inner loop adds and stores; delay, type and neuron never have to be taken apart.
///
/// Rows of the cores that a rank emulates are one row here: long rows are what memory likes. What a single core's row
/// holds follows from the neurons' cores (``forEach(row:_:)``).
public final class RowTable {
    /// Where each row begins, and how often it has been delivered, `[rows + 1]`: the last one is the end.
    let index: UnsafeMutablePointer<RowEntry>
    let words: UnsafeMutablePointer<UInt32>
    public let rows: Int
    public let wordCount: Int
    /// Synapses in all rows.
    public let synapses: Int
    private let wordBytes: Int

    /// Takes over `index` `[rows + 1]` and `words` `[wordCount]` (from ``allocateWords(_:)``).
    init(
        rows: Int, index: UnsafeMutablePointer<RowEntry>, words: UnsafeMutablePointer<UInt32>, wordCount: Int,
        synapses: Int
    ) {
        self.rows = rows
        self.index = index
        self.words = words
        self.wordCount = wordCount
        self.synapses = synapses
        wordBytes = Self.bytes(wordCount)
    }

    deinit {
        index.deallocate()
        munmap(words, wordBytes)
    }

    /// Bytes of memory held.
    public var memory: Int { wordCount * 4 + (rows + 1) * MemoryLayout<RowEntry>.stride }

    /// How often a row has been delivered: the spikes of its source that arrived here.
    public func spikes(row: Int) -> Int { Int(index[row].spikes) }

    static func bytes(_ words: Int) -> Int { max((words * 4 + 0x1F_FFFF) & ~0x1F_FFFF, 0x20_0000) }

    /// Zeroed memory for words, in huge pages where the system grants them; `nil` when there is none.
    static func allocateWords(_ count: Int) -> UnsafeMutablePointer<UInt32>? {
        let memory = mmap(nil, bytes(count), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let memory, memory != MAP_FAILED else { return nil }
        madvise(memory, bytes(count), MADV_HUGEPAGE)
        return memory.bindMemory(to: UInt32.self, capacity: count)
    }

    /// Calls `body` with (type, entry, weight) of every synapse of a row, in row order.
    public func forEach(row: Int, _ body: (Int, Int, UInt16) -> Void) {
        var at = Int(index[row].start)
        let end = Int(index[row + 1].start)
        while at < end {
            let header = SegmentHeader(rawValue: words[at])
            let count = Int(words[at + 1])
            at += 2
            let base = header.window << 16
            if header.isPacked {
                words.advanced(by: at).withMemoryRebound(to: UInt16.self, capacity: count) { offsets in
                    for i in 0..<count { body(header.type, base + Int(offsets[i]), header.weight) }
                }
                at += (count + 1) / 2
            } else {
                for i in 0..<count {
                    let word = words[at + i]
                    body(header.type, base + Int(word & 0xFFFF), UInt16(truncatingIfNeeded: word >> 16))
                }
                at += count
            }
        }
    }
}

/// A row's place in the words and its spikes: together, because a delivery needs both.
struct RowEntry {
    var start: UInt32
    var spikes: UInt32 = 0
}

extension RowTable {
    /// Adds to `counts` how many synapses a row has on each core.
    ///
    /// - Parameters:
    ///   - coreOfNeuron: `[stride]`, place of the core in `counts`.
    ///   - stride: Entries of a ring-buffer slot.
    public func countSynapses(row: Int, coreOfNeuron: [UInt32], stride: Int, _ counts: inout [Int]) {
        coreOfNeuron.withUnsafeBufferPointer { cores in
            counts.withUnsafeMutableBufferPointer { counts in
                forEach(row: row) { _, entry, _ in counts[Int(cores[entry % stride])] &+= 1 }
            }
        }
    }
}

/// The first word of a segment of a row.
struct SegmentHeader {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(packed: Bool, type: Int, window: Int, weight: UInt16) {
        rawValue = (packed ? 1 << 31 : 0) | UInt32(type) << 28 | UInt32(window) << 16 | UInt32(weight)
    }

    var isPacked: Bool { rawValue >> 31 != 0 }
    var type: Int { Int((rawValue >> 28) & 7) }
    var window: Int { Int((rawValue >> 16) & 0xFFF) }
    var weight: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

    /// Windows that the header can name: rings of up to 2²⁸ entries.
    static let maximumWindows = 4096
}
