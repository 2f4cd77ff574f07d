import FixedPoint

/// Short-term plasticity: what a spike delivers of a weight depends on when the source spiked before.
///
/// A source uses up part of what it can release, which recovers, and each spike makes it release a larger part for a
/// while. Weights stay as they are.
///
/// With x what is there and u the part that is used, both as they are when a spike comes Δ after the one before:
///
///     x ← 1 + (x − x·u − 1) e^(−Δ/tau_rec)
///     u ← U + u (1 − U) e^(−Δ/tau_facil)
///     delivered = weight · x · u
///
/// A source's first spike finds x = 1 and u = U. They are the same for all synapses of a row, and stand in its header,
/// in parts of 65536.
///
/// - Source: Tsodyks, Uziel and Markram 2000, in the form of NEST's `tsodyks2_synapse`; beyond sPyNNaker.
public struct TsodyksMarkram: TimingRule {
    public typealias Amount = Int32
    public typealias Synapse = WeightOnly

    let use: Double
    let recovery: PowerDecay
    /// `nil`: no facilitation, u is always U.
    let facilitation: PowerDecay?

    public init(_ p: PlasticityParameters) {
        use = p.argument("U")
        recovery = p.tables.powers(tau: p.argument("tau_rec"))
        let tau = p.argument("tau_facil")
        facilitation = tau > 0 ? p.tables.powers(tau: tau) : nil
    }

    public var words: [UInt32] { [] }
    public var tables: [String: DecayTable] { [:] }
    public static var preTraces: Int { 2 }
    public static var postTraces: Int { 0 }
    public static var usesHistory: Bool { false }

    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        var x = 1.0
        var u = use
        if last.traces != Traces() {
            let (before, used) = (Self.real(last.traces.first), Self.real(last.traces.second))
            let elapsed = time &- last.time
            x = 1 + (before - before * used - 1) * recovery[elapsed]
            if let facilitation { u = use + used * (1 - use) * facilitation[elapsed] }
        }
        return Traces(Self.parts(x), Self.parts(u))
    }

    /// x · u of a source's spike.
    @inline(__always)
    public func delivered(_ weight: UInt16, _ traces: Traces) -> UInt16 {
        let (x, u) = (UInt32(UInt16(bitPattern: traces.first)) &+ 1, UInt32(UInt16(bitPattern: traces.second)) &+ 1)
        let share = (UInt64(x) &* UInt64(u)) &>> 16
        return UInt16(truncatingIfNeeded: (UInt64(weight) &* share &+ 0x8000) &>> 16)
    }

    /// 1 … 65536 parts are stored as 0 … 65535; x and u are never 0.
    private static func real(_ parts: Int16) -> Double { Double(UInt32(UInt16(bitPattern: parts)) + 1) / 65536 }

    private static func parts(_ share: Double) -> Int32 {
        Int32(max(1, min((share * 65536).rounded(), 65536))) - 1
    }

    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces { Traces() }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {}

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {}
}
