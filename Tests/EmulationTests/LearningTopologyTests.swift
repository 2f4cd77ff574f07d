import Foundation
import TestSupport
import Testing
import Topology

/// The examples that learn, smaller and shorter: what they are for still shows.
@Suite(.timeLimit(.minutes(5))) struct LearningTopologyTests {
    /// An example as an object that can be changed.
    private func example(_ name: String, _ change: (inout [String: Any]) throws -> Void) throws -> String {
        let file = Repository.root.appending(path: "Topologies/\(name).json")
        var network = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        try change(&network)
        return String(decoding: try JSONSerialization.data(withJSONObject: network), as: UTF8.self)
    }

    private func set(_ value: Any, _ key: String, of name: String, in list: String, _ network: inout [String: Any]) {
        network[list] = (network[list] as? [[String: Any]] ?? []).map { entry in
            var entry = entry
            if entry["name"] as? String == name { entry[key] = value }
            return entry
        }
    }

    private func setDuration(_ duration: Int, of network: inout [String: Any]) throws {
        var simulation = try #require(network["simulation"] as? [String: Any])
        simulation["duration"] = duration
        network["simulation"] = simulation
    }

    /// Times (ms) of a population's spikes by neuron.
    private func trains(_ population: String, in folder: TemporaryFolder) throws -> [Int: [Double]] {
        var trains: [Int: [Double]] = [:]
        for line in try spikes(folder) {
            let fields = line.split(separator: ",")
            guard fields.count == 3, fields[1] == population, let time = Double(fields[0]), let neuron = Int(fields[2])
            else { continue }
            trains[neuron, default: []].append(time)
        }
        return trains
    }

    /// Five neurons instead of twenty, and 100 s: most weights have left the middle for both ends.
    @Test func weightsBecomeBimodal() throws {
        let network = try example("bimodal-weights") { network in
            try setDuration(100_000, of: &network)
            set(5, "size", of: "target", in: "populations", &network)
        }
        let weights = try learn(network, ranks: 2).values.flatMap { $0 }
        let largest = 6.103515625e-5
        #expect(weights.count == 1000 && weights.allSatisfy { $0 >= 0 && $0 <= largest * 1.01 })
        let lower = Double(weights.count { $0 < largest / 4 }) / 1000
        let upper = Double(weights.count { $0 > largest * 3 / 4 }) / 1000
        let middle = Double(weights.count { abs($0 - largest / 2) < largest / 8 }) / 1000
        #expect(lower > 0.35 && upper > 0.1 && middle < 0.15, "\(lower) low, \(upper) high, \(middle) in the middle")
    }

    /// A minute instead of five: synapses that begin anywhere are nearer to their targets already, those among the
    /// targets most.
    @Test func aMapForms() throws {
        func distance(_ projection: Int, _ synapses: [[Int]: [Double]]) -> Double {
            var (sum, count) = (0.0, 0.0)
            for (key, weights) in synapses where key[0] == projection {
                let squared = [key[1] / 16 - key[2] / 16, key[1] % 16 - key[2] % 16].reduce(0) {
                    $0 + min(abs($1), 16 - abs($1)) * min(abs($1), 16 - abs($1))
                }
                sum += Double(squared).squareRoot() * Double(weights.count)
                count += Double(weights.count)
            }
            return sum / count
        }
        let network = try example("topographic-map") { try setDuration(60_000, of: &$0) }
        let first = try learn(example("topographic-map") { try setDuration(1, of: &$0) })
        let last = try learn(network, ranks: 2)
        // The file's fifth projection is from the retina, the sixth among the targets.
        for place in [4, 5] { #expect((6...6.3).contains(distance(place, first))) }
        #expect((4.5...5.6).contains(distance(4, last)))
        #expect((4...5.3).contains(distance(5, last)))
    }

    /// A third of the neurons with as many connections each: excitatory neurons come to the rate that the rule names.
    @Test func inhibitionBalances() throws {
        let folder = try TemporaryFolder()
        let network = try example("inhibitory-balance") { network in
            try setDuration(8000, of: &network)
            set(800, "size", of: "E", in: "populations", &network)
            set(200, "size", of: "I", in: "populations", &network)
            network["projections"] = (network["projections"] as? [[String: Any]] ?? []).map { projection in
                var (projection, connector) = (projection, projection["connector"] as? [String: Any] ?? [:])
                connector["p_connect"] = (connector["p_connect"] as? Double ?? 0) * 2.5
                projection["connector"] = connector
                projection["record"] = nil
                return projection
            }
        }
        _ = try emulate(network, ranks: 2, in: folder)
        let trains = try trains("E", in: folder)
        let early = trains.values.reduce(0) { $0 + $1.count { $0 < 200 } }
        #expect(Double(early) / 800 / 0.2 > 20)
        let rates = (0..<800).map { neuron in Double((trains[neuron] ?? []).count { $0 >= 4000 }) / 4 }
        let mean = rates.reduce(0, +) / 800
        #expect(abs(mean - 8) < 1.2, "\(mean) Hz")
        #expect(rates.count { abs($0 - 8) < 2.5 } > 720, "\(rates.sorted())")
    }

    /// Half the repetitions: the error falls to a tenth.
    @Test func aPatternIsLearnt() throws {
        let folder = try TemporaryFolder()
        let epochs = 60
        let network = try example("resume-pattern") { network in
            try setDuration(300 * epochs, of: &network)
            set(
                ["spike_times": (0..<epochs).map { 300 * $0 }], "parameters", of: "clock", in: "populations", &network)
        }
        _ = try emulate(network, ranks: 2, in: folder)
        let (learnt, wanted) = (try trains("output", in: folder), try trains("wanted", in: folder))
        /// Van Rossum's distance with 10 ms, as a sum over steps, of all outputs in one repetition.
        func error(_ epoch: Int) -> Double {
            var sum = 0.0
            for output in 0..<5 {
                var difference = 0.0
                for step in (300 * epoch)..<(300 * epoch + 300) {
                    difference *= exp(-0.1)
                    difference += learnt[output]?.contains(Double(step)) ?? false ? 1 : 0
                    difference -= wanted[output]?.contains(Double(step - 1)) ?? false ? 1 : 0
                    sum += difference * difference / 10
                }
            }
            return sum / 5
        }
        let before = error(0)
        let after = (epochs - 10..<epochs).map(error).reduce(0, +) / 10
        #expect(before > 1.5 && after < before / 10, "\(before), then \(after)")
    }
}
