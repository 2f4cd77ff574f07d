import ArgumentParser
import Diagnostics
import Foundation

/// The program: one file a subcommand, `run` when none is named.
@main
struct Spinnsim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spinnsim",
        abstract: "Runs spiking neural networks the way a SpiNNaker machine runs them.",
        discussion: "`mpirun -n 64 spinnsim topology.json` is the main job; see README.md for what a topology is.",
        version: Version.short,
        subcommands: [
            RunCommand.self, Validate.self, MapCommand.self, Gather.self, Report.self, ConformanceCommand.self,
            BenchCommand.self, Info.self,
        ],
        defaultSubcommand: RunCommand.self)

    static func main() {
        Console.prepare()
        do {
            var command = try parseAsRoot()
            // Under a launcher these are done once, by the first process.
            if !isFirstProcess && isSerial(command) { Foundation.exit(0) }
            try command.run()
        } catch let failure as Failure {
            if isFirstProcess { report(failure) }
            leave(failure.exitCode.rawValue)
        } catch {
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            if isFirstProcess && !text.isEmpty {
                if code.isSuccess { Console.say(text + "\n") } else { Console.complain(text + "\n") }
            }
            leave(code.rawValue)
        }
    }

    /// Prints a failure the one way all commands do.
    static func report(_ failure: Failure) {
        let text = failure.message.hasPrefix("error") ? failure.message : "error: \(failure.message)"
        Console.complain(text + "\n")
    }

    /// Whether a launcher started this process as its first, or no launcher did; known before MPI is.
    private static let isFirstProcess: Bool = {
        let environment = ProcessInfo.processInfo.environment
        let ranks = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].compactMap { environment[$0] }
        return ranks.allSatisfy { Int($0) == 0 }
    }()

    /// Whether a command takes one process, however many were started.
    private static func isSerial(_ command: any ParsableCommand) -> Bool {
        command is Validate || command is MapCommand || command is Gather || command is Report
            || command is ConformanceCommand || command is BenchScaling || command is BenchGrow
    }

    /// Ends the process; one that has nothing to say lets the one that has go first, since a launcher ends all processes
    /// with the first that fails.
    private static func leave(_ code: Int32) -> Never {
        if code != 0 && !isFirstProcess { sleep(1) }
        Foundation.exit(code)
    }
}
