import Topology

/// What the ring-buffer estimate takes from one projection.
///
/// - Source: Documentation/Chip.md, "Weight scaling"; counts and chances read in sPyNNaker 7.4.1, confirmed on
///   `Tests/Golden/weight_scaling.json`.
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
        let parts = projection.connector.pattern as? PartConnections
        let pre = Double(parts?.sources.count ?? network.populations[projection.pre].size)
        let post = Double(parts?.targets.count ?? network.populations[projection.post].size)
        let allPairs = pre * post
        let connections: Double
        switch projection.rule {
        case .allToAll:
            mostPerTarget = pre
            connections = allPairs
        case .oneToOne:
            mostPerTarget = 1
            connections = max(pre, post)
        case .fixedProbability(let p, _):
            mostPerTarget = Self.likelyMost(of: pre, p: p, chance: 1e-4, among: allPairs)
            connections = Self.likelyMost(of: allPairs, p: p, chance: 1e-2, among: allPairs)
        case .fixedNumberPre(let n, _, _):
            mostPerTarget = Double(n)
            connections = Double(n) * post
        case .fixedNumberPost(let n, _, _):
            // The tool leaves out n here: as if every source chose one target.
            mostPerTarget = Self.likelyMost(of: pre, p: 1 / post, chance: 1e-5, among: allPairs)
            connections = pre * Double(n)
        case .fixedTotalNumber(let n, _, _):
            mostPerTarget = Self.likelyMost(of: Double(n), p: 1 / post, chance: 1e-2, among: Double(n))
            connections = Double(n)
        case .fixed(let pattern):
            (mostPerTarget, connections) = Self.counts(of: pattern, sources: pre)
        case .pairwise(let pairs):
            let highest = projection.survey?.highest ?? 1
            // Of distances the tool takes as many trials as there are targets.
            let trials = if case .distance = pairs.kind { post } else { pre }
            mostPerTarget = Self.likelyMost(of: trials, p: highest, chance: 1e-2, among: allPairs)
            connections = Self.likelyMost(of: allPairs, p: highest, chance: 1e-2, among: allPairs)
        case .smallWorld:
            mostPerTarget = projection.survey?.mostPerTarget ?? pre
            connections = projection.survey?.expected ?? allPairs
        case .fromFile:
            // Not run yet, so only a bound.
            mostPerTarget = pre
            connections = allPairs
        }

        let timestep = network.simulation.timestep
        let weight = Moments(weights: projection, count: connections)
        let delay = Moments(delays: projection, count: connections, timestep: timestep)
        weightMean = weight.mean
        weightVariance = weight.variance
        weightMaximum = weight.maximum
        delayVariance = delay.variance
        delayMaximum = delay.maximum
        var limit = projection.synapse.changeable?.maximum
        if case .number(let written)? = projection.synapse.stdp?.weightDependence.arguments["w_max"] { limit = written }
        if let structural = projection.synapse.structural {
            limit = max(limit ?? 0, structural.initialWeight.magnitude)
        }
        if let limit {
            weightMaximum = max(weightMaximum, limit)
            weightMean = weightMaximum
            weightVariance = 0
        }
    }

    /// Most connections onto a target and connections in all, as the tool counts them.
    private static func counts(of pattern: any ConnectionPattern, sources: Double) -> (Double, Double) {
        switch pattern {
        case let kernel as Kernel:
            let size = Double(kernel.shape.size)
            return (min(size, 255), sources * size)
        // Of a pool's sources only one is counted.
        case let convolution as Convolution:
            return (min(Double(convolution.kernel.size), sources), Double(convolution.count))
        case is ConnectionArray:
            // The tool's count is reset for each connection and stays 0.
            return (0, Double(pattern.count))
        default: return (Double(pattern.mostPerTarget), Double(pattern.count))
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
        if let pattern = projection.rule.pattern, pattern.hasWeights {
            self.init(weights: pattern, of: projection)
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

    /// Weights that connections have of their own.
    ///
    /// Of kernels the tool takes signed numbers, so that a negative kernel needs no room.
    private init(weights pattern: any ConnectionPattern, of projection: Projection) {
        switch pattern {
        case let group as AllButMe:
            let magnitudes = Moments(group.weights.map(\.magnitude))
            self.init(mean: magnitudes.mean, variance: magnitudes.variance, maximum: group.weights.max() ?? 0)
        case let kernel as Kernel: self.init(kernel.weights)
        case let kernel as Convolution: self.init(kernel.weights.lazy.filter { $0 != 0 }.map(\.magnitude))
        // The tool leaves out the division by the pool's area.
        case let dense as PoolDense: self.init(dense.weights.lazy.filter { $0 != 0 }.map(\.magnitude))
        default:
            var fallback = 0.0
            if case .number(let weight) = projection.synapse.weight { fallback = weight }
            self.init(
                (0..<pattern.count).lazy.map { row in
                    let weight = pattern.weight(row)
                    return (weight.isNaN ? fallback : weight).magnitude
                })
        }
    }

    /// Delays in ms; none given means one timestep.
    init(delays projection: Projection, count: Double, timestep: Double) {
        var fallback = timestep
        if case .number(let delay)? = projection.synapse.delay { fallback = delay }
        switch projection.rule.pattern {
        case let table as ConnectionTable where table.hasDelays:
            self.init((0..<table.count).lazy.map { table.delay($0).isNaN ? fallback : table.delay($0) })
            return
        case let kernel as Kernel where kernel.hasDelays:
            self.init(kernel.delays)
            return
        default: break
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
    private init(_ values: some Sequence<Double>) {
        var count = 0.0
        var sum = 0.0
        var maximum = -Double.infinity
        for value in values {
            count += 1
            sum += value
            maximum = max(maximum, value)
        }
        let mean = sum / max(count, 1)
        self.init(
            mean: mean, variance: values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count, 1),
            maximum: count > 0 ? maximum : 0)
    }

    private init(mean: Double, variance: Double, maximum: Double) {
        self.mean = mean
        self.variance = variance
        self.maximum = maximum
    }
}
