import Foundation
public import Topology

/// What emulating a core costs and how many packets it sends, in expectation: the weights of rank assignment.
///
/// The unit of cost is one neuron update; only ratios matter.
public struct SimulationLoad: Sendable {
    /// Cost of a step of a core, whatever it holds.
    public var core = 50.0
    /// Cost of a step of one neuron.
    public var neuron = 1.0
    /// Cost of a step of one source.
    public var source = 4.0
    /// Cost of one spike at one synapse.
    public var event = 2.0
    /// Cost of one spike at one plastic synapse.
    public var plasticEvent = 20.0
    /// Hz, assumed for neurons.
    public var rate = 10.0

    public init() {}

    /// Spikes a step that one neuron of each population can be expected to send.
    ///
    /// - Complexity: O(populations + spike times).
    public func spikesPerStep(in network: Network) -> [Double] {
        let steps = max(1, network.simulation.duration / network.simulation.timestep)
        return network.populations.map { population in
            switch population.model.kind {
            case .neuron: rate * network.simulation.timestep / 1000
            case .spikeSourcePoisson:
                population.meanPoissonRate(duration: network.simulation.duration) * network.simulation.timestep
                    / 1000
            case .spikeSourceArray:
                switch population.spikeTimes {
                case .shared(let times): Double(times.count) / steps
                case .perSource(let times):
                    Double(times.reduce(0) { $0 + $1.count }) / Double(max(1, times.count)) / steps
                case nil: Double(population.spikeFile?.spikes ?? 0) / Double(max(1, population.size)) / steps
                }
            }
        }
    }

    /// Cost of a step of each core and the packets it sends in one.
    ///
    /// - Complexity: O(cores × projections into them + rows of lists).
    func weigh(_ cores: [WorkerCore], of network: Network) -> (costs: [Double], packets: [Double]) {
        let spikes = spikesPerStep(in: network)
        var incoming = [[Int]](repeating: [], count: network.populations.count)
        for (i, projection) in network.projections.enumerated() { incoming[projection.post].append(i) }
        let listed = network.projections.map { $0.listedSynapses(perNeuronOf: network.populations[$0.post].size) }
        var (costs, packets): ([Double], [Double]) = ([], [])
        for worker in cores {
            let atoms = Double(worker.slice.count)
            var cost = core
            switch worker.role {
            case .neurons:
                cost += neuron * atoms
                for i in incoming[worker.population] {
                    let projection = network.projections[i]
                    let synapses =
                        listed[i].isEmpty
                        ? projection.expectedSynapses(on: worker.slice, in: network)
                        : Double(listed[i][worker.slice.upperBound] - listed[i][worker.slice.lowerBound])
                    cost += (projection.synapse.stdp == nil ? event : plasticEvent) * synapses * spikes[projection.pre]
                }
            case .source: cost += source * atoms
            case .delayExtension(let stages): cost += event * atoms * spikes[worker.population] * Double(stages)
            }
            costs.append(cost)
            let stages = if case .delayExtension(let stages) = worker.role { Double(stages) } else { 1.0 }
            packets.append(atoms * spikes[worker.population] * stages)
        }
        return (costs, packets)
    }
}
