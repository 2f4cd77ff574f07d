// The longest delay a projection can have decides how many ring-buffer slots its target needs, and whether its source
// needs delay extensions, before a single synapse is drawn. For a number, a list or a bounded distribution that is its
// largest value. An unbounded distribution is drawn from a 32-bit uniform number, so it has a largest value too:
//
//     normal       Φ⁻¹(1 − 2⁻³³) = 6.34…                   mu + 6.5·sigma
//     lognormal    the same in the exponent                 exp(mu + 6.5·sigma)
//     exponential  −ln 2⁻³² = 22.18…                        22.2·beta
//     gamma, poisson, binomial: Chernoff's bound on the tail, solved for a probability of 2⁻³³
//
// A sampler that uses several uniform numbers a draw could in principle exceed these; whoever draws delays clamps
// them to `(stages + 1) × slots`.

import Foundation
public import Topology

/// The shortest and the longest delay of a projection's synapses in steps.
public struct DelayBounds: Sendable, Equatable {
    public var shortest: Int
    public var longest: Int

    public init(shortest: Int, longest: Int) {
        self.shortest = shortest
        self.longest = longest
    }

    /// The steps that a delay between `low` and `high` ms can become, however it is rounded; at least one.
    ///
    /// The host rounds to nearest; the chip truncates a product of two numbers of 15 fractional bits, so that a whole
    /// number of steps may lose one.
    ///
    /// - Complexity: O(1).
    public init(milliseconds low: Double, _ high: Double, timestep: Double) {
        func truncated(_ value: Double) -> Double { (value * 32768).rounded(.down) / 32768 }
        func whole(_ steps: Double) -> Int { Int(min(1e9, max(1, steps))) }
        longest = whole((high / timestep - 1e-9).rounded(.up))
        shortest = min(longest, whole((truncated(low) * truncated(1 / timestep)).rounded(.down)))
    }

    /// The delays of a projection's synapses, each row of a list included.
    ///
    /// - Complexity: O(rows of a list).
    public init(of projection: Projection, timestep: Double) {
        let own = projection.synapse.delay?.bounds ?? (low: timestep, high: timestep)
        var (low, high) = (own.low, own.high)
        if case .fromList(let rows) = projection.connector, !rows.isEmpty {
            (low, high) = (.infinity, -.infinity)
            for row in rows {
                low = min(low, row.delay ?? own.low)
                high = max(high, row.delay ?? own.high)
            }
        }
        self.init(milliseconds: low, high, timestep: timestep)
    }
}

extension ParameterValue {
    /// The smallest and the largest value that can come of it.
    ///
    /// - Complexity: O(values of a list).
    /// - Source: this project; see the head of the file.
    public var bounds: (low: Double, high: Double) {
        switch self {
        case .number(let value): (value, value)
        case .list(let values): (values.min() ?? 0, values.max() ?? 0)
        case .distribution(let distribution): distribution.bounds
        }
    }
}

extension Distribution {
    /// The smallest and the largest value that an inverse-CDF draw from a 32-bit uniform number can give.
    ///
    /// - Complexity: O(1).
    /// - Source: this project; see the head of the file.
    public var bounds: (low: Double, high: Double) {
        let reach = 6.5
        switch self {
        case .uniform(let low, let high): return (low, high)
        case .uniformInt(let low, let high): return (Double(low), Double(high))
        case .normal(let mu, let sigma): return (mu - reach * sigma, mu + reach * sigma)
        case .normalClipped(let mu, let sigma, let low, let high),
            .normalClippedToBoundary(let mu, let sigma, let low, let high):
            return (max(low, min(high, mu - reach * sigma)), min(high, max(low, mu + reach * sigma)))
        case .exponential(let beta): return (0, 22.2 * beta)
        case .lognormal(let mu, let sigma): return (exp(mu - reach * sigma), exp(mu + reach * sigma))
        case .gamma(let k, let theta):
            return (0, theta * tail(from: k) { y in y - k - k * log(y / k) })
        case .poisson(let lambda):
            return (0, tail(from: lambda) { x in lambda - x + x * log(x / lambda) }.rounded(.up))
        case .binomial(let n, let p):
            let mean = Double(n) * p
            return (0, min(Double(n), tail(from: mean) { x in mean - x + x * log(x / mean) }.rounded(.up)))
        case .vonmises(let mu, _): return (mu - .pi, mu + .pi)
        }
    }

    /// The least x above the mean whose `exponent`, which grows with x, reaches 33·ln 2.
    private func tail(from mean: Double, _ exponent: (Double) -> Double) -> Double {
        guard mean > 0 else { return 0 }
        let wanted = 33 * log(2.0)
        var (low, high) = (mean, 2 * mean + 1)
        while exponent(high) < wanted { high *= 2 }
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if exponent(middle) < wanted { low = middle } else { high = middle }
        }
        return high
    }
}
