public import Diagnostics
import NetworkFiles
import StrictJSON
import Synapses
public import Topology

/// Sees whether changes can be made to a network, without running it.
public enum ChangesCheck {
    /// Reads a document of changes to a network, and the files that it refers to.
    ///
    /// - Returns: The changes, and what they do that a user may not expect.
    /// - Throws: `badInput` for the first mistake, `noInput` for a file that cannot be read.
    /// - Complexity: Of projections that a file gives weights, as generating them.
    public static func read(
        _ file: String, of network: Network
    ) throws(Failure) -> (changes: [NetworkChange], warnings: [String]) {
        let bytes = try TopologyFile.load(file)
        var planned = network
        for current in network.changes.flatMap(\.currents) { planned.set(current) }
        let changes: [NetworkChange]
        do throws(DocumentError) {
            changes = try ChangesReader.read(bytes: bytes, file: file, of: planned, from: 0)
        } catch { throw error.failure }
        return (changes, try check(changes, of: network))
    }

    /// Reads the files that changes refer to.
    ///
    /// - Returns: What they do that a user may not expect.
    /// - Throws: `badInput` for the first mistake, `noInput` for a file that cannot be read.
    public static func check(_ changes: [NetworkChange], of network: Network) throws(Failure) -> [String] {
        let weights = changes.flatMap(\.weights)
        guard !weights.isEmpty else { return [] }
        let rules = SynapseRules(network: network, scales: WeightScaling.shifts(network))
        var warnings: [String] = []
        for each in weights {
            let post = network.projections[each.projection].post
            let all = TargetCore(
                core: 0, population: post, slice: NeuronSlice(0..<network.populations[post].size), firstNeuron: 0,
                delaySlots: 0)
            let warning = try NewWeights.prepare(each, rules, network, onto: [all]).warning
            if let warning, !warnings.contains(warning) { warnings.append(warning) }
        }
        return warnings
    }
}
