/// Parses connection sets by recursive descent, in Python's precedence.
struct ConnectionSetParser {
    /// Masks and operators of a set.
    private static let mostParts = 24

    /// A set whose pairs are decided one by one.
    struct Pairs {
        /// The probability of a pair, from the texts of its source and target.
        var probability: (_ i: String, _ j: String) -> String
        var isRandom = false
    }

    enum Mask {
        case pairs(Pairs)
        case draws(ConnectionSet.Kind)
    }

    /// What stands between two `*`: a mask, or an operator on the mask to its right.
    private enum Factor {
        case mask(Mask)
        case change((Pairs) -> Pairs, sharesDraws: Bool)
    }

    private static let names = [
        "block", "cross", "cset", "empty", "full", "oneToOne", "random", "shift", "transpose",
    ]

    private var lexer: ExpressionLexer
    private var token: ExpressionToken
    private var parts = 0
    private var overlaps: [(_ i: String, _ j: String) -> String] = []

    init(_ text: String) throws(ExpressionError) {
        lexer = try ExpressionLexer(text, modules: ["csa"], hasKeywords: true)
        token = try lexer.next()
    }

    /// The set, and the probabilities that both sides of its sums have a pair.
    mutating func parse() throws(ExpressionError) -> (Mask, overlaps: [String]) {
        if token.kind == .end { throw lexer.error("the connection set is empty", 0) }
        let mask = try set()
        guard token.kind == .end else {
            throw lexer.error("expected an operator or the end, found \(token.words)", token.column)
        }
        return (mask, overlaps.map { $0("i", "j") })
    }

    // MARK: - Tokens

    private mutating func advance() throws(ExpressionError) { token = try lexer.next() }

    private mutating func take(_ sign: String) throws(ExpressionError) -> Bool {
        guard token.kind == .sign(sign) else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ sign: String, _ purpose: String) throws(ExpressionError) {
        guard try take(sign) else {
            throw lexer.error("expected \"\(sign)\" \(purpose), found \(token.words)", token.column)
        }
    }

    private mutating func integer(_ what: String, _ range: ClosedRange<Int>) throws(ExpressionError) -> Int {
        let column = token.column
        let isNegative = try take("-")
        guard case .number(let number) = token.kind, let magnitude = Int(exactly: number),
            range.contains(isNegative ? -magnitude : magnitude)
        else {
            throw lexer.error(
                "\(what) must be a whole number of \(range.lowerBound) to \(range.upperBound), found \(token.words)",
                column)
        }
        try advance()
        return isNegative ? -magnitude : magnitude
    }

    // MARK: - Levels

    private mutating func set() throws(ExpressionError) -> Mask {
        guard case .name("cset") = token.kind else { return try sum() }
        try advance()
        try expect("(", "after cset")
        let mask = try sum()
        if token.kind == .sign(",") {
            throw lexer.error("weights and delays belong into the projection's synapse, not into the set", token.column)
        }
        try expect(")", "after the mask")
        return mask
    }

    private mutating func sum() throws(ExpressionError) -> Mask {
        var left = try product()
        while true {
            let column = token.column
            if try take("+") {
                let (a, b) = (try pairs(left, column), try pairs(try product(), column))
                overlaps.append { i, j in "(\(a.probability(i, j)) * \(b.probability(i, j)))" }
                left = .pairs(
                    Pairs(
                        probability: { i, j in "(\(a.probability(i, j)) + \(b.probability(i, j)))" },
                        isRandom: a.isRandom || b.isRandom))
            } else if try take("-") {
                let (a, b) = (try pairs(left, column), try pairs(try product(), column))
                left = .pairs(
                    Pairs(
                        probability: { i, j in "(\(a.probability(i, j)) * (1 - \(b.probability(i, j))))" },
                        isRandom: a.isRandom || b.isRandom))
            } else {
                return left
            }
        }
    }

    /// Masks from left to right; operators act on the mask that follows them.
    private mutating func product() throws(ExpressionError) -> Mask {
        var result: Mask?
        while true {
            let column = token.column
            let mask = try changedMask()
            switch (result, mask) {
            case (nil, _): result = mask
            case (.draws?, .pairs(let all)) where all.probability("i", "j") == "1": break
            case (let left?, _):
                let (a, b) = (try pairs(left, column), try pairs(mask, column))
                result = .pairs(
                    Pairs(
                        probability: { i, j in "(\(a.probability(i, j)) * \(b.probability(i, j)))" },
                        isRandom: a.isRandom || b.isRandom))
            }
            if let result, !(try take("*")) { return result }
        }
    }

    /// A mask behind any number of operators.
    private mutating func changedMask() throws(ExpressionError) -> Mask {
        let (column, first) = (token.column, overlaps.count)
        switch try factor() {
        case .mask(let mask): return mask
        case .change(let change, let sharesDraws):
            try expect("*", "and a mask after an operator")
            let inner = try pairs(try changedMask(), column)
            guard !(sharesDraws && inner.isRandom) else {
                throw lexer.error(
                    "all pairs of a block would share one draw; write the random set to the left: random(p) * "
                        + "(block(m, n) * …)",
                    column)
            }
            for index in first..<overlaps.count {
                overlaps[index] = change(Pairs(probability: overlaps[index])).probability
            }
            return .pairs(change(inner))
        }
    }

    private func pairs(_ mask: Mask, _ column: Int) throws(ExpressionError) -> Pairs {
        switch mask {
        case .pairs(let pairs): return pairs
        case .draws:
            throw lexer.error(
                "random(N=…), random(fanIn=…) and random(fanOut=…) draw from all pairs: they stand alone or before \"* "
                    + "full\"",
                column)
        }
    }

    private mutating func factor() throws(ExpressionError) -> Factor {
        let column = token.column
        parts += 1
        guard parts <= Self.mostParts else {
            throw lexer.error("a connection set has at most \(Self.mostParts) masks and operators", column)
        }
        if try take("~") {
            guard case .mask(let mask) = try factor() else {
                throw lexer.error("a complement is of a mask", column)
            }
            let inner = try pairs(mask, column)
            return .mask(
                .pairs(
                    Pairs(probability: { i, j in "(1 - \(inner.probability(i, j)))" }, isRandom: inner.isRandom)))
        }
        if try take("(") {
            let mask = try sum()
            try expect(")", "to close the parenthesis")
            return .mask(mask)
        }
        guard case .name(let name) = token.kind else {
            throw lexer.error("expected a mask, found \(token.words)", column)
        }
        try advance()
        switch name {
        case "full": return .mask(.pairs(Pairs(probability: { _, _ in "1" })))
        case "empty": return .mask(.pairs(Pairs(probability: { _, _ in "0" })))
        case "oneToOne": return .mask(.pairs(Pairs(probability: { i, j in "(\(i) == \(j))" })))
        case "random": return .mask(try random())
        case "cross":
            try expect("(", "after cross")
            let sources = try members()
            try expect(",", "between sources and targets")
            let targets = try members()
            try expect(")", "after the targets")
            return .mask(.pairs(Pairs(probability: { i, j in "(\(sources(i)) * \(targets(j)))" })))
        case "block":
            let (m, n) = try two("block", 1...1 << 30)
            return .change(
                { pairs in
                    Pairs(
                        probability: { i, j in pairs.probability("(\(i) // \(m))", "(\(j) // \(n))") },
                        isRandom: pairs.isRandom)
                }, sharesDraws: m > 1 || n > 1)
        case "shift":
            let (m, n) = try two("shift", -(1 << 30)...1 << 30)
            return .change(
                { pairs in
                    // A set has no pairs before the first neurons.
                    Pairs(
                        probability: { i, j in
                            "((\(i) >= \(m)) * (\(j) >= \(n)) * \(pairs.probability("(\(i) - \(m))", "(\(j) - \(n))")))"
                        }, isRandom: pairs.isRandom)
                }, sharesDraws: false)
        case "transpose":
            return .change(
                { pairs in Pairs(probability: { i, j in pairs.probability(j, i) }, isRandom: pairs.isRandom) },
                sharesDraws: false)
        case "disc", "gaussian", "euclidMetric2d", "rectangle":
            throw lexer.error(
                "sets of positions are not supported; the connector DistanceDependentProbability has expressions of "
                    + "distance",
                column)
        default:
            throw lexer.error(
                "there is no \"\(name)\"; a connection set has \(Self.names.joined(separator: ", "))", column)
        }
    }

    // MARK: - Arguments

    /// One or two numbers in parentheses; the second is the first where it is left out.
    private mutating func two(_ name: String, _ range: ClosedRange<Int>) throws(ExpressionError) -> (Int, Int) {
        try expect("(", "after \(name)")
        let first = try integer(name, range)
        var second = first
        if try take(",") { second = try integer(name, range) }
        try expect(")", "after the numbers of \(name)")
        return (first, second)
    }

    private mutating func random() throws(ExpressionError) -> Mask {
        try expect("(", "after random: random(p), random(N=n), random(fanIn=n) or random(fanOut=n)")
        var kind = "p"
        let column = token.column
        if case .name(let name) = token.kind {
            guard ["p", "N", "fanIn", "fanOut"].contains(name) else {
                throw lexer.error("random has no \"\(name)\"; it has p, N, fanIn and fanOut", column)
            }
            kind = name
            try advance()
            try expect("=", "after \(name)")
        }
        let mask: Mask
        if kind == "p" {
            guard case .number(let p) = token.kind, (0...1).contains(p) else {
                throw lexer.error("p must be a number of 0 to 1, found \(token.words)", token.column)
            }
            try advance()
            mask = .pairs(Pairs(probability: { _, _ in "\(p)" }, isRandom: true))
        } else {
            let n = try integer(kind, 0...1 << 30)
            mask = .draws(kind == "N" ? .total(n) : kind == "fanIn" ? .fanIn(n) : .fanOut(n))
        }
        try expect(")", "after the argument of random")
        return mask
    }

    /// A set of neurons as a truth value of a neuron's number: `range(n)`, `range(a, b)`, `range(a, b, step)` or `[a,
    /// b, …]`.
    private mutating func members() throws(ExpressionError) -> (String) -> String {
        let numbers = 0...1 << 31
        let column = token.column
        if try take("[") {
            var list: [Int] = []
            repeat { list.append(try integer("a neuron", numbers)) } while try take(",")
            try expect("]", "after the list")
            return { i in "(" + list.map { "(\(i) == \($0))" }.joined(separator: " | ") + ")" }
        }
        guard case .name(let name) = token.kind, ["range", "xrange"].contains(name) else {
            throw lexer.error("expected range(…) or a list of neurons, found \(token.words)", column)
        }
        try advance()
        try expect("(", "after \(name)")
        var bounds = [try integer("a bound", numbers)]
        while bounds.count < 3, try take(",") { bounds.append(try integer("a bound", numbers)) }
        try expect(")", "after the range")
        if bounds.count == 1 { bounds.insert(0, at: 0) }
        let (start, end, step) = (bounds[0], bounds[1], bounds.count > 2 ? bounds[2] : 1)
        guard step > 0 else { throw lexer.error("the step of a range must be greater than 0", column) }
        return { i in
            let inside = "(\(i) >= \(start)) & (\(i) < \(end))"
            return step == 1 ? "(\(inside))" : "(\(inside) & ((\(i) - \(start)) % \(step) == 0))"
        }
    }
}
