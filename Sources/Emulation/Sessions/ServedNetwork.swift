import Diagnostics
import Foundation
import Mapping
import Results
import StrictJSON
import Topology
import Transport

/// The network of a session: loaded for as long as it may be run, with its logs and how far they have been collected.
final class ServedNetwork {
    let run: Run
    /// The topology's text.
    let text: [UInt8]
    let session: Session
    /// Holds the logs.
    let directory: RunDirectory
    var marks = LogMarks()
    /// Where what has not been forgotten begins.
    private var kept = LogMarks()
    /// Steps before this one have been forgotten.
    var forgotten: Int { kept.step }

    /// Steps of a run without an end.
    static let mostSteps = 4_000_000_000

    /// Reads, maps and loads; entered by all.
    ///
    /// - Parameters:
    ///   - options: Name the file that messages and file references are about.
    ///   - folder: A new one for the logs.
    ///   - keepsBeginning: To be able to begin again without loading.
    /// - Throws: `DocumentError` for what is wrong with the text, else the agreed failure.
    init(
        _ options: RunOptions, text: [UInt8], folder: String, on transport: any Transport,
        keepsBeginning: Bool = true, progress: @escaping (Double) -> Void
    ) throws {
        run = Run(options, on: transport)
        self.text = text
        let run = run
        var seconds = PhaseSeconds()
        var mistake: DocumentError?
        let input: RunInput
        do {
            input = try run.makeInput(of: text) { error in
                mistake = error
                return error.failure
            }
        } catch {
            transport.hasAgreedOnFailure = false
            throw mistake ?? error
        }
        seconds.read = seconds.watch.lap()
        let mapped = try run.mapNetwork(input.resolved)
        seconds.map = seconds.watch.lap()
        directory = try Self.makeDirectory(folder, on: transport)
        session = try run.load(
            input, mapped, seconds, network: Self.endless(input.network), folder: directory.working,
            keepsBeginning: keepsBeginning, progress: progress
        ) {}
    }

    /// The same network, to be given the state of a step, without recordings of earlier ones; entered by all.
    init(renewing other: ServedNetwork, at step: Int) throws(Failure) {
        (run, text, directory) = (other.run, other.text, other.directory)
        let directory = other.directory
        let transport = other.run.transport
        try transport.phase { if transport.rank == 0 { try directory.removeLogs() } }
        session = try run.renew(other.session, folder: directory.working, start: step)
        kept.step = step
        marks = kept
    }

    private static func makeDirectory(_ path: String, on transport: any Transport) throws(Failure) -> RunDirectory {
        var made: RunDirectory?
        try transport.phase {
            if transport.rank == 0 { made = try RunDirectory(creating: path) }
        }
        return try transport.phase { try made ?? RunDirectory(joining: path) }
    }

    /// A network without an end in sight.
    private static func endless(_ network: Network) -> Network {
        var network = network
        network.simulation.duration = Double(mostSteps) * network.simulation.timestep
        return network
    }

    /// Merges what the logs have; entered by all.
    ///
    /// - Returns: On rank 0.
    func collect(_ selection: LogSelection) throws(Failure) -> CollectedFiles? {
        try run.transport.phase { try session.recorder.flush() }
        var files: CollectedFiles?
        try run.transport.phase {
            guard run.isSpeaker else { return }
            if selection.since < marks.step { marks = kept }
            files = try directory.collect(selection, until: session.step, from: &marks)
        }
        return files
    }

    /// Gives back what has been collected; entered by all.
    func forget() throws(Failure) {
        kept = marks
        try run.transport.phase { if run.isSpeaker { try directory.forget(before: marks) } }
    }

    /// Writes what a run of the steps made so far would have left; entered by all.
    func report(to path: String, overwrite: Bool) throws(Failure) -> RunSummary {
        let session = session
        try run.transport.phase {
            try session.recorder.recordAllWeights(step: session.step)
            try session.recorder.flush()
        }
        session.seconds.timers = session.emulation.timers
        var made: RunDirectory?
        try run.transport.phase {
            guard run.isSpeaker else { return }
            let directory = try RunDirectory(creating: path, overwrite: overwrite)
            try directory.beginWriting()
            made = directory
        }
        let output = made ?? directory
        let logs = directory
        do {
            return try run.report(session, to: output) {
                var marks = LogMarks()
                return try logs.collect(LogSelection(into: output.path), until: session.step, from: &marks)
            }
        } catch {
            made?.discard()
            throw error
        }
    }

    /// The synapses of a projection as they are, in a file; entered by all.
    func edges(of projection: Int, pending: Bool, in folder: String) throws(Failure) -> (path: String, synapses: Int) {
        let transport = run.transport
        let directory = try Self.makeDirectory(folder, on: transport)
        try transport.phase {
            var recordings = [WeightRecording?](repeating: nil, count: session.network.projections.count)
            recordings[projection] = WeightRecording(appliesPending: pending)
            let recorder = try WeightRecorder(
                session.loaded, recordings, rank: transport.rank, run: session.description, folder: directory.working)
            try recorder.finish(steps: session.step)
        }
        var result = (path: "", synapses: 0)
        try transport.phase {
            guard run.isSpeaker, let report = try directory.gatherWeights().first else { return }
            result = (directory.file(report.file), report.synapses)
            try directory.removeWorkingFolder()
        }
        return result
    }
}
