import Foundation
import TestSupport
import Testing

/// What a client hears of spikes while the network runs.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LiveSpikeTests {
    private static let network = """
        {"format": "spinnsim-topology/1", "name": "live", "simulation": {"duration": 60, "seed": 5},
         "populations": [
          {"name": "noise", "size": 40, "model": "SpikeSourcePoisson", "parameters": {"rate": 60}},
          {"name": "times", "size": 2, "model": "SpikeSourceArray", "parameters": {"spike_times": [[3, 3, 9], [9, 70]]},
           "record": {"spikes": {"neurons": [0]}}},
          {"name": "E", "size": 50, "model": "IF_curr_exp", "neurons_per_core": 10, "record": ["spikes"]}],
         "projections": [{"pre": "noise", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.5},
                          "synapse": {"weight": 1.5, "delay": 4}}]}
        """

    private struct Spike: Hashable { var step, neuron: Int }

    private func words(_ bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBytes { raw in
            (0..<raw.count / 4).map {
                Int(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }

    private func spikes(_ client: SessionClient, of population: String) -> [Spike] {
        client.events.filter { $0["event"] as? String == "spikes" && $0["population"] as? String == population }
            .flatMap { event in words(event.attachment).map { Spike(step: event["step"] as? Int ?? -1, neuron: $0) } }
    }

    /// Spikes come step by step, neurons ascending, whoever has them; they are those that are recorded, and hearing
    /// them changes none.
    @Test(arguments: [1, 3]) func hearsEverySpike(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let client = try SessionClient(ranks: ranks, in: folder)
        try client.ask("load", attachment: Array(Self.network.utf8))
        let unheard = try client.ask("run", ["steps": 60])["spikes"] as? Int ?? 0
        #expect(client.events.allSatisfy { $0["event"] as? String != "spikes" })
        try client.ask("reset")
        for population in ["E", "times", "noise"] {
            #expect(try client.ask("live", ["population": population, "on": true])["on"] as? Bool == true)
        }
        var recorded = 0
        for (steps, isPaced) in [(1, false), (29, false), (20, true), (10, false)] {
            recorded += try client.ask("run", ["steps": steps, "realtime": isPaced])["spikes"] as? Int ?? 0
        }
        #expect(recorded == unheard && recorded > 50)
        let heard = spikes(client, of: "E")
        #expect(heard.count + 3 == recorded, "two spikes of one source and one of the other are recorded")
        #expect(heard.map { $0.step * 1000 + $0.neuron } == heard.map { $0.step * 1000 + $0.neuron }.sorted())
        #expect(
            spikes(client, of: "times").map { [$0.step, $0.neuron] } == [[3, 0], [3, 0], [9, 0], [9, 1]])
        #expect(spikes(client, of: "noise").count > 60)

        let counted = try client.ask("counts", ["population": "E"])
        #expect(counted["step"] as? Int == 60 && counted["spikes"] as? Int == heard.count)
        var counts = [Int](repeating: 0, count: 50)
        for spike in heard { counts[spike.neuron] += 1 }
        #expect(words(counted.attachment) == counts)
        #expect(words(try client.ask("counts", ["population": "times"]).attachment) == [3, 0])
        #expect(try client.ask("counts", ["population": "noise"]).errorText.contains("does not record"))

        func told() -> Int { client.events.count { $0["event"] as? String == "spikes" } }
        let events = told()
        try client.ask("live", ["population": "E", "on": false])
        try client.ask("live", ["population": "noise", "on": false])
        try client.ask("run", ["steps": 5])
        #expect(told() == events)
        let other = Self.network.replacing(#""seed": 5"#, with: #""seed": 6"#)
        try client.ask("load", attachment: Array(other.utf8))
        #expect(try client.ask("counts", ["population": "E"])["spikes"] as? Int == 0)
        try client.ask("run", ["steps": 10])
        #expect(told() == events, "another network is not listened to")
    }

    /// A client that answers a spike with another has it in the next step.
    @Test func closesALoop() throws {
        let folder = try TemporaryFolder()
        let text = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 60}, "populations": [
              {"name": "in", "size": 1, "model": "SpikeInjector", "record": ["spikes"]}]}
            """
        let client = try SessionClient(ranks: 2, in: folder)
        try client.ask("load", attachment: Array(text.utf8))
        try client.ask("live", ["population": "in", "on": true])
        try client.send("inject", ["population": "in", "indices": [0]])
        for step in 0..<5 {
            try client.ask("run", ["steps": 1])
            #expect(spikes(client, of: "in").last?.step == step)
            try client.send("inject", ["population": "in", "indices": [0]])
        }
    }
}
