public import Expressions

/// A chance for every pair of neurons, as an expression of their distance or of their indices.
public struct PairProbability: Sendable, Equatable {
    /// Which numbers the expression is of.
    public enum Kind: Sendable, Equatable {
        /// `d`, and `d[0]` … along single axes of the space.
        case distance(Space)
        /// `i`, the source, and `j`, the target.
        case index
    }

    public var kind: Kind
    /// Connected with this probability; at least 1 is surely, NaN and less than 0 is never.
    public var expression: Expression
    public var allowSelfConnections: Bool

    public init(kind: Kind, expression: Expression, allowSelfConnections: Bool = true) {
        self.kind = kind
        self.expression = expression
        self.allowSelfConnections = allowSelfConnections
    }

    /// The names an expression of distances may use.
    public static func distanceVariables(_ space: Space) -> [String] { ["d"] + space.axes.indices.map { "d[\($0)]" } }
    /// The names an expression of indices may use.
    public static let indexVariables = ["i", "j"]
}

/// `SmallWorld`: all pairs nearer than `degree`, some of them with another source.
///
/// Rewiring exchanges the source, so that every target keeps its number of connections.
public struct SmallWorld: Sendable, Equatable {
    /// Pairs nearer than this are joined.
    public var degree: Double
    /// Chance that a connection's source is drawn from all sources instead.
    public var rewiring: Double
    public var allowSelfConnections: Bool
    public var space: Space

    public init(degree: Double, rewiring: Double, allowSelfConnections: Bool = true, space: Space = Space()) {
        self.degree = degree
        self.rewiring = rewiring
        self.allowSelfConnections = allowSelfConnections
        self.space = space
    }
}
