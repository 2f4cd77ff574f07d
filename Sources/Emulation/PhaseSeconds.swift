import Diagnostics

/// Seconds a rank spent in each phase.
struct PhaseSeconds {
    /// Runs from the end of the phase before.
    var watch = Stopwatch()
    var read = 0.0
    var map = 0.0
    var load = 0.0
    var simulate = 0.0
    /// Processor time of the simulation.
    var processor = 0.0
    var timers = PhaseTimers()
}
