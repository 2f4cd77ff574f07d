import FixedPoint
import Sampling
import Topology

// Connectors whose connections no draw decides; weights and delays may be drawn all the same.
extension SynapseGenerator {
    /// The connections of a pattern onto one target core.
    ///
    /// - Parameter values: Room for value numbers, `[1024]`.
    func connections(
        _ pattern: any ConnectionPattern, _ target: TargetCore, _ values: UnsafeMutablePointer<Int>, _ scratch: Scratch,
        _ writer: BatchWriter
    ) {
        let (hasWeights, hasDelays) = (pattern.hasWeights, pattern.hasDelays)
        let draws = (weight.isDrawn && !pattern.hasAllWeights) || (delay.isDrawn && !pattern.hasAllDelays)
        for post in target.slice {
            let neuron = target.neuron(post)
            var at = writer.reserve(Scratch.capacity)
            var count = 0
            var done = 0
            func flush() {
                if draws { fill(scratch, DrawPurpose.synapse, post, from: done, count: count) }
                encode(at, count, neuron, scratch)
                if hasWeights {
                    setOwn(at.weight, count, values, pattern.weight) { UInt16(truncatingIfNeeded: ownWeight($0)) }
                }
                if hasDelays { setOwn(at.delay, count, values, pattern.delay, ownDelay) }
                writer.commit(count)
                done += count
                count = 0
            }
            pattern.forEachConnection(to: post) { pre, value in
                if count == Scratch.capacity {
                    flush()
                    at = writer.reserve(Scratch.capacity)
                }
                at.pre[count] = UInt32(truncatingIfNeeded: pre)
                values[count] = value
                count += 1
            }
            flush()
        }
    }

    /// Replaces what was encoded by a connection's own value, where it has one.
    private func setOwn<Stored>(
        _ stored: UnsafeMutablePointer<Stored>, _ count: Int, _ values: UnsafeMutablePointer<Int>,
        _ own: (Int) -> Double, _ encode: (Double) -> Stored
    ) {
        for i in 0..<count {
            let value = own(values[i])
            if !value.isNaN { stored[i] = encode(value) }
        }
    }
}

extension SynapseGenerator.Code {
    /// Each synapse draws its own.
    var isDrawn: Bool { if case .table = self { true } else { false } }
}
