// An independent check of a mapping.
//
// The checker knows the network, the machine, the cores and the tables, and nothing of how they came about: it reads
// neither `targets` nor any tree, and computes who has to hear whom from the projections by itself. It then sends the
// keys of every source core through the tables as the routers would: the first entry that matches decides, a packet
// that matches nothing goes straight on, and one that matches nothing where it was injected is dropped. All keys of a
// core travel together, so an entry must match a core's whole block of keys or nothing of it.

public import Diagnostics
public import Machine
public import Topology

/// What is wrong with a mapping.
public enum MappingProblem: Sendable, Equatable, CustomStringConvertible {
    /// A core is on no working core of the machine, or shares it with another one.
    case misplaced(core: Int)
    /// The cores of a population do not hold each of its neurons exactly once, or its extensions differ from its cores.
    case wrongSlices(population: Int)
    /// Two cores can send the same key.
    case keysOverlap(core: Int, other: Int)
    /// A core's keys leave the block its mask describes.
    case keysExceedMask(core: Int)
    /// A table has more entries than the router.
    case tableTooLarge(chip: ChipCoordinate, entries: Int)
    /// An entry matches only some keys of a core.
    case partialMatch(core: Int, chip: ChipCoordinate)
    /// A packet leaves over a link that is dead or leads off the machine.
    case deadLink(core: Int, chip: ChipCoordinate, link: Link)
    /// A packet comes to a chip a second time.
    case loop(core: Int, chip: ChipCoordinate)
    /// A packet is delivered to a core where nothing was placed.
    case emptyCore(core: Int, chip: ChipCoordinate, processor: Int)
    /// A core is not on the chip of the neuron core whose memory it writes to, or there is no such core.
    case apart(core: Int)
    /// A core does not get the spikes it should.
    case missing(core: Int, target: Int)
    /// A core gets spikes it should not.
    case unexpected(core: Int, target: Int)

    public var description: String {
        switch self {
        case .misplaced(let core): "core \(core) is not on a working core of its own"
        case .wrongSlices(let population): "the cores of population \(population) do not hold each neuron once"
        case .keysOverlap(let core, let other): "cores \(core) and \(other) share keys"
        case .keysExceedMask(let core): "the keys of core \(core) exceed its mask"
        case .tableTooLarge(let chip, let entries): "the table of chip \(chip) has \(entries) entries"
        case .partialMatch(let core, let chip): "an entry of chip \(chip) matches some keys of core \(core) only"
        case .deadLink(let core, let chip, let link): "a packet of core \(core) leaves \(chip) over dead link \(link)"
        case .loop(let core, let chip): "a packet of core \(core) comes to \(chip) twice"
        case .emptyCore(let core, let chip, let processor):
            "a packet of core \(core) is delivered to unused core \(processor) of \(chip)"
        case .apart(let core): "core \(core) is not on the chip of its neuron core"
        case .missing(let core, let target): "core \(target) misses the spikes of core \(core)"
        case .unexpected(let core, let target): "core \(target) gets the spikes of core \(core) and should not"
        }
    }
}

/// The outcome of ``check(_:of:)``.
public struct MappingReport: Sendable {
    /// In the order found; at most ``mostProblems``.
    public var problems: [MappingProblem] = []
    /// Source cores whose keys were sent.
    public var sources = 0
    /// Deliveries to cores that were found as they should be.
    public var deliveries = 0
    /// Links crossed by all source cores' packets.
    public var links = 0

    /// The check stops here.
    public static let mostProblems = 100

    /// Throws unless the mapping is correct.
    ///
    /// - Throws: `.bug` with the first problem found.
    public func verify() throws(Failure) {
        guard let first = problems.first else { return }
        throw Failure(
            .bug,
            "the mapping is wrong in \(problems.count)\(problems.count == Self.mostProblems ? " or more" : "") places, "
                + "first: \(first); please report this network")
    }
}

/// Sends every source core's keys through the tables and compares what they reach with the network.
///
/// - Complexity: O(visits of chips by source cores × entries there + edges of the core graph).
/// - Determinism: a function of its arguments.
/// - Source: this project.
public func check(_ mapping: Mapping, of network: Network) -> MappingReport {
    var walker = TableWalker(mapping)
    walker.checkPlaces()
    walker.checkSlices(network)
    walker.checkGroups()
    walker.checkKeys()
    walker.checkTableSizes()
    // Slices that do not cover the populations leave nothing to compare with.
    guard walker.report.problems.isEmpty else { return walker.report }
    var expected = ExpectedTargets(mapping, network)
    for core in mapping.cores.indices where mapping.cores[core].sends {
        guard walker.report.problems.count < MappingReport.mostProblems else { break }
        let reached = walker.send(from: core)
        walker.compare(core, reached: reached, expected: expected.targets(of: core))
    }
    return walker.report
}

/// The routers, as the checker sees them.
private struct TableWalker {
    private let mapping: Mapping
    private let machine: Machine
    private let tables: [[RoutingEntry]]
    /// `[chips × 32]`: the core placed on a processor, −1 for none.
    private var coreAt: [Int]
    /// By chip: the last source core whose packet came by.
    private var lastVisit: [Int]
    private(set) var report = MappingReport()

    init(_ mapping: Mapping) {
        self.mapping = mapping
        machine = mapping.machine
        tables = machine.chips.map { mapping.tables[$0]?.entries ?? [] }
        coreAt = [Int](repeating: -1, count: 32 * machine.chips.count)
        lastVisit = [Int](repeating: -1, count: machine.chips.count)
    }

    private mutating func add(_ problem: MappingProblem) {
        if report.problems.count < MappingReport.mostProblems { report.problems.append(problem) }
    }

    mutating func checkPlaces() {
        for (i, core) in mapping.cores.enumerated() {
            guard let chip = machine.number(of: core.chip), (1...17).contains(core.processor),
                machine.workers[chip] >> UInt32(core.processor) & 1 != 0, coreAt[32 * chip + core.processor] < 0
            else {
                add(.misplaced(core: i))
                continue
            }
            coreAt[32 * chip + core.processor] = i
        }
    }

    mutating func checkSlices(_ network: Network) {
        var coresOf = [[WorkerCore]](repeating: [], count: network.populations.count)
        for core in mapping.cores { coresOf[core.population].append(core) }
        for (p, population) in network.populations.enumerated() {
            var repeated: [NeuronSlice] = []
            var slices: [NeuronSlice] = []
            var split: [Int: [NeuronSlice]] = [:]
            var holders = [Int](repeating: 0, count: population.size)
            var isWhole = true
            for core in coresOf[p] {
                switch core.role {
                case .delayExtension:
                    repeated.append(core.slice)
                    continue
                case .synapses(let number):
                    split[number, default: []].append(core.slice)
                    continue
                case .neurons, .source: break
                }
                isWhole = isWhole && !core.slice.isEmpty && core.slice.upperBound <= population.size
                for neuron in core.slice where neuron < population.size { holders[neuron] += 1 }
                slices.append(core.slice)
            }
            let areExtensionsWhole = repeated.isEmpty || repeated == slices
            let areSplitsWhole =
                split.count == (population.synapseCores ?? 0) && split.values.allSatisfy { $0 == slices }
            if !isWhole || !areSplitsWhole || holders.contains(where: { $0 != 1 }) || !areExtensionsWhole {
                add(.wrongSlices(population: p))
            }
        }
    }

    mutating func checkGroups() {
        for (i, core) in mapping.cores.enumerated() {
            if case .synapses = core.role, core.neuronCore == nil { add(.apart(core: i)) }
            guard let lead = core.neuronCore else { continue }
            let isThere =
                mapping.cores.indices.contains(lead) && mapping.cores[lead].role == .neurons
                && mapping.cores[lead].chip == core.chip && mapping.cores[lead].slice == core.slice
            if !isThere { add(.apart(core: i)) }
        }
    }

    /// First and last key that a core sends.
    private func keys(of core: WorkerCore) -> ClosedRange<UInt64> {
        let stages = if case .delayExtension(let stages) = core.role { stages } else { 1 }
        let count = UInt64(stages * core.slice.count) << UInt64(WorkerCore.colourBits)
        return UInt64(core.key)...UInt64(core.key) + count - 1
    }

    mutating func checkKeys() {
        for (i, core) in mapping.cores.enumerated() where core.sends {
            let keys = keys(of: core)
            if keys.upperBound > UInt64(UInt32.max) || UInt32(keys.upperBound) & core.mask != core.key {
                add(.keysExceedMask(core: i))
            }
        }
        let order = mapping.cores.indices.filter { mapping.cores[$0].sends }.sorted {
            (mapping.cores[$0].key, $0) < (mapping.cores[$1].key, $1)
        }
        for (a, b) in zip(order, order.dropFirst())
        where keys(of: mapping.cores[a]).upperBound >= UInt64(mapping.cores[b].key) {
            add(.keysOverlap(core: a, other: b))
        }
    }

    mutating func checkTableSizes() {
        for (chip, table) in tables.enumerated() where table.count > machine.routerEntries {
            add(.tableTooLarge(chip: machine.chips[chip], entries: table.count))
        }
        for chip in mapping.tables.keys.sorted() where machine.number(of: chip) == nil {
            add(.tableTooLarge(chip: chip, entries: mapping.tables[chip]?.entries.count ?? 0))
        }
    }

    /// The cores that a source core's packets come to, ascending.
    mutating func send(from core: Int) -> [Int] {
        guard let home = machine.number(of: mapping.cores[core].chip) else { return [] }
        report.sources += 1
        let (key, mask) = (mapping.cores[core].key, mapping.cores[core].mask)
        var reached: [Int] = []
        var waiting: [(chip: Int, from: Link?)] = [(home, nil)]
        while let (chip, from) = waiting.popLast() {
            guard lastVisit[chip] != core else {
                add(.loop(core: core, chip: machine.chips[chip]))
                continue
            }
            lastVisit[chip] = core
            var route = from.map { Route(link: $0.opposite) } ?? Route.none
            // The bits in which an entry and the block agree on being significant must be equal to meet at all.
            if let entry = tables[chip].first(where: { ($0.key ^ key) & $0.mask & mask == 0 }) {
                if entry.mask & ~mask != 0 { add(.partialMatch(core: core, chip: machine.chips[chip])) }
                route = entry.route
            }
            for processor in route.cores {
                let target = coreAt[32 * chip + processor]
                if target < 0 {
                    add(.emptyCore(core: core, chip: machine.chips[chip], processor: processor))
                } else {
                    reached.append(target)
                }
            }
            for link in route.links {
                if let next = machine.neighbour(of: chip, over: link) {
                    report.links += 1
                    waiting.append((next, link.opposite))
                } else {
                    add(.deadLink(core: core, chip: machine.chips[chip], link: link))
                }
            }
        }
        return reached.sorted()
    }

    /// The neuron core of a synapse core, and any other core itself.
    private func lead(_ core: Int) -> Int {
        if case .synapses = mapping.cores[core].role { mapping.cores[core].neuronCore ?? core } else { core }
    }

    mutating func compare(_ core: Int, reached: [Int], expected: [Int]) {
        // A synapse core is as good as any other of its neuron core.
        let named = reached
        let reached = named.map(lead).sorted()
        if reached == expected, Set(named).count == named.count {
            report.deliveries += reached.count
            return
        }
        var before = -1
        for target in reached {
            let isTwice = target == before && reached.count { $0 == target } > expected.count { $0 == target }
            if isTwice { add(.unexpected(core: core, target: target)) }
            before = target
        }
        let (there, wanted) = (Set(reached), Set(expected))
        for target in expected where !there.contains(target) { add(.missing(core: core, target: target)) }
        for target in reached where !wanted.contains(target) { add(.unexpected(core: core, target: target)) }
    }
}

extension WorkerCore {
    /// It has keys.
    fileprivate var sends: Bool { if case .synapses = role { false } else { true } }
}
