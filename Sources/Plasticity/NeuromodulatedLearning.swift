// Reward tells synapses afterwards that what they did was right.
//
// The timing and weight rules act on a second number of the synapse, its eligibility, which fades within about a
// second. Dopamine at the target neuron, raised by spikes of a reward projection and lowered by those of a punishment
// projection, fades faster. The weight grows with the product of both: between two events Δ apart by their integral,
//
//     E · D · (exp(−Δ/τc) · exp(−Δ/τd) − 1) · K        K = −1 / (1/τc + 1/τd)
//
// Dopamine's spikes stand in the target's history beside its own, marked, with the dopamine after them; like everything
// else they are made up for when the source spikes.

import CIntrinsics
import FixedPoint

/// A timing rule whose traces of a target neuron can be brought up to a step without a spike.
protocol DecayingTimingRule: TimingRule {
    /// A target's trace `elapsed` steps later.
    func decayedPostTrace(_ trace: Int32, after elapsed: UInt32) -> Int32
}

extension SpikePair: DecayingTimingRule {
    @inline(__always)
    func decayedPostTrace(_ trace: Int32, after elapsed: UInt32) -> Int32 { S411.multiply(trace, minus[elapsed]) }
}

extension Vogels2011: DecayingTimingRule {
    @inline(__always)
    func decayedPostTrace(_ trace: Int32, after elapsed: UInt32) -> Int32 { S411.multiply(trace, decay[elapsed]) }
}

/// A weight and how eligible it is for change, both in ring-buffer units.
@frozen
public struct EligibleSynapse: PlasticSynapse {
    public var weight: UInt16
    public var eligibility: UInt16
}

/// A timing rule with a weight rule, acting on eligibilities that dopamine turns into weights.
///
/// A target's spikes keep their trace first and the dopamine after them second.
///
/// - Determinism: As ``PairwiseLearning``; several dopamine spikes of one step at a neuron are one, with the sum of
///   their concentrations.
/// - Source: Izhikevich 2007, Cereb. Cortex 17:2443; arithmetic: Documentation/Chip.md, "Neuromodulation".
struct NeuromodulatedLearning<Timing: DecayingTimingRule, Weight: WeightRule>
where Timing.Amount == Weight.Amount, Timing.Synapse == WeightOnly {
    let timing: Timing
    /// Of the eligibility, by synapse type.
    let weights: [Weight]
    private let leftShifts: [UInt32]
    private let delayMask: UInt32
    private let histories: PostHistories
    let markers: DopamineMarkers
    private let eligibilityDecay: DecayTable
    private let dopamineDecay: DecayTable
    private let component: Int32
    private let minimum: Int32
    private let maximum: Int32

    init(_ p: PlasticityParameters, _ neuromodulation: NeuromodulationParameters, _ histories: PostHistories) {
        timing = Timing(p)
        weights = p.leftShifts.map { _ in Weight(p) }
        leftShifts = p.leftShifts.map { UInt32($0) }
        delayMask = p.backpropDelay ? UInt32.max : 0
        self.histories = histories
        markers = DopamineMarkers(neurons: histories.neurons)
        eligibilityDecay = p.tables.decay(tau: neuromodulation.tauC, shift: 4)
        dopamineDecay = p.tables.decay(tau: neuromodulation.tauD, shift: 2)
        component = p.accum(-1 / (1 / neuromodulation.tauC + 1 / neuromodulation.tauD))
        minimum = p.accum(neuromodulation.minimum * p.weightScale)
        maximum = p.accum(neuromodulation.maximum * p.weightScale)
    }

    /// The constants and tables as the chip's region holds them, after those of the rules.
    var words: [UInt32] {
        [component, maximum, minimum].map(UInt32.init(bitPattern:)) + eligibilityDecay.words + dopamineDecay.words
    }

    var tables: [String: DecayTable] {
        timing.tables.merging(["tau_c": eligibilityDecay, "tau_d": dopamineDecay]) { $1 }
    }

    /// Notes the spikes of `count` neurons; see ``Plasticity``.
    func targetsSpiked(_ neurons: UnsafePointer<UInt32>, _ count: Int, _ time: UInt32) {
        for i in 0..<count {
            let neuron = Int(neurons[i])
            let last = histories.entries[neuron &* histories.depth].spike
            let spike = timing.postTraces(
                at: time, last: TracedSpike(time: last.time, Traces(Int32(last.traces.first))), draw: 0)
            let dopamine = S411.multiply(Int32(last.traces.second), dopamineDecay[time &- last.time])
            histories.push(neuron, TracedSpike(time: time, Traces(Int32(spike.first), dopamine)))
            markers.push(neuron, isDopamine: false)
        }
    }

    /// Notes dopamine at the targets of a row, whose weights are concentrations in s4.11; see ``Plasticity``.
    func modulated(_ row: PlasticRow, _ controls: ControlLayout, _ modulation: Modulation, at time: UInt32) {
        let synapses = row.synapseBytes.assumingMemoryBound(to: EligibleSynapse.self)
        for i in 0..<row.count {
            let neuron = controls.neuron(row.controls[i])
            let concentration = modulation == .reward ? Int32(synapses[i].weight) : -Int32(synapses[i].weight)
            let newest = histories.entries + neuron &* histories.depth
            if newest.pointee.stamp == time &+ 1 && markers.isDopamine(neuron, 0) {
                let traces = newest.pointee.traces
                newest.pointee.traces = Traces(Int32(traces.first), Int32(traces.second) &+ concentration)
                continue
            }
            let last = newest.pointee.spike
            let elapsed = time &- last.time
            let trace = timing.decayedPostTrace(Int32(last.traces.first), after: elapsed)
            let dopamine = S411.multiply(Int32(last.traces.second), dopamineDecay[elapsed]) &+ concentration
            histories.push(neuron, TracedSpike(time: time, Traces(trace, dopamine)))
            markers.push(neuron, isDopamine: true)
        }
    }

    /// Takes a row through a spike of its source; see ``Plasticity``.
    func sourceSpiked(_ row: PlasticRow, _ arrival: PlasticArrival, _ ring: PlasticRing) {
        let last = row.last
        let now = TracedSpike(
            time: arrival.time, timing.preTraces(at: arrival.time, last: last, draw: 0))
        row.last = now
        let synapses = row.synapseBytes.assumingMemoryBound(to: EligibleSynapse.self)
        for i in 0..<row.count {
            let control = row.controls[i]
            let neuron = arrival.controls.neuron(control)
            let delay = arrival.controls.delay(control)
            var synapse = synapses[i]
            learn(&synapse, neuron, back: delay & delayMask, last, now, type: arrival.type, isSpike: true)
            synapses[i] = synapse
            guard delay > arrival.late else { continue }
            let entry = ring.slot + (Int(delay) &* ring.stride &+ neuron)
            var sum = UInt32(entry.pointee) &+ UInt32(synapse.weight)
            if sum > 0xFFFF {
                sum = 0xFFFF
                ring.saturated[neuron] &+= 1
            }
            entry.pointee = UInt16(truncatingIfNeeded: sum)
        }
    }

    /// A synapse's weight with what has arrived since its source's last spike; see ``Plasticity``.
    func pendingWeight(
        of number: Int, in row: PlasticRow, type: Int, _ layout: ControlLayout, at time: UInt32
    ) -> UInt16 {
        let control = row.controls[number]
        var synapse = row.synapseBytes.assumingMemoryBound(to: EligibleSynapse.self)[number]
        learn(
            &synapse, layout.neuron(control), back: layout.delay(control) & delayMask, row.last,
            TracedSpike(time: time), type: type, isSpike: false)
        return synapse.weight
    }

    /// Takes a synapse through what stands in its target's history since `last`, up to `now`.
    ///
    /// - Parameters:
    ///   - back: Its delay, with back-propagation.
    ///   - isSpike: The source spikes now, rather than being about to.
    @inline(__always)
    private func learn(
        _ synapse: inout EligibleSynapse, _ neuron: Int, back: UInt32, _ last: TracedSpike, _ now: TracedSpike,
        type: Int, isSpike: Bool
    ) {
        let rule = weights[type]
        let begin = (last.time > back ? last.time &- back : 0) &+ 1
        let end = (now.time > back ? now.time &- back : 0) &+ 1
        let history = histories.entries + neuron &* histories.depth
        var newest = 0
        while newest < PostHistories.visible && history[newest].stamp > end { newest += 1 }
        guard newest < PostHistories.visible && history[newest].stamp != 0 else { return }
        var oldest = newest
        while oldest < PostHistories.visible && history[oldest].stamp > begin { oldest += 1 }

        var weight = Int32(bitPattern: UInt32(synapse.weight) &<< leftShifts[type])
        var eligibility = Int32(bitPattern: UInt32(synapse.eligibility) &<< leftShifts[type])
        var unused = WeightOnly(weight: 0)
        var previous = oldest < PostHistories.visible ? history[oldest].spike : TracedSpike()
        // As on the chip without the delay.
        var dopamine = S411.multiply(Int32(previous.traces.second), dopamineDecay[last.time &- previous.time])
        var time = last.time
        while oldest > newest {
            oldest -= 1
            let event = history[oldest].spike
            let arrival = event.time &+ back
            advance(&weight, &eligibility, dopamine, by: arrival &- time)
            if !markers.isDopamine(neuron, oldest) {
                timing.postSpike(
                    at: arrival, Traces(Int32(event.traces.first)), after: last, previousPost: previous.time,
                    &eligibility, &unused, rule)
            }
            dopamine = Int32(event.traces.second)
            time = arrival
            previous = event
        }
        advance(&weight, &eligibility, dopamine, by: now.time &- time)
        if isSpike {
            timing.preSpike(
                at: now.time, now.traces,
                after: TracedSpike(time: previous.time &+ back, Traces(Int32(previous.traces.first))), &eligibility,
                &unused, rule)
        }
        weight = min(max(weight, minimum), maximum)
        synapse.weight = UInt16(truncatingIfNeeded: weight &>> Int32(bitPattern: leftShifts[type]))
        synapse.eligibility = UInt16(truncatingIfNeeded: eligibility &>> Int32(bitPattern: leftShifts[type]))
    }

    /// Lets `elapsed` steps pass without an event.
    @inline(__always)
    private func advance(_ weight: inout Int32, _ eligibility: inout Int32, _ dopamine: Int32, by elapsed: UInt32) {
        let decay = eligibilityDecay[elapsed]
        if dopamine != 0 {
            let lost = S411.multiply(decay, dopamineDecay[elapsed]) &- S411.one
            weight = weight &+ Accum.multiply(S411.scale(S411.scale(eligibility, by: dopamine), by: lost), component)
        }
        eligibility = S411.scale(eligibility, by: decay)
    }
}

/// Time constants and bounds of neuromodulation.
public struct NeuromodulationParameters: Sendable {
    /// Of the eligibility, ms.
    public var tauC: Double
    /// Of dopamine, ms.
    public var tauD: Double
    /// Bounds of the weight, nA or µS.
    public var minimum: Double
    public var maximum: Double

    public init(tauC: Double, tauD: Double, minimum: Double, maximum: Double) {
        self.tauC = tauC
        self.tauD = tauD
        self.minimum = minimum
        self.maximum = maximum
    }
}

/// Which entries of the histories are dopamine's: a word a neuron, the newest entry's bit the lowest.
final class DopamineMarkers {
    let words: UnsafeMutablePointer<UInt32>

    init(neurons: Int) {
        words = .allocate(capacity: max(neurons, 1))
        words.initialize(repeating: 0, count: max(neurons, 1))
    }

    deinit { words.deallocate() }

    @inline(__always)
    func push(_ neuron: Int, isDopamine: Bool) { words[neuron] = words[neuron] &<< 1 | (isDopamine ? 1 : 0) }

    @inline(__always)
    func isDopamine(_ neuron: Int, _ entry: Int) -> Bool { (words[neuron] &>> UInt32(entry)) & 1 != 0 }
}

extension PlasticityCatalogue {
    /// Makes the plasticity of a population on a rank whose eligibilities dopamine turns into weights.
    ///
    /// - Returns: `nil` when the rules do not go together, or the chip has no program of them with neuromodulation.
    public static func neuromodulated(
        timing: String, weight: String, _ parameters: PlasticityParameters,
        _ neuromodulation: NeuromodulationParameters,
        _ histories: PostHistories
    ) -> Plasticity? {
        switch (timing, weight) {
        case ("SpikePair", "Additive"):
            Plasticity(SpikePair.self, Additive.self, parameters, neuromodulation, histories)
        case ("SpikePair", "Multiplicative"):
            Plasticity(SpikePair.self, Multiplicative.self, parameters, neuromodulation, histories)
        case ("Vogels2011", "Additive"):
            Plasticity(Vogels2011.self, Additive.self, parameters, neuromodulation, histories)
        case ("Vogels2011", "Multiplicative"):
            Plasticity(Vogels2011.self, Multiplicative.self, parameters, neuromodulation, histories)
        default: nil
        }
    }
}
