/// `Kernel`: sPyNNaker's two-dimensional kernel between populations seen as grids of rows and columns.
///
/// A target at row r is at row s + r·k of the common grid, s and k its start and step there, and from there at row
/// ⌊(that − s′ − 1)/k′⌋ + 1 of the sources, s′ and k′ theirs. A source with row p is joined to it through the kernel's
/// row ⌊h/2⌋ − (that row − p), h rows in all, if the kernel has it; columns alike.
///
/// Where the machine generates the synapses, its integer division rounds towards zero, which for steps above 1 puts the
/// first rows elsewhere; where the host does, sources between the steps are left out.
///
/// - Source: sPyNNaker 7.4.1, `kernel_connector.py` and `connection_generator_kernel.h`.
public struct Kernel: ConnectionPattern, Equatable {
    /// Rows and columns.
    public struct Grid: Sendable, Equatable {
        public var rows: Int
        public var columns: Int

        public init(_ rows: Int, _ columns: Int) {
            self.rows = rows
            self.columns = columns
        }

        /// Neurons.
        public var size: Int { rows.multipliedClamped(by: columns) }
    }

    public let shape: Grid
    /// Row by row; empty: the projection's own.
    public let weights: [Double]
    /// Row by row, ms; empty: the projection's own.
    public let delays: [Double]
    private let grid: GridPattern

    /// - Parameters:
    ///   - preSteps: Rows and columns between sampled sources.
    ///   - postSteps: Rows and columns of the common grid between targets.
    ///   - onMachine: The machine generates the synapses.
    public init(
        pre: Grid, post: Grid, shape: Grid, weights: [Double] = [], delays: [Double] = [],
        preSteps: Grid = Grid(1, 1), preStart: Grid = Grid(0, 0), postSteps: Grid = Grid(1, 1),
        postStart: Grid = Grid(0, 0), onMachine: Bool
    ) {
        self.shape = shape
        self.weights = weights
        self.delays = delays
        func taps(_ axis: KeyPath<Grid, Int>) -> GridTaps {
            let (half, extent) = (shape[keyPath: axis] / 2, shape[keyPath: axis])
            let (start, step) = (preStart[keyPath: axis], preSteps[keyPath: axis])
            func sourceLine(_ target: Int) -> Int {
                let place = postStart[keyPath: axis] + target * postSteps[keyPath: axis] - start - 1
                // Rounded down, or towards zero.
                let (quotient, rest) = place.quotientAndRemainder(dividingBy: step)
                return (rest < 0 && !onMachine ? quotient - 1 : quotient) + 1
            }
            return GridTaps(
                sources: pre[keyPath: axis], targets: post[keyPath: axis],
                candidates: { target in
                    let line = sourceLine(target)
                    return line - half..<line - half + extent
                },
                kernelLine: { source, target in
                    guard onMachine || (source - start) % step == 0 else { return nil }
                    return half - (sourceLine(target) - source)
                })
        }
        grid = GridPattern(
            preColumns: pre.columns, postColumns: post.columns, kernelColumns: shape.columns, rows: taps(\.rows),
            columns: taps(\.columns))
    }

    public var count: Int { grid.count }
    public var mostPerTarget: Int { grid.most }
    public var hasWeights: Bool { !weights.isEmpty }
    public var hasDelays: Bool { !delays.isEmpty }
    public func weight(_ value: Int) -> Double { weights.isEmpty ? .nan : weights[value] }
    public func delay(_ value: Int) -> Double { delays.isEmpty ? .nan : delays[value] }
    public var weightBounds: ClosedRange<Double>? {
        weights.isEmpty ? nil : (weights.min() ?? 0)...(weights.max() ?? 0)
    }
    public var delayBounds: ClosedRange<Double>? { delays.isEmpty ? nil : (delays.min() ?? 0)...(delays.max() ?? 0) }

    public func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) { grid.forEach(post, body) }
}
