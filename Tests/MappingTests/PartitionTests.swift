import Diagnostics
import Mapping
import Testing
import Topology

@Suite struct PartitionTests {
    private func cores(_ network: Network) throws -> [Range<Int>] {
        try partition(network).slices.map { $0.neurons.lowerBound..<$0.neurons.upperBound }
    }

    @Test func defaultsAre256NeuronsAnd500Sources() throws {
        var network = pair(.oneToOne, pre: 1001, post: 600)
        network.populations[0].neuronsPerCore = nil
        network.populations[1].neuronsPerCore = nil
        #expect(try cores(network) == [0..<500, 500..<1000, 1000..<1001, 0..<256, 256..<512, 512..<600])
        network.machine.core.neuronsPerCore = 300
        network.machine.core.sourcesPerCore = 1001
        // 1001 sources exceed the data memory; so do the ring buffers of more than 2^9 neurons not.
        #expect(try cores(network).suffix(2) == [0..<300, 300..<600])
    }

    /// 14 bits: 256 neurons and two types leave 5 for the slots.
    @Test(arguments: [(1, 1), (2, 2), (3, 4), (16, 16), (17, 32), (32, 32), (33, 32), (200, 32)])
    func slotsFollowTheLongestDelay(delay: Int, slots: Int) throws {
        var network = pair(.oneToOne, post: 256, perCore: 256)
        network.projections[0].synapse.delay = .number(Double(delay))
        let slices = try partition(network).slices
        #expect(slices.filter { $0.role == .neurons }.map(\.delaySlots) == [slots])
        #expect(slices.filter { $0.role == .source }.allSatisfy { $0.delaySlots == 0 })
    }

    private static let pairs = STDPRule(timing: Rule(type: "SpikePair"), weightDependence: Rule(type: "Additive"))

    /// Histories of synapses that learn take memory from neurons, never from the slots: delays stay dendritic.
    @Test(arguments: [
        (256, 1, 1), (256, 8, 8), (256, 9, 16), (256, 10, 16), (256, 16, 16), (256, 17, 32), (256, 32, 32),
        (256, 40, 32), (200, 33, 32), (128, 33, 64), (128, 64, 64), (128, 100, 64), (64, 65, 128), (64, 128, 128),
        (255, 10, 16), (257, 17, 16), (300, 16, 16), (512, 20, 16), (1000, 9, 8), (1, 5000, 8192),
    ])
    func slotsDoNotDependOnMemory(asked: Int, delay: Int, slots: Int) throws {
        for modulates in [false, true] {
            var network = pair(.oneToOne, pre: 1, post: 2 * asked, perCore: asked)
            network.projections[0].synapse.delay = .number(Double(delay))
            network.projections[0].synapse.plasticity = .stdp
            network.projections[0].synapse.stdp = Self.pairs
            if modulates { network.projections[0].synapse.neuromodulation = Neuromodulation() }
            let partition = try partition(network)
            let cores = partition.slices.filter { $0.role == .neurons }
            #expect(cores.allSatisfy { $0.delaySlots == slots && $0.dtcm <= network.machine.core.dtcm })
            let most = partition.sliceSize(of: 1)
            #expect(most == asked || partition.limits[1] == .dataMemory || partition.limits[1] == .rowWords)
            let isShort = most < asked && partition.limits[1] == .dataMemory
            let notes = try map(network).summary.notes
            #expect(
                notes.contains { $0.contains("\"B\": a core holds \(most) neurons rather than \(asked)") } == isShort)
        }
    }

    /// The documented sum: 3072 + 28 + 164 a neuron + 16 slots of 512 halves.
    @Test func neuronsGiveWayToHistories() throws {
        var network = pair(.oneToOne, pre: 1, post: 256, perCore: 256, delay: .number(10))
        network.projections[0].synapse.plasticity = .stdp
        network.projections[0].synapse.stdp = Self.pairs
        #expect(try partition(network).sliceSize(of: 1) == (54_756 - 3072 - 24 - 16_384) / 164)
        // Half the neurons' index takes half the ring buffers.
        network.projections[0].synapse.delay = .number(20)
        #expect(try partition(network).sliceSize(of: 1) == 128)
        network.projections[0].synapse.delay = .number(8)
        #expect(try partition(network).sliceSize(of: 1) == 256)
    }

    @Test(arguments: [(33, 1), (64, 1), (65, 2), (96, 2), (97, 3)])
    func longDelaysNeedStages(delay: Int, stages: Int) throws {
        let network = pair(
            .allToAll(allowSelfConnections: true), pre: 256, post: 256, perCore: 128, delay: .number(Double(delay)))
        // 128 neurons leave 6 bits; limit them to 5 as for 256.
        var limited = network
        limited.machine.core.ringBufferBits = 13
        let (mapping, _) = try map(limited)
        let parrots = mapping.cores.filter { $0.role == .delayExtension(stages: stages) }
        #expect(parrots.map(\.slice) == [NeuronSlice(0..<128), NeuronSlice(128..<256)])
        #expect(parrots.allSatisfy { $0.delaySlots == 32 && $0.population == 0 })
        #expect(mapping.cores.suffix(2).map(\.slice) == parrots.map(\.slice))
        // All delays exceed the slots: sources feed their own parrot alone.
        #expect(mapping.targets == [[4], [5], [], [], [2, 3], [2, 3]])
        // A key for every stage, neuron and colour.
        let bits = 4 + 7 + (stages > 2 ? 2 : stages - 1)
        #expect(mapping.cores[4].mask == 0xFFFF_FFFF << UInt32(bits))
        #expect(check(mapping, of: limited).problems.isEmpty)
    }

    @Test func mixedDelaysReachTargetsBothWays() throws {
        var network = pair(
            .oneToOne, pre: 512, post: 512, perCore: 256, delay: .distribution(.uniform(low: 1, high: 100)))
        let mapping = try map(network).mapping
        #expect(mapping.targets == [[2, 4], [3, 5], [], [], [2], [3]])

        // The stages are as long as the fewest slots among the delayed targets.
        network.populations.append(Population(name: "C", size: 16, model: .ifCurrExp))
        network.projections.append(
            Projection(
                name: "A->C", pre: 0, post: 2, connector: .allToAll(allowSelfConnections: true),
                synapse: Synapse(delay: .number(2000))))
        let slices = try partition(network).slices
        let slots = slices.filter { $0.population == 2 }.map(\.delaySlots)
        #expect(slots == [512])
        let parrots = slices.filter { if case .delayExtension = $0.role { true } else { false } }
        #expect(!parrots.isEmpty && parrots.allSatisfy { $0.delaySlots == 32 })
        #expect(parrots.allSatisfy { $0.role == .delayExtension(stages: 62) })
        // A byte a neuron and step: 256 neurons would need half a megabyte.
        #expect(parrots.allSatisfy { $0.neurons.count * 2016 <= 54_756 })
    }

    @Test func delaysBeyondAllMemoryAreRefused() {
        let network = pair(.oneToOne, delay: .number(100_000))
        let failure = #expect(throws: Failure.self) { try partition(network) }
        #expect(failure?.exitCode == .doesNotFit)
        #expect(failure?.message.contains("\"A\"") == true)
    }

    @Test func boundsHoldForTheTailsOfDistributions() {
        #expect(Distribution.uniform(low: 1, high: 8).bounds.upperBound <= 8)
        #expect(abs(Distribution.normal(mu: 2, sigma: 1).bounds.upperBound - 8.3378) < 1e-3)
        #expect((3.99...4).contains(Distribution.normalClipped(mu: 2, sigma: 1, low: 1, high: 4).bounds.upperBound))
        let exponential = Distribution.exponential(beta: 2).bounds.upperBound
        #expect(abs(exponential - 66 * 0.6931471805599453) < 1e-5)
        // With shape 1 a gamma distribution is an exponential one.
        #expect(abs(Distribution.gamma(k: 1, theta: 2).bounds.upperBound - exponential) < 1e-5)
        #expect(Distribution.binomial(n: 7, p: 0.9).bounds.upperBound == 7)
        #expect((20...60).contains(Distribution.poisson(lambda: 5).bounds.upperBound))
        #expect(ParameterValue.list([3, 1, 2]).bounds == 1...3)
    }

    @Test func delaysRoundUpToSteps() {
        #expect(DelayBounds(milliseconds: 1.6, 1.6, timestep: 0.1).longest == 16)
        #expect(DelayBounds(milliseconds: 0.3, 0.3, timestep: 0.1).longest == 3)
        #expect(DelayBounds(milliseconds: 0, 1.2, timestep: 1) == DelayBounds(shortest: 1, longest: 1))
        #expect(DelayBounds(milliseconds: 0, 1.5, timestep: 1) == DelayBounds(shortest: 1, longest: 2))
        // Whole microseconds to a step, and their accum rounded up.
        #expect(DelayBounds(milliseconds: 7, 7, timestep: 0.0014).longest == 7000)
        #expect(
            DelayBounds(milliseconds: 60000, 60000, timestep: 0.0064)
                == DelayBounds(milliseconds: 60000, 60000, timestep: 0.006))
    }

    @Test func oneToOneJoinsOverlappingSlicesOnly() throws {
        var network = pair(.oneToOne, pre: 100, post: 70)
        network.populations[0].neuronsPerCore = 30
        network.populations[1].neuronsPerCore = 20
        #expect(try map(network).mapping.targets == [[4, 5], [5, 6], [7], [], [], [], [], []])
    }

    @Test func listsJoinSlicesWithARow() throws {
        let rows = [(0, 99), (0, 0), (99, 50), (30, 99)].map { ListedConnection(pre: $0.0, post: $0.1) }
        #expect(try map(pair(.fromList(rows))).mapping.targets == [[4, 7], [7], [], [6], [], [], [], []])
        #expect(try map(pair(.fromList([]))).mapping.targets.allSatisfy(\.isEmpty))
        // Groups of 50 neurons are two cores each; a group of one has no connections.
        func targets(_ pattern: any ConnectionPattern) throws -> [[Int]] {
            try map(pair(.fixed(pattern))).mapping.targets
        }
        let groups = try targets(AllButMe(preSize: 100, postSize: 100, groupSize: 50))
        #expect(groups == [[4, 5], [4, 5], [6, 7], [6, 7], [], [], [], []])
        #expect(try targets(AllButMe(preSize: 100, postSize: 100, groupSize: 1)).allSatisfy(\.isEmpty))
        let shifted = try targets(OneToOneOffset(preSize: 100, postSize: 100, offset: 30, wraps: true))
        #expect(shifted == [[5, 6], [6, 7], [4, 7], [4, 5], [], [], [], []])
        // Rows of ten: a target sees the row above and below.
        let kernel = Kernel(
            pre: Kernel.Grid(10, 10), post: Kernel.Grid(10, 10), shape: Kernel.Grid(3, 1), onMachine: true)
        #expect(try targets(kernel) == [[4, 5], [4, 5, 6], [5, 6, 7], [6, 7], [], [], [], []])
        // One row is within the slots, one beyond.
        let delayed = [
            ListedConnection(pre: 0, post: 0, weight: 1, delay: 5),
            ListedConnection(pre: 30, post: 30, weight: 1, delay: 500),
        ]
        let network = pair(.fromList(delayed))
        let mapping = try map(network).mapping
        #expect(mapping.targets[0..<4] == [[4, 8], [9], [10], [11]])
        #expect(mapping.targets[8...] == [[], [5], [], []])
        #expect(check(mapping, of: network).problems.isEmpty)
    }

    @Test func moreCoresThanAnyMachineHasAreRefusedAtOnce() {
        let network = pair(.oneToOne, pre: 2_000_000_000, post: 2_000_000_000, perCore: 1)
        let failure = #expect(throws: Failure.self) { try partition(network) }
        #expect(failure?.exitCode == .doesNotFit)
        #expect(failure?.message.contains("4000000000 cores") == true)
    }

    @Test func nonsenseLimitsAreRefused() {
        var network = pair(.oneToOne)
        network.populations[0].neuronsPerCore = 0
        #expect(throws: Failure.self) { try partition(network) }
        network.populations[0].neuronsPerCore = 10
        network.machine.core.dtcm = 1000
        #expect(throws: Failure.self) { try partition(network) }
    }
}
