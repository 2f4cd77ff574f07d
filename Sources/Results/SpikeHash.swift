import Diagnostics

/// The contract's `spike_hash`: SHA-256 over all spikes as little-endian u32 triples (step, population, neuron),
/// ascending.
///
/// - Determinism: depends on the spikes alone.
public final class SpikeHash: SpikeSink {
    private var hash = SHA256()
    private let words: UnsafeMutableBufferPointer<UInt32> = .allocate(capacity: 3 * 4096)
    private var count = 0
    private var value: String?

    public init() {}

    deinit { words.deallocate() }

    public func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        let step = step.littleEndian
        let population = UInt32(population).littleEndian
        let words = words
        var at = count
        for neuron in neurons {
            words[at] = step
            words[at + 1] = population
            words[at + 2] = neuron.littleEndian
            at += 3
            if at == words.count {
                count = at
                flush()
                at = 0
            }
        }
        count = at
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
        hash.update(UnsafeRawBufferPointer(start: words.baseAddress, count: 4 * count))
        count = 0
    }
}
