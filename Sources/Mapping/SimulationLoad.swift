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

    /// Spikes a second that one neuron of each population can be expected to send, Hz.
    ///
    /// That is what the file says, the mean rate of a source, or ``rate``.
    ///
    /// - Complexity: O(populations + spike times).
    public func rates(in network: Network) -> [Double] {
        network.expectedRates(ofNeurons: rate)
    }

    /// Spikes a step that one neuron of each population can be expected to send.
    ///
    /// - Complexity: O(populations + spike times).
    public func spikesPerStep(in network: Network) -> [Double] {
        rates(in: network).map { $0 * network.simulation.timestep / 1000 }
    }

    /// Cost of a step of each core and the packets it sends in one.
    ///
    /// - Complexity: O(cores × projections into them + rows of lists).
    public func expected(of cores: [WorkerCore], in network: Network) -> CoreLoads {
        let spikes = spikesPerStep(in: network)
        var incoming = [[Int]](repeating: [], count: network.populations.count)
        for (i, projection) in network.projections.enumerated() { incoming[projection.post].append(i) }
        let listed = network.projections.map { $0.listedSynapses(perNeuronOf: network.populations[$0.post].size) }
        let split = SplitCores(network)
        var (costs, packets): ([Double], [Double]) = ([], [])
        for worker in cores {
            let atoms = Double(worker.slice.count)
            var cost = core
            switch worker.role {
            case .neurons, .synapses:
                cost += worker.role == .neurons ? neuron * atoms : 0
                for i in incoming[worker.population] {
                    let projection = network.projections[i]
                    let share = split.share(of: projection, on: worker)
                    guard share > 0 else { continue }
                    let synapses =
                        listed[i].isEmpty
                        ? projection.expectedSynapses(on: worker.slice, in: network)
                        : Double(worker.slice.total(ofRunning: listed[i]))
                    cost +=
                        share * (projection.synapse.isPlastic ? plasticEvent : event) * synapses
                        * spikes[projection.pre]
                }
            case .source: cost += source * atoms
            case .delayExtension(let stages): cost += event * atoms * spikes[worker.population] * Double(stages)
            }
            costs.append(cost)
            let stages = if case .delayExtension(let stages) = worker.role { Double(stages) } else { 1.0 }
            if case .synapses = worker.role {
                packets.append(0)
            } else {
                packets.append(atoms * spikes[worker.population] * stages)
            }
        }
        return CoreLoads(costs: costs, packets: packets)
    }

    /// The same from what a run counted.
    ///
    /// - Parameters:
    ///   - packets: Packets that each core sent.
    ///   - events: Synapses of each core that spikes passed.
    ///   - steps: Steps of the run, at least 1.
    /// - Complexity: O(cores + projections).
    public func measured(
        of cores: [WorkerCore], in network: Network, packets: [Int], events: [Int], steps: Int
    ) -> CoreLoads {
        var learns = [Bool](repeating: false, count: network.populations.count)
        for projection in network.projections where projection.synapse.stdp != nil { learns[projection.post] = true }
        var loads = CoreLoads(costs: [], packets: [])
        for (i, worker) in cores.enumerated() {
            let perStep = 1 / Double(max(1, steps))
            let (sent, passed) = (Double(packets[i]) * perStep, Double(events[i]) * perStep)
            let cost =
                switch worker.role {
                case .neurons:
                    neuron * Double(worker.slice.count) + (learns[worker.population] ? plasticEvent : event) * passed
                case .synapses: (learns[worker.population] ? plasticEvent : event) * passed
                case .source: source * Double(worker.slice.count)
                case .delayExtension: event * sent
                }
            loads.costs.append(core + cost)
            loads.packets.append(sent)
        }
        return loads
    }
}

/// What emulating each core takes: the weights of rank assignment.
public struct CoreLoads: Sendable {
    /// Cost of a step by core.
    public var costs: [Double]
    /// Packets of a step by core.
    public var packets: [Double]
}
