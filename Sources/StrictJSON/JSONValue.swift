/// A value of a document: a node, or an element of an array of numbers.
public struct JSONValue {
    /// What a value is.
    public enum Kind: UInt8, Sendable {
        case null, `false`, `true`
        /// A number with a fraction.
        case real
        /// A number without a fraction, of any size and however it is written.
        case integer
        case string
        /// An array of anything.
        case array
        /// An array of numbers, kept as doubles without nodes of their own; also every empty array.
        case numbers
        case object
    }

    /// The document it is in.
    public let document: JSONDocument
    let index: Int
    let element: Int?

    init(_ document: JSONDocument, _ index: Int, element: Int? = nil) {
        self.document = document
        self.index = index
        self.element = element
    }

    private var node: JSONNode { document.nodes[index] }

    /// What it is.
    public var kind: Kind {
        guard element != nil else { return node.kind }
        return WholeNumber(text.utf8) == nil ? .real : .integer
    }

    /// An array of anything.
    public var isArray: Bool { kind == .array || kind == .numbers }
    /// An object.
    public var isObject: Bool { kind == .object }
    /// A number, with a fraction or without.
    public var isNumber: Bool { kind == .real || kind == .integer }
    /// Elements of an array, members of an object.
    public var count: Int { Int(node.count) }

    /// Byte where the value starts.
    public var offset: Int {
        var offset = Int(node.offset)
        guard let element else { return offset }
        var commas = 0
        offset += 1
        while commas < element, offset < document.bytes.count {
            if document.bytes[offset] == UInt8(ascii: ",") { commas += 1 }
            offset += 1
        }
        while offset < document.bytes.count, document.bytes[offset] <= 0x20 { offset += 1 }
        return offset
    }

    /// A number or word as written.
    private var text: String {
        let start = offset
        var end = start
        while end < document.bytes.count, end - start < 1024 {
            switch document.bytes[end] {
            case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0...0x20:
                return String(decoding: document.bytes[start..<end], as: UTF8.self)
            default: end += 1
            }
        }
        return String(decoding: document.bytes[start..<end], as: UTF8.self)
    }

    /// The value in words, for messages: `-5`, `the string "a"`, `an array of 3`.
    public var found: String {
        switch kind {
        case .null: "null"
        case .false: "false"
        case .true: "true"
        case .real, .integer: Wording.printable(text, limit: 40)
        case .string: "the string " + Wording.quoted(document.text(at: offset))
        case .array, .numbers: count == 0 ? "an empty array" : "an array of \(count)"
        case .object: count == 0 ? "an empty object" : "an object"
        }
    }

    // MARK: - Contents

    /// The elements of an array.
    public var elements: [JSONValue] {
        if node.kind == .numbers { return (0..<count).map { JSONValue(document, index, element: $0) } }
        var result: [JSONValue] = []
        result.reserveCapacity(count)
        forEachChild { result.append($0) }
        return result
    }

    /// The element of an array of numbers, for errors that point at it.
    ///
    /// - Precondition: `self` is such an array and has the element.
    public func element(at place: Int) -> JSONValue { JSONValue(document, index, element: place) }

    /// The numbers of an array that holds nothing else.
    public var numbers: ArraySlice<Double>? {
        guard element == nil, node.kind == .numbers else { return nil }
        let start = Int(node.payload)
        return document.doubles[start..<start + count]
    }

    /// Elements from the start of an array of numbers that are whole, exact as doubles.
    public var leadingIntegers: Int { Int(node.leadingIntegers) }

    /// The members of an object, in file order.
    public var members: [(key: String, value: JSONValue)] {
        var result: [(key: String, value: JSONValue)] = []
        result.reserveCapacity(count)
        forEachChild { result.append((document.text(at: Int(document.nodes[$0.index].key)), $0)) }
        return result
    }

    private func forEachChild(_ body: (JSONValue) -> Void) {
        guard node.kind == .array || node.kind == .object else { return }
        var child = index + 1
        let end = Int(node.end)
        while child < end {
            body(JSONValue(document, child))
            child = Int(document.nodes[child].end)
        }
    }

    // MARK: - Errors

    /// An error that points at this value.
    public func error(_ code: DocumentError.Code, _ message: String) -> DocumentError {
        document.error(code, at: offset, node: index, element: element, message)
    }

    /// An error that points at the key of this value.
    public func keyError(_ code: DocumentError.Code, _ message: String) -> DocumentError {
        document.error(code, at: Int(node.key), node: index, message)
    }

    /// A warning that points at this value.
    public func warning(_ message: String) -> DocumentWarning {
        let error = error(.conflict, message)
        return DocumentWarning(
            file: error.file, line: error.line, column: error.column, pointer: error.pointer, message: message)
    }

    // MARK: - Typed values

    /// An error for a value of another type than `expected`; `hint` is said of a string.
    public func wrongType(_ name: String, _ expected: String, hint: String = "") -> DocumentError {
        let remedy =
            kind == .null && node.key != JSONNode.none
            ? "; leave the key out for its default" : kind == .string && !hint.isEmpty ? hint : ""
        return error(.wrongType, "\(name) must be \(expected), got \(found)\(remedy)")
    }

    /// A truth value, which messages call `name`.
    ///
    /// - Throws: `DocumentError` with code `wrongType`.
    public func bool(_ name: String) throws(DocumentError) -> Bool {
        switch kind {
        case .true: return true
        case .false: return false
        default: throw wrongType(name, "true or false")
        }
    }

    /// A string, which messages call `name`.
    ///
    /// - Throws: `DocumentError` with code `wrongType`.
    public func string(_ name: String) throws(DocumentError) -> String {
        guard kind == .string else { throw wrongType(name, "a string") }
        return document.text(at: offset)
    }

    /// One of a few words.
    ///
    /// - Throws: `DocumentError` with code `wrongType` or `unknownName`.
    public func choice(_ name: String, of choices: [String]) throws(DocumentError) -> String {
        let expected = Wording.choices(choices.map { "\"\($0)\"" })
        guard kind == .string else { throw wrongType(name, expected) }
        let word = document.text(at: offset)
        guard choices.contains(word) else {
            throw error(
                .unknownName,
                "\(name) must be \(expected), got \(found)" + Wording.suggestion(for: word, of: choices))
        }
        return word
    }

    /// A number, which messages call `name`.
    ///
    /// - Throws: `DocumentError` with code `wrongType`.
    public func number(_ name: String) throws(DocumentError) -> Double {
        guard isNumber else { throw wrongType(name, "a number", hint: "; write it without quotes") }
        if let element, let numbers = JSONValue(document, index).numbers {
            return numbers[numbers.startIndex + element]
        }
        return Double(bitPattern: node.payload)
    }

    /// A number inside the range.
    ///
    /// - Throws: `DocumentError` with code `wrongType` or `outOfRange`.
    public func number(_ name: String, _ range: ValueRange) throws(DocumentError) -> Double {
        let value = try number(name)
        guard range.contains(value) else {
            throw error(.outOfRange, "\(name) must be \(range.words(for: value)), got \(found)")
        }
        return value
    }

    /// An integer inside the range, however it is written.
    ///
    /// - Throws: `DocumentError` with code `wrongType` or `outOfRange`.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(DocumentError) -> Int {
        let words = "an integer from \(range.lowerBound) to \(range.upperBound)"
        guard isNumber else { throw wrongType(name, words, hint: "; write it without quotes") }
        guard let whole = WholeNumber(text.utf8) else {
            throw error(.wrongType, "\(name) must be \(words), got \(found)")
        }
        guard let value = whole.signed, range.contains(value) else {
            throw error(.outOfRange, "\(name) must be \(words), got \(found)")
        }
        return value
    }

    /// A 64-bit seed: an integer, or a string of digits for writers whose numbers are doubles.
    ///
    /// - Throws: `DocumentError` with code `wrongType` or `outOfRange`.
    public func seed(_ name: String) throws(DocumentError) -> UInt64 {
        let words = "an integer from 0 to \(UInt64.max)"
        switch kind {
        case .integer:
            guard let value = WholeNumber(text.utf8)?.unsigned else {
                throw error(.outOfRange, "\(name) must be \(words), got \(found)")
            }
            return value
        case .string:
            let digits = document.text(at: offset)
            guard (1...20).contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
                let value = UInt64(digits)
            else {
                throw error(.outOfRange, "\(name) must be \(words), got \(found)")
            }
            return value
        default: throw error(.wrongType, "\(name) must be \(words), got \(found)")
        }
    }

    /// A 32-bit word: an integer, or a string such as `0x12340000`.
    ///
    /// - Throws: `DocumentError` with code `wrongType` or `outOfRange`.
    public func word(_ name: String) throws(DocumentError) -> UInt32 {
        if kind == .integer { return UInt32(try integer(name, in: 0...Int(UInt32.max))) }
        let words = "an integer from 0 to \(UInt32.max) or a string such as \"0x12340000\""
        guard kind == .string else { throw wrongType(name, words) }
        let text = document.text(at: offset)
        let digits = text.dropFirst(2)
        guard text.hasPrefix("0x"), (1...8).contains(digits.utf8.count), digits.allSatisfy(\.isHexDigit),
            let value = UInt32(digits, radix: 16)
        else {
            throw error(.outOfRange, "\(name) must be \(words), got \(found)")
        }
        return value
    }

    /// An array of numbers, each inside the range.
    ///
    /// - Throws: `DocumentError` with code `wrongType` or `outOfRange`.
    public func numberList(_ name: String, _ range: ValueRange = .finite) throws(DocumentError) -> [Double] {
        guard isArray else { throw wrongType(name, "an array of numbers") }
        guard let numbers else {
            for element in elements where !element.isNumber {
                throw element.wrongType("each value of " + name, "a number")
            }
            return []
        }
        for (ordinal, value) in numbers.enumerated() where !range.contains(value) {
            throw JSONValue(document, index, element: ordinal)
                .error(
                    .outOfRange,
                    "each value of \(name) must be \(range.words(for: value)), got \(Wording.number(value))")
        }
        return Array(numbers)
    }

    /// An array of integers, each inside the range.
    ///
    /// - Throws: `DocumentError` with code `wrongType` or `outOfRange`.
    public func integerList(_ name: String, in range: ClosedRange<Int>) throws(DocumentError) -> [Int] {
        guard isArray else { throw wrongType(name, "an array of integers") }
        if let numbers, leadingIntegers == count {
            var result: [Int] = []
            result.reserveCapacity(count)
            for (ordinal, value) in numbers.enumerated() {
                guard let integer = Int(exactly: value), range.contains(integer) else {
                    _ = try JSONValue(document, index, element: ordinal).integer("each value of " + name, in: range)
                    continue
                }
                result.append(integer)
            }
            return result
        }
        var result: [Int] = []
        for element in elements { result.append(try element.integer("each value of " + name, in: range)) }
        return result
    }
}
