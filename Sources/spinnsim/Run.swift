import ArgumentParser
import Diagnostics
import Emulation
import Foundation
import Topology
import Transport

/// `spinnsim run`: the main job.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a topology and leaves a results folder.",
        discussion: """
            Under mpirun every process is a rank; without it the run has one rank. `--ranks N` starts mpirun itself, with \
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

    @Flag(help: "Keep pace with the wall clock and count overruns.")
    var realtime = false

    @Option(help: "How packets cross ranks: auto, window (shared memory of one host) or messages.")
    var exchange = ExchangeMode.auto

    @Flag(help: "Walk every key through the routing tables with the independent checker first.")
    var check = false

    @Option(help: "Progress: auto, always or never.")
    var progress = ProgressMeter.Mode.auto

    @Flag(help: "Say nothing but warnings and errors.")
    var quiet = false

    @Option(help: "Refuse to need more memory than this over all ranks, such as 8G (default: what the host has).")
    var maxMemory: MemoryLimit?

    @OptionGroup(title: "Mapping") var mapping: MappingArguments

    func validate() throws {
        if let ranks, ranks < 1 || ranks > 100_000 { throw ValidationError("--ranks takes 1 to 100000, not \(ranks)") }
    }

    func run() throws {
        if let ranks, !MPITransport.isLaunched { try Launcher.run(ranks: ranks) }
        var options = RunOptions(file: topology)
        options.output = output
        options.overwrite = overwrite
        options.duration = duration
        options.seed = seed
        options.realTime = realtime
        options.check = check
        options.mapping = mapping.options
        options.exchange = exchange
        options.progress = progress
        options.quiet = quiet
        options.maxMemory = maxMemory?.bytes
        options.versions = Version.all(withMPI: MPITransport.isLaunched)
        guard MPITransport.isLaunched else {
            try Run(options, on: InProcessTransport.alone()).run()
            return
        }
        let transport = try MPITransport()
        do {
            try Run(options, on: transport).run()
        } catch {
            guard transport.hasAgreedOnFailure else {
                // The others do not know and may be waiting for this rank.
                Spinnsim.report(error)
                MPITransport.abort(error.exitCode)
                Foundation.exit(error.exitCode.rawValue)
            }
            if transport.rank == 0 { Spinnsim.report(error) }
            transport.finalize()
            Foundation.exit(error.exitCode.rawValue)
        }
        transport.finalize()
    }
}

extension ProgressMeter.Mode: ExpressibleByArgument {}
extension ExchangeMode: ExpressibleByArgument {}

/// A number of bytes on the command line, such as `8G`.
struct MemoryLimit: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        guard let count = ByteCount(parsing: argument) else { return nil }
        bytes = count.bytes
    }
}
