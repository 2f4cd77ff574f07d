import Expressions
import FixedPoint
import Sampling
import Topology

// Connectors that look at every pair of neurons: pair (i, j) has the i-th block of draws of target j, whoever else is
// connected.
extension SynapseGenerator {
    /// Each source with the probability that the expression gives the pair.
    func pairwise(
        _ evaluator: PairEvaluator, _ pairs: PairProbability, _ target: TargetCore, _ scratch: Scratch,
        _ writer: BatchWriter
    ) {
        let skipsSelf = excludesSelf(pairs.allowSelfConnections)
        forEachBlock(evaluator, target, scratch) { post, first, count, probabilities in
            let at = writer.reserve(count)
            var kept = 0
            for i in 0..<count {
                let uniform = (Double(scratch.r0[i]) + 0.5) * 0x1p-32
                guard uniform < probabilities[i], !(skipsSelf && first + i == post) else { continue }
                at.pre[kept] = UInt32(truncatingIfNeeded: first + i)
                scratch.r1[kept] = scratch.r1[i]
                scratch.r2[kept] = scratch.r2[i]
                kept += 1
            }
            encode(at, kept, target.neuron(post), scratch)
            writer.commit(kept)
        }
    }

    /// Each source nearer than the degree, or with a chance another one in its stead.
    func neighbours(
        _ evaluator: PairEvaluator, _ world: SmallWorld, _ target: TargetCore, _ scratch: Scratch, _ writer: BatchWriter
    ) {
        let skipsSelf = excludesSelf(world.allowSelfConnections)
        let candidates = UInt64(max(0, preSize - (skipsSelf ? 1 : 0)))
        forEachBlock(evaluator, target, scratch) { post, first, count, distances in
            let at = writer.reserve(count)
            var kept = 0
            for i in 0..<count {
                guard distances[i] < world.degree, !(skipsSelf && first + i == post) else { continue }
                var pre = UInt32(truncatingIfNeeded: first + i)
                if (Double(scratch.r3[i]) + 0.5) * 0x1p-32 < world.rewiring {
                    pre = UInt32(truncatingIfNeeded: (UInt64(scratch.r0[i]) &* candidates) &>> 32)
                    if skipsSelf, pre >= UInt32(truncatingIfNeeded: post) { pre += 1 }
                }
                at.pre[kept] = pre
                scratch.r1[kept] = scratch.r1[i]
                scratch.r2[kept] = scratch.r2[i]
                kept += 1
            }
            encode(at, kept, target.neuron(post), scratch)
            writer.commit(kept)
        }
    }

    /// Calls `body` with target, first source, number of sources and their values, the draws beside them in `scratch`.
    private func forEachBlock(
        _ evaluator: PairEvaluator, _ target: TargetCore, _ scratch: Scratch,
        _ body: (Int, Int, Int, UnsafePointer<Double>) -> Void
    ) {
        for post in target.slice {
            for first in stride(from: 0, to: preSize, by: Expression.rows) {
                let count = min(Expression.rows, preSize - first)
                let values = evaluator.values(first: first, count: count, post: post)
                fill(scratch, DrawPurpose.synapse, post, from: first, count: count)
                body(post, first, count, values)
            }
        }
    }
}
