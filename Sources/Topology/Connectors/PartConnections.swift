import FixedPoint

/// The connections that a rule makes between parts of two populations, as if the parts were populations of their own.
///
/// The rule sees the selected neurons under their places in the selections, ascending. What it draws is drawn for each
/// selected target (for each source, and for all together, where the rule counts those) from a stream of its own, so
/// that every rank finds the same connections.
///
/// - Determinism: A function of (seed, number of the projection, rule, selections).
public struct PartConnections: ConnectionPattern {
    /// The rule between the parts.
    public let rule: Connector
    /// Selected source neurons, ascending.
    public let sources: [Int]
    /// Selected target neurons, ascending.
    public let targets: [Int]
    public private(set) var count = 0
    public private(set) var mostPerTarget = 0
    /// By neuron of the target population: its place among the targets, or −1.
    private let places: [Int32]
    /// By target: the source that is the same neuron and must not be joined to it, or −1; empty: none.
    private let same: [Int32]
    private let draws: PartDraws
    /// The connections of rules that count by source or in all, by target.
    private let drawn: [[Int32]]

    /// Joins parts of two populations.
    ///
    /// - Parameters:
    ///   - rule: Any rule but those that look at whole populations: pairs by expression, small worlds, files.
    ///   - sources: Selected neurons of the source, ascending.
    ///   - targets: Selected neurons of the target, ascending.
    ///   - postSize: Neurons of the whole target population.
    ///   - isSame: Both are parts of one population, so that neurons can meet themselves.
    ///   - seed: What draws are keyed by.
    ///   - number: Index of the projection, which draws are keyed by too.
    /// - Complexity: O(connections).
    public init(
        _ rule: Connector, sources: [Int], targets: [Int], postSize: Int, isSame: Bool, seed: UInt64, number: Int
    ) {
        self.rule = rule
        self.sources = sources
        self.targets = targets
        draws = PartDraws(philox: Philox4x32(key: seed), projection: UInt32(truncatingIfNeeded: number))
        var places = [Int32](repeating: -1, count: postSize)
        for (place, neuron) in targets.enumerated() { places[neuron] = Int32(truncatingIfNeeded: place) }
        self.places = places
        same = isSame && !rule.allowsSelfConnections ? Self.meetings(of: targets, with: sources) : []
        drawn = draws.drawnBySource(rule, sources: sources.count, targets: targets.count, same: same)
        var (total, most) = (0, 0)
        for target in targets {
            var here = 0
            forEachConnection(to: target) { _, _ in here += 1 }
            total += here
            most = max(most, here)
        }
        (count, mostPerTarget) = (total, most)
    }

    /// By target, the place of the same neuron among the sources, or −1.
    private static func meetings(of targets: [Int], with sources: [Int]) -> [Int32] {
        var at = 0
        return targets.map { target in
            while at < sources.count, sources[at] < target { at += 1 }
            return at < sources.count && sources[at] == target ? Int32(truncatingIfNeeded: at) : -1
        }
    }

    public func forEachConnection(to post: Int, _ body: (_ pre: Int, _ value: Int) -> Void) {
        let place = Int(places[post])
        guard place >= 0 else { return }
        let excluded = same.isEmpty ? -1 : Int(same[place])
        switch rule {
        case .allToAll:
            for (number, source) in sources.enumerated() where number != excluded { body(source, 0) }
        case .oneToOne:
            if place < sources.count { body(sources[place], 0) }
        case .fixedProbability(let p, _):
            draws.forEachSuccess(p, of: sources.count, target: place) { number in
                if number != excluded { body(sources[number], 0) }
            }
        case .fixedNumberPre(let n, let withReplacement, _):
            let chosen = draws.chosen(
                n, of: sources.count, excluded: excluded, withReplacement: withReplacement, for: place)
            for number in chosen { body(sources[number], 0) }
        case .fixedNumberPost, .fixedTotalNumber:
            for number in drawn[place] { body(sources[Int(number)], 0) }
        case .fixed(let pattern):
            pattern.forEachConnection(to: place) { number, value in body(sources[number], value) }
        case .pairwise, .smallWorld, .fromFile: break
        }
    }

    // MARK: - Values

    public var hasWeights: Bool { rule.pattern?.hasWeights ?? false }
    public var hasDelays: Bool { rule.pattern?.hasDelays ?? false }
    public var hasAllWeights: Bool { rule.pattern?.hasAllWeights ?? false }
    public var hasAllDelays: Bool { rule.pattern?.hasAllDelays ?? false }
    public var weightBounds: ClosedRange<Double>? { rule.pattern?.weightBounds }
    public var delayBounds: ClosedRange<Double>? { rule.pattern?.delayBounds }
    public func weight(_ value: Int) -> Double { rule.pattern?.weight(value) ?? .nan }
    public func delay(_ value: Int) -> Double { rule.pattern?.delay(value) ?? .nan }
}

extension Connector {
    /// Neurons may be joined to themselves.
    var allowsSelfConnections: Bool {
        switch self {
        case .allToAll(let allowed), .fixedProbability(_, let allowed), .fixedNumberPre(_, _, let allowed),
            .fixedNumberPost(_, _, let allowed), .fixedTotalNumber(_, _, let allowed):
            allowed
        case .pairwise(let pairs): pairs.allowSelfConnections
        case .smallWorld(let world): world.allowSelfConnections
        case .oneToOne, .fixed, .fromFile: true
        }
    }
}

extension Projection {
    /// The connector's rule, be it between whole populations or between parts of them.
    public var rule: Connector { connector.rule }
}

extension Connector {
    /// The rule itself, where it is between parts of populations.
    public var rule: Connector { (pattern as? PartConnections)?.rule ?? self }
}
