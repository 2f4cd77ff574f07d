import Diagnostics
import Foundation

/// Starts this program again under `mpirun`.
enum Launcher {
    /// Replaces this process by `mpirun` running the same command; returns only when that fails.
    ///
    /// Adds what the host needs: permission to run more ranks than processors, and as root where the user is root. The
    /// launcher's own comments on exit codes are silenced: ours is the message.
    static func replaceProcess(ranks: Int) -> Failure {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return Failure(.mpiSetUp, "cannot find this program's own path; start mpirun by hand")
        }
        var arguments = ["mpirun", "-q", "-n", String(ranks)]
        if ranks > ProcessInfo.processInfo.activeProcessorCount { arguments.append("--oversubscribe") }
        if getuid() == 0 { arguments.append("--allow-run-as-root") }
        arguments.append(program)
        var rest = Array(CommandLine.arguments.dropFirst())
        if let at = rest.firstIndex(of: "--ranks") {
            rest.removeSubrange(at...min(at + 1, rest.count - 1))
        }
        rest.removeAll { $0.hasPrefix("--ranks=") }
        arguments += rest
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        execvp("mpirun", pointers)
        return Failure(
            .mpiSetUp,
            "cannot start mpirun (\(String(cString: strerror(errno)))); install openmpi-bin and libopenmpi-dev")
    }
}
