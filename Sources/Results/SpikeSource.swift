import Diagnostics

/// Spikes of one population in one step, neurons ascending.
struct SpikeRun {
    var step: UInt32
    var population: UInt32
    /// Valid until the source advances.
    var neurons: UnsafeBufferPointer<UInt32>
}

/// Something that gives runs in ascending (step, population) order.
protocol SpikeSource: AnyObject {
    /// The run at hand; `nil` at the end.
    var run: SpikeRun? { get }
    /// Goes to the next run.
    func advance() throws(Failure)
}

/// How far the log of a rank goes.
public struct RankLog: Sendable, Equatable {
    public var rank: Int
    /// Spikes read.
    public var spikes = 0
    /// The log is intact for the steps before this one.
    public var intactSteps = 0
    /// The rank came to its end and said so.
    public var isComplete = false
    /// Where and why reading stopped before the log's own end.
    public var damage: String?

    public init(
        rank: Int, spikes: Int = 0, intactSteps: Int = 0, isComplete: Bool = false, damage: String? = nil
    ) {
        self.rank = rank
        self.spikes = spikes
        self.intactSteps = intactSteps
        self.isComplete = isComplete
        self.damage = damage
    }
}

/// The runs of one rank's spike log.
final class SpikeSpillReader: SpikeSource {
    let input: SpillInput
    private(set) var log: RankLog
    private(set) var run: SpikeRun?
    private var words: UnsafeMutableBufferPointer<UInt32> = .init(start: nil, count: 0)
    private var wordCount = 0
    private var position = 0
    /// What the log has of this step and later ones does not count; `nil`: all counts.
    private let limit: Int?

    /// Opens the log at `path` and goes to its first run, or to the first of those written since an earlier reading.
    init(path: String, limit: Int? = nil, from mark: LogMarks.Spikes? = nil) throws(Failure) {
        input = try SpillInput(path: path, kind: .spikes, at: mark?.position)
        log = RankLog(rank: input.header.rank, intactSteps: mark?.steps ?? input.header.start ?? 0)
        self.limit = limit
        try advance()
    }

    deinit { words.deallocate() }

    func advance() throws(Failure) {
        while position == wordCount {
            guard try readBlock() else {
                run = nil
                return
            }
        }
        if let limit, Int(words[position]) >= limit {
            run = nil
            log.isComplete = true
            return
        }
        // `readBlock` has seen that all runs of the block make sense.
        let count = Int(words[position + 2])
        run = SpikeRun(
            step: words[position], population: words[position + 1],
            neurons: UnsafeBufferPointer(rebasing: words[(position + 3)..<(position + 3 + count)]))
        position += 3 + count
        log.spikes += count
    }

    /// Reads the next block; false at the end.
    private func readBlock() throws(Failure) -> Bool {
        if let limit, log.intactSteps >= limit {
            log.isComplete = true
            return false
        }
        guard let (block, payload) = try input.next() else {
            log.isComplete = input.isComplete
            log.damage = input.damage
            return false
        }
        wordCount = payload.count / 4
        position = 0
        if words.count < wordCount {
            words.deallocate()
            words = .allocate(capacity: wordCount)
        }
        payload.withUnsafeBytes { raw in
            for i in 0..<wordCount {
                words[i] = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
            }
        }
        guard payload.count % 4 == 0, Int(block.first) == log.intactSteps, makesSense(block) else {
            input.reject("the block before it makes no sense")
            log.damage = input.damage
            wordCount = 0
            return false
        }
        log.intactSteps = Int(block.end)
        return true
    }

    /// Whether the block's runs fill it, lie within its steps and the populations, and ascend.
    private func makesSense(_ block: SpillBlock) -> Bool {
        let populations = input.header.run.populations
        var at = 0
        var spikes = 0
        var previous: UInt64?
        while at < wordCount {
            guard at + 3 <= wordCount else { return false }
            let (step, population, count) = (words[at], Int(words[at + 1]), Int(words[at + 2]))
            guard step >= block.first, step < block.end, population < populations.count, count > 0,
                at + 3 + count <= wordCount
            else { return false }
            let key = UInt64(step) << 32 | UInt64(population)
            if let previous, previous >= key { return false }
            previous = key
            let size = populations[population].size
            for i in (at + 3)..<(at + 3 + count) {
                guard Int(words[i]) < size, i == at + 3 || words[i - 1] <= words[i] else { return false }
            }
            spikes += count
            at += 3 + count
        }
        return spikes == Int(block.count)
    }
}
