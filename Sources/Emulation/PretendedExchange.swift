import Diagnostics
import Transport

/// An exchange with ranks that are not there.
final class PretendedExchange: PacketExchange {
    let kind = "pretended"
    let outbox: UnsafeMutablePointer<UInt32>
    /// Seconds that making up the others' packets took: no part of what the rank itself costs.
    private(set) var seconds = 0.0
    /// The same of processor time.
    private(set) var processorSeconds = 0.0
    private let others: PretendedRanks
    private let sources: [Int]
    private let rank: Int
    private let steps: Int
    private let capacity: Int
    private let inboxes: UnsafeMutablePointer<UInt32>
    private var counts: [Int]
    private var published = 0
    private var time = 0

    /// - Parameters:
    ///   - sources: Ranks whose packets come here.
    ///   - rank: This rank.
    ///   - steps: Steps between two exchanges.
    ///   - capacity: Most words that this rank publishes at once.
    init(_ others: PretendedRanks, sources: [Int], rank: Int, steps: Int, capacity: Int) {
        self.others = others
        self.sources = sources
        self.rank = rank
        self.steps = steps
        self.capacity = max(capacity, others.capacity(steps: steps), 1)
        outbox = .allocate(capacity: self.capacity)
        inboxes = .allocate(capacity: self.capacity * max(sources.count, 1))
        counts = Array(repeating: 0, count: sources.count)
    }

    deinit {
        outbox.deallocate()
        inboxes.deallocate()
    }

    func publish(count: Int) { published = count }

    func complete() {
        var watch = Stopwatch()
        let processorTime = Stopwatch.processorTime()
        for i in sources.indices {
            counts[i] = others.write(i, time: time, count: steps, to: inboxes + i * capacity)
        }
        time += steps
        processorSeconds += Double(Stopwatch.processorTime() &- processorTime) * 1e-9
        seconds += watch.lap()
    }

    func inbox(from rank: Int) -> UnsafeBufferPointer<UInt32> {
        if rank == self.rank { return UnsafeBufferPointer(start: outbox, count: published) }
        // Sources ascend.
        var (low, high) = (0, sources.count)
        while low < high {
            let middle = (low + high) / 2
            if sources[middle] < rank { low = middle + 1 } else { high = middle }
        }
        guard low < sources.count, sources[low] == rank else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(start: inboxes + low * capacity, count: counts[low])
    }
}
