// What a core's program occupies, estimated before anything is built.
//
// Data memory (DTCM) is private to a core: the ring buffers, one 16-bit word per slot, synapse type and neuron, each
// count rounded up to a power of two; the neurons' state and parameters; the input and transfer buffers. Shared memory
// (SDRAM) belongs to the chip: the synaptic rows, three header words and one word a synapse, a row for every source
// neuron and delay stage.

import Topology

enum CoreMemory {
    /// Input queue of 256 spikes, two row buffers, statics.
    static let fixedDTCM = 3072
    /// Parameters and state of a neuron with two exponential synapses: 16 words.
    static let neuronDTCM = 64
    /// Parameters and state of a Poisson source.
    static let sourceDTCM = 60
    /// Code's data regions, parameters and recording buffers of a core.
    static let fixedSDRAM = 65_536
    static let neuronSDRAM = 128
    static let wordBytes = 4
    static let rowHeaderWords = 3
    /// The last time and the traces of a plastic row's source.
    static let plasticHeaderWords = 2

    /// Data memory of a neuron core.
    ///
    /// - Parameter historyBytes: Of a neuron, where synapses onto it learn.
    static func dtcm(neurons: Int, typeBits: Int, slots: Int, historyBytes: Int) -> Int {
        fixedDTCM + neurons * (neuronDTCM + historyBytes) + 2 * slots << (bitsToCount(neurons) + typeBits)
    }

    /// The most slots, a power of two, that the ring-buffer bits and the data memory leave; 0 when not even one fits.
    static func slotLimit(neurons: Int, typeBits: Int, historyBytes: Int, limits: CoreLimits) -> Int {
        let bits = limits.ringBufferBits - bitsToCount(neurons) - typeBits
        guard bits >= 0 else { return 0 }
        var slots = 1 << min(bits, 30)
        while slots > 0,
            dtcm(neurons: neurons, typeBits: typeBits, slots: slots, historyBytes: historyBytes) > limits.dtcm
        {
            slots /= 2
        }
        return slots
    }

    /// The most neurons of a core that repeats spikes up to `steps` later: one byte a neuron and step.
    static func delayedNeuronLimit(steps: Int, limits: CoreLimits) -> Int {
        max(0, limits.dtcm - fixedDTCM) / max(1, steps)
    }

    /// Shared memory of the rows that `sources` neurons need for `synapses` synapses, each in `stages` delay stages.
    ///
    /// A plastic synapse takes a word too: half for its weight, half for the rest.
    static func rows(sources: Int, synapses: Double, stages: Int, isPlastic: Bool) -> Int {
        sources * stages * (rowHeaderWords + (isPlastic ? plasticHeaderWords : 0)) * wordBytes + Int(
            synapses.rounded(.up)) * wordBytes
    }
}

extension Projection {
    /// Synapses that can be expected on the neurons `slice` of a target population.
    ///
    /// For a pattern this counts connections one by one; a caller with many slices counts once with
    /// ``listedSynapses(perNeuronOf:)``.
    ///
    /// - Parameters:
    ///   - slice: Neurons of the target population.
    ///   - network: Where the projection's populations are.
    /// - Complexity: O(1), but for patterns.
    public func expectedSynapses(on slice: Range<Int>, in network: Network) -> Double {
        let (sources, targets) = (Double(network.populations[pre].size), Double(network.populations[post].size))
        let here = Double(slice.count)
        switch connector {
        case .allToAll(let selfToo):
            return sources * here - (pre == post && !selfToo ? here : 0)
        case .oneToOne:
            return Double(slice.clamped(to: 0..<network.populations[pre].size).count)
        case .fixedProbability(let p, let selfToo):
            return p * (sources * here - (pre == post && !selfToo ? here : 0))
        case .fixedNumberPre(let n, _, _): return Double(n) * here
        case .fixedNumberPost(let n, _, _): return Double(n) * sources * here / max(1, targets)
        case .fixedTotalNumber(let n, _, _): return Double(n) * here / max(1, targets)
        case .fixed(let pattern):
            var count = 0
            for post in slice { pattern.forEachConnection(to: post) { _, _ in count += 1 } }
            return Double(count)
        case .pairwise, .smallWorld: return (survey?.expected ?? 0) * here / max(1, targets)
        case .fromFile, .unsupported: return 0
        }
    }

    /// Connections of a pattern onto each of the first n target neurons, summed: `sums[n]`; empty for other connectors.
    func listedSynapses(perNeuronOf size: Int) -> [Int] {
        guard let pattern = connector.pattern else { return [] }
        var sums = [0]
        sums.reserveCapacity(size + 1)
        var count = 0
        for post in 0..<size {
            pattern.forEachConnection(to: post) { _, _ in count += 1 }
            sums.append(count)
        }
        return sums
    }
}
