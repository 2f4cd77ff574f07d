import StrictJSON

/// A number of bytes, to read from an option and to print.
public struct ByteCount: Sendable, Equatable, CustomStringConvertible {
    /// The number.
    public var bytes: Int

    /// Wraps a number of bytes.
    public init(_ bytes: Int) { self.bytes = bytes }

    /// Reads `8G`, `512MB`, `1.5GiB` or a plain number of bytes; `K M G T` are powers of 1000, with `i` of 1024.
    ///
    /// - Returns: `nil` where the text is none of these, not positive, or beyond 2⁶³.
    public init?(parsing text: String) {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var unit = text.dropFirst(digits.count).uppercased()
        if unit.hasSuffix("B") { unit.removeLast() }
        let isBinary = unit.hasSuffix("I")
        if isBinary { unit.removeLast() }
        let powers = ["": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5]
        guard let number = Double(digits), let power = powers[unit], !(isBinary && power == 0) else { return nil }
        var value = number
        for _ in 0..<power { value *= isBinary ? 1024 : 1000 }
        guard let bytes = Int(exactly: value.rounded()), bytes > 0 else { return nil }
        self.bytes = bytes
    }

    /// `4.4 GB`, in powers of 1000.
    public var description: String {
        var value = Double(bytes)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let isShort = unit == 0 || value >= 99.95
        let rounded = isShort ? value.rounded() : (value * 10).rounded() / 10
        return "\(Wording.number(rounded)) \(units[unit])"
    }
}
