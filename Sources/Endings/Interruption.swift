// How a run ends before its time.
//
// Signals are read by a thread, not handled in the middle of something, so that what has to be said and removed can be.
// Of the processes of a launch one speaks: the program that started `mpirun` (`run --ranks`), else rank 0, else
// whichever rank finds that nobody does. Ranks tell it by notes to a socket whose name all of them know and only one
// process at a time can have. A launcher that is ended, or loses a rank, dismisses the other ranks with SIGTERM and, a
// second later, SIGKILL; where it is gone itself, ranks see that and end as well.

internal import CProcess
public import Diagnostics
import Foundation

/// The signals that end a process of a run, and what is done about them.
public final class Interruption: @unchecked Sendable {
    /// Signals by which people, terminals and batch systems end a run.
    static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// The variable that tells ranks which name the program has that started their launcher.
    static let speaker = "SPINNSIM_SPEAKER"

    /// How this process takes part in a launch.
    public struct Rank: Sendable {
        var rank: Int
        /// The same for all ranks of a launch.
        var launch: String
        /// The launcher is the parent.
        var isDirect: Bool
        /// The launcher is Open MPI's, which sends its ranks a SIGCONT, sleeps for a second, and sends a SIGTERM that a
        /// SIGKILL follows at once.
        var warnsByContinuing: Bool

        public init(rank: Int, launch: String, isDirect: Bool, warnsByContinuing: Bool) {
            self.rank = rank
            self.launch = launch
            self.isDirect = isDirect
            self.warnsByContinuing = warnsByContinuing
        }
    }

    private let rank: Rank?
    private let signalsDescriptor: Int32
    private let launcher: Int32
    private let launcherDescriptor: Int32
    private let name: String
    private let heeded = Heeded()

    /// Guards what follows.
    private let lock = NSLock()
    private var ear: Int32 = -1
    /// Where a speaker that ends tells that it has spoken.
    private var inbox: Int32 = -1
    private var account = Account()
    private var hasSpoken = false
    private var folder: String?
    private var isComplete = false
    private var undo: (() -> Void)?

    /// Reads signals from here on; called before anything that starts threads.
    ///
    /// - Parameter rank: `nil` for a process without others.
    public init(rank: Rank?) {
        self.rank = rank
        let watched = Self.signals + (rank?.warnsByContinuing == true ? [SIGCONT] : [])
        signalsDescriptor = cprocess_signals(watched, Int32(watched.count))
        launcher = rank.map { $0.isDirect ? getppid() : -1 } ?? -1
        launcherDescriptor = launcher > 1 ? cprocess_watch(launcher) : -1
        let environment = ProcessInfo.processInfo.environment
        name = environment[Self.speaker] ?? "spinnsim.\(getuid()).\(rank?.launch ?? "")"
        if let rank {
            if environment[Self.speaker] == nil {
                ear = rank.rank == 0 ? NoteSocket.listen(name) : -1
                inbox = rank.rank == 0 ? -1 : NoteSocket.listen("\(name).\(rank.rank)")
            }
        }
        guard signalsDescriptor >= 0 else { return }
        let thread = Thread { [self] in
            while true { wait() }
        }
        thread.stackSize = 1 << 20
        thread.start()
    }

    // MARK: - What a run says of itself

    /// All ranks are there.
    public func joined() {
        lock.withLock { if let rank { tell(.rank(rank.rank, process: getpid())) } }
    }

    /// A folder was made that is to go when the run ends before it records.
    public func began(undo: @escaping () -> Void) { lock.withLock { self.undo = undo } }

    /// Another rank has begun the recording.
    public func record(in folder: String) { lock.withLock { self.folder = folder } }

    /// Does what begins the recording, which a signal waits for.
    public func record(in folder: String, _ body: () throws(Failure) -> Void) throws(Failure) {
        lock.lock()
        defer { lock.unlock() }
        try body()
        self.folder = folder
        undo = nil
        if rank?.rank == 0 { tell(.recording(folder)) }
    }

    /// The results are whole.
    public func completed() {
        lock.withLock {
            isComplete = true
            undo = nil
        }
    }

    /// The command fails in words of its own; ranks that are dismissed for it have nothing to add.
    public func failed() {
        lock.withLock {
            isComplete = true
            undo = nil
            if let rank { tell(.failed(rank.rank)) }
        }
    }

    // MARK: - The thread

    private func wait() {
        var polled = [
            pollfd(fd: signalsDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: launcherDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: ear, events: Int16(POLLIN), revents: 0), pollfd(fd: inbox, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&polled, nfds_t(polled.count), -1)
        lock.withLock { hear() }
        var sender: Int32 = 0
        var isExplicit: Int32 = 0
        let signal = cprocess_next_signal(signalsDescriptor, &sender, &isExplicit)
        if signal > 0 {
            let isDismissed = launcher > 1 && sender == launcher
            if isDismissed {
                if signal != SIGCONT || isLauncherAboutToKill() { dismiss(signal) }
            } else if signal != SIGCONT, heeded.heeds(signal, sender: sender, isExplicit: isExplicit != 0) {
                end(signal)
            }
        } else if polled[1].revents != 0 {
            dismiss(SIGKILL)
        }
    }

    /// Whether the launcher that has sent a SIGCONT is in the second before it kills.
    ///
    /// It hands on those that it gets itself, too, from a shell's `fg` or a program like `timeout`, and goes on then.
    /// Told apart by what its first thread waits in; where the system does not say that, ranks go on.
    private func isLauncherAboutToKill() -> Bool {
        for _ in 0..<20 {
            if let place = try? String(contentsOfFile: "/proc/\(launcher)/wchan", encoding: .utf8),
                place.contains("nanosleep")
            {
                return true
            }
            usleep(10_000)
        }
        return false
    }

    /// Takes the notes that have come; one of a rank that was ended is passed on at once.
    private func hear() {
        if inbox >= 0 { for note in NoteSocket.read(inbox) { account.take(note) } }
        guard ear >= 0 else { return }
        for note in NoteSocket.read(ear) { account.take(note) }
        if let ended = account.ended { say("rank \(ended.rank)", EndingText.name(ofSignal: ended.signal)) }
    }

    /// Whether somebody hears.
    @discardableResult
    private func tell(_ note: Note) -> Bool {
        if ear >= 0 {
            account.take(note)
            return true
        }
        return NoteSocket.tell(name, Array(note.text.utf8))
    }

    /// This process was ended by a signal meant for it.
    private func end(_ signal: Int32) -> Never {
        lock.lock()
        guard let rank else {
            say("the run", EndingText.name(ofSignal: signal))
            leaveNothing()
            _exit(128 + signal)
        }
        if !tell(.ended(rank.rank, signal: signal)) { becomeSpeaker() }
        if ear >= 0 {
            say("rank \(rank.rank)", EndingText.name(ofSignal: signal))
            // Nobody hears them any more.
            let note = Array(Note.failed(rank.rank).text.utf8)
            for other in account.processes.keys where other != rank.rank {
                _ = NoteSocket.tell("\(name).\(other)", note)
            }
        }
        leaveNothing()
        Self.leave(by: signal)
    }

    /// The launcher ends this rank, or has ended itself.
    ///
    /// - Parameter signal: Its signal: SIGCONT for the warning that comes first, SIGKILL where the launcher is gone.
    private func dismiss(_ signal: Int32) -> Never {
        lock.lock()
        let rank = rank?.rank ?? 0
        hear()
        if !tell(.dismissed(rank)) {
            becomeSpeaker()
            // Where no program of ours started the launcher, the speaker was the first rank, which would still be
            // there.
            if inbox >= 0 { account.miss(0) }
        }
        if ear >= 0 {
            if account.gone == nil { account.lookWhoIsGone() }
            // Another rank's own words may be under way.
            usleep(200_000)
            hear()
            if signal == SIGKILL {
                say("the launcher", "SIGKILL or a failure of its own", isDismissed: true)
            } else if let culprit = account.culprit, culprit != rank {
                say("the run", "the end of rank \(culprit)", isDismissed: true)
            } else {
                say("the run", "its launcher (a signal to it, or the end of a rank)", isDismissed: true)
            }
            // Who comes later finds that this rank speaks.
            usleep(300_000)
        }
        leaveNothing()
        if signal == SIGKILL { LauncherTraces.remove(rank: rank) }
        // A rank that ends shortens the second that the launcher gives to all.
        if signal == SIGCONT { sleep(3) }
        Self.leave(by: signal == SIGCONT ? SIGTERM : signal)
    }

    /// Takes the name of a speaker that is gone, unless another rank has.
    private func becomeSpeaker() {
        ear = NoteSocket.listen(name)
    }

    private func say(_ who: String, _ how: String, isDismissed: Bool = false) {
        guard !hasSpoken, !isComplete, !account.hasFailed else { return }
        hasSpoken = true
        let text = EndingText.message(who, how, folder: folder ?? account.folder)
        // A launcher that ends its ranks hands on nothing of what they say.
        if isDismissed, write(whereErrorsOfLauncher: text) { return }
        Console.complain(text)
    }

    /// Writes to the launcher's standard error.
    ///
    /// What is open to both shares one place to write at; where the system does not let a process have that, a file
    /// that the launcher does not append to may lose the text to its next words.
    private func write(whereErrorsOfLauncher text: String) -> Bool {
        var descriptor = launcherDescriptor >= 0 ? cprocess_share(launcherDescriptor, STDERR_FILENO) : -1
        if descriptor < 0 {
            descriptor = open("/proc/\(launcher)/fd/2", O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        }
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        return Foundation.write(descriptor, bytes, bytes.count) == bytes.count
    }

    /// Ends this process with a signal, or with the exit code that stands for it.
    private static func leave(by number: Int32) -> Never {
        // A quit would write the memory to a file.
        if number != SIGQUIT {
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, number)
            signal(number, SIG_DFL)
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            kill(getpid(), number)
        }
        _exit(128 + number)
    }

    private func leaveNothing() {
        undo?()
    }
}

/// Which signals end a process that was started with some ignored.
///
/// Shells ignore SIGINT and SIGQUIT for what they start in the background, so that the terminal's keys end only what is
/// in front; `nohup` ignores SIGHUP. What a process sends on purpose is heeded all the same, but for a SIGHUP of the
/// session's own shell, which is what `nohup` is for.
package struct Heeded {
    private let ignored: Set<Int32>

    package init(ignored: Set<Int32>? = nil) {
        self.ignored = ignored ?? Set(Interruption.signals.filter(Self.isIgnored))
    }

    /// Whether this process was started with a signal ignored.
    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        guard let handler = action.__sigaction_handler.sa_handler else { return false }
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    package func heeds(_ signal: Int32, sender: Int32, isExplicit: Bool, session: Int32 = getsid(0)) -> Bool {
        guard ignored.contains(signal) else { return true }
        return isExplicit && !(signal == SIGHUP && sender == session)
    }
}

/// What Open MPI leaves behind when its launcher is killed and cannot tidy up.
enum LauncherTraces {
    /// Removes this rank's shared memory, and the launch's temporary folder, by the names that its environment tells.
    static func remove(rank: Int) {
        let environment = ProcessInfo.processInfo.environment
        if let job = environment["PMIX_NAMESPACE"].flatMap({ UInt32($0) }) { removeMemory(job: job) }
        if let folder = environment["OMPI_MCA_orte_jobfam_session_dir"] { removeFolder(folder) }
    }

    /// - Parameter job: Open MPI's number of the launch.
    static func removeMemory(job: UInt32) {
        let tail = ".\(String(job, radix: 16))."
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/dev/shm")) ?? []
        where name.hasPrefix("vader_segment.") && name.contains(tail) {
            unlink("/dev/shm/\(name)")
        }
    }

    /// - Parameter folder: `…/ompi.HOST.USER/pid.PROCESS`.
    static func removeFolder(_ folder: String) {
        let parts = folder.split(separator: "/")
        guard parts.count >= 2, parts[parts.count - 1].hasPrefix("pid.") else { return }
        guard parts[parts.count - 2].hasPrefix("ompi.") else { return }
        try? FileManager.default.removeItem(atPath: folder)
    }
}
