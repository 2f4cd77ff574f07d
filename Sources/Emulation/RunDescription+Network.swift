import Results
import Topology

extension RunDescription {
    /// The description of a run of `network` on `ranks` ranks.
    public init(network: Network, ranks: Int, topologySHA256: String) {
        self.init(
            name: network.name, ranks: ranks, timestep: network.simulation.timestep, steps: network.simulation.steps,
            seed: network.simulation.seed, topologySHA256: topologySHA256,
            populations: network.populations.map {
                Population(
                    name: $0.name, size: $0.size, model: $0.model.name, recordsSpikes: $0.recording("spikes") != nil,
                    recordedNeurons: $0.recording("spikes")?.neurons.indices(size: $0.size).count)
            })
    }
}
