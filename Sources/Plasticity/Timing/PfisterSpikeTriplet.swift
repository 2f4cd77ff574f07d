/// Pairs count, and triplets: a second, slower trace on either side remembers the spikes before the last.
///
/// - Source: Documentation/Chip.md, "Timing rules".
public struct PfisterSpikeTriplet: TimingRule {
    public typealias Amount = TwoAmounts
    public typealias Synapse = WeightOnly

    let plus: DecayTable
    let minus: DecayTable
    let x: DecayTable
    let y: DecayTable

    public init(_ p: PlasticityParameters) {
        plus = p.tables.decay(tau: p.argument("tau_plus"))
        minus = p.tables.decay(tau: p.argument("tau_minus"))
        x = p.tables.decay(tau: p.argument("tau_x"), shift: 2)
        y = p.tables.decay(tau: p.argument("tau_y"), shift: 2)
    }

    public var words: [UInt32] { plus.words + minus.words + x.words + y.words }
    public var tables: [String: DecayTable] { ["tau_plus": plus, "tau_minus": minus, "tau_x": x, "tau_y": y] }
    public static var preTraces: Int { 2 }
    public static var postTraces: Int { 2 }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        let elapsed = time &- last.time
        return Traces(
            S411.multiply(Int32(last.traces.first), plus[elapsed]) &+ S411.one,
            last.time == 0 ? 0 : S411.multiply(Int32(last.traces.second) &+ S411.one, x[elapsed]))
    }

    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        let elapsed = time &- last.time
        // Before the first spike, and after one in step 0, there is nothing to add.
        let before = Int32(last.traces.second) &+ (last.time == 0 ? 0 : S411.one)
        return Traces(
            S411.multiply(Int32(last.traces.first), minus[elapsed]) &+ S411.one, S411.multiply(before, y[elapsed]))
    }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == TwoAmounts {
        let elapsed = time &- pre.time
        guard elapsed > 0 else { return }
        let pair = S411.multiply(Int32(pre.traces.first), plus[elapsed])
        weight = rule.potentiated(
            weight, TwoAmounts(pair: pair, triplet: S411.multiply(pair, Int32(traces.second))))
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == TwoAmounts {
        let pair = S411.multiply(Int32(post.traces.first), minus[time &- post.time])
        weight = rule.depressed(
            weight, TwoAmounts(pair: pair, triplet: S411.multiply(pair, Int32(traces.second))))
    }
}
