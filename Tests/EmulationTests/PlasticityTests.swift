import Diagnostics
import Emulation
import Fabric
import Foundation
import Mapping
import Results
import TestSupport
import Testing
import Topology
import Transport

/// Runs a topology on in-process ranks and collects the weights that it ends with.
///
/// - Returns: Weights by (projection, source, target, delay); several when that is the same for several synapses.
func learn(_ topology: String, ranks: Int = 1, singleSteps: Bool = false) throws -> [[Int]: [Double]] {
    let folder = try TemporaryFolder()
    _ = try folder.write(topology, to: "t.json")
    let network = try TopologyReader.read(bytes: Array(topology.utf8), file: "t.json").network
    try network.requireSupported()
    let mapping = try map(network).mapping
    let assigned = assignRanks(mapping, of: network, ranks: ranks)
    let fabric = try Fabric(mapping)
    let path = folder.path("spikes")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let steps = network.simulation.steps
    let results = InProcessTransport.run(ranks: ranks) { transport in
        let loaded = try RankNetwork(
            network: network, mapping: mapping, fabric: fabric, ranks: assigned, rank: transport.rank,
            singleSteps: singleSteps, progress: { _ in })
        let recorder = try RankRecorder(
            loaded, rank: transport.rank, run: RunDescription(network: network, ranks: ranks, topologySHA256: ""),
            folder: path)
        let emulation = RankEmulation(
            loaded, transport: transport, recorder: recorder,
            exchange: try RankEmulation.makeExchange(loaded, .auto, on: transport))
        try emulation.run(steps: steps, realTime: nil) { _ in }
        var found: [PlasticWeight] = []
        loaded.forEachPlasticSynapse { found.append($0) }
        return found
    }
    var all: [[Int]: [Double]] = [:]
    for result in results {
        for synapse in try result.get() {
            all[[synapse.projection, synapse.source, synapse.target, synapse.delay], default: []].append(synapse.weight)
        }
    }
    return all.mapValues { $0.sorted() }
}

func stdp(
    _ timing: String, _ dependence: String, weight: String, delay: String, _ more: String = ""
) -> String {
    #"{"type": "STDP", "weight": \#(weight), "delay": \#(delay), "timing": {\#(timing)}, "#
        + #""weight_dependence": {\#(dependence)}\#(more)}"#
}

/// Set-ups and post spikes of sPyNNaker's integration tests, recorded on the machine; names as there.
private struct HardwareCase: CustomTestStringConvertible {
    var testDescription: String
    var model: String
    var drive: Double
    var synapse: String
    var spikes: [Double]
    /// What the test there expects of the weight, and how near.
    var weight: Double?
    var tolerance = 0.001
}

private let hardwareCases = [
    HardwareCase(
        testDescription: "test_IF_cond_exp_stdp_mad_pair_additive", model: "IF_cond_exp", drive: 0.1,
        synapse: stdp(
            #""type": "SpikePair", "tau_plus": 20, "tau_minus": 64, "A_plus": 0.1, "A_minus": 0.0375"#,
            #""type": "Additive", "w_min": 0, "w_max": 0.5"#, weight: "0.05", delay: "1"),
        spikes: [1013, 1032, 1051, 1055],
        weight: 0.05 + 0.1 * (exp(-4.0 / 20) + exp(-23.0 / 20)) - 0.0375 * (exp(-36.0 / 64) + exp(-17.0 / 64))),
    HardwareCase(
        testDescription: "test_IF_cond_exp_stdp_nearest_pair_additive", model: "IF_cond_exp", drive: 0.1,
        synapse: stdp(
            #""type": "SpikeNearestPair", "tau_plus": 20, "tau_minus": 64, "A_plus": 0.1, "A_minus": 0.0375"#,
            #""type": "Additive", "w_min": 0, "w_max": 0.5"#, weight: "0.05", delay: "1"),
        spikes: [1013, 1032, 1051, 1055], weight: 0.05 + 0.1 * exp(-4.0 / 20) - 0.0375 * exp(-17.0 / 64)),
    HardwareCase(
        testDescription: "test_STDP_nearest_pair_additive", model: "IF_curr_exp", drive: 5,
        synapse: stdp(
            #""type": "SpikeNearestPair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.01, "A_minus": 0.01"#,
            #""type": "Additive", "w_min": 0, "w_max": 5"#, weight: "2.5", delay: "3"),
        spikes: [1014, 1032, 1053], weight: 2.5 + 0.01 * exp(-7.0 / 20) - 0.01 * exp(-15.0 / 20)),
    HardwareCase(
        testDescription: "test_STDP_pair_multiplicative", model: "IF_curr_exp", drive: 5,
        synapse: stdp(
            #""type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.01, "A_minus": 0.01"#,
            #""type": "Multiplicative", "w_min": 0, "w_max": 5"#, weight: "2.5", delay: "3"),
        spikes: [1014, 1032, 1053]),
]

@Suite(.timeLimit(.minutes(3))) struct PlasticityOnTheMachineTests {
    /// A source drives a neuron by a static and a plastic synapse, and another one between its two spikes.
    @Test(arguments: hardwareCases) fileprivate func spikesAndWeightsOfTheMachine(_ known: HardwareCase) throws {
        let folder = try TemporaryFolder()
        let network = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 1100},
             "populations": [
              {"name": "pre", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [1010, 1050]}},
              {"name": "extra", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [1030]}},
              {"name": "post", "size": 1, "model": "\(known.model)", "record": ["spikes"]}],
             "projections": [
              {"pre": "pre", "post": "post", "connector": {"type": "OneToOne"}, "synapse": {"weight": \(known.drive),
               "delay": 1}},
              {"pre": "extra", "post": "post", "connector": {"type": "OneToOne"}, "synapse": {"weight": \(known.drive),
               "delay": 1}},
              {"pre": "pre", "post": "post", "connector": {"type": "OneToOne"}, "synapse": \(known.synapse)}]}
            """
        _ = try emulate(network, in: folder)
        #expect(try spikes(folder).compactMap { Double($0.split(separator: ",")[0]) } == known.spikes)
        let learnt = try learn(network)
        #expect(learnt.count == 1)
        let weight = try #require(learnt.first?.value.first)
        if let expected = known.weight {
            #expect(abs(weight - expected) < known.tolerance * max(1, expected), "\(weight), expected \(expected)")
        }
    }
}

/// What the test networks differ in.
private struct LearningForm: CustomTestStringConvertible {
    var testDescription: String
    var shortest = 3
    var longest = 60
    var ringBufferBits = 11
    var backprop = true
    /// Steps of an exchange.
    var window: Double
}

private let learningForms = [
    LearningForm(testDescription: "delay stages", window: 1),
    LearningForm(testDescription: "no back-propagation delay", backprop: false, window: 1),
    LearningForm(testDescription: "windows of 4 steps", shortest: 4, longest: 15, ringBufferBits: 14, window: 4),
    LearningForm(
        testDescription: "windows of 16 steps, no back-propagation delay", shortest: 17, longest: 30,
        ringBufferBits: 14, backprop: false, window: 16),
]

/// Plastic and static projections of every rule at once, recurrent, with delays beyond the ring buffers, from sources
/// that send several spikes a step, onto cores that share ranks.
private func learningNetwork(_ form: LearningForm, steps: Int = 300) -> String {
    func rule(_ timing: String, _ dependence: String, _ weight: String, _ longest: Int) -> String {
        stdp(
            timing, dependence, weight: weight,
            delay: #"{"distribution": "uniform", "low": \#(form.shortest), "high": \#(longest)}"#,
            #", "backprop_delay": \#(form.backprop)"#)
    }
    let uniform = #"{"distribution": "uniform", "low": 0.05, "high": 0.3}"#
    let pair = rule(
        #""type": "SpikePair", "tau_plus": 18, "tau_minus": 25, "A_plus": 0.03, "A_minus": 0.02"#,
        #""type": "Additive", "w_max": 0.4"#, uniform, form.longest)
    let rules = [
        (
            "N",
            rule(
                #""type": "SpikeNearestPair", "A_plus": 0.05, "A_minus": 0.04"#,
                #""type": "Multiplicative", "w_max": 0.5"#, uniform, 20)
        ),
        (
            "T",
            rule(
                #""type": "PfisterSpikeTriplet", "tau_plus": 16.8, "tau_minus": 33.7, "tau_x": 101, "tau_y": 114"#,
                #""type": "AdditiveTriplet", "w_max": 0.5"#, uniform, 20)
        ),
        (
            "V",
            rule(
                #""type": "Vogels2011", "alpha": 0.12, "A_plus": 0.02"#, #""type": "Additive", "w_max": 0.5"#,
                uniform, 20)
        ),
        (
            "R",
            rule(
                #""type": "Recurrent", "accumulator_potentiation": 3, "accumulator_depression": -3, "A_plus": 0.1, "#
                    + #""A_minus": 0.1"#,
                #""type": "Additive", "w_max": 0.5"#, uniform, 20)
        ),
    ]
    let cell =
        #""model": "IF_curr_exp", "record": ["spikes"], "parameters": {"tau_m": 10, "cm": 0.25, "tau_syn_E": 2, "#
        + #""tau_refrac": 1, "#
        + #""i_offset": {"distribution": "uniform", "low": 0.2, "high": 0.5}}"#
    let others = rules.map { #"{"name": "\#($0.0)", "size": 30, "neurons_per_core": 11, \#(cell)}"# }
    let onto = rules.map {
        """
        {"pre": "P", "post": "\($0.0)", "connector": {"type": "FixedProbability", "p_connect": 0.3}, "synapse": \($0.1)}
        """
    }
    return """
        {"format": "spinnsim-topology/1", "name": "learning", "simulation": {"duration": \(steps), "seed": 11},
         "machine": {"core": {"ring_buffer_bits": \(form.ringBufferBits)}},
         "populations": [
          {"name": "P", "size": 90, "neurons_per_core": 25, \(cell)},
          {"name": "noise", "size": 20, "model": "SpikeSourcePoisson", "parameters": {"rate": 900}},
          \(others.joined(separator: ",\n"))],
         "projections": [
          {"pre": "P", "post": "P", "connector": {"type": "FixedProbability", "p_connect": 0.2}, "synapse": \(pair)},
          {"pre": "noise", "post": "P", "connector": {"type": "FixedNumberPre", "n": 3}, "synapse": \(pair)},
          {"pre": "P", "post": "P", "receptor": "inhibitory", "connector": {"type": "FixedNumberPre", "n": 5},
           "synapse": {"weight": -0.2, "delay": \(form.shortest)}},
          \(onto.joined(separator: ",\n"))]}
        """
}

@Suite(.timeLimit(.minutes(5))) struct LearningInvarianceTests {
    @Test(arguments: learningForms) fileprivate func weightsDoNotDependOnRanksOrWindows(form: LearningForm) throws {
        let folder = try TemporaryFolder()
        let network = learningNetwork(form)
        let summary = try emulate(network, in: folder)
        #expect(summary.exchange.parameters["steps_per_exchange"] == form.window)
        #expect(summary.spikes > 2000)
        let weights = try learn(network)
        #expect(weights.count > 3000)
        for ranks in [1, 2, 3, 7] {
            for singleSteps in [true, false] {
                #expect(try learn(network, ranks: ranks, singleSteps: singleSteps) == weights, "\(ranks) ranks")
            }
            #expect(try emulate(network, ranks: ranks, in: folder).spikeHash == summary.spikeHash, "\(ranks) ranks")
        }
        #expect(try emulate(network, ranks: 2, in: folder, realTime: true).spikeHash == summary.spikeHash)
        // They have learnt: few weights are what they began with, in every projection.
        let start = try learn(learningNetwork(form, steps: 1))
        for projection in Set(weights.keys.map { $0[0] }) {
            let own = weights.filter { $0.key[0] == projection }
            let same = own.count { start[$0.key] == $0.value }
            #expect(same < own.count * 2 / 3, "projection \(projection): \(same) of \(own.count)")
        }
    }
}
