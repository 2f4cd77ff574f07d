import Topology

/// What the ring-buffer estimate takes from one projection.
///
/// - Source: spinnaker-facts §3.4; counts and chances read in sPyNNaker 7.4.1, confirmed on golden `weight_scaling.json`.
public struct ProjectionStatistics: Sendable, Hashable {
    /// Most connections onto one target neuron, likely.
    public var mostPerTarget: Double
    /// Mean weight magnitude, nA or µS.
    public var weightMean: Double
    /// Variance of the weights.
    public var weightVariance: Double
    /// Largest weight magnitude, likely.
    public var weightMaximum: Double
    /// Variance of the delays, ms².
    public var delayVariance: Double
    /// Largest delay, likely, ms.
    public var delayMaximum: Double

    /// The statistics of a projection.
    ///
    /// Plastic weights count as if all of them had reached the larger of their first value and the rule's `w_max`.
    public init(_ projection: Projection, in network: Network) {
        let pre = Double(network.populations[projection.pre].size)
        let post = Double(network.populations[projection.post].size)
        let pairs = pre * post
        let connections: Double
        switch projection.connector {
        case .allToAll:
            mostPerTarget = pre
            connections = pairs
        case .oneToOne:
            mostPerTarget = 1
            connections = max(pre, post)
        case .fixedProbability(let p, _):
            mostPerTarget = Self.likelyMost(of: pre, p: p, chance: 1e-4, among: pairs)
            connections = Self.likelyMost(of: pairs, p: p, chance: 1e-2, among: pairs)
        case .fixedNumberPre(let n, _, _):
            mostPerTarget = Double(n)
            connections = Double(n) * post
        case .fixedNumberPost(let n, _, _):
            // The tool leaves out n here: as if every source chose one target.
            mostPerTarget = Self.likelyMost(of: pre, p: 1 / post, chance: 1e-5, among: pairs)
            connections = pre * Double(n)
        case .fixedTotalNumber(let n, _, _):
            mostPerTarget = Self.likelyMost(of: Double(n), p: 1 / post, chance: 1e-2, among: Double(n))
            connections = Double(n)
        case .fromList(let list):
            var counts: [Int32: Int] = [:]
            for connection in list { counts[connection.post, default: 0] += 1 }
            mostPerTarget = Double(counts.values.max() ?? 0)
            connections = Double(list.count)
        case .unsupported:
            // Not run yet, so only a bound.
            mostPerTarget = pre
            connections = pairs
        }

        let timestep = network.simulation.timestep
        let weight = Moments(weights: projection, count: connections)
        let delay = Moments(delays: projection, count: connections, timestep: timestep)
        weightMean = weight.mean
        weightVariance = weight.variance
        weightMaximum = weight.maximum
        delayVariance = delay.variance
        delayMaximum = delay.maximum
        if let rule = projection.synapse.stdp {
            var limit = 1.0
            if case .number(let written)? = rule.weightDependence.arguments["w_max"] { limit = written }
            weightMaximum = max(weightMaximum, limit)
            weightMean = weightMaximum
            weightVariance = 0
        }
    }

    /// The number of successes in `trials` exceeded with probability `chance` ÷ `among`.
    private static func likelyMost(of trials: Double, p: Double, chance: Double, among: Double) -> Double {
        guard among > 0 else { return 0 }
        return SpecialFunctions.binomialUpperQuantile(1 - (1 - chance / among), n: trials, p: p)
    }
}

/// Mean, variance and maximum of the weights or delays of a projection.
private struct Moments {
    let mean: Double
    let variance: Double
    let maximum: Double

    /// Magnitudes of weights.
    init(weights projection: Projection, count: Double) {
        if case .fromList(let list) = projection.connector, list.contains(where: { $0.weight != nil }) {
            var fallback = 0.0
            if case .number(let weight) = projection.synapse.weight { fallback = weight }
            self.init(list.map { ($0.weight ?? fallback).magnitude })
            return
        }
        switch projection.synapse.weight {
        case .number(let weight):
            self.init(mean: weight.magnitude, variance: 0, maximum: weight.magnitude)
        case .list(let weights): self.init(weights.map(\.magnitude))
        case .distribution(let distribution):
            let statistics = DistributionStatistics(distribution)
            self.init(
                mean: statistics.mean.magnitude, variance: statistics.variance,
                maximum: statistics.likelyMagnitude(of: count))
        }
    }

    /// Delays in ms; none given means one timestep.
    init(delays projection: Projection, count: Double, timestep: Double) {
        var fallback = timestep
        if case .number(let delay)? = projection.synapse.delay { fallback = delay }
        if case .fromList(let list) = projection.connector, list.contains(where: { $0.delay != nil }) {
            self.init(list.map { $0.delay ?? fallback })
            return
        }
        switch projection.synapse.delay {
        case nil, .number:
            self.init(mean: fallback, variance: 0, maximum: fallback)
        case .list(let delays): self.init(delays)
        case .distribution(let distribution):
            let statistics = DistributionStatistics(distribution)
            self.init(
                mean: statistics.mean, variance: statistics.variance, maximum: statistics.likelyMaximum(of: count))
        }
    }

    /// Of the values themselves; the variance is the population's.
    private init(_ values: [Double]) {
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0, +) / count
        self.init(
            mean: mean, variance: values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count,
            maximum: values.max() ?? 0)
    }

    private init(mean: Double, variance: Double, maximum: Double) {
        self.mean = mean
        self.variance = variance
        self.maximum = maximum
    }
}
