import Diagnostics
import Emulation
import Foundation
import Results
import TestSupport
import Testing
import Transport

/// Runs one rank of several without the others.
private func pretend(
    _ topology: String, rank: Int, of ranks: Int, replaying: String? = nil, rate: Double = 10,
    in folder: TemporaryFolder
) throws -> RunSummary {
    var options = RunOptions(file: try folder.write(topology, to: "pretended.json"))
    options.output = folder.path("pretended-\(rank)")
    options.overwrite = true
    options.quiet = true
    options.progress = .never
    options.pretence = Pretence(ranks: ranks, rank: rank, rate: rate, replayed: replaying)
    try Run(options, on: InProcessTransport.alone()).run()
    return try RunSummary(path: folder.path("pretended-\(rank)/run.json"))
}

@Suite(.timeLimit(.minutes(3))) struct PretenceTests {
    /// Each rank alone, with the real run's spikes in place of the others': together they make the real run, spike by
    /// spike.
    @Test func replayedRanksMakeTheRealRun() throws {
        let folder = try TemporaryFolder()
        let real = try emulate(mixedNetwork, in: folder, name: "pretended")
        let expected = try spikes(folder, "pretended")
        let ranks = 5
        var found: [String] = []
        var (synapses, events, cores, remote) = (0, 0, 0, 0)
        for rank in 0..<ranks {
            let alone = try pretend(
                mixedNetwork, rank: rank, of: ranks, replaying: folder.path("pretended"), in: folder)
            #expect(alone.status == "pretended")
            found += try spikes(folder, "pretended-\(rank)")
            synapses += alone.synapses
            events += alone.synapticEvents
            remote += try #require(alone.packets["from_other_ranks"])
            cores += try #require(alone.pretended).cores
        }
        #expect(found.sorted() == expected.sorted())
        #expect(synapses == real.synapses)
        #expect(events == real.synapticEvents)
        #expect(cores == real.machine?.cores)
        let together = try emulate(mixedNetwork, ranks: ranks, in: folder, name: "together")
        #expect(remote == together.packets["from_other_ranks"])
        #expect(together.exchange.parameters["source_ranks"] ?? 0 > 0)
    }

    /// The same drawn spikes every time, and about as many as the rate says.
    @Test func drawnSpikesHaveTheirRate() throws {
        let folder = try TemporaryFolder()
        let topology = """
            {"format": "spinnsim-topology/1", "name": "pair", "simulation": {"duration": 1000, "timestep": 1.0,
             "seed": 3},
             "populations": [
              {"name": "A", "size": 400, "model": "IF_curr_exp", "neurons_per_core": 100},
              {"name": "fast", "size": 100, "model": "SpikeSourcePoisson", "neurons_per_core": 100,
               "parameters": {"rate": 50}}],
             "projections": [
              {"pre": "A", "post": "A", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0, "delay": 1}},
              {"pre": "fast", "post": "A", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0, "delay": 1}}]}
            """
        let first = try pretend(topology, rank: 0, of: 5, rate: 50, in: folder)
        let second = try pretend(topology, rank: 0, of: 5, rate: 50, in: folder)
        #expect(first.synapticEvents == second.synapticEvents)
        #expect(first.pretended?.cores == 1)
        // The first rank has the first 100 neurons, which never fire: it hears from 300 others and 100 sources.
        let heard = Double(first.synapticEvents) / 100
        #expect(abs(heard / (400 * 50) - 1) < 0.03, "\(heard)")
    }

    @Test func refusesAnotherNetworksSpikes() throws {
        let folder = try TemporaryFolder()
        _ = try emulate(mixedNetwork, in: folder, name: "other")
        let changed = mixedNetwork.replacing("\"seed\": 5", with: "\"seed\": 6")
        #expect(throws: Failure.self) {
            try pretend(changed, rank: 0, of: 2, replaying: folder.path("other"), in: folder)
        }
    }
}
