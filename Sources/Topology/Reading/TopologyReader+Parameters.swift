import StrictJSON

// A population's parameters, with what the values mean together.
extension TopologyReader {
    mutating func readParameters(_ value: JSONValue, _ population: inout Population) throws(DocumentError) {
        let model = population.model
        let object = try JSONObject(value, "the parameters of \(model.name)", keys: model.parameterNames)
        for key in object.keys {
            let member = try object.require(key)
            switch (model.name, key) {
            case ("SpikeSourceArray", "spike_times"):
                population.spikeTimes = try readSpikeTimes(member, size: population.size)
            case ("SpikeSourceFromFile", _), ("SpikeSourcePoissonVariable", _): break
            case ("SpikeInjector", "port"):
                population.arguments[key] = .number(Double(try member.integer(key, in: 1...65535)))
            case ("SpikeInjector", _):
                population.arguments[key] = .number(Double(try member.integer(key, in: 0...Int(UInt32.max))))
            default:
                population.parameters[key] = try readParameter(
                    member, key, CellModel.range(ofParameter: key), size: population.size)
            }
        }
        switch model.name {
        case "SpikeSourceFromFile": population.spikeFile = try readSpikeFile(object)
        case "SpikeSourcePoissonVariable":
            population.rateSchedule = try readRateSchedule(object, size: population.size)
        default: break
        }
        try checkMembrane(population, object)
        try checkPoisson(population, object)
    }

    /// The lowest and highest value a parameter can have; infinite where a distribution has no bound.
    private func extremes(_ value: ParameterValue) -> (low: Double, high: Double) {
        switch value {
        case .number(let number): (number, number)
        case .list(let list): (list.min() ?? 0, list.max() ?? 0)
        case .distribution(let distribution): distribution.support
        }
    }

    mutating func checkMembrane(_ population: Population, _ object: JSONObject) throws(DocumentError) {
        let defaults = population.model.defaults
        // Where a spike has an upstroke of its own, it is the end of that which fires.
        let thresholdName = defaults["v_spike"] == nil ? "v_thresh" : "v_spike"
        if defaults["v_reset"] != nil, defaults[thresholdName] != nil {
            let reset = extremes(population.parameter("v_reset"))
            let threshold = extremes(population.parameter(thresholdName))
            if reset.high.isFinite, threshold.low.isFinite, reset.high >= threshold.low {
                warn(
                    object["v_reset"] ?? object[thresholdName] ?? object.value,
                    "v_reset (\(Wording.number(reset.high))) is not below \(thresholdName) "
                        + "(\(Wording.number(threshold.low))); such a neuron spikes again whenever it may")
            }
        }
        if defaults["tau_m"] != nil, defaults["cm"] != nil {
            let tau = extremes(population.parameter("tau_m"))
            let capacitance = extremes(population.parameter("cm"))
            guard !(tau.low / capacitance.high >= ValueRange.fixedPointLimit) else {
                throw (object["cm"] ?? object["tau_m"] ?? object.value).error(
                    .outOfRange,
                    "tau_m / cm is the membrane's resistance and must be less than 65536 MΩ, got "
                        + Wording.number(tau.low / capacitance.high))
            }
        }
    }

    private mutating func checkPoisson(_ population: Population, _ object: JSONObject) throws(DocumentError) {
        guard population.model.name == CellModel.spikeSourcePoisson.name else { return }
        if let rate = object["rate"] {
            let highest = population.parameter("rate").bounds.upperBound
            let perStep = highest * simulation.timestep / 1000
            if perStep > 1 {
                warn(
                    rate,
                    "a rate of \(Wording.number(highest)) Hz is \(Wording.number(perStep)) spikes a step of one "
                        + "source; they travel as one packet with a count")
            }
        }
        if let start = object["start"] {
            let earliest = extremes(population.parameter("start")).low
            if earliest.isFinite, earliest >= simulation.duration {
                warn(
                    start,
                    "start \(Wording.number(earliest)) ms is not before the end of the run at "
                        + "\(Wording.number(simulation.duration)) ms; these sources stay silent")
            }
        }
    }

    // MARK: - Spike times

    mutating func readSpikeTimes(_ value: JSONValue, size: Int) throws(DocumentError) -> SpikeTimes {
        guard value.isArray else {
            throw value.wrongType("spike_times", "an array of times or an array of one array of times for each source")
        }
        if value.numbers != nil {
            let times = try readTimes(value)
            warnOfTimes([times], at: value)
            return .shared(times)
        }
        guard value.elements.allSatisfy(\.isArray) else {
            for element in value.elements where !element.isArray && !element.isNumber {
                throw element.wrongType("each value of spike_times", "a number or an array of numbers")
            }
            throw value.error(.wrongType, "spike_times mixes times and arrays of times")
        }
        guard value.count == size else {
            throw value.error(
                .conflict, "spike_times has \(value.count) arrays, the population has \(size) sources")
        }
        var lists: [[Double]] = []
        lists.reserveCapacity(size)
        for element in value.elements { lists.append(try readTimes(element)) }
        warnOfTimes(lists, at: value)
        return .perSource(lists)
    }

    private func readTimes(_ value: JSONValue) throws(DocumentError) -> [Double] {
        let times = try value.numberList("spike_times", .time)
        for index in times.indices.dropFirst() where times[index] < times[index - 1] {
            throw value.element(at: index).error(
                .conflict,
                "spike_times must ascend, got \(Wording.number(times[index])) after \(Wording.number(times[index - 1]))"
            )
        }
        return times
    }

    private mutating func warnOfTimes(_ lists: [[Double]], at value: JSONValue) {
        var times = SpikeTimesReview(simulation)
        for time in lists.joined() { times.add(time) }
        for warning in times.warnings() { warn(value, warning) }
    }
}
