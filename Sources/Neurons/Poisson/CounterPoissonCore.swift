// Poisson sources that draw from counters.
//
// Whatever is drawn is a function of seed, population, source and step: trains do not depend on which sources share a core.
// They are Poisson trains of exactly the rates asked for, unlike the chip's, whose intervals are whole ticks and whose counts
// are rounded normal variates at 10 spikes a step and above.
//
// Sources are treated in blocks of 64, counted from the population's first. A source that spikes often has a draw each step: 16
// bits that index a table of the counts of its mean (`PoissonTable`). The rare ones of a block are one Poisson process
// together: how many spikes it has in a window of steps is drawn first, then for each of these when it is and whose
// (`CounterPoissonBlock`). The spikes of a window are ordered by counting (`PoissonSpikes`), so that a step costs what its spikes
// cost, however low the rates are.
//
// A core whose slice begins or ends within a block treats the whole block and keeps what is its own.

import CIntrinsics
import FixedPoint

/// The Poisson sources of one core, drawing from counters.
///
/// - Determinism: A source's train depends on its block's rates, the window, the seed, the population and the step alone.
public final class CounterPoissonCore {
    /// Number of sources.
    public let count: Int
    private let blocks: [CounterPoissonBlock]
    private let blockCount: Int
    /// Number in the population of the first block's first source, and sources of the block before the slice.
    private let firstSource: Int
    private let hidden: Int
    private let tables: PoissonTables
    private let random: Philox4x32
    private let population: UInt32
    private let purpose: UInt32
    /// Words of the blocks' draws: four arrays of 8 words a block.
    private let words: UnsafeMutablePointer<UInt32>
    /// The sources that draw each step, up to the step `runsEnd`.
    private var runs: [Run] = []
    private var runsEnd: UInt32 = 0
    private let hasRare: Bool
    private var spikes: PoissonSpikes
    private var scratch = PoissonWords()
    /// The window that is listed.
    private var windowStart: UInt32 = 0
    private var windowEnd: UInt32 = 0

    /// Sources side by side that draw from one table.
    ///
    /// They are counted from the first source of the first block. The blocks keep the table.
    private struct Run {
        var start: Int
        var end: Int
        var cells: UnsafeMutablePointer<UInt16>
        var lowest: UInt32
        var certainZero: UInt16
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
        spikes = PoissonSpikes(
            steps: Self.window(mean: min(meanRate * timestep / 1000, CounterPoissonBlock.frequent)))
        words = .allocate(capacity: max(numbers.count * 32, 1))
    }

    deinit { words.deallocate() }

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
        var written = 0
        if !runs.isEmpty {
            let stride = blockCount &* 8
            random.fill(
                c1: tick, c2: population, c3: purpose, from: UInt32(truncatingIfNeeded: firstSource / 8), count: stride,
                into: words, words + stride, words + 2 &* stride, words + 3 &* stride)
            written = runs.withUnsafeBufferPointer { runs in
                var written = 0
                for run in runs {
                    written =
                        run.certainZero > 0x8000
                        ? drawFew(run, tick, output, written) : drawMany(run, tick, output, written)
                }
                return written
            }
        }
        guard hasRare else { return written }
        if tick >= windowEnd { list(tick) }
        let listed = spikes.sources(at: Int(tick - windowStart))
        return listed.isEmpty ? written : merge(listed, output, written)
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
                            certainZero: run.table.certainZero, table: .passUnretained(run.table)))
                }
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
        for (place, block) in blocks.enumerated() {
            block.list(
                windowStart, windowEnd, random, population: population, purpose: purpose | 1 << 30, &scratch,
                into: &spikes, from: place * CounterPoissonBlock.sources)
        }
        spikes.order()
    }

    /// Adds listed spikes to the counts written, which are few or none: both ascend.
    private func merge(
        _ listed: UnsafeBufferPointer<UInt32>, _ output: UnsafeMutablePointer<SourceSpikes>, _ drawn: Int
    ) -> Int {
        // What was drawn makes room at the end, where it cannot be overtaken.
        var (rest, behind) = (drawn, count)
        while rest > 0 {
            rest &-= 1
            behind &-= 1
            output[behind] = output[rest]
        }
        var written = 0
        let (first, end) = (UInt32(truncatingIfNeeded: hidden), UInt32(truncatingIfNeeded: count))
        for number in listed {
            let source = number &- first
            guard source < end else { continue }
            while behind < count, output[behind].source <= source {
                output[written] = output[behind]
                written &+= 1
                behind &+= 1
            }
            if written > 0, output[written &- 1].source == source {
                output[written &- 1].count &+= 1
            } else {
                output[written] = SourceSpikes(source: source, count: 1)
                written &+= 1
            }
        }
        while behind < count {
            output[written] = output[behind]
            written &+= 1
            behind &+= 1
        }
        return written
    }

    // MARK: - Sources that draw each step

    /// The half-words of 16 sources side by side: a quarter of a block's.
    @inline(__always)
    private func halves(_ sixteen: Int) -> UnsafePointer<UInt16> {
        let word = (sixteen & 3 &* blockCount &+ sixteen &>> 2) &* 8
        return UnsafeRawPointer(words + word).assumingMemoryBound(to: UInt16.self)
    }

    /// A count that 16 bits do not decide.
    @inline(never)
    private func count(_ half: UInt16, _ run: Run, _ source: Int, _ tick: UInt32) -> UInt32 {
        let number = UInt32(truncatingIfNeeded: firstSource + source)
        let lower = random.block(number, tick, population, purpose | 1).0
        return run.lowest &+ run.table._withUnsafeGuaranteedRef { $0.count(half, lower) }
    }

    /// Draws where most sources spike: each count is written, and stays where it is not 0.
    private func drawMany(
        _ run: Run, _ tick: UInt32, _ output: UnsafeMutablePointer<SourceSpikes>, _ written: Int
    ) -> Int {
        let (cells, lowest, hidden) = (run.cells, run.lowest, hidden)
        var written = written
        var source = run.start
        while source < run.end {
            let halves = halves(source &>> 4)
            let last = min(run.end, (source | 15) &+ 1)
            while source < last {
                let half = halves[source & 15]
                let cell = cells[Int(half &>> (16 - PoissonTable.cellBits))]
                let value = cell == PoissonTable.varies ? count(half, run, source, tick) : UInt32(cell) &+ lowest
                output[written] = SourceSpikes(source: UInt32(truncatingIfNeeded: source &- hidden), count: value)
                written &+= value != 0 ? 1 : 0
                source &+= 1
            }
        }
        return written
    }

    /// Draws where few sources spike: those with a draw that is certainly 0 are passed over in vectors.
    private func drawFew(
        _ run: Run, _ tick: UInt32, _ output: UnsafeMutablePointer<SourceSpikes>, _ written: Int
    ) -> Int {
        let (cells, lowest, limit, hidden) = (run.cells, run.lowest, run.certainZero, hidden)
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
                let half = halves(source &>> 4)[source & 15]
                let cell = cells[Int(half &>> (16 - PoissonTable.cellBits))]
                let value = cell == PoissonTable.varies ? count(half, run, source, tick) : UInt32(cell) &+ lowest
                output[written] = SourceSpikes(source: UInt32(truncatingIfNeeded: source &- hidden), count: value)
                written &+= value != 0 ? 1 : 0
            }
            first &+= 64
        }
        return written
    }
}
