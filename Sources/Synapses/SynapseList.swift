import Plasticity
import Topology

/// Synapses of one projection onto some target cores, by core, then ascending by target, source and delay.
///
/// - Determinism: Synapses with the same three keep the order in which they are generated, if plastic, and are
///   ascending by weight, if static; so the list of a core does not depend on what else its rank has.
public struct SynapseList: Sendable {
    /// Source neurons, by index in their population, `[count]`.
    public private(set) var sources: [UInt32] = []
    /// Target neurons, by index in their population, `[count]`.
    public private(set) var targets: [UInt32] = []
    /// Steps, `[count]`.
    public private(set) var delays: [UInt32] = []
    /// Synapses of each run of targets that follow one another.
    public private(set) var runs: [Int] = []
    public var count: Int { sources.count }

    /// A synapse before it has its place.
    struct Entry {
        /// Source 32 | delay 16 | 16 bits of its own.
        var key: UInt64
        /// Index among the rank's neurons.
        var neuron: UInt32
        var place = PlasticPlace(row: 0, number: 0)

        init(source: UInt32, delay: UInt32, low: UInt16 = 0, neuron: UInt32) {
            key = UInt64(source) << 32 | UInt64(delay & 0xFFFF) << 16 | UInt64(low)
            self.neuron = neuron
        }
    }

    /// Puts entries in order, which are synapses onto `cores`.
    ///
    /// - Parameter cores: Cores of one population on this rank, ascending.
    /// - Complexity: O(n log(synapses of a target)).
    init(_ entries: inout [Entry], onto cores: [TargetCore]) {
        guard let first = cores.first?.firstNeuron, let last = cores.last else { return }
        let neurons = last.firstNeuron + last.slice.count - first
        var starts = [Int](repeating: 0, count: neurons + 1)
        for entry in entries { starts[Int(entry.neuron) - first + 1] += 1 }
        for i in 0..<neurons { starts[i + 1] += starts[i] }
        var next = starts
        var sorted = entries
        for entry in entries {
            let neuron = Int(entry.neuron) - first
            sorted[next[neuron]] = entry
            next[neuron] += 1
        }
        sources.reserveCapacity(entries.count)
        targets.reserveCapacity(entries.count)
        delays.reserveCapacity(entries.count)
        sorted.withUnsafeMutableBufferPointer { sorted in
            var end: Int?
            for core in cores {
                for (i, neuron) in core.slice.enumerated() {
                    if end != neuron { runs.append(0) }
                    end = neuron + 1
                    let target = core.firstNeuron - first + i
                    let range = starts[target]..<starts[target + 1]
                    runs[runs.count - 1] += range.count
                    sorted[range].sort { $0.key != $1.key ? $0.key < $1.key : $0.place.number < $1.place.number }
                    for at in range {
                        sources.append(UInt32(truncatingIfNeeded: sorted[at].key >> 32))
                        targets.append(UInt32(truncatingIfNeeded: neuron))
                        delays.append(UInt32(truncatingIfNeeded: sorted[at].key >> 16) & 0xFFFF)
                    }
                }
            }
        }
        entries = sorted
    }
}

extension SynapseRules {
    /// The static synapses of a projection onto cores of this rank, with their stored weights.
    ///
    /// - Parameter cores: Cores of the target population, ascending.
    /// - Complexity: As generating them.
    public func synapses(of projection: Int, onto cores: [TargetCore]) -> (list: SynapseList, weights: [UInt16]) {
        final class Found { var entries: [SynapseList.Entry] = [] }
        let found = Found()
        generator(projection, network: network).generate(cores) { _, batch in
            for i in 0..<batch.count {
                found.entries.append(
                    SynapseList.Entry(
                        source: batch.pre[i], delay: batch.delay[i], low: batch.weight[i], neuron: batch.neuron[i]))
            }
        }
        let list = SynapseList(&found.entries, onto: cores)
        return (list, found.entries.map { UInt16(truncatingIfNeeded: $0.key) })
    }
}

/// Where a plastic synapse stands.
public struct PlasticPlace: Sendable {
    /// The word with which its row's part begins.
    var row: UInt32
    /// Its number in the part.
    var number: UInt32
}

extension PlasticRowTable {
    /// The plastic synapses of a projection onto cores of this rank, and where each stands.
    ///
    /// - Parameters:
    ///   - projection: Number in the network.
    ///   - cores: Cores of the target population, ascending.
    /// - Complexity: O(synapses of the rank).
    public func synapses(of projection: Int, onto cores: [TargetCore]) -> (list: SynapseList, places: [PlasticPlace]) {
        var entries: [SynapseList.Entry] = []
        guard let number = projections.firstIndex(where: { $0.index == projection }), let first = cores.first,
            let last = cores.last
        else { return (SynapseList(&entries, onto: cores), []) }
        let own = projections[number]
        let firstNeuron = populations[own.population].first
        let wanted = first.firstNeuron..<(last.firstNeuron + last.slice.count)
        for row in 0..<rows {
            forEachPart(row: row) { part in
                guard part.projection == number else { return }
                for i in 0..<part.count {
                    let neuron = firstNeuron + controls.neuron(part.controls[i])
                    guard wanted.contains(neuron) else { continue }
                    var entry = SynapseList.Entry(
                        source: part.source,
                        delay: UInt32(part.stage * own.stageSteps) + controls.delay(part.controls[i]),
                        neuron: UInt32(truncatingIfNeeded: neuron))
                    entry.place = PlasticPlace(
                        row: UInt32(truncatingIfNeeded: part.words - words), number: UInt32(truncatingIfNeeded: i))
                    entries.append(entry)
                }
            }
        }
        let list = SynapseList(&entries, onto: cores)
        return (list, entries.map(\.place))
    }

    /// The stored weights at places.
    public func weights(at places: [PlasticPlace]) -> [UInt16] {
        places.map { place in
            let row = PlasticRow(words + Int(place.row))
            return plasticity(of: row).weight(of: Int(place.number), in: row)
        }
    }

    /// The weights at places with the changes that wait for their sources' next spikes.
    ///
    /// - Parameter time: Step that begins now: the target spikes of all steps before it are noted.
    public func pendingWeights(at places: [PlasticPlace], time: Int) -> [UInt16] {
        places.map { place in
            let row = PlasticRow(words + Int(place.row))
            return plasticity(of: row).pendingWeight(
                of: Int(place.number), in: row, type: projections[row.projection].type, controls,
                at: UInt32(truncatingIfNeeded: time))
        }
    }

    /// Gives the synapses at places weights; what else they hold stays.
    public func setWeights(_ weights: [UInt16], at places: [PlasticPlace]) {
        for (weight, place) in zip(weights, places) {
            let row = PlasticRow(words + Int(place.row))
            plasticity(of: row).setWeight(weight, of: Int(place.number), in: row)
        }
    }

    private func plasticity(of row: PlasticRow) -> Plasticity {
        populations[projections[row.projection].population].plasticity
    }
}
