import Glibc

/// Precise spikes, driven by errors: where a spike is wanted and there is none, synapses strengthen by the current that
/// their sources have just made in the neuron; where there is one that is not wanted, they weaken by it.
///
///     w ← w + A_plus  · k  at a spike of the teacher
///     w ← w − A_minus · k  at a spike of the neuron
///     k: sum of K (e^(−Δ/tau_s) − e^(−Δ/tau_f)) over the source's spikes before, K such that its peak is 1
///
/// A Widrow-Hoff rule for spike times, kin to the chronotron's I-learning. The teacher is a projection onto the
/// receptor `teacher`, as of ``ReSuMe``.
///
/// - Source: Yu, Tang, Tan and Li 2013; beyond sPyNNaker.
public struct PSD: TimingRule {
    public typealias Amount = Int32
    public typealias Synapse = FineWeight

    let slow: DecayTable
    let fast: DecayTable
    /// s16.15.
    let norm: Int32

    public init(_ p: PlasticityParameters) {
        let (s, f) = (p.argument("tau_s"), p.argument("tau_f"))
        slow = p.tables.decay(tau: s)
        fast = p.tables.decay(tau: f)
        norm = p.accum(Self.norm(s, f))
    }

    /// K.
    static func norm(_ slow: Double, _ fast: Double) -> Double {
        let ratio = fast / slow
        return 1 / (pow(ratio, fast / (slow - fast)) - pow(ratio, slow / (slow - fast)))
    }

    public var words: [UInt32] { [UInt32(bitPattern: norm)] + slow.words + fast.words }
    public var tables: [String: DecayTable] { ["tau_s": slow, "tau_f": fast] }
    public static var preTraces: Int { 2 }
    public static var isTaught: Bool { true }
    public static var postTraces: Int { 1 }

    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        let elapsed = time &- last.time
        return Traces(
            min(S411.multiply(Int32(last.traces.first), slow[elapsed]) &+ S411.one, S411.largest),
            min(S411.multiply(Int32(last.traces.second), fast[elapsed]) &+ S411.one, S411.largest))
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
        let current =
            S411.multiply(Int32(pre.traces.first), slow[elapsed])
            &- S411.multiply(Int32(pre.traces.second), fast[elapsed])
        guard current > 0 else { return }
        let scaled = min((Int64(current) &* Int64(norm)) &>> 15, Int64(S411.largest))
        weight = rule.moved(weight, by: Int32(truncatingIfNeeded: scaled), times: Int32(traces.first))
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout FineWeight, _ rule: Rule
    ) where Rule.Amount == Int32 {}
}
