import Glibc
public import Topology

/// Draws by inversion: every distribution is a non-decreasing function of one 32-bit uniform.
///
/// One uniform per value makes a draw independent of all others, bounds what can be drawn (the delay of a network has
/// a largest value), and lets tables stand in for the function without changing a bit (``QuantileTable``).
extension Distribution {
    /// The value at the uniform `(r + ½) / 2³²`.
    public func quantile(_ r: UInt32) -> Double { quantile((Double(r) + 0.5) * 0x1p-32) }

    /// Smallest and largest value that can be drawn.
    public var bounds: ClosedRange<Double> {
        let low = quantile(0 as UInt32)
        return low...max(low, quantile(UInt32.max))
    }

    /// The value below which a share `u` in (0, 1) of all draws lies.
    package func quantile(_ u: Double) -> Double {
        switch self {
        case .uniform(let low, let high):
            return low + (high - low) * u
        case .normal(let mu, let sigma):
            return mu + sigma * normalQuantile(u)
        case .normalClipped(let mu, let sigma, let low, let high):
            guard sigma > 0 else { return min(max(mu, low), high) }
            let below = normalProbability((low - mu) / sigma)
            let above = normalProbability((high - mu) / sigma)
            let p = min(max(below + (above - below) * u, 1e-300), 1 - 0x1p-53)
            return min(max(mu + sigma * normalQuantile(p), low), high)
        case .normalClippedToBoundary(let mu, let sigma, let low, let high):
            return min(max(mu + sigma * normalQuantile(u), low), high)
        case .exponential(let beta):
            return -beta * log1p(-u)
        case .lognormal(let mu, let sigma):
            return exp(mu + sigma * normalQuantile(u))
        case .gamma(let k, let theta):
            return theta * gammaQuantile(shape: k, u)
        case .poisson(let lambda):
            return Double(poissonQuantile(lambda, u))
        case .binomial(let n, let p):
            return Double(binomialQuantile(n, p, u))
        case .uniformInt(let low, let high):
            return Double(low) + (u * (Double(high) - Double(low) + 1)).rounded(.down)
        case .vonmises(let mu, let kappa):
            return mu + vonMisesQuantile(kappa, u)
        }
    }
}

/// Inverts a continuous, increasing distribution function by bisection down to neighbouring doubles or 100 halvings.
private func invert(_ u: Double, low: Double, high: Double, _ probability: (Double) -> Double) -> Double {
    var low = low
    var high = high
    for _ in 0..<100 {
        let middle = 0.5 * (low + high)
        if middle <= low || middle >= high { break }
        if probability(middle) < u { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
}

/// Quantile of the gamma distribution with unit scale.
private func gammaQuantile(shape: Double, _ u: Double) -> Double {
    var high = max(shape, 1)
    while gammaProbability(shape, high) < u { high *= 2 }
    return invert(u, low: 0, high: high) { gammaProbability(shape, $0) }
}

/// The regularised lower incomplete gamma function: series below `shape + 1`, continued fraction above.
///
/// - Source: Abramowitz & Stegun 6.5.29 and 6.5.31.
private func gammaProbability(_ shape: Double, _ x: Double) -> Double {
    guard x > 0 else { return 0 }
    let scale = exp(-x + shape * log(x) - lgamma(shape))
    if x < shape + 1 {
        var term = 1 / shape
        var sum = term
        var a = shape
        while abs(term) > abs(sum) * 1e-16 {
            a += 1
            term *= x / a
            sum += term
        }
        return sum * scale
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
        if abs(d * c - 1) < 1e-16 { break }
    }
    return 1 - scale * fraction
}

private func poissonQuantile(_ lambda: Double, _ u: Double) -> Int {
    let spread = 40 * (lambda + 10).squareRoot()
    return firstInteger(0, Int((lambda + spread).rounded(.up))) { k in
        1 - gammaProbability(Double(k) + 1, lambda) >= u
    }
}

private func binomialQuantile(_ n: Int, _ p: Double, _ u: Double) -> Int {
    if p <= 0 { return 0 }
    if p >= 1 { return n }
    var cumulative = 0.0
    let logRatio = log(p) - log1p(-p)
    for k in 0..<n {
        let logChoose = lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
        cumulative += exp(logChoose + Double(k) * logRatio + Double(n) * log1p(-p))
        if cumulative >= u { return k }
    }
    return n
}

/// The smallest integer in `low...high` for which a monotone predicate holds.
private func firstInteger(_ low: Int, _ high: Int, _ holds: (Int) -> Bool) -> Int {
    var low = low
    var high = high
    while low < high {
        let middle = low + (high - low) / 2
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}

/// Quantile of the von Mises distribution around 0, its density integrated by the Fourier series.
///
/// - Source: Abramowitz & Stegun 9.6.34 for the series of exp(κ cos θ).
private func vonMisesQuantile(_ kappa: Double, _ u: Double) -> Double {
    guard kappa > 0 else { return (u - 0.5) * 2 * .pi }
    // Ratios of modified Bessel functions Iⱼ/I₀ by downward recurrence.
    let terms = 50 + Int(min(kappa, 1e4))
    var ratios = [Double](repeating: 0, count: terms + 2)
    var next = 0.0
    for j in stride(from: terms, through: 1, by: -1) {
        next = 1 / (2 * Double(j) / kappa + next)
        ratios[j] = next
    }
    var weights: [Double] = []
    var product = 1.0
    for j in 1...terms {
        product *= ratios[j]
        if product < 1e-18 { break }
        weights.append(product)
    }
    return invert(u, low: -.pi, high: .pi) { x in
        var sum = (x + .pi) / (2 * .pi)
        for (j, weight) in weights.enumerated() {
            sum += weight * sin(Double(j + 1) * x) / (Double(j + 1) * .pi)
        }
        return sum
    }
}
