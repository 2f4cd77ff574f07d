import ArgumentParser
import Conformance
import Diagnostics

/// `spinnsim conformance FILE…`: replays golden vectors.
struct ConformanceCommand: SerialCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Replays golden vectors through the kernels and compares every raw value.",
        discussion: """
            Prints the passed and failed cases of each file, and the first difference. Exits with 1 on a difference, \
            65 when a file is malformed or of an unknown format, 66 when it cannot be read.
            """)

    @Argument(help: "Golden files.", completion: .file(extensions: ["json"]))
    var files: [String]

    func run() throws {
        var problem: Int32 = 0
        var differs = false
        for file in files {
            do throws(Failure) {
                let report = try Conformance.check(fileAt: file)
                for line in report.lines { try Console.output(line) }
                differs = differs || !report.isConformant
            } catch {
                Console.complain("spinnsim: \(error.message)\n")
                problem = problem == 0 ? error.exitCode.rawValue : problem
            }
        }
        if problem != 0 { throw ExitCode(problem) }
        if differs { throw ExitCode.failure }
    }
}
