/// A JSON number without a fraction, however it is written: `40`, `40.0`, `4e1`, `400e-1`.
///
/// JSON Schema calls all of them integers (Validation, draft 2020-12, section 6.1.1). Digits are counted and not
/// rounded, so that one of 20 digits is as exact as one of two.
struct WholeNumber {
    private let isNegative: Bool
    /// `nil` beyond 64 bits.
    private let magnitude: UInt64?

    /// - Parameter text: a number of JSON's grammar, as bytes.
    /// - Returns: `nil` where it has a fraction.
    /// - Complexity: O(`text.count`)
    init?(_ text: some Collection<UInt8>) {
        let negative = text.first == UInt8(ascii: "-")
        let mark = text.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? text.endIndex
        let written = text[..<mark].drop { $0 == UInt8(ascii: "-") }
        let point = written.firstIndex(of: UInt8(ascii: ".")) ?? written.endIndex
        let fraction = max(0, written.distance(from: point, to: written.endIndex) - 1)
        let digits = written.filter { $0 != UInt8(ascii: ".") }.drop { $0 == UInt8(ascii: "0") }
        isNegative = negative
        guard let last = digits.lastIndex(where: { $0 != UInt8(ascii: "0") }) else {
            magnitude = 0
            return
        }
        let significant = digits[...last]
        let exponent = Self.exponent(text[mark...].dropFirst())
        let zeros = digits.count - significant.count + exponent - fraction
        guard zeros >= 0 else { return nil }
        guard significant.count + zeros <= 20 else {
            magnitude = nil
            return
        }
        magnitude = UInt64(String(decoding: significant, as: UTF8.self) + String(repeating: "0", count: zeros))
    }

    /// The value of an exponent; those beyond a million are as good as a million.
    private static func exponent(_ text: some Collection<UInt8>) -> Int {
        let magnitude = text.reduce(0) { value, byte in
            (48...57).contains(byte) ? min(value * 10 + Int(byte - 48), 1_000_000) : value
        }
        return text.first == UInt8(ascii: "-") ? -magnitude : magnitude
    }

    /// The number; `nil` when it is beyond 64 bits with a sign.
    var signed: Int? { magnitude.flatMap { isNegative ? Int(exactly: -Int128($0)) : Int(exactly: $0) } }

    /// The number; `nil` when it is negative or beyond 64 bits.
    var unsigned: UInt64? { magnitude.flatMap { isNegative && $0 > 0 ? nil : $0 } }
}
