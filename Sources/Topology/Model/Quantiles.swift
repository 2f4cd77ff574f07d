// Quantiles of the distributions that have no formula.
//
// Where a sum of few terms gives the distribution function, it is solved for the argument; its length grows with the
// standard deviation σ. From σ² = 10⁴ on (shapes of 2000 for the gamma family) a series in 1 ÷ σ gives the argument
// itself, with an error that is a small part of the distance between neighbouring draws of 32 bits.

import Glibc

// MARK: - Continuous

/// Solves `excess(x) = 0` for an increasing function by Newton steps that never leave the bracket.
///
/// - Parameters:
///   - tolerance: How exact the excess is, a probability. Draws of 32 bits are 2·10⁻¹⁰ apart, so that they keep their
///     order.
///   - evaluate: The excess at a point, and its slope.
private func solve(
    low: Double, high: Double, from start: Double, tolerance: Double,
    _ evaluate: (Double) -> (excess: Double, density: Double)
) -> Double {
    var low = low
    var high = high
    var x = start > low && start < high ? start : 0.5 * (low + high)
    for _ in 0..<60 {
        let (excess, density) = evaluate(x)
        if abs(excess) <= tolerance { return x }
        if excess < 0 { low = x } else { high = x }
        var next = x - excess / density
        if !(next > low && next < high) { next = 0.5 * (low + high) }
        if abs(next - x) <= 1e-15 * abs(next) || next <= low || next >= high { return next }
        x = next
    }
    return x
}

/// Quantile of the gamma distribution with unit scale.
func gammaQuantile(shape: Double, _ u: Double) -> Double {
    let z = normalQuantile(u)
    if shape >= 2000 { return largeGammaQuantile(shape: shape, z) }
    let tolerance = 1e-13 * min(u, 1 - u)
    if shape < 1 {
        // In y = log x the function is nearly straight where x is small: P = xᵏ ÷ Γ(k + 1) · (1 + O(x)).
        let start = (log(u) + lgamma(shape + 1)) / shape
        if start < -40 { return exp(start) }
        let y = solve(low: start - 1e-9 * abs(start) - 1e-9, high: 5, from: start, tolerance: tolerance) { y in
            let x = exp(y)
            return (gammaExcess(shape, x, over: u), x * gammaDensity(shape, x))
        }
        return exp(y)
    }
    // Wilson and Hilferty's cube; where it fails, the start is the leading term of the series.
    let part = 1 / (9 * shape)
    let cube = 1 - part + z * part.squareRoot()
    let leading = exp((log(u) + lgamma(shape + 1)) / shape)
    let start = cube > 0.3 ? shape * cube * cube * cube : leading
    return solve(low: 0, high: shape + 60 + 12 * shape.squareRoot(), from: start, tolerance: tolerance) { x in
        (gammaExcess(shape, x, over: u), gammaDensity(shape, x))
    }
}

/// The expansion of Cornish and Fisher in 1 ÷ √shape; for shapes of 2000 and more accurate to 10⁻⁶ of a deviation.
private func largeGammaQuantile(shape: Double, _ z: Double) -> Double {
    let root = shape.squareRoot()
    let s = z * z
    var sum = (9 * s * s + 256 * s - 433) * z / 38880 / root
    sum = (sum + ((-3 * s - 7) * s + 16) / 810) / root
    sum = (sum + (s - 7) * z / 36) / root
    return shape + z * root + (s - 1) / 3 + sum
}

/// Density of the gamma distribution with unit scale.
private func gammaDensity(_ shape: Double, _ x: Double) -> Double { poissonMass(shape, x) * shape / x }

/// P(X ≤ x) − u, from the smaller tail.
private func gammaExcess(_ shape: Double, _ x: Double, over u: Double) -> Double {
    let (below, above) = gammaProbability(shape, x)
    return u < 0.5 ? below - u : (1 - u) - above
}

/// The regularised incomplete gamma functions, lower and upper: series below `shape + 1`, continued fraction above.
///
/// - Complexity: O(√shape).
/// - Source: Abramowitz & Stegun 6.5.29 and 6.5.31.
private func gammaProbability(_ shape: Double, _ x: Double) -> (below: Double, above: Double) {
    guard x > 0 else { return (0, 1) }
    let mass = poissonMass(shape, x)
    if x < shape + 1 {
        var term = 1.0
        var sum = 1.0
        var a = shape
        for _ in 0..<10_000 {
            a += 1
            term *= x / a
            sum += term
            if term <= sum * 1e-17 { break }
        }
        return (sum * mass, 1 - sum * mass)
    }
    var b = x + 1 - shape
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for i in 1..<10_000 {
        let numerator = -Double(i) * (Double(i) - shape)
        b += 2
        d = 1 / (numerator * d + b)
        c = b + numerator / c
        fraction *= d * c
        if abs(d * c - 1) < 4e-16 { break }
    }
    let above = mass * shape * fraction
    return (1 - above, above)
}

/// Quantile of the von Mises distribution around 0.
func vonMisesQuantile(_ kappa: Double, _ u: Double) -> Double {
    guard kappa > 0 else { return (u - 0.5) * 2 * .pi }
    if u > 0.5 { return -vonMisesQuantile(kappa, 1 - u) }
    return kappa < 100 ? wideVonMisesQuantile(kappa, u) : narrowVonMisesQuantile(kappa, u)
}

/// The density integrated by its Fourier series.
///
/// - Source: Abramowitz & Stegun 9.6.34 for the series of exp(κ cos θ).
private func wideVonMisesQuantile(_ kappa: Double, _ u: Double) -> Double {
    // Ratios of modified Bessel functions Iⱼ/Iⱼ₋₁ by downward recurrence, then Iⱼ/I₀ ≈ exp(−j² ÷ 2κ) by products.
    let terms = 20 + Int(10 * kappa.squareRoot())
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: terms + 1) { weights in
        var next = 0.0
        for j in stride(from: terms, through: 1, by: -1) {
            next = 1 / (2 * Double(j) / kappa + next)
            weights[j] = next
        }
        var product = 1.0
        for j in 1...terms {
            product *= weights[j]
            weights[j] = product
        }
        let start = normalQuantile(u) / kappa.squareRoot()
        return solve(low: -.pi, high: 0, from: start, tolerance: 2e-15) { x in
            // sin jx and cos jx by the angles' sum.
            let (s, c) = (sin(x), cos(x))
            var (sine, cosine) = (0.0, 1.0)
            var (sum, density) = (0.0, 0.5)
            for j in 1...terms {
                (sine, cosine) = (sine * c + cosine * s, cosine * c - sine * s)
                sum += weights[j] * sine / Double(j)
                density += weights[j] * cosine
            }
            return ((x + .pi) / (2 * .pi) + sum / .pi - u, max(density / .pi, 1e-300))
        }
    }
}

/// With t = 2√κ sin(θ ÷ 2) the density is φ(t) ÷ √(1 − t² ÷ 4κ): a series in 1 ÷ κ of incomplete normal moments.
private func narrowVonMisesQuantile(_ kappa: Double, _ u: Double) -> Double {
    let epsilon = 1 / (4 * kappa)
    let z = normalQuantile(u)
    let t = solve(low: -8, high: 0, from: z * (1 + epsilon / 2), tolerance: 1e-13 * u) { t in
        let density = exp(-0.5 * t * t) / (2 * Double.pi).squareRoot()
        // ∫ s²ʲ φ = (2j − 1) ∫ s²ʲ⁻² φ − t²ʲ⁻¹ φ(t); the coefficients are those of (1 − x)^−½.
        var (moment, whole, power, coefficient) = (normalProbability(t), 1.0, t, 1.0)
        var (sum, total) = (moment, 1.0)
        for j in 1...12 {
            moment = Double(2 * j - 1) * moment - power * density
            whole *= Double(2 * j - 1)
            power *= t * t
            coefficient *= (Double(j) - 0.5) / Double(j) * epsilon
            sum += coefficient * moment
            total += coefficient * whole
        }
        return (sum / total - u, density / (1 - t * t * epsilon).squareRoot() / total)
    }
    return 2 * asin(t / (2 * kappa.squareRoot()))
}

// MARK: - Integers

func poissonQuantile(_ lambda: Double, _ u: Double) -> Double {
    guard lambda > 0 else { return 0 }
    let z = normalQuantile(u)
    let start = lambda + z * lambda.squareRoot() + (z * z - 1) / 6 - 0.5
    guard lambda < 2000 else {
        // P(X ≤ k) ≥ u where the gamma quantile of 1 − u for the shape k + 1 reaches λ.
        return firstInteger(from: start, in: 0...(2 * lambda)) { k in largeGammaQuantile(shape: k + 1, -z) >= lambda }
    }
    return firstInteger(from: start, in: 0...(lambda + 100 + 20 * lambda.squareRoot())) { k in
        gammaProbability(k + 1, lambda).above >= u
    }
}

func binomialQuantile(_ n: Double, _ p: Double, _ u: Double) -> Double {
    if p <= 0 || n <= 0 { return 0 }
    if p >= 1 { return n }
    let q = 1 - p
    let variance = n * p * q
    let z = normalQuantile(u)
    let s = z * z
    if variance < 1e4 {
        let start = n * p + z * variance.squareRoot() + (q - p) * (s - 1) / 6 - 0.5
        return firstInteger(from: start, in: 0...n) { k in binomialProbability(n, p, k) >= u }
    }
    // The expansion of Cornish and Fisher. A uniform variate on ±½ added to the draw makes the distribution continuous
    // without changing P(X ≤ k), which is that of X + U ≤ k + ½.
    let deviation = (variance + 1 / 12.0).squareRoot()
    let skewness = variance * (q - p) / (deviation * deviation * deviation)
    let square = deviation * deviation
    let kurtosis = (variance * (1 - 6 * p * q) - 1 / 120.0) / (square * square)
    let fifth = variance * (q - p) * (1 - 12 * p * q) / (square * square * deviation)
    let w =
        z + (s - 1) * skewness / 6 + (s - 3) * z * kurtosis / 24 - (2 * s - 5) * z * skewness * skewness / 36
        + (s * s - 6 * s + 3) * fifth / 120 - (s * s - 5 * s + 2) * skewness * kurtosis / 24
        + (12 * s * s - 53 * s + 17) * skewness * skewness * skewness / 324
    return min(max((n * p + deviation * w - 0.5).rounded(.up), 0), n)
}

/// The smallest integer in a range for which a monotone predicate holds, which is likely near `start`; the range's end
/// if there is none.
private func firstInteger(from start: Double, in range: ClosedRange<Double>, _ holds: (Double) -> Bool) -> Double {
    var high = min(max(start.rounded(), range.lowerBound), range.upperBound.rounded(.down))
    var step = 1.0
    var low: Double
    if holds(high) {
        // Down to one for which it does not hold.
        low = high
        repeat {
            high = low
            if high <= range.lowerBound { return range.lowerBound }
            low = max(high - step, range.lowerBound)
            step *= 2
        } while holds(low)
    } else {
        repeat {
            low = high
            if low >= range.upperBound { return range.upperBound.rounded(.down) }
            high = min(low + step, range.upperBound.rounded(.down))
            if high <= low { return low }
            step *= 2
        } while !holds(high)
    }
    while high - low > 1 {
        let middle = ((low + high) / 2).rounded(.down)
        if holds(middle) { high = middle } else { low = middle }
    }
    return high
}

/// P(X ≤ k) of the binomial distribution: the smaller tail by the continued fraction of the incomplete beta function.
///
/// - Complexity: O(standard deviation).
/// - Source: DLMF 8.17.22.
private func binomialProbability(_ n: Double, _ p: Double, _ k: Double) -> Double {
    if k >= n { return 1 }
    if k + 1 > n * p {
        return 1 - binomialMass(n, p, k + 1) * betaFraction(k + 1, n - k, p) * (1 - p)
    }
    return binomialMass(n, p, k) * betaFraction(n - k, k + 1, 1 - p) * p
}

/// The continued fraction of aB(a, b)·Iₓ(a, b) ÷ (xᵃ(1 − x)ᵇ).
private func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    func safe(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
    var c = 1.0
    var d = 1 / safe(1 - (a + b) * x / (a + 1))
    var fraction = d
    for i in 1..<10_000 {
        let m = Double(i)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / safe(1 + even * d)
        c = safe(1 + even / c)
        fraction *= d * c
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / safe(1 + odd * d)
        c = safe(1 + odd / c)
        fraction *= d * c
        if abs(d * c - 1) < 4e-16 { break }
    }
    return fraction
}

// MARK: - Masses without cancellation

/// e^−λ λˣ ÷ Γ(x + 1).
///
/// - Source: C. Loader, Fast and accurate computation of binomial probabilities (2000).
private func poissonMass(_ x: Double, _ lambda: Double) -> Double {
    guard x > 0 else { return exp(-lambda) }
    return exp(-stirlingError(x) - deviance(x, lambda)) / (2 * Double.pi * x).squareRoot()
}

/// n! ÷ (k! (n − k)!) pᵏ (1 − p)ⁿ⁻ᵏ.
///
/// - Source: as for ``poissonMass(_:_:)``.
private func binomialMass(_ n: Double, _ p: Double, _ k: Double) -> Double {
    let q = 1 - p
    if k <= 0 { return exp(n * log1p(-p)) }
    if k >= n { return exp(n * log(p)) }
    let rest = n - k
    let exponent =
        stirlingError(n) - stirlingError(k) - stirlingError(rest) - deviance(k, n * p) - deviance(rest, n * q)
    return exp(exponent) * (n / (2 * Double.pi * k * rest)).squareRoot()
}

/// log Γ(x + 1) less Stirling's formula.
private func stirlingError(_ x: Double) -> Double {
    if x < 16 { return lgamma(x + 1) - (x + 0.5) * log(x) + x - 0.5 * log(2 * Double.pi) }
    let r = 1 / x
    let s = r * r
    return r * (1 / 12.0 - s * (1 / 360.0 - s * (1 / 1260.0 - s * (1 / 1680.0 - s / 1188))))
}

/// x log(x ÷ m) + m − x, not negative.
private func deviance(_ x: Double, _ m: Double) -> Double {
    let difference = x - m
    guard abs(difference) < 0.1 * (x + m) else { return x * log(x / m) - difference }
    // In v = (x − m) ÷ (x + m): log(x ÷ m) = 2 artanh v.
    let v = difference / (x + m)
    var sum = difference * v
    var power = 2 * x * v
    for j in 1..<100 {
        power *= v * v
        let next = sum + power / Double(2 * j + 1)
        if next == sum { break }
        sum = next
    }
    return sum
}
