// What the chip does when a source neuron spikes.
//
// Target spikes are only noted, in a history of each neuron. Everything is made up for when the source spikes: its row
// knows when it spiked last, and what trace that left. The target's spikes since then are looked up in its history
// and strengthen the synapse one after the other, as exponentials of the time since the source's last spike. Then the
// target's last spike weakens it, by the time since that one. The weight that comes out is stored, and is what the
// spike delivers.
//
// With back-propagation a target's spike acts on the synapse only after the synapse's delay, so the window looked up
// is (last − delay, now − delay]. Its bounds are cut at 0 rather than going below, as the chip's are.

import CIntrinsics
import FixedPoint

/// A timing rule with a weight rule, deferred to the source's spikes.
///
/// - Determinism: A row's state depends on its source's and its targets' spikes alone. Of spikes in the same step the
///   target's come first.
/// - Source: Documentation/Chip.md, "Deferred learning".
struct PairwiseLearning<Timing: TimingRule, Weight: WeightRule> where Timing.Amount == Weight.Amount {
    let timing: Timing
    /// By synapse type.
    let weights: [Weight]
    private let leftShifts: [UInt32]
    private let delayMask: UInt32
    private let histories: PostHistories
    private let draws: WindowDraws

    init(_ parameters: PlasticityParameters, _ histories: PostHistories, _ draws: WindowDraws) {
        timing = Timing(parameters)
        weights = parameters.leftShifts.map { _ in Weight(parameters) }
        leftShifts = parameters.leftShifts.map { UInt32($0) }
        delayMask = parameters.backpropDelay ? UInt32.max : 0
        self.histories = histories
        self.draws = draws
    }

    /// Notes the spikes of `count` neurons; see ``Plasticity``.
    func targetsSpiked(
        _ neurons: UnsafePointer<UInt32>, _ numbers: UnsafePointer<UInt32>, _ count: Int, _ time: UInt32
    ) {
        guard Timing.usesHistory else { return }
        for i in 0..<count {
            let neuron = Int(neurons[i])
            let last = histories.entries[neuron &* histories.depth].spike
            let traces = timing.postTraces(
                at: time, last: last, draw: draws.target(numbers[i], at: time))
            histories.push(neuron, TracedSpike(time: time, traces))
        }
    }

    /// Notes what teaches `count` neurons; see ``Plasticity``.
    func targetsTaught(
        _ neurons: UnsafePointer<UInt32>, _ amounts: UnsafePointer<Int32>, _ count: Int, _ time: UInt32
    ) {
        guard Timing.isTaught else { return }
        for i in 0..<count {
            let neuron = Int(neurons[i])
            let last = histories.entries[neuron &* histories.depth].spike
            histories.push(
                neuron, TracedSpike(time: time, timing.signalTraces(amounts[i], at: time, last: last)))
        }
    }

    /// Takes a row through a spike of its source; see ``Plasticity``.
    func sourceSpiked(_ row: PlasticRow, _ arrival: PlasticArrival, _ ring: PlasticRing) {
        Self.learn(row, begin(row, arrival), ring, timing, weights[arrival.type])
    }

    /// Notes the spike at the row.
    func begin(_ row: PlasticRow, _ arrival: PlasticArrival) -> LearningPass {
        let last = row.last
        let traces = timing.preTraces(
            at: arrival.time, last: last,
            draw: draws.source(row.source, stage: row.stage, projection: arrival.projection, at: arrival.time))
        let now = TracedSpike(time: arrival.time, traces)
        row.last = now
        return LearningPass(
            last: last, now: now, late: arrival.late, layout: arrival.controls, delayMask: delayMask,
            leftShift: leftShifts[arrival.type], histories: histories.entries, depth: histories.depth,
            newest: histories.newest)
    }

    /// A synapse's weight with its target's spikes that have arrived since its source's last one; see ``Plasticity``.
    func pendingWeight(
        of number: Int, in row: PlasticRow, type: Int, _ layout: ControlLayout, at time: UInt32
    ) -> UInt16 {
        let control = row.controls[number]
        let last = row.last
        var synapse = row.synapseBytes.assumingMemoryBound(to: Timing.Synapse.self)[number]
        var weight = synapse.loaded(leftShifts[type])
        let window = LearningWindow(after: last.time, until: time, back: layout.delay(control) & delayMask)
        _ = Self.applyPostSpikes(
            histories.entries + layout.neuron(control) &* histories.depth, window, time &+ 1, last, timing,
            weights[type], &weight, &synapse)
        synapse.store(weight, leftShifts[type])
        return synapse.weight
    }

    /// Applies the target's spikes of a window, oldest first.
    ///
    /// - Parameters:
    ///   - history: The target's, newest first.
    ///   - present: Stamp of the last step that the chip would know of.
    /// - Returns: The newest spike that is not after the window, and whether there is one.
    @inline(__always)
    private static func applyPostSpikes(
        _ history: UnsafeMutablePointer<PostHistories.Entry>, _ window: LearningWindow, _ present: UInt32,
        _ last: TracedSpike, _ timing: Timing, _ rule: Weight, _ weight: inout Int32, _ synapse: inout Timing.Synapse
    ) -> (newest: UnsafeMutablePointer<PostHistories.Entry>, isThere: Bool) {
        var newest = history
        guard Timing.usesHistory else { return (newest, false) }
        while newest.pointee.stamp > present { newest += 1 }
        let limit = newest + PostHistories.visible
        while newest < limit && newest.pointee.stamp > window.end { newest += 1 }
        guard newest < limit && newest.pointee.stamp != 0 else { return (newest, false) }
        if newest.pointee.stamp > window.begin {
            var oldest = newest + 1
            while oldest < limit && oldest.pointee.stamp > window.begin { oldest += 1 }
            while oldest > newest {
                let previous = oldest < limit ? oldest.pointee.spike.time : 0
                oldest -= 1
                let spike = oldest.pointee
                timing.postSpike(
                    at: spike.stamp &- 1 &+ window.back, spike.traces, after: last, previousPost: previous, &weight,
                    &synapse, rule)
            }
        }
        return (newest, true)
    }

    /// Synapses before which histories and ring buffers are asked for.
    private static var ahead: Int { 12 }

    @inline(never)
    private static func learn(
        _ row: PlasticRow, _ pass: LearningPass, _ ring: PlasticRing, _ timing: Timing, _ rule: Weight
    ) {
        let count = row.count
        let controls = row.controls
        let synapses = row.synapseBytes.assumingMemoryBound(to: Timing.Synapse.self)
        let layout = pass.layout
        for i in 0..<count {
            if i &+ ahead < count {
                let coming = controls[i &+ ahead]
                cintrinsics_prefetch(pass.histories + layout.neuron(coming) &* pass.depth)
                cintrinsics_prefetch(
                    ring.slot + (Int(layout.delay(coming)) &* ring.stride &+ layout.neuron(coming)))
            }
            let control = controls[i]
            var synapse = synapses[i]
            learn(control, &synapse, pass, timing, rule)
            synapses[i] = synapse
            deliver(timing.delivered(synapse.weight, pass.now.traces), control, layout, pass.late, ring)
        }
    }

    /// Takes a synapse through its target's spikes and its source's.
    @inline(__always)
    static func learn(
        _ control: UInt32, _ synapse: inout Timing.Synapse, _ pass: LearningPass, _ timing: Timing, _ rule: Weight
    ) {
        let window = LearningWindow(
            after: pass.last.time, until: pass.now.time, back: pass.layout.delay(control) & pass.delayMask)
        var weight = synapse.loaded(pass.leftShift)
        let (newest, isThere) = applyPostSpikes(
            pass.histories + pass.layout.neuron(control) &* pass.depth, window, pass.now.time &+ pass.late &+ 1,
            pass.last, timing, rule, &weight, &synapse)
        if isThere {
            let spike = newest.pointee
            timing.preSpike(
                at: pass.now.time, pass.now.traces,
                after: TracedSpike(time: spike.stamp &- 1 &+ window.back, spike.traces), &weight, &synapse, rule)
        } else if Timing.actsAlone {
            timing.preSpike(at: pass.now.time, pass.now.traces, after: TracedSpike(), &weight, &synapse, rule)
        }
        synapse.store(weight, pass.leftShift)
    }

    /// Adds a weight to the ring buffer, unless it is too late, or has a stored delay of 0, which the chip never
    /// delivers.
    @inline(__always)
    static func deliver(
        _ weight: UInt16, _ control: UInt32, _ layout: ControlLayout, _ late: UInt32, _ ring: PlasticRing
    ) {
        let delay = layout.delay(control)
        guard delay > late else { return }
        let neuron = layout.neuron(control)
        let entry = ring.slot + (Int(delay) &* ring.stride &+ neuron)
        var sum = UInt32(entry.pointee) &+ UInt32(weight)
        if sum > 0xFFFF {
            sum = 0xFFFF
            ring.saturated[neuron] &+= 1
        }
        entry.pointee = UInt16(truncatingIfNeeded: sum)
    }
}

/// A spike of a source at the synapses of its row.
struct LearningPass {
    /// The source's spike before.
    let last: TracedSpike
    let now: TracedSpike
    /// Steps since now was: 0 where packets are never late.
    let late: UInt32
    let layout: ControlLayout
    /// All ones with back-propagation, 0 without.
    let delayMask: UInt32
    let leftShift: UInt32
    let histories: UnsafeMutablePointer<PostHistories.Entry>
    /// Entries of a neuron.
    let depth: Int
    let newest: UnsafeMutablePointer<PostHistories.Newest>
}

/// Stamps between which a target's spikes arrive at a synapse: those above `begin`, up to `end`.
struct LearningWindow {
    let begin: UInt32
    let end: UInt32
    /// The synapse's delay, with back-propagation.
    let back: UInt32

    @inline(__always)
    init(after last: UInt32, until now: UInt32, back: UInt32) {
        // Spikes are stamped with their step plus 1, so that 0 is none.
        begin = (last > back ? last &- back : 0) &+ 1
        end = (now > back ? now &- back : 0) &+ 1
        self.back = back
    }
}

/// Random words of rules that draw: a function of who spikes and when.
public struct WindowDraws: Sendable {
    private let philox: Philox4x32
    private let population: UInt32

    /// - Parameters:
    ///   - seed: Of the simulation.
    ///   - population: Number of the target population.
    public init(seed: UInt64, population: Int) {
        philox = Philox4x32(key: seed)
        self.population = UInt32(truncatingIfNeeded: population)
    }

    func target(_ neuron: UInt32, at time: UInt32) -> UInt32 {
        philox.block(neuron, time, population, Self.targetPurpose).0
    }

    func source(_ neuron: UInt32, stage: Int, projection: UInt32, at time: UInt32) -> UInt32 {
        philox.block(neuron, time, projection, Self.sourcePurpose &+ UInt32(truncatingIfNeeded: stage)).0
    }

    /// Fourth counter words that no other draws use.
    private static let targetPurpose: UInt32 = 0x5000_0000
    private static let sourcePurpose: UInt32 = 0x6000_0000
}
