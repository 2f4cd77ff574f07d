// The chip's sine.
//
// The argument is reduced to an octant o (eighths of a turn, modulo 8) and a remainder r in 0 ..< π/4 with 31
// fractional bits. r lies within 1/32 of a multiple k/16; with h = r − k/16 and tables of sin(k/16) and 1 − cos(k/16)
// the addition theorems give sin r and 1 − cos r, taking sin h = h and 1 − cos h = h²/2. The result is ±sin r or ±cos r
// in the even octants and √½ (± sin r ± cos r) in the odd ones.
//
// Every product is of a 32-bit and a 16-bit number and floored, as the ARM multiplies. Two quirks of the chip follow
// from the words: an argument below 0 comes out as if it were about 0.3 raw units lower, because 7358 octants are added
// as a whole number of units; and the last 181 raw units before π/2 (and a turn later, and so on) give −1, because in
// an odd octant the rounded result 1.0 does not fit the 16 bits it is cut to.

/// The chip's sine, `sink`.
///
/// - Source: behaviour of the image shipped in sPyNNaker 7.4.1, read from its instructions; confirmed on all golden
///   vectors. The tables are recomputed from their definition.
public enum Sine {
    /// sin(k/16) · 2³¹, rounded.
    private static let sines: [Int32] = [
        0, 134_130_364, 267_736_951, 400_298_032, 531_295_957, 660_219_183, 786_564_267, 909_837_834, 1_029_558_505,
        1_145_258_771, 1_256_486_826, 1_362_808_327, 1_463_808_091, 1_559_091_715, 1_648_287_120, 1_731_045_999,
    ]

    /// (cos(k/16) − 1) · 2³¹, rounded.
    private static let cosinesLessOne: [Int32] = [
        0, -4_192_939, -16_755_382, -37_638_274, -66_760_066, -104_007_040, -149_233_746, -202_263_575, -262_889_447,
        -330_874_618, -405_953_610, -487_833_239, -576_193_767, -670_690_148, -770_953_377, -876_591_926,
    ]

    /// √½ · 2³¹.
    private static let rootHalf: Int64 = 1_518_500_250

    /// A 32-bit times the upper half of another, shifted right 16, plus a third.
    private static func accumulate(_ sum: Int32, _ a: Int32, _ b: Int32) -> Int32 {
        sum &+ Int32(truncatingIfNeeded: (Int64(a) &* Int64(b >> 16)) >> 16)
    }

    /// To 15 fractional bits, half rounded up, cut to 16 bits.
    private static func rounded(_ x: Int32) -> Int32 {
        Int32(Int16(truncatingIfNeeded: (x >> 16) &+ ((x >> 15) & 1)))
    }

    /// sin x of an accum in radians, as an accum.
    public static func sink(_ x: Int32) -> Int32 {
        let (octant, r) = reduced(x)
        let k = Int((r >> 27) + ((r >> 26) & 1))
        let h = r &<< 5
        let versine = ((h >> 16) &* (h >> 16)) >> 10
        let (sine, cosineLessOne) = (sines[k], cosinesLessOne[k])
        let s = accumulate(accumulate(sine, sine, 0 &- versine &<< 1) &+ (h >> 5), cosineLessOne, h >> 4)
        let v = accumulate(accumulate(versine &- cosineLessOne, cosineLessOne, versine &<< 1), sine, h >> 4)
        switch octant {
        case 0: return rounded(s)
        case 2: return 0x8000 &- rounded(v)
        case 4: return rounded(0 &- s)
        case 6: return rounded(v) &- 0x8000
        default: break
        }
        let halfSine = Int32(truncatingIfNeeded: (Int64(s) &* rootHalf) >> 31)
        let halfCosine = Int32(truncatingIfNeeded: rootHalf &- (Int64(v) &* rootHalf) >> 31)
        switch octant {
        case 1: return rounded(halfSine &+ halfCosine)
        case 3: return rounded(halfCosine &- halfSine)
        case 5: return rounded(0 &- (halfSine &+ halfCosine))
        default: return rounded(halfSine &- halfCosine)
        }
    }

    /// The octant and the remainder, s0.31 in 0 ..< π/4.
    ///
    /// Octants are taken off in steps of 7358 (189364951 raw), of 12 (2470649 with 3 more bits) and of one (105414357
    /// with 12 more bits). The first guess may be one too high, and below −5000 rad one too low: then the remainder
    /// exceeds π/4 and the chip goes on along its tables, up to 15/16. Where it would read beyond them the octant is
    /// put right instead.
    private static func reduced(_ x: Int32) -> (octant: Int32, remainder: Int32) {
        var rest = x
        // 20861 = 4/π · 2¹⁴.
        var count = Int32(truncatingIfNeeded: (Int64(x) &* 20861) >> 29)
        var octant = count & 7
        while count < 0 {
            count &+= 7358
            rest = rest &+ 189_364_951
        }
        while count > 7357 {
            count &-= 7358
            rest = rest &- 189_364_951
        }
        let dozens = ((count &* 21845) >> 16) >> 2
        count &-= 12 &* dozens
        rest = (rest &<< 3) &- 2_470_649 &* dozens
        rest = (rest &<< 9) &- 105_414_357 &* count
        if rest < 0 {
            rest = rest &+ 105_414_357
            octant = (octant &+ 7) & 7
        } else if rest >= 31 << 22 {
            rest = rest &- 105_414_357
            octant = (octant &+ 1) & 7
        }
        return (octant, rest &<< 4)
    }
}
