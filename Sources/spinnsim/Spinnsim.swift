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
            Info.self,
        ],
        defaultSubcommand: RunCommand.self)

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            Self.report(failure)
            Foundation.exit(failure.exitCode.rawValue)
        } catch {
            exit(withError: error)
        }
    }

    /// Prints a failure the one way all commands do.
    static func report(_ failure: Failure) {
        let text = failure.message.hasPrefix("error") ? failure.message : "error: \(failure.message)"
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
