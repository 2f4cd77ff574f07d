extension Deliveries {
    /// The steps from the next one on in which something can be due.
    public var steps: Int { mask + 1 + table.layout.groupSteps }

    /// Adds up what is still to be delivered when step `time` is about to begin, by the step it acts in.
    ///
    /// - Complexity: O(synapses of what is due).
    public func collect(from time: Int, into pending: PendingInput) {
        for step in time..<time + mask + 1 {
            let place = step & mask
            for i in 0..<lists[place].count { collect(lists[place].entries[i], dueIn: step, into: pending) }
            for i in 0..<singles[place].count {
                let due = singles[place].entries[i]
                add(UInt64(due.amount), entry: due.offset, type: due.type, dueIn: step, into: pending)
            }
            for i in 0..<directs[place].count {
                let due = directs[place].entries[i]
                let base = (due.time & (table.layout.groupSteps - 1)) * table.layout.stride
                for row in 0..<due.stretch.rows.count {
                    let amount = UInt64(counts[place].entries[due.at + row]) * UInt64(due.stretch.weights[row])
                    add(
                        amount, entry: base + due.stretch.offset + row, type: due.stretch.type, dueIn: step,
                        into: pending)
                }
            }
        }
    }

    /// Adds a segment of a row and those that follow it.
    private func collect(_ due: DueSegment, dueIn first: Int, into pending: PendingInput) {
        let (words, stride) = (table.words, table.layout.stride)
        let base = (Int(due.time) & (table.layout.groupSteps - 1)) * stride
        var (at, step) = (Int(due.at), first)
        while true {
            let header = SegmentHeader(words[at], words[at + 1])
            at += 2
            let raw = UnsafeRawPointer(words + at)
            for i in 0..<header.count {
                let (offset, weight) =
                    header.isPacked
                    ? (Int(raw.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)), UInt64(header.weight))
                    : (Int(words[at + i] & 0xFFFF), UInt64(words[at + i] >> 16))
                add(
                    weight * UInt64(due.spikes), entry: base + header.window << 16 + offset, type: header.type,
                    dueIn: step, into: pending)
            }
            at += header.words
            if header.isLast { break }
            step = max(first, Int(due.time) + Int(words[at] >> 16))
        }
    }

    /// Adds an entry of the sums of a group of steps that begins with `step` or before: it is of the first of its place
    /// from there.
    @inline(__always)
    private func add(_ amount: UInt64, entry: Int, type: Int, dueIn step: Int, into pending: PendingInput) {
        let (place, neuron) = entry.quotientAndRemainder(dividingBy: table.layout.stride)
        let later = (place - step) & (table.layout.groupSteps - 1)
        pending.add(amount, step: step + later, type: type, neuron: neuron)
    }

    /// Forgets all that is under way, before a state takes its place.
    public func clear() {
        settleSpikes()
        for place in 0...mask {
            lists[place].count = 0
            singles[place].count = 0
            singleSpikes[place] = 0
            directs[place].count = 0
            counts[place].count = 0
        }
        additions = 0
        current = 0
    }
}
