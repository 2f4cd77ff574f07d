import Diagnostics
import FixedPoint
import Foundation
import Synapses
import TestSupport
import Testing
import Topology

/// One synapse as a test knows it.
struct PlainSynapse: Hashable {
    var pre: Int
    var post: Int
    var weight: Int
    var delay: Int
}

/// A network of two populations and one or more projections, and what a rank holds of it.
struct RowFixture {
    let network: Network
    let rules: SynapseRules

    init(_ projections: [Projection], pre: Int, post: Int, timestep: Double = 1) {
        network = Network(
            name: "rows", simulation: Simulation(duration: 10, timestep: timestep, seed: 99),
            machine: MachineRequest(),
            populations: [
                Population(name: "pre", size: pre, model: .ifCurrExp),
                Population(name: "post", size: post, model: .ifCurrExp),
            ], projections: projections)
        rules = SynapseRules(network: network, scales: WeightScaling.shifts(network))
    }

    /// Builds the rows that the target slices `slices` of "post" have and reads all synapses back.
    func synapses(
        slices: [Range<Int>], delaySlots: Int = 64, extensionStages: Int = 0, groupShift: Int? = nil,
        reaches: ((Int) -> Bool)? = nil
    ) throws -> [PlainSynapse] {
        var next = 0
        let targets = slices.enumerated().map { number, slice in
            defer { next += slice.count }
            return TargetCore(
                core: 100 + number, population: 1, slice: NeuronSlice(slice), firstNeuron: next, delaySlots: delaySlots)
        }
        let preSize = network.populations[0].size
        let blockSize = max(1, (preSize + 2) / 3)
        var blocks = stride(from: 0, to: preSize, by: blockSize).enumerated().map { number, start in
            SourceBlock(
                core: number, population: 0, slice: NeuronSlice(start..<min(start + blockSize, preSize)), stages: 0,
                stageSteps: 0,
                reaches: targets.indices.map { _ in reaches?(number) ?? true })
        }
        if extensionStages > 0 {
            blocks += blocks.map {
                SourceBlock(
                    core: $0.core + 50, population: 0, slice: $0.slice, stages: extensionStages,
                    stageSteps: delaySlots, reaches: $0.reaches)
            }
        }
        let builder = try RowTableBuilder(
            network: network, rules: rules, blocks: blocks, targets: targets, neurons: next, longest: delaySlots,
            groupShift: groupShift)
        let built = try builder.build()
        var postOfNeuron: [Int] = []
        for slice in slices { postOfNeuron += Array(slice) }
        var result: [PlainSynapse] = []
        for (number, block) in blocks.enumerated() {
            for row in 0..<block.rows {
                let stage = block.stages == 0 ? 0 : row / block.slice.count + 1
                let pre = block.slice[row % block.slice.count]
                built.table.forEach(row: builder.firstRow[number] + row) { synapse in
                    result.append(
                        PlainSynapse(
                            pre: pre, post: postOfNeuron[synapse.neuron], weight: Int(synapse.weight),
                            delay: synapse.delay + stage * delaySlots))
                }
            }
        }
        #expect(built.table.synapses == result.count)
        #expect(built.synapsesOnto[0].reduce(0, +) >= result.count)
        return result
    }
}

private func projection(
    _ connector: Connector, weight: ParameterValue = .number(0.5), delay: ParameterValue = .number(2)
)
    -> Projection
{
    Projection(
        name: "p", pre: 0, post: 1, connector: connector, synapse: Synapse(weight: weight, delay: delay))
}

@Suite struct ConnectorTests {
    static let random: [Connector] = [
        .allToAll(allowSelfConnections: true), .oneToOne, .fixedProbability(p: 0.1, allowSelfConnections: true),
        .fixedProbability(p: 0.9, allowSelfConnections: true),
        .fixedNumberPre(n: 7, withReplacement: false, allowSelfConnections: true),
        .fixedNumberPre(n: 80, withReplacement: false, allowSelfConnections: true),
        .fixedNumberPre(n: 130, withReplacement: true, allowSelfConnections: true),
        .fixedNumberPost(n: 9, withReplacement: false, allowSelfConnections: true),
        .fixedNumberPost(n: 200, withReplacement: true, allowSelfConnections: true),
        .fixedTotalNumber(n: 1234, withReplacement: true, allowSelfConnections: true),
        .fixedTotalNumber(n: 4321, withReplacement: false, allowSelfConnections: true),
    ]

    /// The same synapses, whoever holds which targets.
    @Test(arguments: random) func synapsesDoNotDependOnTheSlices(connector: Connector) throws {
        let fixture = RowFixture(
            [
                projection(
                    connector, weight: .distribution(.uniform(low: 0.1, high: 0.9)),
                    delay: .distribution(.normalClipped(mu: 8, sigma: 4, low: 1, high: 30)))
            ], pre: 101, post: 77)
        let whole = try fixture.synapses(slices: [0..<77])
        let parts =
            try fixture.synapses(slices: [0..<10], groupShift: 5) + fixture.synapses(slices: [10..<50, 50..<77])
        #expect(!whole.isEmpty)
        #expect(whole.map(key).sorted() == parts.map(key).sorted())
        #expect(whole.allSatisfy { (1...30).contains($0.delay) })
    }

    @Test func counts() throws {
        func degree(_ connector: Connector) throws -> (total: Int, byPre: Set<Int>, byPost: Set<Int>, distinct: Bool) {
            let all = try RowFixture([projection(connector)], pre: 101, post: 77).synapses(slices: [0..<40, 40..<77])
            let pre = Dictionary(grouping: all, by: \.pre).mapValues(\.count)
            let post = Dictionary(grouping: all, by: \.post).mapValues(\.count)
            return (
                all.count, Set((0..<101).map { pre[$0] ?? 0 }), Set((0..<77).map { post[$0] ?? 0 }),
                Set(all).count == all.count
            )
        }
        let all = try degree(.allToAll(allowSelfConnections: true))
        #expect(all.total == 101 * 77 && all.distinct)
        #expect(try degree(.oneToOne).total == 77)
        for n in [1, 50, 51, 100, 101] {
            let pre = try degree(.fixedNumberPre(n: n, withReplacement: false, allowSelfConnections: true))
            #expect(pre.byPost == [n] && pre.distinct)
        }
        #expect(try degree(.fixedNumberPre(n: 130, withReplacement: true, allowSelfConnections: true)).byPost == [130])
        let post = try degree(.fixedNumberPost(n: 20, withReplacement: false, allowSelfConnections: true))
        #expect(post.byPre == [20] && post.distinct)
        #expect(try degree(.fixedTotalNumber(n: 999, withReplacement: true, allowSelfConnections: true)).total == 999)
        let without = try degree(.fixedTotalNumber(n: 7000, withReplacement: false, allowSelfConnections: true))
        #expect(without.total == 7000 && without.distinct)
        #expect(try degree(.fixedProbability(p: 0, allowSelfConnections: true)).total == 0)
        #expect(try degree(.fixedProbability(p: 1, allowSelfConnections: true)).total == 101 * 77)
        let some = try degree(.fixedProbability(p: 0.3, allowSelfConnections: true))
        // Five standard deviations of a binomial count.
        #expect(abs(Double(some.total) - 0.3 * 101 * 77) < 5 * (0.21 * 101 * 77).squareRoot() && some.distinct)
    }

    @Test(arguments: [
        Connector.allToAll(allowSelfConnections: false), .fixedProbability(p: 0.8, allowSelfConnections: false),
        .fixedNumberPre(n: 30, withReplacement: false, allowSelfConnections: false),
        .fixedNumberPre(n: 60, withReplacement: true, allowSelfConnections: false),
        .fixedNumberPost(n: 30, withReplacement: false, allowSelfConnections: false),
        .fixedTotalNumber(n: 900, withReplacement: true, allowSelfConnections: false),
        .fixedTotalNumber(n: 900, withReplacement: false, allowSelfConnections: false),
    ])
    func noSelfConnections(connector: Connector) throws {
        let itself = Projection(
            name: "self", pre: 0, post: 0, connector: connector, synapse: Synapse(weight: .number(0.1)))
        let network = Network(
            name: "self", simulation: Simulation(duration: 10), machine: MachineRequest(),
            populations: [Population(name: "a", size: 40, model: .ifCurrExp)], projections: [itself])
        let rules = SynapseRules(network: network, scales: WeightScaling.shifts(network))
        let targets = [TargetCore(core: 0, population: 0, slice: NeuronSlice(0..<40), firstNeuron: 0, delaySlots: 16)]
        let builder = try RowTableBuilder(
            network: network, rules: rules,
            blocks: [
                SourceBlock(
                    core: 0, population: 0, slice: NeuronSlice(0..<40), stages: 0, stageSteps: 0, reaches: [true])
            ],
            targets: targets, neurons: 40, longest: 16)
        let table = try builder.build().table
        #expect(table.synapses > 0)
        for pre in 0..<40 {
            table.forEach(row: pre) { #expect($0.neuron != pre) }
        }
    }

    @Test func listedConnectionsAreTheListed() throws {
        let rows = [
            ListedConnection(pre: 0, post: 3, weight: 0.25, delay: 1), ListedConnection(pre: 100, post: 76),
            ListedConnection(pre: 0, post: 3, weight: 1, delay: 7),
        ]
        let fixture = RowFixture([projection(.fromList(rows))], pre: 101, post: 77)
        let scale = fixture.rules.scales[1][0].weightScale
        let all = try fixture.synapses(slices: [0..<2, 2..<77])
        #expect(
            Set(all) == [
                PlainSynapse(pre: 0, post: 3, weight: Int(0.25 * scale), delay: 1),
                PlainSynapse(pre: 100, post: 76, weight: Int(0.5 * scale), delay: 2),
                PlainSynapse(pre: 0, post: 3, weight: Int(scale), delay: 7),
            ])
    }

    @Test func delaysBeyondTheSlotsGoThroughStages() throws {
        let fixture = RowFixture(
            [projection(.allToAll(allowSelfConnections: true), delay: .distribution(.uniform(low: 1, high: 60)))],
            pre: 31, post: 20)
        let direct = try fixture.synapses(slices: [0..<20], delaySlots: 64)
        let staged = try fixture.synapses(slices: [0..<20], delaySlots: 16, extensionStages: 3)
        #expect(Set(direct.map(\.delay)).count > 50)
        #expect(direct.map(key).sorted() == staged.map(key).sorted())
    }

    @Test func sourcesWhosePacketsDoNotArriveHaveNoSynapses() throws {
        let fixture = RowFixture([projection(.allToAll(allowSelfConnections: true))], pre: 30, post: 20)
        let all = try fixture.synapses(slices: [0..<20], reaches: { $0 != 1 })
        #expect(Set(all.map(\.pre)) == Set(0..<10).union(20..<30))
    }
}

@Suite struct DeliveryTests {
    /// Rows of spikes announced some steps late, delivered and summed as plain arithmetic does, with saturation.
    @Test(
        arguments: [nil, (0.7, 1), (0.7, 3)] as [(weight: Double, spikes: Int)?], [1, 15, 16, 300, 5000, 70000])
    func equalsPlainAddition(packed: (weight: Double, spikes: Int)?, post: Int) throws {
        for groupShift in post > 1000 ? [nil, 1] : [nil, 0, 3, 7] as [Int?] {
            let isLarge = post > 1000
            try check(
                [
                    projection(
                        .fixedNumberPre(n: isLarge ? 2 : 40, withReplacement: true, allowSelfConnections: true),
                        weight: packed.map { .number($0.weight) } ?? .distribution(.uniform(low: 0.0, high: 1.0)),
                        delay: .distribution(.uniform(low: 3, high: 23))),
                    inhibition(.fixedProbability(p: isLarge ? 0.02 : 0.5, allowSelfConnections: true), delay: 3),
                ], spikes: UInt32(packed?.spikes ?? 1), post, groupShift: groupShift)
        }
    }

    /// Rows of one synapse, of two, and of none.
    @Test(arguments: [nil, 0, 2] as [Int?], [1, 7] as [UInt32]) func rowsOfFewSynapses(groupShift: Int?, spikes: UInt32)
        throws
    {
        for weight in [.number(0.7), .distribution(.uniform(low: 0.0, high: 1.0))] as [ParameterValue] {
            let excitation = (0..<20).map { ListedConnection(pre: $0, post: $0 % 7 + 3) }
            let twice = (0..<6).map { ListedConnection(pre: $0, post: 12) }
            try check(
                [
                    projection(
                        .fromList(excitation + twice), weight: weight,
                        delay: .distribution(.uniform(low: 3, high: 23))),
                    inhibition(.fromList((15..<25).map { ListedConnection(pre: $0, post: $0 - 10) }), delay: 22),
                ], spikes: spikes, 16, groupShift: groupShift)
        }
    }

    private func inhibition(_ connector: Connector, delay: Double) -> Projection {
        Projection(
            name: "inh", pre: 0, post: 1, receptor: "inhibitory", connector: connector,
            synapse: Synapse(weight: .number(-0.3), delay: .number(delay)))
    }

    private func check(_ projections: [Projection], spikes: UInt32, _ post: Int, groupShift: Int?) throws {
        let isLarge = post > 1000
        let fixture = RowFixture(projections, pre: 25, post: post)
        let (window, longest) = (3, 23)
        let targets = [TargetCore(core: 0, population: 1, slice: NeuronSlice(0..<post), firstNeuron: 0, delaySlots: 32)]
        let builder = try RowTableBuilder(
            network: fixture.network, rules: fixture.rules,
            blocks: [
                SourceBlock(
                    core: 0, population: 0, slice: NeuronSlice(0..<25), stages: 0, stageSteps: 0, reaches: [true])
            ],
            targets: targets, neurons: post, longest: longest, groupShift: groupShift)
        let table = try builder.build().table
        let sums = try InputSums(table.layout, types: 2)
        let deliveries = Deliveries(table, into: sums, longest: longest, window: window)
        var rows = [[RowSynapse]](repeating: [], count: 25)
        for row in rows.indices { table.forEach(row: row) { rows[row].append($0) } }
        #expect(rows.joined().contains { $0.type == 1 } && rows.joined().contains { $0.delay > 20 })
        var expected: [Int: [[Int]]] = [:]
        var cut = 0
        var saturated = [UInt32](repeating: 0, count: post)
        var slot = [UInt16](repeating: 0, count: post)
        let philox = Philox4x32(key: 3)
        for start in stride(from: 0, to: 24, by: window) {
            for time in start..<(start + window) {
                deliveries.deliver(step: time)
                for type in 0..<2 {
                    slot.withUnsafeMutableBufferPointer { slot in
                        saturated.withUnsafeMutableBufferPointer { saturated in
                            guard let slot = slot.baseAddress, let saturated = saturated.baseAddress else { return }
                            sums.take(
                                step: time, type: type, first: 0, count: post, into: slot, saturated: saturated)
                        }
                    }
                    let sums = expected[time]?[type] ?? Array(repeating: 0, count: post)
                    #expect(slot.map(Int.init) == sums.map { min($0, 65535) })
                    cut += sums.count { $0 > 65535 }
                    for i in 0..<post { slot[i] = 0 }
                }
                expected[time] = nil
            }
            // What is already known of the next step comes before the window's own spikes.
            deliveries.deliver(step: start + window)
            for time in start..<(start + window) {
                let fired = (0..<(isLarge ? 6 : 30) as Range<UInt32>).map {
                    philox.block($0, UInt32(time), 0, 0).0 % 25
                }
                for row in fired {
                    for synapse in rows[Int(row)] {
                        expected[
                            time + synapse.delay,
                            default: [[Int]](repeating: Array(repeating: 0, count: post), count: 2)
                        ][synapse.type][synapse.neuron] += Int(synapse.weight) * Int(spikes)
                    }
                }
                deliveries.add(fired.map { RowSpikes(row: $0, spikes: spikes) }, count: fired.count, time: time)
            }
        }
        #expect(saturated.reduce(0) { $0 + Int($1) } == cut)
    }

    /// As many spikes as could make a 32-bit sum wrap.
    @Test(arguments: [1, 60000, 70000, 4_000_000_000] as [UInt32], [10, 1])
    func sumsDoNotWrap(spikes: UInt32, synapses: Int) throws {
        let layout = InputLayout(neurons: 10)
        let rows = [(0..<synapses).map { RowSynapse(type: 0, neuron: $0, delay: 1, weight: 65535) }]
        let table = try #require(RowTable(rows: rows, layout: layout))
        let sums = try InputSums(layout, types: 1)
        let deliveries = Deliveries(table, into: sums, longest: 1, window: 1)
        let many = [RowSpikes](repeating: RowSpikes(row: 0, spikes: spikes), count: 70000)
        deliveries.deliver(step: 1)
        deliveries.add(many, count: many.count, time: 0)
        deliveries.deliver(step: 1)
        #expect((0..<10).allSatisfy { sums.pending(step: 1, type: 0, neuron: $0) == ($0 < synapses ? 65535 : 0) })
    }

    @Test(arguments: [1, 63, 64, 1000, 100_000], [1, 2, 9, 64]) func ringsWrapWithoutArithmetic(
        neurons: Int, steps: Int
    ) throws {
        let rings = try RingBuffers(InputLayout(neurons: neurons), steps: steps, types: 2)
        #expect(rings.stride >= neurons && rings.slots >= steps)
        let entries = rings.slots * rings.stride
        let start = rings.slot(ofStep: 0, type: 1)
        start[0] = 7
        start[entries - 1] = 9
        #expect(start[entries] == 7 && start[2 * entries - 1] == 9)
        start[entries + 5] = 11
        #expect(start[5] == 11)
        #expect(rings.slot(ofStep: rings.slots, type: 1) == start)
        #expect(rings.slot(ofStep: 0, type: 0)[0] == 0)
    }
}

private func key(_ s: PlainSynapse) -> String { "\(s.pre) \(s.post) \(s.weight) \(s.delay)" }
