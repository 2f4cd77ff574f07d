/// A word, number or sign of an expression.
struct ExpressionToken: Equatable {
    enum Kind: Equatable {
        case number(Double)
        case name(String)
        case sign(String)
        case end
    }

    var kind: Kind
    /// Characters before it.
    var column: Int

    var words: String {
        switch kind {
        case .number: "a number"
        case .name(let name): "\"\(name)\""
        case .sign(let sign): "\"\(sign)\""
        case .end: "the end"
        }
    }
}

/// Cuts a text into tokens.
struct ExpressionLexer {
    private let text: String
    private let characters: [Character]
    /// Names that may stand before a point.
    private let modules: [String]
    /// A single `=` stands between a keyword and its argument.
    private let hasKeywords: Bool
    private var at = 0

    private static let signs = [
        "**", "//", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", ",", "&", "|", "^",
        "~",
    ]

    init(
        _ text: String, modules: [String] = ["numpy", "np", "math"], hasKeywords: Bool = false
    ) throws(ExpressionError) {
        self.text = text
        self.modules = modules
        self.hasKeywords = hasKeywords
        guard text.utf8.count <= Expression.longestText else {
            throw ExpressionError(
                message: "the expression is longer than \(Expression.longestText) bytes", column: 0,
                text: String(text.prefix(60)))
        }
        characters = Array(text)
    }

    func error(_ message: String, _ column: Int) -> ExpressionError {
        ExpressionError(message: message, column: column, text: text)
    }

    /// The next token.
    mutating func next() throws(ExpressionError) -> ExpressionToken {
        while at < characters.count, characters[at].isASCII, characters[at].isWhitespace { at += 1 }
        guard at < characters.count else { return ExpressionToken(kind: .end, column: characters.count) }
        let start = at
        let first = characters[at]
        if Self.isDigit(first) || (first == "." && at + 1 < characters.count && Self.isDigit(characters[at + 1])) {
            return ExpressionToken(kind: .number(try number()), column: start)
        }
        if Self.isLetter(first) {
            return ExpressionToken(kind: .name(try name()), column: start)
        }
        for sign in Self.signs where characters[at...].starts(with: sign) {
            at += sign.count
            return ExpressionToken(kind: .sign(sign), column: start)
        }
        if first == "=" {
            if hasKeywords {
                at += 1
                return ExpressionToken(kind: .sign("="), column: start)
            }
            throw error("\"=\" assigns in Python; a comparison is written \"==\"", start)
        }
        let shown = first.unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }
        let isPrintable = first.isASCII && !first.isWhitespace && first >= " "
        throw error("an expression has no \(isPrintable ? "\"\(first)\"" : shown.joined(separator: " "))", start)
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
    private static func isLetter(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("A"..."Z").contains(character) || character == "_"
    }

    /// A name; of one behind a module, as `numpy.exp`, the last part.
    private mutating func name() throws(ExpressionError) -> String {
        let start = at
        var name = word()
        while at < characters.count, characters[at] == "." {
            guard modules.contains(name) else {
                let allowed = modules.map { $0 + "." }.joined(separator: ", ")
                throw error("\"\(name)\" has no parts; \(allowed) may stand before a function", at)
            }
            at += 1
            guard at < characters.count, Self.isLetter(characters[at]) else {
                throw error("a name must follow \"\(name).\"", at)
            }
            name = word()
        }
        guard name.count <= 64 else { throw error("a name is longer than 64 characters", start) }
        return name
    }

    private mutating func word() -> String {
        let start = at
        while at < characters.count, Self.isLetter(characters[at]) || Self.isDigit(characters[at]) { at += 1 }
        return String(characters[start..<at])
    }

    /// Digits from here on.
    private mutating func run(_ digits: inout String, from start: Int) throws(ExpressionError) {
        while at < characters.count {
            if Self.isDigit(characters[at]) {
                digits.append(characters[at])
            } else if characters[at] == "_" {
                guard at > start, Self.isDigit(characters[at - 1]), at + 1 < characters.count,
                    Self.isDigit(characters[at + 1])
                else { throw error("an underscore in a number stands between two digits", at) }
            } else {
                return
            }
            at += 1
        }
    }

    /// Python's numbers: digits with single underscores between them, a point, an exponent.
    private mutating func number() throws(ExpressionError) -> Double {
        let start = at
        var digits = ""
        try run(&digits, from: start)
        let whole = digits
        var isReal = false
        if at < characters.count, characters[at] == "." {
            isReal = true
            digits.append(digits.isEmpty ? "0." : ".")
            at += 1
            let before = digits.count
            try run(&digits, from: start)
            if digits.count == before { digits.append("0") }
        }
        if at < characters.count, characters[at] == "e" || characters[at] == "E" {
            isReal = true
            digits.append("e")
            at += 1
            if at < characters.count, characters[at] == "+" || characters[at] == "-" {
                digits.append(characters[at])
                at += 1
            }
            let before = digits.count
            try run(&digits, from: start)
            guard digits.count > before else { throw error("the exponent of a number is missing", at) }
        }
        if at < characters.count, Self.isLetter(characters[at]) {
            throw error("a number and a name must be joined by an operator", at)
        }
        guard isReal || whole.first != "0" || whole.allSatisfy({ $0 == "0" }) else {
            throw error("a whole number does not start with 0", start)
        }
        guard let value = Double(digits), value.isFinite else { throw error("the number is too large", start) }
        return value
    }
}
