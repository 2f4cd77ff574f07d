import Results
import TestSupport
import Testing

/// Populations in two and three dimensions with connectors of every kind, cut into the given blocks.
private func gridNetwork(_ random: String, _ cuts: [String]) -> String {
    """
    {"format": "spinnsim-topology/1", "name": "grid", "simulation": {"duration": 150, "seed": 3, "random": "\(random)"},
     "populations": [
      {"name": "in", "shape": [24, 20], "model": "SpikeSourcePoisson", "parameters": {"rate": 40}, "record": ["spikes"],
       "neurons_per_core": \(cuts[0])},
      {"name": "E", "shape": [24, 20], "model": "IF_curr_exp", "neurons_per_core": \(cuts[1]),
       "record": {"spikes": true, "v": {"neurons": "3:400:7"}},
       "initial": {"v": {"distribution": "uniform", "low": -65, "high": -52}}},
      {"name": "F", "shape": [22, 18], "model": "IF_curr_exp", "record": ["spikes"], "neurons_per_core": \(cuts[2])},
      {"name": "G", "shape": [4, 5, 6], "model": "IF_curr_exp", "record": ["spikes"], "neurons_per_core": \(cuts[3])},
      {"name": "list", "shape": [4, 6], "model": "SpikeSourceArray", "neurons_per_core": \(cuts[4]),
       "record": ["spikes"],
       "parameters": {"spike_times": [[1], [2, 9], [3], [4], [5], [6], [7], [8], [9], [10], [11], [12], [13], [14], \
       [15],
         [16], [17], [18], [19], [20], [21, 40], [22], [23], [24, 30, 31]]}}],
     "projections": [
      {"pre": "in", "post": "E", "connector": {"type": "OneToOne"}, "synapse": {"weight": 2.0, "delay": 1}},
      {"pre": "E", "post": "E", "connector": {"type": "FixedTotalNumber", "n": 2000},
       "synapse": {"weight": 0.1, "delay": {"distribution": "uniform", "low": 1, "high": 300}}},
      {"pre": "E", "post": "F", "connector": {"type": "Convolution",
        "kernel_weights": [[0.8, 1, 0.8], [1, 1.4, 1], [0.8, 1, 0.8]]}, "synapse": {"delay": 2}},
      {"pre": "F", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.05},
       "synapse": {"type": "STDP", "timing": {"type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.01,
        "A_minus": 0.012},
        "weight_dependence": {"type": "Additive", "w_min": 0, "w_max": 1}, "weight": 0.05, "delay": 3}},
      {"pre": "F", "post": "G", "connector": {"type": "FixedNumberPost", "n": 6}, "synapse": {"weight": 0.8,
       "delay": 2}},
      {"pre": "list", "post": "G", "connector": {"type": "FixedNumberPre", "n": 4}, "synapse": {"weight": 3,
       "delay": 2}},
      {"pre": "G", "post": "F", "receptor": "inhibitory", "connector": {"type": "OneToOneOffset", "offset": 5,
       "wrap": true},
       "synapse": {"weight": 0.2, "delay": 2}},
      {"pre": "G", "post": "G", "connector": {"type": "SmallWorld", "degree": 1.5, "rewiring": 0.2},
       "synapse": {"weight": 0.1, "delay": 4}}],
     "currents": [{"type": "DC", "population": "G", "neurons": "5:60", "start": 20, "stop": 90, "amplitude": 0.9},
      {"type": "Noisy", "population": "G", "neurons": "7:70:3", "start": 0, "mean": 0.4, "stdev": 0.3}]}
    """
}

@Suite(.timeLimit(.minutes(5))) struct GridSliceTests {
    private let blocks = ["[5, 8]", "[7, 6]", "[9, 5]", "[2, 3, 4]", "[3, 2]"]

    /// With counters nothing depends on the cut, so blocks give what ranges give.
    @Test func blocksSpikeAsRangesDo() throws {
        let folder = try TemporaryFolder()
        let ranges = try emulate(gridNetwork("counter", ["40", "42", "45", "24", "6"]), in: folder)
        for population in ranges.populations {
            #expect(try #require(population.spikes) > 20, "\(population.name)")
        }
        for ranks in [1, 2, 5] {
            let other = try emulate(gridNetwork("counter", blocks), ranks: ranks, in: folder, name: "blocks")
            #expect(other.spikeHash == ranges.spikeHash, "\(ranks) ranks")
            #expect(other.synapticEvents == ranges.synapticEvents)
        }
    }

    /// The chip's streams belong to cores, and cores not to ranks.
    @Test func ranksMakeNoDifference() throws {
        let folder = try TemporaryFolder()
        let one = try emulate(gridNetwork("chip", blocks), in: folder)
        for ranks in [3, 4] {
            #expect(try emulate(gridNetwork("chip", blocks), ranks: ranks, in: folder).spikeHash == one.spikeHash)
        }
    }
}
