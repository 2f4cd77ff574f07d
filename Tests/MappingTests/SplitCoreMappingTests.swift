import Diagnostics
import Machine
import Mapping
import Testing
import Topology

@Suite struct SplitCoreMappingTests {
    /// 8 source cores onto 2 slices with 3 synapse cores each.
    private func network(_ connector: Connector = .allToAll(allowSelfConnections: true)) -> Network {
        var network = pair(connector, pre: 80, post: 40, perCore: 10)
        network.populations[1].neuronsPerCore = 20
        network.populations[1].synapseCores = 3
        return network
    }

    /// 8 cores among 3 in stretches of 4.
    @Test func sourcesAreSharedOutInPowersOfTwo() throws {
        let network = network()
        let mapping = try map(network).mapping
        #expect(mapping.cores.count == 8 + 2 + 6)
        let synapses = mapping.cores.suffix(6)
        #expect(synapses.map(\.role) == [0, 1, 2, 0, 1, 2].map { .synapses(number: $0) })
        #expect(synapses.map(\.neuronCore) == [8, 8, 8, 9, 9, 9])
        #expect(
            mapping.targets.prefix(8) == [
                [10, 13], [10, 13], [10, 13], [10, 13], [11, 14], [11, 14], [11, 14], [11, 14],
            ])
        #expect(mapping.targets.suffix(8).allSatisfy { $0.isEmpty })
        #expect(Set(synapses.prefix(3).map(\.chip)) == [mapping.cores[8].chip])
        #expect(Set(synapses.suffix(3).map(\.chip)) == [mapping.cores[9].chip])
        #expect(check(mapping, of: network).problems.isEmpty)
        let copy = try Mapping(bytes: mapping.bytes, machine: network.machine)
        #expect(copy.cores.map(\.neuronCore) == mapping.cores.map(\.neuronCore))
        #expect(copy.cores.map(\.role) == mapping.cores.map(\.role))
    }

    /// Rows and table are laid out once a slice; neurons have the rest.
    @Test func memoryIsSharedOut() throws {
        let split = try partition(network()).slices
        var network = network()
        network.populations[1].synapseCores = nil
        let whole = try partition(network).slices[8].regions
        #expect(split[8].regions.rows == 0)
        #expect(split[8].regions.parameters == whole.parameters)
        #expect(split[8].regions.transfers == 3 * 2 * 2 * 32)
        #expect(split[10].regions.rows == whole.rows)
        #expect(split[10].regions.populationTable == whole.populationTable)
        #expect(split[11].regions.rows + split[12].regions.rows == 0)
        let both = try partition(network).slices[8].dtcm
        #expect(split[10].dtcm < both)
    }

    /// Post-synaptic spikes go to all synapse cores of their slice.
    @Test func plasticSynapsesHearOfTheirNeurons() throws {
        var network = network()
        network.projections[0].synapse.plasticity = .weightChange
        let mapping = try map(network).mapping
        #expect(mapping.targets[8] == [10, 11, 12])
        #expect(mapping.targets[9] == [13, 14, 15])
        #expect(check(mapping, of: network).problems.isEmpty)
    }

    /// A one-to-one Poisson source is cut like its target and sends nothing.
    @Test func poissonSourcesWriteToMemory() throws {
        var network = network(.oneToOne)
        network.populations[0].size = 40
        network.populations[0].shape = [40]
        let mapping = try map(network).mapping
        #expect(mapping.cores.map(\.neuronCore) == [2, 3, nil, nil, 2, 2, 2, 3, 3, 3])
        #expect(mapping.targets.allSatisfy { $0.isEmpty })
        #expect(mapping.tables.values.allSatisfy { $0.entries.isEmpty })
        #expect(check(mapping, of: network).problems.isEmpty)
        // A longer delay needs packets, and so does a second use.
        network.projections[0].synapse.delay = .number(2)
        #expect(try map(network).mapping.cores[0].neuronCore == nil)
        network.projections[0].synapse.delay = .number(1)
        network.projections.append(network.projections[0])
        #expect(try map(network).mapping.cores[0].neuronCore == nil)
    }

    @Test func aGroupNeedsOneChip() throws {
        var network = network()
        network.machine.coresPerChip = 4
        #expect(throws: Failure.self) { try map(network) }
        network.machine.coresPerChip = 5
        let mapping = try map(network).mapping
        #expect(check(mapping, of: network).problems.isEmpty)
    }

    @Test func theCheckerSeesGroupsApart() throws {
        let network = network()
        var mapping = try map(network).mapping
        let (a, b) = (mapping.cores[10], mapping.cores[15])
        guard a.chip != b.chip else { return }
        (mapping.cores[10].chip, mapping.cores[10].processor) = (b.chip, b.processor)
        (mapping.cores[15].chip, mapping.cores[15].processor) = (a.chip, a.processor)
        #expect(check(mapping, of: network).problems.contains(.apart(core: 10)))
    }

    /// Cores that share memory share their rank.
    @Test func groupsStayOnARank() throws {
        let network = network()
        let mapping = try map(network).mapping
        for ranks in [2, 3, 7, 40] {
            let assigned = assignRanks(mapping, of: network, ranks: ranks)
            for (core, rank) in zip(mapping.cores, assigned) {
                if let lead = core.neuronCore { #expect(assigned[lead] == rank) }
            }
            #expect(Set(assigned).count == min(ranks, 10))
        }
    }
}
