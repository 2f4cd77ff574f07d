// The longest delay a projection can have decides how many ring-buffer slots its target needs, and whether its source
// needs delay extensions, before a single synapse is drawn. A distribution is drawn from one 32-bit uniform number, so
// it has a largest value, and it is the one that the engine finds: ``Topology/Distribution/bounds``.

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
    /// number of steps may lose one, and a long delay may gain some where the steps of a millisecond were rounded up.
    /// Both take the timestep in whole microseconds.
    ///
    /// - Complexity: O(1).
    public init(milliseconds low: Double, _ high: Double, timestep: Double) {
        let stepsPerMillisecond = 1000 / max(1, (timestep * 1000).rounded(.toNearestOrEven))
        func fixedPoint(_ value: Double) -> Double { (value * 0x1p15).rounded(.toNearestOrEven) * 0x1p-15 }
        func chip(_ value: Double) -> Double { (fixedPoint(value) * fixedPoint(stepsPerMillisecond)).rounded(.down) }
        func host(_ value: Double) -> Double { (value * stepsPerMillisecond).rounded(.toNearestOrEven) }
        func whole(_ steps: Double) -> Int { Int(min(1e9, max(1, steps))) }
        longest = whole(max(host(high), chip(high)))
        shortest = min(longest, whole(min(host(low), chip(low))))
    }

    /// The delays of a projection's synapses, those of connections with their own included.
    ///
    /// - Complexity: O(1).
    public init(of projection: Projection, timestep: Double) {
        let bounds = projection.delayBounds(timestep: timestep)
        self.init(milliseconds: bounds.lowerBound, bounds.upperBound, timestep: timestep)
    }
}

/// The steps that a connection of a pattern can take, by its value number.
struct StepsOfConnection {
    /// Of connections without a delay of their own.
    let own: DelayBounds
    private let pattern: (any ConnectionPattern)?
    private let timestep: Double

    init(_ projection: Projection, timestep: Double) {
        let delay = projection.synapse.delay?.bounds ?? timestep...timestep
        own = DelayBounds(milliseconds: delay.lowerBound, delay.upperBound, timestep: timestep)
        self.timestep = timestep
        pattern = projection.connector.pattern.flatMap { $0.hasDelays ? $0 : nil }
    }

    func callAsFunction(_ value: Int) -> DelayBounds {
        guard let delay = pattern?.delay(value), !delay.isNaN else { return own }
        return DelayBounds(milliseconds: delay, delay, timestep: timestep)
    }
}
