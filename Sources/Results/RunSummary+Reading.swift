import Diagnostics
import Foundation
import StrictJSON

extension RunSummary {
    /// Reads a `run.json`.
    ///
    /// - Throws: `.noInput`; `.badInput` for text that is not JSON, and naming the key for a value that is missing, of
    ///   another type or makes no sense.
    public init(path: String) throws(Failure) {
        let bytes = try Files.read(path, limit: 256 << 20)
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            self = try decoder.decode(RunSummary.self, from: Data(bytes))
        } catch {
            throw Failure(.badInput, "\(path) is not the summary of a run: \(RunSummary.reason(error, bytes))")
        }
        if let nonsense = nonsense() {
            throw Failure(.badInput, "\(path) is not the summary of a run: \(nonsense)")
        }
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<T: Decodable>(_ key: CodingKeys) throws -> T { try values.decode(T.self, forKey: key) }
        format = try value(.format)
        status = try value(.status)
        name = try value(.name)
        seed = try value(.seed)
        topologySHA256 = try value(.topologySHA256)
        steps = try value(.steps)
        timestep = try value(.timestep)
        spikes = try value(.spikes)
        spikeHash = try value(.spikeHash)
        populations = try value(.populations)
        synapses = try value(.synapses)
        synapticEvents = try value(.synapticEvents)
        packets = try value(.packets)
        machine = try values.decodeIfPresent(Machine.self, forKey: .machine)
        ranks = try value(.ranks)
        pretended = try values.decodeIfPresent(Pretended.self, forKey: .pretended)
        hosts = try value(.hosts)
        balance = try values.decodeIfPresent(Balance.self, forKey: .balance)
        exchange = try value(.exchange)
        phases = try value(.phases)
        rankPhaseNames = try values.decodeIfPresent([String].self, forKey: .rankPhaseNames)
        rankPhases = try values.decodeIfPresent([[Double]].self, forKey: .rankPhases)
        realTimeFactor = try value(.realTimeFactor)
        peakRSS = try value(.peakRSS)
        processorSeconds = try values.decodeIfPresent([String: Double].self, forKey: .processorSeconds)
        overruns = try value(.overruns)
        versions = try value(.versions)
        reports = try value(.reports)
        warnings = try value(.warnings)
        // Earlier versions did not have these.
        weights = try values.decodeIfPresent([WeightReport].self, forKey: .weights) ?? []
        rewiring = try values.decodeIfPresent([RewiringReport].self, forKey: .rewiring) ?? []
        saturations = try values.decodeIfPresent(Int.self, forKey: .saturations) ?? 0
    }

    /// What a decoder did not like, with the place.
    private static func reason(_ error: any Error, _ bytes: [UInt8]) -> String {
        func place(_ path: [any CodingKey]) -> String {
            var text = ""
            for key in path {
                if let index = key.intValue {
                    text += "[\(index)]"
                } else {
                    text += "\(text.isEmpty ? "" : ".")\(key.stringValue)"
                }
            }
            return text
        }
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, let context): return "'\(place(context.codingPath + [key]))' is missing"
        case .valueNotFound(_, let context): return "'\(place(context.codingPath))' is null"
        case .typeMismatch(_, let context), .dataCorrupted(let context):
            let path = place(context.codingPath)
            if !path.isEmpty { return "'\(path)': \(context.debugDescription)" }
            guard case .dataCorrupted = error else { return context.debugDescription }
            return syntaxError(bytes) ?? "a number in it has a fraction or is too large where an integer belongs"
        @unknown default: return "\(error)"
        }
    }

    /// What the strict reader has to say about text that is not JSON, since the lenient one does not say where.
    private static func syntaxError(_ bytes: [UInt8]) -> String? {
        do throws(DocumentError) {
            _ = try JSONReader.parse(bytes: bytes, file: "run.json")
            return nil
        } catch {
            guard [.syntax, .encoding, .duplicateKey].contains(error.code) else { return nil }
            return "line \(error.line), column \(error.column): \(error.message)"
        }
    }

    /// The first value that cannot be a run's, if any.
    private func nonsense() -> String? {
        guard format == "spinnsim-run/1" else { return "'format' is \"\(format)\", this program reads spinnsim-run/1" }
        guard timestep.isFinite, timestep >= 1e-6, timestep <= 1e6 else { return "'timestep' is \(timestep) ms" }
        guard 0...Int(UInt32.max) ~= steps else { return "'steps' is \(steps)" }
        guard 1...Int(Int32.max) ~= ranks else { return "'ranks' is \(ranks)" }
        var counts = [
            ("spikes", spikes), ("synapses", synapses), ("synaptic_events", synapticEvents), ("overruns", overruns),
            ("saturations", saturations),
        ]
        counts += packets.sorted { $0.key < $1.key }.map { ("packets.\($0.key)", $0.value) }
        if let machine {
            counts += [
                ("machine.width", machine.width), ("machine.height", machine.height),
                ("machine.boards", machine.boards),
                ("machine.chips", machine.chips), ("machine.chips_used", machine.chipsUsed),
                ("machine.cores", machine.cores),
            ]
        }
        for (index, report) in reports.enumerated() {
            counts += [("reports[\(index)].neurons", report.neurons), ("reports[\(index)].samples", report.samples)]
        }
        for (index, report) in weights.enumerated() {
            counts += [("weights[\(index)].synapses", report.synapses), ("weights[\(index)].samples", report.samples)]
        }
        for (index, report) in rewiring.enumerated() {
            counts += [
                ("rewiring[\(index)].formed", report.formed), ("rewiring[\(index)].eliminated", report.eliminated),
            ]
        }
        for (index, population) in populations.enumerated() {
            let place = "populations[\(index)]"
            counts += [("\(place).size", population.size), ("\(place).spikes", population.spikes ?? 0)]
            guard population.size <= Int(Int32.max) else { return "'\(place).size' is \(population.size)" }
            guard population.size >= 0 else { return "'\(place).size' is \(population.size)" }
            guard 0...population.size ~= population.recorded ?? 0 else {
                return "'\(place).recorded' is \(population.recorded ?? 0) of \(population.size) neurons"
            }
        }
        for (key, count) in counts where count < 0 { return "'\(key)' is \(count)" }
        return nonsenseInTimes()
    }

    private func nonsenseInTimes() -> String? {
        func isTime(_ value: Double) -> Bool { value >= 0 && value < 1e12 }
        for (name, phase) in phases.inOrder {
            let spreads =
                [(name, phase.total)] + phase.parts.sorted { $0.key < $1.key }.map { ("\(name).\($0.key)", $0.value) }
            for (key, spread) in spreads where ![spread.min, spread.mean, spread.max].allSatisfy(isTime) {
                return "'phases.\(key)' is \(spread.min), \(spread.mean), \(spread.max) seconds"
            }
        }
        for (rank, seconds) in (rankPhases ?? []).enumerated() {
            if let wrong = seconds.first(where: { !isTime($0) }) {
                return "'rank_phases[\(rank)]' has \(wrong) seconds"
            }
        }
        if let wrong = processorSeconds?.first(where: { !isTime($0.value) }) {
            return "'processor_seconds.\(wrong.key)' is \(wrong.value)"
        }
        if !(realTimeFactor >= 0) { return "'real_time_factor' is \(realTimeFactor)" }
        if !(peakRSS.max >= 0 && peakRSS.mean >= 0) { return "'peak_rss' is \(peakRSS.max)" }
        return nil
    }
}
