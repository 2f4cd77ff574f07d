import Diagnostics
import Machine
import Mapping
import Testing
import Topology

@Suite struct CompressionTests {
    /// Lines for all keys of a small space, in blocks, with few routes: what tables look like.
    private func randomLines(seed: Int, keyBits: Int) -> [RawTables.Line] {
        var random = TestRandom(seed: seed)
        var lines: [RawTables.Line] = []
        var key = 0
        while key < 1 << keyBits {
            var bits = Int.random(in: 0...2, using: &random)
            while key & ((1 << bits) - 1) != 0 { bits -= 1 }
            // Some keys never come.
            if random.chance(70) {
                let isDefault = random.chance(20)
                let other = Route(rawValue: 1 << UInt32.random(in: 1...4, using: &random))
                let route = isDefault ? Route(link: .east) : other
                let entry = RoutingEntry(key: UInt32(key), mask: UInt32.max << UInt32(bits), route: route)
                lines.append(.init(entry: entry, isDefault: isDefault))
            }
            key += 1 << bits
        }
        return lines
    }

    private func expectSameRoutes(_ table: [RoutingEntry], as lines: [RawTables.Line], keyBits: Int) {
        for key in 0..<UInt32(1 << keyBits) {
            guard let line = lines.first(where: { $0.entry.matches(key) }) else { continue }
            let found = table.first { $0.matches(key) }
            // Without an entry the packet goes straight on, as a default line says.
            if let found { #expect(found.route == line.entry.route) } else { #expect(line.isDefault) }
        }
    }

    @Test(arguments: 0..<60)
    func everyKeyKeepsItsRoute(seed: Int) {
        let bits = 3 + seed % 5
        let lines = randomLines(seed: seed, keyBits: bits)
        for compressor in MappingOptions.Compressor.allCases {
            let table = compress(lines, by: compressor)
            expectSameRoutes(table, as: lines, keyBits: bits)
            // What decides about a line decides about all of it.
            for line in lines {
                let first = table.first { ($0.key ^ line.entry.key) & $0.mask & line.entry.mask == 0 }
                #expect(first.map { $0.mask & ~line.entry.mask } ?? 0 == 0)
            }
        }
        let paired = mergePairs(lines)
        #expect(paired.count <= lines.count)
        expectSameRoutes(paired.map(\.entry), as: lines, keyBits: bits)
        let covered = coverInOrder(lines, limit: 0)
        #expect(covered.count <= lines.count)
        expectSameRoutes(covered.map(\.entry), as: lines, keyBits: bits)
    }

    @Test func coveringStopsAtTheLimit() {
        let lines = randomLines(seed: 5, keyBits: 7)
        let shortest = coverInOrder(lines, limit: 0).count
        #expect(shortest <= lines.count * 3 / 4)
        #expect((shortest...lines.count - 5).contains(coverInOrder(lines, limit: lines.count - 5).count))
    }

    /// Routers with few entries: tables are rerouted or compressed, and still deliver, or are refused.
    @Test func smallRoutersStillDeliver() throws {
        var compressed = 0
        for seed in 0..<200 {
            var request = MachineRequest.random(seed: seed)
            request.routerEntries = 3 + seed % 10
            let network = Network.random(seed: seed, machine: request, mostNeurons: 1500)
            do {
                let (mapping, summary) = try map(network)
                #expect(check(mapping, of: network).problems.isEmpty, "seed \(seed)")
                compressed += summary.compressedChips
            } catch let failure {
                #expect(failure.exitCode == .doesNotFit)
            }
        }
        #expect(compressed > 5)
    }

    @Test func crowdedSourcesShareATree() throws {
        // 400 cores on 24 chips that all feed each other.
        let network = Network(
            name: "dense", simulation: Simulation(duration: 1),
            machine: MachineRequest(shape: .spin5(boards: 1), routerEntries: 40),
            populations: [Population(name: "A", size: 4000, model: .ifCurrExp, neuronsPerCore: 10)],
            projections: [
                Projection(
                    name: "A->A", pre: 0, post: 0,
                    connector: .fixedProbability(p: 0.1, allowSelfConnections: true), synapse: Synapse())
            ])
        let (mapping, summary) = try map(network)
        #expect(summary.treeLinks == 400 * (summary.chipsUsed - 1))
        #expect(check(mapping, of: network).problems.isEmpty)
    }
}

@Suite struct PlacementTests {
    @Test func partnersShareAChip() throws {
        let names = (0..<8).map { "L\($0)" }
        let network = Network(
            name: "synfire", simulation: Simulation(duration: 1), machine: MachineRequest(),
            populations: names.map { Population(name: $0, size: 2560, model: .ifCurrExp) },
            projections: (0..<7).map {
                Projection(name: "", pre: $0, post: $0 + 1, connector: .oneToOne, synapse: Synapse())
            })
        #expect(try map(network).summary.treeLinks == 0)
    }

    @Test func delayExtensionsSitNextToTheirSources() throws {
        let network = pair(.oneToOne, pre: 2560, post: 2560, perCore: 256, delay: .number(100))
        #expect(try map(network).summary.treeLinks == 0)
    }

    @Test(arguments: 0..<40)
    func placementsFit(seed: Int) throws {
        var request = MachineRequest.random(seed: seed)
        request.core.sdram = 2_000_000
        let network = Network.random(seed: seed, machine: request)
        for placer in MappingOptions.Placer.allCases {
            var options = MappingOptions()
            options.placer = placer
            do {
                let mapping = try map(network, options: options).mapping
                let cores = try partition(network).slices
                var used: [ChipCoordinate: Int] = [:]
                for (core, slice) in zip(mapping.cores, cores) { used[core.chip, default: 0] += slice.sdram }
                #expect(used.values.allSatisfy { $0 <= 2_000_000 })
                #expect(check(mapping, of: network).problems.isEmpty)
            } catch let failure {
                #expect(failure.exitCode == .doesNotFit)
            }
        }
    }

    @Test func trafficPlacesNoWorseThanOrder() throws {
        var options = MappingOptions()
        options.placer = .sequential
        for seed in 0..<20 {
            let network = Network.random(seed: seed, mostNeurons: 3000)
            let (a, b) = (try map(network).summary, try map(network, options: options).summary)
            #expect(a.treeLinks <= b.treeLinks, "seed \(seed)")
        }
    }
}
