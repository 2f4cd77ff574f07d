/// A synapse counts, up and down, the pairs of spikes that fall into windows of random length; when the count reaches
/// a bound, the weight moves by the whole amplitude and the count begins again.
///
/// Each source and target spike opens a window whose length is drawn from an exponential distribution. A target's
/// spike inside the source's window counts up, a source's spike inside the target's window counts down; spikes of the
/// same step do not count.
///
/// The chip draws from its core's own generator, in the order in which packets come; here a window's length depends on
/// seed, neuron, projection and step alone. So lengths are those of the chip's distribution, and not its numbers.
///
/// - Source: Documentation/Chip.md, "Timing rules" (the form with two state machines, `dual_fsm`); there are no
///   vectors for it.
public struct Recurrent: TimingRule {
    public typealias Amount = Int32

    /// A weight and the count of pairs.
    @frozen
    public struct Synapse: PlasticSynapse {
        public var weight: UInt16
        public var accumulator: Int16
    }

    let preWindows: WindowTable
    let postWindows: WindowTable
    let depressionLimit: Int16
    let potentiationLimit: Int16

    public init(_ p: PlasticityParameters) {
        preWindows = p.tables.windows(mean: p.argument("mean_pre_window"))
        postWindows = p.tables.windows(mean: p.argument("mean_post_window"))
        depressionLimit = Int16(p.argument("accumulator_depression"))
        potentiationLimit = Int16(p.argument("accumulator_potentiation"))
    }

    public var words: [UInt32] {
        [UInt32(bitPattern: Int32(depressionLimit) + 1), UInt32(bitPattern: Int32(potentiationLimit) - 1)]
            + preWindows.words + postWindows.words
    }
    public var tables: [String: DecayTable] { [:] }
    public static var preTraces: Int { 1 }
    public static var postTraces: Int { 1 }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(Int32(preWindows[draw()]))
    }

    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(Int32(postWindows[draw()]))
    }

    @inline(__always)
    private func isOpen(_ window: Int16, after elapsed: UInt32) -> Bool {
        elapsed > 0 && elapsed < UInt32(UInt16(bitPattern: window))
    }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout Synapse, _ rule: Rule
    ) where Rule.Amount == Int32 {
        guard isOpen(pre.traces.first, after: time &- pre.time) else { return }
        synapse.accumulator &+= 1
        if synapse.accumulator >= potentiationLimit {
            synapse.accumulator = 0
            weight = rule.potentiated(weight, S411.one)
        }
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout Synapse, _ rule: Rule
    ) where Rule.Amount == Int32 {
        guard isOpen(post.traces.first, after: time &- post.time) else { return }
        synapse.accumulator &-= 1
        if synapse.accumulator <= depressionLimit {
            synapse.accumulator = 0
            weight = rule.depressed(weight, S411.one)
        }
    }
}
