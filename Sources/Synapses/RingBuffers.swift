import CIntrinsics
public import Diagnostics
import Glibc

/// The input ring buffers of all neurons of a rank: one per synapse type, `[slots, stride]` of saturating 16-bit sums.
///
/// A slot holds one step's input of all neurons. Each ring is mapped twice in a row, so that "`d` steps from now,
/// neuron `n`" is the one address `now + d·stride + n` without a wrap: a synapse word needs no delay arithmetic
/// (see ``RowTable``).
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
    private let bytes: Int

    /// - Parameters:
    ///   - neurons: Neurons of this rank, padding between groups included.
    ///   - steps: Largest delay plus the steps exchanged at once.
    ///   - types: Synapse types.
    /// - Throws: `doesNotFit` when the memory cannot be had.
    public init(neurons: Int, steps: Int, types: Int) throws(Failure) {
        var slots = 2
        while slots < steps { slots *= 2 }
        // The mapping is a whole number of pages, hence so is slots × stride × 2 bytes.
        let granule = max(64, 2048 / slots)
        let stride = max((neurons + granule - 1) / granule * granule, granule)
        self.slots = slots
        self.stride = stride
        self.types = types
        bytes = slots * stride * 2
        rings = .allocate(capacity: max(types, 1))
        for type in 0..<types { rings[type] = try Self.mapTwice(bytes: bytes) }
    }

    deinit {
        for type in 0..<types { munmap(rings[type], 2 * bytes) }
        rings.deallocate()
    }

    private static func mapTwice(bytes: Int) throws(Failure) -> UnsafeMutablePointer<UInt16> {
        func refuse() -> Failure {
            Failure(.doesNotFit, "\(bytes) bytes of ring buffers cannot be mapped: \(String(cString: strerror(errno)))")
        }
        let file = cintrinsics_memory_file("spinnsim ring")
        guard file >= 0 else { throw refuse() }
        defer { close(file) }
        guard ftruncate(file, bytes) == 0 else { throw refuse() }
        let anywhere = mmap(nil, 2 * bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let anywhere, anywhere != MAP_FAILED else { throw refuse() }
        for half in 0..<2 {
            let wanted = anywhere + half * bytes
            let got = mmap(wanted, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0)
            guard got == wanted else { throw refuse() }
        }
        return anywhere.bindMemory(to: UInt16.self, capacity: bytes)
    }

    /// Where the slot of step `time` begins in every ring.
    @inlinable
    public func offset(ofStep time: Int) -> Int { (time & (slots - 1)) * stride }

    /// The inputs of step `time` for one synapse type, `[stride]`.
    @inlinable
    public func slot(ofStep time: Int, type: Int) -> UnsafeMutablePointer<UInt16> { rings[type] + offset(ofStep: time) }

    /// Bytes of memory held.
    public var memory: Int { types * bytes }
}
