import Expressions

/// Evaluates an expression, or the distance itself, for many sources of one target.
///
/// One evaluator is used by one thread.
public final class PairEvaluator {
    private let evaluator: ExpressionEvaluator
    private let space: Space?
    /// Which variables the expression uses.
    private let uses: [Bool]
    /// By axis of the space: coordinates of the sources, `[axes][sources]`.
    private let sources: [[Double]]
    /// Coordinates of the targets, `[axes][targets]`.
    private let targets: [[Double]]
    private let scratch: UnsafeMutablePointer<Double>

    /// An evaluator for the pairs of a projection.
    ///
    /// - Complexity: O(neurons of both populations).
    public init(_ kind: PairProbability.Kind, _ expression: Expression, of projection: Projection, in network: Network)
    {
        evaluator = ExpressionEvaluator(expression)
        uses = expression.uses
        switch kind {
        case .distance(let space):
            self.space = space
            let pre = network.coordinates(of: projection.pre)
            let post = projection.pre == projection.post ? pre : network.coordinates(of: projection.post)
            sources = space.axes.map { pre[$0] }
            targets = space.axes.map { post[$0] }
        case .index:
            space = nil
            sources = []
            targets = []
        }
        scratch = .allocate(capacity: Expression.rows)
        scratch.initialize(repeating: 0, count: Expression.rows)
    }

    /// An evaluator of the distances of a projection's pairs.
    public convenience init(distancesIn space: Space, of projection: Projection, in network: Network) {
        // The one expression that cannot fail.
        guard let distance = try? Expression("d", variables: PairProbability.distanceVariables(space)) else {
            preconditionFailure("the distance is an expression")
        }
        self.init(.distance(space), distance, of: projection, in: network)
    }

    deinit { scratch.deallocate() }

    /// The values for the sources from `first` on.
    ///
    /// - Parameter count: At most ``Expressions/Expression/rows``.
    /// - Returns: `[count]`, valid until the next call.
    public func values(first: Int, count: Int, post: Int) -> UnsafePointer<Double> {
        guard let space else {
            let (i, j) = (evaluator.input(0), evaluator.input(1))
            for row in 0..<count {
                i[row] = Double(first + row)
                j[row] = Double(post)
            }
            return evaluator.evaluate(count: count)
        }
        let total = evaluator.input(0)
        if uses[0] { for row in 0..<count { total[row] = 0 } }
        for (number, axis) in space.axes.enumerated() where uses[0] || uses[number + 1] {
            let along = uses[number + 1] ? evaluator.input(number + 1) : scratch
            sources[number].withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                space.distances(axis, from: base + first, count: count, to: targets[number][post], into: along)
            }
            if uses[0] { for row in 0..<count { total[row] += along[row] * along[row] } }
        }
        if uses[0] { for row in 0..<count { total[row] = total[row].squareRoot() } }
        return evaluator.evaluate(count: count)
    }
}
