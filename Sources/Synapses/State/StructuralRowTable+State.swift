import FixedPoint
import Plasticity
public import Snapshots
import Topology

extension StructuralRowTable {
    /// The population and core that a place among the rank's target cores stands for; `nil`: its synapses stay as they
    /// are.
    private func owner(of target: Int) -> (Population, Int)? {
        for population in populations {
            if let core = population.cores.firstIndex(where: { $0.target == target }) { return (population, core) }
        }
        return nil
    }

    /// Synapses of a target core can be rewired.
    public func rewires(target: Int) -> Bool { owner(of: target) != nil }

    /// Writes what a target core keeps: its rows, slots, generators, histories, counts, and the spikes to choose from.
    ///
    /// - Determinism: Does not depend on the other cores of the rank.
    public func encode(target: Int, into writer: inout StateWriter) {
        guard let (population, core) = owner(of: target) else { return }
        let own = population.cores[core]
        writer.append(rewires[target])
        writer.append(events[target])
        population.draws.shared.encode(into: &writer)
        population.draws.own[core].encode(into: &writer)
        population.plasticity.encode(neurons: own.first..<own.first + own.slice.count, projections: [], into: &writer)
        let most = population.mechanism.mostSynapses
        let first = slots + (population.firstSlot + own.first * most)
        for i in 0..<own.slice.count * most {
            let place = Int(first[i].projection)
            writer.append(place == 0 ? 0 : UInt32(truncatingIfNeeded: projections[place - 1].index + 1))
            writer.append(first[i].source)
        }
        encodeRecent(population, core, into: &writer)
        for place in population.projections {
            for source in 0..<projections[place].preSize {
                let row = row(projections[place], source: source, core: core, cores: population.cores.count)
                encodeRow(row, own, bytes: population.plasticity.synapseBytes, into: &writer)
            }
        }
    }

    private func encodeRow(_ row: PlasticRow, _ core: Core, bytes: Int, into writer: inout StateWriter) {
        for word in 2...4 { writer.append(row.words[word]) }
        for i in 0..<row.count {
            writer.append(UInt32(truncatingIfNeeded: controls.neuron(row.controls[i]) - core.first))
            writer.append(controls.delay(row.controls[i]))
            writer.append(bytes: UnsafeRawBufferPointer(start: row.synapseBytes + i * bytes, count: bytes))
        }
    }

    private func encodeRecent(_ population: Population, _ core: Int, into writer: inout StateWriter) {
        guard let recent = population.recent else { return }
        for buffer in 2 * core...2 * core + 1 {
            writer.append(recent.steps[buffer])
            writer.append(recent.counts[buffer])
            for i in 0..<recent.counts[buffer] {
                let entry = recent.entries[buffer * recent.capacity + i]
                let place = UInt32(truncatingIfNeeded: entry >> 32)
                writer.append(place == .max ? .max : UInt32(truncatingIfNeeded: projections[Int(place)].index))
                writer.append(UInt32(truncatingIfNeeded: entry))
            }
        }
    }

    /// Takes back what ``encode(target:into:)`` wrote.
    ///
    /// - Returns: `false` where the words do not fit the network.
    public func restore(target: Int, from reader: inout StateReader) -> Bool {
        guard let (population, core) = owner(of: target) else { return true }
        let own = population.cores[core]
        let placeOf = Dictionary(projections.enumerated().map { ($1.index, $0) }) { first, _ in first }
        rewires[target] = reader.number()
        events[target] = reader.number()
        population.draws.shared = KISS64(from: &reader)
        population.draws.own[core] = KISS64(from: &reader)
        population.plasticity.restore(neurons: own.first..<own.first + own.slice.count, projections: [], from: &reader)
        let most = population.mechanism.mostSynapses
        let first = slots + (population.firstSlot + own.first * most)
        for i in 0..<own.slice.count * most {
            let (number, source) = (reader.word(), reader.word())
            guard number > 0 else {
                first[i] = Slot()
                continue
            }
            guard let place = placeOf[Int(number) - 1], source < projections[place].preSize else { return false }
            first[i] = Slot(projection: UInt32(truncatingIfNeeded: place + 1), source: source)
        }
        guard restoreRecent(population, core, placeOf, from: &reader) else { return false }
        for place in population.projections {
            for source in 0..<projections[place].preSize {
                let row = row(projections[place], source: source, core: core, cores: population.cores.count)
                guard restoreRow(row, own, population, from: &reader) else { return false }
            }
        }
        return true
    }

    private func restoreRow(
        _ row: PlasticRow, _ core: Core, _ population: Population, from reader: inout StateReader
    ) -> Bool {
        let (count, time, traces) = (Int(reader.word()), reader.word(), reader.word())
        guard count <= population.mechanism.mostSynapses else { return false }
        let bytes = population.plasticity.synapseBytes
        while row.count > 0 { row.remove(row.count - 1, synapseBytes: bytes) }
        row.last = TracedSpike(time: time, Traces(word: traces))
        for _ in 0..<count {
            let (neuron, delay) = (reader.word(), reader.word())
            guard neuron < core.slice.count, delay <= controls.longestDelay else { return false }
            let number = row.append(
                control: controls.word(neuron: neuron + UInt32(truncatingIfNeeded: core.first), delay: delay),
                synapseBytes: bytes)
            reader.read(
                bytes: UnsafeMutableRawBufferPointer(start: row.synapseBytes + number * bytes, count: bytes))
        }
        return true
    }

    private func restoreRecent(
        _ population: Population, _ core: Int, _ placeOf: [Int: Int], from reader: inout StateReader
    ) -> Bool {
        guard let recent = population.recent else { return true }
        for buffer in 2 * core...2 * core + 1 {
            recent.steps[buffer] = reader.number()
            let count = reader.count()
            guard count <= recent.capacity else { return false }
            recent.counts[buffer] = count
            for i in 0..<count {
                let (number, source) = (reader.word(), reader.word())
                guard let place = number == .max ? -1 : placeOf[Int(number)] else { return false }
                recent.entries[buffer * recent.capacity + i] =
                    UInt64(UInt32(truncatingIfNeeded: place)) << 32 | UInt64(source)
            }
        }
        return true
    }
}
