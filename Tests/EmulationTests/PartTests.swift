import Results
import TestSupport
import Testing

/// Projections between parts of populations.
@Suite(.timeLimit(.minutes(3))) struct PartRankTests {
    private func network(_ projections: String, seed: Int = 3) -> String {
        """
        {"format": "spinnsim-topology/1", "name": "parts", "simulation": {"duration": 100, "seed": \(seed)},
         "populations": [
          {"name": "in", "size": 40, "model": "SpikeSourcePoisson", "neurons_per_core": 9, "seed": 8,
           "record": ["spikes"],
           "parameters": {"rate": 80}},
          {"name": "E", "size": 50, "model": "IF_curr_exp", "neurons_per_core": 13, "record": ["spikes"],
           "parameters": {"cm": 0.25}}],
         "projections": [\(projections)]}
        """
    }

    /// A rule between parts makes the spikes of the list of its connections.
    @Test func aPartIsItsConnections() throws {
        let folder = try TemporaryFolder()
        let rows = stride(from: 1, to: 40, by: 3).flatMap { i in [3, 11, 30].map { "[\(i), \($0), 1.5, 4]" } }
        let sliced = try emulate(
            network(
                """
                {"pre": "in", "post": "E", "pre_neurons": "1:40:3", "post_neurons": [30, 3, 11],
                 "connector": {"type": "AllToAll"}, "synapse": {"weight": 1.5, "delay": 4}}
                """), ranks: 2, in: folder)
        let listed = try emulate(
            network(
                """
                {"pre": "in", "post": "E", "connector": {"type": "FromList",
                 "conn_list": [\(rows.joined(separator: ", "))]}}
                """), in: folder)
        #expect(try #require(sliced.populations.last?.spikes) > 10)
        #expect(sliced.spikeHash == listed.spikeHash)
    }

    private let drawn = """
        {"pre": "in", "post": "E", "pre_neurons": "0:30", "post_neurons": "10:50", "seed": 11,
         "connector": {"type": "FixedProbability", "p_connect": 0.3},
         "synapse": {"weight": {"distribution": "uniform", "low": 0.5, "high": 1.5},
          "delay": {"distribution": "uniform", "low": 1, "high": 20}}},
        {"pre": "E", "post": "E", "pre_neurons": "20:50", "post_neurons": "0:25",
         "connector": {"type": "FixedNumberPost", "n": 6, "allow_self_connections": false},
          "synapse": {"weight": 0.5, "delay": 2}},
        {"pre": "E", "post": "E", "post_neurons": "0:25", "receptor": "inhibitory",
         "connector": {"type": "FixedTotalNumber", "n": 200}, "synapse": {"weight": 0.2, "delay": 3}}
        """

    @Test func spikesDoNotDependOnTheRanks() throws {
        let folder = try TemporaryFolder()
        let one = try emulate(network(drawn), in: folder)
        #expect(try #require(one.populations.last?.spikes) > 100)
        for ranks in [2, 3, 7] {
            #expect(try emulate(network(drawn), ranks: ranks, in: folder).spikeHash == one.spikeHash, "\(ranks) ranks")
        }
    }

    /// What a projection with a seed of its own draws does not hang on the simulation's seed.
    @Test(arguments: [true, false]) func seedOfAProjection(_ isOwn: Bool) throws {
        let folder = try TemporaryFolder()
        let projection = """
            {"pre": "in", "post": "E", \(isOwn ? "\"seed\": 5, " : "") "connector": {"type": "FixedProbability",
             "p_connect": 0.2},
             "synapse": {"weight": {"distribution": "uniform", "low": 0.5, "high": 2}, "delay": 2}}
            """
        let first = try emulate(network(projection, seed: 1), in: folder)
        let second = try emulate(network(projection, seed: 2), ranks: 2, in: folder)
        #expect(first.spikes > 100)
        #expect((first.spikeHash == second.spikeHash) == isOwn)
    }
}
