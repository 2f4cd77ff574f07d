/// Rates that rise together: at each of its source's spikes a synapse moves by how far the target's rate, as its spikes
/// of the last `tau` show it, is above `rate`.
///
///     y ← y e^(−Δ/tau) + 1 at a target's spike
///     w ← w + A_plus · (y − rate · tau)  at a source's spike, where that is above 0
///     w ← w − A_minus · (rate · tau − y) where it is below
///
/// On average a weight grows as ν_pre · (ν_post − rate): the covariance rule with the source's rate as a gate.
///
/// - Source: Sejnowski 1977, Gerstner and Kistler 2002 (chapter 10); beyond sPyNNaker.
public struct HebbianRate: TimingRule {
    public typealias Amount = Int32
    public typealias Synapse = FineWeight

    let decay: DecayTable
    let level: Int32

    public init(_ p: PlasticityParameters) {
        decay = p.tables.decay(tau: p.argument("tau"))
        let spikes = p.argument("rate") * p.argument("tau") / 1000
        level = Int32(min(spikes * Double(S411.one), Double(S411.largest)).rounded())
    }

    public var words: [UInt32] { [UInt32(bitPattern: level)] + decay.words }
    public var tables: [String: DecayTable] { ["tau": decay] }
    public static var preTraces: Int { 0 }
    public static var postTraces: Int { 1 }
    public static var actsAlone: Bool { true }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces { Traces() }

    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        let before = S411.multiply(Int32(last.traces.first), decay[time &- last.time])
        return Traces(min(before &+ S411.one, S411.largest))
    }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout FineWeight, _ rule: Rule
    ) where Rule.Amount == Int32 {}

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout FineWeight, _ rule: Rule
    ) where Rule.Amount == Int32 {
        let above = S411.multiply(Int32(post.traces.first), decay[time &- post.time]) &- level
        weight = above > 0 ? rule.potentiated(weight, above) : rule.depressed(weight, 0 &- above)
    }
}
