import Machine
import Mapping
import Testing
import Topology

/// The checker has to find what is broken on purpose.
@Suite struct CheckerTests {
    private let network: Network
    private let mapping: Mapping

    init() throws {
        network = pair(
            .allToAll(allowSelfConnections: true), pre: 300, post: 300, perCore: 5,
            machine: MachineRequest(shape: .grid(width: 3, height: 3, wrap: false)))
        // Merged entries would do for each other.
        var options = MappingOptions()
        options.compressor = .none
        mapping = try map(network, options: options).mapping
        #expect(check(mapping, of: network).problems.isEmpty)
    }

    /// The first chip, by coordinate, whose table has an entry that satisfies the condition.
    private func find(_ condition: (ChipCoordinate, RoutingEntry) -> Bool) throws -> (ChipCoordinate, Int) {
        for chip in mapping.machine.chips {
            for (i, entry) in (mapping.tables[chip]?.entries ?? []).enumerated() where condition(chip, entry) {
                return (chip, i)
            }
        }
        throw NotFound()
    }
    private struct NotFound: Error {}

    private func problems(_ change: (inout Mapping) -> Void) -> [MappingProblem] {
        var broken = mapping
        change(&broken)
        return check(broken, of: network).problems
    }

    @Test func aMissingEntry() throws {
        let (chip, i) = try find { !$1.route.cores.isEmpty }
        let found = problems { $0.tables[chip]?.entries.remove(at: i) }
        #expect(found.contains { if case .missing = $0 { true } else { false } })
    }

    @Test func aRouteWithoutItsLink() throws {
        let (chip, i) = try find { !$1.route.links.isEmpty }
        let found = problems { $0.tables[chip]?.entries[i].route.rawValue &= ~63 }
        #expect(found.contains { if case .missing = $0 { true } else { false } })
    }

    @Test func aCoreTooMany() throws {
        // Core 0 is a source: it must not get anything.
        let victim = mapping.cores[0]
        let (_, i) = try find { chip, _ in chip == victim.chip }
        let found = problems {
            $0.tables[victim.chip]?.entries[i].route.formUnion(Route(core: victim.processor))
        }
        #expect(found.contains { if case .unexpected(_, 0) = $0 { true } else { false } })
    }

    @Test func aLoop() throws {
        // Sends everything back to where it came from as well.
        let (chip, i) = try find { !$1.route.links.isEmpty }
        let entry = try #require(mapping.tables[chip]?.entries[i])
        let link = try #require(entry.route.links.first)
        let next = try #require(mapping.machine.neighbour(of: chip, over: link))
        let found = problems {
            var table = $0.tables[next] ?? RoutingTable()
            table.entries.insert(
                RoutingEntry(key: entry.key, mask: entry.mask, route: Route(link: link.opposite)), at: 0)
            $0.tables[next] = table
        }
        #expect(found.contains { if case .loop = $0 { true } else { false } })
    }

    @Test func aLinkIntoNothing() throws {
        let corner = ChipCoordinate(0, 0)
        let found = problems { $0.tables[corner]?.entries[0].route.formUnion(Route(link: .west)) }
        #expect(found.contains { if case .deadLink(_, corner, .west) = $0 { true } else { false } })
    }

    @Test func anEmptyCore() throws {
        let used = Set(mapping.cores.filter { $0.chip == mapping.cores[119].chip }.map(\.processor))
        let free = try #require((1...17).first { !used.contains($0) })
        let chip = mapping.cores[119].chip
        let found = problems { $0.tables[chip]?.entries[0].route.formUnion(Route(core: free)) }
        #expect(found.contains { if case .emptyCore(_, chip, free) = $0 { true } else { false } })
    }

    @Test func anEntryForHalfACore() throws {
        let (chip, i) = try find { $1.mask != 0xFFFF_FFFF }
        let found = problems { $0.tables[chip]?.entries[i].mask |= 1 }
        #expect(found.contains { if case .partialMatch = $0 { true } else { false } })
    }

    @Test func sharedKeys() {
        let found = problems { $0.cores[1].key = $0.cores[0].key }
        #expect(found.contains { if case .keysOverlap = $0 { true } else { false } })
    }

    @Test func twoCoresInOnePlace() {
        let found = problems { $0.cores[1].processor = $0.cores[0].processor }
        #expect(found.contains(.misplaced(core: 1)))
        #expect(problems { $0.cores[0].processor = 0 }.contains(.misplaced(core: 0)))
    }

    @Test func neuronsWithoutACore() {
        #expect(problems { $0.cores[0].slice = NeuronSlice(0..<4) }.contains(.wrongSlices(population: 0)))
    }

    @Test func aTableBeyondTheRouter() throws {
        var small = network
        small.machine.routerEntries = 1
        let found = problems { $0.machine = (try? Machine(small.machine)) ?? $0.machine }
        #expect(found.contains { if case .tableTooLarge = $0 { true } else { false } })
    }
}
