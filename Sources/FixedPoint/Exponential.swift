// The chip's exponential function.
//
// An accum x is split into an integer n and a fraction −g below it, 0 < g ≤ 1, so that e^x = e^n · e^−g. Three factors
// are applied in turn to a 64-bit number T with 32 fractional bits:
//
//   1. T = e^n from a table, n = −13 … 12;
//   2. T is reduced by T · (1 − e^(−k/16)), where k is the top 4 bits of g, from a table of u0.32;
//   3. T is reduced by T · (1 − e^−h), where h is the low 11 bits of g, from a quadratic in h.
//
// Each reduction multiplies a 64-bit by a 32-bit number. The low half of that product is rounded up when the discarded
// word exceeds 0x7FFFFFFE: one less than half, which is how the chip does it and decides the last bits. An x that is an
// integer is the table entry itself.

/// The chip's exponential, `expk` and `expulr`.
///
/// - Source: Documentation/Chip.md, "Exponentials"; the tables recomputed from their definition.
public enum Exponential {
    /// e^n · 2³² rounded, n = −13 … 12.
    static let integerPowers: [UInt64] = [
        9708, 26389, 71733, 194_991, 530_041, 1_440_801, 3_916_503, 10_646_160, 28_939_262, 78_665_070, 213_833_830,
        581_260_615, 1_580_030_169, 4_294_967_296, 11_674_931_555, 31_735_754_293, 86_266_724_208, 234_497_268_814,
        637_429_664_642, 1_732_713_474_316, 4_710_003_551_159, 12_803_117_065_094, 34_802_480_465_680,
        94_602_950_235_157, 257_157_480_542_844, 699_026_506_411_923,
    ]

    /// (1 − e^(−k/16)) · 2³² rounded, k = 0 … 15.
    static let sixteenths: [UInt32] = [
        0, 260_218_914, 504_671_961, 734_314_346, 950_043_403, 1_152_702_096, 1_343_082_321, 1_521_927_990,
        1_689_937_949, 1_847_768_698, 1_996_036_966, 2_135_322_113, 2_266_168_400, 2_389_087_112, 2_504_558_555,
        2_613_033_936,
    ]

    /// Above this argument (11.09) the functions saturate.
    static let largestArgument: Int32 = 363_408
    /// Below this argument (−10.397) they give 0.
    static let smallestArgument: Int32 = -340_695

    /// e^x as an accum, truncated; `Int32.max` above 363408 raw and 0 below −340695 raw.
    public static func expk(_ x: Int32) -> Int32 {
        if x > largestArgument { return .max }
        if x < smallestArgument { return 0 }
        return Int32(truncatingIfNeeded: scaled(x) >> 17)
    }

    /// e^x as a u0.32 for x ≤ 0, with the low bits' noise; e⁰ wraps to 0.
    ///
    /// Saturates as ``expk(_:)`` does: 0x7FFFFFFF above 363408 raw, 0 below −340695 raw.
    public static func expulr(_ x: Int32) -> UInt32 {
        if x > largestArgument { return 0x7FFF_FFFF }
        if x < smallestArgument { return 0 }
        return UInt32(truncatingIfNeeded: scaled(x))
    }

    /// e^x as a u16.16, truncated, which keeps one bit more than an accum.
    ///
    /// It serves e^−λ of Poisson sources, λ ≤ 10. Saturates as ``expk(_:)`` does.
    public static func expuk(_ x: Int32) -> UInt32 {
        if x > largestArgument { return 0xFFFF_FFFF }
        if x < smallestArgument { return 0 }
        return UInt32(truncatingIfNeeded: scaled(x) >> 16)
    }

    /// e^x · 2³² for an argument in range.
    static func scaled(_ x: Int32) -> UInt64 {
        let floor = Int(x >> 15)
        let above = UInt32(bitPattern: x & 0x7FFF)
        guard above != 0 else { return integerPowers[floor + 13] }
        let below = 32768 - above
        var t = integerPowers[floor + 14]
        t &-= scale(t, by: sixteenths[Int(below >> 11)])
        let y = UInt64(below & 0x7FF) << 17
        let inner = 4_293_434_720 - ((2_081_624_032 * y) >> 32)
        let reduction = ((inner * y) >> 32) + 5294
        return t &- scale(t, by: UInt32(truncatingIfNeeded: reduction))
    }

    /// `t · u / 2³²` with the low half rounded up when the discarded word exceeds 0x7FFFFFFE.
    static func scale(_ t: UInt64, by u: UInt32) -> UInt64 {
        let low = (t & 0xFFFF_FFFF) * UInt64(u)
        let carry: UInt64 = (low & 0xFFFF_FFFF) > 0x7FFF_FFFE ? 1 : 0
        return (low >> 32) + carry + (t >> 32) * UInt64(u)
    }
}
