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

@Suite struct FixedKeyTests {
    private func keyed(_ keys: [String: FixedKey]) -> Network {
        var network = pair(.oneToOne, pre: 100, post: 100, perCore: 25)
        network.populations.append(Population(name: "C", size: 1000, model: .ifCurrExp, neuronsPerCore: 200))
        network.projections.append(
            Projection(
                name: "B->C", pre: 1, post: 2, connector: .allToAll(allowSelfConnections: true),
                synapse: Synapse(delay: .number(200))))
        for i in network.populations.indices { network.populations[i].key = keys[network.populations[i].name] }
        return network
    }

    @Test func fixedKeysAreHonouredAndTheOthersKeepClear() throws {
        for given in [
            ["B": FixedKey(key: 0x1234_0000, mask: 0xFFFF_0000)], ["B": FixedKey(key: 0)],
            ["A": FixedKey(key: 0xFFFF_8000, mask: 0xFFFF_8000), "C": FixedKey(key: 0x8000)],
            ["B": FixedKey(key: 0, mask: 0x8000_0000)], ["A": FixedKey(key: 0x8000_0000, mask: 0x8000_0000)],
        ] {
            let network = keyed(given)
            let mapping = try map(network).mapping
            #expect(check(mapping, of: network).problems.isEmpty)
            for (p, population) in network.populations.enumerated() {
                guard let key = given[population.name] else { continue }
                let own = mapping.cores.filter { $0.population == p && ($0.role == .neurons || $0.role == .source) }
                #expect(own[0].key == key.key)
                let mask = key.mask ?? 0xFFFF_F000
                if key.mask != nil { #expect(own.allSatisfy { $0.key & mask == key.key }) }
                // Nobody else sends under the mask.
                for core in mapping.cores where core.population != p || !own.contains(where: { $0.key == core.key }) {
                    #expect((core.key ^ key.key) & mask & core.mask != 0)
                }
            }
        }
    }

    @Test(arguments: [
        (["A": FixedKey(key: 0x1000, mask: 0xFFFF_FF00)], "the mask 0xFFFFF800 would do"),
        (["A": FixedKey(key: 0x1234)], "0x00001000 under the mask 0xFFFFF800 would do"),
        (
            ["A": FixedKey(key: 0x1_0000, mask: 0xFFFF_0000), "B": FixedKey(key: 0x1_8000)],
            "\"A\" (0x00010000 to 0x0001FFFF) and of population \"B\" (0x00018000 to 0x000187FF) meet"
        ),
    ]) func keysThatCannotBeAreRefused(keys: [String: FixedKey], words: String) {
        let failure = #expect(throws: Failure.self) { try map(keyed(keys)) }
        #expect(failure?.exitCode == .badInput)
        #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }

    @Test func noRoomIsLeftIsSaid() {
        let failure = #expect(throws: Failure.self) { try map(keyed(["A": FixedKey(key: 0, mask: 0)])) }
        #expect(failure?.exitCode == .doesNotFit)
    }

    /// Random keys: they either meet, or everything arrives.
    @Test func randomKeysArriveOrMeet() throws {
        var random = TestRandom(seed: 3)
        var mapped = 0
        for seed in 0..<150 {
            var network = Network.random(seed: seed)
            for i in network.populations.indices where random.chance(50) {
                let mask = UInt32.max << UInt32.random(in: 15...24, using: &random)
                network.populations[i].key = FixedKey(
                    key: UInt32.random(in: 0...0x3FF_FFFF, using: &random) & mask, mask: mask)
            }
            do {
                let mapping = try map(network).mapping
                #expect(check(mapping, of: network).problems.isEmpty, "seed \(seed)")
                mapped += 1
            } catch let failure {
                #expect(failure.exitCode == .badInput && failure.message.contains("meet"), "seed \(seed): \(failure)")
            }
        }
        #expect(mapped > 40)
    }
}
