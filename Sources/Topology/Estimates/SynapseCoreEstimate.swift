// How many synapse cores a population needs.
//
// A core can handle so many synaptic events a second, fewer where synapses learn. Below a timestep of 1 ms a population
// that leaves the number of its synapse cores open gets as many as the events of a full slice take; from 1 ms on
// neurons and synapses share a core.

extension Network {
    /// Mean spikes a second that one neuron of each population can be expected to send, Hz.
    ///
    /// That is what the file says, the mean rate of a source, or `neurons`.
    ///
    /// - Parameter neurons: Hz, assumed for neurons.
    /// - Complexity: O(populations + spike times).
    public func expectedRates(ofNeurons neurons: Double) -> [Double] {
        let seconds = max(simulation.timestep, simulation.duration) / 1000
        return populations.indices.map { p in
            if let rate = populations[p].expectedRate { return rate }
            if populations[p].model.kind == .neuron { return neurons }
            let population = populations[p]
            switch population.model.kind {
            case .neuron: return neurons
            case .spikeSourcePoisson: return population.meanPoissonRate(duration: simulation.duration)
            case .spikeSourceArray:
                let size = Double(max(1, population.size))
                switch population.spikeTimes {
                case .shared(let times): return Double(times.count) / seconds
                case .perSource(let times): return Double(times.reduce(0) { $0 + $1.count }) / size / seconds
                case nil: return Double(population.spikeFile?.spikes ?? 0) / size / seconds
                }
            }
        }
    }

    /// Gives the populations that leave it open (`"n_synapse_cores": "auto"`) their synapse cores.
    ///
    /// That is none from a timestep of 1 ms on, else ⌈events / events that a core handles⌉, summed over the projections
    /// into a slice; one where synapses need it to be one, and none beside receptors that teach.
    ///
    /// - Precondition: Connections of files are read, and pairs surveyed.
    /// - Complexity: O(populations + projections + spike times).
    /// - Determinism: a function of the network alone.
    /// - Source: Documentation/Chip.md, "Split cores" and "Capacity".
    public mutating func estimateSynapseCores() {
        guard populations.contains(where: \.estimatesSynapseCores) else { return }
        let rates = expectedRates(ofNeurons: SynapseCoreEstimate.rate)
        for p in populations.indices where populations[p].estimatesSynapseCores {
            let estimate = SynapseCoreEstimate(of: p, in: self, rates: rates)
            populations[p].synapseCoreEstimate = estimate
            populations[p].synapseCores = estimate.count
        }
    }
}

/// What the number of a population's synapse cores comes from.
public struct SynapseCoreEstimate: Sendable, Equatable {
    /// Hz, assumed for neurons.
    public static let rate = 30.0
    /// Timestep from which on neurons and synapses share a core, ms.
    static let sharingTimestep = 1.0
    /// Events a second that a core handles of synapses that learn, as a share of static ones.
    static let learningShare = 1_400_000.0 / 13_000_000
    /// The same of synapses whose weights are changed.
    static let changingShare = 10_000_000.0 / 13_000_000

    /// What settles the number.
    public enum Reason: String, Sendable {
        case events = "synaptic events"
        case timestep
        case oneCore = "synapses that need one core"
        case teaching = "receptors that teach"
        case chip = "cores of a chip"
    }

    /// Synaptic events that a full slice has to expect, a second of wall-clock time.
    public var eventsPerSecond: Double
    /// Cores that they take, in parts.
    public var coresNeeded: Double
    /// Synapse cores of a slice; `nil`: its neuron core does their work.
    public var count: Int?
    public var reason: Reason

    /// - Parameter rates: Hz, by population.
    init(of p: Int, in network: Network, rates: [Double]) {
        let population = network.populations[p]
        let slice = min(population.size, population.neuronsPerCore ?? network.machine.core.neuronsPerCore)
        let part = Double(slice) / Double(max(1, population.size)) / Double(network.simulation.timeScaleFactor)
        let handled = Double(network.machine.core.synapsesPerSecond)
        (eventsPerSecond, coresNeeded) = (0, 0)
        var needsOne = false
        for projection in network.projections where projection.post == p {
            let synapse = projection.synapse
            let events = Double(network.expectedSynapses(projection)) * part * rates[projection.pre]
            eventsPerSecond += events
            let share =
                synapse.changer != nil || synapse.changeable != nil
                ? Self.changingShare : synapse.isPlastic ? Self.learningShare : 1
            coresNeeded += events / (handled * share)
            needsOne =
                needsOne || synapse.structural != nil
                || synapse.isPlastic && (synapse.changer != nil || projection.recordedWeights != nil)
        }
        let most = min(16, (network.machine.coresPerChip ?? 18) - 2)
        let wanted = Int(min(coresNeeded.rounded(.up), 1_000))
        if !population.learningReceptors.isEmpty {
            (count, reason) = (nil, .teaching)
        } else if network.simulation.timestep >= Self.sharingTimestep || most < 1 {
            (count, reason) = (nil, .timestep)
        } else if wanted > 1, needsOne {
            (count, reason) = (1, .oneCore)
        } else if wanted > most {
            (count, reason) = (most, .chip)
        } else {
            (count, reason) = (wanted > 0 ? wanted : nil, .events)
        }
    }
}
