import Diagnostics
import Endings
import Foundation

/// Starts this program again under `mpirun`.
enum Launcher {
    /// The words that start this program on `ranks` ranks, up to its own arguments.
    ///
    /// Where the user is root, `mpirun` is also told so through the environment.
    static func command(ranks: Int) throws(Failure) -> [String] {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw Failure(.mpiSetUp, "cannot find this program's own path; start mpirun by hand")
        }
        var words = ["mpirun", "-q", "--oversubscribe", "-n", String(ranks)]
        if getuid() == 0 {
            words.append("--allow-run-as-root")
            setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0)
        }
        return words + [program]
    }

    /// Runs the same command on `ranks` ranks and ends as `mpirun` ends, or as the signal that ended the run.
    ///
    /// Adds what the host needs: permission to run more ranks than processors, and as root where the user is root. The
    /// launcher's own comments on our exit codes are silenced; its own failures are 1, which we never return.
    ///
    /// - Parameter pause: What the ranks get for a SIGINT that is not to end them; `nil` when it is.
    /// - Throws: `mpiSetUp` when mpirun cannot be started or fails by itself.
    static func run(ranks: Int, pause: Int32? = nil) throws(Failure) -> Never {
        var arguments = try command(ranks: ranks)
        var rest = Array(CommandLine.arguments.dropFirst())
        if let at = rest.firstIndex(of: "--ranks") {
            rest.removeSubrange(at...min(at + 1, rest.count - 1))
        }
        rest.removeAll { $0.hasPrefix("--ranks=") }
        arguments += rest
        var launched = try LaunchedRanks(arguments, pause: pause)
        switch launched.wait() {
        case .interrupted(let code, let message):
            Console.complain(message)
            exit(code)
        case .code(1, let hasRanks):
            throw Failure(
                .mpiSetUp,
                "mpirun ended with 1, \(hasRanks ? "after" : "without") starting the ranks; to see its own words: "
                    + arguments.filter { $0 != "-q" }.joined(separator: " "))
        case .code(let code, _): exit(code)
        }
    }
}
