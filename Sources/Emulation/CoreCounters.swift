import Diagnostics
import Mapping
import Synapses
import Topology
import Transport

/// What a worker core counts, after the counters of a real one.
///
/// - Source: Documentation/Chip.md, "Counters".
public struct CoreCounters: Sendable, Equatable {
    /// Number of the core in the mapping.
    public var core = 0
    /// Packets sent.
    public var packetsSent = 0
    /// Packets received.
    public var packetsReceived = 0
    /// Packets that had a row on this core.
    public var rowsProcessed = 0
    /// Packets without a synapse on this core, which the bit field stops before a row is fetched.
    public var filteredByBitfield = 0
    /// Packets from sources that have no projection to this core's population.
    public var invalidPopulationTableHits = 0
    /// Synapses passed by spikes.
    public var synapticEvents = 0
    /// Attempts to form or eliminate a synapse that came to look at its row.
    public var rewires = 0
    /// Inputs of a neuron, synapse type and step that were cut at 65535.
    public var saturations = 0
    /// Additions of plastic synapses that were cut at 65535.
    public var plasticSaturations = 0
    /// Estimated cycles of the busiest tick.
    public var mostCyclesPerTick = 0
    /// Ticks whose estimate is over budget.
    public var ticksOverBudget = 0
    /// Estimated mean cycles per tick.
    public var meanCyclesPerTick = 0
    /// Most packets in a tick, estimated.
    public var mostPacketsPerTick = 0

    static var fields: [WritableKeyPath<CoreCounters, Int>] {
        [
            \.core, \.packetsSent, \.packetsReceived, \.rowsProcessed, \.filteredByBitfield,
            \.invalidPopulationTableHits,
            \.synapticEvents, \.rewires, \.saturations, \.plasticSaturations, \.mostCyclesPerTick, \.ticksOverBudget,
            \.meanCyclesPerTick,
            \.mostPacketsPerTick,
        ]
    }

    /// The counters as `[fields]` numbers.
    var numbers: [Int64] { Self.fields.map { Int64(self[keyPath: $0]) } }

    init() {}

    /// Counters from what ``numbers`` gave.
    init(numbers: ArraySlice<Int64>) {
        for (field, number) in zip(Self.fields, numbers) { self[keyPath: field] = Int(number) }
    }
}

extension RankEmulation {
    /// The counters of all cores after `steps` steps, by core number, on rank 0; zeros elsewhere.
    ///
    /// Entered by all.
    func gatherCounters(steps: Int) throws(Failure) -> [CoreCounters] {
        let numbers = coreCounters(steps: steps).flatMap(\.numbers)
        let all = try transport.gather(numbers.withUnsafeBytes(Array.init))
        var counters = loaded.mapping.cores.indices.map { number in
            var counter = CoreCounters()
            counter.core = number
            return counter
        }
        let width = CoreCounters.fields.count
        for bytes in all {
            let numbers = bytes.withUnsafeBytes { Array($0.bindMemory(to: Int64.self)) }
            for start in stride(from: 0, to: numbers.count, by: width) {
                let counter = CoreCounters(numbers: numbers[start..<(start + width)])
                counters[counter.core] = counter
            }
        }
        return counters
    }

    /// The counters of this rank's cores after `steps` steps, exact but for what is marked as estimated.
    ///
    /// Which synapses a spike passed follows from the spikes counted per row: one pass over the rows, not one addition
    /// per event.
    ///
    /// - Complexity: O(synapses of the rank).
    func coreCounters(steps: Int) -> [CoreCounters] {
        var coreOfNeuron = [UInt32](repeating: 0, count: loaded.ringBuffers.stride)
        for (place, target) in loaded.targets.enumerated() {
            for i in 0..<target.slice.count {
                coreOfNeuron[target.firstNeuron + i] = UInt32(truncatingIfNeeded: place)
            }
        }
        var counters = loaded.targets.map { target in
            var counter = CoreCounters()
            counter.core = target.core
            counter.packetsSent = sent[target.core]
            return counter
        }
        for (place, target) in loaded.targets.enumerated() {
            for i in 0..<target.slice.count { counters[place].saturations += Int(saturated[target.firstNeuron + i]) }
            for i in 0..<target.slice.count {
                counters[place].plasticSaturations += Int(plasticSaturated[target.firstNeuron + i])
            }
            counters[place].mostCyclesPerTick = Int(load.ticks[place].largest)
            counters[place].ticksOverBudget = load.ticks[place].overBudget
            counters[place].meanCyclesPerTick = steps > 0 ? Int(load.ticks[place].total / Double(steps)) : 0
            counters[place].mostPacketsPerTick = Int(load.ticks[place].mostPackets.rounded(.up))
        }
        loaded.deliveries.settleSpikes()
        let connected = Set(loaded.network.projections.map { [$0.pre, $0.post] })
        if let structuralRows = loaded.structuralRows {
            for place in counters.indices {
                counters[place].synapticEvents += structuralRows.events[place]
                counters[place].rewires = structuralRows.rewires[place]
            }
        }
        let structural = Set(
            loaded.network.projections.filter { $0.synapse.structural != nil }.map { [$0.pre, $0.post] })
        var learned = [Int](repeating: 0, count: counters.count)
        var onCore = [Int](repeating: 0, count: counters.count)
        for (block, incoming) in loaded.blocks.enumerated() {
            for place in incoming.reached {
                counters[place].packetsReceived += blockHeads[block].packets
                if loaded.mapping.cores[loaded.targets[place].core].neuronCore == incoming.core {
                    // Taken in as spikes of the core's own neurons, whether there is a row or not.
                    learned[place] += blockHeads[block].packets
                } else if !connected.contains([
                    loaded.mapping.cores[incoming.core].population, loaded.targets[place].population,
                ]) {
                    counters[place].invalidPopulationTableHits += blockHeads[block].packets
                }
            }
            for row in incoming.firstRow..<(incoming.firstRow + incoming.rows) where loaded.rows.spikes(row: row) > 0 {
                let spikes = loaded.rows.spikes(row: row)
                loaded.rows.countSynapses(
                    row: row, coreOfNeuron: coreOfNeuron, &onCore)
                loaded.plasticRows.countSynapses(row: row, coreOfNeuron: coreOfNeuron, &onCore)
                for place in incoming.reached {
                    // Sources of synapses that come and go have a row in any case.
                    let hasRow =
                        onCore[place] > 0
                        || !incoming.routes.isEmpty
                            && structural.contains([
                                loaded.mapping.cores[incoming.core].population, loaded.targets[place].population,
                            ])
                    guard hasRow else { continue }
                    counters[place].rowsProcessed += spikes
                    counters[place].synapticEvents += spikes * onCore[place]
                    onCore[place] = 0
                }
            }
        }
        for place in counters.indices {
            let missed =
                counters[place].packetsReceived - counters[place].rowsProcessed
                - counters[place].invalidPopulationTableHits - learned[place]
            counters[place].filteredByBitfield = max(0, missed)
        }
        // What went through shared memory was no packet.
        for (place, target) in loaded.targets.enumerated() where loaded.mapping.cores[target.core].writesToMemory {
            (counters[place].packetsReceived, counters[place].rowsProcessed) = (0, 0)
            (counters[place].filteredByBitfield, counters[place].mostPacketsPerTick) = (0, 0)
        }
        let counted = Set(loaded.targets.map(\.core))
        for group in loaded.groups {
            let population = loaded.network.populations[group.population]
            let perNeuron =
                population.subSteps * load.model.perNeuron
                + group.copies * population.model.receptors.count * load.model.perRingEntry
            for core in group.cores where !counted.contains(core.core) {
                var counter = CoreCounters()
                counter.core = core.core
                counter.packetsSent = sent[core.core]
                counter.mostCyclesPerTick = core.slice.count * perNeuron
                counter.meanCyclesPerTick = counter.mostCyclesPerTick
                if Float(counter.mostCyclesPerTick) > load.budget { counter.ticksOverBudget = steps }
                counters.append(counter)
            }
        }
        for number in loaded.sources.map(\.core) + loaded.extensions.map(\.core) where !counted.contains(number) {
            var counter = CoreCounters()
            counter.core = number
            counter.packetsSent = sent[number]
            counters.append(counter)
        }
        return counters
    }
}
