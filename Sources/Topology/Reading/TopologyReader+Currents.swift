import StrictJSON

extension TopologyReader {
    mutating func readCurrents(
        _ value: JSONValue, _ populations: [Population]
    ) throws(DocumentError) -> [CurrentSource] {
        guard value.isArray else { throw value.wrongType("currents", "an array of objects") }
        var result: [CurrentSource] = []
        for element in value.elements { result.append(try readCurrent(element, populations)) }
        return result
    }

    func readCurrent(_ element: JSONValue, _ populations: [Population]) throws(DocumentError) -> CurrentSource {
        let rule = try readRule(
            element, "the current", RuleSignature.currents, besides: ["population", "neurons"])
        let place = try rule.object.require("population")
        let population = try findPopulation(place, "population", Self.indices(populations))
        guard !populations[population].model.isSource else {
            throw place.error(
                .conflict,
                "\(populations[population].name) is a \(populations[population].model.name) and takes no current")
        }
        var neurons = NeuronSelection.all
        if let selection = rule.object["neurons"] {
            neurons = try readSelection(selection, size: populations[population].size)
        }
        return CurrentSource(kind: try readCurrent(rule), population: population, neurons: neurons)
    }

    func readCurrent(_ rule: ReadRule) throws(DocumentError) -> CurrentSource.Kind {
        let start = rule.number("start")
        let stop = rule.optionalNumber("stop")
        if let stop, stop <= start {
            throw rule.place("stop").error(
                .conflict, "stop must be after start (\(Wording.number(start)) ms), got \(Wording.number(stop))")
        }
        switch rule.name {
        case "DC": return .dc(amplitude: rule.number("amplitude"), start: start, stop: stop)
        case "AC":
            return .ac(
                amplitude: rule.number("amplitude"), offset: rule.number("offset"), frequency: rule.number("frequency"),
                phase: rule.number("phase"), start: start, stop: stop)
        case "Noisy": return .noisy(mean: rule.number("mean"), stdev: rule.number("stdev"), start: start, stop: stop)
        default:
            let times = rule.numbers("times")
            let amplitudes = rule.numbers("amplitudes")
            guard times.count == amplitudes.count else {
                throw rule.place("amplitudes").error(
                    .conflict, "amplitudes must be as many as times, got \(amplitudes.count) and \(times.count)")
            }
            for index in times.indices.dropFirst() where times[index] <= times[index - 1] {
                throw rule.place("times").element(at: index).error(
                    .conflict,
                    "times must ascend, got \(Wording.number(times[index])) after \(Wording.number(times[index - 1]))")
            }
            return .step(times: times, amplitudes: amplitudes)
        }
    }
}
