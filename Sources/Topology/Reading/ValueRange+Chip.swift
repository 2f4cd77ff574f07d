import StrictJSON

// What numbers of the chip and of networks may be.
extension ValueRange {
    /// Where the chip's s16.15 numbers end.
    static let fixedPointLimit = 65536.0

    /// Whatever an s16.15 number can hold.
    static let fixedPoint = ValueRange(
        low: -fixedPointLimit, high: fixedPointLimit, isOpenAbove: true, reason: " (the chip's s16.15 numbers)")
    static let positive = ValueRange(low: 0, isOpenBelow: true, high: fixedPointLimit, isOpenAbove: true)
    /// Positive as an s16.15 number too, so that the chip can divide by it.
    static let divisor = ValueRange(
        low: 0x1p-15, high: fixedPointLimit, isOpenAbove: true,
        reason: " (2⁻¹⁵: the chip's s16.15 numbers end there, and it divides by this one)", reasonIsBelow: true)
    /// Spikes per second of a source, which the chip holds in 16 bits and a fraction.
    static let rate = ValueRange(
        low: 0, high: fixedPointLimit, isOpenAbove: true, bindsTails: true, reason: " (the chip's u16.16 rates)")
    static let nonNegative = ValueRange(low: 0, high: fixedPointLimit, isOpenAbove: true)
    /// Of dopamine, a number of 16 bits with 11 of them behind the point.
    static let concentration = ValueRange(low: 0, high: 16, isOpenAbove: true, reason: " (the chip's s4.11 numbers)")
    static let probability = ValueRange(low: 0, high: 1)
    /// At least 0 without an upper end, for times.
    static let time = ValueRange(low: 0)
}
