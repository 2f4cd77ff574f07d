import Foundation
import Results
import TestSupport
import Testing

/// A source that spikes at 100 and 300 ms onto neuron 0, which is made to spike at 150 ms.
private func network(_ synapse: String, delay: Int, perCore: Int?, size: Int, more: String = "") -> String {
    func source(_ name: String, _ times: [Int]) -> String {
        #"{"name": "\#(name)", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": \#(times)}}"#
    }
    return """
        {"format": "spinnsim-topology/1", "simulation": {"duration": \(420 + delay)},
         "populations": [
          \(source("a", [100, 300])), \(source("teacher", [149])),
          {"name": "b", "size": \(size), "model": "IF_curr_exp"\(perCore.map { ", \"neurons_per_core\": \($0)" } ?? ""),
           "parameters": {"cm": 0.3, "tau_m": 10, "tau_refrac": 4, "tau_syn_E": 1, "v_reset": -70, "v_rest": -65,
                          "v_thresh": -55.4}}],
         "projections": [
          {"pre": "teacher", "post": "b", "connector": {"type": "FromList", "conn_list": [[0, 0, 10, 1]]}},
          {"pre": "a", "post": "b", "connector": {"type": "FromList", "conn_list": [[0, 0, 0.5, \(delay)]]},
           "synapse": \(synapse)}\(more)]}
        """
}

private let pairs = stdp(
    #""type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.2, "A_minus": 0.2"#,
    #""type": "Additive", "w_min": 0, "w_max": 5"#, weight: "0.5", delay: "1")

/// The weight in units of 2⁻¹¹: what the target's spike at 150 ms adds after 100 ms, and takes off before 300 ms.
///
/// Of the delay the slots' part moves the target's spike, and whole multiples of the slots move the source's.
private func learned(delay: Int, slots: Int) -> Int {
    let axonal = (delay - 1) / slots * slots
    let dendritic = delay - axonal
    func amount(_ elapsed: Int) -> Int { (6554 * (Int(exp(-Double(elapsed) / 20) * 2048) << 4)) >> 15 }
    return (16384 + amount(150 + dendritic - 100 - axonal) - amount(300 + axonal - 150 - dendritic)) >> 4
}

@Suite(.timeLimit(.minutes(5))) struct DendriticDelayTests {
    @Test func theDocumentedWeight() {
        #expect(learned(delay: 10, slots: 16) == (16384 + 323 - 3) >> 4)
        #expect(Double(learned(delay: 10, slots: 16)) / 2048 == 0.509765625)
    }

    /// Slots are those that the bits leave, so that no estimate of memory changes what is learnt.
    @Test(
        arguments: [
            (nil, 256, [1, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 40], 32), (100, 256, [8, 9, 10, 16, 17, 33, 40], 64),
            (64, 256, [9, 10, 33, 45], 128), (128, 200, [9, 32, 33, 45], 64), (200, 400, [9, 17, 33], 32),
            (255, 1000, [10, 33], 32), (300, 300, [9, 10, 16, 17, 20], 16), (512, 512, [9, 17], 16),
            (nil, 1, [10, 45], 8192),
        ] as [(Int?, Int, [Int], Int)])
    func delaysWithinTheSlotsAreDendritic(perCore: Int?, size: Int, delays: [Int], most: Int) throws {
        for delay in delays {
            let weights = try learn(network(pairs, delay: delay, perCore: perCore, size: size), ranks: 2)
            let found = try #require(weights[[1, 0, 0, delay]]?.first)
            #expect(found * 2048 == Double(learned(delay: delay, slots: most)), "\(delay) ms, \(perCore ?? 256) a core")
        }
    }

    /// Neuromodulated synapses: the same with few and many neurons a core, as long as all delays are within the slots.
    @Test(arguments: [1, 8, 9, 10, 16, 31, 32]) func modulatedSynapsesLearnTheSame(delay: Int) throws {
        let reward = """
            , {"pre": "teacher", "post": "b", "receptor": "reward", "connector": {"type": "AllToAll"},
             "synapse": {"type": "Neuromodulation", "weight": 0.5, "delay": 20, "w_max": 20}}
            """
        func weights(_ perCore: Int) throws -> [[Int]: [Double]] {
            try learn(network(pairs, delay: delay, perCore: perCore, size: 256, more: reward))
        }
        let few = try weights(50)
        #expect(try weights(256) == few && few[[1, 0, 0, delay]] != [0.5])
    }

    /// Where fewer neurons a core come out than asked for, the run says so.
    @Test func fewerNeuronsAreTold() throws {
        let folder = try TemporaryFolder()
        let short = try emulate(network(pairs, delay: 10, perCore: nil, size: 256), ranks: 2, in: folder)
        let notes = short.warnings.filter { $0.contains("data memory") }
        #expect(
            notes.count == 1
                && notes.first?.hasPrefix("population \"b\": a core holds 214 neurons rather than 256") == true)
        let long = try emulate(network(pairs, delay: 8, perCore: nil, size: 256), in: folder)
        #expect(!long.warnings.contains { $0.contains("data memory") })
    }

    /// Synapses that come and go have the slots of their delay, however long the histories.
    @Test(arguments: [(10, "StructuralSTDP"), (32, "StructuralSTDP"), (32, "StructuralStatic")])
    func structuralSynapsesHaveTheSlots(delay: Int, type: String) throws {
        let folder = try TemporaryFolder()
        let rule =
            type == "StructuralSTDP"
            ? #", "timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive", "w_max": 4}"# : ""
        let text = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 50},
             "populations": [{"name": "a", "size": 256, "model": "SpikeSourcePoisson", "parameters": {"rate": 10}},
              {"name": "b", "size": 256, "model": "IF_curr_exp", "record": ["spikes"]}],
             "projections": [{"name": "p", "pre": "a", "post": "b", "connector": {"type": "FixedNumberPre", "n": 4},
              "synapse": {"type": "\(type)", "weight": 2.0, "delay": \(delay), "f_rew": 1000, "s_max": 8,
               "initial_weight": 2, "initial_delay": \(delay), "partner_selection": {"type": "RandomSelection"},
               "formation": {"type": "DistanceDependentFormation", "grid": [16, 16]},
               "elimination": {"type": "RandomByWeightElimination", "threshold": 1}\(rule)}}]}
            """
        let one = try emulate(text, in: folder)
        #expect(one.synapses > 900)
        #expect(try emulate(text, ranks: 3, in: folder).spikeHash == one.spikeHash)
    }
}
