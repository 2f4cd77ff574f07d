import Synapses
import Topology

/// A plastic synapse as it is at the moment.
public struct PlasticWeight: Sendable, Hashable {
    /// Number of the projection in the network.
    public var projection: Int
    /// Index of the source neuron in its population.
    public var source: Int
    /// Index of the target neuron in its population.
    public var target: Int
    /// Steps.
    public var delay: Int
    /// As stored, in ring-buffer units.
    public var raw: UInt16
    /// Magnitude, nA or µS.
    public var weight: Double
}

extension RankNetwork {
    /// Calls `body` with every synapse of this rank's neurons that learns or comes and goes, as it is at the moment.
    ///
    /// As on the chip a target's spikes since the source's last one are not in the weight yet.
    ///
    /// - Complexity: O(plastic synapses and structural rows).
    /// - Determinism: Which synapses there are and what they hold depends on the network alone; their order, and
    ///   which rank has them, depends on the ranks.
    public func forEachPlasticSynapse(_ body: (PlasticWeight) -> Void) {
        guard plasticRows.synapses > 0 || structuralRows != nil else { return }
        var indexInPopulation = [UInt32](repeating: 0, count: ringBuffers.stride)
        for target in targets {
            for (i, neuron) in target.slice.enumerated() {
                indexInPopulation[target.firstNeuron + i] = UInt32(truncatingIfNeeded: neuron)
            }
        }
        func visit(_ synapse: PlasticSynapseState) {
            let scale = scales[network.projections[synapse.projection].post][synapse.type].weightScale
            body(
                PlasticWeight(
                    projection: synapse.projection, source: synapse.source,
                    target: Int(indexInPopulation[synapse.neuron]), delay: synapse.delay, raw: synapse.weight,
                    weight: Double(synapse.weight) / scale))
        }
        plasticRows.forEach(visit)
        structuralRows?.forEach(visit)
    }
}
