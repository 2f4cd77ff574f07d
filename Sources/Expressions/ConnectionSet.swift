// The connection-set algebra: sets of pairs (i, j) written as `random(0.1) * (full - oneToOne)`.
//
// A set becomes an expression of `i` and `j` that gives each pair's probability: 1 and 0 where no chance is involved.
// That is exact as long as each pair has a draw of its own, so a random set inside `block`, whose pairs share one, is
// refused. So is a sum whose two sides have a pair in common, which is a connection twice: whoever knows the
// populations' sizes looks at the overlaps.
//
// - Source: Djurfeldt, "The Connection-set Algebra", Neuroinformatics 10, 2012; names as in its Python implementation.

/// A set of connections between two populations, written in the connection-set algebra.
///
/// Masks are `full`, `empty`, `oneToOne`, `random(p)`, `random(N=n)`, `random(fanIn=n)`, `random(fanOut=n)` and
/// `cross(sources, targets)` of ranges and lists; the operators `block(m, n)`, `shift(m, n)` and `transpose` act on the
/// mask that follows their `*`. Between masks `*` is the intersection, `+` the sum, `-` the difference and `~` the
/// complement.
public struct ConnectionSet: Sendable, Equatable {
    /// Names of an expression's variables: the source and the target.
    public static let variables = ["i", "j"]

    /// How the connections are found.
    public enum Kind: Sendable, Equatable {
        /// Each pair by itself, with the probability that the expression gives.
        case pairs(Expression)
        /// So many pairs, drawn with replacement from all.
        case total(Int)
        /// So many sources for each target, drawn with replacement.
        case fanIn(Int)
        /// So many targets for each source, drawn with replacement.
        case fanOut(Int)
    }

    /// The text it was made of.
    public let text: String
    public let kind: Kind
    /// Expressions that must be 0 for all pairs: the pairs that both sides of a sum have.
    public let overlaps: [Expression]

    /// Reads a text.
    ///
    /// - Throws: ``ExpressionError`` at the first mistake.
    public init(_ text: String) throws(ExpressionError) {
        var parser = try ConnectionSetParser(text)
        let (mask, overlaps) = try parser.parse()
        self.text = text
        self.overlaps = try overlaps.map { (overlap) throws(ExpressionError) in try Self.compile(overlap, text) }
        switch mask {
        case .pairs(let pairs): kind = .pairs(try Self.compile(pairs.probability("i", "j"), text))
        case .draws(let kind): self.kind = kind
        }
    }

    private static func compile(_ probability: String, _ text: String) throws(ExpressionError) -> Expression {
        do throws(ExpressionError) {
            return try Expression(probability, variables: variables)
        } catch {
            throw ExpressionError(message: "the connection set has too many parts", column: 0, text: text)
        }
    }
}
