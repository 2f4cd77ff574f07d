// What is under way to neurons stands in two places: sums of weights for the next steps, and lists of row segments that
// are due later. How rows are cut into segments depends on the ranks; what is saved is what they come to, step by step.

import Diagnostics
public import Snapshots

/// The input of static synapses that is still to come, by step, synapse type and neuron.
///
/// - Determinism: Sums are cut at 65536, which the step they act in cuts to 65535, as it would cut the whole.
public final class PendingInput {
    /// First step.
    private let first: Int
    private let steps: Int
    private let types: Int
    private let stride: Int
    /// `[steps, types, stride]`.
    private let sums: UnsafeMutablePointer<UInt32>

    /// Nothing to come from step `first` on.
    public init(from first: Int, steps: Int, types: Int, stride: Int) {
        (self.first, self.steps, self.types, self.stride) = (first, steps, types, stride)
        sums = .allocate(capacity: max(1, steps * types * stride))
        sums.initialize(repeating: 0, count: max(1, steps * types * stride))
    }

    deinit { sums.deallocate() }

    /// The step after the last.
    public var end: Int { first + steps }

    private func place(_ step: Int, _ type: Int, _ neuron: Int) -> UnsafeMutablePointer<UInt32> {
        sums + (((step - first) * types + type) * stride + neuron)
    }

    @inline(__always)
    func add(_ amount: UInt64, step: Int, type: Int, neuron: Int) {
        guard step >= first, step < end else { return }
        let sum = place(step, type, neuron)
        sum.pointee = UInt32(truncatingIfNeeded: min(UInt64(sum.pointee) &+ amount, 0x10000))
    }

    /// Adds what is still to come of another that began earlier.
    public func add(_ other: PendingInput) {
        for step in max(first, other.first)..<max(first, min(end, other.end)) {
            for type in 0..<types {
                let amounts = other.place(step, type, 0)
                for neuron in 0..<stride where amounts[neuron] != 0 {
                    add(UInt64(amounts[neuron]), step: step, type: type, neuron: neuron)
                }
            }
        }
    }

    /// Adds a step's input to the sums of that step, before they are taken.
    public func deliver(step: Int, to inputs: InputSums) {
        guard step >= first, step < end else { return }
        for type in 0..<types {
            let amounts = place(step, type, 0)
            let target = inputs.sums[type] + inputs.offset(ofStep: step)
            for neuron in 0..<stride { target[neuron] &+= amounts[neuron] }
        }
    }

    /// Writes the input of some neurons, up to the last step that has any.
    public func encode(_ neurons: Range<Int>, into writer: inout StateWriter) {
        var count = steps
        while count > 0, isEmpty(first + count - 1, neurons) { count -= 1 }
        writer.append(count)
        for step in first..<first + count {
            for type in 0..<types {
                writer.append(UnsafePointer(place(step, type, neurons.lowerBound)), count: neurons.count)
            }
        }
    }

    /// Takes back what ``encode(_:into:)`` wrote.
    public func restore(_ neurons: Range<Int>, from reader: inout StateReader) {
        for step in first..<first + min(reader.count(), steps) {
            for type in 0..<types { reader.read(place(step, type, neurons.lowerBound), count: neurons.count) }
        }
    }

    private func isEmpty(_ step: Int, _ neurons: Range<Int>) -> Bool {
        (0..<types).allSatisfy { type in
            let amounts = place(step, type, 0)
            return neurons.allSatisfy { amounts[$0] == 0 }
        }
    }
}

extension InputSums {
    /// Adds the sums under way when step `time` is about to begin.
    public func collect(from time: Int, into pending: PendingInput) {
        for step in time..<time + layout.groupSteps {
            for type in 0..<types {
                let sums = self.sums[type] + offset(ofStep: step)
                for neuron in 0..<layout.stride where sums[neuron] != 0 {
                    pending.add(UInt64(sums[neuron]), step: step, type: type, neuron: neuron)
                }
            }
        }
    }

    /// Forgets all that is under way.
    public func clear() {
        for type in 0..<types { sums[type].update(repeating: 0, count: layout.groupSteps * layout.stride) }
    }
}

extension RingBuffers {
    /// Steps from `time` on, up to the last that holds something of some neurons.
    private func filled(_ neurons: Range<Int>, from time: Int) -> Int {
        var count = slots
        func isEmpty(_ step: Int) -> Bool {
            (0..<types).allSatisfy { type in
                let slot = slot(ofStep: step, type: type)
                return neurons.allSatisfy { slot[$0] == 0 }
            }
        }
        while count > 0, isEmpty(time + count - 1) { count -= 1 }
        return count
    }

    /// Writes the input of some neurons that stands in the buffers when step `time` is about to begin.
    public func encode(_ neurons: Range<Int>, from time: Int, into writer: inout StateWriter) {
        let count = filled(neurons, from: time)
        writer.append(count)
        for step in time..<time + count {
            for type in 0..<types {
                writer.append(
                    UnsafePointer(slot(ofStep: step, type: type) + neurons.lowerBound), count: neurons.count)
            }
        }
    }

    /// Takes back what ``encode(_:from:into:)`` wrote; the buffers are empty.
    public func restore(_ neurons: Range<Int>, from time: Int, _ reader: inout StateReader) {
        for step in time..<time + min(reader.count(), slots) {
            for type in 0..<types {
                reader.read(slot(ofStep: step, type: type) + neurons.lowerBound, count: neurons.count)
            }
        }
    }

    /// Forgets all that is under way.
    public func clear() {
        for type in 0..<types { rings[type].update(repeating: 0, count: slots * stride) }
    }
}

extension RowTable {
    /// Writes how often some rows have been delivered; none of it is waiting elsewhere.
    public func encodeSpikes(_ rows: Range<Int>, into writer: inout StateWriter) {
        for row in rows { writer.append(index[row].spikes) }
    }

    /// Takes back what ``encodeSpikes(_:into:)`` wrote.
    public func restoreSpikes(_ rows: Range<Int>, from reader: inout StateReader) {
        for row in rows { index[row].spikes = reader.word() }
    }
}
