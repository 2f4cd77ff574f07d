import FixedPoint

/// Powers of two as the chip's stochastic cells form them, in u16.16.
///
/// 2^p = 2^n · Π 2^(±2^−j) over the one bits of p's fraction, from the highest down; each product is truncated.
///
/// - Source: Documentation/Chip.md, "Stochastic cells"; tables recomputed from their definition; no recorded vectors.
enum PowersOfTwo {
    /// 2^(2^−j) · 65536 truncated, j = 1 … 15.
    static let roots: [UInt64] = [
        92681, 77935, 71467, 68437, 66971, 66249, 65891, 65713, 65624, 65580, 65558, 65547, 65541, 65538, 65537,
    ]
    /// 2^(−2^−j) · 65536 truncated, j = 1 … 15.
    static let inverseRoots: [UInt64] = [
        46340, 55108, 60096, 62757, 64131, 64830, 65182, 65358, 65447, 65491, 65513, 65524, 65530, 65533, 65534,
    ]

    /// start · 2^p as an unbounded u16.16; `start` below 2¹⁷ when p ≥ 0.
    static func scale(_ start: UInt64, byPowerOf p: Int32) -> UInt64 {
        let magnitude = p.magnitude
        let whole = UInt64(magnitude >> 15)
        var value = p >= 0 ? start << whole : start >> whole
        let table = p >= 0 ? roots : inverseRoots
        for bit in 0..<15 where magnitude >> UInt32(14 - bit) & 1 != 0 { value = (value * table[bit]) >> 16 }
        return value
    }

    /// 2^p as a u16.16: the largest from p = 16 on, 0 up to −16.
    static func u1616(_ p: Int32) -> UInt32 {
        if p >= 16 << 15 { return 0xFFFF_FFFF }
        if p <= -(16 << 15) { return 0 }
        return UInt32(clamping: scale(65536, byPowerOf: p))
    }

    /// factor · 2^p as a probability in units of 2⁻³², 1 and more as the largest word.
    ///
    /// - Parameters:
    ///   - factor: u16.16.
    ///   - p: accum.
    static func probability(_ factor: UInt32, byPowerOf p: Int32) -> UInt32 {
        if factor == 0 { return 0 }
        let limit: UInt64
        if p >= 0 {
            limit = 65536
            if factor >= 65536 || Int(p) >= (factor.leadingZeroBitCount - 15) << 15 { return 0xFFFF_FFFF }
        } else {
            // 1.044 and more count as certain, whatever the power.
            limit = .max
            if factor > 0x10B55 { return 0xFFFF_FFFF }
            if Int(p) <= -((32 - factor.leadingZeroBitCount) << 15) { return 0 }
        }
        let value = scale(UInt64(factor), byPowerOf: p)
        return value >= limit ? 0xFFFF_FFFF : UInt32(truncatingIfNeeded: (value * 0xFFFF_FFFF) >> 16)
    }
}
