extension CoreLimits {
    /// Slots of a core's ring buffers, a power of two: what the longest delay asks for, or as many as the bits leave.
    ///
    /// Memory has no part in it: delays within the slots are dendritic, which decides what plastic synapses learn.
    ///
    /// - Parameters:
    ///   - neurons: Neurons of a core as they are asked for.
    ///   - typeBits: Bits of the synapse type.
    ///   - longest: The longest delay onto the core, steps.
    /// - Returns: 1 where no bits are left.
    /// - Complexity: O(1).
    /// - Source: Documentation/Chip.md, "Delay extensions".
    public func delaySlots(neurons: Int, typeBits: Int, longest: Int) -> Int {
        1 << max(0, min(Self.bits(toCount: longest), ringBufferBits - Self.bits(toCount: neurons) - typeBits, 30))
    }

    /// Bits that tell `n` things apart: ⌈log₂ n⌉, 0 for one.
    static func bits(toCount n: Int) -> Int { n <= 1 ? 0 : Int.bitWidth - (n - 1).leadingZeroBitCount }
}

extension Network {
    /// Neurons of a core that a population asks for, or the machine's default.
    ///
    /// - Complexity: O(1).
    public func askedNeurons(of population: Int) -> Int {
        let (own, core) = (populations[population], machine.core)
        return own.neuronsPerCore ?? (own.model.isSource ? core.sourcesPerCore : core.neuronsPerCore)
    }
}
