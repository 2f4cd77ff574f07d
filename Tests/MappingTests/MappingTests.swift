import Diagnostics
import Machine
import Mapping
import Testing
import Topology

@Suite struct MapTests {
    /// Groups, offsets and kernels feed exactly the cores that have a connection.
    @Test(arguments: 0..<4) func patternsReachTheirCores(_ batch: Int) throws {
        for seed in batch * 15..<batch * 15 + 15 {
            let network = Network.random(seed: seed, patterns: true)
            let mapping = try map(network).mapping
            #expect(check(mapping, of: network).problems.isEmpty, "seed \(seed)")
        }
    }

    @Test func mappingTwiceGivesTheSame() throws {
        for seed in 1000..<1020 {
            let network = Network.random(seed: seed)
            let (a, b) = (try map(network).mapping, try map(network).mapping)
            #expect(a.tables.mapValues(\.entries) == b.tables.mapValues(\.entries))
            #expect(a.targets == b.targets)
            #expect(a.cores.map(\.chip) == b.cores.map(\.chip))
            #expect(a.cores.map(\.processor) == b.cores.map(\.processor))
            #expect(a.cores.map(\.key) == b.cores.map(\.key))
        }
    }

    @Test func summaryHasTheContractsKeys() throws {
        let summary = try map(pair(.oneToOne)).summary
        for key in [
            "chips_used", "boards", "cores", "tree_links", "tree_links_x_atoms", "max_trees_per_link",
            "entries_uncompressed", "entries", "max_entries_per_chip", "seconds", "total",
        ] { #expect(summary.json.contains("\"\(key)\": ")) }
        #expect(summary.cores == 8)
        #expect(summary.boards == 1)
    }

    @Test func autoTakesTheFewestBoards() throws {
        func network(cores: Int) -> Network {
            pair(.oneToOne, pre: 1, post: cores - 1, perCore: 1)
        }
        #expect(try map(network(cores: 808)).summary.boards == 1)
        #expect(try map(network(cores: 809)).summary.boards == 2)
        #expect(try map(network(cores: 1617)).summary.boards == 3)
    }

    @Test func tooManyCoresNameNeedAndRemedy() {
        let network = pair(.oneToOne, pre: 100, post: 100, perCore: 1, machine: MachineRequest(shape: .spin3))
        let failure = #expect(throws: Failure.self) { try map(network) }
        #expect(failure?.exitCode == .doesNotFit)
        #expect(failure?.message.contains("200 cores") == true)
        #expect(failure?.message.contains("has 68;") == true)
        #expect(failure?.message.contains("1 spin5 board would do") == true)
    }

    @Test func tooMuchSharedMemoryIsRefused() throws {
        var machine = MachineRequest(shape: .grid(width: 2, height: 2, wrap: false))
        machine.core.sdram = 100_000
        let dense = pair(.allToAll(allowSelfConnections: true), pre: 2000, post: 2000, perCore: 200, machine: machine)
        let failure = #expect(throws: Failure.self) { try map(dense) }
        #expect(failure?.exitCode == .doesNotFit)

        // The cores fit one chip, their memory two.
        machine.core.sdram = 600_000
        machine.shape = .grid(width: 2, height: 1, wrap: false)
        let spread = pair(.oneToOne, pre: 100, post: 100, perCore: 20, machine: machine)
        #expect(try map(spread).summary.chipsUsed == 2)
    }

    @Test func aRouterWithoutEntriesCarriesNothing() {
        let network = pair(.oneToOne, machine: MachineRequest(routerEntries: 0))
        let failure = #expect(throws: Failure.self) { try map(network) }
        #expect(failure?.exitCode == .doesNotFit)
        #expect(failure?.message.contains("\"A\"") == true)
    }

    @Test func keysThatDoNotFitZonesArePacked() throws {
        // 18 + 4 + 10 bits for the large one and 10 for the count of sources exceed 32.
        var network = pair(.oneToOne, pre: 200_000, post: 1, perCore: 500)
        for i in 0..<3000 { network.populations.append(Population(name: "S\(i)", size: 1, model: .ifCurrExp)) }
        let (mapping, _) = try map(network)
        #expect(check(mapping, of: network).problems.isEmpty)
    }
}

@Suite struct KeyTests {
    @Test func zonesAreAlignedAndDisjoint() throws {
        for seed in 0..<50 {
            let network = Network.random(seed: seed)
            let keys = try allocateKeys(try partition(network), of: network)
            let blocks = keys.zones.map { zone in
                UInt64(zone.base)..<UInt64(zone.base) + 1 << UInt64(zone.atomBits + zone.coreBits)
            }
            for (i, block) in blocks.enumerated() {
                #expect(block.lowerBound % UInt64(block.count) == 0)
                for other in blocks[(i + 1)...] { #expect(!block.overlaps(other)) }
            }
        }
    }

    @Test func atomFieldHasFourColourBits() throws {
        let mapping = try map(pair(.oneToOne, pre: 100, post: 100, perCore: 25)).mapping
        // 25 neurons need 5 bits, and the colour 4.
        #expect(mapping.cores[0].mask == 0xFFFF_FFFF << 9)
        #expect(mapping.cores[1].key == mapping.cores[0].key + 1 << 9)
    }

    @Test func sourcesAreNumberedByTheirFirstProjection() throws {
        var network = pair(.oneToOne)
        network.populations.insert(Population(name: "silent", size: 10, model: .ifCurrExp), at: 0)
        network.projections[0].pre = 1
        network.projections[0].post = 2
        let mapping = try map(network).mapping
        let silent = mapping.cores[0].key
        #expect(mapping.cores[1].key == 0)
        #expect(mapping.cores.dropFirst(1).allSatisfy { $0.key <= silent || $0.population == 2 })
    }
}
