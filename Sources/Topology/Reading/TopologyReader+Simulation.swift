import StrictJSON

extension TopologyReader {
    /// Shortest timestep in ms: the machine's timer is set in whole microseconds.
    static let shortestTimestep = 0.001

    /// Poisson sources need a timestep below this.
    static let longestPoissonTimestep = 1000.0

    mutating func readSimulation(_ value: JSONValue) throws(DocumentError) -> Simulation {
        let object = try JSONObject(
            value, "simulation", keys: ["duration", "timestep", "time_scale_factor", "seed", "random"],
            required: ["duration"])
        let durationValue = try object.require("duration")
        let written = try durationValue.number("duration", .time)
        var result = Simulation(duration: overrides.duration ?? written)
        if let timestep = object["timestep"] {
            let range = ValueRange(low: Self.shortestTimestep, high: ValueRange.fixedPointLimit, isOpenAbove: true)
            result.timestep = try timestep.number("timestep", range)
        }
        result.timeScaleFactor = try object.integer("time_scale_factor", in: 1...65535) ?? 1
        if let seed = object["seed"] { result.seed = try seed.seed("seed") }
        if let seed = overrides.seed { result.seed = seed }
        if let random = object["random"] {
            result.random = try random.choice("random", of: ["chip", "counter"]) == "counter" ? .counter : .chip
        }
        try checkDuration(durationValue, result)
        return result
    }

    /// Refuses a run of too many steps or of a part of one; warns of one whose last step is cut.
    private mutating func checkDuration(_ value: JSONValue, _ simulation: Simulation) throws(DocumentError) {
        let (duration, timestep) = (simulation.duration, simulation.timestep)
        let isOption = overrides.duration != nil
        func refusal(_ message: String) -> DocumentError {
            isOption ? value.error(.option, "--duration: " + message) : value.error(.outOfRange, message)
        }
        let found = isOption ? Wording.number(duration) : value.found
        guard ValueRange.time.contains(duration) else {
            throw refusal("duration must be \(ValueRange.time.words(for: duration)), got \(found)")
        }
        let steps = duration / timestep
        guard steps <= 4_294_967_295 else {
            throw refusal(
                "duration \(Wording.number(duration)) ms needs more than 4294967295 steps of "
                    + "\(Wording.number(timestep)) ms; shorten it or lengthen the timestep")
        }
        guard duration == 0 || steps > 1e-6 else {
            throw refusal("duration must be 0 or at least one timestep, got \(found)")
        }
        if !Delays.isWholeSteps(duration, of: timestep) {
            warn(
                value,
                "duration \(Wording.number(duration)) ms is not a multiple of the timestep "
                    + "\(Wording.number(timestep)) ms; it is rounded up to \(simulation.steps) steps")
        }
    }
}
