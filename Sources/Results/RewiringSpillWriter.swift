import Diagnostics

/// The log of the synapses that formed and went on one rank, appended while it simulates.
public final class RewiringSpillWriter {
    /// Events that are held back at most.
    private static let blockEvents = 1 << 14

    private var output: SpillOutput
    private var words: [UInt32] = []
    /// Where the block held back begins, and the first step that is not complete.
    private var firstStep: UInt32 = 0
    private var openStep: UInt32 = 0
    private var clock = SpillClock()

    /// Creates the log of `rank` in the run's working folder.
    ///
    /// - Parameters:
    ///   - folder: `RunDirectory.working`.
    ///   - signals: The same on every rank.
    ///   - start: The first step.
    /// - Throws: `.cannotCreate`, `.outputFailed`.
    public init(folder: String, rank: Int, run: RunDescription, signals: [RewiringSignal], start: Int = 0)
        throws(Failure)
    {
        output = try SpillOutput(
            kind: .rewiring, header: SpillHeader(rank: rank, run: run, rewiring: signals, start: start),
            folder: folder)
        openStep = UInt32(truncatingIfNeeded: start)
        firstStep = openStep
    }

    /// Appends an event of the step that is not complete yet.
    ///
    /// - Parameters:
    ///   - source: Index in the population.
    ///   - target: Index in the population.
    public func append(signal: Int, source: UInt32, target: UInt32, isFormed: Bool) {
        words +=
            RewiringEntry(step: openStep, signal: signal, source: source, target: target, isFormed: isFormed)
            .encoded
    }

    /// Says that all events of the step have been appended.
    ///
    /// Called once a step by every rank, events or not, it lets a quiet log say how far it goes.
    public func endStep() throws(Failure) {
        openStep += 1
        if words.count >= Self.blockEvents * RewiringEntry.words || clock.isDue {
            try writeBlock()
        }
    }

    /// Writes what is held back.
    public func flush() throws(Failure) { try writeBlock() }

    /// Writes what is held back, and makes it durable.
    public func sync() throws(Failure) {
        try writeBlock()
        try output.sync()
    }

    /// Closes the log and makes it durable.
    public func finish() throws(Failure) {
        try writeBlock()
        try output.finish(end: openStep)
    }

    private func writeBlock() throws(Failure) {
        clock.restart()
        guard openStep > firstStep else { return }
        try words.withUnsafeBufferPointer { (words) throws(Failure) in
            try output.write(
                tag: 0, count: words.count / RewiringEntry.words, first: firstStep, end: openStep,
                payload: UnsafeRawBufferPointer(words))
        }
        words.removeAll(keepingCapacity: true)
        firstStep = openStep
    }
}
