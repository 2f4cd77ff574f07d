/// Only the nearest pairs count: a source's spike with the first spike of its target after it, and with the last one
/// before it.
///
/// - Source: golden README §7.
public struct SpikeNearestPair: TimingRule {
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
    public static var preTraces: Int { 0 }
    public static var postTraces: Int { 0 }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces { Traces() }

    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces { Traces() }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        let elapsed = time &- pre.time
        guard elapsed > 0 else { return }
        // Not the first since the source's: an amount of 0, which still clamps.
        let isFirst = time &- previousPost >= elapsed
        weight = rule.potentiated(weight, isFirst ? plus[elapsed] : 0)
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        weight = rule.depressed(weight, minus[time &- post.time])
    }
}
