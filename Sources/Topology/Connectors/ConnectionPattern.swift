/// Connections that no draw decides: a function of the target neuron.
///
/// A connection has a value number, under which the pattern keeps weights and delays of its own, if it has any: a row
/// of a list, a place in a kernel.
public protocol ConnectionPattern: Sendable {
    /// All connections.
    var count: Int { get }
    /// Connections of the target neuron that has most.
    var mostPerTarget: Int { get }
    /// Some connections have weights of their own.
    var hasWeights: Bool { get }
    /// Some connections have delays of their own.
    var hasDelays: Bool { get }

    /// Calls `body` with source and value number of each connection onto target neuron `post`, always in the same
    /// order.
    ///
    /// - Complexity: O(connections onto `post`).
    func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void)
    /// The weight under a value number, nA or µS; NaN: the projection's own.
    func weight(_ value: Int) -> Double
    /// The delay under a value number, ms; NaN: the projection's own.
    func delay(_ value: Int) -> Double
    /// Smallest and largest of the pattern's own weights; `nil` without any.
    var weightBounds: ClosedRange<Double>? { get }
    /// Smallest and largest of the pattern's own delays, ms; `nil` without any.
    var delayBounds: ClosedRange<Double>? { get }
    /// All connections have a weight of their own.
    var hasAllWeights: Bool { get }
    /// All connections have a delay of their own.
    var hasAllDelays: Bool { get }
    /// The sources of the targets `posts`, where they are exactly the neurons of a range; `nil`: to be found one by
    /// one.
    ///
    /// - Complexity: O(1).
    func sources(of posts: Range<Int>) -> Range<Int>?
}

extension ConnectionPattern {
    public var hasWeights: Bool { false }
    public var hasDelays: Bool { false }
    public func weight(_ value: Int) -> Double { .nan }
    public func delay(_ value: Int) -> Double { .nan }
    public var weightBounds: ClosedRange<Double>? { nil }
    public var delayBounds: ClosedRange<Double>? { nil }
    public var hasAllWeights: Bool { hasWeights }
    public var hasAllDelays: Bool { hasDelays }
    public func sources(of posts: Range<Int>) -> Range<Int>? { nil }
}

extension Connector {
    /// Connections that no draw decides, if these are.
    public var pattern: (any ConnectionPattern)? {
        if case .fixed(let pattern) = self { pattern } else { nil }
    }

    /// The connections of a list.
    public static func fromList(_ rows: [ListedConnection]) -> Connector { .fixed(ConnectionTable(rows)) }
}

extension Projection {
    /// Delays that the projection's synapses can have, ms.
    ///
    /// - Complexity: O(1), but for a projection's list of delays.
    public func delayBounds(timestep: Double) -> ClosedRange<Double> {
        var own = synapse.delay?.bounds ?? timestep...timestep
        if let new = synapse.structural?.initialDelay {
            // Some synapses may be new however the others are given.
            own = min(own.lowerBound, new.lowerBound)...max(own.upperBound, new.upperBound)
            guard let bounds = connector.pattern?.delayBounds else { return own }
            return min(own.lowerBound, bounds.lowerBound)...max(own.upperBound, bounds.upperBound)
        }
        guard let pattern = connector.pattern, let bounds = pattern.delayBounds else { return own }
        if pattern.hasAllDelays { return bounds }
        return min(own.lowerBound, bounds.lowerBound)...max(own.upperBound, bounds.upperBound)
    }
}
