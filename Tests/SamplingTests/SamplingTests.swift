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

@Suite struct QuantileTests {
    /// Quantiles of the uniforms 0, 1 %, 25 %, 75 % and 2³² − 1 by SciPy 1.17 (von Mises by mpmath), and the relative
    /// error allowed.
    static let known: [(Distribution, [Double], Double)] = [
        (
            .gamma(k: 0.3, theta: 1),
            [
                5.37157199319061e-34, 1.5022227181934692e-07, 0.006899802579822389, 0.34289946104655356,
                19.659623993320086,
            ], 1e-9
        ),
        (
            .gamma(k: 1, theta: 1),
            [1.1641532183371105e-10, 0.010050335980499972, 0.2876820726070013, 1.386294361585552, 22.873856958478196],
            1e-9
        ),
        (
            .gamma(k: 2.5, theta: 1),
            [0.00017181293618592072, 0.27714903987548617, 1.3373014050972223, 3.3128398826194694, 27.62082883539968],
            1e-9
        ),
        (
            .gamma(k: 50, theta: 1),
            [17.27869959621868, 35.03244748893507, 45.066609875587375, 54.57062053778724, 108.5839455472437], 1e-9
        ),
        (
            .gamma(k: 1999, theta: 1),
            [1728.5515422263134, 1896.4614313040465, 1968.664505799782, 2028.9721335800361, 2295.555290773042], 1e-9
        ),
        (
            .gamma(k: 2000, theta: 1),
            [1729.4807071112007, 1897.4354181527951, 1969.656963142688, 2029.9796762296046, 2296.626129040721], 1e-8
        ),
        (.poisson(lambda: 0.1), [0.0, 0.0, 0.0, 0.0, 6.0], 0),
        (.poisson(lambda: 4), [0.0, 0.0, 3.0, 5.0, 22.0], 0),
        (.poisson(lambda: 100), [44.0, 77.0, 93.0, 107.0, 170.0], 0),
        (.poisson(lambda: 1999), [1722.0, 1896.0, 1969.0, 2029.0, 2289.0], 0),
        (.poisson(lambda: 2001), [1724.0, 1898.0, 1971.0, 2031.0, 2291.0], 0),
        (.poisson(lambda: 1_000_000), [993669.0, 997674.0, 999325.0, 1000674.0, 1006344.0], 0),
        (.binomial(n: 20, p: 0.3), [0.0, 2.0, 5.0, 7.0, 19.0], 0),
        (.binomial(n: 39000, p: 0.5), [18874.0, 19270.0, 19433.0, 19567.0, 20126.0], 0),
        (.binomial(n: 65000, p: 0.5), [31692.0, 32203.0, 32414.0, 32586.0, 33308.0], 0),
        (.binomial(n: 100000, p: 0.9), [89394.0, 89779.0, 89936.0, 90064.0, 90596.0], 0),
        (.binomial(n: 2_147_483_647, p: 1e-06), [1860.0, 2040.0, 2116.0, 2179.0, 2448.0], 0),
        (.binomial(n: 2_147_483_647, p: 0.3), [644110503.0, 644195692.0, 644230771.0, 644259418.0, 644379690.0], 0),
        (
            .vonmises(mu: 0, kappa: 0.01),
            [-3.1415926528509646, -3.078128168453093, -1.5607967149255502, 1.5607967163883587, 3.1415926528509646], 1e-7
        ),
        (
            .vonmises(mu: 0, kappa: 2),
            [-3.141592641269109, -2.3108291320991974, -0.5296631833838633, 0.5296631839774762, 3.141592641269109], 1e-7
        ),
        (
            .vonmises(mu: 0, kappa: 99),
            [-0.6491817366883723, -0.23464364858260586, -0.06788793971433817, 0.06788793978811211, 0.6491817366883723],
            1e-7
        ),
        (
            .vonmises(mu: 0, kappa: 101),
            [-0.642470255515512, -0.23229224242002092, -0.06721046520572735, 0.06721046527876452, 0.642470255515512],
            1e-7
        ),
        (
            .vonmises(mu: 0, kappa: 10000),
            [
                -0.0633909835078517, -0.02326429415558049, -0.006744994600698315, 0.006744994608025314,
                0.0633909835078517,
            ], 1e-7
        ),
        (
            .vonmises(mu: 0, kappa: 1e9),
            [
                -0.00020042382254367383, -7.3565578995203e-05, -2.1329238682061873e-05, 2.132923870523146e-05,
                0.00020042382254367383,
            ], 1e-7
        ),
    ]

    @Test(arguments: known)
    func agreesWithSciPy(_ distribution: Distribution, _ values: [Double], _ tolerance: Double) {
        for (r, value) in zip([0, 42_949_673, 1 << 30, 3 << 30, .max] as [UInt32], values) {
            let quantile = distribution.quantile(r)
            #expect(abs(quantile - value) <= tolerance * abs(value), "\(quantile) \(value)")
        }
    }

    /// The largest arguments of the topology format, and where the methods change.
    static let extremes: [Distribution] =
        known.map(\.0) + [
            .gamma(k: 1e9, theta: 1), .gamma(k: 1e-300, theta: 1e300), .gamma(k: 1e-3, theta: 1),
            .gamma(k: 1, theta: 1e300),
            .poisson(lambda: 1e9), .poisson(lambda: 0), .poisson(lambda: 1e-300), .binomial(n: 0, p: 0.5),
            .binomial(n: 2_147_483_647, p: 0.5), .binomial(n: 2_147_483_647, p: 1e-300),
            .binomial(n: 2_147_483_647, p: 1), .binomial(n: 2_147_483_647, p: 0x1.fffffffffffffp-1),
            .vonmises(mu: 1e300, kappa: 0), .vonmises(mu: 0, kappa: 1e-300), .vonmises(mu: 0, kappa: 1e-3),
            .uniform(low: -1e308, high: 1e308), .normal(mu: 1e308, sigma: 1e308), .lognormal(mu: 1e300, sigma: 0),
            .lognormal(mu: -1e300, sigma: 1), .exponential(beta: 1e308), .exponential(beta: .leastNonzeroMagnitude),
            .uniformInt(low: -(1 << 53), high: 1 << 53), .normalClipped(mu: 0, sigma: 1e-300, low: 0, high: 1),
            .normalClippedToBoundary(mu: 1e308, sigma: 1e308, low: -1e308, high: 1e308),
        ]

    @Test(arguments: extremes) func neverDecreasesAndIsQuick(distribution: Distribution) {
        let clock = ContinuousClock()
        let starts: [UInt32] = [0, 1 << 20, 1 << 30, (1 << 31) - 100, 1 << 31, 3 << 30, .max - 200]
        for start in starts {
            var last = -Double.infinity
            var quickest = Duration.seconds(1)
            for _ in 0..<3 {
                last = -.infinity
                let time = clock.measure {
                    for i in 0..<200 as Range<UInt32> {
                        let value = distribution.quantile(start + i)
                        #expect(value >= last)
                        last = value
                    }
                }
                quickest = min(quickest, time)
            }
            // 20 µs a draw, and a margin for a busy host.
            #expect(quickest < .milliseconds(20), "\(quickest) for 200 draws from \(start)")
        }
        var last = -Double.infinity
        for i in 0...500 as ClosedRange<UInt32> {
            let value = distribution.quantile(i * 8_589_934)
            #expect(value >= last)
            last = value
        }
        #expect(distribution.bounds.contains(last))
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

    /// Where the function takes a step, each uniform near it has its own value.
    @Test(arguments: [1.0, -1.0]) func stepsAreWhereTheFunctionTakesThem(sign: Double) {
        let distribution = Distribution.normal(mu: 3000, sigma: 300)
        let function: @Sendable (UInt32) -> UInt32 = {
            UInt32(max(1, (5000 + sign * (distribution.quantile($0) - 3000)).rounded()))
        }
        let table = QuantileTable(function)
        var steps = 0
        for cell in 0..<16384 as Range<UInt32> where cell % 3 == 0 {
            let start = cell << 18
            var (below, above) = (start, start + (1 << 18 - 1))
            guard function(below) != function(above) else { continue }
            let first = function(below)
            while above - below > 1 {
                let middle = below + (above - below) / 2
                if function(middle) == first { below = middle } else { above = middle }
            }
            steps += 1
            for r in above - min(above, 3)...above + min(.max - above, 3) { #expect(table(r) == function(r)) }
        }
        #expect(steps > 400)
    }
}

@Suite struct PiecewiseTableTests {
    /// Magnitudes of values of both signs, and what is left of too large ones in 16 bits: neither is monotone.
    @Test(arguments: [
        (Distribution.normal(mu: 0, sigma: 1e-6), 65536.0), (.normal(mu: 0, sigma: 0.0001), 65536),
        (.uniform(low: -1, high: 1), 30), (.normal(mu: -0.1, sigma: 0.2), 100), (.uniform(low: 0, high: 16384), 65536),
        (.uniform(low: 0, high: 4.0), 65536),
    ])
    func isExactWhereTheFunctionIsNotMonotone(distribution: Distribution, scale: Double) {
        let encode: @Sendable (Double) -> UInt32 = { weight in
            UInt32(truncatingIfNeeded: Int((weight.magnitude * scale).rounded())) & 0xFFFF
        }
        let table = QuantileTable(
            quantile: { distribution.quantile($0) }, encode: encode,
            isMonotone: { range in
                (range.lowerBound >= 0 || range.upperBound <= 0)
                    && max(range.lowerBound.magnitude, range.upperBound.magnitude) * scale < 65535.5
            })
        let philox = Philox4x32(key: 11)
        for i in 0..<50_000 as Range<UInt32> {
            let draw = philox.block(i, 0, 0, 0).0
            #expect(table(draw) == encode(distribution.quantile(draw)))
        }
        for r in [0, 1, (1 << 31) - 1, 1 << 31, (1 << 31) + 1, .max] as [UInt32] {
            #expect(table(r) == encode(distribution.quantile(r)))
        }
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
