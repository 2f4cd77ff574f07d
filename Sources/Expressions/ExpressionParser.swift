/// Parses expressions by recursive descent, a method for each level of Python's precedence.
struct ExpressionParser {
    private var lexer: ExpressionLexer
    private var token: ExpressionToken
    private let variables: [String]
    private var depth = 0

    init(_ text: String, variables: [String]) throws(ExpressionError) {
        lexer = try ExpressionLexer(text)
        token = try lexer.next()
        self.variables = variables
    }

    mutating func parse() throws(ExpressionError) -> ExpressionNode {
        if token.kind == .end { throw lexer.error("the expression is empty", 0) }
        let node = try choice()
        guard token.kind == .end else {
            throw lexer.error("expected an operator or the end, found \(token.words)", token.column)
        }
        return node
    }

    // MARK: - Tokens

    private mutating func advance() throws(ExpressionError) { token = try lexer.next() }

    private mutating func take(_ sign: String) throws(ExpressionError) -> Bool {
        guard token.kind == .sign(sign) else { return false }
        try advance()
        return true
    }

    private mutating func takeWord(_ word: String) throws(ExpressionError) -> Bool {
        guard token.kind == .name(word) else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ sign: String, _ purpose: String) throws(ExpressionError) {
        guard try take(sign) else {
            throw lexer.error("expected \"\(sign)\" \(purpose), found \(token.words)", token.column)
        }
    }

    /// Goes one level down, or refuses to.
    private mutating func nested(
        _ body: (inout ExpressionParser) throws(ExpressionError) -> ExpressionNode
    ) throws(ExpressionError) -> ExpressionNode {
        depth += 1
        guard depth <= Expression.deepest else {
            throw lexer.error("the expression is nested more than \(Expression.deepest) deep", token.column)
        }
        let node = try body(&self)
        depth -= 1
        return node
    }

    // MARK: - Levels

    /// A choice, `a if c else b`.
    private mutating func choice() throws(ExpressionError) -> ExpressionNode {
        try nested { (parser) throws(ExpressionError) in
            let first = try parser.disjunction()
            guard try parser.takeWord("if") else { return first }
            let condition = try parser.disjunction()
            guard try parser.takeWord("else") else {
                throw parser.lexer.error("expected \"else\", found \(parser.token.words)", parser.token.column)
            }
            let second = try parser.choice()
            return ExpressionNode(.choose(condition, first, second), isTruth: first.isTruth && second.isTruth)
        }
    }

    private mutating func disjunction() throws(ExpressionError) -> ExpressionNode {
        var node = try conjunction()
        while try takeWord("or") {
            let right = try conjunction()
            node = ExpressionNode(.binary(.or, node, right), isTruth: node.isTruth && right.isTruth)
        }
        return node
    }

    private mutating func conjunction() throws(ExpressionError) -> ExpressionNode {
        var node = try negation()
        while try takeWord("and") {
            let right = try negation()
            node = ExpressionNode(.binary(.and, node, right), isTruth: node.isTruth && right.isTruth)
        }
        return node
    }

    private mutating func negation() throws(ExpressionError) -> ExpressionNode {
        guard try takeWord("not") else { return try comparison() }
        return try nested { (parser) throws(ExpressionError) in
            ExpressionNode(.unary(.not, try parser.negation()), isTruth: true)
        }
    }

    private static let comparisons: [String: BinaryOperation] = [
        "<": .less, "<=": .lessEqual, ">": .greater, ">=": .greaterEqual, "==": .equal, "!=": .notEqual,
    ]

    /// `a < b < c`: each neighbouring pair, all of them.
    private mutating func comparison() throws(ExpressionError) -> ExpressionNode {
        var left = try union()
        var result: ExpressionNode?
        var count = 0
        while case .sign(let sign) = token.kind, let operation = Self.comparisons[sign] {
            count += 1
            guard count <= Expression.deepest else {
                throw lexer.error("more than \(Expression.deepest) comparisons in a chain", token.column)
            }
            try advance()
            let right = try union()
            let pair = ExpressionNode(.binary(operation, left, right), isTruth: true)
            result = result.map { ExpressionNode(.binary(.and, $0, pair), isTruth: true) } ?? pair
            left = right
            // The middle of a chain is computed twice.
            guard (result?.size ?? 0) <= Expression.mostParts else {
                throw lexer.error("the expression has more than \(Expression.mostParts) parts", token.column)
            }
        }
        return result ?? left
    }

    private mutating func union() throws(ExpressionError) -> ExpressionNode {
        var node = try difference()
        while token.kind == .sign("|") {
            node = try joinTruths("|", .or, node) { (p) throws(ExpressionError) in try p.difference() }
        }
        return node
    }

    private mutating func difference() throws(ExpressionError) -> ExpressionNode {
        var node = try intersection()
        while token.kind == .sign("^") {
            node = try joinTruths("^", .exclusiveOr, node) { (p) throws(ExpressionError) in try p.intersection() }
        }
        return node
    }

    private mutating func intersection() throws(ExpressionError) -> ExpressionNode {
        var node = try sum()
        while token.kind == .sign("&") {
            node = try joinTruths("&", .and, node) { (p) throws(ExpressionError) in try p.sum() }
        }
        return node
    }

    private mutating func joinTruths(
        _ sign: String, _ operation: BinaryOperation, _ left: ExpressionNode,
        _ operand: (inout ExpressionParser) throws(ExpressionError) -> ExpressionNode
    ) throws(ExpressionError) -> ExpressionNode {
        let column = token.column
        try advance()
        let right = try operand(&self)
        guard left.isTruth, right.isTruth else {
            throw lexer.error(
                "\"\(sign)\" joins comparisons, and binds more tightly than they do: write (a < b) \(sign) (c < d)",
                column)
        }
        return ExpressionNode(.binary(operation, left, right), isTruth: true)
    }

    private mutating func sum() throws(ExpressionError) -> ExpressionNode {
        var node = try product()
        while true {
            if try take("+") {
                node = ExpressionNode(.binary(.add, node, try product()))
            } else if try take("-") {
                node = ExpressionNode(.binary(.subtract, node, try product()))
            } else {
                return node
            }
        }
    }

    private mutating func product() throws(ExpressionError) -> ExpressionNode {
        var node = try signed()
        while true {
            let operation: BinaryOperation
            switch token.kind {
            case .sign("*"): operation = .multiply
            case .sign("/"): operation = .divide
            case .sign("//"): operation = .floorDivide
            case .sign("%"): operation = .remainder
            default: return node
            }
            try advance()
            node = ExpressionNode(.binary(operation, node, try signed()))
        }
    }

    private mutating func signed() throws(ExpressionError) -> ExpressionNode {
        let column = token.column
        if try take("-") {
            return try nested { (parser) throws(ExpressionError) in ExpressionNode(.unary(.negate, try parser.signed()))
            }
        }
        if try take("+") { return try nested { (parser) throws(ExpressionError) in try parser.signed() } }
        if try take("~") {
            let operand = try nested { (parser) throws(ExpressionError) in try parser.signed() }
            guard operand.isTruth else { throw lexer.error("\"~\" negates comparisons: write ~(a < b)", column) }
            return ExpressionNode(.unary(.not, operand), isTruth: true)
        }
        return try power()
    }

    /// `a ** b`: binds more tightly than a sign before it, less tightly than one behind it.
    private mutating func power() throws(ExpressionError) -> ExpressionNode {
        let base = try atom()
        guard try take("**") else { return base }
        return try nested { (parser) throws(ExpressionError) in
            ExpressionNode(.binary(.power, base, try parser.signed()))
        }
    }

    // MARK: - Atoms

    private static let constants: [String: Double] = [
        "pi": .pi, "e": 0x1.5bf0a8b145769p+1, "inf": .infinity, "nan": .nan,
    ]
    private static let words = ["and", "or", "not", "if", "else"]

    private mutating func atom() throws(ExpressionError) -> ExpressionNode {
        let start = token
        switch token.kind {
        case .number(let value):
            try advance()
            return ExpressionNode(.constant(value))
        case .sign("("):
            try advance()
            let node = try choice()
            try expect(")", "to close the parenthesis")
            return node
        case .name(let name) where !Self.words.contains(name):
            try advance()
            if token.kind == .sign("(") { return try call(name, start.column) }
            if token.kind == .sign("[") { return try element(name, start.column) }
            if let number = variables.firstIndex(of: name) { return ExpressionNode(.variable(number)) }
            if name == "True" || name == "False" {
                return ExpressionNode(.constant(name == "True" ? 1 : 0), isTruth: true)
            }
            if let value = Self.constants[name] { return ExpressionNode(.constant(value)) }
            let known = variables.filter { !$0.contains("[") }
            throw lexer.error(
                "there is no \"\(name)\"; an expression has \(known.joined(separator: ", ")), pi, e, numbers and "
                    + "functions",
                start.column)
        default:
            throw lexer.error("expected a number, a name or \"(\", found \(start.words)", start.column)
        }
    }

    /// A variable with an index, `d[0]`.
    private mutating func element(_ name: String, _ column: Int) throws(ExpressionError) -> ExpressionNode {
        try expect("[", "")
        guard case .number(let value) = token.kind, let index = Int(exactly: value) else {
            throw lexer.error("expected the number of an axis, found \(token.words)", token.column)
        }
        try advance()
        try expect("]", "to close the bracket")
        guard let number = variables.firstIndex(of: "\(name)[\(index)]") else {
            let known = variables.filter { $0.contains("[") }
            throw lexer.error(
                "there is no \(name)[\(index)]" + (known.isEmpty ? "" : "; there are \(known.joined(separator: ", "))"),
                column)
        }
        return ExpressionNode(.variable(number))
    }

    private mutating func call(_ name: String, _ column: Int) throws(ExpressionError) -> ExpressionNode {
        try expect("(", "")
        var arguments: [ExpressionNode] = []
        if token.kind != .sign(")") {
            repeat { arguments.append(try choice()) } while try take(",")
        }
        try expect(")", "to close the call")
        guard let function = ExpressionFunction.named(name) else {
            throw lexer.error(
                "there is no function \"\(name)\"; there are \(ExpressionFunction.names.joined(separator: ", "))",
                column)
        }
        guard let node = function.call(arguments) else {
            throw lexer.error("\(name) takes \(function.words), got \(arguments.count)", column)
        }
        return node
    }
}
