public import Diagnostics

/// The input ring buffers of all neurons of a rank: one per synapse type, `[slots, stride]` of saturating 16-bit sums.
///
/// A slot holds one step's input of all neurons. Each ring is mapped twice in a row, so that "`d` steps from now,
/// neuron `n`" is the one address `now + d·stride + n` without a wrap.
///
/// - Determinism: Entries only grow, up to 65535: the sum does not depend on the order of additions.
public final class RingBuffers {
    /// Entries per slot: the rank's neurons, padded.
    public let stride: Int
    /// Steps that fit: a power of two.
    public let slots: Int
    /// One ring a synapse type; valid for `2 · slots · stride` entries.
    @usableFromInline let rings: UnsafeMutablePointer<UnsafeMutablePointer<UInt16>>
    public let types: Int
    private let mappings: [DoubleMapping]

    /// - Parameters:
    ///   - layout: The rank's neurons.
    ///   - steps: Steps that are held at once.
    ///   - types: Synapse types.
    /// - Throws: `doesNotFit` when the memory cannot be had.
    public init(_ layout: InputLayout, steps: Int, types: Int) throws(Failure) {
        stride = layout.stride
        var slots = 2
        // The mapping is a whole number of pages.
        while slots < steps || slots * stride * 2 % 4096 != 0 { slots *= 2 }
        self.slots = slots
        self.types = types
        rings = .allocate(capacity: max(types, 1))
        var mappings: [DoubleMapping] = []
        for type in 0..<types {
            let mapping = try DoubleMapping(bytes: slots * stride * 2, "ring buffers")
            rings[type] = mapping.start.bindMemory(to: UInt16.self, capacity: 2 * slots * stride)
            mappings.append(mapping)
        }
        self.mappings = mappings
    }

    deinit { rings.deallocate() }

    /// Where the slot of step `time` begins in every ring.
    @inlinable
    public func offset(ofStep time: Int) -> Int { (time & (slots - 1)) * stride }

    /// The inputs of step `time` for one synapse type, `[stride]`.
    @inlinable
    public func slot(ofStep time: Int, type: Int) -> UnsafeMutablePointer<UInt16> { rings[type] + offset(ofStep: time) }

    /// Bytes of memory held.
    public var memory: Int { mappings.reduce(0) { $0 + $1.bytes } }
}
