import Foundation
import Results
import TestSupport
import Testing
import Topology

/// Every cell model and every injected current at once.
private let everyModel: String = {
    let models = CellModel.all.filter { !$0.isSource }
    let populations = models.map {
        #"{"name": "\#($0.name)", "size": 30, "model": "\#($0.name)", "neurons_per_core": 11, "#
            + #""record": ["spikes", "v", "gsyn_inh"]}"#
    }
    var projections: [String] = []
    for model in models {
        let weight =
            model.isConductanceBased ? 0.05 : model.name.hasPrefix("Izh") ? 12 : model.name.contains("exp") ? 2 : 0.5
        for receptor in model.receptors {
            let signed = receptor == "inhibitory" && !model.isConductanceBased ? -weight / 4 : weight
            projections.append(
                """
                {"pre": "noise", "post": "\(model.name)", "receptor": "\(receptor)", "synapse": {"weight": \(signed),
                 "delay": 2},
                 "connector": {"type": "FixedProbability", "p_connect": 0.2}}
                """)
        }
    }
    return """
        {"format": "spinnsim-topology/1", "name": "models", "simulation": {"duration": 120, "seed": 3},
         "populations": [{"name": "noise", "size": 60, "model": "SpikeSourcePoisson", "parameters": {"rate": 80}},
          \(populations.joined(separator: ",\n"))],
         "projections": [\(projections.joined(separator: ",\n"))],
         "currents": [
          {"type": "DC", "population": "IF_curr_exp", "start": 20, "stop": 80, "amplitude": 1.0},
          {"type": "AC", "population": "IF_cond_exp", "neurons": "0:10", "amplitude": 0.5, "offset": 0.5,
           "frequency": 20,
           "phase": 0, "start": 0, "stop": 100},
          {"type": "Step", "population": "Izhikevich", "times": [10, 50, 100], "amplitudes": [1, 5, 2]},
          {"type": "Noisy", "population": "IF_curr_alpha", "mean": 1.8, "stdev": 0.3, "start": 0, "stop": 120}]}
        """
}()

@Suite(.timeLimit(.minutes(2))) struct ModelTests {
    @Test func everyModelRunsAndDoesNotDependOnRanks() throws {
        let folder = try TemporaryFolder()
        let one = try emulate(everyModel, in: folder)
        for population in one.populations.dropFirst() {
            #expect(try #require(population.spikes) > 0, "\(population.name)")
        }
        #expect(one.populations.count == 1 + CellModel.all.filter { !$0.isSource }.count)
        for ranks in [2, 3, 7] {
            let other = try emulate(everyModel, ranks: ranks, in: folder)
            #expect(other.spikeHash == one.spikeHash, "\(ranks) ranks")
        }
    }

    /// A current into some neurons moves those, in its time, and no others.
    @Test func currentsReachTheirNeurons() throws {
        let folder = try TemporaryFolder()
        _ = try emulate(
            """
            {"format": "spinnsim-topology/1", "name": "dc", "simulation": {"duration": 100},
             "populations": [{"name": "a", "size": 6, "model": "IF_curr_exp", "neurons_per_core": 2,
              "record": ["spikes"]}],
             "projections": [],
             "currents": [{"type": "DC", "population": "a", "neurons": "2:5", "start": 30, "stop": 60, "amplitude": 3}]}
            """, ranks: 2, in: folder)
        let rows = try spikes(folder).map { $0.split(separator: ",") }
        #expect(Set(rows.map { String($0[2]) }) == ["2", "3", "4"])
        #expect(rows.allSatisfy { (30..<61).contains(Double($0[0]) ?? 0) })
        #expect(rows.count >= 9)
    }
}
