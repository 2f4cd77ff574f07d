import Diagnostics
import Foundation
import NetworkFiles
import Results
import TestSupport
import Testing
import Topology

private func source(_ name: String, _ times: [[Int]], neuronsPerCore: Int = 255) -> String {
    #"{"name": "\#(name)", "size": \#(times.count), "model": "SpikeSourceArray", "#
        + #""neurons_per_core": \#(neuronsPerCore), "#
        + #""parameters": {"spike_times": \#(times)}}"#
}

private func changeable(_ name: String, _ low: Double, _ high: Double, weight: Double, _ more: String = "") -> String {
    #"{"name": "\#(name)", "pre": "pre", "post": "post", "connector": {"type": "OneToOne"}\#(more), "#
        + #""synapse": {"type": "WeightChangeable", "w_min": \#(low), "w_max": \#(high), "weight": \#(weight), "#
        + #""delay": 1}, "#
        + #""record": {"weights": {"interval": 1, "apply_pending": true}}}"#
}

private func changer(_ pre: String, _ projection: String, _ change: Double, _ more: String = "") -> String {
    #"{"pre": "\#(pre)", "post": "post", "connector": {"type": "OneToOne"}\#(more), "#
        + #""synapse": {"type": "WeightChanger", "weight_change": \#(change), "projection": "\#(projection)"}}"#
}

private func topology(duration: Int, _ populations: [String], _ projections: [String]) -> String {
    """
    {"format": "spinnsim-topology/1", "simulation": {"duration": \(duration)},
     "populations": [\(populations.joined(separator: ",\n"))],
     "projections": [\(projections.joined(separator: ",\n"))]}
    """
}

/// Recorded weights of a projection, `[step][synapse]`, magnitudes.
private func history(_ projection: String, in folder: TemporaryFolder, _ name: String = "syn_weight") throws
    -> [[Double]]
{
    let script = """
        import h5py, sys
        for row in h5py.File(sys.argv[1])["edges/" + sys.argv[2] + "/history/" + sys.argv[3]][()]: print(*abs(row))
        """
    let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
    let file = folder.path("run/weights/\(projection).h5")
    let answer = try Command.run([python, "-c", script, file, projection, name])
    try #require(answer.status == 0, "\(answer.errors)")
    return answer.output.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
}

/// The numbers of sPyNNaker's integration tests `test_weight_changer_diffs` and `test_weight_changer_limits`.
@Suite(.timeLimit(.minutes(3))) struct WeightChangeTests {
    @Test func changesBetweenSpikesAddUp() throws {
        let folder = try TemporaryFolder()
        _ = try emulate(
            topology(
                duration: 20,
                [
                    source("pre", [[5, 10, 15]]), source("one", [[1, 12, 13]]), source("two", [[7, 8, 12]]),
                    #"{"name": "post", "size": 1, "model": "IF_curr_exp"}"#,
                ],
                [
                    changer("one", "first", -0.75), changeable("first", 0, 5, weight: 2.5),
                    changeable("second", 0, 5, weight: 3, #", "receptor": "inhibitory""#),
                    changer("two", "second", 0.25, #", "receptor": "inhibitory""#),
                ]), in: folder)
        let (first, second) = (try history("first", in: folder), try history("second", in: folder))
        // Samples are taken when a step begins.
        #expect([0, 6, 11, 16].map { first[$0][0] } == [2.5, 1.75, 1.75, 0.25])
        #expect([0, 6, 11, 16].map { second[$0][0] } == [3, 3, 3.5, 3.75])
        let pending = try history("first", in: folder, "syn_weight_pending")
        #expect([1, 2, 12, 13, 14].map { pending[$0][0] } == [2.5, 1.75, 1.75, 1, 0.25])
    }

    @Test(arguments: [1, 2, 5]) func weightsStayWithinTheirBounds(ranks: Int) throws {
        let (neurons, changes, difference) = (5, 6, 4)
        let cycle = neurons * difference
        func times(_ shift: Int) -> [[Int]] {
            (0..<neurons).map { i in (0..<changes).map { $0 * cycle + i * difference + shift } }
        }
        let folder = try TemporaryFolder()
        let network = topology(
            duration: changes * cycle,
            [
                source("pre", times(2), neuronsPerCore: 4),
                #"{"name": "post", "size": 5, "model": "IF_curr_exp", "neurons_per_core": 3}"#,
                source("one", times(0), neuronsPerCore: 2), source("two", times(1), neuronsPerCore: 1),
            ],
            [
                changeable("first", 0.25, 4.5, weight: 2), changeable("second", 0.25, 4.5, weight: 1.5),
                changer("one", "first", 0.5), changer("two", "second", -0.25),
            ])
        _ = try emulate(network, ranks: ranks, in: folder)
        let (first, second) = (try history("first", in: folder), try history("second", in: folder))
        var (up, down) = ([Double](repeating: 2, count: 5), [Double](repeating: 1.5, count: 5))
        for round in 0..<(neurons * changes) {
            #expect(first[round * difference] == up && second[round * difference] == down, "\(round)")
            up[round % neurons] = min(4.5, up[round % neurons] + 0.5)
            down[round % neurons] = max(0.25, down[round % neurons] - 0.25)
        }
        #expect(first.last == up && second.last == down)
    }

    /// Changes of many projections, of several in a step, delayed and forgotten ones: the same on any ranks.
    @Test func changesDoNotDependOnRanks() throws {
        let connector = #"{"type": "FixedProbability", "p_connect": 0.5}"#
        func projection(_ name: String, _ pre: String, _ synapse: String) -> String {
            #"{"name": "\#(name)", "pre": "\#(pre)", "post": "E", "connector": \#(connector), "synapse": \#(synapse)}"#
        }
        func poisson(_ name: String, _ rate: Int) -> String {
            #"{"name": "\#(name)", "size": 20, "model": "SpikeSourcePoisson", "parameters": {"rate": \#(rate)}, "#
                + #""neurons_per_core": 6}"#
        }
        let plastic =
            #"{"type": "WeightChangeable", "w_min": 0.1, "w_max": 1.5, "weight": 0.5, "#
            + #""delay": {"distribution": "uniform", "low": 1, "high": 40}}"#
        func change(_ name: String, _ amount: Double) -> String {
            #"{"type": "WeightChanger", "weight_change": \#(amount), "projection": "\#(name)", "delay": 2}"#
        }
        let network = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 300, "seed": 2},
             "machine": {"core": {"ring_buffer_bits": 11}},
             "populations": [\(poisson("in", 50)), \(poisson("up", 30)), \(poisson("down", 25)),
              {"name": "E", "size": 50, "model": "IF_curr_exp", "record": ["spikes"], "neurons_per_core": 7}],
             "projections": [
              \(projection("a", "in", plastic)), \(projection("b", "E", plastic)),
              \(projection("ua", "up", change("a", 0.07))), \(projection("da", "down", change("a", -0.11))),
              \(projection("ub", "E", change("b", 0.02))), \(projection("db", "down", change("b", -0.05)))]}
            """
        let folder = try TemporaryFolder()
        let hash = try emulate(network, in: folder).spikeHash
        let weights = try learn(network)
        #expect(Set(weights.values.map { $0[0] }).count > 100)
        for ranks in [2, 3, 7, 16] {
            #expect(try learn(network, ranks: ranks) == weights, "\(ranks) ranks")
            #expect(try emulate(network, ranks: ranks, in: folder).spikeHash == hash, "\(ranks) ranks")
        }
    }

    @Test func oneKindOfPlasticityAPopulation() throws {
        let rule = stdp(#""type": "SpikePair""#, #""type": "Additive""#, weight: "1", delay: "1")
        let network = try TopologyReader.read(
            bytes: Array(
                topology(
                    duration: 1, [source("pre", [[1]]), #"{"name": "post", "size": 1, "model": "IF_curr_exp"}"#],
                    [
                        changeable("a", 0, 1, weight: 1),
                        #"{"pre": "pre", "post": "post", "connector": {"type": "OneToOne"}, "synapse": \#(rule)}"#,
                    ]
                ).utf8), file: "t.json"
        ).network
        let failure = #expect(throws: Failure.self) { try network.requireSupported() }
        #expect(failure?.message.contains("the machine has one kind of plastic synapses a population") == true)
    }
}
