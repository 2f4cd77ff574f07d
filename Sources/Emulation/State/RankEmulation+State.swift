// All that a rank has between two steps, as records by emulated core (``StateKey``). A rank writes those of the cores
// it emulates; whichever rank emulates a core later takes its records back. What is derived from the network at loading
// is not in them, nor is what lives within a step only.

import Diagnostics
import Mapping
import Neurons
import Plasticity
package import Snapshots
import Synapses
import Topology

/// Takes the records of a state.
package protocol StateSink: AnyObject {
    func put(_ key: StateKey, _ words: [UInt32]) throws(Failure)
}

/// Has the records of a state.
package protocol StateSource: AnyObject {
    /// The words of a record; `nil` where there is none.
    func words(_ key: StateKey) throws(Failure) -> [UInt32]?
}

/// A state in memory, such as that before the first step, to which a run is reset.
package final class StateMemory: StateSink, StateSource {
    package private(set) var records: [StateKey: [UInt32]] = [:]

    package init() {}

    package func put(_ key: StateKey, _ words: [UInt32]) throws(Failure) {
        guard records.updateValue(words, forKey: key) == nil else {
            throw Failure(.bug, "two records of a run's state are of \(key)")
        }
    }

    package func words(_ key: StateKey) throws(Failure) -> [UInt32]? { records[key] }
}

extension RankEmulation {
    // MARK: - Writing

    /// Writes the records of this rank's cores, when step `time` is about to begin.
    ///
    /// - Parameter isOwn: Also writes what another rank writes of the same core, so that this rank can take the state
    ///   back alone.
    /// - Complexity: O(state + synapses of what is due), in memory of the input still to come and one record.
    /// - Determinism: The records of all ranks together depend on the network and the step alone.
    package func encodeState(at time: Int, into sink: some StateSink, isOwn: Bool = false) throws(Failure) {
        var writer = StateWriter()
        try encodeSenders(at: time, into: sink, &writer)
        for group in loaded.groups {
            for (place, core) in group.cores.enumerated() {
                writer.removeAll()
                group.encode(core: place, into: &writer)
                try sink.put(StateKey(.neurons, core: core.core), writer.words)
            }
        }
        try encodeInputs(at: time, into: sink, &writer)
        try encodeRows(into: sink, isOwn: isOwn, &writer)
        try encodeLearning(into: sink, &writer)
    }

    /// Cores that send of their own accord, and how much all cores have sent.
    private func encodeSenders(
        at time: Int, into sink: some StateSink, _ writer: inout StateWriter
    ) throws(Failure) {
        for number in ownCores {
            writer.removeAll()
            writer.append(sent[number])
            try sink.put(StateKey(.packets, core: number), writer.words)
        }
        for source in loaded.sources {
            writer.removeAll()
            source.encode(at: time, into: &writer)
            try sink.put(StateKey(.sources, core: source.core), writer.words)
        }
        for delayed in loaded.extensions {
            writer.removeAll()
            delayed.encode(into: &writer)
            try sink.put(StateKey(.delays, core: delayed.core), writer.words)
        }
    }

    /// The input still to come, and what has been counted where it comes in.
    private func encodeInputs(
        at time: Int, into sink: some StateSink, _ writer: inout StateWriter
    ) throws(Failure) {
        let pending = PendingInput(
            from: time, steps: loaded.deliveries.steps, types: loaded.inputSums.types,
            stride: loaded.inputSums.layout.stride)
        loaded.inputSums.collect(from: time, into: pending)
        for deliveries in leaving.map(\.deliveries) + [loaded.deliveries] {
            deliveries.collect(from: time, into: pending)
        }
        if let restored { pending.add(restored) }
        for (place, target) in loaded.targets.enumerated() {
            let neurons = target.firstNeuron..<target.firstNeuron + target.slice.count
            writer.removeAll()
            pending.encode(neurons, into: &writer)
            loaded.ringBuffers.encode(neurons, from: time, into: &writer)
            writer.append(UnsafePointer(saturated + neurons.lowerBound), count: neurons.count)
            writer.append(UnsafePointer(plasticSaturated + neurons.lowerBound), count: neurons.count)
            let ticks = load.ticks[place]
            writer.append(ticks.largest)
            writer.append(ticks.mostPackets)
            writer.append(ticks.overBudget)
            writer.append(ticks.total)
            writer.append(recorder.arrivals.lastPackets(at: place))
            try sink.put(StateKey(.inputs, core: target.core), writer.words)
        }
    }

    /// How often rows have been delivered: by the lowest of the ranks that have a source core's rows.
    private func encodeRows(into sink: some StateSink, isOwn: Bool, _ writer: inout StateWriter) throws(Failure) {
        loaded.deliveries.settleSpikes()
        for (place, block) in loaded.blocks.enumerated() where isOwn || block.isFirstReached {
            writer.removeAll()
            writer.append(blockHeads[place].packets)
            loaded.rows.encodeSpikes(block.firstRow..<block.firstRow + block.rows, into: &writer)
            try sink.put(StateKey(.rows, core: block.core), writer.words)
        }
    }

    /// What learns and what is rewired.
    private func encodeLearning(into sink: some StateSink, _ writer: inout StateWriter) throws(Failure) {
        for (place, target) in loaded.targets.enumerated() {
            for learner in 0..<loaded.plasticRows.learnerCount(of: target.population) {
                writer.removeAll()
                loaded.plasticRows.encodeHistories(of: target, learner: learner, into: &writer)
                try sink.put(StateKey(.histories, core: target.core, number: learner), writer.words)
            }
            guard let structuralRows = loaded.structuralRows, structuralRows.rewires(target: place) else { continue }
            writer.removeAll()
            structuralRows.encode(target: place, into: &writer)
            try sink.put(StateKey(.structural, core: target.core), writer.words)
        }
        guard loaded.plasticRows.synapses > 0 else { return }
        let places = targetPlaces()
        var writers = loaded.targets.map { _ in StateWriter() }
        for block in loaded.blocks {
            let rows = block.firstRow..<block.firstRow + block.rows
            loaded.plasticRows.encode(rows, coreOfNeuron: places, into: &writers)
            for (place, target) in loaded.targets.enumerated() where !writers[place].words.isEmpty {
                try sink.put(StateKey(.plastic, core: target.core, number: block.core), writers[place].words)
                writers[place].removeAll()
            }
        }
    }

    // MARK: - Taking back

    /// Takes the state of the run before step `time` in place of the present one.
    ///
    /// - Parameter isBeginning: Neurons and sources are as they begin, and stay so.
    /// - Throws: `badInput` where records are missing or do not fit the network.
    package func restoreState(
        at time: Int, from source: some StateSource, isBeginning: Bool = false
    ) throws(Failure) {
        try restoreSenders(from: source)
        if !isBeginning { try restoreCells(from: source) }
        try restoreInputs(at: time, from: source)
        for (place, block) in loaded.blocks.enumerated() {
            try take(StateKey(.rows, core: block.core), from: source) { reader in
                blockHeads[place].packets = reader.number()
                loaded.rows.restoreSpikes(block.firstRow..<block.firstRow + block.rows, from: &reader)
            }
        }
        try restoreLearning(from: source)
        step = time
    }

    /// Reads a record, all of it.
    private func take(
        _ key: StateKey, from source: some StateSource, _ body: (inout StateReader) -> Void
    ) throws(Failure) {
        guard let words = try source.words(key) else { throw StateMismatch.missing(key) }
        var reader = StateReader(words)
        body(&reader)
        guard reader.isExact else { throw StateMismatch.unfit(key) }
    }

    private func restoreCells(from source: some StateSource) throws(Failure) {
        for own in loaded.sources {
            try take(StateKey(.sources, core: own.core), from: source) { own.restore(from: &$0) }
        }
        for group in loaded.groups {
            for (place, core) in group.cores.enumerated() {
                try take(StateKey(.neurons, core: core.core), from: source) { group.restore(core: place, from: &$0) }
            }
        }
    }

    private func restoreSenders(from source: some StateSource) throws(Failure) {
        for number in ownCores {
            try take(StateKey(.packets, core: number), from: source) { setSent($0.number(), core: number) }
        }
        for delayed in loaded.extensions {
            try take(StateKey(.delays, core: delayed.core), from: source) { delayed.restore(from: &$0) }
        }
    }

    private func restoreInputs(at time: Int, from source: some StateSource) throws(Failure) {
        for each in leaving { each.deliveries.clear() }
        leaving = []
        shareSums()
        loaded.deliveries.clear()
        loaded.inputSums.clear()
        loaded.ringBuffers.clear()
        let pending = PendingInput(
            from: time, steps: loaded.deliveries.steps, types: loaded.inputSums.types,
            stride: loaded.inputSums.layout.stride)
        for (place, target) in loaded.targets.enumerated() {
            let neurons = target.firstNeuron..<target.firstNeuron + target.slice.count
            try take(StateKey(.inputs, core: target.core), from: source) { reader in
                pending.restore(neurons, from: &reader)
                loaded.ringBuffers.restore(neurons, from: time, &reader)
                reader.read(saturated + neurons.lowerBound, count: neurons.count)
                reader.read(plasticSaturated + neurons.lowerBound, count: neurons.count)
                load.ticks[place].largest = reader.float()
                load.ticks[place].mostPackets = reader.float()
                load.ticks[place].overBudget = reader.number()
                load.ticks[place].total = reader.double()
                recorder.arrivals.setLastPackets(reader.word(), at: place)
            }
        }
        restored = pending
    }

    private func restoreLearning(from source: some StateSource) throws(Failure) {
        for (place, target) in loaded.targets.enumerated() {
            for learner in 0..<loaded.plasticRows.learnerCount(of: target.population) {
                try take(StateKey(.histories, core: target.core, number: learner), from: source) { reader in
                    loaded.plasticRows.restoreHistories(of: target, learner: learner, from: &reader)
                }
            }
            guard let structuralRows = loaded.structuralRows, structuralRows.rewires(target: place) else { continue }
            let key = StateKey(.structural, core: target.core)
            var fits = true
            try take(key, from: source) { fits = structuralRows.restore(target: place, from: &$0) }
            guard fits else { throw StateMismatch.unfit(key) }
        }
        guard loaded.plasticRows.synapses > 0 else { return }
        let places = targetPlaces()
        for block in loaded.blocks {
            let keys = loaded.targets.map { StateKey(.plastic, core: $0.core, number: block.core) }
            var readers: [StateReader] = []
            for key in keys { readers.append(StateReader(try source.words(key) ?? [])) }
            loaded.plasticRows.restore(
                block.firstRow..<block.firstRow + block.rows, coreOfNeuron: places, from: &readers)
            for (key, reader) in zip(keys, readers) where !reader.isExact { throw StateMismatch.unfit(key) }
        }
    }

    // MARK: - Cores

    /// Numbers of the cores that this rank emulates.
    private var ownCores: [Int] {
        let cores =
            loaded.targets.map(\.core) + loaded.groups.flatMap { $0.cores.map(\.core) } + loaded.sources.map(\.core)
            + loaded.extensions.map(\.core)
        return Set(cores).sorted()
    }

    /// By neuron of the rank, the place of the core that takes in its spikes.
    private func targetPlaces() -> [UInt32] {
        var places = [UInt32](repeating: 0, count: loaded.ringBuffers.stride)
        for (place, target) in loaded.targets.enumerated() {
            for i in 0..<target.slice.count { places[target.firstNeuron + i] = UInt32(truncatingIfNeeded: place) }
        }
        return places
    }
}

/// What is wrong with records of a state.
enum StateMismatch {
    static func missing(_ key: StateKey) -> Failure {
        Failure(.badInput, "the state has no \(key.section) of core \(key.core): it is of another network")
    }

    static func unfit(_ key: StateKey) -> Failure {
        Failure(
            .badInput, "the state's \(key.section) of core \(key.core) do not fit the network: it is of another network"
        )
    }
}
