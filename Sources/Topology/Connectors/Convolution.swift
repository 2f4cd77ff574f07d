/// One sign of a `Convolution`'s weights: positive ones go to one receptor, negative ones to another.
///
/// A source at row p is at row ⌊p ÷ pool stride⌋ + padding, and reaches the target rows that the kernel covers when it
/// moves by the stride; its last row lies over the first of them. Average pooling divides the weights by the pool's
/// area.
///
/// - Source: sPyNNaker 7.4.1, `convolution_connector.py` and `local_only_conv_impl.c`.
public struct Convolution: ConnectionPattern, Equatable {
    public typealias Grid = Kernel.Grid

    /// What does not depend on the sign.
    public struct Shape: Sendable, Equatable {
        public var pre: Grid
        public var kernel: Grid
        public var strides = Grid(1, 1)
        public var padding = Grid(0, 0)
        public var poolStride = Grid(1, 1)

        public init(pre: Grid, kernel: Grid) {
            self.pre = pre
            self.kernel = kernel
        }

        /// The targets' grid: at least one row and column.
        public var post: Grid {
            func extent(_ axis: KeyPath<Grid, Int>) -> Int {
                let pooled = pre[keyPath: axis] / poolStride[keyPath: axis]
                let positions = pooled - (kernel[keyPath: axis] - 1) + 2 * padding[keyPath: axis]
                return max(1, positions >= 0 ? positions / strides[keyPath: axis] : 0)
            }
            return Grid(extent(\.rows), extent(\.columns))
        }
    }

    /// Weights of one sign, row by row; 0 where there is no synapse.
    public let weights: [Double]
    /// The kernel's rows and columns.
    public let kernel: Grid
    public let count: Int
    private let grid: GridPattern

    /// - Parameter weights: Divided by the pool's area, row by row; those of the other sign are left out.
    public init(_ shape: Shape, weights: [Double], positive: Bool) {
        self.weights = weights.map { (positive ? $0 > 0 : $0 < 0) ? $0 : 0 }
        let post = shape.post
        func taps(_ axis: KeyPath<Grid, Int>) -> GridTaps {
            let (kernel, stride) = (shape.kernel[keyPath: axis], shape.strides[keyPath: axis])
            let (padding, pool) = (shape.padding[keyPath: axis], shape.poolStride[keyPath: axis])
            return GridTaps(
                sources: shape.pre[keyPath: axis], targets: post[keyPath: axis],
                candidates: { target in
                    // The kernel's lines 0..<kernel lie over the padded lines from target · stride on.
                    let first = max(0, target * stride - padding)
                    return first * pool..<max(first, target * stride - padding + kernel) * pool
                },
                // The machine walks the kernel from its last line on.
                kernelLine: { source, target in kernel - 1 - (source / pool + padding - target * stride) })
        }
        grid = GridPattern(
            preColumns: shape.pre.columns, postColumns: post.columns, kernelColumns: shape.kernel.columns,
            rows: taps(\.rows), columns: taps(\.columns))
        let signed = self.weights
        count = grid.count(shape.kernel.rows) { signed[$0] != 0 }
        kernel = shape.kernel
    }

    public var mostPerTarget: Int { grid.most }
    public var hasWeights: Bool { true }
    public func weight(_ value: Int) -> Double { weights[value] }
    public var weightBounds: ClosedRange<Double>? {
        let used = weights.filter { $0 != 0 }
        return (used.min() ?? 0)...(used.max() ?? 0)
    }

    public func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) {
        grid.forEach(post) { pre, value in if weights[value] != 0 { body(pre, value) } }
    }
}
