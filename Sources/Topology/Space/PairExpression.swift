public import Expressions

/// A value for each synapse, as an expression of its pair of neurons.
public struct PairExpression: Sendable, Equatable {
    /// Of `d`, `d[0]` … along single axes of the space, `i`, the source, and `j`, the target.
    public var expression: Expression
    public var space: Space

    public init(expression: Expression, space: Space) {
        self.expression = expression
        self.space = space
    }

    /// The names an expression may use.
    public static func variables(_ space: Space) -> [String] {
        PairProbability.distanceVariables(space) + PairProbability.indexVariables
    }
}

/// Evaluates an expression for sources of one target after the other.
///
/// One evaluator is used by one thread. Of a projection between parts of populations `i` and `j` are places in the
/// parts.
public final class PairExpressionEvaluator {
    private let evaluator: ExpressionEvaluator
    private let space: Space
    private let uses: [Bool]
    /// Coordinates of sources and targets, `[axes][neurons]`; empty where distances do not matter.
    private let sources: [[Double]]
    private let targets: [[Double]]
    /// By neuron: its place in the part that is joined; empty: its own number.
    private let sourcePlaces: [Int]
    private let targetPlaces: [Int]
    private let scratch: UnsafeMutablePointer<Double>

    /// - Complexity: O(neurons of both populations).
    public init(_ rule: PairExpression, of projection: Projection, in network: Network) {
        evaluator = ExpressionEvaluator(rule.expression)
        space = rule.space
        uses = rule.expression.uses
        if uses.dropLast(2).contains(true) {
            let pre = network.coordinates(of: projection.pre)
            let post = projection.pre == projection.post ? pre : network.coordinates(of: projection.post)
            sources = space.axes.map { pre[$0] }
            targets = space.axes.map { post[$0] }
        } else {
            (sources, targets) = ([], [])
        }
        func places(_ part: [Int], _ size: Int) -> [Int] {
            var places = [Int](repeating: 0, count: size)
            for (place, neuron) in part.enumerated() { places[neuron] = place }
            return places
        }
        if let parts = projection.connector.pattern as? PartConnections {
            sourcePlaces = places(parts.sources, network.populations[projection.pre].size)
            targetPlaces = places(parts.targets, network.populations[projection.post].size)
        } else {
            (sourcePlaces, targetPlaces) = ([], [])
        }
        scratch = .allocate(capacity: Expression.rows)
        scratch.initialize(repeating: 0, count: Expression.rows)
    }

    deinit { scratch.deallocate() }

    /// The values for some sources of a target.
    ///
    /// - Returns: `[sources]`.
    public func values(_ pre: ArraySlice<UInt32>, post: Int) -> [Double] {
        var values: [Double] = []
        values.reserveCapacity(pre.count)
        for first in stride(from: pre.startIndex, to: pre.endIndex, by: Expression.rows) {
            let block = pre[first..<min(first + Expression.rows, pre.endIndex)]
            measure(block, post)
            let (i, j) = (evaluator.input(uses.count - 2), evaluator.input(uses.count - 1))
            for (row, source) in block.enumerated() {
                i[row] = Double(sourcePlaces.isEmpty ? Int(source) : sourcePlaces[Int(source)])
                j[row] = Double(targetPlaces.isEmpty ? post : targetPlaces[post])
            }
            values += UnsafeBufferPointer(start: evaluator.evaluate(count: block.count), count: block.count)
        }
        return values
    }

    /// Writes the distances of some sources from a target where the expression finds them.
    private func measure(_ pre: ArraySlice<UInt32>, _ post: Int) {
        guard !sources.isEmpty else { return }
        let total = evaluator.input(0)
        for row in 0..<pre.count { total[row] = 0 }
        for (number, axis) in space.axes.enumerated() {
            let along = evaluator.input(number + 1)
            for (row, source) in pre.enumerated() { scratch[row] = sources[number][Int(source)] }
            space.distances(axis, from: scratch, count: pre.count, to: targets[number][post], into: along)
            for row in 0..<pre.count { total[row] += along[row] * along[row] }
        }
        for row in 0..<pre.count { total[row] = total[row].squareRoot() }
    }
}
