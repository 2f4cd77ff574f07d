// The quantiles that the ring-buffer estimate needs, to double precision: normal, binomial, Poisson and gamma.
//
// Estimates look far into a tail (5 standard deviations and more), so everything is done on the tail probability q = 1
// − p, which is exact where 1 − p is formed in floating point, and never on a p close to 1.

import Glibc

enum SpecialFunctions {
    /// Φ(x).
    static func normalCDF(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

    /// φ(x).
    static func normalDensity(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }

    /// The x with 1 − Φ(x) = q, 0 ≤ q ≤ 1.
    ///
    /// Starts from Abramowitz and Stegun 26.2.23 and refines by Halley's method on the tail.
    static func normalUpperQuantile(_ q: Double) -> Double {
        if q.isNaN { return .nan }
        if q <= 0 { return .infinity }
        if q >= 1 { return -.infinity }
        if q > 0.5 { return -normalUpperQuantile(1 - q) }
        let t = (-2 * log(q)).squareRoot()
        var x =
            t - (2.515517 + t * (0.802853 + t * 0.010328))
            / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
        for _ in 0..<4 {
            let error = (erfc(x / 2.0.squareRoot()) / 2 - q) / normalDensity(x)
            x += error / (1 - x * error / 2)
        }
        return x
    }

    /// ln n! − Stirling's formula, by its series from 16 on.
    private static func stirlingError(_ n: Double) -> Double {
        if n < 16 { return lgamma(n + 1) - (n + 0.5) * log(n) + n - log(2 * Double.pi) / 2 }
        let square = n * n
        return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 / square) / square) / square) / n
    }

    /// x ln(x/m) + m − x without cancellation: the deviance of a count from its mean.
    private static func deviance(_ x: Double, _ m: Double) -> Double {
        guard (x - m).magnitude < 0.1 * (x + m) else { return x * log(x / m) + m - x }
        let v = (x - m) / (x + m)
        var sum = (x - m) * v
        var term = 2 * x * v
        var divisor = 3.0
        while true {
            term *= v * v
            let next = sum + term / divisor
            if next == sum { return sum }
            sum = next
            divisor += 2
        }
    }

    /// The probability of `k` in `n` trials of probability `p`; exact to a few units of the last place for any `n`.
    ///
    /// - Source: Loader, "Fast and accurate computation of binomial probabilities", 2000.
    static func binomialProbability(_ k: Double, _ n: Double, _ p: Double) -> Double {
        if k < 0 || k > n { return 0 }
        if p <= 0 { return k == 0 ? 1 : 0 }
        if p >= 1 { return k == n ? 1 : 0 }
        if k == 0 { return exp(n * log1p(-p)) }
        if k == n { return exp(n * log(p)) }
        let exponent =
            stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p)
            - deviance(n - k, n * (1 - p))
        return exp(exponent) * (n / (2 * Double.pi * k * (n - k))).squareRoot()
    }

    /// The smallest k for which more than k of `n` trials succeed with probability at most `q`.
    static func binomialUpperQuantile(_ q: Double, n: Double, p: Double) -> Double {
        if q <= 0 || p >= 1 { return n }
        if p <= 0 || n <= 0 { return 0 }
        let mean = n * p
        let z = normalUpperQuantile(q)
        let deviation = (mean * (1 - p)).squareRoot()
        var k = (mean + z * deviation + (z * z - 1) * (1 - 2 * p) / 6).rounded(.down)
        k = min(max(k, 0), n)
        return discreteUpperQuantile(q, from: k, highest: n) { binomialProbability($0, n, p) }
    }

    /// The smallest k which a Poisson variate of mean `lambda` exceeds with probability at most `q`.
    static func poissonUpperQuantile(_ q: Double, lambda: Double) -> Double {
        if q <= 0 { return .infinity }
        if lambda <= 0 { return 0 }
        let z = normalUpperQuantile(q)
        let start = (lambda + z * lambda.squareRoot() + (z * z - 1) / 6).rounded(.down)
        return discreteUpperQuantile(q, from: max(start, 0), highest: .infinity) { k in
            if k == 0 { return exp(-lambda) }
            return exp(-stirlingError(k) - deviance(k, lambda)) / (2 * Double.pi * k).squareRoot()
        }
    }

    /// Walks from a guess to the smallest k with P(X > k) ≤ q, given the probability of each k.
    private static func discreteUpperQuantile(
        _ q: Double, from guess: Double, highest: Double, _ probability: (Double) -> Double
    ) -> Double {
        var k = guess
        var tail = 0.0
        var next = k + 1
        while next <= highest {
            let term = probability(next)
            tail += term
            if term <= tail * 1e-17 { break }
            next += 1
        }
        while tail > q, k < highest {
            k += 1
            tail -= probability(k)
        }
        while k > 0 {
            let larger = tail + probability(k)
            if larger > q { break }
            tail = larger
            k -= 1
        }
        return k
    }

    /// The upper incomplete gamma function Q(a, x), regularised.
    static func gammaUpper(_ a: Double, _ x: Double) -> Double {
        if x <= 0 { return 1 }
        let factor = exp(a * log(x) - x - lgamma(a))
        if x < a + 1 {
            var term = 1 / a
            var sum = term
            var n = a
            while term > sum * 1e-17 {
                n += 1
                term *= x / n
                sum += term
            }
            return 1 - factor * sum
        }
        // Lentz's continued fraction.
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var h = d
        for i in 1...10_000 {
            let an = -Double(i) * (Double(i) - a)
            b += 2
            d = an * d + b
            if d.magnitude < tiny { d = tiny }
            c = b + an / c
            if c.magnitude < tiny { c = tiny }
            d = 1 / d
            h *= d * c
            if (d * c - 1).magnitude < 1e-16 { break }
        }
        return factor * h
    }

    /// The x that a gamma variate of shape `k` and scale 1 exceeds with probability `q`, by bisection.
    static func gammaUpperQuantile(_ q: Double, shape k: Double) -> Double {
        if q <= 0 { return .infinity }
        if q >= 1 { return 0 }
        var low = 0.0
        var high = k + 1
        while gammaUpper(k, high) > q { high *= 2 }
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            if gammaUpper(k, middle) > q { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
