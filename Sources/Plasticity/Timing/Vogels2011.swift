/// Near-coincident spikes strengthen a synapse whatever their order, and each of the source's spikes weakens it by a
/// fixed amount: for inhibitory synapses that balance excitation.
///
/// Both directions take the weight rule's way of potentiation, so the weight is clamped at `w_max` only.
///
/// - Source: golden README §7.
public struct Vogels2011: TimingRule {
    public typealias Amount = Int32
    public typealias Synapse = WeightOnly

    let decay: DecayTable
    let alpha: Int32

    public init(_ p: PlasticityParameters) {
        decay = p.tables.decay(tau: p.argument("tau"))
        alpha = Int32((p.argument("alpha") * Double(S411.one)).rounded(.toNearestOrEven))
    }

    public var words: [UInt32] { [UInt32(bitPattern: alpha)] + decay.words }
    public var tables: [String: DecayTable] { ["tau": decay] }
    public static var preTraces: Int { 1 }
    public static var postTraces: Int { 1 }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(S411.multiply(Int32(last.traces.first), decay[time &- last.time]) &+ S411.one)
    }

    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(S411.multiply(Int32(last.traces.first), decay[time &- last.time]) &+ S411.one)
    }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        weight = rule.potentiated(weight, S411.multiply(Int32(pre.traces.first), decay[time &- pre.time]))
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        weight = rule.potentiated(
            weight, S411.multiply(Int32(post.traces.first), decay[time &- post.time]) &- alpha)
    }
}
