import Plasticity
import Topology

extension StructuralRowTable {
    /// The synapses that a projection has at the moment onto cores of this rank, with their stored weights.
    ///
    /// - Parameters:
    ///   - projection: Number in the network.
    ///   - cores: Cores of the target population, ascending.
    ///   - time: Step that begins now.
    ///   - pending: Also the weights with the changes that wait for their sources' next spikes; else empty.
    /// - Complexity: O(rows of the projection).
    public func synapses(
        of projection: Int, onto cores: [TargetCore], at time: Int, pending hasPending: Bool
    ) -> (list: SynapseList, weights: [UInt16], pending: [UInt16]) {
        var entries: [SynapseList.Entry] = []
        var (weights, pending): ([UInt16], [UInt16]) = ([], [])
        if let own = projections.first(where: { $0.index == projection }) {
            let population = populations[own.population]
            let wanted = population.cores.indices.filter { core in
                cores.contains { $0.slice == population.cores[core].slice }
            }
            for source in 0..<own.preSize {
                for core in wanted {
                    let row = row(own, source: source, core: core, cores: population.cores.count)
                    for i in 0..<row.count {
                        var entry = SynapseList.Entry(
                            source: row.source, delay: controls.delay(row.controls[i]),
                            neuron: UInt32(
                                truncatingIfNeeded: population.first + controls.neuron(row.controls[i])))
                        // Those of a pair with the same delay keep their order in the row.
                        entry.place = PlasticPlace(row: 0, number: UInt32(truncatingIfNeeded: weights.count))
                        entries.append(entry)
                        weights.append(population.plasticity.weight(of: i, in: row))
                        guard hasPending else { continue }
                        pending.append(
                            population.plasticity.pendingWeight(
                                of: i, in: row, type: own.type, controls, at: UInt32(truncatingIfNeeded: time)))
                    }
                }
            }
        }
        let list = SynapseList(&entries, onto: cores)
        func sorted(_ values: [UInt16]) -> [UInt16] {
            values.isEmpty ? [] : entries.map { values[Int($0.place.number)] }
        }
        return (list, sorted(weights), sorted(pending))
    }
}
