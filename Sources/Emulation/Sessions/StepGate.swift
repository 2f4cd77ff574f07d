public import Diagnostics

/// What acts between the steps of a run, at the same steps on all ranks.
public protocol StepGate: AnyObject {
    /// The first step not before `step` before which it wants to be entered; the same on every rank, at least `step`.
    func next(from step: Int) -> Int
    /// Acts before `step`, on all ranks; `false`: the run ends here.
    func enter(_ step: Int) throws(Failure) -> Bool
}
