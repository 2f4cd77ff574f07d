// How a population is cut into cores.
//
// A population with one dimension is cut into ranges. One with a shape can be cut along each dimension, as sPyNNaker's
// grids are: blocks are counted along the last dimension first, like neurons, and those at the upper edges are smaller
// where the shape is not a multiple. Neighbours on the grid are then on few cores, which is what kernels want.

/// A population cut into slices of equal extent, as far as its shape allows.
public struct Tiling: Sendable, Equatable {
    /// Extents of the population, the fastest last.
    public let shape: [Int]
    /// Extents of a slice.
    public let tile: [Int]
    /// Slices a dimension.
    private let counts: [Int]

    /// - Precondition: As many extents in both, all of the tile's positive and none above the shape's.
    public init(shape: [Int], tile: [Int]) {
        precondition(shape.count == tile.count && zip(shape, tile).allSatisfy { $1 > 0 && $1 <= max(1, $0) })
        self.shape = shape
        self.tile = tile
        counts = zip(shape, tile).map { ($0 + $1 - 1) / $1 }
    }

    /// Slices in all.
    public var count: Int { counts.reduce(1, *) }
    /// Neurons of a slice that no edge cuts.
    public var largest: Int { tile.reduce(1, *) }

    /// Neurons that slices have, each number once, the largest first.
    public var sliceCounts: [Int] {
        if shape.count == 1 {
            let rest = shape[0] % tile[0]
            return rest > 0 && shape[0] > tile[0] ? [tile[0], rest] : [tile[0]]
        }
        var counts = [1]
        for (extent, tile) in zip(shape, tile) {
            let rest = extent % tile
            counts = counts.flatMap { rest > 0 && extent > tile ? [$0 * tile, $0 * rest] : [$0 * tile] }
        }
        return Set(counts).sorted(by: >)
    }

    /// A slice by number.
    ///
    /// - Complexity: O(dimensions).
    public func slice(_ number: Int) -> NeuronSlice {
        if shape.count == 1 {
            let first = number * tile[0]
            return NeuronSlice(first..<Swift.min(shape[0], first + tile[0]))
        }
        var rest = number
        var (corner, extent) = (shape, shape)
        for d in shape.indices.reversed() {
            corner[d] = rest % counts[d] * tile[d]
            extent[d] = Swift.min(tile[d], shape[d] - corner[d])
            rest /= counts[d]
        }
        return NeuronSlice(corner: corner, extent: extent, of: shape)
    }

    /// The slice that holds a neuron.
    ///
    /// - Complexity: O(dimensions).
    public func number(of neuron: Int) -> Int {
        if shape.count == 1 { return neuron / tile[0] }
        var (rest, number, factor) = (neuron, 0, 1)
        for d in shape.indices.reversed() {
            number += rest % shape[d] / tile[d] * factor
            factor *= counts[d]
            rest /= shape[d]
        }
        return number
    }
}

extension Population {
    /// How the population is cut when a core holds at most `most` neurons.
    ///
    /// A block that is too large becomes shorter along its longest side, the first of equal ones.
    ///
    /// - Precondition: `most` is positive.
    /// - Complexity: O(neurons of the block), for one in several dimensions.
    public func tiling(atMost most: Int) -> Tiling {
        guard let coreShape, coreShape.count == shape.count else {
            return Tiling(shape: [size], tile: [Swift.max(1, Swift.min(most, size))])
        }
        var tile = zip(coreShape, shape).map { Swift.min($0, $1) }
        while tile.reduce(1, *) > most {
            let longest = tile.max() ?? 1
            tile[tile.firstIndex(of: longest) ?? 0] -= 1
        }
        return Tiling(shape: shape, tile: tile)
    }
}
