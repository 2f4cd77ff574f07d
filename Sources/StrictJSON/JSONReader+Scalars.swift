// Numbers and strings.
extension JSONReader {
    /// 10⁰ … 10²², exact as doubles.
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    /// Reads a number; the value is the double nearest to what is written, and an integer is one without a fraction.
    ///
    /// A mantissa below 2⁵³ and a power of ten up to 22 are both exact, so their product or quotient is rounded once
    /// and correctly; everything else goes through the standard library.
    mutating func scanNumber(element: Int? = nil) throws(DocumentError) -> (value: Double, isInteger: Bool) {
        let start = position
        var index = start
        let count = bytes.count
        let negative = bytes[index] == UInt8(ascii: "-")
        if negative { index += 1 }
        var mantissa: UInt64 = 0
        var digits = 0
        let firstDigit = index
        while index < count, bytes[index] &- 48 < 10 {
            mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 48)
            index += 1
        }
        digits = index - firstDigit
        guard digits > 0 else { throw badNumber(from: start, at: index, element: element) }
        if digits > 1, bytes[firstDigit] == UInt8(ascii: "0") {
            throw fail(.syntax, at: start, element: element, "a JSON number has no leading zeros")
        }
        var exponent = 0
        var isPlain = true
        if index < count, bytes[index] == UInt8(ascii: ".") {
            isPlain = false
            index += 1
            let firstFraction = index
            while index < count, bytes[index] &- 48 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 48)
                index += 1
            }
            exponent = firstFraction - index
            digits -= exponent
            guard exponent < 0 else {
                throw fail(.syntax, at: start, element: element, "a JSON number needs a digit after the decimal point")
            }
        }
        if index < count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            isPlain = false
            index += 1
            let negativeExponent = index < count && bytes[index] == UInt8(ascii: "-")
            if index < count, negativeExponent || bytes[index] == UInt8(ascii: "+") { index += 1 }
            let firstExponent = index
            var written = 0
            while index < count, bytes[index] &- 48 < 10 {
                written = min(written * 10 + Int(bytes[index] &- 48), 1_000_000)
                index += 1
            }
            guard index > firstExponent else {
                throw fail(.syntax, at: start, element: element, "a JSON number needs a digit after the exponent's 'e'")
            }
            exponent += negativeExponent ? -written : written
        }
        guard index - start <= limits.numberBytes else {
            throw fail(
                .limit, at: start, element: element,
                "a number of \(index - start) characters; at most \(limits.numberBytes)")
        }
        if index < count, !endsNumber(bytes[index]) { throw badNumber(from: start, at: index, element: element) }
        position = index
        if digits <= 19, mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
            let magnitude =
                exponent < 0
                ? Double(mantissa) / Self.powersOfTen[-exponent] : Double(mantissa) * Self.powersOfTen[exponent]
            // A mantissa below 2⁵³ has no more than 15 zeros at its end.
            let isWhole =
                exponent >= 0 || mantissa == 0
                || (exponent >= -15 && mantissa % UInt64(Self.powersOfTen[-exponent]) == 0)
            return (negative ? -magnitude : magnitude, isWhole)
        }
        let isWhole = isPlain || WholeNumber(bytes[start..<index]) != nil
        return (try slowNumber(start..<index, element: element), isWhole)
    }

    private func slowNumber(_ range: Range<Int>, element: Int?) throws(DocumentError) -> Double {
        let text = String(decoding: bytes[range], as: UTF8.self)
        let value = Double(text) ?? .infinity
        guard value.isFinite else {
            throw fail(
                .outOfRange, at: range.lowerBound, element: element,
                "the number \(Wording.printable(text)) is too large; the largest is about 1.8e308")
        }
        let isZero = !bytes[range].prefix { $0 | 0x20 != UInt8(ascii: "e") }.contains { $0 > 48 && $0 <= 57 }
        guard value != 0 || isZero else {
            throw fail(
                .outOfRange, at: range.lowerBound, element: element,
                "the number \(Wording.printable(text)) is too small to tell from 0; write 0 or at least 5e-324")
        }
        return value
    }

    private func endsNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x0A, 0x0D, 0x09: true
        default: false
        }
    }

    private func badNumber(from start: Int, at index: Int, element: Int?) -> DocumentError {
        guard index < bytes.count else { return truncated() }
        let word = wordText(at: index)
        switch word.lowercased() {
        case "nan", "infinity", "inf":
            return fail(
                .syntax, at: start, element: element, "-\(word) is not a JSON number; every number must be finite")
        case let word where word.hasPrefix("x"):
            return fail(.syntax, at: start, element: element, "JSON has no hexadecimal numbers")
        default:
            let what = Wording.printable(String(decoding: bytes[start..<index], as: UTF8.self), limit: 32)
            return fail(
                .syntax, at: index, element: element,
                "unexpected \(describe(at: index)) in a number after '\(what)'" + commentHint(at: index))
        }
    }

    /// Reads a key and decodes it.
    mutating func scanKey() throws(DocumentError) -> String {
        let quote = position
        let hasEscape = try scanString()
        return hasEscape
            ? document.text(at: quote) : String(decoding: bytes[quote + 1..<position - 1], as: UTF8.self)
    }

    /// Checks a string and moves behind it; true where it holds escapes.
    mutating func scanString() throws(DocumentError) -> Bool {
        let quote = position
        var index = quote + 1
        var hasEscape = false
        while true {
            guard index < bytes.count else {
                let (line, column) = document.position(of: quote)
                throw fail(
                    .syntax, at: bytes.count,
                    "the file ends inside the string opened at \(line):\(column); is it complete?")
            }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { break }
            if byte < 0x20 {
                throw fail(
                    .syntax, at: index,
                    "the control character \(Self.codePoint(UInt32(byte))) at byte offset \(index) must be escaped in "
                        + "a string"
                        + (byte == 0x0A ? "; or is the closing quote missing?" : ""))
            }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                index = try scanEscape(index)
            } else {
                index += 1
            }
            guard index - quote - 1 <= limits.stringBytes else {
                throw fail(.limit, at: quote, "a string of more than \(limits.stringBytes) bytes")
            }
        }
        position = index + 1
        return hasEscape
    }

    /// Checks an escape; returns the byte behind it.
    private func scanEscape(_ backslash: Int) throws(DocumentError) -> Int {
        guard backslash + 1 < bytes.count else { return backslash + 1 }
        switch bytes[backslash + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return backslash + 2
        case UInt8(ascii: "u"):
            let unit = try scanUnit(backslash)
            if unit == 0 { throw fail(.encoding, at: backslash, "\\u0000 is not allowed in a string") }
            switch unit >> 10 {
            case 0x36:
                let low = backslash + 6
                if low + 1 < bytes.count, bytes[low] == UInt8(ascii: "\\"), bytes[low + 1] == UInt8(ascii: "u"),
                    try scanUnit(low) >> 10 == 0x37
                {
                    return low + 6
                }
                throw fail(.encoding, at: backslash, "the surrogate \\u\(String(unit, radix: 16)) stands alone")
            case 0x37: throw fail(.encoding, at: backslash, "the surrogate \\u\(String(unit, radix: 16)) stands alone")
            default: return backslash + 6
            }
        default:
            throw fail(
                .syntax, at: backslash,
                "\\ followed by \(describe(at: backslash + 1)) is not an escape of JSON; write \\\\")
        }
    }

    private func scanUnit(_ backslash: Int) throws(DocumentError) -> UInt32 {
        var value: UInt32 = 0
        for index in backslash + 2..<backslash + 6 {
            guard index < bytes.count else { throw truncated() }
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32((byte | 0x20) - 87)
            default: throw fail(.syntax, at: backslash, "\\u must be followed by four hexadecimal digits")
            }
        }
        return value
    }
}
