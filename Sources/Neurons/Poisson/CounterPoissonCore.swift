// Poisson sources that draw from counters.
//
// Whatever is drawn is a function of seed, population, source and step: trains do not depend on which sources share a
// core. They are Poisson trains of exactly the rates asked for, unlike the chip's, whose intervals are whole ticks and
// whose counts are rounded normal variates at 10 spikes a step and above.
//
// Sources are treated in blocks of 64, counted from the population's first. A source that spikes often has a draw each
// step: 16 bits that index a table of the counts of its mean (`PoissonTable`). The rare ones of a block are one Poisson
// process together: how many spikes it has in a window of steps is drawn first, then for each of these when it is and
// whose (`CounterPoissonBlock`). The spikes of a window are bits by step and source (`PoissonSpikes`), so that a step
// costs what its spikes cost, however low the rates are.
//
// A core whose slice begins or ends within a block treats the whole block and keeps what is its own.

import CIntrinsics
import FixedPoint

/// The Poisson sources of one core, drawing from counters.
///
/// - Determinism: A source's train depends on its block's rates, the window, the seed, the population and the step
///   alone.
public final class CounterPoissonCore {
    /// Number of sources.
    public let count: Int
    let blocks: [CounterPoissonBlock]
    private let blockCount: Int
    /// Number in the population of the first block's first source, and sources of the block before the slice.
    private let firstSource: Int
    private let hidden: Int
    /// Those of the rank.
    public let tables: PoissonTables
    private let random: Philox4x32
    private let population: UInt32
    private let purpose: UInt32
    /// Words of the blocks' draws: four arrays of 8 words a block.
    private let words: UnsafeMutablePointer<UInt32>
    /// The sources that draw each step, up to the step `runsEnd`.
    private var runs: [Run] = []
    var runsEnd: UInt32 = 0
    /// The same where all sources that spike at all draw each step, and spike often, but never more often than 255
    /// times; otherwise empty.
    private var denseRuns = UnsafeMutableBufferPointer<Run>(start: nil, count: 0)
    /// Counts of 64 sources of which some belong to others.
    private let border: UnsafeMutablePointer<UInt8>
    /// The sources are drawn one by one, since some spike rarely as well or neighbours have tables of their own.
    private var isMixed = false
    /// By source, counted from the first of the first block: below it a draw is certainly 0, and the table.
    private let limits: UnsafeMutablePointer<UInt16>
    private var sourceRuns: [Run] = []
    /// By block: the sources of the slice, and those that draw each step.
    private var shown: [UInt64] = []
    private var drawing: [UInt64] = []
    private let hasRare: Bool
    /// Most words of 64 sources have no spike in a step.
    private let isSparse: Bool
    private var spikes: PoissonSpikes
    private var scratch = PoissonWords()
    /// The window that is listed.
    private var windowStart: UInt32 = 0
    var windowEnd: UInt32 = 0

    /// Sources side by side that draw from one table.
    ///
    /// They are counted from the first source of the first block. The blocks keep the table.
    private struct Run {
        var start: Int
        var end: Int
        var cells: UnsafeMutablePointer<UInt16>
        var lowest: UInt32
        var certainZero: UInt16
        var limits: UnsafeMutablePointer<UInt16>
        var limitCount: Int
        var limitBase: UInt8
        var table: Unmanaged<PoissonTable>
    }

    /// Steps that are listed at a time where a source has `mean` spikes a step on average: a power of two.
    private static func window(mean: Double) -> Int {
        var steps = 1
        while steps < 1024, Double(2 * steps * CounterPoissonBlock.sources) * mean <= 64 { steps *= 2 }
        return steps
    }

    /// Sets up the sources `slice` of a population.
    ///
    /// - Parameters:
    ///   - slice: numbers of the sources in the population.
    ///   - size: sources of the population.
    ///   - timing: turns times into ticks as the chip does.
    ///   - timestep: ms, 0 ..< 1000.
    ///   - meanRate: Hz of a source of the population, roughly; trains depend on it, their statistics do not.
    ///   - seed: of the population.
    ///   - purpose: the last word of the counters; its lower 31 bits are zero, and all words from it on are taken.
    ///   - tables: of the rank.
    ///   - rates: of any source of the population, in order of their start.
    public init(
        slice: Range<Int>, size: Int, timing: PoissonTiming, timestep: Double, meanRate: Double, seed: UInt64,
        population: UInt32, purpose: UInt32, tables: PoissonTables, rates: (Int) -> [PoissonRate]
    ) {
        count = slice.count
        random = Philox4x32(key: seed)
        self.population = population
        self.purpose = purpose
        self.tables = tables
        let width = CounterPoissonBlock.sources
        let numbers = slice.isEmpty ? 0..<0 : slice.lowerBound / width..<(slice.upperBound - 1) / width + 1
        blocks = numbers.map { number in
            CounterPoissonBlock(
                number: number,
                spans: (number * width..<min((number + 1) * width, size)).map { source in
                    Self.spans(rates(source), timing, timestep: timestep)
                })
        }
        blockCount = blocks.count
        firstSource = numbers.lowerBound * width
        hidden = slice.lowerBound - firstSource
        hasRare = blocks.contains(where: \.hasRare)
        isSparse = meanRate * timestep / 1000 * Double(width) < 0.1
        spikes = PoissonSpikes(
            steps: Self.window(mean: min(meanRate * timestep / 1000, CounterPoissonBlock.frequent)),
            blocks: hasRare ? numbers.count : 0)
        words = .allocate(capacity: max(numbers.count * 32, 1))
        limits = .allocate(capacity: max(numbers.count * width, 1))
        border = .allocate(capacity: width)
        let shownSources = hidden..<hidden + slice.count
        shown = (0..<numbers.count).map { block in
            let sources = (block * width..<(block + 1) * width).clamped(to: shownSources)
            return Self.bits(sources.lowerBound - block * width..<sources.upperBound - block * width)
        }
    }

    deinit {
        words.deallocate()
        limits.deallocate()
        border.deallocate()
        denseRuns.deallocate()
    }

    /// The bits of a range of 0 ..< 64.
    private static func bits(_ range: Range<Int>) -> UInt64 {
        range.isEmpty ? 0 : (UInt64.max >> UInt64(64 - range.count)) << UInt64(range.lowerBound)
    }

    /// When which rate holds: each to its own end, and no longer than to the start of the next.
    private static func spans(
        _ rates: [PoissonRate], _ timing: PoissonTiming, timestep: Double
    ) -> [CounterPoissonBlock.Span] {
        var spans: [CounterPoissonBlock.Span] = []
        for (index, rate) in rates.enumerated() {
            let start = timing.ticks(rate.start)
            var end = UInt32.max
            if let duration = rate.duration {
                let (sum, overflow) = start.addingReportingOverflow(timing.ticks(duration))
                end = overflow ? .max : sum
            }
            if index + 1 < rates.count { end = min(end, timing.ticks(rates[index + 1].start)) }
            let mean = Double(rate.rate) * 0x1p-32 * timestep / 1000
            if start < end, mean > 0 { spans.append(CounterPoissonBlock.Span(mean: mean, start: start, end: end)) }
        }
        return spans
    }

    /// Advances the sources by one tick.
    ///
    /// - Parameters:
    ///   - tick: the tick; each call names a later one than the call before.
    ///   - output: receives a pair for every source that spiked, ascending; room for ``count``.
    /// - Returns: the number of pairs written.
    /// - Complexity: O(spikes + sources that spike often); no allocation between changes of rates.
    public func tick(_ tick: UInt32, into output: UnsafeMutablePointer<SourceSpikes>) -> Int {
        if tick >= runsEnd { takeRuns(at: tick) }
        if !runs.isEmpty { drawWords(tick) }
        guard hasRare else {
            if isMixed { return drawMixed(nil, tick, output) }
            return runs.withUnsafeBufferPointer { runs in
                var written = 0
                for run in runs {
                    written =
                        run.certainZero > 0x8000
                        ? drawFew(run, tick, output, written) : drawMany(run, tick, output, written)
                }
                return written
            }
        }
        if tick >= windowEnd { list(tick) }
        let step = tick &- windowStart
        let listed = spikes.sources(at: Int(step))
        let written = runs.isEmpty ? take(listed, output) : drawMixed(listed, tick, output)
        if !spikes.again.isEmpty { addAgain(step, output, written) }
        return written
    }

    /// Advances the sources by one tick where they spike often: ``tick(_:into:)`` in another form.
    ///
    /// - Parameter output: receives how often each source spiked, `[count]`.
    /// - Returns: `false`: nothing was done, since some sources spike rarely, or so often that a byte cannot count it.
    public func tickDense(_ tick: UInt32, into output: UnsafeMutablePointer<UInt8>) -> Bool {
        if tick >= runsEnd { takeRuns(at: tick) }
        guard !denseRuns.isEmpty else { return false }
        drawWords(tick)
        var next = 0
        for run in denseRuns {
            let (start, end) = (run.start &- hidden, run.end &- hidden)
            (output + next).update(repeating: 0, count: start &- next)
            drawAll(run, tick, output)
            next = end
        }
        (output + next).update(repeating: 0, count: count &- next)
        return true
    }

    private func drawWords(_ tick: UInt32) {
        let stride = blockCount &* 8
        random.fill(
            c1: tick, c2: population, c3: purpose, from: UInt32(truncatingIfNeeded: firstSource / 8), count: stride,
            into: words, words + stride, words + 2 &* stride, words + 3 &* stride)
    }

    private func takeRuns(at tick: UInt32) {
        runsEnd = .max
        runs = []
        for (place, block) in blocks.enumerated() {
            if tick >= block.runsEnd { block.takeRuns(at: tick, tables) }
            runsEnd = min(runsEnd, block.runsEnd)
            for run in block.runs {
                let start = max(place * CounterPoissonBlock.sources + run.start, hidden)
                let end = min(place * CounterPoissonBlock.sources + run.end, hidden + count)
                guard start < end else { continue }
                if let last = runs.last, last.end == start, last.cells == run.table.cells {
                    runs[runs.count - 1].end = end
                } else {
                    runs.append(
                        Run(
                            start: start, end: end, cells: run.table.cells, lowest: run.table.lowest,
                            certainZero: run.table.certainZero, limits: run.table.limits,
                            limitCount: run.table.limitCount, limitBase: run.table.limitBase,
                            table: .passUnretained(run.table)))
                }
            }
        }
        let isDense =
            !hasRare
            && runs.allSatisfy { run in
                run.certainZero < 0xC000 && run.table._withUnsafeGuaranteedRef { $0.highest <= 255 }
            }
        denseRuns.deallocate()
        denseRuns = .allocate(capacity: isDense ? runs.count : 0)
        _ = denseRuns.initialize(from: isDense ? runs : [])
        isMixed = !runs.isEmpty && (hasRare || runs.count > 4 * blockCount)
        if isMixed { takeSourceRuns() }
    }

    private func takeSourceRuns() {
        drawing = Array(repeating: 0, count: blockCount)
        sourceRuns = Array(repeating: runs[0], count: blockCount * CounterPoissonBlock.sources)
        limits.initialize(repeating: .max, count: blockCount * CounterPoissonBlock.sources)
        for run in runs {
            for source in run.start..<run.end {
                drawing[source / CounterPoissonBlock.sources] |= 1 << UInt64(source % CounterPoissonBlock.sources)
                limits[source] = run.certainZero
                sourceRuns[source] = run
            }
        }
    }

    // MARK: - Sources that spike rarely

    /// Lists the spikes of the window that a tick lies in.
    private func list(_ tick: UInt32) {
        let steps = UInt32(truncatingIfNeeded: spikes.steps)
        windowStart = tick & ~(steps - 1)
        let (end, overflow) = windowStart.addingReportingOverflow(steps)
        windowEnd = overflow ? .max : end
        spikes.removeAll()
        for (place, block) in blocks.enumerated() {
            block.list(
                windowStart, windowEnd, random, population: population, purpose: purpose | 1 << 30, &scratch,
                into: &spikes, from: place * CounterPoissonBlock.sources)
        }
    }

    /// Writes the sources whose bits are set, each with one spike.
    ///
    /// How many bits a word has cannot be foreseen: of all words but the last some are written in any case, and
    /// overwritten where they were not set.
    private func take(_ listed: UnsafePointer<UInt64>, _ output: UnsafeMutablePointer<SourceSpikes>) -> Int {
        var written = 0
        var first = UInt32(truncatingIfNeeded: -hidden)
        shown.withUnsafeBufferPointer { shown in
            let last = shown.count &- 1
            for block in 0..<max(last, 0) {
                var bits = listed[block] & shown[block]
                if isSparse, bits == 0 {
                    first &+= 64
                    continue
                }
                repeat {
                    for _ in 0..<2 {
                        let source = first &+ UInt32(truncatingIfNeeded: bits.trailingZeroBitCount)
                        output[written] = SourceSpikes(source: source, count: 1)
                        written &+= bits != 0 ? 1 : 0
                        bits &= bits &- 1
                    }
                } while bits != 0
                first &+= 64
            }
            var bits = last < 0 ? 0 : listed[last] & shown[last]
            while bits != 0 {
                let source = first &+ UInt32(truncatingIfNeeded: bits.trailingZeroBitCount)
                output[written] = SourceSpikes(source: source, count: 1)
                written &+= 1
                bits &= bits &- 1
            }
        }
        return written
    }

    /// Adds the spikes of a step that were not their source's first.
    private func addAgain(_ step: UInt32, _ output: UnsafeMutablePointer<SourceSpikes>, _ written: Int) {
        for spike in spikes.again where spike.step == step {
            let source = spike.source &- UInt32(truncatingIfNeeded: hidden)
            guard let place = (0..<written).first(where: { output[$0].source == source }) else { continue }
            output[place].count &+= 1
        }
    }

    // MARK: - Sources that draw each step

    /// The half-words of 16 sources side by side: a quarter of a block's.
    @inline(__always)
    private func halves(_ sixteen: Int) -> UnsafePointer<UInt16> {
        let word = (sixteen & 3 &* blockCount &+ sixteen &>> 2) &* 8
        return UnsafeRawPointer(words + word).assumingMemoryBound(to: UInt16.self)
    }

    /// A count whose cell has parts.
    @inline(never)
    private func count(_ cell: UInt16, _ half: UInt16, _ run: Run, _ source: Int, _ tick: UInt32) -> UInt32 {
        let part = run.cells[PoissonTable.part(cell, half)]
        if part != PoissonTable.varies { return run.lowest &+ UInt32(part) }
        let number = UInt32(truncatingIfNeeded: firstSource + source)
        let lower = random.block(number, tick, population, purpose | 1).0
        return run.lowest &+ run.table._withUnsafeGuaranteedRef { $0.count(half, lower) }
    }

    /// The count of a source whose draw is `half`.
    @inline(__always)
    private func count(_ half: UInt16, _ run: Run, _ source: Int, _ tick: UInt32) -> UInt32 {
        let cell = run.cells[Int(half &>> (16 - PoissonTable.cellBits))]
        return cell >= PoissonTable.hasParts ? count(cell, half, run, source, tick) : UInt32(cell) &+ run.lowest
    }

    /// Calls `body` with every source of a run and its count.
    @inline(__always)
    private func forEachCount(_ run: Run, _ tick: UInt32, _ body: (_ source: Int, _ count: UInt32) -> Void) {
        var source = run.start
        while source < run.end {
            let halves = halves(source &>> 4)
            let last = min(run.end, (source | 15) &+ 1)
            while source < last {
                body(source, count(halves[source & 15], run, source, tick))
                source &+= 1
            }
        }
    }

    /// Draws where most sources spike: each count is written, and stays where it is not 0.
    private func drawMany(
        _ run: Run, _ tick: UInt32, _ output: UnsafeMutablePointer<SourceSpikes>, _ written: Int
    ) -> Int {
        let hidden = hidden
        var written = written
        forEachCount(run, tick) { source, count in
            output[written] = SourceSpikes(source: UInt32(truncatingIfNeeded: source &- hidden), count: count)
            written &+= count != 0 ? 1 : 0
        }
        return written
    }

    /// Draws the counts of a run as bytes: 64 sources at a time are compared with the limits, where these are few.
    private func drawAll(_ run: Run, _ tick: UInt32, _ output: UnsafeMutablePointer<UInt8>) {
        let output = output - hidden
        guard run.limitCount > 0 else {
            forEachCount(run, tick) { source, count in output[source] = UInt8(truncatingIfNeeded: count) }
            return
        }
        let width = CounterPoissonBlock.sources
        var first = run.start & ~(width &- 1)
        while first < run.end {
            let isWhole = first >= run.start && first &+ width <= run.end
            let counts = isWhole ? output + first : border
            var unsettled = cintrinsics_count_exceeded(
                halves(first &>> 4), 16 &* blockCount, run.limits, run.limitCount, run.limitBase, counts)
            if !isWhole {
                let (start, end) = (max(first, run.start), min(first &+ width, run.end))
                (output + start).update(from: border + (start &- first), count: end &- start)
                unsettled &= Self.bits(start &- first..<end &- first)
            }
            while unsettled != 0 {
                let source = first &+ unsettled.trailingZeroBitCount
                unsettled &= unsettled &- 1
                output[source] = UInt8(
                    truncatingIfNeeded: count(halves(source &>> 4)[source & 15], run, source, tick))
            }
            first &+= width
        }
    }

    /// Draws where few sources spike: those with a draw that is certainly 0 are passed over in vectors.
    private func drawFew(
        _ run: Run, _ tick: UInt32, _ output: UnsafeMutablePointer<SourceSpikes>, _ written: Int
    ) -> Int {
        let (limit, hidden) = (run.certainZero, hidden)
        var written = written
        var first = run.start & ~63
        while first < run.end {
            var candidates: UInt64 = 0
            for quarter in 0..<4 {
                let bits = UInt64(cintrinsics_not_below(halves(first &>> 4 &+ quarter), limit))
                candidates |= bits &<< UInt64(truncatingIfNeeded: 16 &* quarter)
            }
            if run.start > first { candidates &= .max &<< UInt64(truncatingIfNeeded: run.start &- first) }
            if run.end < first &+ 64 { candidates &= .max &>> UInt64(truncatingIfNeeded: first &+ 64 &- run.end) }
            while candidates != 0 {
                let source = first &+ candidates.trailingZeroBitCount
                candidates &= candidates &- 1
                let value = count(halves(source &>> 4)[source & 15], run, source, tick)
                output[written] = SourceSpikes(source: UInt32(truncatingIfNeeded: source &- hidden), count: value)
                written &+= value != 0 ? 1 : 0
            }
            first &+= 64
        }
        return written
    }

    /// Draws where neighbours have tables of their own or listed spikes as well.
    private func drawMixed(
        _ listed: UnsafePointer<UInt64>?, _ tick: UInt32, _ output: UnsafeMutablePointer<SourceSpikes>
    ) -> Int {
        let (limits, hidden) = (limits, hidden)
        var written = 0
        sourceRuns.withUnsafeBufferPointer { runs in
            for block in 0..<blockCount {
                let first = block &* CounterPoissonBlock.sources
                var drawn: UInt64 = 0
                for quarter in 0..<4 {
                    let bits = UInt64(
                        cintrinsics_not_below_each(
                            halves(first &>> 4 &+ quarter), limits + (first &+ 16 &* quarter)))
                    drawn |= bits &<< UInt64(truncatingIfNeeded: 16 &* quarter)
                }
                drawn &= drawing[block]
                let listed = listed?[block] ?? 0
                var candidates = (drawn | listed) & shown[block]
                while candidates != 0 {
                    let place = candidates.trailingZeroBitCount
                    candidates &= candidates &- 1
                    let source = first &+ place
                    var value = UInt32(truncatingIfNeeded: listed &>> UInt64(truncatingIfNeeded: place)) & 1
                    if drawn &>> UInt64(truncatingIfNeeded: place) & 1 != 0 {
                        let half = halves(source &>> 4)[source & 15]
                        let cell = runs[source].cells[Int(half &>> (16 - PoissonTable.cellBits))]
                        value &+=
                            cell >= PoissonTable.hasParts
                            ? count(cell, half, runs[source], source, tick) : UInt32(cell) &+ runs[source].lowest
                    }
                    output[written] = SourceSpikes(source: UInt32(truncatingIfNeeded: source &- hidden), count: value)
                    written &+= value != 0 ? 1 : 0
                }
            }
        }
        return written
    }
}
