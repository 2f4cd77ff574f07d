public import Snapshots

extension Plasticity {
    /// Writes what some neurons remember of their spikes.
    ///
    /// - Parameters:
    ///   - neurons: Indices among the population's neurons on this rank.
    ///   - projections: By place in the list of plastic projections, their numbers in the network.
    public func encode(neurons: Range<Int>, projections: [Int], into writer: inout StateWriter) {
        for neuron in neurons {
            let own = histories.entries + neuron * histories.depth
            for i in 0..<histories.depth {
                var entry = own[i]
                if namesProjections, entry.stamp != 0 { entry.renumber { projections[$0] } }
                writer.append(entry.stamp)
                writer.append(entry.traces.word)
            }
            writer.append(
                UnsafeRawPointer(histories.newest + neuron).assumingMemoryBound(to: UInt32.self),
                count: MemoryLayout<PostHistories.Newest>.size / 4)
            if let markers { writer.append(markers.words[neuron]) }
        }
    }

    /// Takes back what ``encode(neurons:projections:into:)`` wrote.
    public func restore(neurons: Range<Int>, projections: [Int], from reader: inout StateReader) {
        for neuron in neurons {
            let own = histories.entries + neuron * histories.depth
            for i in 0..<histories.depth {
                own[i] = PostHistories.Entry(stamp: reader.word(), traces: Traces(word: reader.word()))
                if namesProjections, own[i].stamp != 0 { own[i].renumber { projections.firstIndex(of: $0) ?? 0 } }
            }
            reader.read(
                UnsafeMutableRawPointer(histories.newest + neuron).assumingMemoryBound(to: UInt32.self),
                count: MemoryLayout<PostHistories.Newest>.size / 4)
            if let markers { markers.words[neuron] = reader.word() }
        }
    }
}

extension PostHistories.Entry {
    /// Gives the projection that a change is for another number.
    fileprivate mutating func renumber(_ number: (Int) -> Int) {
        let place = Int(UInt16(bitPattern: traces.second))
        traces.second = Int16(bitPattern: UInt16(truncatingIfNeeded: number(place)))
    }
}
