/// Every pair of spikes counts, as exponentials of the time between them.
///
/// - Source: golden README §7.
public struct SpikePair: TimingRule {
    public typealias Amount = Int32
    public typealias Synapse = WeightOnly

    let plus: DecayTable
    let minus: DecayTable

    public init(_ p: PlasticityParameters) {
        plus = p.tables.decay(tau: p.argument("tau_plus"))
        minus = p.tables.decay(tau: p.argument("tau_minus"))
    }

    public var words: [UInt32] { plus.words + minus.words }
    public var tables: [String: DecayTable] { ["tau_plus": plus, "tau_minus": minus] }
    public static var preTraces: Int { 1 }
    public static var postTraces: Int { 1 }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(S411.multiply(Int32(last.traces.first), plus[time &- last.time]) &+ S411.one)
    }

    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(S411.multiply(Int32(last.traces.first), minus[time &- last.time]) &+ S411.one)
    }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        let elapsed = time &- pre.time
        guard elapsed > 0 else { return }
        weight = rule.potentiated(weight, S411.multiply(Int32(pre.traces.first), plus[elapsed]))
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        weight = rule.depressed(weight, S411.multiply(Int32(post.traces.first), minus[time &- post.time]))
    }
}
