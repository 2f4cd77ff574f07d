/// Which numbers a value may be.
struct ValueRange: Sendable {
    var low = -Double.infinity
    /// `low` itself is not allowed.
    var isOpenBelow = false
    var high = Double.infinity
    /// `high` itself is not allowed.
    var isOpenAbove = false
    /// Not even a draw from the tail of a distribution may be above.
    var bindsTails = false
    /// Said after the words of the range.
    var reason = ""
    /// The reason belongs to the lower end, not the upper one.
    var reasonIsBelow = false

    /// Where the chip's s16.15 numbers end.
    static let fixedPointLimit = 65536.0

    static let finite = ValueRange()
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

    func contains(_ value: Double) -> Bool {
        value.isFinite && (isOpenBelow ? value > low : value >= low) && (isOpenAbove ? value < high : value <= high)
    }

    /// `greater than 0 and less than 65536`.
    var words: String {
        let below = "\(isOpenBelow ? "greater than" : "at least") \(Wording.number(low))"
        let above = "\(isOpenAbove ? "less than" : "at most") \(Wording.number(high))"
        switch (low.isFinite, high.isFinite) {
        case (true, true): return below + " and " + above + reason
        case (true, false): return below + reason
        case (false, true): return above + reason
        case (false, false): return "finite"
        }
    }

    /// What a message says of one side only: `greater than 0`, when that is what is broken.
    func words(for value: Double) -> String {
        let isBelow = isOpenBelow ? value <= low : value < low
        return ValueRange(
            low: isBelow ? low : -.infinity, isOpenBelow: isOpenBelow, high: isBelow ? .infinity : high,
            isOpenAbove: isOpenAbove, reason: isBelow == reasonIsBelow ? reason : ""
        ).words
    }
}
