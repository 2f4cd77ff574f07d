/// Calcium decides: each spike of either side lets some into the synapse, from where it decays; while there is much of
/// it the synapse strengthens, while there is some it weakens.
///
///     c ← c + C_pre at a source's spike, c + C_post at a target's; dc/dt = −c ÷ tau_Ca
///     ρ: where the weight is between w_min (0) and w_max (1)
///     tau dρ/dt = gamma_p (1 − ρ) [c > theta_p] − gamma_d ρ [c > theta_d]
///
/// Between two spikes this is solved exactly, for the whole steps at whose begin c is above a threshold. Left out of
/// the published model: the delay of the source's calcium, the noise, and the slow drift towards one of two resting
/// states, which is what remains in the simplified form of 2016.
///
/// - Source: Graupner and Brunel 2012 (parameters of the DP curve); Graupner, Wallisch and Ostojic 2016; beyond
///   sPyNNaker.
public struct GraupnerBrunel: TimingRule {
    public typealias Amount = Approach

    /// A weight, and calcium as of the source's last spike, s4.11.
    @frozen
    public struct Synapse: FineSynapse {
        public var weight: UInt16
        public var fraction: UInt16
        public var calcium: Int16
    }

    let decay: PowerDecay
    let (preCalcium, postCalcium): (Double, Double)
    let (potentiation, depression): (Double, Double)
    /// What is left of the way after a step: above both thresholds, the lower alone, the upper alone.
    let (both, lower, upper): (PowerDecay, PowerDecay, PowerDecay)
    /// Where the weight goes above both.
    let middle: Int32

    public init(_ p: PlasticityParameters) {
        decay = p.tables.powers(tau: p.argument("tau_Ca"))
        (preCalcium, postCalcium) = (p.argument("C_pre"), p.argument("C_post"))
        (potentiation, depression) = (p.argument("theta_p"), p.argument("theta_d"))
        let (up, down, tau) = (p.argument("gamma_p"), p.argument("gamma_d"), p.argument("tau"))
        func way(_ rate: Double) -> PowerDecay { p.tables.powers(tau: rate > 0 ? tau / rate : Double.infinity) }
        (both, lower, upper) = (way(up + down), way(down), way(up))
        middle = up + down > 0 ? Int32((up / (up + down) * Double(Approach.one)).rounded()) : 0
    }

    public var words: [UInt32] { [] }
    public var tables: [String: DecayTable] { [:] }
    public static var preTraces: Int { 1 }
    public static var postTraces: Int { 1 }
    public static var actsAlone: Bool { true }

    /// The steps since the spike before.
    @inline(__always)
    public func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(Interval.stored(time &- last.time))
    }

    /// The steps since the spike before.
    @inline(__always)
    public func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces {
        Traces(Interval.stored(time &- last.time))
    }

    /// Lets `elapsed` steps pass, then some calcium in.
    @inline(__always)
    private func pass<Rule: WeightRule>(
        _ elapsed: UInt32, then calcium: Double, _ weight: inout Int32, _ synapse: inout Synapse, _ rule: Rule
    ) where Rule.Amount == Approach {
        let before = Double(synapse.calcium) / Double(S411.one)
        let high = decay.steps(before, above: potentiation, most: elapsed)
        let low = decay.steps(before, above: depression, most: elapsed)
        let common = min(high, low)
        if common > 0 {
            weight = rule.potentiated(weight, Approach(place: middle, share: Self.share(both[common])))
        }
        if high > common {
            weight = rule.potentiated(weight, Approach(place: Approach.one, share: Self.share(upper[high &- common])))
        }
        if low > common {
            weight = rule.depressed(weight, Approach(place: 0, share: Self.share(lower[low &- common])))
        }
        let after = before * decay[elapsed] + calcium
        synapse.calcium = Int16(min((after * Double(S411.one)).rounded(), Double(S411.largest)))
    }

    @inline(__always)
    private static func share(_ left: Double) -> Int32 { Int32(((1 - left) * Double(Approach.one)).rounded()) }

    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout Synapse, _ rule: Rule
    ) where Rule.Amount == Approach {
        pass(min(time &- pre.time, Interval.steps(traces.first)), then: postCalcium, &weight, &synapse, rule)
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout Synapse, _ rule: Rule
    ) where Rule.Amount == Approach {
        pass(min(time &- post.time, Interval.steps(traces.first)), then: preCalcium, &weight, &synapse, rule)
    }
}
