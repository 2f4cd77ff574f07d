import Diagnostics
import Results
import Synapses
import Topology

/// Hands the synapses that form and go on a rank to its log.
final class RewiringRecorder {
    private let writer: RewiringSpillWriter
    /// Number of the signal by projection; `nil`: not recorded.
    private var signalOf: [Int?]

    /// Opens the log of a rank; `nil` when nothing of the kind is recorded.
    init?(_ network: Network, rank: Int, run: RunDescription, folder: String, start: Int) throws(Failure) {
        let names = network.projectionFileNames
        var signals: [RewiringSignal] = []
        signalOf = []
        for (index, projection) in network.projections.enumerated() {
            signalOf.append(projection.recordsRewiring ? signals.count : nil)
            guard projection.recordsRewiring else { continue }
            signals.append(
                RewiringSignal(
                    name: names[index], projection: projection.name, pre: projection.pre, post: projection.post))
        }
        guard !signals.isEmpty else { return nil }
        writer = try RewiringSpillWriter(folder: folder, rank: rank, run: run, signals: signals, start: start)
    }

    /// Logs what a step's attempts have changed; called for every step.
    func record(_ changes: [RewiringEvent]) throws(Failure) {
        for change in changes {
            guard let signal = signalOf[change.projection] else { continue }
            writer.append(
                signal: signal, source: UInt32(truncatingIfNeeded: change.source),
                target: UInt32(truncatingIfNeeded: change.target), isFormed: change.isFormed)
        }
        try writer.endStep()
    }

    func flush() throws(Failure) { try writer.flush() }

    /// Makes durable what has been logged.
    func sync() throws(Failure) { try writer.sync() }

    func finish() throws(Failure) { try writer.finish() }
}
