import ArgumentParser
import Diagnostics
import Foundation

@main
struct Spinnsim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spinnsim", version: "0.1.0", subcommands: [Gather.self, Report.self])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            FileHandle.standardError.write(Data("spinnsim: \(failure.message)\n".utf8))
            Foundation.exit(failure.exitCode.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
