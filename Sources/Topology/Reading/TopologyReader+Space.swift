import Expressions
import StrictJSON

// Positions, structures, distances and expressions.
extension TopologyReader {
    // MARK: - Positions

    func readPositions(_ value: JSONValue, size: Int, shape: [Int]) throws(DocumentError) -> Positions {
        if value.isObject { return try readStructure(value, size: size, shape: shape) }
        guard value.isArray else {
            throw value.wrongType("positions", "an array of [x, y] or [x, y, z], or an object with a \"structure\"")
        }
        guard value.count == size else {
            throw value.error(.conflict, "positions has \(value.count) places, the population has \(size) neurons")
        }
        var dimensions = 0
        var coordinates: [Double] = []
        for place in value.elements {
            guard place.isArray, place.count == 2 || place.count == 3 else {
                throw place.wrongType("each position", "[x, y] or [x, y, z]")
            }
            if dimensions == 0 { dimensions = place.count }
            guard place.count == dimensions else {
                throw place.error(
                    .conflict, "each position must have \(dimensions) coordinates like the first, got \(place.count)")
            }
            coordinates += try place.numberList("a position")
        }
        return .list(dimensions: dimensions, coordinates: coordinates)
    }

    private static let structures: [(name: String, keys: [String])] = [
        ("Line", ["dx", "x0", "y", "z"]), ("Grid2D", ["aspect_ratio", "dx", "dy", "x0", "y0", "z", "fill_order"]),
        (
            "Grid3D",
            ["aspect_ratioXY", "aspect_ratioXZ", "dx", "dy", "dz", "x0", "y0", "z0", "fill_order"]
        ),
        ("RandomStructure", ["boundary", "origin"]),
    ]

    private func readStructure(_ value: JSONValue, size: Int, shape: [Int]) throws(DocumentError) -> Positions {
        let name = try JSONObject.variant(
            of: value, "positions", key: "structure", in: Self.structures.map(\.name))
        let keys = Self.structures.first { $0.name == name }?.keys ?? []
        let object = try JSONObject(
            value, "the structure \(name)", keys: ["structure"] + keys,
            required: name == "RandomStructure" ? ["boundary"] : [])
        func number(_ key: String, _ fallback: Double) throws(DocumentError) -> Double {
            try object.number(key, .finite) ?? fallback
        }
        switch name {
        case "Line":
            return .line(
                dx: try number("dx", 1), origin: [try number("x0", 0), try number("y", 0), try number("z", 0)])
        case "RandomStructure":
            var origin = [0.0, 0, 0]
            if let value = object["origin"] {
                origin = try value.numberList("origin")
                guard origin.count == 3 else { throw value.wrongType("origin", "[x, y, z]") }
            }
            return .random(try readVolume(try object.require("boundary")), origin: origin)
        case "Grid2D":
            let isRandom = try isFilledAtRandom(object)
            let counts = try gridCounts(object, size, shape)
            return .grid(
                counts: counts + [1], spacing: [try number("dx", 1), try number("dy", 1), 1],
                origin: [try number("x0", 0), try number("y0", 0), try number("z", 0)], isRandom: isRandom)
        default:
            let isRandom = try isFilledAtRandom(object)
            return .grid(
                counts: try cubeCounts(object, size, shape),
                spacing: [try number("dx", 1), try number("dy", 1), try number("dz", 1)],
                origin: [try number("x0", 0), try number("y0", 0), try number("z0", 0)], isRandom: isRandom)
        }
    }

    private func isFilledAtRandom(_ object: JSONObject) throws(DocumentError) -> Bool {
        try object["fill_order"]?.choice("fill_order", of: ["sequential", "random"]) == "random"
    }

    private static let ratio = ValueRange(low: 0, isOpenBelow: true)

    /// Points along x and y: the population's shape, or as many as the ratio of the two asks for.
    private func gridCounts(_ object: JSONObject, _ size: Int, _ shape: [Int]) throws(DocumentError) -> [Int] {
        let ratio = try object.number("aspect_ratio", Self.ratio)
        if ratio == nil, shape.count == 2 { return shape }
        let along = (Double(size) * (ratio ?? 1)).squareRoot()
        let nx = along.rounded()
        guard nx >= 1, nx <= Double(size), (along - nx).magnitude <= 1e-6 * nx, size % Int(nx) == 0 else {
            throw (object["aspect_ratio"] ?? object.value).error(
                .conflict,
                "\(size) neurons are no grid with an aspect_ratio of \(Wording.number(ratio ?? 1)), which is the "
                    + "number of points along x over that along y")
        }
        return [Int(nx), size / Int(nx)]
    }

    private func cubeCounts(_ object: JSONObject, _ size: Int, _ shape: [Int]) throws(DocumentError) -> [Int] {
        let xy = try object.number("aspect_ratioXY", Self.ratio)
        let xz = try object.number("aspect_ratioXZ", Self.ratio)
        if xy == nil, xz == nil, shape.count == 3 { return shape }
        let (a, b) = (xy ?? 1, xz ?? 1)
        let nx = cubeRoot(Double(size) * a * b).rounded()
        let counts = [nx, (nx / a).rounded(), (nx / b).rounded()]
        guard counts.allSatisfy({ $0 >= 1 }), counts.reduce(1, *) == Double(size) else {
            throw object.value.error(
                .conflict,
                "\(size) neurons are no grid with the aspect ratios \(Wording.number(a)) and \(Wording.number(b)), "
                    + "which are the number of points along x over those along y and z")
        }
        return counts.map { Int($0) }
    }

    private func readVolume(_ value: JSONValue) throws(DocumentError) -> Positions.Volume {
        let positive = ValueRange(low: 0, isOpenBelow: true)
        let shape = try JSONObject.variant(of: value, "boundary", key: "shape", in: ["Cuboid", "Sphere"])
        let keys = shape == "Cuboid" ? ["width", "height", "depth"] : ["radius"]
        let object = try JSONObject(value, "the boundary \(shape)", keys: ["shape"] + keys, required: keys)
        func extent(_ key: String) throws(DocumentError) -> Double {
            try object.require(key).number(key, shape == "Cuboid" ? ValueRange(low: 0) : positive)
        }
        if shape == "Sphere" { return .sphere(radius: try extent("radius")) }
        return .cuboid(width: try extent("width"), height: try extent("height"), depth: try extent("depth"))
    }

    // MARK: - Space

    private static let spatial = ["DistanceDependentProbability", "SmallWorld"]

    /// Where a connector, or an expression of a weight or delay, measures distances.
    func readSpace(
        _ value: JSONValue?, of rule: ReadRule, isMeasured: Bool
    ) throws(DocumentError) -> Space {
        var space = Space()
        guard let value else { return space }
        guard isMeasured || Self.spatial.contains(rule.name) else {
            throw value.keyError(.conflict, "the connector \(rule.name) measures no distances; leave \"space\" out")
        }
        let object = try JSONObject(
            value, "space", keys: ["axes", "scale_factor", "offset", "periodic_boundaries"])
        if let axes = object["axes"] {
            let name = try axes.choice("axes", of: Space.axisNames.map(\.name))
            space.axes = Space.axisNames.first { $0.name == name }?.axes ?? space.axes
        }
        space.scaleFactor = try object.number("scale_factor", .finite) ?? 1
        if let offset = object["offset"] {
            if offset.isNumber {
                space.offset = [Double](repeating: try offset.number("offset", .finite), count: 3)
            } else {
                space.offset = try offset.numberList("offset")
                guard space.offset.count == 3 else { throw offset.wrongType("offset", "a number or [x, y, z]") }
            }
        }
        if let boundaries = object["periodic_boundaries"] { try readBoundaries(boundaries, &space) }
        return space
    }

    private func readBoundaries(_ value: JSONValue, _ space: inout Space) throws(DocumentError) {
        let expected = "three of [low, high] or null, for x, y and z"
        guard value.kind == .array, value.count == 3 else { throw value.wrongType("periodic_boundaries", expected) }
        for (axis, boundary) in value.elements.enumerated() where boundary.kind != .null {
            let ends = try boundary.numberList("each of periodic_boundaries")
            guard ends.count == 2 else {
                throw boundary.wrongType("each of periodic_boundaries", "[low, high] or null")
            }
            guard ends[0] < ends[1] else {
                throw boundary.error(
                    .conflict,
                    "a periodic boundary must have its low end below its high one, got \(Wording.number(ends[0])) and "
                        + Wording.number(ends[1]))
            }
            space.periodicBoundaries[axis] = ends[0]...ends[1]
        }
    }

    // MARK: - Expressions

    func readExpression(
        _ value: JSONValue, _ name: String, _ variables: [String]
    ) throws(DocumentError) -> Expression {
        let text = try value.string(name)
        do throws(ExpressionError) {
            return try Expression(text, variables: variables)
        } catch {
            throw value.error(
                .syntax, "in \(name), column \(error.column + 1): \(Wording.lines(error.description))")
        }
    }
}

/// The cube root, by Newton's steps from a power of two.
private func cubeRoot(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x }
    var root = Double(sign: .plus, exponent: x.exponent / 3, significand: 1.5)
    for _ in 0..<60 { root -= (root - x / (root * root)) / 3 }
    return root
}
