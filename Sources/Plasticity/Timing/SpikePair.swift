/// Every pair of spikes counts, as exponentials of the time between them.
///
/// - Source: Documentation/Chip.md, "Timing rules".
public struct SpikePair: TabledTimingRule {
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
        _ weight: Int32, factor: Int32, pre: Int32, isFirst: Bool, _ rule: Rule
    ) -> Int32 where Rule.Amount == Int32 {
        rule.potentiated(weight, S411.multiply(pre, factor))
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(_ weight: Int32, factor: Int32, post: Int32, _ rule: Rule) -> Int32
    where Rule.Amount == Int32 {
        rule.depressed(weight, S411.multiply(post, factor))
    }
}
