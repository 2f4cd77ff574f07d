import Foundation
import Results
import TestSupport
import Testing
import Topology

/// Every rule beyond sPyNNaker, taught and untaught, beside one of the chip's onto the same population.
private func beyondNetwork(shortest: Int, ringBufferBits: Int, steps: Int = 300) -> String {
    func synapse(_ timing: String, _ dependence: String = #""type": "Additive", "w_max": 0.5"#) -> String {
        stdp(
            timing, dependence, weight: #"{"distribution": "uniform", "low": 0.05, "high": 0.3}"#,
            delay: #"{"distribution": "uniform", "low": \#(shortest), "high": 20}"#)
    }
    let rules = [
        ("H", synapse(#""type": "HebbianRate", "tau": 50, "rate": 10, "A_plus": 0.02, "A_minus": 0.02"#)),
        ("S", synapse(#""type": "ReSuMe", "A_plus": 0.03, "A_minus": 0.02"#)),
        ("D", synapse(#""type": "PSD", "A_plus": 0.03, "A_minus": 0.02"#)),
        ("E", synapse(#""type": "EProp", "A_plus": 0.03, "A_minus": 0.02"#)),
        (
            "G",
            synapse(
                #""type": "GraupnerBrunel", "C_pre": 0.8, "C_post": 1.2, "tau": 6000"#,
                #""type": "SoftBounds", "w_max": 0.5"#)
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
    func signal(_ pre: String, _ post: String, _ receptor: String, weight: Double) -> String {
        """
        {"pre": "\(pre)", "post": "\(post)", "receptor": "\(receptor)", "connector": {"type": "FixedNumberPre", "n": 2},
         "synapse": {"weight": \(weight), "delay": \(shortest)}}
        """
    }
    let signals = [
        signal("noise", "S", "teacher", weight: 1), signal("noise", "D", "teacher", weight: 1.5),
        signal("noise", "E", "teacher", weight: 0.5), signal("P", "E", "critic", weight: 0.3),
    ]
    return """
        {"format": "spinnsim-topology/1", "name": "beyond", "simulation": {"duration": \(steps), "seed": 5},
         "machine": {"core": {"ring_buffer_bits": \(ringBufferBits)}},
         "populations": [
          {"name": "P", "size": 90, "neurons_per_core": 25, \(cell)},
          {"name": "noise", "size": 20, "model": "SpikeSourcePoisson", "parameters": {"rate": 60}},
          \(others.joined(separator: ",\n"))],
         "projections": [
          {"pre": "P", "post": "P", "connector": {"type": "FixedProbability", "p_connect": 0.2},
           "synapse": {"type": "TsodyksMarkram", "weight": 0.2, "delay": \(shortest), "U": 0.3, "tau_rec": 200,
            "tau_facil": 50}},
          {"pre": "noise", "post": "P", "connector": {"type": "FixedNumberPre", "n": 3},
           "synapse": {"type": "TsodyksMarkram", "weight": 0.6, "delay": \(shortest), "U": 0.7}},
          {"pre": "P", "post": "S", "receptor": "inhibitory", "connector": {"type": "FixedNumberPre", "n": 4},
           "synapse": {"type": "STDP", "weight": -0.1, "delay": \(shortest), "timing": {"type": "Vogels2011",
            "alpha": 0.1, "A_plus": 0.01},
            "weight_dependence": {"type": "Additive", "w_max": 0.5}}},
          \((onto + signals).joined(separator: ",\n"))]}
        """
}

@Suite(.timeLimit(.minutes(5))) struct BeyondSPyNNakerTests {
    /// With delay stages, and with windows of several steps.
    @Test(arguments: [(3, 9, 1.0), (4, 14, 4)])
    func weightsDoNotDependOnRanksOrWindows(shortest: Int, ringBufferBits: Int, window: Double) throws {
        let folder = try TemporaryFolder()
        let network = beyondNetwork(shortest: shortest, ringBufferBits: ringBufferBits)
        let summary = try emulate(network, in: folder)
        #expect(summary.exchange.parameters["steps_per_exchange"] == window)
        #expect(summary.spikes > 1000)
        let weights = try learn(network)
        #expect(weights.count > 3000)
        for ranks in [2, 3, 7] {
            for singleSteps in [true, false] {
                #expect(try learn(network, ranks: ranks, singleSteps: singleSteps) == weights, "\(ranks) ranks")
            }
            #expect(try emulate(network, ranks: ranks, in: folder).spikeHash == summary.spikeHash, "\(ranks) ranks")
        }
        let start = try learn(beyondNetwork(shortest: shortest, ringBufferBits: ringBufferBits, steps: 1))
        for projection in Set(weights.keys.map { $0[0] }) {
            let own = weights.filter { $0.key[0] == projection }
            let same = own.count { start[$0.key] == $0.value }
            // Short-term plasticity leaves weights alone.
            if projection < 2 {
                #expect(same == own.count, "projection \(projection)")
            } else {
                #expect(same < own.count * 2 / 3, "projection \(projection): \(same) of \(own.count)")
            }
        }
    }

    /// A neuron learns to spike when its teacher does, from nothing: what it is for.
    @Test(arguments: ["ReSuMe", "PSD"]) func aNeuronLearnsItsTeachersTimes(rule: String) throws {
        let folder = try TemporaryFolder()
        let epochs = 60
        let network = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": \(300 * epochs), "seed": 3},
             "populations": [
              {"name": "clock", "size": 1, "model": "SpikeSourceArray",
               "parameters": {"spike_times": \((0..<epochs).map { 300 * $0 })}},
              {"name": "in", "size": 150, "model": "IF_curr_delta", "parameters": {"tau_m": 1, "cm": 1,
               "tau_refrac": 0}},
              {"name": "wanted", "size": 1, "model": "IF_curr_delta", "parameters": {"tau_m": 1, "cm": 1,
               "tau_refrac": 0}},
              {"name": "out", "size": 1, "model": "IF_curr_exp", "record": ["spikes"],
               "parameters": {"tau_m": 10, "cm": 0.25, "tau_refrac": 2, "tau_syn_E": 3}}],
             "projections": [
              {"pre": "clock", "post": "in", "connector": {"type": "AllToAll"},
               "synapse": {"weight": 30, "delay": {"distribution": "uniform", "low": 1, "high": 250}}},
              {"pre": "clock", "post": "in", "connector": {"type": "AllToAll"},
               "synapse": {"weight": 30, "delay": {"distribution": "uniform", "low": 1, "high": 250}}},
              {"pre": "clock", "post": "wanted", "connector": {"type": "FromList",
               "conn_list": [[0, 0, 30, 60], [0, 0, 30, 110], [0, 0, 30, 190]]}},
              {"pre": "wanted", "post": "out", "receptor": "teacher", "connector": {"type": "OneToOne"},
               "synapse": {"weight": 1, "delay": 1}},
              {"pre": "in", "post": "out", "connector": {"type": "AllToAll"},
               "synapse": {"type": "STDP", "weight": 0.01, "delay": 1, "backprop_delay": false,
                "timing": {"type": "\(rule)", "A_plus": 0.02, "A_minus": 0.02},
                "weight_dependence": {"type": "Additive", "w_max": 1}}}]}
            """
        _ = try emulate(network, in: folder)
        let times = try spikes(folder).compactMap { Double($0.split(separator: ",")[0]) }
        #expect(times.allSatisfy { $0 > 300 }, "it spikes before it has learnt anything")
        // Of the last ten times the pattern came: spikes within 3 ms of the three times, and others.
        var (near, other) = (0, 0)
        for time in times where time >= Double(300 * (epochs - 10)) {
            let within = time.truncatingRemainder(dividingBy: 300)
            if [61.0, 111, 191].contains(where: { abs($0 - within) <= 3 }) { near += 1 } else { other += 1 }
        }
        #expect(near >= 27 && near <= 33 && other <= 3, "\(near) of 30 near, \(other) elsewhere")
    }
}
