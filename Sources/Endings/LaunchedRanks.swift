internal import CProcess
public import Diagnostics
import Foundation

/// Ranks that this process starts through `mpirun`, waits for and speaks for.
public struct LaunchedRanks {
    private let launcher: Int32
    private let ear: Int32
    private let signalsDescriptor: Int32
    private let heeded = Heeded()
    private var account = Account()
    /// The signal that was meant for this process, first of all.
    private var own: Int32 = 0
    /// The signal that ranks get for a SIGINT, where that is not to end them.
    private let pause: Int32?

    /// Seconds after which ranks that have not ended are killed, from the signal on.
    private static let patience = 6.0

    /// Starts `words`; ranks end with this process, however that ends.
    ///
    /// - Parameter pause: What a SIGINT to this process is passed on as (`SIGUSR1` or `SIGUSR2`, which `mpirun` hands
    ///   to its ranks), where it only stops what ranks are doing; `nil` where it ends them.
    /// - Throws: `mpiSetUp` when it cannot be started.
    public init(_ words: [String], pause: Int32? = nil) throws(Failure) {
        self.pause = pause
        let watched = Interruption.signals + [SIGUSR1, SIGUSR2, SIGCHLD]
        signalsDescriptor = cprocess_signals(watched, Int32(watched.count))
        let name = "spinnsim.\(getuid()).launcher.\(getpid())"
        ear = NoteSocket.listen(name)
        if ear >= 0 { setenv(Interruption.speaker, name, 1) }
        cprocess_adopt_orphans()
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        launcher = cprocess_start_tied(pointers, SIGTERM)
        let reason = errno
        for pointer in pointers { free(pointer) }
        guard launcher > 0 else {
            throw Failure(
                .mpiSetUp,
                "cannot start \(words[0]) (\(errnoText(reason))); "
                    + "install openmpi-bin and libopenmpi-dev")
        }
    }

    /// How the ranks ended.
    public enum Ending {
        /// `mpirun` ended by itself with a code, which is a rank's where any was started.
        case code(Int32, hasRanks: Bool)
        /// A signal ended the run; the code to leave with, and what to say.
        case interrupted(Int32, message: String)
    }

    /// Waits for the end of all ranks; signals of people and batch systems end them.
    public mutating func wait() -> Ending {
        var status: Int32 = 0
        var deadline = Double.infinity
        while true {
            var polled = [
                pollfd(fd: signalsDescriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: ear, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&polled, 2, deadline.isFinite ? 200 : -1)
            hear()
            takeSignals(&deadline)
            if waitpid(launcher, &status, WNOHANG) == launcher { break }
            if Self.now() > deadline {
                kill(launcher, SIGKILL)
                for process in account.processes.values { kill(process, SIGKILL) }
                deadline = .infinity
            }
        }
        hear()
        endOrphans()
        return ending(status)
    }

    private mutating func hear() {
        guard ear >= 0 else { return }
        for note in NoteSocket.read(ear) { account.take(note) }
    }

    private mutating func takeSignals(_ deadline: inout Double) {
        while true {
            var sender: Int32 = 0
            var isExplicit: Int32 = 0
            let signal = cprocess_next_signal(signalsDescriptor, &sender, &isExplicit)
            switch signal {
            case 0: return
            case SIGCHLD: break
            case SIGUSR1, SIGUSR2: kill(launcher, signal)
            default:
                guard heeded.heeds(signal, sender: sender, isExplicit: isExplicit != 0) else { break }
                if let pause, signal == SIGINT {
                    kill(launcher, pause)
                    break
                }
                if own == 0 {
                    own = signal
                    kill(launcher, SIGTERM)
                    deadline = Self.now() + Self.patience
                } else {
                    // Asked again: at once.
                    deadline = 0
                }
            }
        }
    }

    /// Waits for the ranks that the launcher has left behind, a while, and kills those that stay.
    private func endOrphans() {
        let begin = Self.now()
        var isKilling = false
        while true {
            var status: Int32 = 0
            let ended = waitpid(-1, &status, WNOHANG)
            if ended < 0 { break }
            if ended > 0 { continue }
            if Self.now() > begin + 2, !isKilling {
                isKilling = true
                for process in account.processes.values { kill(process, SIGKILL) }
            }
            if Self.now() > begin + 5 { break }
            usleep(20_000)
        }
    }

    private func ending(_ status: Int32) -> Ending {
        let signal = status & 0x7F
        let code = (status >> 8) & 0xFF
        func message(_ who: String, _ how: String) -> String {
            EndingText.message(who, how, folder: account.folder)
        }
        if signal != 0 { removeTraces() }
        if own != 0 {
            return .interrupted(128 + own, message: message("the run", EndingText.name(ofSignal: own)))
        }
        if signal != 0 {
            return .interrupted(128 + signal, message: message("mpirun", EndingText.cause(signal)))
        }
        if let ended = account.ended {
            let words = message("rank \(ended.rank)", EndingText.name(ofSignal: ended.signal))
            return .interrupted(128 + ended.signal, message: words)
        }
        if (129...159).contains(code) {
            let who = account.culprit.map { "rank \($0)" } ?? "a rank"
            return .interrupted(code, message: message(who, EndingText.cause(code - 128)))
        }
        // What mpirun returns of itself when a signal ends it, which it does not name.
        if code == 1, !account.dismissed.isEmpty {
            return .interrupted(
                128 + SIGTERM, message: message("mpirun", "a signal (SIGTERM, SIGINT or SIGHUP)"))
        }
        return .code(code, hasRanks: !account.processes.isEmpty)
    }

    private func removeTraces() {
        var host = [CChar](repeating: 0, count: 256)
        guard gethostname(&host, host.count - 1) == 0 else { return }
        let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let short = name.split(separator: ".").first.map(String.init) ?? name
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        LauncherTraces.removeFolder("\(folder)/ompi.\(short).\(getuid())/pid.\(launcher)")
    }

    private static func now() -> Double { Double(Stopwatch.now()) * 1e-9 }
}
