import FixedPoint
public import Snapshots

extension CellGroup {
    /// Positions of a core's neurons in the group.
    private func neurons(of core: Int) -> Range<Int> {
        let first = cores[..<core].reduce(0, +)
        return first..<first + cores[core]
    }

    /// Calls `body` with each stretch of a word of the state of a core's neurons.
    private func forEachStretch(of core: Int, _ body: (UnsafeMutablePointer<Int32>, Int) -> Void) {
        let neurons = neurons(of: core)
        for word in kind.stateNames.indices {
            var index = neurons.lowerBound
            while index < neurons.upperBound {
                let (chunk, place) = index.quotientAndRemainder(dividingBy: Chunk.neurons)
                let count = min(Chunk.neurons - place, neurons.upperBound - index)
                body(memory.chunks + ((chunk * memory.columns + word) * Chunk.stride + place), count)
                index += count
            }
        }
    }

    /// Writes what a core's neurons have to remember between steps: words of the state, and the core's generator.
    ///
    /// - Determinism: Does not depend on the other cores of the group.
    public func encode(core: Int, into writer: inout StateWriter) {
        writer.append(time)
        generators[core].encode(into: &writer)
        forEachStretch(of: core) { writer.append(UnsafePointer($0), count: $1) }
    }

    /// Takes back what ``encode(core:into:)`` wrote of a core of the same neurons.
    public func restore(core: Int, from reader: inout StateReader) {
        time = reader.word()
        generators[core] = KISS64(from: &reader)
        forEachStretch(of: core) { reader.read($0, count: $1) }
        isRead = false
    }
}

extension InjectedCurrents {
    /// Writes how far the sources on a core have come.
    public func encode(core: Int, into writer: inout StateWriter) {
        for copy in copies where copy.core == core {
            copy.generator.encode(into: &writer)
            writer.append(copy.index)
            writer.append(UInt32(bitPattern: copy.amplitude))
        }
    }

    /// Takes back what ``encode(core:into:)`` wrote.
    public func restore(core: Int, from reader: inout StateReader) {
        for index in copies.indices where copies[index].core == core {
            copies[index].generator = KISS64(from: &reader)
            copies[index].index = reader.number()
            copies[index].amplitude = Int32(bitPattern: reader.word())
        }
    }
}
