import FixedPoint
import Sampling
import Testing
import Topology

@Suite struct NormalQuantileTests {
    /// Quantiles from tables of the normal distribution.
    @Test(arguments: [
        (0.5, 0.0), (0.975, 1.959963984540054), (0.025, -1.959963984540054), (0.999, 3.090232306167813),
        (1e-9, -5.997807015007686), (0.8413447460685429, 1.0),
    ])
    func knownValues(p: Double, z: Double) { #expect(abs(normalQuantile(p) - z) < 1e-9) }

    @Test func invertsTheDistributionFunction() {
        for i in 1..<1000 {
            let p = Double(i) / 1000
            #expect(abs(normalProbability(normalQuantile(p)) - p) < 1e-12)
        }
    }
}

@Suite struct DistributionTests {
    static let all: [Distribution] = [
        .uniform(low: -2, high: 3), .normal(mu: 1, sigma: 2), .normalClipped(mu: 1, sigma: 2, low: 0, high: 2),
        .normalClippedToBoundary(mu: 1, sigma: 2, low: 0, high: 2), .exponential(beta: 3),
        .lognormal(mu: 0.2, sigma: 0.5), .gamma(k: 2.5, theta: 0.7), .poisson(lambda: 4), .binomial(n: 20, p: 0.3),
        .uniformInt(low: 2, high: 5), .vonmises(mu: 0.3, kappa: 2),
    ]
    /// Means and variances from the formulas of each distribution; clipped normals by numerical integration.
    static let moments: [(Double, Double)] = [
        (0.5, 25.0 / 12), (1, 4), (1, 0.32203), (1, 0.7405), (3, 9), (1.38403, 0.54405), (1.75, 1.225), (4, 4),
        (6, 4.2), (3.5, 1.25), (0.3, 0.65),
    ]

    @Test(arguments: all) func neverDecreases(distribution: Distribution) {
        var last = distribution.quantile(0 as UInt32)
        for i in 1...2000 {
            let value = distribution.quantile(UInt32(clamping: i * 2_147_483))
            #expect(value >= last)
            last = value
        }
        #expect(distribution.bounds.upperBound >= last)
    }

    @Test(arguments: Array(zip(all.dropLast(), moments.dropLast())))
    func hasMeanAndVariance(distribution: Distribution, expected: (Double, Double)) {
        let count = 40_000
        let values = (0..<count).map { distribution.quantile((Double($0) + 0.5) / Double(count)) }
        let mean = values.reduce(0, +) / Double(count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        #expect(abs(mean - expected.0) < 0.01 * max(1, abs(expected.0)))
        #expect(abs(variance - expected.1) < 0.02 * max(1, expected.1))
    }

    @Test func vonMisesIsSymmetricAroundItsMean() {
        let distribution = Distribution.vonmises(mu: 0.3, kappa: 2)
        #expect(abs(distribution.quantile(0.5) - 0.3) < 1e-6)
        #expect(abs(distribution.quantile(0.1) + distribution.quantile(0.9) - 0.6) < 1e-6)
    }
}

@Suite struct QuantileTableTests {
    @Test func givesWhatTheFunctionGives() {
        let distribution = Distribution.normal(mu: 15, sigma: 7)
        let function: @Sendable (UInt32) -> UInt32 = { UInt32(max(1, distribution.quantile($0))) }
        let table = QuantileTable(function)
        let philox = Philox4x32(key: 7)
        for i in 0..<200_000 as Range<UInt32> {
            let draw = philox.block(i, 0, 0, 0).0
            #expect(table(draw) == function(draw))
        }
        #expect(table(0) == function(0))
        #expect(table(UInt32.max) == function(UInt32.max))
    }
}

@Suite struct CountSplittingTests {
    @Test(arguments: [nil, 50] as [Int?])
    func sharesAddUpAndDoNotDependOnWhoAsks(capacity: Int?) {
        let splitting = CountSplitting(total: 4321, targets: 137, capacity: capacity, projection: 3, seed: 11)
        let whole = splitting.counts(0..<137)
        #expect(whole.reduce(0, +) == 4321)
        #expect(splitting.counts(0..<40) + splitting.counts(40..<41) + splitting.counts(41..<137) == whole)
        if let capacity { #expect(whole.allSatisfy { $0 <= capacity }) }
    }

    @Test func fullCapacityFillsEveryTarget() {
        let splitting = CountSplitting(total: 60, targets: 6, capacity: 10, projection: 0, seed: 1)
        #expect(splitting.counts(0..<6) == Array(repeating: 10, count: 6))
    }

    @Test func binomialHasItsMoments() {
        let philox = Philox4x32(key: 5)
        let draws = (0..<20_000 as Range<UInt32>).map { i in
            Double(binomial(40, 0.3, (Double(philox.block(i, 0, 0, 0).0) + 0.5) * 0x1p-32))
        }
        let mean = draws.reduce(0, +) / 20_000
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        #expect(abs(mean - 12) < 0.1)
        #expect(abs(variance - 8.4) < 0.4)
        #expect(binomial(0, 0.5, 0.3) == 0)
        #expect(binomial(7, 1, 0.3) == 7)
        #expect(binomial(7, 0, 0.3) == 0)
    }
}
