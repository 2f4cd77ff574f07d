/// Three factors: a source's spikes and its target's make a synapse eligible, and a learning signal that arrives at the
/// target moves it by how eligible it is then.
///
///     x: sum of e^(−Δ/tau_plus) over the source's spikes before
///     e ← e e^(−Δ/tau_e) + x  at a spike of the target
///     w ← w + A_plus · L · e  when a signal L > 0 arrives
///     w ← w − A_minus · |L| · e  when L < 0
///
/// L is what arrives in a step at the receptor `teacher`, less what arrives at `critic`; a weight of 1 is 1. For an
/// output neuron, a projection of the wanted spikes onto `teacher` and one of its own spikes onto `critic` make L its
/// error; random weights from the outputs' errors to hidden neurons make the random feedback of e-prop.
///
/// x and e are below 16, the most that s4.11 holds.
///
/// e-prop proper takes a smooth function of the membrane potential, ψ, where this takes the target's spikes: an
/// event-driven engine does not see potentials. So a neuron that is silent does not learn.
///
/// - Source: Bellec et al. 2020, in the form described; beyond sPyNNaker.
public struct EProp: TimingRule {
    public typealias Amount = Int32

    /// A weight and its eligibility as of the source's last spike, s4.11.
    @frozen
    public struct Synapse: FineSynapse {
        public var weight: UInt16
        public var fraction: UInt16
        public var eligibility: Int16
    }

    let decay: DecayTable
    let eligibility: DecayTable

    public init(_ p: PlasticityParameters) {
        decay = p.tables.decay(tau: p.argument("tau_plus"))
        eligibility = p.tables.decay(tau: p.argument("tau_e"))
    }

    public var words: [UInt32] { decay.words + eligibility.words }
    public var tables: [String: DecayTable] { ["tau_plus": decay, "tau_e": eligibility] }
    public static var preTraces: Int { 2 }
    public static var isTaught: Bool { true }
    public static var postTraces: Int { 2 }
    public static var actsAlone: Bool { true }

    /// The source's trace, and the steps since its spike before.
    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        let before = S411.multiply(Int32(last.traces.first), decay[time &- last.time])
        return Traces(min(before &+ S411.one, S411.largest), Interval.stored(time &- last.time))
    }

    /// 0 for a spike, and the steps since the entry before.
    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(0, Interval.stored(time &- last.time))
    }

    /// The signal, and the steps since the entry before.
    @inline(__always)
    public func signalTraces(_ amount: Int32, at time: UInt32, last: TracedSpike) -> Traces {
        Traces(max(0 &- S411.largest, min(amount, S411.largest)), Interval.stored(time &- last.time))
    }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout Synapse, _ rule: Rule
    ) where Rule.Amount == Int32 {
        let elapsed = time &- pre.time
        var eligible = S411.multiply(
            Int32(synapse.eligibility), eligibility[min(elapsed, Interval.steps(traces.second))])
        if traces.first == 0 {
            if elapsed > 0 {
                eligible = min(eligible &+ S411.multiply(Int32(pre.traces.first), decay[elapsed]), S411.largest)
            }
        } else {
            weight = rule.moved(weight, by: eligible, times: Int32(traces.first))
        }
        synapse.eligibility = Int16(truncatingIfNeeded: eligible)
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout Synapse, _ rule: Rule
    ) where Rule.Amount == Int32 {
        let elapsed = min(time &- post.time, Interval.steps(traces.second))
        synapse.eligibility = Int16(
            truncatingIfNeeded: S411.multiply(Int32(synapse.eligibility), eligibility[elapsed]))
    }
}

/// Steps between two spikes in 16 bits: 65535 and more are the same.
enum Interval {
    @inline(__always)
    static func stored(_ steps: UInt32) -> Int32 { Int32(bitPattern: min(steps, 0xFFFF)) }

    @inline(__always)
    static func steps(_ stored: Int16) -> UInt32 { UInt32(UInt16(bitPattern: stored)) }
}
