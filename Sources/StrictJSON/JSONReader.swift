/// A strict reader of JSON (RFC 8259) over bytes.
///
/// It takes exactly the standard's grammar in UTF-8 and refuses what lenient readers let pass: duplicate keys,
/// comments, trailing commas, NaN, numbers that overflow or underflow, data after the end. Every value keeps the byte
/// it starts at, so that later checks can say line and column. The syntax of a number is kept: `3` is an integer and
/// `3.0` is not, and integers of any size stay exact.
///
/// An array of numbers becomes one node and a run of doubles; a long connection list costs little more than its
/// numbers.
public struct JSONReader {
    let document: JSONDocument
    let bytes: [UInt8]
    let limits: ReadingLimits
    var position = 0
    var nodes: [JSONNode] = []
    var doubles: [Double] = []
    /// The open arrays and objects, outermost first.
    private var open: [Int] = []
    /// Key whose value is being read, for pointers before the value has a node.
    private var pendingKey: String?
    /// The same for an element of an array.
    private var pendingElement: Int?

    /// Parses a whole document.
    ///
    /// - Throws: `DocumentError` with code `encoding`, `syntax`, `limit` or `duplicateKey`.
    /// - Complexity: O(`bytes.count`).
    public static func parse(
        bytes: [UInt8], file: String, limits: ReadingLimits = ReadingLimits()
    ) throws(DocumentError) -> JSONDocument {
        var reader = JSONReader(bytes: bytes, file: file, limits: limits)
        return try reader.parseDocument()
    }

    private init(bytes: [UInt8], file: String, limits: ReadingLimits) {
        document = JSONDocument(bytes: bytes, file: file)
        self.bytes = bytes
        self.limits = limits
    }

    private mutating func parseDocument() throws(DocumentError) -> JSONDocument {
        guard bytes.count <= min(limits.bytes, Int(UInt32.max) - 1) else {
            throw document.error(
                .limit, at: 0, node: nil,
                "the file has \(bytes.count) bytes, more than the limit of \(limits.bytes); "
                    + "keep long connection lists in a FromFile connector's own file")
        }
        try EncodingCheck.check(document)
        skipSpace()
        guard position < bytes.count else {
            throw document.error(.syntax, at: 0, node: nil, "the file is empty; expected a JSON object")
        }
        try parseValue(parent: JSONNode.none, key: JSONNode.none)
        skipSpace()
        if position < bytes.count {
            throw fail(
                .syntax,
                "unexpected data after the end of the document: \(found); a file holds one JSON value"
                    + commentHint(at: position))
        }
        document.nodes = nodes
        document.doubles = doubles
        return document
    }

    // MARK: - Values

    private mutating func parseValue(parent: UInt32, key: UInt32) throws(DocumentError) {
        guard position < bytes.count else { throw truncated() }
        guard nodes.count < limits.values else {
            throw fail(
                .limit,
                "more than \(limits.values) values in one document; keep long lists in a FromFile connector's file")
        }
        switch bytes[position] {
        case UInt8(ascii: "{"): try parseObject(parent: parent, key: key)
        case UInt8(ascii: "["): try parseArray(parent: parent, key: key)
        case UInt8(ascii: "\""):
            let offset = position
            _ = try scanString()
            append(.string, at: offset, parent: parent, key: key)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let offset = position
            let number = try scanNumber()
            append(number.isInteger ? .integer : .real, at: offset, parent: parent, key: key)
            nodes[nodes.count - 1].payload = number.value.bitPattern
        case UInt8(ascii: "t"): try scanWord("true", .true, parent: parent, key: key)
        case UInt8(ascii: "f"): try scanWord("false", .false, parent: parent, key: key)
        case UInt8(ascii: "n"): try scanWord("null", .null, parent: parent, key: key)
        default: throw unexpectedValue()
        }
    }

    @discardableResult
    private mutating func append(_ kind: JSONNode.Kind, at offset: Int? = nil, parent: UInt32, key: UInt32) -> Int {
        let index = nodes.count
        nodes.append(
            JSONNode(
                kind: kind, offset: UInt32(truncatingIfNeeded: offset ?? position), key: key, parent: parent,
                end: UInt32(truncatingIfNeeded: index + 1)))
        pendingKey = nil
        pendingElement = nil
        return index
    }

    private mutating func scanWord(
        _ word: StaticString, _ kind: JSONNode.Kind, parent: UInt32, key: UInt32
    ) throws(DocumentError) {
        let expected = word.description
        let text = wordText(at: position)
        guard text == expected else { throw unexpectedValue() }
        append(kind, parent: parent, key: key)
        position += expected.utf8.count
    }

    private mutating func enter(_ index: Int) throws(DocumentError) {
        open.append(index)
        guard open.count <= limits.depth else {
            throw fail(.limit, "arrays and objects are nested more than \(limits.depth) deep")
        }
        position += 1
        skipSpace()
    }

    private mutating func leave(_ index: Int, count: Int) {
        position += 1
        open.removeLast()
        nodes[index].end = UInt32(truncatingIfNeeded: nodes.count)
        nodes[index].count = UInt32(truncatingIfNeeded: count)
    }

    private mutating func parseArray(parent: UInt32, key: UInt32) throws(DocumentError) {
        let index = append(.array, parent: parent, key: key)
        try enter(index)
        if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
            nodes[index].kind = .numbers
            nodes[index].payload = UInt64(doubles.count)
            return leave(index, count: 0)
        }
        if position < bytes.count, startsNumber(bytes[position]), try parseNumbers(index) { return }
        var count = 0
        while true {
            pendingElement = count
            try parseValue(parent: UInt32(truncatingIfNeeded: index), key: JSONNode.none)
            count += 1
            skipSpace()
            guard position < bytes.count else { throw truncated() }
            if bytes[position] == UInt8(ascii: "]") { return leave(index, count: count) }
            guard bytes[position] == UInt8(ascii: ",") else { throw unexpectedSeparator(closing: "]", of: index) }
            let comma = position
            position += 1
            skipSpace()
            if position < bytes.count, bytes[position] == UInt8(ascii: "]") { throw trailingComma(comma) }
        }
    }

    /// Reads the array as numbers only; false, with nothing read, where it holds anything else.
    private mutating func parseNumbers(_ index: Int) throws(DocumentError) -> Bool {
        let start = position
        let first = doubles.count
        var leading = 0
        while true {
            let number = try scanNumber(element: doubles.count - first)
            if number.isInteger, leading == doubles.count - first, abs(number.value) <= 0x1p53 { leading += 1 }
            doubles.append(number.value)
            skipSpace()
            guard position < bytes.count else { throw truncated() }
            if bytes[position] == UInt8(ascii: ",") {
                position += 1
                skipSpace()
                if position < bytes.count, startsNumber(bytes[position]) { continue }
            } else if bytes[position] == UInt8(ascii: "]") {
                nodes[index].kind = .numbers
                nodes[index].payload = UInt64(first)
                nodes[index].leadingIntegers = UInt32(truncatingIfNeeded: leading)
                leave(index, count: doubles.count - first)
                return true
            }
            // Something else is in it, or an error that the general way words better.
            doubles.removeLast(doubles.count - first)
            position = start
            return false
        }
    }

    private mutating func parseObject(parent: UInt32, key: UInt32) throws(DocumentError) {
        let index = append(.object, parent: parent, key: key)
        try enter(index)
        if position < bytes.count, bytes[position] == UInt8(ascii: "}") { return leave(index, count: 0) }
        var keys: [(text: String, offset: Int)] = []
        while true {
            guard position < bytes.count else { throw truncated() }
            guard bytes[position] == UInt8(ascii: "\"") else { throw unexpectedKey() }
            let offset = position
            let text = try scanKey()
            if let earlier = keys.first(where: { $0.text == text }) {
                let (line, column) = document.position(of: earlier.offset)
                throw fail(
                    .duplicateKey, at: offset, key: text,
                    "the key \(Wording.quoted(text)) is already there at \(line):\(column); "
                        + "a key may appear once in an object")
            }
            guard keys.count < limits.keys else {
                throw fail(.limit, at: offset, "more than \(limits.keys) keys in one object")
            }
            keys.append((text, offset))
            skipSpace()
            guard position < bytes.count else { throw truncated() }
            guard bytes[position] == UInt8(ascii: ":") else {
                throw fail(.syntax, key: text, "expected ':' after the key \(Wording.quoted(text)), found \(found)")
            }
            position += 1
            skipSpace()
            pendingKey = text
            try parseValue(parent: UInt32(truncatingIfNeeded: index), key: UInt32(truncatingIfNeeded: offset))
            nodes[index].count += 1
            skipSpace()
            guard position < bytes.count else { throw truncated() }
            if bytes[position] == UInt8(ascii: "}") { return leave(index, count: Int(nodes[index].count)) }
            guard bytes[position] == UInt8(ascii: ",") else { throw unexpectedSeparator(closing: "}", of: index) }
            let comma = position
            position += 1
            skipSpace()
            if position < bytes.count, bytes[position] == UInt8(ascii: "}") { throw trailingComma(comma) }
        }
    }

    // MARK: - Characters

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func startsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    // MARK: - Errors

    /// An error at a byte (the current one by default) inside the innermost open array or object.
    func fail(
        _ code: DocumentError.Code, at offset: Int? = nil, key: String? = nil, element: Int? = nil, _ message: String
    ) -> DocumentError {
        document.nodes = nodes
        return document.error(
            code, at: offset ?? position, node: open.last, element: element ?? pendingElement, key: key ?? pendingKey,
            message)
    }

    /// The file ends where more was due.
    func truncated() -> DocumentError {
        guard let innermost = open.last else {
            return fail(.syntax, at: bytes.count, "the file ends where a value was expected")
        }
        document.nodes = nodes
        let (line, column) = document.position(of: Int(nodes[innermost].offset))
        let what = nodes[innermost].kind == .object ? "object" : "array"
        let pointer = document.pointer(node: innermost)
        return fail(
            .syntax, at: bytes.count,
            "the file ends inside the \(what)\(pointer.isEmpty ? "" : " " + pointer) opened at \(line):\(column); "
                + "is it complete?")
    }
}
