import Diagnostics
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

    /// Runs the same command on `ranks` ranks and ends as `mpirun` ends.
    ///
    /// Adds what the host needs: permission to run more ranks than processors, and as root where the user is root. The
    /// launcher's own comments on our exit codes are silenced; its own failures are 1, which we never return.
    ///
    /// - Throws: `mpiSetUp` when mpirun cannot be started or fails by itself.
    static func run(ranks: Int) throws(Failure) -> Never {
        var arguments = try command(ranks: ranks)
        var rest = Array(CommandLine.arguments.dropFirst())
        if let at = rest.firstIndex(of: "--ranks") {
            rest.removeSubrange(at...min(at + 1, rest.count - 1))
        }
        rest.removeAll { $0.hasPrefix("--ranks=") }
        arguments += rest
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        var process: pid_t = 0
        let error = posix_spawnp(&process, "mpirun", nil, nil, pointers, environ)
        guard error == 0 else {
            throw Failure(
                .mpiSetUp,
                "cannot start mpirun (\(String(cString: strerror(error)))); install openmpi-bin and libopenmpi-dev")
        }
        launched = process
        // The terminal's signals reach mpirun by themselves; those sent to this process are passed on.
        for number in [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2] { signal(number) { _ = kill(launched, $0) } }
        signal(SIGINT, SIG_IGN)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let code = (status >> 8) & 0xFF
        if status & 0x7F != 0 { exit(128 + (status & 0x7F)) }
        if code == 1 {
            throw Failure(
                .mpiSetUp,
                "mpirun ended with 1, without or after starting the ranks; to see its own words: "
                    + arguments.filter { $0 != "-q" }.joined(separator: " "))
        }
        exit(code)
    }
}

/// The process that signals are passed on to.
nonisolated(unsafe) private var launched: pid_t = 0
