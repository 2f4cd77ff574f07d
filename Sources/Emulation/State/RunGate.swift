import Diagnostics
import Topology

/// Saves states and makes changes on the way of a run.
final class RunGate: StepGate {
    private let session: Session
    private let checkpoints: Checkpoints?

    init(_ session: Session, _ checkpoints: Checkpoints?) {
        self.session = session
        self.checkpoints = checkpoints
    }

    func next(from step: Int) -> Int {
        max(step, min(checkpoints?.next ?? .max, session.scheduled.first?.change.step ?? .max))
    }

    func enter(_ step: Int) throws(Failure) -> Bool {
        // A state has the changes of its step still to come.
        if let checkpoints, step >= checkpoints.next, try !checkpoints.meet() { return false }
        try session.applyDue(before: step)
        return true
    }
}
