import FixedPoint
import Sampling
import Topology

/// Generates a projection's synapses onto given target cores.
///
/// Every rank generates the synapses of its own targets and no others, and nothing about synapses crosses a rank
/// boundary. That works because each draw comes from a counter: the k-th synapse of target neuron `j` in projection
/// `p` is a function of (seed, p, j, k), whoever computes it.
///
/// Connectors that choose sources for a target cost time in proportion to the synapses generated, those that give every
/// pair a chance in proportion to the pairs of their own targets. `FixedNumberPost` chooses targets for a source, so
/// every rank draws for all sources and keeps its own.
struct SynapseGenerator {
    /// How the values of a projection are stored.
    enum Code {
        case constant(UInt32)
        case table(QuantileTable)
    }

    let network: Network
    let projection: Projection
    let index: Int
    let preSize: Int
    let postSize: Int
    let weight: Code
    let delay: Code
    /// Stored weight and delay of a connection's own values.
    let ownWeight: (Double) -> UInt32
    let ownDelay: (Double) -> UInt32
    let philox: Philox4x32
    let seed: UInt64

    /// Self-connections are left out, and possible.
    func excludesSelf(_ allowed: Bool) -> Bool { !allowed && projection.pre == projection.post }

    /// Calls `sink` with batches of all synapses onto `targets`, in an order that does not depend on other targets.
    func generate(_ targets: [TargetCore], _ sink: @escaping (Int, SynapseBatch) -> Void) {
        withScratch { scratch in
            switch projection.connector {
            case .fixedNumberPost(let n, let withReplacement, let allowSelf):
                for copy in Set(targets.map(\.copy)).sorted() {
                    targetsOfSources(targets, copy, n, withReplacement, excludesSelf(allowSelf), scratch, sink)
                }
            case .pairwise(let pairs):
                let evaluator = PairEvaluator(pairs.kind, pairs.expression, of: projection, in: network)
                forEach(targets, sink) { pairwise(evaluator, pairs, $0, scratch, $1) }
            case .smallWorld(let world):
                let evaluator = PairEvaluator(distancesIn: world.space, of: projection, in: network)
                forEach(targets, sink) { neighbours(evaluator, world, $0, scratch, $1) }
            case .fixed(let pattern):
                let values = UnsafeMutablePointer<Int>.allocate(capacity: Scratch.capacity)
                defer { values.deallocate() }
                forEach(targets, sink) { connections(pattern, $0, values, scratch, $1) }
            default:
                forEach(targets, sink) { sources(of: $0, scratch, $1) }
            }
        }
    }

    private func forEach(
        _ targets: [TargetCore], _ sink: @escaping (Int, SynapseBatch) -> Void,
        _ body: (TargetCore, BatchWriter) -> Void
    ) {
        for (number, target) in targets.enumerated() {
            let writer = BatchWriter(target: number, sink: sink)
            body(target, writer)
            writer.finish()
        }
    }

    /// Generates what the sources-for-a-target connectors give one target core.
    private func sources(of target: TargetCore, _ scratch: Scratch, _ writer: BatchWriter) {
        switch projection.connector {
        case .allToAll(let allowSelf):
            let skipSelf = excludesSelf(allowSelf)
            for post in target.slice {
                everySource(post, target.neuron(post), skipSelf ? post : nil, scratch, writer)
            }
        case .oneToOne:
            for post in target.slice where post < preSize {
                chosen([UInt32(post)], post, target.neuron(post), scratch, writer)
            }
        case .fixedProbability(let p, let allowSelf):
            let skipSelf = excludesSelf(allowSelf)
            let candidates = preSize - (skipSelf ? 1 : 0)
            for post in target.slice {
                let bits = philox.block(UInt32(post), 0, UInt32(index), DrawPurpose.split)
                let uniform = (Double((UInt64(bits.0) << 32 | UInt64(bits.1)) >> 11) + 0.5) * 0x1p-53
                distinctSources(
                    binomial(candidates, p, uniform), post, target.neuron(post), skipSelf ? post : nil, scratch,
                    writer)
            }
        case .fixedNumberPre(let n, let withReplacement, let allowSelf):
            let skip = excludesSelf(allowSelf)
            for post in target.slice {
                if withReplacement {
                    anySources(n, post, target.neuron(post), skip ? post : nil, scratch, writer)
                } else {
                    distinctSources(n, post, target.neuron(post), skip ? post : nil, scratch, writer)
                }
            }
        case .fixedTotalNumber(let n, let withReplacement, let allowSelf):
            let skip = excludesSelf(allowSelf)
            let capacity = withReplacement ? nil : preSize - (skip ? 1 : 0)
            let splitting = CountSplitting(
                total: n, targets: postSize, capacity: capacity, projection: index, seed: seed)
            let counts = target.slice.ranges.flatMap(splitting.counts)
            for (post, count) in zip(target.slice, counts) {
                if withReplacement {
                    anySources(count, post, target.neuron(post), skip ? post : nil, scratch, writer)
                } else {
                    distinctSources(count, post, target.neuron(post), skip ? post : nil, scratch, writer)
                }
            }
        case .fixedNumberPost, .fixed, .pairwise, .smallWorld, .fromFile:
            break
        }
    }

    // MARK: - Draws for one target

    /// `count` sources, each drawn from all.
    private func anySources(
        _ count: Int, _ post: Int, _ neuron: UInt32, _ excluded: Int?, _ scratch: Scratch, _ writer: BatchWriter
    ) {
        let candidates = UInt64(preSize - (excluded == nil ? 0 : 1))
        guard candidates > 0 else { return }
        let excluded = UInt32(truncatingIfNeeded: excluded ?? Int(UInt32.max))
        var done = 0
        while done < count {
            let n = min(count - done, Scratch.capacity)
            fill(scratch, DrawPurpose.synapse, post, from: done, count: n)
            let at = writer.reserve(n)
            let pre = at.pre
            let draws = scratch.r0
            for i in 0..<n {
                let drawn = UInt32(truncatingIfNeeded: (UInt64(draws[i]) &* candidates) &>> 32)
                pre[i] = drawn &+ (drawn >= excluded ? 1 : 0)
            }
            encode(at, n, neuron, scratch)
            writer.commit(n)
            done += n
        }
    }

    /// `count` different sources: candidates drawn one after the other, those already taken passed over; of more than
    /// half of all sources those left out are drawn instead.
    private func distinctSources(
        _ count: Int, _ post: Int, _ neuron: UInt32, _ excluded: Int?, _ scratch: Scratch, _ writer: BatchWriter
    ) {
        let candidates = preSize - (excluded == nil ? 0 : 1)
        let wanted = min(count, candidates)
        guard wanted > 0 else { return }
        if wanted == candidates {
            everySource(post, neuron, excluded, scratch, writer)
            return
        }
        let leavesOut = wanted > candidates / 2
        let draws = leavesOut ? candidates - wanted : wanted
        let purpose = leavesOut ? DrawPurpose.synapseComplement : DrawPurpose.synapse
        let excludedIndex = UInt32(truncatingIfNeeded: excluded ?? Int(UInt32.max))
        let taken = scratch.taken
        let marks = scratch.marks
        var accepted = 0
        var counter = 0
        while accepted < draws {
            let n = min(draws - accepted + 8, Scratch.capacity)
            fill(scratch, purpose, post, from: counter, count: n)
            counter += n
            let at = writer.reserve(n)
            var kept = 0
            for i in 0..<n where accepted + kept < draws {
                let drawn = UInt32(truncatingIfNeeded: (UInt64(scratch.r0[i]) &* UInt64(candidates)) &>> 32)
                let bit = UInt64(1) &<< UInt64(drawn & 63)
                let word = Int(drawn >> 6)
                if taken[word] & bit != 0 { continue }
                taken[word] |= bit
                marks[accepted + kept] = drawn
                at.pre[kept] = drawn &+ (drawn >= excludedIndex ? 1 : 0)
                scratch.r1[kept] = scratch.r1[i]
                scratch.r2[kept] = scratch.r2[i]
                kept += 1
            }
            if !leavesOut {
                encode(at, kept, neuron, scratch)
                writer.commit(kept)
            }
            accepted += kept
        }
        if leavesOut {
            var start = 0
            while start < candidates {
                let n = min(candidates - start, Scratch.capacity)
                fill(scratch, DrawPurpose.synapse, post, from: start, count: n)
                let at = writer.reserve(n)
                var kept = 0
                for i in 0..<n {
                    let candidate = UInt32(start + i)
                    if taken[Int(candidate >> 6)] & (UInt64(1) &<< UInt64(candidate & 63)) != 0 { continue }
                    at.pre[kept] = candidate &+ (candidate >= excludedIndex ? 1 : 0)
                    scratch.r1[kept] = scratch.r1[i]
                    scratch.r2[kept] = scratch.r2[i]
                    kept += 1
                }
                encode(at, kept, neuron, scratch)
                writer.commit(kept)
                start += n
            }
        }
        for i in 0..<draws { taken[Int(marks[i] >> 6)] = 0 }
    }

    /// All sources, without `excluded`.
    private func everySource(
        _ post: Int, _ neuron: UInt32, _ excluded: Int?, _ scratch: Scratch, _ writer: BatchWriter
    ) {
        let candidates = preSize - (excluded == nil ? 0 : 1)
        let excluded = UInt32(truncatingIfNeeded: excluded ?? Int(UInt32.max))
        var start = 0
        while start < candidates {
            let n = min(candidates - start, Scratch.capacity)
            fill(scratch, DrawPurpose.synapse, post, from: start, count: n)
            let at = writer.reserve(n)
            for i in 0..<n {
                let candidate = UInt32(truncatingIfNeeded: start + i)
                at.pre[i] = candidate &+ (candidate >= excluded ? 1 : 0)
            }
            encode(at, n, neuron, scratch)
            writer.commit(n)
            start += n
        }
    }

    /// The given sources.
    private func chosen(
        _ sources: [UInt32], _ post: Int, _ neuron: UInt32, _ scratch: Scratch, _ writer: BatchWriter
    ) {
        fill(scratch, DrawPurpose.synapse, post, from: 0, count: sources.count)
        let at = writer.reserve(sources.count)
        for (i, source) in sources.enumerated() { at.pre[i] = source }
        encode(at, sources.count, neuron, scratch)
        writer.commit(sources.count)
    }

    // MARK: - Connectors that run over sources

    private func targetsOfSources(
        _ targets: [TargetCore], _ copy: Int, _ n: Int, _ withReplacement: Bool, _ skipSelf: Bool, _ scratch: Scratch,
        _ sink: @escaping (Int, SynapseBatch) -> Void
    ) {
        let owner = OwnerTable(targets, copy: copy, postSize: postSize)
        let writers = targets.indices.map { BatchWriter(target: $0, sink: sink) }
        for pre in 0..<preSize {
            let candidates = postSize - (skipSelf && pre < postSize ? 1 : 0)
            let excluded = UInt32(truncatingIfNeeded: skipSelf ? pre : Int(UInt32.max))
            let wanted = withReplacement ? n : min(n, candidates)
            guard candidates > 0 else { continue }
            var accepted = 0
            var counter = 0
            while accepted < wanted {
                let count = min(wanted - accepted + 8, Scratch.capacity)
                fill(scratch, DrawPurpose.synapse, pre, from: counter, count: count)
                counter += count
                for i in 0..<count where accepted < wanted {
                    let drawn = UInt32(truncatingIfNeeded: (UInt64(scratch.r0[i]) &* UInt64(candidates)) &>> 32)
                    if !withReplacement {
                        let bit = UInt64(1) &<< UInt64(drawn & 63)
                        if scratch.taken[Int(drawn >> 6)] & bit != 0 { continue }
                        scratch.taken[Int(drawn >> 6)] |= bit
                        scratch.marks[accepted] = drawn
                    }
                    accepted += 1
                    let post = Int(drawn &+ (drawn >= excluded ? 1 : 0))
                    let target = Int(owner[post])
                    guard target >= 0 else { continue }
                    let at = writers[target].reserve(1)
                    at.pre[0] = UInt32(pre)
                    at.neuron[0] = targets[target].neuron(post)
                    at.weight[0] = UInt16(truncatingIfNeeded: value(weight, scratch.r1[i]))
                    at.delay[0] = value(delay, scratch.r2[i])
                    writers[target].commit(1)
                }
            }
            if !withReplacement {
                for i in 0..<accepted { scratch.taken[Int(scratch.marks[i] >> 6)] = 0 }
            }
        }
        for writer in writers { writer.finish() }
    }

    // MARK: - Values

    @inline(__always)
    private func value(_ code: Code, _ draw: UInt32) -> UInt32 {
        switch code {
        case .constant(let value): value
        case .table(let table): table(draw)
        }
    }

    /// Completes a batch whose sources are set, from the draws beside them.
    @inline(__always)
    func encode(_ at: SynapseBatch, _ count: Int, _ neuron: UInt32, _ scratch: Scratch) {
        for i in 0..<count { at.neuron[i] = neuron }
        switch weight {
        case .constant(let value):
            let value = UInt16(truncatingIfNeeded: value)
            for i in 0..<count { at.weight[i] = value }
        case .table(let table):
            for i in 0..<count { at.weight[i] = UInt16(truncatingIfNeeded: table(scratch.r1[i])) }
        }
        switch delay {
        case .constant(let value):
            for i in 0..<count { at.delay[i] = value }
        case .table(let table):
            for i in 0..<count { at.delay[i] = table(scratch.r2[i]) }
        }
    }

    /// Draws `count` blocks of the neuron's own stream, as far as they are needed.
    func fill(_ scratch: Scratch, _ purpose: UInt32, _ neuron: Int, from start: Int, count: Int) {
        philox.fill(
            c1: UInt32(truncatingIfNeeded: neuron), c2: UInt32(truncatingIfNeeded: index), c3: purpose,
            from: UInt32(truncatingIfNeeded: start), count: count, into: scratch.r0, scratch.r1, scratch.r2, scratch.r3)
    }

    private func withScratch(_ body: (Scratch) -> Void) {
        let scratch = Scratch(candidates: max(preSize, postSize))
        defer { scratch.deallocate() }
        body(scratch)
    }
}

extension TargetCore {
    /// Index among the rank's neurons of neuron `post` of the population, which is in the slice.
    @inline(__always)
    func neuron(_ post: Int) -> UInt32 {
        let place = slice.isRange ? post - slice.lowerBound : slice.place(of: post) ?? 0
        return UInt32(truncatingIfNeeded: firstNeuron + place)
    }
}
