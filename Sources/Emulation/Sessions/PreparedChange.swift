import Diagnostics
import NetworkFiles
import Synapses
import Topology
import Transport

/// A change whose files have been read and found right.
struct PreparedChange {
    /// New weights of a projection's synapses on this rank.
    enum Weights {
        case value(ParameterValue)
        case patch(WeightPatch)
    }

    var change: NetworkChange
    /// By place in ``NetworkChange/weights``.
    var weights: [Weights] = []
    /// The topology's own, which is made again after a reset.
    var isOfTopology = false
}

extension Session {
    /// Reads what changes refer to, and sees whether they can be made; entered by all.
    ///
    /// - Returns: The changes, and what they do that a user may not expect.
    /// - Throws: The agreed failure; nothing has changed.
    func prepare(
        _ changes: [NetworkChange], isOfTopology: Bool = false
    ) throws(Failure) -> (changes: [PreparedChange], warnings: [String]) {
        guard changes.contains(where: { !$0.weights.isEmpty }) else {
            return (changes.map { PreparedChange(change: $0, isOfTopology: isOfTopology) }, [])
        }
        var warnings: [String] = []
        let prepared = try transport.phase {
            try changes.map { change in
                var prepared = PreparedChange(change: change, isOfTopology: isOfTopology)
                for weights in change.weights {
                    let (new, warning) = try NewWeights.prepare(
                        weights, loaded.rules, network, onto: loaded.cores(of: weights.projection))
                    prepared.weights.append(new)
                    if let warning, !warnings.contains(warning) { warnings.append(warning) }
                }
                return prepared
            }
        }
        return (prepared, warnings)
    }
}

/// New weights before they are given.
enum NewWeights {
    /// - Parameter cores: Those of the target population whose synapses are looked at.
    static func prepare(
        _ weights: NetworkChange.Weights, _ rules: SynapseRules, _ network: Network, onto cores: [TargetCore]
    ) throws(Failure) -> (new: PreparedChange.Weights, warning: String?) {
        switch weights.source {
        case .value(let value): return (.value(value), rules.cut(weights.projection, value.bounds))
        case .file(let reference, let document):
            let (path, table) = try network.readWeights(reference, of: document, projection: weights.projection)
            return (
                .patch(try rules.patch(weights.projection, table, file: path, onto: cores)),
                table.weightBounds.flatMap { rules.cut(weights.projection, $0) }
            )
        }
    }
}

extension RankNetwork {
    /// The cores of a projection's targets on this rank, ascending; one of those that take in the spikes of the same
    /// neurons.
    func cores(of projection: Int) -> [TargetCore] {
        targets.filter { $0.population == network.projections[projection].post && $0.copy == 0 }
    }

    /// Gives synapses that learn new weights.
    func changePlastic(_ projection: Int, _ weights: PreparedChange.Weights) {
        let cores = cores(of: projection)
        let places = plasticRows.synapses(of: projection, onto: cores).places
        switch weights {
        case .value(let value):
            let changed = rules.giving(projection, value, onto: cores)
            plasticRows.setWeights(changed.list(projection, onto: cores).weights, at: places)
        case .patch(let patch): plasticRows.setWeights(patch.weights, at: patch.places.map { places[$0] })
        }
    }
}
