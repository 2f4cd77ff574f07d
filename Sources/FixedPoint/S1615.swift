/// The chip's `accum`: a signed fixed-point number with 15 fractional bits in 32 bits.
///
/// The value is `raw / 32768`, from −65536 to 65536 − 2⁻¹⁵. Every operator wraps modulo 2³² and rounds toward minus
/// infinity, as the compiled chip code does; none saturates and none traps.
///
/// - Determinism: pure integer arithmetic, the same on every host.
/// - Source: Documentation/Chip.md, "Number formats" and "Arithmetic".
@frozen
public struct S1615: Sendable, Hashable, Comparable {
    /// The word the chip holds, in units of 2⁻¹⁵.
    public var raw: Int32

    /// Wraps a word as it is.
    @inlinable
    public init(raw: Int32) { self.raw = raw }

    /// Zero.
    @inlinable
    public static var zero: S1615 { S1615(raw: 0) }

    /// One, 32768 raw.
    @inlinable
    public static var one: S1615 { S1615(raw: 0x8000) }

    /// The wrapping sum.
    @inlinable
    public static func + (a: S1615, b: S1615) -> S1615 { S1615(raw: a.raw &+ b.raw) }

    /// The wrapping difference.
    @inlinable
    public static func - (a: S1615, b: S1615) -> S1615 { S1615(raw: a.raw &- b.raw) }

    /// The wrapping negation; the most negative value is its own negation.
    @inlinable
    public static prefix func - (a: S1615) -> S1615 { S1615(raw: 0 &- a.raw) }

    /// The wrapping product, floored at 2⁻¹⁵; see ``Accum/multiply(_:_:)``.
    @inlinable
    public static func * (a: S1615, b: S1615) -> S1615 { S1615(raw: Accum.multiply(a.raw, b.raw)) }

    /// The truncated quotient; see ``Accum/divide(_:_:)``.
    @inlinable
    public static func / (a: S1615, b: S1615) -> S1615 { S1615(raw: Accum.divide(a.raw, b.raw)) }

    /// The order of the values, which is that of the words.
    @inlinable
    public static func < (a: S1615, b: S1615) -> Bool { a.raw < b.raw }
}

extension S1615 {
    /// The exact value as a `Double`.
    @inlinable
    public var doubleValue: Double { Double(raw) / 32768 }

    /// Encodes a parameter as sPyNNaker's Python does: the decimal value times 32768, rounded half to even.
    ///
    /// Python multiplies `Decimal(str(value))`, the shortest decimal text that gives `value` back, and not the binary
    /// value. The two differ only where the binary value lies exactly between two words and needs more than 17 digits:
    /// there the shortest text lies beside the tie, and decides. Everywhere else a multiplication by 2¹⁵ is
    /// exact and rounding the binary value gives the same word.
    ///
    /// - Parameter value: a value in PyNN's units.
    /// - Returns: `nil` when the value is outside −65536 … 65535.999969482421875 or not a number; Python raises then.
    /// - Source: Documentation/Chip.md, "Encoding".
    public init?(rounding value: Double) {
        guard value >= -65536, value <= 65535.999969482421875 else { return nil }
        let scaled = value * 32768
        let below = scaled.rounded(.down)
        guard scaled - below == 0.5 else {
            self.init(raw: Int32(scaled.rounded(.toNearestOrEven)))
            return
        }
        switch ShortestDecimal(value.magnitude).compare(toOddMultipleOfHalfStep: UInt64(scaled.magnitude * 2)) {
        case 0: self.init(raw: Int32(scaled.rounded(.toNearestOrEven)))
        case let side where (side > 0) == (value > 0): self.init(raw: Int32(below + 1))
        default: self.init(raw: Int32(below))
        }
    }
}

/// The shortest decimal text of a `Double` as `digits · 10^exponent`.
struct ShortestDecimal {
    var digits: UInt64 = 0
    var exponent = 0

    /// Reads the digits of `value.description`, which is the shortest text that gives `value` back.
    init(_ value: Double) {
        var fractional = false
        let text = value.description.utf8
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits = digits &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                if fractional { exponent -= 1 }
            case UInt8(ascii: "."): fractional = true
            case UInt8(ascii: "e"):
                exponent += Int(String(decoding: rest, as: UTF8.self)) ?? 0
                return
            default: break
            }
        }
    }

    /// Compares with `multiple / 65536`: negative, zero or positive as this number is below, equal or above.
    ///
    /// A value on a tie between two S16.15 words is an odd multiple of 2⁻¹⁶ below 2³², hence at least 1.5·10⁻⁵ and
    /// written with at most 22 decimals, so that both sides fit in 128 bits.
    func compare(toOddMultipleOfHalfStep multiple: UInt64) -> Int {
        var mine = UInt128(digits) << 16
        var other = UInt128(multiple)
        var power = exponent
        while power < 0 {
            other *= 10
            power += 1
        }
        while power > 0 {
            mine *= 10
            power -= 1
        }
        return mine < other ? -1 : (mine == other ? 0 : 1)
    }
}
