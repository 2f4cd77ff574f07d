import Foundation
import TestSupport
import Testing
import Topology

/// The example of the contract.
let contractExample = """
    {
      "format": "spinnsim-topology/1",
      "name": "balanced",
      "description": "optional free text",
      "simulation": { "duration": 1000, "timestep": 1.0, "time_scale_factor": 1, "seed": 1 },
      "machine": { "board": "spin5", "boards": 1 },
      "populations": [
        { "name": "E", "size": 800, "model": "IF_curr_exp",
          "parameters": { "tau_m": 20, "cm": 0.25, "i_offset": {"distribution": "uniform", "low": 0, "high": 0.4} },
          "initial": { "v": {"distribution": "normal", "mu": -60, "sigma": 3} },
          "record": { "spikes": true, "v": {"neurons": "0:4", "interval": 1.0} },
          "neurons_per_core": 128 },
        { "name": "noise", "size": 800, "model": "SpikeSourcePoisson", "parameters": {"rate": 20} }
      ],
      "projections": [
        { "pre": "noise", "post": "E", "connector": {"type": "OneToOne"}, "synapse": {"weight": 0.2, "delay": 1} },
        { "name": "EE", "pre": "E", "post": "E", "receptor": "excitatory",
          "connector": {"type": "FixedProbability", "p_connect": 0.1, "allow_self_connections": false},
          "synapse": {"type": "Static", "weight": 0.1, "delay": {"distribution": "uniform", "low": 1, "high": 8}} }
      ],
      "currents": [
        { "type": "DC", "population": "E", "neurons": "0:10", "start": 100, "stop": 200, "amplitude": 0.5 }
      ]
    }
    """

/// Reads a text as a topology file.
func read(_ text: String) throws(TopologyError) -> (network: Network, warnings: [TopologyWarning]) {
    try TopologyReader.read(bytes: Array(text.utf8), file: "topology.json")
}

@Suite struct TopologyTests {
    @Test func readsTheContractsExample() throws {
        let (network, warnings) = try read(contractExample)
        #expect(warnings.isEmpty)
        #expect(network.name == "balanced")
        #expect(network.simulation.seed == 1)
        #expect(network.machine.shape == .spin5(boards: 1))
        #expect(network.populations.map(\.name) == ["E", "noise"])
        #expect(network.populations[0].parameter("i_offset") == .distribution(.uniform(low: 0, high: 0.4)))
        #expect(network.populations[0].parameter("tau_syn_E") == .number(5))
        #expect(network.populations[0].recording("v")?.neurons == .range(start: 0, end: 4, step: 1))
        #expect(network.projections.map(\.name) == ["noise->E", "EE"])
        #expect(network.projections[1].synapse.delay == .distribution(.uniform(low: 1, high: 8)))
        #expect(network.currents.count == 1)
    }
}
