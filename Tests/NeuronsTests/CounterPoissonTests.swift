import FixedPoint
import Foundation
import Neurons
import Testing

/// Counts `[ticks][sources]` of a slice of a population.
private func counts(
    _ rates: [[PoissonRate]], _ slice: Range<Int>? = nil, ticks: Int, meanRate: Double, timestep: Double = 1,
    seed: UInt64 = 7, population: UInt32 = 3
) -> [[UInt32]] {
    let slice = slice ?? 0..<rates.count
    let core = CounterPoissonCore(
        slice: slice, size: rates.count, timing: PoissonTiming(timestep: timestep), timestep: timestep,
        meanRate: meanRate, seed: seed, population: population, purpose: 1 << 31, tables: PoissonTables()
    ) { rates[$0] }
    let output = UnsafeMutablePointer<SourceSpikes>.allocate(capacity: slice.count)
    defer { output.deallocate() }
    return (0..<UInt32(ticks)).map { tick in
        var row = [UInt32](repeating: 0, count: slice.count)
        let written = core.tick(tick, into: output)
        for i in 0..<written {
            #expect(output[i].count > 0)
            #expect(i == 0 || output[i - 1].source < output[i].source)
            row[Int(output[i].source)] = output[i].count
        }
        return row
    }
}

/// The same counts from the dense form; `nil` where it does not serve.
private func denseCounts(
    _ rates: [[PoissonRate]], _ slice: Range<Int>, ticks: Int, meanRate: Double
) -> [[UInt32]]? {
    let core = CounterPoissonCore(
        slice: slice, size: rates.count, timing: PoissonTiming(timestep: 1), timestep: 1,
        meanRate: meanRate, seed: 7, population: 3, purpose: 1 << 31, tables: PoissonTables()
    ) { rates[$0] }
    let output = UnsafeMutablePointer<UInt8>.allocate(capacity: slice.count)
    defer { output.deallocate() }
    var rows: [[UInt32]] = []
    for tick in 0..<UInt32(ticks) {
        guard core.tickDense(tick, into: output) else { return nil }
        rows.append((0..<slice.count).map { UInt32(output[$0]) })
    }
    return rows
}

/// `n` sources of one mean count a step of 1 ms.
private func alike(_ mean: Double, _ n: Int) throws -> [[PoissonRate]] {
    Array(repeating: [try #require(PoissonRate(hertz: mean * 1000))], count: n)
}

/// Poisson probabilities of 0 ..< n, by their logarithms.
private func poisson(_ mean: Double, _ n: Int) -> [Double] {
    var logarithm = -mean
    return (0..<n).map { k in
        if k > 0 { logarithm += log(mean / Double(k)) }
        return exp(logarithm)
    }
}

/// χ² per degree of freedom of counts against a Poisson distribution; classes of less than 5 expected counts are
/// joined.
private func chiSquare(_ counts: some Sequence<UInt32>, mean: Double) -> Double {
    var seen: [UInt32: Int] = [:]
    var total = 0
    for count in counts {
        seen[count, default: 0] += 1
        total += 1
    }
    let highest = Int(seen.keys.max() ?? 0) + 1
    var (sum, classes) = (0.0, 0)
    var (expected, found, rest) = (0.0, 0.0, 1.0)
    for (k, p) in poisson(mean, highest).enumerated() {
        expected += p * Double(total)
        found += Double(seen[UInt32(k)] ?? 0)
        rest -= p
        guard expected >= 5, rest * Double(total) >= 5 else { continue }
        sum += (found - expected) * (found - expected) / expected
        classes += 1
        (expected, found) = (0, 0)
    }
    expected += max(rest, 0) * Double(total)
    sum += (found - expected) * (found - expected) / max(expected, 1)
    return sum / Double(max(classes, 1))
}

@Suite struct CounterPoissonTests {
    /// Counts of many sources at a time are those of each by itself, in a million draws a mean: also those that 16 bits
    /// leave open.
    @Test(arguments: [0.3, 0.9, 1.7, 5, 11, 14, 40, 100]) func denseAndListedCountsAgree(mean: Double) throws {
        let rates = try alike(mean, 700)
        for slice in [0..<700, 0..<64, 3..<61, 37..<500, 128..<129, 60..<200] {
            let ticks = min(1 + 500_000 / slice.count, 1000)
            let dense = denseCounts(rates, slice, ticks: ticks, meanRate: mean * 1000)
            let agree = dense == counts(rates, slice, ticks: ticks, meanRate: mean * 1000)
            #expect(agree, "\(slice)")
        }
    }

    /// Neighbours of different means, and some that never spike.
    @Test func denseAndListedCountsOfManyMeansAgree() throws {
        var rates: [[PoissonRate]] = []
        for mean in [0.4, 2, 13, 60, 0, 1] {
            rates += mean == 0 ? Array(repeating: [], count: 70) : try alike(mean, 70)
        }
        let dense = denseCounts(rates, 5..<400, ticks: 2000, meanRate: 2000)
        let agree = dense == counts(rates, 5..<400, ticks: 2000, meanRate: 2000)
        #expect(agree)
        // A byte cannot count these.
        let isServed = try denseCounts(alike(150, 64), 0..<64, ticks: 1, meanRate: 150_000) != nil
        #expect(!isServed)
    }

    /// Rare and frequent sources, rates that change, start and end.
    private func mixedRates(_ n: Int) throws -> [[PoissonRate]] {
        var random = KISS64(x: 5, y: 6, z: 7, c: 8)
        return try (0..<n).map { _ in
            let hertz = [0, 0.3, 8, 20, 60, 900, 15000][Int(random.next() % 7)] + Double(random.next() % 5)
            let start = Double(random.next() % 3 == 0 ? random.next() % 300 : 0)
            let duration = random.next() % 3 == 0 ? Double(random.next() % 300) : nil
            let first = try #require(PoissonRate(hertz: hertz, start: start, duration: duration))
            guard random.next() % 4 == 0 else { return [first] }
            return [first, try #require(PoissonRate(hertz: 40, start: start + 100))]
        }
    }

    @Test(arguments: [0.5, 20.0, 900]) func trainsDoNotDependOnTheSlices(meanRate: Double) throws {
        let rates = try mixedRates(300)
        let whole = counts(rates, ticks: 400, meanRate: meanRate)
        #expect(whole.joined().contains { $0 > 0 })
        for slices in [[0..<37, 37..<150, 150..<300], [0..<64, 64..<65, 65..<300]] {
            let parts = slices.map { counts(rates, $0, ticks: 400, meanRate: meanRate) }
            for tick in whole.indices { #expect(parts.flatMap { $0[tick] } == whole[tick], "tick \(tick)") }
        }
    }

    @Test func trainsDifferBySeedAndPopulation() throws {
        for mean in [0.01, 1] {
            let rates = try alike(mean, 64)
            let one = counts(rates, ticks: 300, meanRate: mean * 1000)
            #expect(counts(rates, ticks: 300, meanRate: mean * 1000) == one)
            #expect(counts(rates, ticks: 300, meanRate: mean * 1000, seed: 8) != one)
            #expect(counts(rates, ticks: 300, meanRate: mean * 1000, population: 4) != one)
        }
    }

    /// Mean and variance of a count are the mean asked for: within 4.5 standard errors.
    @Test(arguments: [0.0003, 0.004, 0.02, 0.031, 0.032, 0.1, 0.7, 2.5, 9.9, 14, 90, 700])
    func momentsArePoissons(mean: Double) throws {
        let (n, ticks) = (200, mean < 0.01 ? 20000 : 1000)
        let counts = counts(try alike(mean, n), ticks: ticks, meanRate: mean * 1000).joined().map(Double.init)
        let samples = Double(n * ticks)
        let found = counts.reduce(0, +) / samples
        #expect((found - mean).magnitude < 4.5 * (mean / samples).squareRoot())
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / samples
        #expect((variance - mean).magnitude < 4.5 * ((mean + 2 * mean * mean) / samples).squareRoot())
    }

    /// Sources of one block with a mean each: every one has its own.
    @Test(arguments: [(0.0, 0.02), (0.01, 0.06), (0.03, 2.0), (1, 30)]) func everySourceHasItsMean(
        low: Double, high: Double
    ) throws {
        let means = (0..<100).map { low + (high - low) * Double($0) / 100 }
        let rates = try means.map { [try #require(PoissonRate(hertz: 1000 * $0))] }
        let ticks = 8000
        let counts = counts(rates, ticks: ticks, meanRate: 500 * (low + high))
        for (source, mean) in means.enumerated() {
            let sum = counts.reduce(0.0) { $0 + Double($1[source]) }
            let expected = mean * Double(ticks)
            #expect((sum - expected).magnitude <= 4.5 * expected.squareRoot(), "source \(source)")
        }
        // The sum of all is a Poisson count too.
        let total = means.reduce(0, +)
        #expect(chiSquare(counts.map { $0.reduce(0, +) }, mean: total) < 1.8)
    }

    /// Distributions, not only moments; the seed is fixed, so is the outcome.
    @Test(arguments: [0.04, 0.5, 3, 30, 200]) func countsAreDistributedAsPoisson(mean: Double) throws {
        let counts = counts(try alike(mean, 128), ticks: 2000, meanRate: mean * 1000)
        #expect(chiSquare(counts.joined(), mean: mean) < 2)
    }

    /// Rare spikes are a Poisson process: counts in stretches of steps that are no windows of the program's.
    @Test(arguments: [0.001, 0.01, 0.03]) func rareSpikesAreAPoissonProcess(mean: Double) throws {
        let stretch = 37
        let counts = counts(try alike(mean, 128), ticks: 200 * stretch, meanRate: mean * 1000)
        var sums: [UInt32] = []
        for first in stride(from: 0, to: counts.count, by: stretch) {
            for source in 0..<128 { sums.append((first..<(first + stretch)).reduce(0) { $0 + counts[$1][source] }) }
        }
        #expect(chiSquare(sums, mean: mean * Double(stretch)) < 2.2)
    }

    /// Counts of neighbours, of sources a block apart, and of steps one and several apart do not know of one another.
    @Test(arguments: [0.02, 0.3, 5]) func sourcesAndStepsAreIndependent(mean: Double) throws {
        let (n, ticks) = (192, 3000)
        let counts = counts(try alike(mean, n), ticks: ticks, meanRate: mean * 1000)
        func correlation(sources: Int, steps: Int) -> Double {
            var sum = 0.0
            for tick in 0..<(ticks - steps) {
                for source in 0..<(n - sources) {
                    sum +=
                        (Double(counts[tick][source]) - mean) * (Double(counts[tick + steps][source + sources]) - mean)
                }
            }
            return sum / mean / Double((ticks - steps) * (n - sources)).squareRoot()
        }
        for (sources, steps) in [(1, 0), (2, 0), (16, 0), (64, 0), (0, 1), (0, 2), (0, 32), (1, 1)] {
            #expect(correlation(sources: sources, steps: steps).magnitude < 4.5, "\(sources) sources, \(steps) steps")
        }
    }

    @Test(arguments: [20.0, 5000]) func startsDurationsAndChangesHold(hertz: Double) throws {
        func rate(_ hertz: Double, _ start: Double, _ duration: Double?) throws -> PoissonRate {
            try #require(PoissonRate(hertz: hertz, start: start, duration: duration))
        }
        let schedule = [
            try rate(hertz, 40, 30), try rate(0, 100, nil), try rate(3 * hertz, 150, nil), try rate(hertz, 400, nil),
        ]
        let n = 400
        let counts = counts(Array(repeating: schedule, count: n), ticks: 600, meanRate: hertz)
        func sum(_ ticks: Range<Int>) -> Double { ticks.reduce(0) { $0 + Double(counts[$1].reduce(0, +)) } }
        #expect(sum(0..<40) == 0 && sum(70..<150) == 0)
        for (ticks, expected) in [(40..<70, hertz), (150..<400, 3 * hertz), (400..<600, hertz)] {
            let spikes = expected / 1000 * Double(ticks.count * n)
            #expect((sum(ticks) - spikes).magnitude < 4.5 * spikes.squareRoot(), "\(ticks)")
        }
    }

    /// More than tables share, more than are listed at a time: still exact in the mean.
    @Test func extremeRates() throws {
        let rates = try (0..<70).map { [try #require(PoissonRate(hertz: 60000 + Double($0)))] }
        let counts = counts(rates, ticks: 20, meanRate: 60000, timestep: 900)
        let mean = 60034.5 * 0.9
        let found = counts.joined().reduce(0.0) { $0 + Double($1) } / Double(70 * 20)
        #expect((found - mean).magnitude < 4.5 * (mean / 1400).squareRoot())
    }
}
