/// The spike array sources of a core: each sends spikes at the steps listed for it.
///
/// - Determinism: a tick's sources come ascending; a step listed twice for a source is sent twice.
public struct SpikeArrayCore: Sendable {
    /// Number of sources.
    public let count: Int
    /// All spikes by step, then source.
    private let sources: [UInt32]
    /// The steps at which there are spikes, ascending.
    private let steps: [UInt32]
    /// `[steps.count + 1]`: where a step's sources begin.
    private let starts: [Int]
    private var cursor = 0

    /// Orders the spikes of all sources by step.
    ///
    /// - Parameters:
    ///   - offsets: `[count + 1]`, where a source's steps begin in `spikes`.
    ///   - spikes: steps of all sources, in any order within a source.
    /// - Complexity: O(n log n) in the number of spikes, once.
    public init(offsets: [Int], spikes: [UInt32]) {
        count = max(offsets.count - 1, 0)
        var keys: [UInt64] = []
        keys.reserveCapacity(spikes.count)
        for source in 0..<count {
            for spike in offsets[source]..<offsets[source + 1] {
                keys.append(UInt64(spikes[spike]) << 32 | UInt64(source))
            }
        }
        keys.sort()
        var steps: [UInt32] = []
        var starts: [Int] = []
        for (position, key) in keys.enumerated() {
            let step = UInt32(truncatingIfNeeded: key >> 32)
            if steps.last != step {
                steps.append(step)
                starts.append(position)
            }
        }
        self.sources = keys.map { UInt32(truncatingIfNeeded: $0) }
        self.steps = steps
        self.starts = starts + [keys.count]
    }

    /// The most spikes of any one tick: the room ``tick(_:into:)`` needs.
    public var mostSpikesPerTick: Int {
        zip(starts, starts.dropFirst()).map { $1 - $0 }.max() ?? 0
    }

    /// Writes the sources that spike in a tick, ascending.
    ///
    /// - Parameters:
    ///   - tick: the tick; any order, fastest when ascending.
    ///   - output: receives the sources; room for ``mostSpikesPerTick``.
    /// - Returns: the number of sources written.
    public mutating func tick(_ tick: UInt32, into output: UnsafeMutablePointer<UInt32>) -> Int {
        if cursor > 0, steps[cursor - 1] >= tick { cursor = 0 }
        while cursor < steps.count, steps[cursor] < tick { cursor += 1 }
        guard cursor < steps.count, steps[cursor] == tick else { return 0 }
        let range = starts[cursor]..<starts[cursor + 1]
        for (position, spike) in range.enumerated() { output[position] = sources[spike] }
        cursor += 1
        return range.count
    }
}
