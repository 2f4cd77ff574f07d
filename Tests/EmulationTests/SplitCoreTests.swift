import Foundation
import Results
import TestSupport
import Testing

/// Recurrent, plastic, delayed and one-to-one input; `cores` synapse cores a slice, or none.
private func splitNetwork(cores: Int?, neurons: String = "23", weight: Double = 2, random: String = "counter") -> String
{
    let split = cores.map { #""n_synapse_cores": \#($0), "# } ?? ""
    return """
        {"format": "spinnsim-topology/1", "name": "split", "simulation": {"duration": 150, "seed": 3,
         "random": "\(random)"},
         "populations": [
          {"name": "noise", "size": 120, "model": "SpikeSourcePoisson", "parameters": {"rate": 60},
           "record": ["spikes"]},
          {"name": "in", "size": 90, "model": "SpikeSourcePoisson", "parameters": {"rate": 50}, "neurons_per_core": 11},
          {"name": "E", "size": 120, "model": "IF_curr_exp", \(split)"neurons_per_core": \(neurons),
           "record": ["spikes", "v", "packets-per-timestep"],
           "initial": {"v": {"distribution": "uniform", "low": -65, "high": -52}}},
          {"name": "I", "size": 50, "model": "IF_curr_exp", \(split)"neurons_per_core": 16,
           "record": ["spikes", "gsyn_exc"]}],
         "projections": [
          {"pre": "noise", "post": "E", "connector": {"type": "OneToOne"}, "synapse": {"weight": \(weight),
           "delay": 1}},
          {"pre": "in", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.1},
           "synapse": {"type": "STDP", "timing": {"type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.01,
            "A_minus": 0.012},
            "weight_dependence": {"type": "Additive", "w_min": 0, "w_max": 1}, "weight": 0.3, "delay": 3}},
          {"pre": "E", "post": "E", "connector": {"type": "FixedNumberPost", "n": 12},
           "synapse": {"weight": 0.1, "delay": {"distribution": "uniform", "low": 1, "high": 400}}},
          {"pre": "E", "post": "I", "connector": {"type": "FixedProbability", "p_connect": 0.2},
           "synapse": {"weight": 0.4, "delay": 2}},
          {"pre": "I", "post": "E", "receptor": "inhibitory", "connector": {"type": "FixedNumberPre", "n": 10},
           "synapse": {"weight": 0.2, "delay": {"distribution": "uniform", "low": 1, "high": 9}}}]}
        """
}

@Suite(.timeLimit(.minutes(5))) struct SplitCoreTests {
    /// As long as nothing saturates a sum of sums is the sum.
    @Test func synapseCoresChangeNoSpike() throws {
        let folder = try TemporaryFolder()
        let whole = try emulate(splitNetwork(cores: nil), in: folder)
        #expect(whole.saturations == 0)
        for population in whole.populations where population.name != "in" {
            #expect(try #require(population.spikes) > 50, "\(population.name)")
        }
        for (cores, ranks) in [(1, 1), (2, 1), (2, 3), (5, 1), (5, 4)] {
            let split = try emulate(splitNetwork(cores: cores), ranks: ranks, in: folder, name: "split")
            #expect(split.spikeHash == whole.spikeHash, "\(cores) synapse cores, \(ranks) ranks")
            #expect(split.synapticEvents == whole.synapticEvents)
            #expect(split.synapses == whole.synapses)
            // The noise is written to memory: only other populations send packets.
            let noise = try #require(whole.populations.first { $0.name == "noise" }?.spikes)
            #expect(try #require(split.packets["sent"]) < (try #require(whole.packets["sent"])) - noise / 2)
        }
        let blocks = try emulate(splitNetwork(cores: 3, neurons: "[23]"), ranks: 2, in: folder, name: "blocks")
        #expect(blocks.spikeHash == whole.spikeHash)
    }

    /// The chip's streams belong to cores, and these stay together on a rank.
    @Test func ranksMakeNoDifference() throws {
        let folder = try TemporaryFolder()
        let one = try emulate(splitNetwork(cores: 3, random: "chip"), in: folder)
        for ranks in [2, 5, 16] {
            let other = try emulate(splitNetwork(cores: 3, random: "chip"), ranks: ranks, in: folder, name: "other")
            #expect(other.spikeHash == one.spikeHash, "\(ranks) ranks")
            #expect(other.packets["sent"] == one.packets["sent"])
            #expect(other.packets["received_by_cores"] == one.packets["received_by_cores"])
        }
    }

    /// Each synapse core cuts at 65535; the neuron core adds two neighbours as one word, so that what exceeds 65535 in
    /// the even one adds 1 to the odd one.
    @Test func sumsOfSynapseCoresCarryIntoTheNextNeuron() throws {
        let folder = try TemporaryFolder()
        /// What arrives when the neurons 0 and 1 get 300 spikes at once of each of two sources, 2 and 3 of one of them.
        func input(_ split: String) throws -> [Double] {
            let spikes = [String](repeating: "2", count: 300).joined(separator: ", ")
            let run = try emulate(
                """
                {"format": "spinnsim-topology/1", "name": "carry", "simulation": {"duration": 12},
                 "populations": [
                  {"name": "a", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [\(spikes)]}},
                  {"name": "b", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [\(spikes)]}},
                  {"name": "E", "size": 4, "model": "IF_curr_exp", \(split)"record": ["gsyn_exc"],
                   "parameters": {"v_thresh": 10000}}],
                 "projections": [
                  {"pre": "a", "post": "E", "connector": {"type": "AllToAll"}, "synapse": {"weight": 5, "delay": 1}},
                  {"pre": "b", "post": "E", "connector": {"type": "FromList", "conn_list": [[0, 0], [0, 1]]},
                   "synapse": {"weight": 5, "delay": 1}}]}
                """, in: folder)
            #expect(run.saturations > 0)
            let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
            let script = "import h5py, sys; print(*h5py.File(sys.argv[1])['report/E/data'][3])"
            let result = try Command.run([python, "-c", script, folder.path("run/reports/E.gsyn_exc.h5")])
            try #require(result.status == 0, "\(result.errors)")
            return result.output.split(separator: " ").compactMap {
                Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
        let whole = try input("")
        // All four are cut alike on one core, and so they are where one synapse core has all.
        #expect(whole.count == 4 && Set(whole).count == 1)
        #expect(try input(#""n_synapse_cores": 1, "#) == whole)
        // 65535 + 65535 is 65534 and a carry; with that, its neighbour has 65535.
        let raw = try input(#""n_synapse_cores": 2, "#).map { ($0 / (whole[0] / 65535)).rounded() }
        #expect(raw == [65534, 65535, 65535, 65535])
    }
}
