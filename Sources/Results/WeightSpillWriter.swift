import Diagnostics

/// The log of one rank's recorded weights, appended while it simulates.
///
/// Of each projection first the synapses, in blocks ascending by target, and in each sample their weights, in blocks of
/// as many synapses. A block that completes a sample follows its weights. Where synapses come and go, each sample has
/// its own.
public final class WeightSpillWriter {
    /// Most synapses in a block.
    static let blockSynapses = 1 << 15

    public let signals: [WeightSignal]
    private var output: SpillOutput
    private var samples: [UInt32]

    /// Creates the log of `rank` in the run's working folder.
    ///
    /// - Parameters:
    ///   - folder: `RunDirectory.working`.
    ///   - signals: The same on every rank.
    ///   - start: The first step.
    /// - Throws: `.cannotCreate`, `.outputFailed`.
    public init(folder: String, rank: Int, run: RunDescription, signals: [WeightSignal], start: Int = 0) throws(Failure)
    {
        output = try SpillOutput(
            kind: .weights, header: SpillHeader(rank: rank, run: run, weights: signals, start: start), folder: folder)
        self.signals = signals
        samples = signals.map { UInt32(truncatingIfNeeded: $0.samples(before: start)) }
    }

    /// Appends synapses of a signal, before its first sample is complete; where they come and go, of each sample.
    ///
    /// - Parameters:
    ///   - sources: `[count]`, indices in the population.
    ///   - targets: `[count]`, indices in the population, ascending.
    ///   - delays: `[count]`, steps.
    ///   - runs: How many of them each have no other rank's targets in between.
    public func appendSynapses(
        signal: Int, sources: [UInt32], targets: [UInt32], delays: [UInt32], runs: [Int]
    ) throws(Failure) {
        for range in Self.blocks(runs) {
            let words = Array(sources[range]) + targets[range] + delays[range]
            try words.withUnsafeBufferPointer { (buffer) throws(Failure) in
                try write(WeightBlockTag.synapses(signal), signal, count: range.count, UnsafeRawBufferPointer(buffer))
            }
        }
    }

    /// Appends the weights of synapses appended before, of one call there in one call here.
    ///
    /// - Parameters:
    ///   - weights: `[count]`, ring-buffer units.
    ///   - pending: `[count]`, if the signal has them, else empty.
    ///   - runs: As there.
    public func appendWeights(
        signal: Int, _ weights: [UInt16], pending: [UInt16], runs: [Int]
    ) throws(Failure) {
        for range in Self.blocks(runs) {
            let halves = Array(weights[range]) + (pending.isEmpty ? [] : pending[range])
            try halves.withUnsafeBufferPointer { (buffer) throws(Failure) in
                try write(WeightBlockTag.weights(signal), signal, count: range.count, UnsafeRawBufferPointer(buffer))
            }
        }
    }

    /// Completes a sample of a signal, taken when `step` was about to begin.
    public func endSample(signal: Int, step: UInt32) throws(Failure) {
        let number = samples[signal]
        samples[signal] += 1
        try withUnsafeBytes(of: step.littleEndian) { (bytes) throws(Failure) in
            try output.write(
                tag: WeightBlockTag.weights(signal), count: 0, first: number, end: number + 1, payload: bytes)
        }
    }

    /// Makes durable what has been appended.
    public func sync() throws(Failure) { try output.sync() }

    /// Closes the log and makes it durable.
    public func finish(steps: UInt32) throws(Failure) { try output.finish(end: steps) }

    private static func blocks(_ runs: [Int]) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        var start = 0
        for run in runs {
            for first in stride(from: start, to: start + run, by: blockSynapses) {
                blocks.append(first..<min(first + blockSynapses, start + run))
            }
            start += run
        }
        return blocks
    }

    private func write(_ tag: UInt32, _ signal: Int, count: Int, _ bytes: UnsafeRawBufferPointer) throws(Failure) {
        try output.write(tag: tag, count: count, first: samples[signal], end: samples[signal], payload: bytes)
    }
}

/// What a block of weights is of.
enum WeightBlockTag {
    static func synapses(_ signal: Int) -> UInt32 { UInt32(2 * signal) }
    static func weights(_ signal: Int) -> UInt32 { UInt32(2 * signal + 1) }
}
