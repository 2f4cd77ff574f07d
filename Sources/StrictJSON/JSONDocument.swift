/// One value of a parsed document; values of an array or object follow it, depth first.
struct JSONNode {
    typealias Kind = JSONValue.Kind

    static let none = UInt32.max

    var kind: Kind
    /// Byte where the value starts.
    var offset: UInt32
    /// Byte of the key's opening quote; `none` in arrays and at the top.
    var key: UInt32
    /// Index of the array or object it is in; `none` at the top.
    var parent: UInt32
    /// Index after the last value inside.
    var end: UInt32
    /// Elements or members.
    var count: UInt32 = 0
    /// `numbers`: elements from the start that are whole and exact as doubles.
    var leadingIntegers: UInt32 = 0
    /// A number's bit pattern; `numbers`: index of the first element in `doubles`.
    var payload: UInt64 = 0
}

/// A parsed document with what is needed to say where a value stands.
public final class JSONDocument {
    /// The file as the user named it.
    public let file: String
    /// Its text, all of it.
    public let bytes: [UInt8]
    var nodes: [JSONNode] = []
    var doubles: [Double] = []

    /// Bytes where lines start.
    private lazy var lineStarts: [Int] = {
        var starts = [0]
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
        return starts
    }()

    /// The value at the top, of a document that was parsed.
    public var root: JSONValue { JSONValue(self, 0) }

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// Line and column, both from 1, of a byte; columns count characters, not bytes.
    public func position(of offset: Int) -> (line: Int, column: Int) {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        let end = min(offset, bytes.count)
        let column = bytes[lineStarts[low]..<end].reduce(into: 1) { count, byte in
            if byte & 0xC0 != 0x80 { count += 1 }
        }
        return (low + 1, column)
    }

    /// JSON pointer of a node, or of an element of a number array.
    func pointer(node: Int, element: Int? = nil) -> String {
        var parts: [String] = []
        if let element { parts.append(String(element)) }
        var current = node
        while nodes[current].parent != JSONNode.none {
            let parent = Int(nodes[current].parent)
            if nodes[current].key == JSONNode.none {
                var ordinal = 0
                var sibling = parent + 1
                while sibling < current {
                    ordinal += 1
                    sibling = Int(nodes[sibling].end)
                }
                parts.append(String(ordinal))
            } else {
                parts.append(Self.escape(text(at: Int(nodes[current].key))))
            }
            current = parent
        }
        return parts.reversed().map { "/" + $0 }.joined()
    }

    /// A key as a token of a JSON pointer, made safe to print.
    static func escape(_ key: String) -> String {
        var result = ""
        for character in Wording.printable(key, limit: 64) {
            switch character {
            case "~": result += "~0"
            case "/": result += "~1"
            default: result.append(character)
            }
        }
        return result
    }

    /// The string whose opening quote is at `quote`; the reader has checked it.
    func text(at quote: Int) -> String {
        var end = quote + 1
        var hasEscape = false
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            if bytes[end] == UInt8(ascii: "\\") {
                hasEscape = true
                end += 1
            }
            end += 1
        }
        let raw = bytes[min(quote + 1, bytes.count)..<min(end, bytes.count)]
        return hasEscape ? Self.unescape(raw) : String(decoding: raw, as: UTF8.self)
    }

    private static func unescape(_ raw: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        var index = raw.startIndex
        func unit(at start: Int) -> UInt32 {
            guard start + 4 <= raw.endIndex else { return 0xFFFD }
            return UInt32(String(decoding: raw[start..<start + 4], as: UTF8.self), radix: 16) ?? 0xFFFD
        }
        while index < raw.endIndex {
            guard raw[index] == UInt8(ascii: "\\"), index + 1 < raw.endIndex else {
                output.append(raw[index])
                index += 1
                continue
            }
            let letter = raw[index + 1]
            index += 2
            switch letter {
            case UInt8(ascii: "b"): output.append(8)
            case UInt8(ascii: "f"): output.append(12)
            case UInt8(ascii: "n"): output.append(10)
            case UInt8(ascii: "r"): output.append(13)
            case UInt8(ascii: "t"): output.append(9)
            case UInt8(ascii: "u"):
                var scalar = unit(at: index)
                index += 4
                if scalar >> 10 == 0x36 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + (unit(at: index + 2) & 0x3FF)
                    index += 6
                }
                output.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
            default: output.append(letter)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// An error at a byte, pointing at a node.
    func error(
        _ code: DocumentError.Code, at offset: Int, node: Int?, element: Int? = nil, key: String? = nil,
        _ message: String
    ) -> DocumentError {
        let (line, column) = position(of: offset)
        var pointer = node.map { self.pointer(node: $0, element: element) } ?? ""
        if let key { pointer += "/" + Self.escape(key) }
        return DocumentError(
            code: code, file: file, line: line, column: column, pointer: pointer, message: message)
    }
}
