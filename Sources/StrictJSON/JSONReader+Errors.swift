// What is wrong at a character, in the words of the rule that it breaks.
extension JSONReader {
    /// The character at the current position, for messages.
    var found: String { describe(at: position) }

    func describe(at offset: Int) -> String {
        guard offset < bytes.count else { return "the end of the file" }
        let byte = bytes[offset]
        if byte < 0x20 || byte == 0x7F { return "the control character " + Self.codePoint(UInt32(byte)) }
        var end = offset + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return "'" + Wording.printable(String(decoding: bytes[offset..<end], as: UTF8.self)) + "'"
    }

    static func codePoint(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// The letters and digits from a byte on, at most 32.
    func wordText(at offset: Int) -> String {
        var end = offset
        while end < bytes.count, end - offset < 32 {
            switch bytes[end] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"):
                end += 1
            default: return String(decoding: bytes[offset..<end], as: UTF8.self)
            }
        }
        return String(decoding: bytes[offset..<end], as: UTF8.self)
    }

    func commentHint(at offset: Int) -> String {
        guard offset < bytes.count else { return "" }
        switch bytes[offset] {
        case UInt8(ascii: "/"), UInt8(ascii: "#"): return "; JSON has no comments"
        default: return ""
        }
    }

    func unexpectedValue() -> DocumentError {
        let word = wordText(at: position)
        switch word.lowercased() {
        case "": break
        case "nan", "infinity", "inf":
            return fail(.syntax, "\(word) is not a JSON number; every number must be finite")
        case "true", "false", "null": return fail(.syntax, "write \(word.lowercased()) in lower case, found \(word)")
        case "none", "nil", "undefined": return fail(.syntax, "\(word) is not JSON; leave the key out for its default")
        default: return fail(.syntax, "the word \(word) is not a JSON value; strings are written in double quotes")
        }
        switch bytes[position] {
        case UInt8(ascii: "'"): return fail(.syntax, "strings are written in double quotes, not in single quotes")
        case UInt8(ascii: "/"), UInt8(ascii: "#"): return fail(.syntax, "expected a value; JSON has no comments")
        case UInt8(ascii: "+"): return fail(.syntax, "a JSON number has no plus sign")
        case UInt8(ascii: "."): return fail(.syntax, "a JSON number needs a digit before the decimal point")
        default: return fail(.syntax, "expected a value, found \(found)")
        }
    }

    func unexpectedKey() -> DocumentError {
        let word = wordText(at: position)
        if let first = word.utf8.first, first >= 48, first <= 57 {
            return fail(.syntax, "expected a key in double quotes, found \(found); the decimal sign is a point")
        }
        if !word.isEmpty { return fail(.syntax, "keys are written in double quotes: \"\(word)\"") }
        switch bytes[position] {
        case UInt8(ascii: "'"): return fail(.syntax, "keys are written in double quotes, not in single quotes")
        case UInt8(ascii: "/"), UInt8(ascii: "#"): return fail(.syntax, "expected a key; JSON has no comments")
        default: return fail(.syntax, "expected a key in double quotes, found \(found)")
        }
    }

    func unexpectedSeparator(closing: String, of index: Int) -> DocumentError {
        document.nodes = nodes
        let (line, column) = document.position(of: Int(nodes[index].offset))
        let what = closing == "}" ? "object" : "array"
        return fail(
            .syntax,
            "expected ',' or '\(closing)' in the \(what) opened at \(line):\(column), found \(found)"
                + commentHint(at: position))
    }

    func trailingComma(_ comma: Int) -> DocumentError {
        fail(.syntax, at: comma, "JSON has no trailing commas; remove the comma before \(found)")
    }
}
