// How weights become 16-bit numbers, and delays steps.
//
// A ring-buffer entry is an unsigned 16-bit number; shifted left it is the input of a step as an accum. The shift is
// chosen per target population and synapse type so that the largest sum expected in one step fits, and with it the
// scale of all weights.
//
// The largest sum is estimated from statistics of the incoming projections, not from their synapses: the number of
// connections a neuron is likely to have at most, weight mean, variance and likely maximum, and 30 spikes a second from
// every source whatever its real rate (the tool tests for the wrong class and so never sees Poisson rates). If the
// delays do not vary, the estimate is that all connections spike at once. If they do, it is the mean plus five standard
// deviations of a Poisson number of random weights, but not more than all at once, and not less than the largest single
// weight.

import FixedPoint
import Glibc
import Topology

/// The ring-buffer shift of one population and synapse type, and the weight scale that goes with it.
@frozen
public struct RingBufferScale: Sendable, Hashable {
    /// Left shift from a ring-buffer entry to an accum.
    public var leftShift: Int
    /// Ring-buffer units per nA or µS.
    public var weightScale: Double

    /// A shift and its scale: 2^(15 − shift), times 1024 for conductances.
    public init(leftShift: Int, isConductance: Bool) {
        self.leftShift = leftShift
        weightScale = exp2(Double(15 - leftShift)) * (isConductance ? 1024 : 1)
    }
}

/// A ring-buffer scale with everything it was estimated from.
public struct RingBufferEstimate: Sendable, Hashable {
    /// The outcome.
    public var scale: RingBufferScale
    /// Largest sum expected in a step, in scaled weights.
    public var expectedMaximum = 0.0
    /// Sum of all connections of a neuron at their maximum; not multiplied by 1024 for conductances, as in the tool.
    public var total = 0.0
    /// Largest single weight, scaled.
    public var biggest = 0.0
    /// Connections counted.
    public var count = 0.0
    /// Mean of the scaled weights.
    public var mean = 0.0
    /// Sample variance of the scaled weights.
    public var variance = 0.0
    /// Mean rate of the sources, Hz.
    public var meanRate = 0.0
    /// Pooled variance of the delays, ms²; 0 means that all spikes may coincide.
    public var delayVariance = 0.0
    /// Mean plus five standard deviations of a step's sum; `nil` when the delays do not vary.
    public var upperBound: Double?
}

/// sPyNNaker's rules for weights and delays.
///
/// - Source: Documentation/Chip.md, "Weight scaling" and "Encoding"; `Tests/Golden/weight_scaling.json`.
public enum WeightScaling {
    /// Spikes per second assumed of every source.
    public static let spikesPerSecond = 30.0
    /// Standard deviations above the mean that have to fit: `ring_buffer_sigma`.
    public static let sigma = 5.0

    /// The ring-buffer scales of all populations.
    ///
    /// - Returns: by population, by synapse type; no entries for sources.
    /// - Complexity: O(projections), and O(n) for listed connections and weights.
    public static func shifts(_ network: Network) -> [[RingBufferScale]] {
        zip(network.populations, estimates(network)).map { population, estimates in
            estimates.map(\.scale) + population.learningReceptors.map { _ in signal }
        }
    }

    /// The scale of receptors that teach, whatever the target: a weight of 1 is 2048, as in traces.
    public static let signal = RingBufferScale(leftShift: 4, isConductance: false)

    /// The ring-buffer estimates of all populations, by synapse type.
    public static func estimates(_ network: Network) -> [[RingBufferEstimate]] {
        var pools: [[Pool]] = network.populations.map {
            Array(repeating: Pool(weightScale: $0.model.isConductanceBased ? 1024 : 1), count: $0.model.receptors.count)
        }
        let stepsPerSecond = 1000 / network.simulation.timestep
        for projection in network.projections where !projection.synapse.modulates {
            let receptors = network.populations[projection.post].model.receptors
            guard let type = receptors.firstIndex(of: projection.receptor) else { continue }
            pools[projection.post][type].add(
                ProjectionStatistics(projection, in: network), spikesPerTick: max(1, spikesPerSecond / stepsPerSecond))
        }
        return zip(network.populations, pools).map { population, pools in
            pools.map { $0.estimate(stepsPerSecond, isConductance: population.model.isConductanceBased) }
        }
    }

    /// A weight in ring-buffer units by the host's rule: magnitude times scale, rounded half to even, low 16 bits.
    ///
    /// - Parameters:
    ///   - weight: nA or µS, of either sign.
    ///   - scale: ring-buffer units per nA or µS.
    public static func quantise(_ weight: Double, scale: Double) -> UInt16 {
        let units = (weight.magnitude * scale).rounded(.toNearestOrEven)
        return UInt16(truncatingIfNeeded: Int64(exactly: units) ?? 0)
    }

    /// A weight in ring-buffer units by the on-machine generator's rule: rounded half up from an accum.
    ///
    /// - Parameters:
    ///   - weight: nA or µS, accum, of either sign.
    ///   - scale: ring-buffer units per nA or µS, below 2³².
    public static func quantiseOnMachine(_ weight: S1615, scale: Double) -> UInt16 {
        OnMachine.rescaleWeight(weight.raw, scale: UInt64((scale * 0x1p32).rounded(.toNearestOrEven)))
    }

    /// A delay in steps by the host's rule: ms times steps per ms, rounded half to even; the caller raises 0 to 1.
    ///
    /// Steps per ms are 1000 over the timestep in whole µs, so that 0.35 ms at 0.1 ms is the tie 3.5 and gives 4.
    public static func delaySteps(_ milliseconds: Double, timestep: Double) -> Int {
        let microseconds = (timestep * 1000).rounded(.toNearestOrEven)
        let steps = (milliseconds * (1000 / microseconds)).rounded(.toNearestOrEven)
        return Int(exactly: steps) ?? 0
    }

    /// A delay in steps by the on-machine generator's rule: accum ms times accum steps per ms, truncated; the caller
    /// raises 0 to 1.
    ///
    /// 0.3 ms at 0.1 ms gives 2 steps, not 3.
    public static func delayStepsOnMachine(_ milliseconds: S1615, timestep: Double) -> Int {
        let microseconds = (timestep * 1000).rounded(.toNearestOrEven)
        let stepsPerMillisecond = S1615(rounding: 1000 / microseconds) ?? .one
        return Int(OnMachine.rescaleDelay(milliseconds.raw, stepsPerMillisecond: stepsPerMillisecond.raw))
    }
}

/// Statistics of several groups of items, pooled.
private struct RunningStatistics {
    var count = 0.0
    var mean = 0.0
    private var squares = 0.0

    /// Adds `count` items of a mean and a sample variance.
    mutating func add(mean: Double, variance: Double, count items: Double) {
        guard items > 0 else { return }
        let together = count + items
        let delta = mean - self.mean
        squares += variance * (items - 1) + delta * delta * count * items / together
        self.mean = (count * self.mean + items * mean) / together
        count = together
    }

    var variance: Double { count <= 1 ? 0 : squares / (count - 1) }
}

/// What comes into one synapse type of a population.
private struct Pool {
    let weightScale: Double
    var weights = RunningStatistics()
    var delays = RunningStatistics()
    var rates = RunningStatistics()
    var total = 0.0
    var biggest = 0.0

    init(weightScale: Double) { self.weightScale = weightScale }

    mutating func add(_ projection: ProjectionStatistics, spikesPerTick: Double) {
        let count = projection.mostPerTarget
        weights.add(
            mean: projection.weightMean * weightScale,
            variance: projection.weightVariance * (weightScale * weightScale), count: count)
        delays.add(mean: 0, variance: projection.delayVariance, count: count)
        rates.add(mean: WeightScaling.spikesPerSecond, variance: 0, count: count)
        total += spikesPerTick * (projection.weightMaximum * count)
        let largest = projection.weightMaximum * weightScale
        if largest > biggest { biggest = largest }
    }

    func estimate(_ stepsPerSecond: Double, isConductance: Bool) -> RingBufferEstimate {
        var upper: Double?
        var expected = biggest > total ? biggest : total
        if delays.variance != 0 {
            let bound = upperBound(stepsPerSecond)
            upper = bound
            // Comparisons as written keep a not-a-number, from which the tool makes shift 0.
            expected = total < bound ? total : bound
            expected = biggest > expected ? biggest : expected
        }
        return RingBufferEstimate(
            scale: RingBufferScale(leftShift: Pool.shift(expected), isConductance: isConductance),
            expectedMaximum: expected, total: total, biggest: biggest, count: weights.count, mean: weights.mean,
            variance: weights.variance, meanRate: rates.mean, delayVariance: delays.variance, upperBound: upper)
    }

    /// The exponent of the smallest power of two above a sum, at least 0; 0 for not-a-number.
    static func shift(_ sum: Double) -> Int {
        guard sum > 0, sum.isFinite else { return 0 }
        let power = max(0, log2(sum)).rounded(.up)
        return Int(power) + (exp2(power) <= sum ? 1 : 0)
    }

    /// Mean plus five standard deviations of a Poisson number of random weights.
    ///
    /// The variance from the weights' own spread uses the Poisson distribution cut three deviations above its mean:
    /// λ sd² e^−λ Σ λ^k/k! over k < cut. It is left out where the last term overflows or is exactly 1.
    private func upperBound(_ stepsPerSecond: Double) -> Double {
        let lambda = weights.count * rates.mean / stepsPerSecond
        var variance = lambda * weights.mean * weights.mean
        if weights.variance > 0 {
            let cut = (lambda + 3 * lambda.squareRoot()).rounded(.toNearestOrEven)
            let last = log(lambda) * cut - lgamma(1 + cut)
            if last.magnitude < 701, last != 0 {
                var term = exp(-lambda)
                var sum = 0.0
                for k in 0..<Int(cut) {
                    sum += term
                    term *= lambda / Double(k + 1)
                }
                variance += lambda * weights.variance * sum
            }
        }
        return lambda * weights.mean + WeightScaling.sigma * variance.squareRoot()
    }
}
