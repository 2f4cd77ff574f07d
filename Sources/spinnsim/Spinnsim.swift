import ArgumentParser
import Diagnostics
import Endings
import Foundation
import Transport

/// The program: one file a subcommand, `run` when none is named.
@main
public struct Spinnsim: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "spinnsim",
        abstract: "Runs spiking neural networks the way a SpiNNaker machine runs them.",
        discussion: "`mpirun -n 64 spinnsim topology.json` is the main job; see README.md for what a topology is.",
        version: Version.short,
        subcommands: [
            RunCommand.self, Serve.self, Validate.self, MapCommand.self, Edges.self, Gather.self, Report.self,
            ConformanceCommand.self, BenchCommand.self, Info.self,
        ],
        defaultSubcommand: RunCommand.self)

    /// What ends a rank of a run before its time; set once, at the start.
    nonisolated(unsafe) static var interruption: Interruption?

    public init() {}

    public static func main() {
        Console.prepare()
        let parsed = Result { try parseAsRoot() }
        let command = try? parsed.get()
        let launch = Launch.current
        guard launch.isDirect && launch.isOpenMPI || launch.isClaimed && command is any RankedCommand else {
            leave { try perform(parsed.get()) }
        }
        // Before MPI starts threads, which take over what signals are read.
        interruption = command is RunCommand ? Interruption(rank: launch.rank) : nil
        let ranks: MPITransport
        do { ranks = try MPITransport() } catch {
            // Ranks that do not see one another all find so; the launcher ends them with the first that ends.
            let isFirst = !launch.isDirect || launch.claimedRank == 0
            if isFirst { report(error) } else { sleep(1) }
            Foundation.exit(error.exitCode.rawValue)
        }
        join(ranks, parsed)
    }

    /// Runs the command on the ranks of a launch: a ranked command on all of them, anything else on the first.
    private static func join(_ ranks: MPITransport, _ parsed: Result<any ParsableCommand, any Error>) -> Never {
        do {
            try ranks.callRoll(arguments: Array(CommandLine.arguments.dropFirst()))
            guard case .success(let command) = parsed, let ranked = command as? any RankedCommand else {
                ranks.finalize()
                guard ranks.rank == 0 else { Foundation.exit(0) }
                leave { try perform(parsed.get()) }
            }
            try ranks.findHosts()
            interruption?.joined()
            try ranked.run(on: ranks)
            ranks.finalize()
            Foundation.exit(0)
        } catch {
            let failure = error as? Failure
            // Of what is wrong with a command line all ranks have the same opinion.
            let isAgreed = ranks.hasAgreedOnFailure || failure == nil
            let code = failure?.exitCode.rawValue ?? exitCode(for: error).rawValue
            interruption?.failed()
            if !isAgreed || ranks.rank == 0 { complain(error) }
            // The others do not know and may be waiting for this rank.
            if !isAgreed { MPITransport.abort(failure?.exitCode ?? .bug) }
            ranks.finalize()
            Foundation.exit(code)
        }
    }

    private static func perform(_ command: any ParsableCommand) throws {
        var command = command
        try command.run()
    }

    /// Does the work of this process and ends it.
    private static func leave(_ body: () throws -> Void) -> Never {
        do { try body() } catch {
            complain(error)
            Foundation.exit((error as? Failure)?.exitCode.rawValue ?? exitCode(for: error).rawValue)
        }
        Foundation.exit(0)
    }

    /// Says what ended the command: a failure, or what the parser of the command line has to say, which may be help.
    private static func complain(_ error: any Error) {
        if let failure = error as? Failure { return report(failure) }
        let text = fullMessage(for: error)
        guard !text.isEmpty else { return }
        if exitCode(for: error).isSuccess { Console.say(text + "\n") } else { Console.complain(text + "\n") }
    }

    /// Prints a failure the one way all commands do.
    static func report(_ failure: Failure) {
        let text = failure.message.hasPrefix("error") ? failure.message : "error: \(failure.message)"
        Console.complain(text + "\n")
    }
}

extension Launch {
    /// This process as a rank whose end others are told of.
    fileprivate var rank: Interruption.Rank {
        Interruption.Rank(
            rank: claimedRank, launch: ProcessInfo.processInfo.environment["PMIX_NAMESPACE"] ?? "", isDirect: isDirect,
            warnsByContinuing: isDirect && isOpenMPI)
    }
}
