import Diagnostics
import Foundation
import NetworkFiles
import Results
import TestSupport
import Testing
import Topology

/// The connections of a file of weights as a projection from file makes them, `[pre, post]` with weight and delay.
private struct Edge: Equatable {
    var pre: Int
    var post: Int
    var weight: Double
    var delay: Double
}

private func edges(_ file: String, in folder: TemporaryFolder, sizes: (pre: Int, post: Int)) throws -> [Edge] {
    let topology = """
        {"format": "spinnsim-topology/1", "simulation": {"duration": 1},
         "populations": [{"name": "pre", "size": \(sizes.pre), "model": "IF_curr_exp"},
          {"name": "post", "size": \(sizes.post), "model": "IF_curr_exp"}],
         "projections": [{"pre": "pre", "post": "post", "connector": {"type": "FromFile", "file": "\(file)"}}]}
        """
    let path = try folder.write(topology, to: "edges.json")
    var network = try TopologyReader.read(bytes: Array(topology.utf8), file: path).network
    try network.readConnections(of: path)
    guard case .fixed(let pattern) = network.projections[0].connector else { return [] }
    var found: [Edge] = []
    for post in 0..<sizes.post {
        pattern.forEachConnection(to: post) { pre, value in
            found.append(
                Edge(pre: pre, post: post, weight: abs(pattern.weight(value)), delay: pattern.delay(value)))
        }
    }
    return found
}

private let uniform = #"{"distribution": "uniform", "low": 0.1, "high": 1}"#

/// Plastic and static synapses, with delays beyond the ring buffers, onto cores that share ranks; `record` of each.
private func network(steps: Int = 200, plastic: String = "", fixed: String = "", inhibitory: String = "") -> String {
    let rule = stdp(
        #""type": "SpikePair", "A_plus": 0.04, "A_minus": 0.03"#, #""type": "Additive", "w_max": 2"#, weight: uniform,
        delay: #"{"distribution": "uniform", "low": 3, "high": 30}"#)
    return """
        {"format": "spinnsim-topology/1", "name": "weights", "simulation": {"duration": \(steps), "seed": 4},
         "machine": {"core": {"ring_buffer_bits": 11}},
         "populations": [
          {"name": "in", "size": 50, "model": "SpikeSourcePoisson", "parameters": {"rate": 50}, "neurons_per_core": 13},
          {"name": "E", "size": 70, "model": "IF_curr_exp", "record": ["spikes"], "neurons_per_core": 9},
          {"name": "I", "size": 30, "model": "IF_curr_exp", "record": ["spikes"], "neurons_per_core": 7}],
         "projections": [
          {"pre": "in", "post": "E", "connector": {"type": "FixedNumberPre", "n": 25}, "synapse": \(rule)\(plastic)},
          {"pre": "E", "post": "I", "connector": {"type": "FixedNumberPre", "n": 20, "with_replacement": true},
           "synapse": {"weight": \(uniform), "delay": {"distribution": "uniform", "low": 3, "high": 5}}\(fixed)},
          {"pre": "I", "post": "E", "receptor": "inhibitory", "connector": {"type": "FixedNumberPre", "n": 7,
           "with_replacement": true},
           "synapse": \(rule)\(inhibitory)}]}
        """
}

@Suite(.timeLimit(.minutes(3))) struct WeightRecordingTests {
    private static let recorded = network(
        plastic: #", "record": {"weights": {"interval": 7, "apply_pending": true}}"#,
        fixed: #", "record": ["weights"]"#, inhibitory: #", "record": {"weights": true}"#)

    /// Files are the same byte for byte, hold what the synapses hold, and recording changes no spike.
    @Test func filesDoNotDependOnRanks() throws {
        let folder = try TemporaryFolder()
        let plain = try emulate(network(), in: folder).spikeHash
        let learnt = try learn(Self.recorded)
        var files: [[String: Data]] = []
        for ranks in [1, 2, 3, 7] {
            let summary = try emulate(Self.recorded, ranks: ranks, in: folder, realTime: ranks == 2)
            #expect(summary.spikeHash == plain)
            #expect(summary.weights.map(\.file) == ["weights/in-to-E.h5", "weights/E-to-I.h5", "weights/I-to-E.h5"])
            #expect(summary.weights.map(\.samples) == [30, 1, 1])
            files.append(
                Dictionary(
                    uniqueKeysWithValues: try summary.weights.map {
                        ($0.file, try Data(contentsOf: URL(fileURLWithPath: folder.path("run/\($0.file)"))))
                    }))
            #expect(files.last == files.first, "\(ranks) ranks")
        }
        for (projection, file, sizes) in [(0, "in-to-E", (50, 70)), (2, "I-to-E", (30, 70))] {
            let edges = try edges("run/weights/\(file).h5", in: folder, sizes: sizes)
            var byPlace: [[Int]: [Double]] = [:]
            for edge in edges {
                byPlace[[projection, edge.pre, edge.post, Int(edge.delay)], default: []].append(edge.weight)
            }
            #expect(byPlace.mapValues { $0.sorted() } == learnt.filter { $0.key[0] == projection })
        }
        let page = try String(contentsOfFile: folder.path("run/report.html"), encoding: .utf8)
        #expect(page.contains("<h2>Weights</h2>") && page.contains("in-&gt;E"))
    }

    /// Static synapses are those of a list, weight and delay included.
    @Test func staticWeightsAreThoseAskedFor() throws {
        let folder = try TemporaryFolder()
        let rows = [[0, 2, 0.25, 3.0], [1, 0, 0.5, 1], [1, 2, 0.125, 2], [0, 0, 0.75, 4], [1, 2, 0.0625, 2]]
        let list = rows.map { "[\(Int($0[0])), \(Int($0[1])), \($0[2]), \($0[3])]" }.joined(separator: ", ")
        _ = try emulate(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 5},
             "populations": [{"name": "a", "size": 3, "model": "IF_curr_exp", "neurons_per_core": 1}],
             "projections": [{"name": "loop", "pre": "a", "post": "a", "record": ["weights"],
              "connector": {"type": "FromList", "conn_list": [\(list)]}}]}
            """, ranks: 2, in: folder)
        let expected = [(0, 0, 0.75, 4.0), (1, 0, 0.5, 1), (0, 2, 0.25, 3), (1, 2, 0.0625, 2), (1, 2, 0.125, 2)]
        #expect(
            try edges("run/weights/loop.h5", in: folder, sizes: (3, 3))
                == expected.map { Edge(pre: $0, post: $1, weight: $2, delay: $3) })
    }

    /// A run that begins with the weights another one ended with has those weights.
    @Test func runsStartFromRecordedWeights() throws {
        let folder = try TemporaryFolder()
        let first = try emulate(Self.recorded, ranks: 2, in: folder, name: "first")
        let learnt = try learn(Self.recorded)
        func fromFile(_ name: String, steps: Int) -> String {
            let connectors = [
                #"{"type": "FixedNumberPre", "n": 25}"#,
                #"{"type": "FixedNumberPre", "n": 20, "with_replacement": true}"#,
                #"{"type": "FixedNumberPre", "n": 7, "with_replacement": true}"#,
            ]
            var text = network(steps: steps, plastic: #", "record": ["weights"]"#)
            for (connector, file) in zip(connectors, ["in-to-E", "E-to-I", "I-to-E"]) {
                text = text.replacing(connector, with: #"{"type": "FromFile", "file": "\#(name)/weights/\#(file).h5"}"#)
            }
            return text
        }
        let second = try emulate(fromFile("first", steps: 1), ranks: 3, in: folder, name: "second")
        #expect(first.synapses == second.synapses)
        let began = try edges("second/weights/in-to-E.h5", in: folder, sizes: (50, 70))
        #expect(try began == edges("first/weights/in-to-E.h5", in: folder, sizes: (50, 70)))
        #expect(began.count == learnt.filter { $0.key[0] == 0 }.values.reduce(0) { $0 + $1.count })
        // Unlearnt weights come back as they are, and the machine's unit is the same, so the run is the same again.
        _ = try emulate(
            network(
                steps: 1, plastic: #", "record": ["weights"]"#, fixed: #", "record": ["weights"]"#,
                inhibitory: #", "record": ["weights"]"#), in: folder, name: "start")
        let again = try emulate(fromFile("start", steps: 200), in: folder, name: "again")
        #expect(again.spikeHash == first.spikeHash)
    }

    /// What the target does after its source's last spike shows in the pending weights alone.
    @Test func pendingChangesAreApplied() throws {
        let folder = try TemporaryFolder()
        let rule = stdp(
            #""type": "SpikePair", "tau_plus": 20, "tau_minus": 64, "A_plus": 0.1, "A_minus": 0.0375"#,
            #""type": "Additive", "w_min": 0, "w_max": 0.5"#, weight: "0.05", delay: "1")
        _ = try emulate(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 60},
             "populations": [
              {"name": "pre", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [10, 50]}},
              {"name": "extra", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [30]}},
              {"name": "post", "size": 1, "model": "IF_cond_exp", "record": ["spikes"]}],
             "projections": [
              {"pre": "pre", "post": "post", "connector": {"type": "OneToOne"}, "synapse": {"weight": 0.1, "delay": 1}},
              {"pre": "extra", "post": "post", "connector": {"type": "OneToOne"}, "synapse": {"weight": 0.1,
               "delay": 1}},
              {"name": "learning", "pre": "pre", "post": "post", "connector": {"type": "OneToOne"}, "synapse": \(rule),
               "record": {"weights": {"interval": 10, "apply_pending": true}}}]}
            """, in: folder)
        #expect(try spikes(folder).compactMap { Double($0.split(separator: ",")[0]) } == [13, 32, 51, 55])
        let script = """
            import h5py, sys
            edges = h5py.File(sys.argv[1])["edges/learning"]
            for name in ["time", "syn_weight", "syn_weight_pending"]:
                print(*edges["history"][name][()].ravel())
            print(edges["0/syn_weight"][0], edges["0/syn_weight_pending"][0], edges["0/syn_weight"].attrs["units"])
            """
        let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
        let answer = try Command.run([python, "-c", script, folder.path("run/weights/learning.h5")])
        #expect(answer.status == 0, "\(answer.errors)")
        let lines = answer.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(lines.count == 4)
        #expect(lines[0].compactMap(Double.init) == [0, 10, 20, 30, 40, 50, 60])
        #expect(lines[3] == [lines[1][6], lines[2][6], "uS"])
        // Target spikes arrive after 4, 23, and, from the second spike on, 2 and 6 ms.
        let (one, two) = (0.05 + 0.1 * exp(-4.0 / 20), 0.05 + 0.1 * (exp(-4.0 / 20) + exp(-23.0 / 20)))
        let end = two - 0.0375 * (exp(-36.0 / 64) + exp(-17.0 / 64))
        let trace = 1 + exp(-40.0 / 20)
        let chip = [0.05, 0.05, 0.05, 0.05, 0.05, 0.05, end]
        let applied = [0.05, 0.05, one, one, two, two, end + 0.1 * trace * (exp(-2.0 / 20) + exp(-6.0 / 20))]
        for (line, expected) in [(lines[1], chip), (lines[2], applied)] {
            for (value, expected) in zip(line.compactMap(Double.init), expected) {
                #expect(abs(value - expected) < 0.001, "\(line)")
            }
        }
    }
}
