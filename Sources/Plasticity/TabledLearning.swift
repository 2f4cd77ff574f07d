// What the chip does when a source neuron spikes, for many synapses at a time.
//
// How many spikes of its target a synapse has to make up for cannot be foreseen, so a branch on it is often wrong, and
// a synapse by itself leaves most of the processor idle. Rules that only multiply by a factor of a table are therefore
// taken through blocks of a row in steps, each a plain loop:
//
//     1  copy the newest spikes of the targets side by side
//     2  find which of them arrive, and where in the table their factors stand     (vectors)
//     3  look the factors up
//     4  move the weights                                                          (vectors)
//     5  put them into the ring buffers
//
// A synapse whose target has more spikes to take than were copied, or several that are still to come, goes the long way
// by itself before step 5.

import CIntrinsics
import FixedPoint

/// A timing rule whose spikes act by one factor, which decays with the time since the other neuron's spike.
///
/// - Source: Documentation/Chip.md, "Timing rules".
public protocol TabledTimingRule: TimingRule where Amount == Int32, Synapse == WeightOnly {
    /// Decay after the source's last spike, looked up at a target's spike.
    var postTable: DecayTable { get }
    /// Decay after the target's last spike, looked up at a source's spike.
    var preTable: DecayTable { get }

    /// The weight after a target's spike.
    ///
    /// - Parameters:
    ///   - factor: Of ``postTable``.
    ///   - pre: Trace of the source's last spike.
    ///   - isFirst: It is the first spike of the target since then.
    func postSpike<Rule: WeightRule>(_ weight: Int32, factor: Int32, pre: Int32, isFirst: Bool, _ rule: Rule) -> Int32
    where Rule.Amount == Int32

    /// The weight after a source's spike.
    ///
    /// - Parameters:
    ///   - factor: Of ``preTable``.
    ///   - post: Trace of the target's last spike.
    func preSpike<Rule: WeightRule>(_ weight: Int32, factor: Int32, post: Int32, _ rule: Rule) -> Int32
    where Rule.Amount == Int32
}

extension TabledTimingRule {
    @inline(__always)
    public func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        let elapsed = time &- pre.time
        weight = postSpike(
            weight, factor: postTable[elapsed], pre: Int32(pre.traces.first),
            isFirst: time &- previousPost >= elapsed, rule)
    }

    @inline(__always)
    public func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        weight = preSpike(weight, factor: preTable[time &- post.time], post: Int32(post.traces.first), rule)
    }
}

/// Words of a block of synapses between the steps, column by column.
///
/// All columns hang on one pointer at fixed distances, so that the compiler sees that they do not overlap.
private struct BlockColumns {
    /// Synapses of a block.
    static var length: Int { 128 }
    /// Words from a column to the next: no power of two, so that a synapse's words in all columns differ in their low
    /// address bits.
    static var stride: Int { 144 }
    /// Spikes of a target that a synapse can take here.
    static var taken: Int { 5 }
    /// Words of a ``PostHistories/Newest``: the first columns.
    static var copied: Int { 8 }
    static var columns: Int { copied + taken + 3 }

    let words: UnsafeMutablePointer<UInt32>

    /// Stamp of the target's spike `k`, the newest 0.
    @inline(__always)
    func stamp(_ k: Int, _ i: Int) -> UnsafeMutablePointer<UInt32> { words + (k &* Self.stride &+ i) }
    /// Traces of the target's spike `k` of the first two.
    @inline(__always)
    func traces(_ k: Int, _ i: Int) -> UnsafeMutablePointer<UInt32> { words + ((6 &+ k) &* Self.stride &+ i) }
    /// Place in the table of a spike to take, then its factor; that of the source's spike behind them.
    @inline(__always)
    func factor(_ k: Int, _ i: Int) -> UnsafeMutablePointer<UInt32> { words + ((8 &+ k) &* Self.stride &+ i) }
    /// 1 where the copied spikes do not suffice.
    @inline(__always)
    func isUnusual(_ i: Int) -> UnsafeMutablePointer<UInt32> { words + (14 &* Self.stride &+ i) }
    @inline(__always)
    func weight(_ i: Int) -> UnsafeMutablePointer<UInt32> { words + (15 &* Self.stride &+ i) }
}

extension PairwiseLearning where Timing: TabledTimingRule {
    /// Takes a row through a spike of its source, block by block; see ``Plasticity``.
    func sourceSpikedInBlocks(_ row: PlasticRow, _ arrival: PlasticArrival, _ ring: PlasticRing) {
        let pass = begin(row, arrival)
        let rule = weights[arrival.type]
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: BlockColumns.columns &* BlockColumns.stride) { words in
            let columns = BlockColumns(words: words.baseAddress!)
            let controls = row.controls
            let synapses = row.synapseBytes.assumingMemoryBound(to: WeightOnly.self)
            var first = 0
            while first < row.count {
                let count = min(BlockColumns.length, row.count &- first)
                Self.copySpikes(controls + first, count, pass, ring, columns)
                Self.findFactors(controls + first, count, pass, timing.postTable, timing.preTable, columns)
                Self.lookUpFactors(count, timing.postTable, timing.preTable, columns)
                Self.moveWeights(controls + first, synapses + first, count, pass, timing, rule, columns)
                Self.learnUnusual(controls + first, synapses + first, count, pass, timing, rule, columns)
                Self.deliver(controls + first, synapses + first, count, pass, ring, timing, columns)
                first &+= count
            }
        }
    }

    /// Step 1.
    @inline(never)
    private static func copySpikes(
        _ controls: UnsafePointer<UInt32>, _ count: Int, _ pass: LearningPass, _ ring: PlasticRing,
        _ columns: BlockColumns
    ) {
        let (layout, newest) = (pass.layout, pass.newest)
        @inline(__always)
        func spikes(_ i: Int) -> UnsafePointer<PostHistories.Newest> {
            let neuron = layout.neuron(controls[i])
            cintrinsics_prefetch(ring.slot + (Int(layout.delay(controls[i])) &* ring.stride &+ neuron))
            return UnsafePointer(newest + neuron)
        }
        var i = 0
        while i &+ 8 <= count {
            cintrinsics_transpose(
                spikes(i), spikes(i &+ 1), spikes(i &+ 2), spikes(i &+ 3), spikes(i &+ 4), spikes(i &+ 5),
                spikes(i &+ 6), spikes(i &+ 7), columns.words + i, BlockColumns.stride)
            i &+= 8
        }
        guard i < count else { return }
        // The columns have room for eight; those beyond the last are not read.
        let last = count &- 1
        cintrinsics_transpose(
            spikes(i), spikes(min(i &+ 1, last)), spikes(min(i &+ 2, last)), spikes(min(i &+ 3, last)),
            spikes(min(i &+ 4, last)), spikes(min(i &+ 5, last)), spikes(min(i &+ 6, last)), spikes(last),
            columns.words + i, BlockColumns.stride)
    }

    /// Step 2.
    @inline(never)
    private static func findFactors(
        _ controls: UnsafePointer<UInt32>, _ count: Int, _ pass: LearningPass, _ post: DecayTable, _ pre: DecayTable,
        _ columns: BlockColumns
    ) {
        let (layout, delayMask) = (pass.layout, pass.delayMask)
        let (last, now) = (pass.last.time, pass.now.time)
        for i in 0..<count {
            let back = layout.delay(controls[i]) & delayMask
            let window = LearningWindow(after: last, until: now, back: back)
            let stamps = (
                columns.stamp(0, i).pointee, columns.stamp(1, i).pointee, columns.stamp(2, i).pointee,
                columns.stamp(3, i).pointee, columns.stamp(4, i).pointee, columns.stamp(5, i).pointee
            )
            let traces = (columns.traces(0, i).pointee, columns.traces(1, i).pointee)
            columns.isUnusual(i).pointee = ((window.end &- stamps.1) | (window.begin &- stamps.5)) &>> 31
            // The newest spike may still have to come: with back-propagation, or when a rank is ahead.
            let isToCome = stamps.0 > window.end
            let arrived = (
                isToCome ? stamps.1 : stamps.0, isToCome ? stamps.2 : stamps.1, isToCome ? stamps.3 : stamps.2,
                isToCome ? stamps.4 : stamps.3, isToCome ? stamps.5 : stamps.4
            )
            columns.stamp(0, i).pointee = arrived.0
            columns.stamp(1, i).pointee = arrived.1
            columns.stamp(2, i).pointee = arrived.2
            columns.stamp(3, i).pointee = arrived.3
            columns.stamp(4, i).pointee = arrived.4
            columns.traces(0, i).pointee = isToCome ? traces.1 : traces.0
            let shift = back &- 1 &- last
            columns.factor(0, i).pointee = post.index(arrived.0 &+ shift)
            columns.factor(1, i).pointee = post.index(arrived.1 &+ shift)
            columns.factor(2, i).pointee = post.index(arrived.2 &+ shift)
            columns.factor(3, i).pointee = post.index(arrived.3 &+ shift)
            columns.factor(4, i).pointee = post.index(arrived.4 &+ shift)
            columns.factor(5, i).pointee = pre.index(now &+ 1 &- back &- arrived.0)
        }
    }

    /// Step 3.
    @inline(never)
    private static func lookUpFactors(_ count: Int, _ post: DecayTable, _ pre: DecayTable, _ columns: BlockColumns) {
        for k in 0...BlockColumns.taken {
            let table = k < BlockColumns.taken ? post : pre
            for i in 0..<count {
                let place = columns.factor(k, i)
                place.pointee = UInt32(bitPattern: table.factor(at: place.pointee))
            }
        }
    }

    /// Step 4.
    @inline(never)
    private static func moveWeights(
        _ controls: UnsafePointer<UInt32>, _ synapses: UnsafePointer<WeightOnly>, _ count: Int, _ pass: LearningPass,
        _ timing: Timing, _ rule: Weight, _ columns: BlockColumns
    ) {
        let (layout, delayMask, leftShift) = (pass.layout, pass.delayMask, pass.leftShift)
        let (last, now) = (pass.last.time, pass.now.time)
        let pre = Int32(pass.last.traces.first)
        for i in 0..<count {
            let window = LearningWindow(after: last, until: now, back: layout.delay(controls[i]) & delayMask)
            var weight = synapses[i].loaded(leftShift)
            let stamps = (
                columns.stamp(0, i).pointee, columns.stamp(1, i).pointee, columns.stamp(2, i).pointee,
                columns.stamp(3, i).pointee, columns.stamp(4, i).pointee
            )
            // Oldest first; the one before the oldest is before the source's last spike.
            @inline(__always)
            func take(_ k: Int, _ stamp: UInt32, isFirst: Bool) {
                let moved = timing.postSpike(
                    weight, factor: Int32(bitPattern: columns.factor(k, i).pointee), pre: pre, isFirst: isFirst, rule)
                weight = stamp > window.begin ? moved : weight
            }
            take(4, stamps.4, isFirst: true)
            take(3, stamps.3, isFirst: stamps.4 <= last &+ 1)
            take(2, stamps.2, isFirst: stamps.3 <= last &+ 1)
            take(1, stamps.1, isFirst: stamps.2 <= last &+ 1)
            take(0, stamps.0, isFirst: stamps.1 <= last &+ 1)
            let weakened = timing.preSpike(
                weight, factor: Int32(bitPattern: columns.factor(5, i).pointee),
                post: Int32(Traces(word: columns.traces(0, i).pointee).first), rule)
            columns.weight(i).pointee = UInt32(bitPattern: stamps.0 != 0 ? weakened : weight)
        }
    }

    /// Takes the synapses for which the copied spikes do not suffice.
    @inline(never)
    private static func learnUnusual(
        _ controls: UnsafePointer<UInt32>, _ synapses: UnsafePointer<WeightOnly>, _ count: Int, _ pass: LearningPass,
        _ timing: Timing, _ rule: Weight, _ columns: BlockColumns
    ) {
        var unusual = 0
        for i in 0..<count {
            let isUnusual = columns.isUnusual(i).pointee
            columns.isUnusual(unusual).pointee = UInt32(truncatingIfNeeded: i)
            unusual &+= Int(isUnusual)
        }
        for k in 0..<unusual {
            let i = Int(columns.isUnusual(k).pointee)
            var synapse = synapses[i]
            Self.learn(controls[i], &synapse, pass, timing, rule)
            columns.weight(i).pointee = UInt32(bitPattern: synapse.loaded(pass.leftShift))
        }
    }

    /// Step 5.
    @inline(never)
    private static func deliver(
        _ controls: UnsafePointer<UInt32>, _ synapses: UnsafeMutablePointer<WeightOnly>, _ count: Int,
        _ pass: LearningPass, _ ring: PlasticRing, _ timing: Timing, _ columns: BlockColumns
    ) {
        let (layout, leftShift, late, traces) = (pass.layout, pass.leftShift, pass.late, pass.now.traces)
        for i in 0..<count {
            synapses[i].store(Int32(bitPattern: columns.weight(i).pointee), leftShift)
            Self.deliver(timing.delivered(synapses[i].weight, traces), controls[i], layout, late, ring)
        }
    }
}
