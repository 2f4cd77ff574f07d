import ArgumentParser
import Diagnostics
import Emulation
import Foundation
import Transport

/// `spinnsim serve`: a network that stays alive for a client.
struct Serve: RankedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keeps a network alive for a client, which loads, runs, changes and reads it through a socket.",
        discussion: """
            Takes one client on a Unix socket, and ends when it goes. Under mpirun every process is a rank; `--ranks \
            N` starts \
            mpirun itself. Documentation/Sessions.md describes the protocol.
            """)

    @Option(help: "Path of the socket to make; readable and writable by its owner alone.")
    var socket: String

    @Option(help: "Start mpirun with this many ranks.")
    var ranks: Int?

    @Option(help: "Seed, in place of the topologies'.")
    var seed: UInt64?

    @Option(help: "How packets cross ranks: auto, window (shared memory of one host) or messages (from rank to rank).")
    var exchange = ExchangeMode.auto

    @Option(help: "Refuse to need more memory than this over all ranks, such as 8G (default: what the host has).")
    var maxMemory: MemoryLimit?

    @Option(
        help:
            "What the request report leaves where load does not say: full, or data, without report.html and raster.svg."
    )
    var results = ResultsKind.full

    @Flag(help: "Say nothing but why the program ends; warnings go to the client alone.")
    var quiet = false

    @OptionGroup(title: "Mapping") var mapping: MappingArguments

    func validate() throws {
        if let ranks, ranks < 1 || ranks > 100_000 { throw ValidationError("--ranks takes 1 to 100000, not \(ranks)") }
    }

    func run(on launched: MPITransport?) throws {
        // The terminal's key stops a run at a step; it does not end the session.
        if let ranks, launched == nil { try Launcher.run(ranks: ranks, pause: SIGUSR2) }
        var options = RunOptions(file: "")
        options.seed = seed
        options.exchange = exchange
        options.mapping = mapping.options
        options.progress = .never
        options.quiet = true
        options.silent = quiet
        options.results = results
        options.maxMemory = maxMemory?.bytes
        options.versions = Version.all(withMPI: launched != nil)
        let transport: any Transport = launched ?? InProcessTransport.alone()
        let frames = try transport.phase { transport.rank == 0 ? try FrameSocket(path: socket) : nil }
        SessionServer.ownProcess()
        try SessionServer(options, socket: frames, on: transport).serve()
    }
}
