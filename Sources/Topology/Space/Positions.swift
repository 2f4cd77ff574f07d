// Where neurons are: a list, or one of PyNN's structures.
//
// A structure is kept as its few numbers; coordinates are computed when a distance is asked for. A random place is
// drawn from the neuron's own counter, so it does not depend on how many others are drawn.

import FixedPoint

/// Where a population's neurons are in space.
public enum Positions: Sendable, Equatable {
    /// Coordinates next to each other, `[size × dimensions]`; a third one is 0 where there are two.
    case list(dimensions: Int, coordinates: [Double])
    /// Along x, the first at `origin`.
    case line(dx: Double, origin: [Double])
    /// Points per axis `[3]`, the last axis first; distances `[3]` and the first corner `[3]`.
    case grid(counts: [Int], spacing: [Double], origin: [Double], isRandom: Bool)
    /// Anywhere in a volume around `origin`.
    case random(Volume, origin: [Double])

    /// A volume with even density.
    public enum Volume: Sendable, Equatable {
        case cuboid(width: Double, height: Double, depth: Double)
        case sphere(radius: Double)
    }

    /// Where neurons are when a file does not say: on a line along x, or on the grid of the population's shape, 1
    /// apart.
    public static func standard(shape: [Int]) -> Positions {
        guard shape.count == 2 || shape.count == 3 else { return .line(dx: 1, origin: [0, 0, 0]) }
        return .grid(
            counts: shape + [Int](repeating: 1, count: 3 - shape.count), spacing: [1, 1, 1], origin: [0, 0, 0],
            isRandom: false)
    }
}

/// Coordinates of all neurons of a population, `[size]` each.
public struct Coordinates: Sendable, Equatable {
    public private(set) var x: [Double]
    public private(set) var y: [Double]
    public private(set) var z: [Double]

    /// Coordinate number `axis` of all neurons.
    public subscript(axis: Int) -> [Double] { axis == 0 ? x : axis == 1 ? y : z }

    init(size: Int, _ place: (Int) -> (Double, Double, Double)) {
        x = []
        y = []
        z = []
        x.reserveCapacity(size)
        y.reserveCapacity(size)
        z.reserveCapacity(size)
        for neuron in 0..<size {
            let (px, py, pz) = place(neuron)
            x.append(px)
            y.append(py)
            z.append(pz)
        }
    }
}

extension Network {
    /// What positions are drawn for, part of the counter; Sampling's purposes are smaller or above 255.
    private static let positionPurpose: UInt32 = 0x40
    /// The order in which a grid is filled.
    private static let orderPurpose: UInt32 = 0x41

    /// The coordinates of a population's neurons.
    ///
    /// - Complexity: O(size); O(size · log size) for a grid filled at random.
    /// - Determinism: a place depends on (seed, population, neuron) alone.
    public func coordinates(of index: Int) -> Coordinates {
        let population = populations[index]
        let size = population.size
        let philox = Philox4x32(key: population.seed ?? simulation.seed)
        let number = UInt32(truncatingIfNeeded: index)
        switch population.positions ?? .standard(shape: population.shape) {
        case .list(let dimensions, let list):
            return Coordinates(size: size) { neuron in
                let at = neuron * dimensions
                return (list[at], list[at + 1], dimensions > 2 ? list[at + 2] : 0)
            }
        case .line(let dx, let origin):
            return Coordinates(size: size) { (dx * Double($0) + origin[0], origin[1], origin[2]) }
        case .grid(let counts, let spacing, let origin, let isRandom):
            func point(_ place: Int) -> (Double, Double, Double) {
                let z = place % counts[2]
                let y = place / counts[2] % counts[1]
                let x = place / counts[2] / counts[1]
                return (
                    origin[0] + spacing[0] * Double(x), origin[1] + spacing[1] * Double(y),
                    origin[2] + spacing[2] * Double(z)
                )
            }
            guard isRandom else { return Coordinates(size: size, point) }
            let keys = (0..<size).map { neuron in
                let block = philox.block(UInt32(truncatingIfNeeded: neuron), 0, number, Self.orderPurpose)
                return UInt64(block.0) << 32 | UInt64(block.1)
            }
            let order = (0..<size).sorted { (keys[$0], $0) < (keys[$1], $1) }
            return Coordinates(size: size) { point(order[$0]) }
        case .random(let volume, let origin):
            return Coordinates(size: size) { neuron in
                let (x, y, z) = volume.point { attempt in
                    philox.block(attempt, UInt32(truncatingIfNeeded: neuron), number, Self.positionPurpose)
                }
                return (origin[0] + x, origin[1] + y, origin[2] + z)
            }
        }
    }
}

extension Positions.Volume {
    /// A point around the centre.
    ///
    /// - Parameter draw: Four random words, the same for the same attempt.
    fileprivate func point(_ draw: (UInt32) -> (UInt32, UInt32, UInt32, UInt32)) -> (Double, Double, Double) {
        func uniform(_ word: UInt32) -> Double { (Double(word) + 0.5) * 0x1p-31 - 1 }
        switch self {
        case .cuboid(let width, let height, let depth):
            let words = draw(0)
            return (0.5 * uniform(words.0) * width, 0.5 * uniform(words.1) * height, 0.5 * uniform(words.2) * depth)
        case .sphere(let radius):
            // Half of a cube's points are in its sphere: 256 misses in a row do not happen.
            for attempt in 0..<256 as Range<UInt32> {
                let words = draw(attempt)
                let (x, y, z) = (uniform(words.0), uniform(words.1), uniform(words.2))
                if x * x + y * y + z * z < 1 { return (radius * x, radius * y, radius * z) }
            }
            return (0, 0, 0)
        }
    }
}
