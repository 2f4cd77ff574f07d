import Expressions
import Foundation
import Synapses
import Testing
import Topology

private func projection(
    _ connector: Connector, weight: ParameterValue = .number(0.5), delay: ParameterValue = .number(2)
) -> Projection {
    Projection(name: "p", pre: 0, post: 1, connector: connector, synapse: Synapse(weight: weight, delay: delay))
}

private func key(_ s: PlainSynapse) -> String { "\(s.pre) \(s.post) \(s.weight) \(s.delay)" }

private func distance(_ text: String, _ space: Space = Space()) throws -> Connector {
    .pairwise(
        PairProbability(
            kind: .distance(space),
            expression: try Expression(text, variables: PairProbability.distanceVariables(space))))
}

private func index(_ text: String) throws -> Connector {
    .pairwise(
        PairProbability(kind: .index, expression: try Expression(text, variables: PairProbability.indexVariables)))
}

@Suite struct PatternConnectorTests {
    /// What comes out are the pattern's own connections, weights and delays, however the targets are cut.
    @Test func connectionsAreThePatterns() throws {
        let kernel = Kernel(
            pre: Kernel.Grid(6, 7), post: Kernel.Grid(7, 5), shape: Kernel.Grid(3, 2),
            weights: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], delays: [1, 2, 3, 4, 5, 6], onMachine: true)
        var shape = Convolution.Shape(pre: Kernel.Grid(6, 7), kernel: Kernel.Grid(2, 3))
        shape.padding = Kernel.Grid(1, 0)
        let convolution = Convolution(shape, weights: [0.1, -0.2, 0.3, 0, 0.5, -0.6], positive: true)
        #expect(shape.post == Kernel.Grid(7, 5))
        var rows: [ListedConnection] = []
        for k in 0..<300 {
            var row = ListedConnection(pre: Int32(k * 5 % 42), post: Int32(k * 7 % 35))
            if k % 3 > 0 { row.weight = Double(k) / 400 }
            if k % 5 > 0 { row.delay = Double(k % 9 + 1) }
            rows.append(row)
        }
        let dense: [Double] = (0..<9 * 35).map { Double($0 % 7) * 0.1 - 0.3 }
        let patterns: [any ConnectionPattern] = [
            AllButMe(preSize: 42, postSize: 35, groupSize: 6),
            AllButMe(preSize: 42, postSize: 35, groupSize: 3, weights: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
            OneToOneOffset(preSize: 42, postSize: 35, offset: -3, wraps: true, groupSize: 7),
            ConnectionArray(pre: [1, 2, 41], post: [34, 0, 5]), kernel, convolution,
            PoolDense(
                preShape: [6, 7], postSize: 35, weights: dense, area: 4, poolStride: [2, 2], positive: false),
            ConnectionTable(rows),
        ]
        for pattern in patterns {
            let fixture = RowFixture([projection(.fixed(pattern))], pre: 42, post: 35)
            let scale = fixture.rules.scales[1][0].weightScale
            let isOnMachine = fixture.network.projections[0].isGeneratedOnMachine
            #expect(isOnMachine == (pattern is AllButMe || pattern is OneToOneOffset || pattern is Kernel))
            var expected: [String] = []
            for post in 0..<35 {
                pattern.forEachConnection(to: post) { pre, value in
                    let own = (pattern.weight(value), pattern.delay(value))
                    let weight = abs(own.0.isNaN ? 0.5 : own.0)
                    // The machine rounds the weight to an s16.15 number first, and then half up.
                    let fixed: Double = (weight * 32768).rounded(.toNearestOrEven) / 32768
                    let onMachine: Double = (fixed * scale + 0.5).rounded(.down)
                    let onHost: Double = (weight * scale).rounded(.toNearestOrEven)
                    let stored = isOnMachine ? onMachine : onHost
                    expected.append(
                        key(
                            PlainSynapse(
                                pre: pre, post: post, weight: Int(stored), delay: own.1.isNaN ? 2 : Int(own.1))))
                }
            }
            let whole = try fixture.synapses(slices: [0..<35]).map(key).sorted()
            #expect(whole == expected.sorted(), "\(pattern)")
            let parts = try fixture.synapses(slices: [0..<3]) + fixture.synapses(slices: [3..<20, 20..<35])
            #expect(parts.map(key).sorted() == whole)
        }
    }

    /// Weights and delays that a pattern leaves to the projection are drawn per connection, whoever holds the target.
    @Test func drawnValuesDoNotDependOnTheSlices() throws {
        let connectors: [Connector] = [
            .fixed(AllButMe(preSize: 101, postSize: 77, groupSize: 20)),
            .fixed(OneToOneOffset(preSize: 101, postSize: 77, offset: 5, wraps: false)),
            .fixed(ConnectionArray(pre: (0..<500).map { $0 % 101 }, post: (0..<500).map { $0 * $0 % 77 })),
            try distance("exp(-d / 9)"), try index("0.3 * (i % 2 == j % 2)"),
            .smallWorld(SmallWorld(degree: 6, rewiring: 0.3)),
        ]
        for connector in connectors {
            let fixture = RowFixture(
                [
                    projection(
                        connector, weight: .distribution(.uniform(low: 0.1, high: 0.9)),
                        delay: .distribution(.uniform(low: 1, high: 30)))
                ], pre: 101, post: 77)
            let whole = try fixture.synapses(slices: [0..<77])
            let parts = try fixture.synapses(slices: [0..<1, 10..<50]) + fixture.synapses(slices: [1..<10, 50..<77])
            #expect(whole.count > 50 && Set(whole.map(\.weight)).count > 20 && Set(whole.map(\.delay)).count > 10)
            #expect(whole.map(key).sorted() == parts.map(key).sorted())
        }
    }
}

@Suite struct PairConnectorTests {
    /// Certain and impossible pairs are exactly those of the expression.
    @Test func certainPairs() throws {
        func pairs(_ connector: Connector) throws -> Set<[Int]> {
            let synapses = try RowFixture([projection(connector)], pre: 60, post: 300).synapses(slices: [
                0..<130, 130..<300,
            ])
            let pairs = Set(synapses.map { [$0.pre, $0.post] })
            #expect(pairs.count == synapses.count)
            return pairs
        }
        func expected(_ isJoined: (Int, Int) -> Bool) -> Set<[Int]> {
            var result = Set<[Int]>()
            for i in 0..<60 { for j in 0..<300 where isJoined(i, j) { result.insert([i, j]) } }
            return result
        }
        #expect(try pairs(distance("d < 3")) == expected { abs($0 - $1) < 3 })
        #expect(try pairs(distance("d[0] == 5")) == expected { abs($0 - $1) == 5 })
        #expect(try pairs(index("i == j or i == 2*j")) == expected { $0 == $1 || $0 == 2 * $1 })
        #expect(try pairs(index("7 if i > j else -1")) == expected { $0 > $1 })
        #expect(try pairs(index("nan")).isEmpty)
        let ring = Space(axes: [0], periodicBoundaries: [0...60, nil, nil])
        #expect(
            try pairs(distance("d <= 1", ring))
                == expected { i, j in
                    let straight = abs(Double(i - j))
                    return abs(min(straight, 60 - straight)) <= 1
                })
        let scaled = Space(axes: [0, 1], scaleFactor: 0.2, offset: [5, 3, 99])
        #expect(
            try pairs(distance("d < 2", scaled))
                == expected { i, j in
                    let x = Double(i) - 0.2 * Double(j + 5)
                    return (x * x + 0.36).squareRoot() < 2
                })
        #expect(try pairs(.smallWorld(SmallWorld(degree: 2.5, rewiring: 0))) == expected { abs($0 - $1) <= 2 })
    }

    @Test func chancesAreTheExpressions() throws {
        // 100 × 200 pairs in five classes of probability.
        let fixture = RowFixture([projection(try index("(i % 5) / 5"))], pre: 100, post: 200)
        let synapses = try fixture.synapses(slices: [0..<200])
        for residue in 0..<5 {
            let p = Double(residue) / 5
            let found = Double(synapses.count { $0.pre % 5 == residue })
            // Five standard deviations of a binomial count.
            #expect(abs(found - 4000 * p) <= 5 * (4000 * p * (1 - p)).squareRoot())
        }
        // Neighbouring targets draw independently.
        let even = Set(synapses.filter { $0.post % 2 == 0 && $0.pre % 5 == 2 }.map { [$0.pre, $0.post] })
        let both = synapses.count { $0.post % 2 == 1 && $0.pre % 5 == 2 && even.contains([$0.pre, $0.post - 1]) }
        #expect(abs(Double(both) - 2000 * 0.16) < 5 * (2000 * 0.16 * 0.84).squareRoot())
    }

    @Test func rewiringKeepsTheTargetsDegree() throws {
        func world(_ rewiring: Double) throws -> [PlainSynapse] {
            try RowFixture([projection(.smallWorld(SmallWorld(degree: 10, rewiring: rewiring)))], pre: 400, post: 400)
                .synapses(slices: [0..<400])
        }
        let all = try world(0)
        let some = try world(0.25)
        #expect(
            Dictionary(grouping: all, by: \.post).mapValues(\.count)
                == Dictionary(grouping: some, by: \.post).mapValues(\.count))
        // Of those rewired few come to lie inside the neighbourhood again.
        let far = Double(some.count { abs($0.pre - $0.post) >= 10 })
        let share = 0.25 * (1 - 19.0 / 400)
        let n = Double(all.count)
        #expect(abs(far - n * share) < 5 * (n * share * (1 - share)).squareRoot())
        // Rewired sources are spread over the whole population.
        let sources = some.filter { abs($0.pre - $0.post) >= 10 }.map(\.pre)
        for quarter in 0..<4 {
            let here = Double(sources.count { $0 / 100 == quarter })
            #expect(abs(here - far / 4) < 5 * (far * 3 / 16).squareRoot())
        }
    }

    @Test(arguments: [true, false]) func noSelfConnections(isWorld: Bool) throws {
        let pairs = PairProbability(
            kind: .index, expression: try Expression("1", variables: PairProbability.indexVariables),
            allowSelfConnections: false)
        let connector: Connector =
            isWorld
            ? .smallWorld(SmallWorld(degree: 5, rewiring: 0.9, allowSelfConnections: false)) : .pairwise(pairs)
        let itself = Projection(
            name: "self", pre: 0, post: 0, connector: connector, synapse: Synapse(weight: .number(0.1)))
        var network = Network(
            name: "self", simulation: Simulation(duration: 10), machine: MachineRequest(),
            populations: [Population(name: "a", size: 40, model: .ifCurrExp)], projections: [itself])
        network.survey()
        let rules = SynapseRules(network: network, scales: WeightScaling.shifts(network))
        let builder = try RowTableBuilder(
            network: network, rules: rules,
            blocks: [
                SourceBlock(
                    core: 0, population: 0, slice: NeuronSlice(0..<40), stages: 0, stageSteps: 0, reaches: [true])
            ],
            targets: [TargetCore(core: 0, population: 0, slice: NeuronSlice(0..<40), firstNeuron: 0, delaySlots: 16)],
            neurons: 40, longest: 16)
        let table = try builder.build().table
        #expect(table.synapses == (isWorld ? 40 * 8 - 20 : 40 * 39))
        for pre in 0..<40 { table.forEach(row: pre) { #expect($0.neuron != pre) } }
    }
}

/// Ring-buffer statistics by the rules read in sPyNNaker 7.4.1.
@Suite struct PatternStatisticsTests {
    private func statistics(_ connector: Connector, survey: PairSurvey? = nil, weight: Double = 0.5)
        -> ProjectionStatistics
    {
        var projection = projection(connector, weight: .number(weight))
        projection.survey = survey
        return ProjectionStatistics(projection, in: RowFixture([projection], pre: 60, post: 40).network)
    }

    @Test func counts() throws {
        #expect(statistics(.fixed(AllButMe(preSize: 60, postSize: 40, groupSize: 5))).mostPerTarget == 4)
        #expect(
            statistics(.fixed(OneToOneOffset(preSize: 60, postSize: 40, offset: 1, wraps: true))).mostPerTarget == 1)
        // The tool's count of an array stays 0.
        #expect(statistics(.fixed(ConnectionArray(pre: [0, 1], post: [0, 0]))).mostPerTarget == 0)
        let kernel = Kernel(pre: .init(6, 10), post: .init(4, 10), shape: .init(30, 30), onMachine: true)
        #expect(statistics(.fixed(kernel)).mostPerTarget == 255)
        #expect(
            statistics(
                .smallWorld(SmallWorld(degree: 2, rewiring: 0)),
                survey: PairSurvey(expected: 99, highest: 1, mostPerTarget: 3)
            ).mostPerTarget == 3)
        // As many trials as targets (of distances) or sources (of indices), all of them sure.
        let sure = PairSurvey(expected: 2400, highest: 1, mostPerTarget: 60)
        #expect(statistics(try distance("1"), survey: sure).mostPerTarget == 40)
        #expect(statistics(try index("1"), survey: sure).mostPerTarget == 60)
    }

    @Test func ownWeights() {
        let group = statistics(.fixed(AllButMe(preSize: 60, postSize: 40, groupSize: 2, weights: [-3, 1])))
        #expect(group.weightMean == 2 && group.weightVariance == 1 && group.weightMaximum == 1)
        let kernel = Kernel(
            pre: .init(6, 10), post: .init(4, 10), shape: .init(1, 2), weights: [-3, 1], delays: [1, 3], onMachine: true
        )
        let signed = statistics(.fixed(kernel))
        #expect(signed.weightMean == -1 && signed.weightVariance == 4 && signed.weightMaximum == 1)
        #expect(signed.delayVariance == 1 && signed.delayMaximum == 3)
        var shape = Convolution.Shape(pre: .init(6, 10), kernel: .init(1, 3))
        shape.padding = .init(0, 1)
        let convolution = statistics(.fixed(Convolution(shape, weights: [-3, 1, -1], positive: false)))
        #expect(convolution.weightMean == 2 && convolution.weightMaximum == 3 && convolution.mostPerTarget == 3)
        let dense = statistics(
            .fixed(
                PoolDense(
                    preShape: [60], postSize: 1, weights: [4, 2] + [Double](repeating: 0, count: 28), area: 2,
                    poolStride: [2], positive: true)))
        #expect(dense.weightMean == 3 && dense.weightMaximum == 4 && dense.mostPerTarget == 60)
    }
}
