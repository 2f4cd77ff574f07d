// What an expression's connector will make cannot be read off its text: how many synapses, how many at most onto one
// neuron, how likely the likeliest pair is. The program needs that before anything is built, to lay out memory and to
// choose the ring buffers' shift. So the pairs are looked at once, all of them, or those of evenly spaced targets where
// there are too many.

import Expressions

/// What is known of a projection's pairs after looking at them.
public struct PairSurvey: Sendable, Equatable {
    /// Connections that can be expected.
    public var expected = 0.0
    /// The largest probability of a pair, those of a neuron with itself included.
    public var highest = 0.0
    /// Connections that can be expected onto the target with most.
    public var mostPerTarget = 0.0

    public init(expected: Double = 0, highest: Double = 0, mostPerTarget: Double = 0) {
        self.expected = expected
        self.highest = highest
        self.mostPerTarget = mostPerTarget
    }
}

extension Network {
    /// Pairs of a projection that are looked at.
    public static let mostSurveyedPairs = 1 << 26

    /// Looks at the pairs of all projections whose connector needs it.
    ///
    /// - Complexity: O(pairs), at most ``mostSurveyedPairs`` a projection.
    /// - Determinism: independent of ranks.
    public mutating func survey() {
        for index in projections.indices { projections[index].survey = survey(projections[index]) }
    }

    /// Neurons whose places are computed.
    private static let mostPlaces = 1 << 27

    private func survey(_ projection: Projection) -> PairSurvey? {
        let (preSize, postSize) = (populations[projection.pre].size, populations[projection.post].size)
        switch projection.connector {
        case .pairwise, .smallWorld:
            guard max(preSize, postSize) <= Self.mostPlaces else {
                return PairSurvey(
                    expected: Double(preSize) * Double(postSize), highest: 1, mostPerTarget: Double(preSize))
            }
        default: return nil
        }
        let evaluator: PairEvaluator
        let probability: (Double) -> Double
        let allowSelf: Bool
        switch projection.connector {
        case .pairwise(let pairs):
            evaluator = PairEvaluator(pairs.kind, pairs.expression, of: projection, in: self)
            probability = { $0 > 0 ? min($0, 1) : 0 }
            allowSelf = pairs.allowSelfConnections
        case .smallWorld(let world):
            evaluator = PairEvaluator(distancesIn: world.space, of: projection, in: self)
            probability = { $0 < world.degree ? 1 : 0 }
            allowSelf = world.allowSelfConnections
        default: return nil
        }
        let targets = max(1, min(postSize, Self.mostSurveyedPairs / preSize))
        var result = PairSurvey()
        for number in 0..<targets {
            let post = number * postSize / targets
            var sum = 0.0
            for first in stride(from: 0, to: preSize, by: Expression.rows) {
                let count = min(Expression.rows, preSize - first)
                let values = evaluator.values(first: first, count: count, post: post)
                for i in 0..<count {
                    let p = probability(values[i])
                    result.highest = max(result.highest, p)
                    if !allowSelf, projection.pre == projection.post, first + i == post { continue }
                    sum += p
                }
            }
            result.expected += sum
            result.mostPerTarget = max(result.mostPerTarget, sum)
        }
        result.expected *= Double(postSize) / Double(targets)
        return result
    }
}
