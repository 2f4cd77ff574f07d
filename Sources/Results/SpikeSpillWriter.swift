import Diagnostics

/// The spike log of one rank, appended while it simulates.
///
/// Steps come in ascending order, the spikes of a step in any order. A step is complete when `endStep(_:)` says so or a
/// later step is appended; only complete steps reach the file. A block is written when it is full or when a second has
/// passed, so a killed run keeps what it logged.
///
/// - Determinism: the order within a step does not depend on the order of appending.
public final class SpikeSpillWriter {
    private var output: SpillOutput
    private var clock = SpillClock()
    private let blockWords: Int

    /// Spikes that were appended together.
    private struct Chunk {
        var first: UInt64
        var last: UInt64
        var range: Range<Int>
    }

    /// Spikes of the open step, `population << 32 | neuron`.
    private var keys: UnsafeMutableBufferPointer<UInt64>
    private var keyCount = 0
    private var chunks: [Chunk] = []
    /// Every chunk ascends; when chunks do not overlap either, ordering chunks is enough.
    private var chunksAscend = true
    private var openStep: UInt32 = 0

    /// Payload of the open block.
    private var words: UnsafeMutableBufferPointer<UInt32>
    private var wordCount = 0
    private var spikesInBlock = 0
    private var firstStep: UInt32 = 0

    /// Spikes appended so far.
    public private(set) var spikes = 0

    /// Creates the log of `rank` in the run's working folder.
    ///
    /// - Parameters:
    ///   - folder: `RunDirectory.working`.
    ///   - start: the first step.
    ///   - blockSize: bytes of a block; by default 1 MiB, less on many ranks, since merging holds one block of each.
    /// - Throws: `.cannotCreate`, `.outputFailed`.
    public init(
        folder: String, rank: Int, run: RunDescription, start: Int = 0, blockSize: Int? = nil
    ) throws(Failure) {
        output = try SpillOutput(
            kind: .spikes, header: SpillHeader(rank: rank, run: run, start: start), folder: folder)
        openStep = UInt32(truncatingIfNeeded: start)
        firstStep = openStep
        blockWords = (blockSize ?? SpikeSpillWriter.blockSize(ranks: run.ranks)) / 4
        keys = .allocate(capacity: 4096)
        words = .allocate(capacity: blockWords + 4096)
    }

    deinit {
        keys.deallocate()
        words.deallocate()
    }

    /// Between 64 KiB and 1 MiB, so that one block of each rank stays within 128 MiB where that is possible.
    static func blockSize(ranks: Int) -> Int { min(1 << 20, max(64 << 10, (128 << 20) / max(1, ranks))) }

    /// Bytes the system has accepted.
    public var bytesWritten: Int { output.bytesWritten }

    /// Appends the spikes of some neurons of a population in a step.
    ///
    /// - Parameter neurons: numbers within the population, in any order.
    /// - Throws: `.outputFailed` when the disk is full; `.bug` when `step` is already complete.
    public func append(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        if step != openStep { try open(step) }
        let count = neurons.count
        if keyCount + count > keys.count { growKeys(count) }
        guard count > 0, let out = keys.baseAddress.map({ $0 + keyCount }) else { return }
        let high = UInt64(population) << 32
        var previous: UInt64 = 0
        var ascend = true
        for i in 0..<count {
            let key = high | UInt64(neurons[i])
            ascend = ascend && previous <= key
            previous = key
            out[i] = key
        }
        chunksAscend = chunksAscend && ascend
        chunks.append(Chunk(first: out[0], last: previous, range: keyCount..<(keyCount + count)))
        keyCount += count
        spikes += count
    }

    /// Appends the spikes of some neurons of a population in a step.
    public func append(step: UInt32, population: Int, neurons: [UInt32]) throws(Failure) {
        try neurons.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try append(step: step, population: population, neurons: buffer)
        }
    }

    /// Says that all spikes of `step`, and of every step before, have been appended.
    ///
    /// Called once a step by every rank, spikes or not, it lets a quiet log say how far it goes.
    public func endStep(_ step: UInt32) throws(Failure) {
        if step != openStep { try open(step) }
        try open(step + 1)
    }

    /// Completes the open step, closes the log with its last block and makes it durable.
    ///
    /// - Parameter steps: steps the run has simulated.
    public func finish(steps: UInt32) throws(Failure) {
        if keyCount > 0 || steps > openStep { try open(max(steps, openStep + 1)) }
        try writeBlock()
        try output.finish(end: openStep)
    }

    /// Writes what is complete even though the block is not full.
    public func flush() throws(Failure) { try writeBlock() }

    /// Writes what is complete, and makes it durable.
    public func sync() throws(Failure) {
        try writeBlock()
        try output.sync()
    }

    private func open(_ step: UInt32) throws(Failure) {
        guard step > openStep else {
            throw Failure(.bug, "spikes of step \(step) came after step \(openStep) was complete")
        }
        if keyCount > 0 { encodeStep() }
        openStep = step
        if wordCount >= blockWords || clock.isDue { try writeBlock() }
    }

    /// Moves the open step's spikes into the block.
    private func encodeStep() {
        orderChunks()
        // At worst every spike is the only one of its population.
        if wordCount + 4 * keyCount > words.count { growWords(4 * keyCount) }
        var at = wordCount
        var runHead = 0
        var population = UInt64.max
        for chunk in chunks {
            for i in chunk.range {
                let key = keys[i]
                if key >> 32 != population {
                    if runHead > 0 { words[runHead - 1] = UInt32(at - runHead).littleEndian }
                    population = key >> 32
                    words[at] = openStep.littleEndian
                    words[at + 1] = UInt32(truncatingIfNeeded: population).littleEndian
                    at += 3
                    runHead = at
                }
                words[at] = UInt32(truncatingIfNeeded: key).littleEndian
                at += 1
            }
        }
        if runHead > 0 { words[runHead - 1] = UInt32(at - runHead).littleEndian }
        wordCount = at
        spikesInBlock += keyCount
        keyCount = 0
        chunks.removeAll(keepingCapacity: true)
        chunksAscend = true
    }

    /// Brings the open step's chunks into an order in which all spikes ascend.
    private func orderChunks() {
        if chunksAscend {
            if chunks.count < 2 { return }
            chunks.sort { $0.first < $1.first }
            if zip(chunks, chunks.dropFirst()).allSatisfy({ $0.last <= $1.first }) { return }
        }
        keys[..<keyCount].sort()
        chunks = [Chunk(first: keys[0], last: keys[keyCount - 1], range: 0..<keyCount)]
    }

    private func writeBlock() throws(Failure) {
        clock.restart()
        guard wordCount > 0 || openStep > firstStep else { return }
        let payload = UnsafeRawBufferPointer(start: words.baseAddress, count: wordCount * 4)
        try output.write(tag: 0, count: spikesInBlock, first: firstStep, end: openStep, payload: payload)
        wordCount = 0
        spikesInBlock = 0
        firstStep = openStep
    }

    private func growKeys(_ more: Int) {
        let larger = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: max(keys.count * 2, keyCount + more))
        _ = larger.update(fromContentsOf: keys[..<keyCount])
        keys.deallocate()
        keys = larger
    }

    private func growWords(_ more: Int) {
        let larger = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: max(words.count * 2, wordCount + more))
        _ = larger.update(fromContentsOf: words[..<wordCount])
        words.deallocate()
        words = larger
    }
}
