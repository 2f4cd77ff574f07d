/// A chip's place in the machine.
@frozen
public struct ChipCoordinate: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var x: Int
    public var y: Int

    public init(_ x: Int, _ y: Int) {
        self.x = x
        self.y = y
    }

    /// By x, then y.
    public static func < (a: Self, b: Self) -> Bool { (a.x, a.y) < (b.x, b.y) }
    public var description: String { "(\(x), \(y))" }
}

/// One of a chip's six links; the raw value is the hardware's link number.
public enum Link: Int, CaseIterable, Sendable {
    case east, northEast, north, west, southWest, south

    /// The same wire seen from its other end.
    public var opposite: Link { Link(rawValue: (rawValue + 3) % 6) ?? self }

    /// Its direction in words.
    public var name: String {
        switch self {
        case .east: "east"
        case .northEast: "north-east"
        case .north: "north"
        case .west: "west"
        case .southWest: "south-west"
        case .south: "south"
        }
    }

    /// The step in x and y.
    public var vector: (dx: Int, dy: Int) {
        switch self {
        case .east: (1, 0)
        case .northEast: (1, 1)
        case .north: (0, 1)
        case .west: (-1, 0)
        case .southWest: (-1, -1)
        case .south: (0, -1)
        }
    }
}

/// Hops between two chips of an unbounded hexagonal mesh that lie `dx` and `dy` apart.
///
/// The diagonal links go one step in x and y at once, so a vector whose parts agree in sign costs its longer part and
/// any other the sum of both.
///
/// - Complexity: O(1).
/// - Source: Documentation/Chip.md, "Coordinates and boards".
@inlinable public func hexagonalDistance(dx: Int, dy: Int) -> Int {
    (dx >= 0) == (dy >= 0) ? max(abs(dx), abs(dy)) : abs(dx) + abs(dy)
}
