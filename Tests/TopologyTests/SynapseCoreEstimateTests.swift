import Testing
import Topology

@Suite struct SynapseCoreEstimateTests {
    /// Poisson sources and a population that is joined to itself; `more` goes into its synapses.
    private func estimated(
        timestep: Double = 0.1, population: String = "", synapse: String = #""weight": 0.1"#, scale: Int = 1,
        machine: String = ""
    ) throws -> Population {
        var network = try read(
            """
            {"format": "spinnsim-topology/1", "name": "n",
             "simulation": {"duration": 100, "timestep": \(timestep), "time_scale_factor": \(scale)},
              "machine": {\(machine)},
             "populations": [
              {"name": "in", "size": 1000, "model": "SpikeSourcePoisson", "parameters": {"rate": 100}},
              {"name": "E", "size": 512, "model": "IF_curr_exp", "n_synapse_cores": "auto"\(population)}],
             "projections": [
              {"pre": "in", "post": "E", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.1, "delay": 1}},
              {"pre": "E", "post": "E", "connector": {"type": "AllToAll", "allow_self_connections": true},
               "synapse": {"delay": 1, \(synapse)}}]}
            """
        ).network
        network.estimateSynapseCores()
        return network.populations[1]
    }

    private static let learning =
        #""type": "STDP", "weight": 0.1, "timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive"}"#

    /// Events of a slice of 256 neurons: 25.6 million from the sources, 3.93 million from neurons of 30 Hz.
    @Test func countsTheCoresThatTheEventsTake() throws {
        let events = 1000 * 256 * 100.0 + 512 * 256 * 30
        let plain = try estimated()
        #expect(plain.synapseCores == 3)
        #expect(try #require(plain.synapseCoreEstimate).eventsPerSecond == events)
        #expect(try #require(plain.synapseCoreEstimate).reason == .events)
        // Synapses that learn: 25.6 / 13 + 3.93 / 1.4.
        #expect(try estimated(synapse: Self.learning).synapseCores == 5)
        #expect(try estimated(population: #", "neurons_per_core": 64"#).synapseCores == 1)
        #expect(try estimated(population: #", "expected_rate": 400"#).synapseCores == 7)
        #expect(try estimated(scale: 3).synapseCores == 1)
        #expect(try estimated(machine: #""core": {"synapses_per_second": 2000000}"#).synapseCores == 15)
    }

    /// What the machine has on one core stays there, and a chip has so many cores.
    @Test func staysWithinWhatIsPossible() throws {
        let whole = try estimated(timestep: 1)
        #expect(whole.synapseCores == nil)
        #expect(whole.synapseCoreEstimate?.reason == .timestep)
        let few = try estimated(machine: #""core": {"synapses_per_second": 1000}"#)
        #expect(few.synapseCores == 16)
        #expect(few.synapseCoreEstimate?.reason == .chip)
        #expect(try estimated(machine: #""cores_per_chip": 4"#).synapseCores == 2)
        let changing = try estimated(synapse: #""type": "WeightChangeable", "w_min": 0, "w_max": 1, "weight": 0.1"#)
        #expect(changing.synapseCores == 3)
    }
}
