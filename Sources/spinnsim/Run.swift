import ArgumentParser
import Diagnostics
import Emulation
import Endings
import Foundation
import Topology
import Transport

/// `spinnsim run`: the main job.
struct RunCommand: RankedCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a topology and leaves a results folder.",
        discussion: """
            Under mpirun every process is a rank; without it the run has one rank. `--ranks N` starts mpirun itself, \
            with \
            the flags this host needs.
            """)

    @Argument(help: "The topology file.")
    var topology: String

    @Option(name: .shortAndLong, help: "Results folder (default: NAME.results).")
    var output: String?

    @Flag(help: "Replace the results of an earlier run in the folder.")
    var overwrite = false

    @Option(help: "Start mpirun with this many ranks.")
    var ranks: Int?

    @Option(help: "Model time in ms, in place of the file's.")
    var duration: Double?

    @Option(help: "Seed, in place of the file's.")
    var seed: UInt64?

    @Flag(
        help: """
            Keep pace with the wall clock from the second step on; count steps that begin after their end. Each is \
            exchanged by \
            itself; those that are late go together, as the delays allow.
            """)
    var realtime = false

    @Option(help: "How packets cross ranks: auto, window (shared memory of one host) or messages (from rank to rank).")
    var exchange = ExchangeMode.auto

    @Option(help: "What ranks get equal shares of: the load expected, or that of a short pilot run.")
    var balance = RankBalancing.expected

    @Flag(help: "Walk every key through the routing tables with the independent checker first.")
    var check = false

    @Option(help: "Progress: auto, always or never.")
    var progress = ProgressMeter.Mode.auto

    @Flag(help: "Say nothing but warnings and errors.")
    var quiet = false

    @Option(help: "What to leave: full, or data, which is all but report.html and raster.svg.")
    var results = ResultsKind.full

    @Option(help: "Refuse to need more memory than this over all ranks, such as 8G (default: what the host has).")
    var maxMemory: MemoryLimit?

    @Option(help: "File of changes to the network that act on the way.")
    var apply: String?

    @Option(help: "Stop at this model time in ms and save the state there.")
    var until: Double?

    @Option(
        help: """
            File for the state of the run: SIGUSR1 saves it, SIGUSR2 saves it and stops (exit 75). The file that had \
            the name gets '.previous' appended.
            """)
    var saveState: String?

    @Option(help: "Go on from a saved state, in the same results folder, on any number of ranks.")
    var resume: String?

    @Option(help: "Save the state every so many ms of model time.")
    var checkpointEvery: Double?

    @Option(help: "Save the state and stop after this many hours (exit 75).")
    var maxHours: Double?

    @Option(
        help: """
            Run one rank of this many, alone, with the others' spikes drawn or replayed: to measure its memory and time.
            """)
    var pretendRanks: Int?

    @Option(help: "Which rank, from 0 (default: the middle one).")
    var pretendRank: Int?

    @Option(help: "Hz of the neurons of pretended ranks (default: 10).")
    var pretendRate: Double?

    @Option(help: "Results folder of a real run of the same file and seed, whose spikes the pretended ranks send.")
    var pretendSpikes: String?

    @OptionGroup(title: "Mapping") var mapping: MappingArguments

    func validate() throws {
        if let ranks, ranks < 1 || ranks > 100_000 { throw ValidationError("--ranks takes 1 to 100000, not \(ranks)") }
        try validateState()
    }

    private func validateState() throws {
        if saveState == nil, until != nil || checkpointEvery != nil || maxHours != nil {
            throw ValidationError("--until, --checkpoint-every and --max-hours need --save-state FILE")
        }
        if let until, !(until >= 0 && until.isFinite) { throw ValidationError("--until takes ms, not \(until)") }
        if let every = checkpointEvery, !(every > 0 && every.isFinite) {
            throw ValidationError("--checkpoint-every takes more than 0 ms, not \(every)")
        }
        if let hours = maxHours, !(hours > 0 && hours <= 1e6) {
            throw ValidationError("--max-hours takes more than 0 hours, not \(hours)")
        }
        if resume != nil, overwrite {
            throw ValidationError("--resume goes on in a run's folder, --overwrite discards it: leave one out")
        }
        if pretendRanks != nil, saveState != nil || resume != nil {
            throw ValidationError("a pretended rank has no state of the whole run: leave --save-state and --resume out")
        }
    }

    /// One rank of many, if asked for.
    private func pretence(isAlone: Bool) throws -> Pretence? {
        guard let ranks = pretendRanks else {
            if pretendRank != nil || pretendRate != nil || pretendSpikes != nil {
                throw ValidationError("--pretend-rank, --pretend-rate and --pretend-spikes need --pretend-ranks")
            }
            return nil
        }
        if ranks < 1 || ranks > 1_000_000 { throw ValidationError("--pretend-ranks takes 1 to 1000000, not \(ranks)") }
        let rank = pretendRank ?? ranks / 2
        if rank < 0 || rank >= ranks { throw ValidationError("--pretend-rank takes 0 to \(ranks - 1), not \(rank)") }
        if let rate = pretendRate, !(rate >= 0 && rate <= 1e5) {
            throw ValidationError("--pretend-rate takes 0 to 100000 Hz, not \(rate)")
        }
        if pretendRate != nil && pretendSpikes != nil {
            throw ValidationError("spikes are replayed or drawn: leave --pretend-rate or --pretend-spikes out")
        }
        if self.ranks != nil || !isAlone {
            throw ValidationError("a pretended rank runs alone: leave --ranks and mpirun out")
        }
        return Pretence(ranks: ranks, rank: rank, rate: pretendRate ?? 10, replayed: pretendSpikes)
    }

    func run(on ranks: MPITransport?) throws {
        let pretence = try pretence(isAlone: ranks == nil)
        if let count = self.ranks, ranks == nil { try Launcher.run(ranks: count) }
        var options = RunOptions(file: topology)
        options.output = output
        options.overwrite = overwrite
        options.duration = duration
        options.seed = seed
        options.realTime = realtime
        options.check = check
        options.mapping = mapping.options
        options.balance = balance
        options.exchange = exchange
        options.progress = progress
        options.quiet = quiet
        options.maxMemory = maxMemory?.bytes
        options.results = results
        options.until = until
        options.stateFile = saveState
        options.resumed = resume
        options.checkpointInterval = checkpointEvery
        options.maxHours = maxHours
        options.pretence = pretence
        options.changes = apply
        options.versions = Version.all(withMPI: ranks != nil)
        guard let ranks else {
            try Run(options, on: InProcessTransport.alone(), interruption: Interruption(rank: nil)).run()
            return
        }
        try Run(options, on: ranks, interruption: Spinnsim.interruption).run()
    }
}

extension ProgressMeter.Mode: ExpressibleByArgument {}
extension ExchangeMode: ExpressibleByArgument {}
extension RankBalancing: ExpressibleByArgument {}
extension ResultsKind: ExpressibleByArgument {}

/// A number of bytes on the command line, such as `8G`.
struct MemoryLimit: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        guard let count = ByteCount(parsing: argument) else { return nil }
        bytes = count.bytes
    }
}
