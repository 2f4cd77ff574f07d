import StrictJSON

/// What there is to say of the times of spikes that a source is to send, of a list and of a file alike.
///
/// Spikes leave with steps: those between two wait for the later one, and the last step may be before a time.
public struct SpikeTimesReview {
    private let simulation: Simulation
    private var count = 0
    private var late = 0
    private var between = 0

    public init(_ simulation: Simulation) { self.simulation = simulation }

    public mutating func add(_ time: Double) {
        count += 1
        if simulation.step(ofSpikeAt: time) == nil {
            late += 1
        } else if !Delays.isWholeSteps(time, of: simulation.timestep) {
            between += 1
        }
    }

    /// - Parameter place: where no spike at all is worth a word; `nil`: nowhere.
    public func warnings(in place: String? = nil) -> [String] {
        var warnings: [String] = []
        let step = Wording.number(simulation.timestep)
        if late > 0 {
            warnings.append(
                "\(late) spike time\(late == 1 ? " is" : "s are") not before the end of the run at "
                    + "\(Wording.number(simulation.duration)) ms, rounded up to steps of \(step) ms, and will not be "
                    + "sent"
            )
        }
        if between > 0 {
            warnings.append(
                "\(between) spike time\(between == 1 ? " is not a multiple" : "s are not multiples") of the timestep "
                    + "\(step) ms; such a spike is sent at the next step")
        }
        if count == 0, let place { warnings.append("there are no spikes in \(place)") }
        return warnings
    }
}
