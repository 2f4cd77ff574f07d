import Diagnostics

/// The contract's `spike_hash`: SHA-256 over all spikes as little-endian u32 triples (step, population, neuron), ascending.
///
/// - Determinism: depends on the spikes alone.
public final class SpikeHash: SpikeSink {
    private var hash = SHA256()
    private var words: [UInt32] = []
    private var value: String?

    public init() { words.reserveCapacity(3 * 4096) }

    public func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        let step = step.littleEndian
        let population = UInt32(population).littleEndian
        for neuron in neurons {
            words.append(step)
            words.append(population)
            words.append(neuron.littleEndian)
            if words.count >= 3 * 4096 { flush() }
        }
    }

    public func finish() throws(Failure) {}

    /// The hash in hexadecimal; no spikes may follow.
    public func hex() -> String {
        if let value { return value }
        flush()
        let hex = SHA256.hex(hash.finish())
        value = hex
        return hex
    }

    private func flush() {
        words.withUnsafeBytes { hash.update($0) }
        words.removeAll(keepingCapacity: true)
    }
}
