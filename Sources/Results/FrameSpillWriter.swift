import Diagnostics

/// The log of one rank's recorded variables, appended while it simulates.
///
/// A signal's samples are rows of Float32, one value per neuron the rank records, at the steps 0, `interval`, 2
/// `interval` and so on. Full blocks are written, and after a second also those that are not full.
public final class FrameSpillWriter {
    private struct Buffer {
        var values: [Float] = []
        var rows = 0
        /// Number of the first row in `values`.
        var first: UInt32 = 0
    }

    /// What is recorded, in the order of `append`'s numbers.
    public let signals: [FrameSignal]
    private var output: SpillOutput
    private var buffers: [Buffer]
    private let limit: Int
    private var clock = SpillClock()

    /// Creates the log of `rank` in the run's working folder.
    ///
    /// - Parameters:
    ///   - folder: `RunDirectory.working`.
    ///   - signals: what this rank records; signals without local neurons may be left out.
    ///   - start: the first step.
    ///   - blockSize: bytes held back for all signals together.
    /// - Throws: `.cannotCreate`, `.outputFailed`.
    public init(
        folder: String, rank: Int, run: RunDescription, signals: [FrameSignal], start: Int = 0, blockSize: Int = 1 << 20
    ) throws(Failure) {
        let header = SpillHeader(rank: rank, run: run, signals: signals, start: start)
        output = try SpillOutput(kind: .frames, header: header, folder: folder)
        self.signals = signals
        buffers = signals.map { Buffer(first: UInt32(truncatingIfNeeded: $0.rows(before: start))) }
        limit = max(1, blockSize / 4 / max(1, signals.count))
    }

    /// Bytes the system has accepted.
    public var bytesWritten: Int { output.bytesWritten }

    /// Appends the row of a signal for a step.
    ///
    /// - Parameter values: one per neuron, in the order of the signal's `neurons`.
    /// - Throws: `.outputFailed`; `.bug` when it is not the next sample's row.
    public func append(signal: Int, step: UInt32, values: UnsafeBufferPointer<Float>) throws(Failure) {
        let next = Int(buffers[signal].first) + buffers[signal].rows
        guard Int(step) == next * signals[signal].interval, values.count == signals[signal].neurons.count else {
            throw Failure(
                .bug,
                "row of \(values.count) values for step \(step) of \(signals[signal].variable), expected "
                    + "\(signals[signal].neurons.count) for step \(next * signals[signal].interval)")
        }
        buffers[signal].values.append(contentsOf: values)
        buffers[signal].rows += 1
        if buffers[signal].values.count >= limit { try writeBlock(signal) }
        if clock.isDue { try flush() }
    }

    /// Appends the row of a signal for a step.
    public func append(signal: Int, step: UInt32, values: [Float]) throws(Failure) {
        try values.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try append(signal: signal, step: step, values: buffer)
        }
    }

    /// Writes what is held back.
    public func flush() throws(Failure) {
        for signal in signals.indices { try writeBlock(signal) }
        clock.restart()
    }

    /// Writes what is held back, and makes it durable.
    public func sync() throws(Failure) {
        try flush()
        try output.sync()
    }

    /// Closes the log with its last block and makes it durable.
    public func finish(steps: UInt32) throws(Failure) {
        try flush()
        try output.finish(end: steps)
    }

    private func writeBlock(_ signal: Int) throws(Failure) {
        let rows = buffers[signal].rows
        guard rows > 0 else { return }
        let first = buffers[signal].first
        let end = first + UInt32(rows)
        // Float32 in memory is what the file holds on every machine this program is built for.
        try buffers[signal].values.withUnsafeBufferPointer { (values) throws(Failure) in
            try output.write(
                tag: UInt32(signal), count: rows, first: first, end: end, payload: UnsafeRawBufferPointer(values))
        }
        buffers[signal].values.removeAll(keepingCapacity: true)
        buffers[signal].rows = 0
        buffers[signal].first = end
    }
}
