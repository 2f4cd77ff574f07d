import Foundation
import Results
import TestSupport
import Testing

/// Networks that ran on SpiNNaker boards, from topology to spikes (Documentation/Chip.md, "Figures recorded on
/// boards").
@Suite(.timeLimit(.minutes(2))) struct HardwareNetworkTests {
    /// `test_one_pop_lif_example.py`: five cells that start a little apart.
    @Test func onePopulationOfLeakyCells() throws {
        let folder = try TemporaryFolder()
        _ = try emulate(
            """
            {"format": "spinnsim-topology/1", "name": "one", "simulation": {"duration": 100},
             "populations": [{"name": "a", "size": 5, "model": "IF_curr_exp", "record": ["spikes"],
              "parameters": {"tau_m": 333.33, "cm": 208.33, "v_rest": 0.1, "v_reset": 0.0, "v_thresh": 1.0,
               "tau_syn_E": 1,
                             "tau_syn_I": 2, "tau_refrac": 2.5, "i_offset": 3.0},
              "initial": {"v": [0.0, 0.0146789550781, 0.029296875, 0.0438842773438, 0.0584106445312]}}],
               "projections": []}
            """, in: folder)
        #expect(try spikes(folder) == ["72.0,a,4", "73.0,a,3", "74.0,a,2", "75.0,a,1", "76.0,a,0"])
    }

    /// `test_synfire_if_curr_exp_x6.py`: six rings of 200 cells, each with a spike that goes round.
    @Test func sixSynfireChains() throws {
        let folder = try TemporaryFolder()
        let chain = (0..<200).map { "[\($0), \(($0 + 1) % 200), 2, 1]" }.joined(separator: ", ")
        let populations = (0..<6).map {
            #"""
            {"name": "p\#($0)", "size": 200, "model": "IF_curr_exp", "neurons_per_core": 100, "record": ["spikes"],
             "parameters": {"cm": 0.25, "i_offset": 0, "tau_m": 10, "tau_refrac": 2, "tau_syn_E": 0.5, "tau_syn_I": 0.5,
                            "v_reset": -65, "v_rest": -65, "v_thresh": -64.4}},
            {"name": "s\#($0)", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [0]}}
            """#
        }
        let projections = (0..<6).map {
            """
            {"pre": "p\($0)", "post": "p\($0)", "connector": {"type": "FromList", "conn_list": [\(chain)]},
             "synapse": {}},
            {"pre": "s\($0)", "post": "p\($0)", "connector": {"type": "FromList", "conn_list": [[0, 0, 2, 1]]},
             "synapse": {}}
            """
        }
        let summary = try emulate(
            """
            {"format": "spinnsim-topology/1", "name": "synfire", "simulation": {"duration": 1000},
             "populations": [\(populations.joined(separator: ", "))],
              "projections": [\(projections.joined(separator: ", "))]}
            """, ranks: 2, in: folder)
        for population in summary.populations where population.name.hasPrefix("p") {
            #expect(population.spikes == 999, "\(population.name)")
        }
    }

    /// `test_multi_delay.py`: each source reaches its cell after 1, 80, 160, 240 and 320 ms.
    @Test func severalDelaysBetweenTheSameCells() throws {
        let folder = try TemporaryFolder()
        let projections = [1, 80, 160, 240, 320].map {
            """
            {"name": "after-\($0)", "pre": "in", "post": "a", "connector": {"type": "OneToOne"},
             "synapse": {"weight": 5, "delay": \($0)}}
            """
        }
        let times = stride(from: 0, to: 3000, by: 100).map { "\($0)" }.joined(separator: ", ")
        let summary = try emulate(
            """
            {"format": "spinnsim-topology/1", "name": "delays", "simulation": {"duration": 4000},
             "populations": [{"name": "a", "size": 70, "model": "IF_curr_exp", "record": ["spikes"]},
                             {"name": "in", "size": 70, "model": "SpikeSourceArray",
                              "parameters": {"spike_times": [\(times)]}}],
             "projections": [\(projections.joined(separator: ", "))]}
            """, ranks: 2, in: folder)
        #expect(summary.populations.first { $0.name == "a" }?.spikes == 30 * 5 * 70)
    }
}
