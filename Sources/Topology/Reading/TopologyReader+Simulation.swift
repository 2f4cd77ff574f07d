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
        let duration = try object.require("duration").number("duration", ValueRange(low: 0))
        var result = Simulation(duration: duration)
        if let timestep = object["timestep"] {
            let range = ValueRange(low: Self.shortestTimestep, high: ValueRange.fixedPointLimit, isOpenAbove: true)
            result.timestep = try timestep.number("timestep", range)
        }
        result.timeScaleFactor = try object.integer("time_scale_factor", in: 1...65535) ?? 1
        if let seed = object["seed"] { result.seed = try seed.seed("seed") }
        if let random = object["random"] {
            result.random = try random.choice("random", of: ["chip", "counter"]) == "counter" ? .counter : .chip
        }
        let durationValue = try object.require("duration")
        let steps = duration / result.timestep
        guard steps <= 4_294_967_295 else {
            throw durationValue.error(
                .outOfRange,
                "duration \(Wording.number(duration)) ms needs more than 4294967295 steps of "
                    + "\(Wording.number(result.timestep)) ms; shorten it or lengthen the timestep")
        }
        guard duration == 0 || steps > 1e-6 else {
            throw durationValue.error(
                .outOfRange, "duration must be 0 or at least one timestep, got \(durationValue.found)")
        }
        if !Delays.isWholeSteps(duration, of: result.timestep) {
            warn(
                durationValue,
                "duration \(Wording.number(duration)) ms is not a multiple of the timestep "
                    + "\(Wording.number(result.timestep)) ms; it is rounded up to \(result.steps) steps")
        }
        return result
    }
}
