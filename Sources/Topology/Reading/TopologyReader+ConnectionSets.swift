import Expressions
import StrictJSON

extension TopologyReader {
    /// Reads a set of connections in the connection-set algebra.
    ///
    /// A pair that both sides of a sum have is two connections, which one projection does not make of a pair; it is
    /// looked for.
    func readConnectionSet(
        _ value: JSONValue, _ source: Population, _ target: Population
    ) throws(DocumentError) -> Connector {
        let text = try value.string("cset")
        let set: ConnectionSet
        do throws(ExpressionError) {
            set = try ConnectionSet(text)
        } catch {
            throw value.error(.syntax, "in cset, column \(error.column + 1): \(Wording.lines(error.description))")
        }
        for overlap in set.overlaps {
            guard source.size <= Network.mostSurveyedPairs / max(1, target.size) else {
                throw value.error(
                    .conflict,
                    "the sides of + may have pairs in common, and between \(source.name) and \(target.name) are too "
                        + "many pairs to look at; write a projection for each side"
                )
            }
            if let (pre, post) = Self.firstPair(of: overlap, source.size, target.size) {
                throw value.error(
                    .conflict,
                    "both sides of + connect neuron \(pre) of \(source.name) with neuron \(post) of \(target.name), "
                        + "which is two connections; write a projection for each side"
                )
            }
        }
        switch set.kind {
        case .pairs(let expression): return .pairwise(PairProbability(kind: .index, expression: expression))
        case .total(let n): return .fixedTotalNumber(n: n, withReplacement: true, allowSelfConnections: true)
        case .fanIn(let n): return .fixedNumberPre(n: n, withReplacement: true, allowSelfConnections: true)
        case .fanOut(let n): return .fixedNumberPost(n: n, withReplacement: true, allowSelfConnections: true)
        }
    }

    /// The first pair that an expression of indices does not give 0, by targets.
    private static func firstPair(of expression: Expression, _ sources: Int, _ targets: Int) -> (pre: Int, post: Int)? {
        let evaluator = ExpressionEvaluator(expression)
        for post in 0..<targets {
            for first in stride(from: 0, to: sources, by: Expression.rows) {
                let count = min(Expression.rows, sources - first)
                for row in 0..<count {
                    evaluator.input(0)[row] = Double(first + row)
                    evaluator.input(1)[row] = Double(post)
                }
                let values = evaluator.evaluate(count: count)
                for row in 0..<count where values[row] != 0 { return (first + row, post) }
            }
        }
        return nil
    }
}
