import ArgumentParser
import Bench
import Diagnostics
import Foundation
import Transport

/// `spinnsim bench messages`: what messages cost here.
struct BenchMessages: RankedCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "Measures what messages between ranks cost (LogGP), on the ranks it is started with.",
        discussion: """
            Prints a line of JSON; times are in seconds, between the first rank and the last. With mpirun's \
            `--mca btl tcp,self` messages take the way they would take between hosts.
            """)

    @Option(help: "Start mpirun with this many ranks.")
    var ranks: Int?

    /// The line.
    private struct Line: Encodable {
        let benchmark = "messages"
        let ranks: Int
        let hosts: Int
        let coresPerNode: Int
        let cpu: String
        let mpi: String
        let costs: MessageCosts
    }

    func validate() throws {
        if let ranks, ranks < 2 || ranks > 100_000 { throw ValidationError("--ranks takes 2 to 100000, not \(ranks)") }
    }

    func run(on ranks: MPITransport?) throws {
        if let count = self.ranks, ranks == nil { try Launcher.run(ranks: count) }
        guard let transport = ranks else {
            throw ValidationError("messages need ranks: use --ranks 2, or start this with mpirun")
        }
        let costs = try transport.measureMessages()
        if transport.rank == 0 {
            let line = Line(
                ranks: transport.size, hosts: transport.hosts,
                coresPerNode: ProcessInfo.processInfo.activeProcessorCount, cpu: processorName(),
                mpi: MPITransport.libraryVersion, costs: costs)
            try Console.output(try jsonLine(line))
        }
    }
}
