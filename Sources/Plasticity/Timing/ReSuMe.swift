/// Remote supervision: a teacher's spikes strengthen the synapses whose sources have just spiked, the neuron's own
/// weaken them, until the neuron spikes when its teacher does.
///
///     w ← w + A_plus  · (a + x)  at a spike of the teacher
///     w ← w − A_minus · (a + x)  at a spike of the neuron
///     x: sum of e^(−Δ/tau) over the source's spikes before
///
/// `a` makes a neuron that is silent, or spikes too much, find its rate. The teacher is a projection onto the receptor
/// `teacher`, of weight 1 (the amount is the weight times as much); it does not move the membrane.
///
/// - Source: Ponulak and Kasiński 2010, with equal learning windows for teacher and neuron; beyond sPyNNaker.
public struct ReSuMe: TimingRule {
    public typealias Amount = Int32
    public typealias Synapse = FineWeight

    let decay: DecayTable
    let always: Int32

    public init(_ p: PlasticityParameters) {
        decay = p.tables.decay(tau: p.argument("tau"))
        always = S411.nearest(p.argument("a"))
    }

    public var words: [UInt32] { [UInt32(bitPattern: always)] + decay.words }
    public var tables: [String: DecayTable] { ["tau": decay] }
    public static var preTraces: Int { 1 }
    public static var isTaught: Bool { true }
    public static var postTraces: Int { 1 }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        let before = S411.multiply(Int32(last.traces.first), decay[time &- last.time])
        return Traces(min(before &+ S411.one, S411.largest))
    }

    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(0 &- S411.one)
    }

    @inline(__always)
    public func signalTraces(_ amount: Int32, at time: UInt32, last: TracedSpike) -> Traces { Traces(amount) }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout FineWeight, _ rule: Rule
    ) where Rule.Amount == Int32 {
        let elapsed = time &- pre.time
        let x = elapsed > 0 ? S411.multiply(Int32(pre.traces.first), decay[elapsed]) : 0
        weight = rule.moved(weight, by: always &+ x, times: Int32(traces.first))
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout FineWeight, _ rule: Rule
    ) where Rule.Amount == Int32 {}
}
