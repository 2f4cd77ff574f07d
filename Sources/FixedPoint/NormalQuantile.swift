// The chip's inverse normal distribution function, on 16-bit arguments.
//
// The argument s stands for the probability 1/2 + s/65536. The function is odd, so only |s| counts. Towards the tail
// the distance to the end, q = 32768 − |s|, halves from piece to piece, and there is one polynomial a piece:
//
//   q ≤ 31            a table: the exact quantile, and 7 for q = 0;
//   32 ≤ q < 1024     five tail pieces: a quartic in the position inside the piece, added to a constant;
//   1024 ≤ q          five central pieces: s times an even function, a quartic in s².
//
// Quartics are evaluated by Horner's rule on 32-bit coefficients and a signed 16-bit argument in units of 2⁻¹⁶, each
// product floored, as the ARM's 32×16 multiply-accumulate does.

/// The chip's quantile function of the standard normal distribution, `norminv`.
///
/// - Source: structure and coefficients as published with spinn_common (University of Manchester), confirmed on the
///   golden vectors; the table recomputed from its definition.
public enum NormalQuantile {
    /// The quantile of the upper 16 bits of a uniform word taken as signed, as an accum: `norminv_urt`.
    ///
    /// The word's top bit is the sign, so that words are not in the order of their quantiles. The result lies within
    /// ±7.
    public static func accum(ofUpperBits word: UInt32) -> Int32 { accum(of: Int32(bitPattern: word) >> 16) }

    /// The quantile of the probability 1/2 + s/65536, −32768 ≤ s ≤ 32767, as an accum.
    public static func accum(of s: Int32) -> Int32 {
        let magnitude = Int32(s.magnitude)
        let distance = 32768 - magnitude
        let result: Int32
        if magnitude == 0 {
            return 0
        } else if distance < 32 {
            result = table[Int(distance)]
        } else {
            // q lies in 2^(14 − piece) ..< 2^(15 − piece).
            let piece = distance.leadingZeroBitCount - 17
            result = piece > 4 ? tail(distance, piece: piece) : central(magnitude, piece: piece)
        }
        return s < 0 ? -result : result
    }

    /// Quantile at 1 − k/65536, accum, rounded; 7 at k = 0.
    static let table: [Int32] = [
        229_376, 136_628, 131_359, 128_187, 125_892, 124_086, 122_593, 121_318, 120_204, 119_213, 118_321, 117_508,
        116_762, 116_072, 115_430, 114_830, 114_265, 113_733, 113_229, 112_751, 112_295, 111_860, 111_444, 111_045,
        110_662, 110_294, 109_939, 109_596, 109_265, 108_945, 108_635, 108_334,
    ]

    /// A polynomial of one piece, highest coefficient first, with what its piece adds and how it scales its argument.
    struct Piece {
        let quartic: (Int32, Int32, Int32, Int32, Int32)
        let leading: Int32
        var offset: Int32 = 0
        var multiplier: Int32 = 0

        /// Horner's rule on the low 16 bits of `x`, taken as signed.
        func value(at x: Int32) -> Int32 {
            let x = Int64(Int16(truncatingIfNeeded: x))
            func step(_ sum: Int32, _ next: Int32) -> Int32 {
                Int32(truncatingIfNeeded: (Int64(sum) &* x) >> 16) &+ next
            }
            return step(step(step(step(quartic.0, quartic.1), quartic.2), quartic.3), quartic.4)
        }
    }

    /// Pieces 0 … 4 in the centre, 5 … 9 in the tail.
    static let pieces: [Piece] = [
        Piece(
            quartic: (135_763_632, 134_215_538, 347_443_147, -134_393_924, 14_235_314), leading: 10, offset: 0,
            multiplier: 6),
        Piece(
            quartic: (669_410_721, 151_375_990, 657_881_394, 208_981_697, -111_730_420), leading: 11, offset: 2048,
            multiplier: 6),
        Piece(
            quartic: (2_059_946_197, 130_876_674, 1_126_841_309, 628_910_107, -391_651_081), leading: 13, offset: 4608,
            multiplier: 8),
        Piece(
            quartic: (1_594_011_413, 34_197_350, 980_366_094, 540_913_971, 14_157_698), leading: 14, offset: 6272,
            multiplier: 16),
        Piece(
            quartic: (1_364_524_482, 4_157_352, 893_590_920, 482_307_216, -56_131_990), leading: 16, offset: 7200,
            multiplier: 32),
        Piece(quartic: (594_357_355, -1_177_895_230, 1_292_890_733, -1_558_625_637, 896_662_126), leading: 65_536),
        Piece(quartic: (562_587_223, -1_113_360_216, 1_217_886_707, -1_442_344_496, 1_417_447_081), leading: 65_536),
        Piece(quartic: (535_062_308, -1_057_614_622, 1_153_468_280, -1_347_876_992, 1_901_851_228), leading: 65_536),
        Piece(quartic: (510_971_994, -1_008_958_387, 1_097_593_202, -1_269_255_408, 208_850_025), leading: 98_304),
        Piece(quartic: (489_693_536, -966_086_639, 1_048_652_819, -1_202_555_181, 638_185_482), leading: 98_304),
    ]

    private static func tail(_ distance: Int32, piece: Int) -> Int32 {
        let position = (distance - 1 << (14 - piece)) << (piece + 1)
        return pieces[piece].leading &+ ((pieces[piece].value(at: position) &+ 0x4000) >> 16)
    }

    private static func central(_ s: Int32, piece: Int) -> Int32 {
        let part = pieces[piece]
        let position = ((s * s) >> 17 - part.offset) * part.multiplier << 1
        let even = (part.value(at: position) &+ position << 14) >> 16
        return Int32(truncatingIfNeeded: (Int64(even &+ part.leading << 13) &* Int64(s)) >> 16)
    }
}
