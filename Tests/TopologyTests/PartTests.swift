import Testing
import Topology

/// Rules between parts of populations against what they say of every pair.
@Suite struct PartTests {
    struct Pair: Hashable {
        var pre: Int
        var post: Int
    }

    private static let sources = [1, 2, 3, 5, 8, 13, 21]
    private static let targets = [0, 2, 3, 4, 8, 16]

    private func connections(
        _ rule: Connector, isSame: Bool = true, seed: UInt64 = 1, number: Int = 0
    ) -> (pairs: [Pair], part: PartConnections) {
        let part = PartConnections(
            rule, sources: Self.sources, targets: Self.targets, postSize: 22, isSame: isSame, seed: seed,
            number: number)
        var pairs: [Pair] = []
        for post in 0..<22 { part.forEachConnection(to: post) { pre, _ in pairs.append(Pair(pre: pre, post: post)) } }
        #expect(part.count == pairs.count)
        #expect(part.mostPerTarget == Dictionary(grouping: pairs, by: \.post).values.map(\.count).max() ?? 0)
        #expect(pairs.allSatisfy { Self.sources.contains($0.pre) && Self.targets.contains($0.post) })
        return (pairs, part)
    }

    private func hasSelf(_ pairs: [Pair]) -> Bool { pairs.contains { $0.pre == $0.post } }

    @Test func allPairsOfTheParts() {
        let all = Set(Self.targets.flatMap { post in Self.sources.map { Pair(pre: $0, post: post) } })
        #expect(Set(connections(.allToAll(allowSelfConnections: true)).pairs) == all)
        let others = all.filter { $0.pre != $0.post }
        #expect(all.count - others.count == 3)
        #expect(Set(connections(.allToAll(allowSelfConnections: false)).pairs) == others)
        // Neurons of two populations are never the same.
        #expect(Set(connections(.allToAll(allowSelfConnections: false), isSame: false).pairs) == all)
    }

    @Test func placesMeetPlaces() {
        let expected = zip(Self.sources, Self.targets).map { Pair(pre: $0, post: $1) }
        #expect(connections(.oneToOne).pairs == expected)
        let list = Connector.fromList([
            ListedConnection(pre: 6, post: 5, weight: 0.5, delay: 3), ListedConnection(pre: 0, post: 0),
        ])
        let (pairs, part) = connections(list)
        #expect(Set(pairs) == [Pair(pre: 21, post: 16), Pair(pre: 1, post: 0)])
        var own: [Double] = []
        part.forEachConnection(to: 16) { _, value in own = [part.weight(value), part.delay(value)] }
        #expect(own == [0.5, 3])
        #expect(part.hasWeights && !part.hasAllWeights)
    }

    @Test(arguments: [0, 0.03, 0.5, 0.97, 1]) func probability(_ p: Double) {
        var count = 0
        for seed in UInt64(0)..<400 {
            let pairs = connections(.fixedProbability(p: p, allowSelfConnections: false), seed: seed).pairs
            #expect(Set(pairs).count == pairs.count && !hasSelf(pairs))
            count += pairs.count
        }
        // 39 pairs can be joined; four standard deviations.
        let mean = 39 * 400 * p
        #expect(abs(Double(count) - mean) <= 4 * (mean * (1 - p)).squareRoot())
    }

    @Test(arguments: [true, false], [true, false]) func numbers(_ withReplacement: Bool, _ allowSelf: Bool) {
        for seed in UInt64(0)..<50 {
            let pre = connections(
                .fixedNumberPre(n: 4, withReplacement: withReplacement, allowSelfConnections: allowSelf), seed: seed
            ).pairs
            let post = connections(
                .fixedNumberPost(n: 4, withReplacement: withReplacement, allowSelfConnections: allowSelf), seed: seed
            ).pairs
            let total = connections(
                .fixedTotalNumber(n: 30, withReplacement: withReplacement, allowSelfConnections: allowSelf),
                seed: seed
            ).pairs
            #expect(
                Dictionary(grouping: pre, by: \.post).mapValues(\.count)
                    == .init(uniqueKeysWithValues: Self.targets.map { ($0, 4) }))
            #expect(
                Dictionary(grouping: post, by: \.pre).mapValues(\.count)
                    == .init(uniqueKeysWithValues: Self.sources.map { ($0, 4) }))
            #expect(total.count == 30)
            for pairs in [pre, post, total] {
                if !allowSelf { #expect(!hasSelf(pairs)) }
                if !withReplacement { #expect(Set(pairs).count == pairs.count) }
            }
        }
    }

    /// Each pair comes as often as any other.
    @Test func drawsAreEven() {
        var times: [Pair: Int] = [:]
        for seed in UInt64(0)..<3000 {
            for rule: Connector in [
                .fixedNumberPre(n: 3, withReplacement: false, allowSelfConnections: true),
                .fixedTotalNumber(n: 18, withReplacement: false, allowSelfConnections: true),
            ] {
                for pair in connections(rule, seed: seed).pairs { times[pair, default: 0] += 1 }
            }
        }
        // Binomial of 6000 trials and p = 3/7: mean 2571, deviation 38.
        #expect(times.count == 42)
        #expect(times.values.allSatisfy { abs($0 - 2571) < 5 * 38 })
    }

    @Test func drawsHangOnSeedAndProjection() {
        let rule = Connector.fixedProbability(p: 0.5, allowSelfConnections: true)
        let pairs = connections(rule).pairs
        #expect(connections(rule).pairs == pairs)
        #expect(connections(rule, seed: 2).pairs != pairs)
        #expect(connections(rule, number: 1).pairs != pairs)
    }

    @Test func readFromFiles() throws {
        let network = try read(
            Sample.projection(
                """
                "pre": "E", "post": "E", "pre_neurons": "0:10:3", "post_neurons": [7, 3], "seed": 5,
                "connector": {"type": "AllToAll", "allow_self_connections": false}, "synapse": {"weight": 1}
                """)
        ).network
        let projection = try #require(network.projections.first)
        #expect(projection.seed == 5)
        let part = try #require(projection.connector.pattern as? PartConnections)
        #expect(part.sources == [0, 3, 6, 9] && part.targets == [3, 7] && part.count == 7)
        #expect(network.expectedSynapses(projection) == 7)
        // The machine generates what it would generate between whole populations.
        #expect(projection.isGeneratedOnMachine)
    }
}
