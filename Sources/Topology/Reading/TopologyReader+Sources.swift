import StrictJSON

// Parameters of sources that are lists or files.
extension TopologyReader {
    func readSpikeFile(_ object: JSONObject) throws(DocumentError) -> SpikeFileReference? {
        guard let times = object["spike_times"] else {
            if let population = object["population"] {
                throw population.error(
                    .missingKey, "population says whose spikes of the file \"spike_times\", which is missing")
            }
            return nil
        }
        var file = SpikeFileReference(reference: try readPath(times, "spike_times"))
        if let population = object["population"],
            case .text(let name) = try readArgument(population, "population", .text)
        {
            file.population = name
        }
        return file
    }

    func readRateSchedule(_ object: JSONObject, size: Int) throws(DocumentError) -> RateSchedule? {
        var lists: [String: SourceLists] = [:]
        for (name, range) in [("rates", ValueRange.rate), ("starts", .time), ("durations", .time)] {
            if let value = object[name] { lists[name] = try readLists(value, name, range, size: size) }
        }
        guard let given = object["rates"] ?? object["starts"] ?? object["durations"] else { return nil }
        guard let rates = lists["rates"], let list = lists["starts"], let starts = object["starts"] else {
            throw given.error(
                .missingKey, "\(lists["rates"] == nil ? "rates" : "starts") is missing: each rate needs a start")
        }
        let schedule = RateSchedule(rates: rates, starts: list, durations: lists["durations"])
        for (value, lists, name) in [
            (starts, schedule.starts, "starts"), (object["durations"] ?? starts, schedule.durations, "durations"),
        ] {
            guard let lists else { continue }
            for source in 0..<Self.sources(schedule.rates, lists, size: size)
            where lists[source].count != schedule.rates[source].count {
                throw value.error(
                    .conflict,
                    "a source has \(schedule.rates[source].count) rates and \(lists[source].count) \(name)")
            }
        }
        for list in schedule.starts.distinct {
            for (start, next) in zip(list, list.dropFirst()) where next <= start {
                throw starts.error(
                    .conflict,
                    "starts must ascend, got \(Wording.number(next)) after \(Wording.number(start))")
            }
        }
        return schedule
    }

    /// Sources to look at to have seen all combinations of two lists.
    private static func sources(_ a: SourceLists, _ b: SourceLists, size: Int) -> Int {
        if case .shared = a, case .shared = b { 1 } else { size }
    }

    private func readLists(
        _ value: JSONValue, _ name: String, _ range: ValueRange, size: Int
    ) throws(DocumentError) -> SourceLists {
        switch try readArgument(value, name, .tableOrList(range)) {
        case .numbers(let list): return .shared(list)
        case .list(let rows):
            guard rows.count == size else {
                throw value.error(
                    .conflict, "\(name) has \(rows.count) arrays, the population has \(size) sources")
            }
            return .perSource(rows.map { if case .numbers(let row) = $0 { row } else { [] } })
        default: throw value.wrongType(name, "an array of numbers or an array of one array of numbers for each source")
        }
    }
}
