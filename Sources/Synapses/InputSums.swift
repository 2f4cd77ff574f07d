public import Diagnostics

/// The input under way to all neurons of a rank: `[types, groupSteps, stride]` sums of weights.
///
/// Sums have 32 bits, so that additions need no check; what the chip's 16-bit ring buffers would have cut is cut when a
/// step's sums are taken (``take(step:type:first:count:into:saturated:)``). Weights only add up, so that gives the same
/// bits as cutting each addition.
public final class InputSums {
    public let layout: InputLayout
    public let types: Int
    /// One ring a synapse type, mapped twice in a row, so that a group's entries need no wrap.
    private let rings: [DoubleMapping]
    let sums: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>

    /// - Throws: `doesNotFit` when the memory cannot be had.
    public init(_ layout: InputLayout, types: Int) throws(Failure) {
        self.layout = layout
        self.types = types
        var rings: [DoubleMapping] = []
        sums = .allocate(capacity: max(types, 1))
        for type in 0..<types {
            let ring = try DoubleMapping(bytes: layout.groupSteps * layout.stride * 4, "input sums")
            sums[type] = ring.start.bindMemory(to: UInt32.self, capacity: 2 * layout.groupSteps * layout.stride)
            rings.append(ring)
        }
        self.rings = rings
    }

    deinit { sums.deallocate() }

    /// Bytes of memory held.
    public var memory: Int { rings.reduce(0) { $0 + $1.bytes } }

    /// Where the sums of step `time` begin.
    @inline(__always)
    func offset(ofStep time: Int) -> Int { (time & (layout.groupSteps &- 1)) &* layout.stride }

    /// Adds the sums of a step to a slot of ring buffers and leaves them zero.
    ///
    /// - Parameters:
    ///   - first: First of `count` neurons.
    ///   - slot: `[count]`, saturates at 65535.
    ///   - saturated: `[count]`, by neuron, counts the inputs that were cut.
    /// - Complexity: O(count), vectorised.
    public func take(
        step: Int, type: Int, first: Int, count: Int, into slot: UnsafeMutablePointer<UInt16>,
        saturated: UnsafeMutablePointer<UInt32>
    ) {
        let sums = self.sums[type] + offset(ofStep: step) + first
        guard Self.take(sums, slot, count) else { return }
        for i in 0..<count where sums[i] != 0 {
            saturated[i] &+= 1
            sums[i] = 0
        }
    }

    /// Moves sums to a slot; what was cut leaves its upper half in the sum.
    @inline(never)
    private static func take(
        _ sums: UnsafeMutablePointer<UInt32>, _ slot: UnsafeMutablePointer<UInt16>, _ count: Int
    ) -> Bool {
        var all: UInt32 = 0
        for i in 0..<count {
            let sum = sums[i] &+ UInt32(slot[i])
            slot[i] = UInt16(truncatingIfNeeded: min(sum, 0xFFFF))
            sums[i] = sum &>> 16
            all |= sum
        }
        return all > 0xFFFF
    }

    /// Keeps sums from wrapping: what exceeds 65535 becomes 65536, which is cut all the same.
    func limit() {
        for type in 0..<types { Self.limit(sums[type], layout.groupSteps * layout.stride) }
    }

    @inline(never)
    private static func limit(_ sums: UnsafeMutablePointer<UInt32>, _ count: Int) {
        for i in 0..<count { sums[i] = min(sums[i], 0x10000) }
    }

    /// The sum under way to a neuron in step `time`, cut at 65535; of steps from the next to be taken on.
    public func pending(step time: Int, type: Int, neuron: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: min(sums[type][offset(ofStep: time) + neuron], 0xFFFF))
    }
}
