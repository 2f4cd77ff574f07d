import CIntrinsics
import Glibc

/// The recent spikes of a rank's neurons of one population, newest first.
///
/// The chip keeps the last 15 spikes of a neuron and a sentinel at step 0 with empty traces. Here a rank may be some
/// steps ahead of the spikes it delivers, so a few more are kept; who reads passes over those that are still to come,
/// and looks at 15.
///
/// The newest spike stands first, and the others move back when one comes: spikes are rare, reading is not, and all
/// that is read most of the time is then one cache line a neuron.
///
/// - Source: Documentation/Chip.md, "Deferred learning".
public final class PostHistories {
    /// Spikes of a neuron that the chip remembers.
    public static let visible = 15

    /// A spike: its step plus 1, or 0 where there has been none.
    @frozen
    @usableFromInline
    struct Entry {
        var stamp: UInt32 = 0
        var traces = Traces()

        /// As a spike; the sentinel where there has been none.
        @inline(__always)
        var spike: TracedSpike { stamp == 0 ? TracedSpike() : TracedSpike(time: stamp &- 1, traces) }
    }

    /// What is read most often of a neuron's spikes, once more, half a cache line long.
    @frozen
    @usableFromInline
    struct Newest {
        /// Of the newest spikes, the newest first.
        var stamps: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0, 0)
        /// Of the newest two.
        var traces = (Traces(), Traces())
    }

    let entries: UnsafeMutablePointer<Entry>
    /// `[neurons]`.
    let newest: UnsafeMutablePointer<Newest>
    /// Entries of a neuron, a power of two.
    let depth: Int
    public let neurons: Int
    private let bytes: Int

    /// - Parameters:
    ///   - neurons: Neurons of the population on this rank.
    ///   - ahead: Steps that neurons may be ahead of what is delivered.
    /// - Returns: `nil` when there is no memory.
    public init?(neurons: Int, ahead: Int) {
        var depth = 16
        while depth < Self.visible + ahead { depth *= 2 }
        self.depth = depth
        self.neurons = neurons
        bytes = max((Self.bytes(neurons, depth: depth) + 0x1F_FFFF) & ~0x1F_FFFF, 0x20_0000)
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let memory, memory != MAP_FAILED else { return nil }
        madvise(memory, bytes, MADV_HUGEPAGE)
        // Zero bytes are empty entries.
        newest = memory.bindMemory(to: Newest.self, capacity: neurons)
        entries = (memory + neurons * MemoryLayout<Newest>.stride).bindMemory(to: Entry.self, capacity: neurons * depth)
    }

    deinit { munmap(newest, bytes) }

    private static func bytes(_ neurons: Int, depth: Int) -> Int {
        neurons * (MemoryLayout<Newest>.stride + depth * MemoryLayout<Entry>.stride)
    }

    /// Bytes of memory that neurons occupy.
    public var memory: Int { Self.bytes(neurons, depth: depth) }

    /// The spikes of a neuron that the chip would hold in step `time`, oldest first, without the sentinel.
    public func spikes(of neuron: Int, at time: UInt32) -> [TracedSpike] {
        let all = UnsafeBufferPointer(start: entries + neuron * depth, count: depth)
        return all.drop { $0.stamp > time &+ 1 }.prefix(Self.visible).prefix { $0.stamp != 0 }.reversed().map(\.spike)
    }

    /// Puts a spike before the others.
    @inline(__always)
    func push(_ neuron: Int, _ spike: TracedSpike) {
        let own = entries + neuron &* depth
        (own + 1).update(from: own, count: depth &- 1)
        own.pointee = Entry(stamp: spike.time &+ 1, traces: spike.traces)
        let stamps = newest[neuron].stamps
        newest[neuron].stamps = (spike.time &+ 1, stamps.0, stamps.1, stamps.2, stamps.3, stamps.4)
        newest[neuron].traces = (spike.traces, newest[neuron].traces.0)
    }
}
