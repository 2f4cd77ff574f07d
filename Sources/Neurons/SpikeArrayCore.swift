/// The spike array sources of a core: each sends spikes at the steps listed for it.
///
/// - Determinism: a tick's sources come ascending; a step listed twice for a source is sent twice.
public struct SpikeArrayCore: Sendable {
    /// Number of sources.
    public let count: Int
    /// The most spikes of any one tick: the room ``tick(_:into:)`` needs.
    public let mostSpikesPerTick: Int
    /// The spikes as step · 2³² + source, ascending.
    private let spikes: [UInt64]
    private var cursor = 0

    /// Orders the spikes of all sources by step, in place.
    ///
    /// - Parameters:
    ///   - count: number of sources.
    ///   - spikes: as step · 2³² + source, in any order.
    /// - Complexity: O(n log n) in the number of spikes, O(n) when they are in order.
    public init(count: Int, spikes given: consuming [UInt64]) {
        self.count = count
        var spikes = given
        if zip(spikes, spikes.dropFirst()).contains(where: >) { spikes.sort() }
        var (most, here) = (0, 0)
        var step: UInt64?
        for spike in spikes {
            here = spike >> 32 == step ? here + 1 : 1
            step = spike >> 32
            most = max(most, here)
        }
        mostSpikesPerTick = most
        self.spikes = spikes
    }

    /// A spike as ``init(count:spikes:)`` takes it.
    public static func spike(step: Int, source: Int) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: step)) << 32 | UInt64(UInt32(truncatingIfNeeded: source))
    }

    /// Writes the sources that spike in a tick, ascending.
    ///
    /// - Parameters:
    ///   - tick: the tick; any order, fastest when ascending.
    ///   - output: receives the sources; room for ``mostSpikesPerTick``.
    /// - Returns: the number of sources written.
    public mutating func tick(_ tick: UInt32, into output: UnsafeMutablePointer<UInt32>) -> Int {
        if cursor > 0, spikes[cursor - 1] >> 32 >= tick { cursor = 0 }
        while cursor < spikes.count, spikes[cursor] >> 32 < tick { cursor += 1 }
        var written = 0
        while cursor < spikes.count, spikes[cursor] >> 32 == tick {
            output[written] = UInt32(truncatingIfNeeded: spikes[cursor])
            written += 1
            cursor += 1
        }
        return written
    }
}
