/// The first spikes that reached each core in the last even and the last odd step in which any did.
///
/// The chip has two buffers and fills them in turn. One is emptied when the first spike of its next step comes, so in a
/// silent step the spikes of two steps before are still there, and those before a long silence stay.
final class RecentSpikes {
    let capacity: Int
    /// `[cores, 2, capacity]`.
    let entries: UnsafeMutablePointer<UInt64>
    /// `[cores, 2]`.
    var counts: [Int]
    var steps: [Int]

    init(cores: Int, capacity: Int) {
        self.capacity = capacity
        entries = .allocate(capacity: max(1, cores * 2 * capacity))
        entries.initialize(repeating: 0, count: max(1, cores * 2 * capacity))
        counts = Array(repeating: 0, count: 2 * cores)
        steps = Array(repeating: -1, count: 2 * cores)
    }

    deinit { entries.deallocate() }

    /// Takes in spikes of a source that reach a core in a step, not before those of earlier calls.
    ///
    /// - Parameter projection: Place of the structural projection it belongs to; `nil` if there is none.
    func note(core: Int, step: Int, projection: Int?, source: Int, spikes: Int) {
        let buffer = 2 * core + (step & 1)
        if steps[buffer] != step {
            steps[buffer] = step
            counts[buffer] = 0
        }
        let entry =
            UInt64(UInt32(truncatingIfNeeded: projection ?? -1)) << 32 | UInt64(UInt32(truncatingIfNeeded: source))
        for _ in 0..<min(spikes, capacity - counts[buffer]) {
            entries[buffer * capacity + counts[buffer]] = entry
            counts[buffer] += 1
        }
    }

    /// How many spikes there are to choose from in a step.
    func count(core: Int, step: Int) -> Int { counts[2 * core + (step &- 1) & 1] }

    /// The projection and source of one of them; `nil` where it belongs to no structural projection.
    func spike(_ number: Int, core: Int, step: Int) -> (projection: Int, source: Int)? {
        let entry = entries[(2 * core + (step &- 1) & 1) * capacity + number]
        let projection = UInt32(truncatingIfNeeded: entry >> 32)
        return projection == UInt32.max ? nil : (Int(projection), Int(UInt32(truncatingIfNeeded: entry)))
    }
}
