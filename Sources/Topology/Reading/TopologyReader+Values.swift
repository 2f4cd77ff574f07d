import StrictJSON

// Parameter values: numbers, lists and random distributions.
extension TopologyReader {
    /// Argument names of PyNN's distributions, in PyNN's order.
    static let distributions: [(name: String, arguments: [String])] = [
        ("uniform", ["low", "high"]), ("normal", ["mu", "sigma"]), ("normal_clipped", ["mu", "sigma", "low", "high"]),
        ("normal_clipped_to_boundary", ["mu", "sigma", "low", "high"]), ("exponential", ["beta"]),
        ("lognormal", ["mu", "sigma"]), ("gamma", ["k", "theta"]), ("poisson", ["lambda_"]), ("binomial", ["n", "p"]),
        ("uniform_int", ["low", "high"]), ("vonmises", ["mu", "kappa"]),
    ]

    /// Distributions whose bounds may be left out: one that is absent does not clip.
    private static let clippedDistributions = ["normal_clipped", "normal_clipped_to_boundary"]

    /// Reads a value for each of `size` neurons.
    mutating func readParameter(
        _ value: JSONValue, _ name: String, _ range: ValueRange, size: Int
    ) throws(DocumentError) -> ParameterValue {
        if value.isArray {
            guard value.count == size else {
                throw value.error(
                    .conflict, "\(name) has \(value.count) values, the population has \(size) neurons")
            }
            return .list(try value.numberList(name, range))
        }
        if value.isObject { return .distribution(try readDistribution(value, name, range)) }
        guard value.isNumber else {
            throw value.wrongType(
                name, "a number, an array of numbers or a distribution", hint: "; write it without quotes")
        }
        return .number(try value.number(name, range))
    }

    mutating func readDistribution(
        _ value: JSONValue, _ name: String, _ range: ValueRange
    ) throws(DocumentError) -> Distribution {
        let kind = try JSONObject.variant(
            of: value, "the value of \(name)", key: "distribution", in: Self.distributions.map(\.name))
        let arguments = Self.distributions.first { $0.name == kind }?.arguments ?? []
        let required = Self.clippedDistributions.contains(kind) ? ["mu", "sigma"] : arguments
        let object = try JSONObject(
            value, "the distribution \(kind)", keys: ["distribution"] + arguments, required: required)
        let distribution = try Self.makeDistribution(kind, object)
        try check(distribution, of: name, range, at: value)
        return distribution
    }

    private static func makeDistribution(
        _ kind: String, _ object: JSONObject
    ) throws(DocumentError) -> Distribution {
        func number(_ key: String, _ range: ValueRange = .finite) throws(DocumentError) -> Double {
            try object.require(key).number(key, range)
        }
        func bounds() throws(DocumentError) -> (low: Double, high: Double) {
            let low = try object["low"]?.number("low") ?? -.infinity
            let high = try object["high"]?.number("high") ?? .infinity
            guard low <= high else {
                throw try object.require("low").error(
                    .conflict,
                    "low must not be greater than high, got \(Wording.number(low)) and \(Wording.number(high))")
            }
            return (low, high)
        }
        let atLeastZero = ValueRange(low: 0)
        let positive = ValueRange(low: 0, isOpenBelow: true)
        // Beyond, neighbouring quantiles are too far apart to be told from the mean.
        let largest = 1e9
        let integers = -0x1p53...0x1p53
        switch kind {
        case "uniform":
            let (low, high) = try bounds()
            return .uniform(low: low, high: high)
        case "normal": return .normal(mu: try number("mu"), sigma: try number("sigma", atLeastZero))
        case "normal_clipped":
            let (mu, sigma) = (try number("mu"), try number("sigma", atLeastZero))
            let (low, high) = try bounds()
            guard low <= mu + 4 * sigma, high >= mu - 4 * sigma, sigma == 0 || low < high else {
                throw try object.require("low").error(
                    .conflict,
                    "from \(Wording.number(low)) to \(Wording.number(high)) there is next to nothing of a normal "
                        + "distribution of mean \(Wording.number(mu)) and deviation \(Wording.number(sigma)); "
                        + "widen the bounds or use normal_clipped_to_boundary")
            }
            return .normalClipped(mu: mu, sigma: sigma, low: low, high: high)
        case "normal_clipped_to_boundary":
            let (mu, sigma) = (try number("mu"), try number("sigma", atLeastZero))
            let (low, high) = try bounds()
            return .normalClippedToBoundary(mu: mu, sigma: sigma, low: low, high: high)
        case "exponential": return .exponential(beta: try number("beta", positive))
        case "lognormal": return .lognormal(mu: try number("mu"), sigma: try number("sigma", atLeastZero))
        case "gamma":
            return .gamma(
                k: try number("k", ValueRange(low: 0, isOpenBelow: true, high: largest)),
                theta: try number("theta", positive))
        case "poisson": return .poisson(lambda: try number("lambda_", ValueRange(low: 0, high: largest)))
        case "binomial":
            return .binomial(
                n: try object.require("n").integer("n", in: 0...Int(Int32.max)), p: try number("p", .probability))
        case "uniform_int":
            let range = Int(integers.lowerBound)...Int(integers.upperBound)
            let low = try object.require("low").integer("low", in: range)
            let high = try object.require("high").integer("high", in: range)
            _ = try bounds()
            return .uniformInt(low: low, high: high)
        default: return .vonmises(mu: try number("mu"), kappa: try number("kappa", ValueRange(low: 0, high: largest)))
        }
    }

    /// Refuses a distribution that surely leaves the range; warns where a long tail may.
    private mutating func check(
        _ distribution: Distribution, of name: String, _ range: ValueRange, at value: JSONValue
    ) throws(DocumentError) {
        // Bounds far out clip nothing: what can be drawn counts.
        let drawn = distribution.bounds
        let ends =
            distribution.isClipped
            ? [drawn.lowerBound, drawn.upperBound] : [distribution.support.low, distribution.support.high]
        for bound in ends where bound.isFinite && !range.contains(bound) {
            // A range from 0 on, open at 0, takes distributions whose values are never exactly 0.
            if bound == range.low, distribution.isOpenBelow { continue }
            throw value.error(
                .outOfRange,
                "\(name) must be \(range.words(for: bound)), and this distribution reaches \(Wording.number(bound))")
        }
        let mean = distribution.mean
        guard range.contains(mean) || (mean == range.low && distribution.isOpenBelow) else {
            throw value.error(
                .outOfRange,
                "\(name) must be \(range.words(for: mean)), and the mean of this distribution is "
                    + "\(Wording.number(mean))"
            )
        }
        if range.bindsTails, !range.contains(drawn.upperBound), drawn.upperBound > range.low {
            throw value.error(
                .outOfRange,
                "\(name) must be \(range.words(for: drawn.upperBound)), and this distribution draws values up to "
                    + "\(Wording.number(drawn.upperBound)); normal_clipped keeps them inside")
        }
        for tail in [drawn.lowerBound, drawn.upperBound] where !range.contains(tail) {
            warn(
                value,
                "\(name) must be \(range.words(for: tail)), and this distribution may draw \(Wording.number(tail)); "
                    + "normal_clipped keeps values inside")
            return
        }
    }
}

extension Distribution {
    /// Between which values every draw lies; infinite where there is no bound.
    public var support: (low: Double, high: Double) {
        switch self {
        case .uniform(let low, let high): (low, high)
        case .normalClipped(_, _, let low, let high), .normalClippedToBoundary(_, _, let low, let high): (low, high)
        case .uniformInt(let low, let high): (Double(low), Double(high))
        case .normal: (-.infinity, .infinity)
        case .exponential, .lognormal, .gamma, .poisson: (0, .infinity)
        case .binomial(let n, _): (0, Double(n))
        case .vonmises(let mu, _): (mu - Double.pi, mu + Double.pi)
        }
    }

    /// A normal distribution kept between two bounds, either of which may be infinite.
    var isClipped: Bool {
        switch self {
        case .normalClipped, .normalClippedToBoundary: true
        default: false
        }
    }

    /// The lower end of the support is approached and never drawn.
    var isOpenBelow: Bool {
        switch self {
        case .exponential, .lognormal, .gamma: true
        default: false
        }
    }

    /// The expected value; of clipped normal distributions the mean of the unclipped one, kept inside the bounds.
    public var mean: Double {
        switch self {
        case .uniform(let low, let high): low / 2 + high / 2
        case .normal(let mu, _), .vonmises(let mu, _): mu
        case .normalClipped(let mu, _, let low, let high), .normalClippedToBoundary(let mu, _, let low, let high):
            min(max(mu, low), high)
        case .exponential(let beta): beta
        case .lognormal(let mu, let sigma): Self.exponential(mu + sigma * sigma / 2)
        case .gamma(let k, let theta): k * theta
        case .poisson(let lambda): lambda
        case .binomial(let n, let p): Double(n) * p
        case .uniformInt(let low, let high): Double(low) / 2 + Double(high) / 2
        }
    }
}
