import Foundation
import Results
import TestSupport
import Testing

/// 20 pooled places times 90 targets, of both signs.
private let denseWeights: String = {
    var rows: [String] = []
    for place in 0..<20 {
        let row: [String] = (0..<90).map { target in "\(Double((place * 7 + target * 3) % 11 - 3) / 4)" }
        rows.append("[" + row.joined(separator: ",") + "]")
    }
    return "[" + rows.joined(separator: ",") + "]"
}()

/// All connectors that are not in ``mixedNetwork`` at once: groups, kernels, files, expressions, rewiring.
private let connectorNetwork = """
    {"format": "spinnsim-topology/1", "name": "connectors", "simulation": {"duration": 120, "seed": 7},
     "populations": [
      {"name": "retina", "shape": [12, 10], "model": "SpikeSourcePoisson", "neurons_per_core": 33,
       "parameters": {"rate": 60}},
      {"name": "V1", "shape": [10, 8], "model": "IF_curr_exp", "neurons_per_core": 17, "record": ["spikes"],
       "parameters": {"cm": 0.25, "tau_refrac": 2}},
      {"name": "out", "size": 90, "model": "IF_curr_exp", "neurons_per_core": 40, "record": ["spikes"],
       "parameters": {"cm": 0.25}, "positions": {"structure": "RandomStructure", "boundary": {"shape": "Sphere",
        "radius": 4}}}],
     "projections": [
      {"pre": "retina", "post": "V1", "connector": {"type": "Convolution",
        "kernel_weights": [[0.2, 0.4, 0.2], [0.4, 1.6, 0.4], [-0.2, 0.4, -0.2]]}, "synapse": {"delay": 2}},
      {"pre": "V1", "post": "out", "connector": {"type": "PoolDense", "pool_shape": 2,
        "weights": \(denseWeights)},
       "synapse": {"delay": 3}},
      {"pre": "V1", "post": "V1", "receptor": "inhibitory", "connector": {"type": "AllButMe",
       "n_neurons_per_group": 16},
       "synapse": {"weight": 0.02, "delay": 2}},
      {"pre": "V1", "post": "V1", "connector": {"type": "OneToOneOffset", "offset": 9, "wrap": true},
       "synapse": {"weight": 0.3, "delay": 4}},
      {"pre": "V1", "post": "V1", "connector": {"type": "Kernel", "shape_pre": [10, 8], "shape_post": [10, 8],
       "shape_kernel": [3, 3],
        "delay_kernel": [[2, 3, 4], [30, 60, 90], [5, 6, 7]]}, "synapse": {"weight": {"distribution": "uniform",
         "low": 0, "high": 0.1}}},
      {"pre": "V1", "post": "out", "connector": {"type": "DistanceDependentProbability",
       "d_expression": "0.6*exp(-d/3)"},
       "space": {"scale_factor": 2, "offset": [4, 4, 0]}, "synapse": {"weight": 0.2, "delay": 2}},
      {"pre": "out", "post": "out", "connector": {"type": "SmallWorld", "degree": 2, "rewiring": 0.2,
       "allow_self_connections": false},
       "synapse": {"weight": 0.05, "delay": {"distribution": "uniform", "low": 2, "high": 20}}},
      {"pre": "out", "post": "V1", "connector": {"type": "IndexBasedProbability",
       "index_expression": "0.2*((i+j) % 3 == 0)"},
       "synapse": {"weight": -0.05, "delay": 2}},
      {"pre": "out", "post": "V1", "connector": {"type": "FromFile", "file": "edges.csv"}, "synapse": {"weight": 0.1,
       "delay": 3}}]}
    """

@Suite(.timeLimit(.minutes(3))) struct ConnectorRankTests {
    @Test func spikesDoNotDependOnTheRanks() throws {
        let folder = try TemporaryFolder()
        let edges: [String] = (0..<400).map { k in
            let weight = Double(k % 7) / 50
            return "\(k * 13 % 90),\(k * 29 % 80),\(weight),\(k % 40 + 1)"
        }
        _ = try folder.write("pre,post,weight,delay\n" + edges.joined(separator: "\n"), to: "edges.csv")
        let one = try emulate(connectorNetwork, in: folder)
        #expect(one.spikes > 500)
        for population in one.populations where population.name != "retina" {
            #expect(try #require(population.spikes) > 50, "\(population.name)")
        }
        for ranks in [2, 3, 5, 11] {
            let other = try emulate(connectorNetwork, ranks: ranks, in: folder)
            #expect(other.spikeHash == one.spikeHash, "\(ranks) ranks")
            #expect(other.synapticEvents == one.synapticEvents)
            #expect(other.packets["sent"] == one.packets["sent"])
        }
    }

    /// A missing or wrong file of connections is one failure on every rank.
    @Test(arguments: [nil, "0,0,1\n"] as [String?]) func badFiles(_ text: String?) throws {
        let folder = try TemporaryFolder()
        if let text { _ = try folder.write(text, to: "edges.csv") }
        #expect(throws: (any Error).self) { try emulate(connectorNetwork, ranks: 3, in: folder) }
        #expect(!FileManager.default.fileExists(atPath: folder.path("run")))
    }
}
