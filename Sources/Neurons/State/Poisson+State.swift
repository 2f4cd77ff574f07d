import FixedPoint
public import Snapshots

extension PoissonCore {
    /// Writes the generator and where each source stands, its class and rate included.
    public func encode(into writer: inout StateWriter) {
        random.encode(into: &writer)
        for index in 0..<count {
            writer.append(UInt32(truncatingIfNeeded: current[index]))
            for word in [startTicks[index], endTicks[index], nextTicks[index], parameter[index], timeToSpike[index]] {
                writer.append(word)
            }
            writer.append(UInt32(kinds[index].rawValue))
        }
    }

    /// Takes back what ``encode(into:)`` wrote; the next tick finds the runs anew.
    public mutating func restore(from reader: inout StateReader) {
        random = KISS64(from: &reader)
        for index in 0..<count {
            current[index] = Int(reader.word())
            startTicks[index] = reader.word()
            endTicks[index] = reader.word()
            nextTicks[index] = reader.word()
            parameter[index] = reader.word()
            timeToSpike[index] = reader.word()
            kinds[index] = Kind(rawValue: UInt8(truncatingIfNeeded: reader.word())) ?? .silent
        }
        runs = []
        nextEvent = 0
    }
}

extension SpikeArrayCore {
    /// Writes the spikes from a step on, where they are not those of the beginning.
    public func encode(from step: Int, into writer: inout StateWriter) {
        writer.append(UInt32(isChanged ? 1 : 0))
        guard isChanged else { return }
        let coming = spikes.filter { $0 >> 32 >= UInt64(step) }
        writer.append(coming.count)
        for spike in coming {
            writer.append(UInt32(truncatingIfNeeded: spike >> 32))
            writer.append(UInt32(truncatingIfNeeded: spike))
        }
    }

    /// Takes back what ``encode(from:into:)`` wrote of sources that have their first spikes.
    public mutating func restore(from reader: inout StateReader) {
        guard reader.word() != 0 else { return }
        take((0..<reader.count()).map { _ in UInt64(reader.word()) << 32 | UInt64(reader.word()) })
    }
}

extension CounterPoissonCore {
    /// Has the next tick find rates and spikes anew, which may be of an earlier step than the last.
    public func rewind() {
        for block in blocks { block.rewind() }
        runsEnd = 0
        windowEnd = 0
    }
}
