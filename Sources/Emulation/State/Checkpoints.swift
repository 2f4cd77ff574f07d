import Diagnostics
import Foundation
import Results
import Transport

/// Saves the state of a run when it is due or asked for, and ends the run where it should.
///
/// Signals and clocks are a rank's own; ranks meet about four times a second to agree on what they have seen, after a
/// number of steps that rank 0 proposes.
final class Checkpoints {
    /// Seconds between two meetings.
    private static let patience = 0.25
    private static let mostSteps = 100_000

    private let file: String
    private let header: (Int) -> StateHeader
    private let session: Session
    private let interval: Int?
    /// The step that the run is to stop before; `nil`: it goes to its end.
    let until: Int?
    /// On the clock of ``Stopwatch``.
    private let deadline: UInt64?
    /// The next step before which ranks meet.
    private(set) var next: Int
    /// Where ranks agree on signals and clocks.
    private var meeting: Int
    private var spacing = 16
    private var watch = Stopwatch()
    /// The run has stopped before its time.
    private var isStopped = false
    private var transport: any Transport { session.transport }

    /// - Parameters:
    ///   - header: What the file says of a state before a step.
    ///   - interval: Steps between two states.
    ///   - until: Step to stop before.
    ///   - deadline: Nanoseconds on the clock of ``Stopwatch``, at which to stop.
    init(
        _ file: String, of session: Session, header: @escaping (Int) -> StateHeader, interval: Int?, until: Int?,
        deadline: UInt64?
    ) {
        self.file = file
        self.header = header
        self.session = session
        self.interval = interval
        self.until = until
        self.deadline = deadline
        meeting = session.step + spacing
        next = session.step
        next = following(session.step)
    }

    /// The next step after `step` at which something can be due.
    private func following(_ step: Int) -> Int {
        var next = meeting
        if let interval { next = min(next, (step / interval + 1) * interval) }
        return next
    }

    /// Meets the other ranks when step ``next`` is about to begin; entered by all.
    ///
    /// - Returns: `false`: the run ends here.
    func meet() throws(Failure) -> Bool {
        let step = session.step
        var wants = StateSignals.take()
        if let deadline, Stopwatch.now() >= deadline { wants.stop = true }
        let agreed = try transport.reduce(
            [wants.save ? 1 : 0, wants.stop ? 1 : 0, transport.rank == 0 ? Int64(proposedSpacing(step)) : 0], .maximum)
        if step >= meeting {
            spacing = Int(agreed[2])
            meeting = step + spacing
        }
        next = following(step)
        let isDue = interval.map { step % $0 == 0 } ?? false
        guard isDue || agreed[0] > 0 || agreed[1] > 0 else { return true }
        try session.save(to: file, header(step))
        isStopped = agreed[1] > 0
        return !isStopped
    }

    /// Whether the run stops where it is, with its state saved, be it planned or not; entered by all.
    func hasStopped() throws(Failure) -> Bool {
        if isStopped { return true }
        guard let until else { return false }
        try session.save(to: file, header(until))
        return true
    }

    /// Steps to the meeting after this one, by how long those since the last took.
    private func proposedSpacing(_ step: Int) -> Int {
        guard step >= meeting else { return spacing }
        let rate = Double(spacing) / max(watch.lap(), 1e-6)
        return max(1, min(Int(rate * Self.patience), 4 * spacing, Self.mostSteps))
    }
}

/// What was asked of this process by signals: SIGUSR1 to save the state, SIGUSR2 to save it and stop.
enum StateSignals {
    nonisolated(unsafe) private static let asked = {
        let words = UnsafeMutablePointer<sig_atomic_t>.allocate(capacity: 2)
        words.initialize(repeating: 0, count: 2)
        return words
    }()

    /// Listens from now on, also where a process has inherited the signals blocked.
    static func install() {
        asked.update(repeating: 0, count: 2)
        signal(SIGUSR1) { _ in StateSignals.asked[0] = 1 }
        signal(SIGUSR2) { _ in StateSignals.asked[1] = 1 }
        var numbers = sigset_t()
        sigemptyset(&numbers)
        for number in [SIGUSR1, SIGUSR2] { sigaddset(&numbers, number) }
        pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    }

    /// What was asked for since the last call.
    static func take() -> (save: Bool, stop: Bool) {
        let (saves, stops) = (asked[0] != 0, asked[1] != 0)
        if saves { asked[0] = 0 }
        if stops { asked[1] = 0 }
        return (saves, stops)
    }
}
