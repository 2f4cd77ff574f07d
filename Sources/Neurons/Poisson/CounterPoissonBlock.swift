import FixedPoint

/// 64 neighbouring Poisson sources of a population that draw from counters.
///
/// - Determinism: depends on the sources' rates, the population and the seed; nothing of it on slices.
final class CounterPoissonBlock {
    static let sources = 64
    /// Spikes per step from which a source has a draw each step.
    static let frequent = 0.03125
    /// Most spikes that one count is drawn for, in the mean.
    private static let most = 64.0

    /// A rate of a source and the steps in which it holds.
    struct Span {
        /// Spikes per step.
        var mean: Double
        var start: UInt32
        var end: UInt32
    }

    /// Sources `start..<end` of the block, counted from its first, that draw from one table.
    struct Run {
        var start: Int
        var end: Int
        var table: PoissonTable
    }

    let number: Int
    private let spans: [[Span]]
    private let hasFewMeans: Bool

    /// Sources that draw each step, up to the step ``runsEnd``.
    private(set) var runs: [Run] = []
    private(set) var runsEnd: UInt32 = 0

    /// Spikes per step of all rare sources together and who has which share of them, up to the step `sharesEnd`.
    private var total = 0.0
    private var shares = AliasTable([])
    private var sharesEnd: UInt32 = 0
    /// For the spikes of `usualLength` steps.
    private var usual = PoissonInversion(mean: 0)
    private var usualLength: UInt32 = 0

    init(number: Int, spans: [[Span]]) {
        self.number = number
        self.spans = spans
        hasFewMeans = Set(spans.joined().map(\.mean)).count <= 4
    }

    /// The mean that a source draws each step; what is left of its mean is listed.
    ///
    /// Few means have a table each; many share tables at the multiples of a unit below them. A sum of Poisson counts is
    /// a Poisson count.
    private func drawn(of mean: Double) -> Double {
        guard mean >= Self.frequent else { return 0 }
        if hasFewMeans { return mean }
        let unit = mean < 4 ? Self.frequent : max(0.125, mean.binade / 1024)
        return (mean / unit).rounded(.down) * unit
    }

    /// Some source's spikes are listed at some time.
    var hasRare: Bool { spans.joined().contains { $0.mean > drawn(of: $0.mean) } }

    /// The rate of each source in a step, and the step up to which all hold.
    private func means(at time: UInt32) -> (means: [Double], end: UInt32) {
        var end = UInt32.max
        var means = [Double](repeating: 0, count: spans.count)
        for (source, list) in spans.enumerated() {
            for span in list where span.end > time {
                end = min(end, span.start > time ? span.start : span.end)
                if span.start <= time { means[source] = span.mean }
            }
        }
        return (means, end)
    }

    /// Sets ``runs`` to those of a step.
    func takeRuns(at time: UInt32, _ tables: PoissonTables) {
        let (means, end) = means(at: time)
        runs = []
        runsEnd = end
        for (source, mean) in means.enumerated() {
            let drawn = drawn(of: mean)
            guard drawn > 0 else { continue }
            let table = tables.table(mean: drawn)
            if let last = runs.last, last.end == source, last.table === table {
                runs[runs.count - 1].end = source + 1
            } else {
                runs.append(Run(start: source, end: source + 1, table: table))
            }
        }
    }

    /// Has rates and shares found anew at the next step, which may be an earlier one than the last.
    func rewind() {
        runsEnd = 0
        sharesEnd = 0
    }

    private func takeShares(at time: UInt32) {
        let (means, end) = means(at: time)
        let rare = means.map { $0 - drawn(of: $0) }
        total = rare.reduce(0, +)
        shares = AliasTable(rare)
        sharesEnd = end
        usualLength = 0
    }

    /// Draws the rare sources' spikes in steps `time..<end`: how many there are, then when and whose each is.
    ///
    /// - Parameters:
    ///   - spikes: has step − `time` and source of each added, in no order.
    ///   - firstSource: the number that `spikes` has for the block's first source.
    ///   - words: scratch.
    func list(
        _ time: UInt32, _ end: UInt32, _ random: Philox4x32, population: UInt32, purpose: UInt32,
        _ words: inout PoissonWords, into spikes: inout PoissonSpikes, from firstSource: Int
    ) {
        var start = time
        while start < end {
            if start >= sharesEnd { takeShares(at: start) }
            let stop = min(end, sharesEnd)
            if total > 0 {
                let length = stop - start
                let mean = Double(length) * total
                let parts = max(1, Int((mean / Self.most).rounded(.up)))
                if parts > 1 || length != usualLength {
                    usual = PoissonInversion(mean: mean / Double(parts))
                    usualLength = parts > 1 ? 0 : length
                }
                let c3 = purpose | UInt32(truncatingIfNeeded: number)
                var count = 0
                for part in 0..<parts {
                    let block = random.block(UInt32(truncatingIfNeeded: part), start, population, c3)
                    count += usual.count(block.0, block.1)
                }
                if count > 0 {
                    let blocks = words.reserve(count)
                    let words = words.words
                    random.fill(
                        c1: start, c2: population, c3: c3, from: UInt32(truncatingIfNeeded: parts), count: blocks,
                        into: words, words + blocks, words + 2 * blocks, words + 3 * blocks)
                    let (shift, first) = (start - time, UInt32(truncatingIfNeeded: firstSource))
                    shares.withPicks { pick in
                        for i in 0..<count {
                            let step = UInt32(truncatingIfNeeded: (UInt64(words[i]) &* UInt64(length)) &>> 32)
                            spikes.add(step &+ shift, first &+ pick(words[2 &* blocks &+ i]))
                        }
                    }
                }
            }
            start = stop
        }
    }
}

/// Poisson counts of a mean of 0 to some hundreds by inversion: from the mode up or down.
struct PoissonInversion {
    private let mean: Double
    private let mode: Int
    /// Probability of the mode, and of at most the mode.
    private let weight: Double
    private let sum: Double

    init(mean: Double) {
        self.mean = mean
        mode = Int(mean)
        var (term, sum, weight, below) = (1.0, 1.0, 1.0, 1.0)
        var n = 0
        // Relative to the probability of 0, whose inverse, e^mean, is the sum of all.
        while n <= mode || term > sum * 0x1p-60 {
            n += 1
            term *= mean / Double(n)
            sum += term
            if n == mode { (weight, below) = (term, sum) }
        }
        self.weight = weight / sum
        self.sum = below / sum
    }

    /// The count of a uniform of 53 bits.
    func count(_ upper: UInt32, _ lower: UInt32) -> Int {
        let uniform = Double(UInt64(upper) << 21 | UInt64(lower) >> 11) * 0x1p-53
        var (count, weight, sum) = (mode, weight, sum)
        if uniform < sum {
            while count > 0, uniform < sum - weight {
                sum -= weight
                weight *= Double(count) / mean
                count -= 1
            }
        } else {
            while uniform >= sum, weight > 0x1p-80 {
                count += 1
                weight *= mean / Double(count)
                sum += weight
            }
        }
        return count
    }
}

/// Picks one of 64 by weight, with one comparison.
///
/// - Source: Walker, "An efficient method for generating discrete random variables with general distributions", 1977.
struct AliasTable {
    /// Below this, of 2²⁶, an entry stands for itself.
    private var limits: [UInt32]
    private var others: [UInt32]

    /// A table of at most 64 weights of at least 0.
    init(_ weights: [Double]) {
        let count = 64
        limits = Array(repeating: 1 << 26, count: count)
        others = (0..<UInt32(count)).map { $0 }
        let mean = weights.reduce(0, +) / Double(count)
        guard mean > 0 else { return }
        var left = (0..<count).map { $0 < weights.count ? weights[$0] / mean : 0 }
        var small = left.indices.filter { left[$0] < 1 }
        var large = left.indices.filter { left[$0] >= 1 }
        while let entry = small.popLast(), let giver = large.last {
            limits[entry] = UInt32((left[entry] * 0x1p26).rounded())
            others[entry] = UInt32(giver)
            left[giver] -= 1 - left[entry]
            if left[giver] < 1 { small.append(large.removeLast()) }
        }
    }

    /// Lends a function from a uniform word to an entry.
    @inline(__always)
    func withPicks(_ body: ((UInt32) -> UInt32) -> Void) {
        limits.withUnsafeBufferPointer { limits in
            others.withUnsafeBufferPointer { others in
                body { word in
                    let entry = word >> 26
                    return word & 0x03FF_FFFF < limits[Int(entry)] ? entry : others[Int(entry)]
                }
            }
        }
    }
}
