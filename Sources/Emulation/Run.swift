public import Diagnostics
public import Endings
import Fabric
import Mapping
import Results
import Topology
public import Transport

/// A run from the topology file to the results folder, on every rank of a transport.
///
/// Each stage ends in an agreement: if a rank fails, all ranks leave with that rank's failure.
public struct Run {
    let options: RunOptions
    let transport: any Transport
    let log: RunLog
    /// Told what a signal may find.
    let interruption: Interruption?
    /// On the clock of ``Stopwatch``.
    let began = Stopwatch.now()
    var isSpeaker: Bool { transport.rank == 0 }
    /// Which part of the network this process has: rank `rank` of `ranks`.
    var share: (rank: Int, ranks: Int) {
        options.pretence.map { ($0.rank, $0.ranks) } ?? (transport.rank, transport.size)
    }

    public init(_ options: RunOptions, on transport: any Transport, interruption: Interruption? = nil) {
        self.options = options
        self.transport = transport
        self.interruption = interruption
        log = RunLog(isSpeaker: transport.rank == 0 && !options.silent, quiet: options.quiet)
    }

    /// Runs everything.
    ///
    /// - Throws: The agreed failure, the same on every rank; nothing is left behind of a run that did not come to
    ///   simulate.
    public func run() throws(Failure) {
        if options.stateFile != nil { StateSignals.install() }
        var seconds = PhaseSeconds()
        let input = try read()
        let state = try openState(input)
        let directory = try openDirectory(input)
        if isSpeaker { interruption?.began { directory.discard() } }
        seconds.read = seconds.watch.lap()
        let session: Session
        let checkpoints: Checkpoints?
        do {
            sayWhatRuns(input.network)
            let mapped = try mapNetwork(input.resolved)
            seconds.map = seconds.watch.lap()
            sayWhere(mapped)
            session = try load(input, mapped, seconds, folder: directory.working, start: state?.header.step ?? 0) {
                // The run fits: an earlier one in the folder makes room for it.
                let begin = { () throws(Failure) in
                    if let step = state?.header.step {
                        try directory.beginAgain(at: step)
                    } else {
                        try directory.beginWriting()
                    }
                    try log.open(file: directory.log, appending: state != nil)
                }
                guard let interruption else { return try begin() }
                try interruption.record(in: directory.path, begin)
            }
            if !isSpeaker { interruption?.record(in: directory.path) }
            sayLoaded(session)
            if let state { try resume(session, from: state) }
            for warning in session.changeWarnings { log.warning(warning) }
            if let file = options.changes {
                let (changes, warnings) = try session.prepare(try readChanges(file, of: session))
                for warning in warnings { log.warning(warning) }
                session.changeWarnings += warnings
                try session.schedule(changes)
            }
            checkpoints = try transport.phase { try makeCheckpoints(session) }
        } catch {
            if isSpeaker { directory.discard() }
            throw error
        }
        let steps = input.network.simulation.steps
        let progress = ProgressMeter("simulate", mode: progressMode, isSpeaker: isSpeaker)
        let gate = RunGate(session, checkpoints)
        try session.run(steps: (checkpoints?.until ?? steps) - session.step, gate: gate) { done in
            progress.update(Double(done) / Double(max(steps, 1)))
        }
        progress.finish()
        if let checkpoints, try checkpoints.hasStopped() {
            interruption?.completed()
            return try leave(session, isEarly: session.step != checkpoints.until)
        }
        try session.finish()
        _ = try report(session, to: directory) { try directory.gatherAll() }
        interruption?.completed()
    }

    var progressMode: ProgressMeter.Mode {
        options.quiet && options.progress == .auto ? .never : options.progress
    }
}
