/// The chip's arithmetic on raw words, as the compiled code really performs it.
///
/// Words are `accum` (S16.15 in `Int32`), `u0.32` (`UInt32`, value / 2³²) and `u16.16`. Nothing saturates, nothing
/// rounds to nearest unless its description says so, and everything wraps modulo 2³². All functions are pure integer
/// arithmetic and inline into their caller's module, so that loops over them vectorise.
///
/// - Source: Documentation/Chip.md, "Arithmetic".
public enum Accum {
    /// One as an accum.
    @inlinable
    public static var one: Int32 { 0x8000 }

    /// One as a u0.32: the largest word, 2⁻³² short of one.
    @inlinable
    public static var unitFraction: UInt32 { 0xFFFF_FFFF }

    /// Accum times accum: the 64-bit product shifted right 15 (floor), low 32 bits.
    ///
    /// With a = 2¹⁵·A + α and b = 2¹⁵·B + β, 0 ≤ α, β < 2¹⁵, it is a·B + A·β + ⌊α·β ÷ 2¹⁵⌋ modulo 2³². No product
    /// leaves 32 bits, so that a vector holds twice as many as of 64 bits and nothing moves between its lanes.
    @inlinable @inline(__always)
    public static func multiply(_ a: Int32, _ b: Int32) -> Int32 {
        let (fractionA, fractionB) = (a & 0x7FFF, b & 0x7FFF)
        return a &* (b &>> 15) &+ (a &>> 15) &* fractionB &+ (fractionA &* fractionB) &>> 15
    }

    /// Signed accum times u0.32: the 64-bit product shifted right 32 (floor).
    ///
    /// A positive value reaches 0; a negative one comes to rest below it, within 1 ÷ (1 − d) raw units.
    /// The product is formed from two signed halves, `x·d = x·(d − 2³²·s) + 2³²·x·s` with `s` the top bit of `d`,
    /// because vector units multiply signed by signed.
    @inlinable @inline(__always)
    public static func decay(_ x: Int32, by d: UInt32) -> Int32 {
        let signed = Int32(bitPattern: d)
        let high = Int32(truncatingIfNeeded: (Int64(x) &* Int64(signed)) &>> 32)
        return high &+ (x & (signed &>> 31))
    }

    /// Accum times u0.32 to u0.32: the 64-bit product shifted right 15, low 32 bits.
    @inlinable @inline(__always)
    public static func decayToFraction(_ x: Int32, by d: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: (Int64(x) &* Int64(d)) &>> 15)
    }

    /// Accum divided by accum, `kdivk`: the dividend shifted left 15, 64-bit unsigned division, low 32 bits.
    ///
    /// Meaningful for non-negative operands only. A division by 0 gives all ones, or 0 for a zero dividend: what the
    /// ARM run-time library's unsigned division returns when it is not told to trap (read there, not in the vectors).
    @inlinable
    public static func divide(_ a: Int32, _ b: Int32) -> Int32 {
        guard b != 0 else { return a == 0 ? 0 : -1 }
        let dividend = UInt64(bitPattern: Int64(a) &<< 15)
        return Int32(truncatingIfNeeded: dividend / UInt64(bitPattern: Int64(b)))
    }

    /// Accum divided by an unsigned integer, `kdivui`: unsigned division of the words, truncated.
    ///
    /// Meaningful for a non-negative dividend only; a division by 0 is treated as in ``divide(_:_:)``.
    @inlinable
    public static func divide(_ a: Int32, byInteger b: UInt32) -> Int32 {
        guard b != 0 else { return a == 0 ? 0 : -1 }
        return Int32(bitPattern: UInt32(bitPattern: a) / b)
    }

    /// Arithmetic shift right (floor); by 10 it is the scaling of conductances.
    @inlinable @inline(__always)
    public static func shiftRight(_ x: Int32, by n: Int32) -> Int32 { x &>> n }

    /// Accum to the next integer not below it.
    @inlinable
    public static func roundedUp(_ x: Int32) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(x) &+ 0x7FFF) &>> 15)
    }

    /// Accum to integer, `roundk(x, 15)`: half a unit added (wrapping), then an arithmetic shift right 15.
    @inlinable @inline(__always)
    public static func roundedToInteger(_ x: Int32) -> Int32 { (x &+ 0x4000) &>> 15 }

    /// Accum to u0.32: shifted left 17, low 32 bits; the integer part is lost.
    @inlinable @inline(__always)
    public static func toFraction(_ x: Int32) -> UInt32 { UInt32(bitPattern: x) &<< 17 }

    /// u0.32 to accum: shifted right 17.
    @inlinable @inline(__always)
    public static func fromFraction(_ x: UInt32) -> Int32 { Int32(bitPattern: x &>> 17) }

    /// Accum to u16.16: shifted left 1, low 32 bits.
    @inlinable @inline(__always)
    public static func toU1616(_ x: Int32) -> UInt32 { UInt32(bitPattern: x) &<< 1 }

    /// u16.16 to accum: shifted right 1 without sign.
    @inlinable @inline(__always)
    public static func fromU1616(_ x: UInt32) -> Int32 { Int32(bitPattern: x &>> 1) }

    /// u0.32 times u0.32: the upper 32 bits of the product (truncated).
    @inlinable @inline(__always)
    public static func multiplyFractions(_ a: UInt32, _ b: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(a) &* UInt64(b)) &>> 32)
    }

    /// Accum times an STDP s4.11 (raw / 2048): the second shifted left 4 to an accum, then ``multiply(_:_:)``.
    @inlinable @inline(__always)
    public static func multiply(_ a: Int32, s411 f: Int16) -> Int32 { multiply(a, Int32(f) &<< 4) }

    /// STDP s4.11 times s4.11: the low 16 bits of each as signed, product shifted right 11 (floor).
    @inlinable @inline(__always)
    public static func multiplyS411(_ a: Int32, _ b: Int32) -> Int32 {
        (Int32(Int16(truncatingIfNeeded: a)) &* Int32(Int16(truncatingIfNeeded: b))) &>> 11
    }

    /// A ring-buffer entry as an accum: shifted left, reinterpreted; a large one lands in the sign bit.
    @inlinable @inline(__always)
    public static func input(_ weight: UInt16, leftShift: UInt32) -> Int32 {
        Int32(bitPattern: UInt32(weight) &<< leftShift)
    }
}

/// The arithmetic of synapses generated on the machine.
///
/// - Source: Documentation/Chip.md, "Synapses made on the machine".
public enum OnMachine {
    /// A uniform variate between two accums: `low + (high − low) · word`, from one random word.
    @inlinable
    public static func uniform(_ word: UInt32, low: Int32, high: Int32) -> Int32 {
        low &+ Int32(truncatingIfNeeded: (Int64(high &- low) &* Int64(word)) &>> 32)
    }

    /// A weight in ring-buffer units: the magnitude of an accum times a u32.32 scale, rounded half up.
    ///
    /// - Parameters:
    ///   - weight: accum, of either sign.
    ///   - scale: weight scale, u32.32.
    @inlinable
    public static func rescaleWeight(_ weight: Int32, scale: UInt64) -> UInt16 {
        let product = UInt64(weight.magnitude).multipliedFullWidth(by: scale)
        let (low, carry) = product.low.addingReportingOverflow(1 &<< 46)
        let high = product.high &+ (carry ? 1 : 0)
        return UInt16(truncatingIfNeeded: (low &>> 47) | (high &<< 17))
    }

    /// A delay in steps: accum ms times accum steps per ms, truncated.
    ///
    /// The caller raises a result below 1 to 1.
    @inlinable
    public static func rescaleDelay(_ milliseconds: Int32, stepsPerMillisecond: Int32) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(milliseconds) &* Int64(stepsPerMillisecond)) &>> 30)
    }
}
