import FixedPoint

/// The arithmetic of traces: s4.11, raw / 2048 in 16 bits.
public enum S411 {
    /// One.
    @inlinable
    public static var one: Int32 { 2048 }

    /// The largest, just below 16.
    @inlinable
    public static var largest: Int32 { 0x7FFF }

    /// The nearest s4.11 number.
    static func nearest(_ value: Double) -> Int32 {
        Int32(max(-Double(largest), min(value * Double(one), Double(largest))).rounded())
    }

    /// The low 16 bits of both as signed numbers, multiplied and shifted right 11 (floor).
    @inlinable @inline(__always)
    public static func multiply(_ a: Int32, _ b: Int32) -> Int32 { Accum.multiplyS411(a, b) }

    /// An accum times an s4.11: the second shifted left 4, then an accum product.
    @inlinable @inline(__always)
    public static func scale(_ a: Int32, by b: Int32) -> Int32 { Accum.multiply(a, b &<< 4) }
}

/// What a neuron's spikes leave behind: up to two numbers, whose meaning is the timing rule's.
@frozen
public struct Traces: Sendable, Equatable {
    public var first: Int16
    public var second: Int16

    /// Low 16 bits of each.
    @inlinable @inline(__always)
    public init(_ first: Int32 = 0, _ second: Int32 = 0) {
        self.first = Int16(truncatingIfNeeded: first)
        self.second = Int16(truncatingIfNeeded: second)
    }

    /// Both in a word, the first one low.
    @inlinable
    public var word: UInt32 {
        @inline(__always) get { UInt32(UInt16(bitPattern: first)) | UInt32(UInt16(bitPattern: second)) &<< 16 }
    }

    @inlinable @inline(__always)
    public init(word: UInt32) {
        first = Int16(truncatingIfNeeded: Int32(bitPattern: word))
        second = Int16(truncatingIfNeeded: Int32(bitPattern: word &>> 16))
    }
}
