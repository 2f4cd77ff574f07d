/// Only the nearest pairs count: a source's spike with the first spike of its target after it, and with the last one
/// before it.
///
/// - Source: Documentation/Chip.md, "Timing rules".
public struct SpikeNearestPair: TabledTimingRule {
    let plus: DecayTable
    let minus: DecayTable

    public init(_ p: PlasticityParameters) {
        plus = p.tables.decay(tau: p.argument("tau_plus"))
        minus = p.tables.decay(tau: p.argument("tau_minus"))
    }

    public var words: [UInt32] { plus.words + minus.words }
    public var tables: [String: DecayTable] { ["tau_plus": plus, "tau_minus": minus] }
    public var postTable: DecayTable { plus }
    public var preTable: DecayTable { minus }
    public static var preTraces: Int { 0 }
    public static var postTraces: Int { 0 }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces { Traces() }

    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces { Traces() }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        _ weight: Int32, factor: Int32, pre: Int32, isFirst: Bool, _ rule: Rule
    ) -> Int32 where Rule.Amount == Int32 {
        // Not the first: an amount of 0, which still clamps.
        rule.potentiated(weight, isFirst ? factor : 0)
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(_ weight: Int32, factor: Int32, post: Int32, _ rule: Rule) -> Int32
    where Rule.Amount == Int32 {
        rule.depressed(weight, factor)
    }
}
