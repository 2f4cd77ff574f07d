/// One sign of a `PoolDense`'s weights: every source to every target, by the source's place after average pooling.
///
/// - Source: sPyNNaker 7.4.1, `pool_dense_connector.py` and `local_only_pool_dense_impl.c`.
public struct PoolDense: ConnectionPattern, Equatable {
    public let preShape: [Int]
    public let poolStride: [Int]
    public let postSize: Int
    /// Weights of one sign, `[pooled places][targets]`, not divided by the pool's area; 0 where there is no synapse.
    public let weights: [Double]
    /// Sources that a pooled weight is divided by.
    public let area: Double
    public let count: Int
    /// Sources whose place after pooling is a given one, in order.
    private let sourcesOf: [[Int32]]

    /// - Parameters:
    ///   - weights: Row by row; those of the other sign are left out.
    public init(
        preShape: [Int], postSize: Int, weights: [Double], area: Double, poolStride: [Int], positive: Bool
    ) {
        self.preShape = preShape
        self.poolStride = poolStride
        self.postSize = postSize
        self.area = area
        let signed = weights.map { (positive ? $0 > 0 : $0 < 0) ? $0 : 0 }
        self.weights = signed
        let pooled = Self.pooledShape(preShape, poolStride)
        var sourcesOf = [[Int32]](repeating: [], count: pooled.reduce(1, *))
        for pre in 0..<preShape.reduce(1, *) {
            var rest = pre
            var place = 0
            var scale = 1
            var isInside = true
            for axis in preShape.indices.reversed() {
                let coordinate = rest % preShape[axis] / poolStride[axis]
                rest /= preShape[axis]
                isInside = isInside && coordinate < pooled[axis]
                place += coordinate * scale
                scale *= pooled[axis]
            }
            if isInside { sourcesOf[place].append(Int32(truncatingIfNeeded: pre)) }
        }
        self.sourcesOf = sourcesOf
        count = sourcesOf.indices.reduce(0) { sum, place in
            sum + sourcesOf[place].count * signed[place * postSize..<(place + 1) * postSize].count { $0 != 0 }
        }
    }

    /// Places after pooling, per axis; sources beyond the last whole pool have none.
    public static func pooledShape(_ shape: [Int], _ stride: [Int]) -> [Int] { zip(shape, stride).map { $0 / $1 } }

    public var mostPerTarget: Int { preShape.reduce(1, *) }
    public var hasWeights: Bool { true }
    public func weight(_ value: Int) -> Double { weights[value] / area }
    public var weightBounds: ClosedRange<Double>? {
        let used = weights.filter { $0 != 0 }
        return (used.min() ?? 0) / area...(used.max() ?? 0) / area
    }

    public func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) {
        for (place, sources) in sourcesOf.enumerated() where weights[place * postSize + post] != 0 {
            for pre in sources { body(Int(pre), place * postSize + post) }
        }
    }
}
