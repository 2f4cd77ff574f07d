import Glibc
import Topology

/// Mean, variance and likely extremes of a weight or delay, as sPyNNaker 7.4.1 reckons them for its ring buffers.
///
/// The tool hands PyNN's parameters to scipy by position, so that three distributions come out shifted instead of
/// scaled: `lognormal(mu, sigma)` is taken as shape mu at location sigma (not a number for mu ≤ 0), `gamma(k, theta)`
/// as shape k and scale 1 at location theta, `exponential(beta)` as scale 1 at location beta. These estimates decide
/// the ring-buffer shift and hence every weight, so they are followed here. Three cases deviate on purpose:
///
/// - `uniform_int`, which stops the tool, is taken as its `randint`: `high` itself is never drawn;
/// - `vonmises(mu, kappa)`, whose parameters the tool swaps, has mean mu, variance at most π²/3 and lies within mu ± π;
/// - a variate without an upper bound is at most the largest finite number.
struct DistributionStatistics {
    /// Mean.
    let mean: Double
    /// Variance.
    let variance: Double
    /// The value exceeded with a given probability.
    let upperQuantile: (Double) -> Double
    /// The value undercut with a given probability.
    let lowerQuantile: (Double) -> Double
    /// Lower bound, where the distribution names one.
    var low: Double?
    /// Upper bound, where the distribution names one.
    var high: Double?

    init(_ distribution: Distribution) {
        switch distribution {
        case .uniform(let low, let high):
            self.init(
                mean: (low + high) / 2, variance: (high - low) * (high - low) / 12,
                upperQuantile: { low + (high - low) * (1 - $0) }, lowerQuantile: { low + (high - low) * $0 },
                low: low, high: high)
        case .normal(let mu, let sigma):
            self.init(
                mean: mu, variance: sigma * sigma,
                upperQuantile: { mu + sigma * SpecialFunctions.normalUpperQuantile($0) },
                lowerQuantile: { mu - sigma * SpecialFunctions.normalUpperQuantile($0) })
        case .normalClipped(let mu, let sigma, let low, let high),
            .normalClippedToBoundary(let mu, let sigma, let low, let high):
            self.init(clippedAt: low, high, mu: mu, sigma: sigma)
        case .exponential(let beta):
            self.init(
                mean: beta + 1, variance: 1, upperQuantile: { beta - log($0) }, lowerQuantile: { beta - log1p(-$0) })
        case .lognormal(let mu, let sigma):
            let square = exp(mu * mu)
            let isValid = mu > 0
            self.init(
                mean: isValid ? sigma + square.squareRoot() : .nan, variance: isValid ? (square - 1) * square : .nan,
                upperQuantile: { isValid ? sigma + exp(mu * SpecialFunctions.normalUpperQuantile($0)) : .nan },
                lowerQuantile: { isValid ? sigma + exp(-mu * SpecialFunctions.normalUpperQuantile($0)) : .nan })
        case .gamma(let k, let theta):
            self.init(
                mean: theta + k, variance: k,
                upperQuantile: { theta + SpecialFunctions.gammaUpperQuantile($0, shape: k) },
                lowerQuantile: { theta + SpecialFunctions.gammaUpperQuantile(1 - $0, shape: k) })
        case .poisson(let lambda):
            self.init(
                mean: lambda, variance: lambda,
                upperQuantile: { SpecialFunctions.poissonUpperQuantile($0, lambda: lambda) },
                lowerQuantile: { SpecialFunctions.poissonUpperQuantile(1 - $0, lambda: lambda) })
        case .binomial(let n, let p):
            let n = Double(n)
            self.init(
                mean: n * p, variance: n * p * (1 - p),
                upperQuantile: { SpecialFunctions.binomialUpperQuantile($0, n: n, p: p) },
                lowerQuantile: { SpecialFunctions.binomialUpperQuantile(1 - $0, n: n, p: p) })
        case .uniformInt(let low, let high):
            let (low, high) = (Double(low), Double(high))
            self.init(
                mean: (low + high - 1) / 2, variance: ((high - low) * (high - low) - 1) / 12,
                upperQuantile: { (low + (high - low) * (1 - $0)).rounded(.up) - 1 },
                lowerQuantile: { (low + (high - low) * $0).rounded(.up) - 1 }, low: low, high: high)
        case .vonmises(let mu, let kappa):
            self.init(
                mean: mu, variance: min(kappa > 0 ? 1 / kappa : .infinity, Double.pi * Double.pi / 3),
                upperQuantile: { _ in mu + Double.pi }, lowerQuantile: { _ in mu - Double.pi })
        }
    }

    private init(
        mean: Double, variance: Double, upperQuantile: @escaping (Double) -> Double,
        lowerQuantile: @escaping (Double) -> Double, low: Double? = nil, high: Double? = nil
    ) {
        self.mean = mean
        self.variance = variance
        self.upperQuantile = upperQuantile
        self.lowerQuantile = lowerQuantile
        self.low = low
        self.high = high
    }

    /// A normal distribution cut at two bounds, which is how the tool reckons both kinds of clipping.
    private init(clippedAt low: Double, _ high: Double, mu: Double, sigma: Double) {
        let a = (low - mu) / sigma
        let b = (high - mu) / sigma
        guard sigma > 0 else {
            let value = min(max(mu, low), high)
            self.init(mean: value, variance: 0, upperQuantile: { _ in value }, lowerQuantile: { _ in value })
            return
        }
        // The mass is a difference of the smaller tails.
        let aboveA = SpecialFunctions.normalCDF(-a)
        let aboveB = SpecialFunctions.normalCDF(-b)
        let belowA = SpecialFunctions.normalCDF(a)
        let belowB = SpecialFunctions.normalCDF(b)
        let mass = a > 0 ? aboveA - aboveB : belowB - belowA
        func edge(_ x: Double) -> Double { x.isFinite ? x * SpecialFunctions.normalDensity(x) : 0 }
        let shift = (SpecialFunctions.normalDensity(a) - SpecialFunctions.normalDensity(b)) / mass
        self.init(
            mean: mu + sigma * shift,
            variance: sigma * sigma * (1 + (edge(a) - edge(b)) / mass - shift * shift),
            upperQuantile: { mu + sigma * SpecialFunctions.normalUpperQuantile(aboveB + $0 * mass) },
            lowerQuantile: { mu - sigma * SpecialFunctions.normalUpperQuantile(belowA + $0 * mass) },
            low: low, high: high)
    }

    /// The largest of `count` values, likely: exceeded with probability 0.01 ÷ count, within the bounds.
    func likelyMaximum(of count: Double) -> Double {
        let quantile = upperQuantile(tail(count))
        return min(high.map { Swift.min(quantile, $0) } ?? quantile, .greatestFiniteMagnitude)
    }

    /// The largest magnitude on the side of the mean, as weights use it.
    func likelyMagnitude(of count: Double) -> Double {
        guard mean < 0 else { return likelyMaximum(of: count).magnitude }
        let quantile = lowerQuantile(0.01 / count)
        return (low.map { Swift.max(quantile, $0) } ?? quantile).magnitude
    }

    /// 1 − (1 − 0.01 ÷ count), with the rounding of the inner difference.
    private func tail(_ count: Double) -> Double { 1 - (1 - 0.01 / count) }
}
