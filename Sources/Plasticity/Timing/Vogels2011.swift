/// Near-coincident spikes strengthen a synapse whatever their order, and each of the source's spikes weakens it by a
/// fixed amount: for inhibitory synapses that balance excitation.
///
/// Both directions take the weight rule's way of potentiation, so the weight is clamped at `w_max` only.
///
/// - Source: Documentation/Chip.md, "Timing rules".
public struct Vogels2011: TabledTimingRule {
    let decay: DecayTable
    let alpha: Int32

    public init(_ p: PlasticityParameters) {
        decay = p.tables.decay(tau: p.argument("tau"))
        alpha = Int32((p.argument("alpha") * Double(S411.one)).rounded(.toNearestOrEven))
    }

    public var words: [UInt32] { [UInt32(bitPattern: alpha)] + decay.words }
    public var tables: [String: DecayTable] { ["tau": decay] }
    public var postTable: DecayTable { decay }
    public var preTable: DecayTable { decay }
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
        _ weight: Int32, factor: Int32, pre: Int32, isFirst: Bool, _ rule: Rule
    ) -> Int32 where Rule.Amount == Int32 {
        rule.potentiated(weight, S411.multiply(pre, factor))
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(_ weight: Int32, factor: Int32, post: Int32, _ rule: Rule) -> Int32
    where Rule.Amount == Int32 {
        rule.potentiated(weight, S411.multiply(post, factor) &- alpha)
    }
}
