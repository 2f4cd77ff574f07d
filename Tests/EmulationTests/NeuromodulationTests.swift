import Diagnostics
import Foundation
import Results
import TestSupport
import Testing
import Topology

/// A source, a target made to spike, and dopamine; times in ms.
private func trial(
    pre: [Int], stimulus: [Int], reward: [Int], punishment: [Int] = [], weight: Double = 0, duration: Int = 3000,
    concentration: Double = 1.0 / 64, backprop: Bool = true
) -> String {
    func source(_ name: String, _ times: [Int]) -> String {
        #"{"name": "\#(name)", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": \#(times)}}"#
    }
    func dopamine(_ receptor: String) -> String {
        #"{"pre": "\#(receptor)", "post": "post", "receptor": "\#(receptor)", "connector": {"type": "AllToAll"}, "#
            + #""synapse": {"type": "Neuromodulation", "weight": \#(concentration), "tau_c": 1000, "tau_d": 200, "#
            + #""w_max": 20}}"#
    }
    let rule = stdp(
        #""type": "SpikePair", "tau_plus": 10, "tau_minus": 12, "A_plus": 1, "A_minus": 1"#,
        #""type": "Additive", "w_max": 20"#, weight: "\(weight)", delay: "1", #", "backprop_delay": \#(backprop)"#)
    return """
        {"format": "spinnsim-topology/1", "simulation": {"duration": \(duration)},
         "populations": [
          \(source("pre", pre)), \(source("stimulus", stimulus)),
          \(source("reward", reward)), \(source("punishment", punishment)),
          {"name": "post", "size": 1, "model": "IF_curr_exp", "record": ["spikes"],
           "parameters": {"cm": 0.3, "tau_m": 10, "tau_refrac": 4, "tau_syn_E": 1, "tau_syn_I": 1, "v_reset": -70,
                          "v_rest": -65, "v_thresh": -55.4}}],
         "projections": [
          {"pre": "stimulus", "post": "post", "connector": {"type": "AllToAll"}, "synapse": {"weight": 6}},
          {"pre": "pre", "post": "post", "connector": {"type": "AllToAll"}, "synapse": \(rule)},
          \(dopamine("reward")), \(dopamine("punishment"))]}
        """
}

/// Izhikevich's equations in real numbers, event by event: the weight at the end, and how far it moved in all.
private func reference(
    pre: [Double], post: [Double], dopamine: [(time: Double, change: Double)], weight: Double
) -> (weight: Double, moved: Double) {
    var (weight, eligibility, concentration, now, moved) = (weight, 0.0, 0.0, 0.0, 0.0)
    var (r, o, lastPre, lastPost) = (0.0, 0.0, 0.0, 0.0)
    var events: [(time: Double, order: Int, change: Double)] = []
    events += post.map { ($0, 0, 0) } + dopamine.map { ($0.time, 1, $0.change) } + pre.map { ($0, 2, 0) }
    for event in events.sorted(by: { ($0.time, $0.order) < ($1.time, $1.order) }) {
        let elapsed = event.time - now
        let (c, d) = (exp(-elapsed / 1000), exp(-elapsed / 200))
        let change = eligibility * concentration * (1 - c * d) / (1 / 1000.0 + 1 / 200.0)
        weight += change
        moved += abs(change)
        eligibility *= c
        concentration *= d
        now = event.time
        switch event.order {
        case 0:
            eligibility = min(20, eligibility + r * exp(-(now - lastPre) / 10))
            o = o * exp(-(now - lastPost) / 12) + 1
            lastPost = now
        case 1: concentration += event.change
        default:
            eligibility = max(0, eligibility - o * exp(-(now - lastPost) / 12))
            r = r * exp(-(now - lastPre) / 10) + 1
            lastPre = now
            weight = min(20, max(0, weight))
        }
    }
    return (weight, moved)
}

@Suite(.timeLimit(.minutes(3))) struct NeuromodulationTests {
    /// The set-up of sPyNNaker's integration test `TestSTDPNeuromodulation`, with its tolerance.
    @Test func rewardIsThatOfTheMachine() throws {
        let folder = try TemporaryFolder()
        let network = trial(pre: [1500, 2400], stimulus: [1502], reward: [1600], concentration: 0.1)
        _ = try emulate(network, in: folder)
        #expect(try spikes(folder).first.flatMap { Double($0.split(separator: ",")[0]) } == 1503)
        let weight = try #require(try learn(network).values.first?.first)
        let exact = reference(pre: [1500, 2400], post: [1504], dopamine: [(1601, 0.1)], weight: 0).weight
        #expect(abs(exact - 10.0552710) < 1e-6)
        #expect(abs(weight - exact) < 0.02, "\(weight)")
    }

    /// Weights follow the equations as nearly as tables of 16 ms allow, up with reward and down with punishment.
    @Test(arguments: [0, 1, 2]) func weightsFollowTheEquations(case number: Int) throws {
        let pre = [[500, 900, 2600], [400, 440, 480, 2900], [300, 1000, 1700, 2500]][number]
        let stimulus = [[504, 1300], [420, 500, 1000], [302, 1003, 1702]][number]
        let reward = [[700], [600, 900], [310, 1800]][number]
        let punishment = [[1500], [], [1200]][number]
        for backprop in [true, false] {
            let network = trial(
                pre: pre, stimulus: stimulus, reward: reward, punishment: punishment, weight: 8, backprop: backprop)
            let folder = try TemporaryFolder()
            _ = try emulate(network, in: folder)
            let delay = backprop ? 1.0 : 0
            let post = try spikes(folder).compactMap { Double($0.split(separator: ",")[0]) }.map { $0 + delay }
            #expect(post.count >= stimulus.count)
            let exact = reference(
                pre: pre.map { Double($0) }, post: post,
                dopamine: reward.map { (Double($0) + delay, 1.0 / 64) }
                    + punishment.map { (Double($0) + delay, -1.0 / 64) },
                weight: 8)
            let weight = try #require(try learn(network).values.first?.first)
            #expect(exact.moved > 1, "something is learnt")
            #expect(abs(weight - exact.weight) < 0.05 * exact.moved + 0.05, "\(weight), expected \(exact)")
        }
    }

    /// Two rewards of a step count once each, whatever their order; a weight ends at its bound.
    @Test func rewardsOfAStepAddUp() throws {
        let twice = try #require(
            try learn(trial(pre: [500, 2400], stimulus: [502], reward: [600, 600])).values.first?.first)
        let apart = try #require(
            try learn(trial(pre: [500, 2400], stimulus: [502], reward: [600])).values.first?.first)
        #expect(apart > 1 && abs(twice - 2 * apart) < 0.1)
        let many = [Int](repeating: 600, count: 30)
        #expect(try learn(trial(pre: [500, 2400], stimulus: [502], reward: many)).values.first?.first == 20)
        #expect(
            try learn(trial(pre: [500, 2400], stimulus: [502], reward: [], punishment: many, weight: 3)).values.first?
                .first == 0)
    }

    /// Reward and punishment of many neurons, delayed and bursting sources: the same on any ranks.
    @Test func weightsDoNotDependOnRanks() throws {
        let rule = stdp(
            #""type": "SpikePair", "A_plus": 0.1, "A_minus": 0.08"#, #""type": "Additive", "w_max": 2"#,
            weight: #"{"distribution": "uniform", "low": 0.05, "high": 0.25}"#,
            delay: #"{"distribution": "uniform", "low": 2, "high": 20}"#)
        func dopamine(_ source: String, _ receptor: String) -> String {
            #"{"pre": "\#(source)", "post": "E", "receptor": "\#(receptor)", "#
                + #""connector": {"type": "FixedProbability", "#
                + #""p_connect": 0.6}, "synapse": {"type": "Neuromodulation", "weight": 0.3, "w_max": 3, "#
                + #""tau_c": 200, "#
                + #""tau_d": 50, "delay": 2}}"#
        }
        let network = """
            {"format": "spinnsim-topology/1", "name": "reward", "simulation": {"duration": 400, "seed": 8},
             "machine": {"core": {"ring_buffer_bits": 11}},
             "populations": [
              {"name": "in", "size": 40, "model": "SpikeSourcePoisson", "parameters": {"rate": 60},
               "neurons_per_core": 9},
              {"name": "good", "size": 6, "model": "SpikeSourcePoisson", "parameters": {"rate": 10},
               "neurons_per_core": 2},
              {"name": "bad", "size": 2, "model": "SpikeSourcePoisson", "parameters": {"rate": 15}},
              {"name": "E", "size": 60, "model": "IF_curr_exp", "record": ["spikes"], "neurons_per_core": 7}],
             "projections": [
              {"pre": "in", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.5},
               "synapse": \(rule)},
              {"pre": "E", "post": "E", "connector": {"type": "FixedNumberPre", "n": 8}, "synapse": \(rule)},
              \(dopamine("good", "reward")), \(dopamine("bad", "punishment"))]}
            """
        let folder = try TemporaryFolder()
        let hash = try emulate(network, in: folder).spikeHash
        let weights = try learn(network)
        let began = try learn(network.replacing("\"duration\": 400", with: "\"duration\": 1"))
        #expect(weights.count { began[$0.key] != $0.value } > weights.count / 2)
        for ranks in [2, 3, 7, 16] {
            #expect(try learn(network, ranks: ranks) == weights, "\(ranks) ranks")
            #expect(try emulate(network, ranks: ranks, in: folder).spikeHash == hash, "\(ranks) ranks")
        }
    }

    @Test(arguments: [
        (#"{"type": "Static"}"#, "no synapse onto post learns"),
        (
            stdp(#""type": "SpikeNearestPair""#, #""type": "Additive""#, weight: "1", delay: "1"),
            "no neuromodulation of SpikeNearestPair, only of SpikePair and Vogels2011"
        ),
        (
            stdp(#""type": "SpikePair""#, #""type": "Additive""#, weight: "1", delay: "1"),
            "another Neuromodulation than one before it"
        ),
    ]) func whatCannotBeModulatedIsRefused(synapse: String, fragment: String) throws {
        let network = try TopologyReader.read(
            bytes: Array(
                """
                {"format": "spinnsim-topology/1", "simulation": {"duration": 1},
                 "populations": [{"name": "post", "size": 1, "model": "IF_curr_exp"}],
                 "projections": [
                  {"pre": "post", "post": "post", "connector": {"type": "AllToAll"}, "synapse": \(synapse)},
                  {"pre": "post", "post": "post", "receptor": "reward", "connector": {"type": "AllToAll"},
                   "synapse": {"type": "Neuromodulation", "weight": 0.5}},
                  {"pre": "post", "post": "post", "receptor": "reward", "connector": {"type": "AllToAll"},
                   "synapse": {"type": "Neuromodulation", "weight": 0.5, "tau_c": 500}}]}
                """.utf8), file: "t.json"
        ).network
        let failure = #expect(throws: Failure.self) { try network.requireSupported() }
        #expect(failure?.message.contains(fragment) == true, "\(failure?.message ?? "")")
    }
}
