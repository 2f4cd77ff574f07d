/// Which numbers a value may be.
public struct ValueRange: Sendable {
    /// The lower end.
    public var low = -Double.infinity
    /// `low` itself is not allowed.
    public var isOpenBelow = false
    /// The upper end.
    public var high = Double.infinity
    /// `high` itself is not allowed.
    public var isOpenAbove = false
    /// Not even a draw from the tail of a distribution may be above.
    public var bindsTails = false
    /// Said after the words of the range.
    public var reason = ""
    /// The reason belongs to the lower end, not the upper one.
    public var reasonIsBelow = false

    /// The range between two ends.
    public init(
        low: Double = -.infinity, isOpenBelow: Bool = false, high: Double = .infinity, isOpenAbove: Bool = false,
        bindsTails: Bool = false, reason: String = "", reasonIsBelow: Bool = false
    ) {
        self.low = low
        self.isOpenBelow = isOpenBelow
        self.high = high
        self.isOpenAbove = isOpenAbove
        self.bindsTails = bindsTails
        self.reason = reason
        self.reasonIsBelow = reasonIsBelow
    }

    /// Any finite number.
    public static let finite = ValueRange()

    /// The range has the value, which is finite.
    public func contains(_ value: Double) -> Bool {
        value.isFinite && (isOpenBelow ? value > low : value >= low) && (isOpenAbove ? value < high : value <= high)
    }

    /// `greater than 0 and less than 65536`.
    public var words: String {
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
    public func words(for value: Double) -> String {
        let isBelow = isOpenBelow ? value <= low : value < low
        return ValueRange(
            low: isBelow ? low : -.infinity, isOpenBelow: isOpenBelow, high: isBelow ? .infinity : high,
            isOpenAbove: isOpenAbove, reason: isBelow == reasonIsBelow ? reason : ""
        ).words
    }
}
