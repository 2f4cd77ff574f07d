/// The spike array sources of a core: each sends spikes at the steps listed for it.
///
/// - Determinism: a tick's sources come ascending; a step listed twice for a source is sent twice.
public struct SpikeArrayCore: Sendable {
    /// Number of sources.
    public let count: Int
    /// The most spikes of any one tick: the room ``tick(_:into:)`` needs.
    public private(set) var mostSpikesPerTick: Int
    /// The spikes as step · 2³² + source, ascending.
    var spikes: [UInt64]
    var cursor = 0
    /// Spikes have been replaced or added.
    private(set) var isChanged = false
    /// The spikes at the beginning.
    private let initial: [UInt64]

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
        self.spikes = spikes
        initial = spikes
        mostSpikesPerTick = Self.most(spikes)
    }

    /// Goes back to the spikes of the beginning.
    public mutating func restart() {
        (spikes, cursor, isChanged) = (initial, 0, false)
        mostSpikesPerTick = Self.most(spikes)
    }

    /// Takes spikes, ascending, in place of all.
    mutating func take(_ changed: [UInt64]) {
        (spikes, cursor, isChanged) = (changed, 0, true)
        mostSpikesPerTick = Self.most(spikes)
    }

    /// The most spikes of a step.
    private static func most(_ spikes: [UInt64]) -> Int {
        var (most, here) = (0, 0)
        var step: UInt64?
        for spike in spikes {
            here = spike >> 32 == step ? here + 1 : 1
            step = spike >> 32
            most = max(most, here)
        }
        return most
    }

    /// Replaces the spikes from a step on of some sources.
    ///
    /// - Parameters:
    ///   - tick: The step to come.
    ///   - isReplaced: By source.
    ///   - new: As ``init(count:spikes:)`` takes them; those before `tick` are left out.
    /// - Complexity: O(n log n) in the number of spikes.
    public mutating func replace(from tick: UInt32, _ isReplaced: [Bool], with new: [UInt64]) {
        spikes.removeAll { $0 >> 32 >= tick && isReplaced[Int(truncatingIfNeeded: $0 & 0xFFFF_FFFF)] }
        spikes += new.filter { $0 >> 32 >= tick }
        isChanged = true
        spikes.sort()
        mostSpikesPerTick = Self.most(spikes)
        cursor = spikes.prefix { $0 >> 32 < tick }.count
    }

    /// Adds spikes at a step that is not over, and forgets those of the steps before `past`.
    ///
    /// - Complexity: O(spikes to come).
    public mutating func add(_ sources: [UInt32], at tick: UInt32, past: UInt32) {
        spikes.removeAll { $0 >> 32 < past }
        spikes += sources.map { UInt64(tick) << 32 | UInt64($0) }
        isChanged = true
        spikes.sort()
        mostSpikesPerTick = max(mostSpikesPerTick, Self.most(spikes))
        cursor = 0
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
