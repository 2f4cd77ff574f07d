import CIntrinsics
import Glibc
public import Plasticity

/// The plastic synapses of a rank: the rows of ``RowTable`` once more, with what learns.
///
/// A row here consists of one ``PlasticRow`` for each plastic projection in which its source, or its delay stage, has
/// synapses on this rank. Row numbers are those of ``RowTable``.
///
/// - Source: Documentation/Chip.md, "Deferred learning".
public final class PlasticRowTable {
    /// What a row needs to know of its projection.
    public struct Projection {
        /// Number of the projection in the network.
        public var index: Int
        /// Synapse type.
        public var type: Int
        /// The target population's place in ``populations``.
        public var population: Int
        /// Steps between the stages of the source's delay extension.
        public var stageSteps: Int
        /// What its spikes do to other synapses of their targets, if they are no input.
        public var modulation: Modulation?
    }

    /// A target population on this rank.
    public struct Population {
        /// Number of the population in the network.
        public var index: Int
        /// Index of its first neuron among the rank's.
        public var first: Int
        public var plasticity: Plasticity
    }

    public let projections: [Projection]
    public let populations: [Population]
    public let controls: ControlLayout
    /// Where each row begins, `[rows + 1]`.
    let index: UnsafeMutablePointer<UInt32>
    let words: UnsafeMutablePointer<UInt32>
    public let rows: Int
    let wordCount: Int
    /// Synapses in all rows.
    public let synapses: Int
    private let hasModulation: Bool

    /// Takes over `words` `[wordCount]` and behind them the index `[rows + 1]`, in one piece from
    /// ``RowTable/allocateWords(_:)``.
    init(
        projections: [Projection], populations: [Population], controls: ControlLayout, rows: Int,
        words: UnsafeMutablePointer<UInt32>, wordCount: Int, synapses: Int
    ) {
        self.projections = projections
        self.populations = populations
        self.controls = controls
        self.rows = rows
        self.words = words
        index = words + wordCount
        self.wordCount = wordCount
        self.synapses = synapses
        hasModulation = projections.contains { $0.modulation != nil }
    }

    deinit {
        munmap(words, RowTable.bytes(wordCount + rows + 1))
    }

    /// Bytes of memory held.
    public var memory: Int {
        wordCount * 4 + (rows + 1) * 4 + populations.reduce(0) { $0 + $1.plasticity.histories.memory }
    }

    /// Takes rows through spikes sent in step `time`, in the order of the list.
    ///
    /// - Parameters:
    ///   - list: `[count]` rows; one with several spikes takes one after the other.
    ///   - time: Step in which the spikes were sent; the target spikes of all steps up to it are noted.
    ///   - saturated: `[stride]`, by neuron, counts additions that were cut at 65535.
    ///   - late: Steps since then: 0 where packets are never late.
    /// - Complexity: O(synapses of the rows + target spikes since their sources' last), no allocation.
    /// - Determinism: Weights and buffers do not depend on the order of `list`; the saturation counts do. Dopamine and
    ///   changes of the step come before the synapses that learn.
    public func deliver(
        _ list: UnsafePointer<RowSpikes>, count: Int, time: Int, late: Int = 0, into ringBuffers: RingBuffers,
        saturated: UnsafeMutablePointer<UInt32>
    ) {
        guard synapses > 0 else { return }
        if hasModulation { modulate(list, count: count, time: time) }
        let now = ringBuffers.offset(ofStep: time)
        for spike in 0..<count {
            if spike + 2 < count { prefetch(row: Int(list[spike + 2].row)) }
            for _ in 0..<list[spike].spikes {
                forEachPart(row: Int(list[spike].row)) { part in
                    let projection = projections[part.projection]
                    guard projection.modulation == nil else { return }
                    let population = populations[projection.population]
                    population.plasticity.sourceSpiked(
                        part,
                        PlasticArrival(
                            time: UInt32(truncatingIfNeeded: time), late: UInt32(truncatingIfNeeded: late),
                            type: projection.type, controls: controls,
                            projection: UInt32(truncatingIfNeeded: projection.index)),
                        PlasticRing(
                            slot: ringBuffers.rings[projection.type] + (now + population.first),
                            stride: ringBuffers.stride, saturated: saturated + population.first))
                }
            }
        }
    }

    /// Notes what the rows that are no input say.
    private func modulate(_ list: UnsafePointer<RowSpikes>, count: Int, time: Int) {
        for spike in 0..<count {
            forEachPart(row: Int(list[spike].row)) { part in
                let projection = projections[part.projection]
                guard let modulation = projection.modulation else { return }
                for _ in 0..<list[spike].spikes {
                    populations[projection.population].plasticity.modulated(
                        part, controls, modulation, at: UInt32(truncatingIfNeeded: time))
                }
            }
        }
    }

    /// Asks for the first lines of a row; the processor's own prefetcher carries on from there.
    @inline(__always)
    private func prefetch(row: Int) {
        var at = Int(index[row])
        let last = min(Int(index[row + 1]), at + 64 * 4)
        while at < last {
            cintrinsics_prefetch(words + at)
            at += 16
        }
    }

    /// Calls `body` with each part of a row.
    @inline(__always)
    func forEachPart(row: Int, _ body: (PlasticRow) -> Void) {
        var at = Int(index[row])
        let end = Int(index[row + 1])
        while at < end {
            let part = PlasticRow(words + at)
            body(part)
            let bytes = populations[projections[part.projection].population].plasticity.synapseBytes
            at += PlasticRow.words(count: part.count, synapseBytes: bytes)
        }
    }

    /// A row has no plastic synapses.
    public func isEmpty(row: Int) -> Bool { row >= rows || index[row] == index[row + 1] }

    /// The last spike of a row's source; `nil` for a row without synapses.
    public func last(row: Int) -> TracedSpike? {
        var last: TracedSpike?
        forEachPart(row: row) { last = $0.last }
        return last
    }

    /// Adds to `counts` how many plastic synapses a row has on each core.
    ///
    /// - Parameter coreOfNeuron: `[stride]`, place of the core in `counts`.
    public func countSynapses(row: Int, coreOfNeuron: [UInt32], _ counts: inout [Int]) {
        forEachPart(row: row) { part in
            let first = populations[projections[part.projection].population].first
            for i in 0..<part.count {
                counts[Int(coreOfNeuron[first + controls.neuron(part.controls[i])])] += 1
            }
        }
    }

    /// Calls `body` with every plastic synapse, row by row; those that change others are none.
    public func forEach(_ body: (PlasticSynapseState) -> Void) {
        for row in 0..<rows {
            forEachPart(row: row) { part in
                let projection = projections[part.projection]
                guard projection.modulation == nil else { return }
                let population = populations[projection.population]
                for i in 0..<part.count {
                    let control = part.controls[i]
                    body(
                        PlasticSynapseState(
                            projection: projection.index, source: Int(part.source),
                            neuron: population.first + controls.neuron(control),
                            delay: part.stage * projection.stageSteps + Int(controls.delay(control)),
                            type: projection.type, weight: population.plasticity.weight(of: i, in: part)))
                }
            }
        }
    }
}

/// A plastic synapse as it is now.
public struct PlasticSynapseState: Sendable, Hashable {
    /// Number of the projection in the network.
    public var projection: Int
    /// Index of the source neuron in its population.
    public var source: Int
    /// Index of the target among the rank's neurons.
    public var neuron: Int
    /// Steps from the source's spike to the input, delay stages included.
    public var delay: Int
    /// Synapse type number.
    public var type: Int
    /// Weight in ring-buffer units.
    public var weight: UInt16
}
