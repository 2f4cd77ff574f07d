// All passes in a row.

public import Diagnostics
import Machine
public import Topology

/// Maps a network: cuts it into cores, places them, gives them keys and writes the routing tables.
///
/// For an `auto` machine, boards are added until everything has a place.
///
/// - Parameters:
///   - network: The network and the machine it asks for.
///   - options: Which algorithms, and how hard they try.
/// - Returns: The mapping, and what it occupies and costs.
/// - Throws: `.badInput` for an impossible machine, `.doesNotFit` when cores, memory, keys or table entries run out.
/// - Complexity: about 1 µs for every visit of a chip by a tree, plus placement.
/// - Determinism: a function of `network` and `options`, times aside.
public func map(_ network: Network, options: MappingOptions = MappingOptions()) throws(Failure) -> (
    mapping: Mapping, summary: MappingSummary
) {
    var clock = PhaseClock()
    let partition = try partition(network)
    clock.lap("partition")
    let graph = connect(partition, of: network)
    clock.lap("connect")
    let (machine, places) = try findPlaces(partition, graph, network.machine, options, &clock)
    let placements = places.ofCores
    let sources = partition.coresOf + partition.extensionsOf
    var trees = try route(
        graph, placements, of: sources, on: machine, by: options.router, effort: options.effort, gain: places.gain,
        heat: places.heat)
    clock.lap("route")
    var keys = try allocateKeys(partition, of: network, layout: options.keys, placements: placements, trees: trees)
    clock.lap("keys")
    var raw = makeTables(trees, keys, on: machine)
    clock.lap("tables")
    if options.router == .steiner, case let crowding = raw.crowdingSources(keys, on: machine), !crowding.isEmpty {
        trees = try route(
            graph, placements, of: sources, on: machine, effort: options.effort, gain: places.gain, heat: places.heat,
            sharing: crowding)
        keys = try allocateKeys(partition, of: network, layout: options.keys, placements: placements, trees: trees)
        raw = makeTables(trees, keys, on: machine)
        clock.lap("reroute")
    }
    let tables = try fit(raw, keys, network, on: machine, by: options.compressor)
    clock.lap("compress")

    var cores: [WorkerCore] = []
    cores.reserveCapacity(partition.slices.count)
    var zone = 0
    for (i, slice) in partition.slices.enumerated() {
        while zone < keys.zones.count, keys.zones[zone].cores.upperBound <= i { zone += 1 }
        // Cores that send nothing have no zone.
        let own = zone < keys.zones.count ? keys.zones[zone] : nil
        cores.append(
            WorkerCore(
                role: slice.role, population: slice.population, slice: slice.neurons,
                chip: machine.chips[placements[i].chip], processor: placements[i].processor,
                key: own.map { keys.key(of: i, in: $0) } ?? 0, mask: own.map(keys.mask) ?? .max,
                delaySlots: slice.delaySlots, neuronCore: slice.neuronCore))
    }
    let mapping = Mapping(
        machine: machine, cores: cores, targets: graph.listOf.map { graph.lists[$0] }, tables: tables.byCoordinate)
    var summary = MappingSummary(
        mapping, trees: trees, unmerged: raw.unmergedCount, merged: raw.mergedCount,
        compressedChips: tables.compressedChips)
    summary.notes = partition.memoryNotes(of: network)
    clock.lap("summary")
    summary.seconds = clock.laps
    return (mapping, summary)
}

/// Builds the machine and places the cores on it; `auto` starts at the fewest boards whose totals suffice.
private func findPlaces(
    _ partition: Partition, _ graph: CoreGraph, _ request: MachineRequest, _ options: MappingOptions,
    _ clock: inout PhaseClock
) throws(Failure) -> (Machine, Places) {
    guard request.shape == .auto else {
        let machine = try Machine(request)
        clock.lap("machine")
        defer { clock.lap("place") }
        return (machine, try place(partition, graph, on: machine, options))
    }
    let memory = partition.slices.reduce(0) { $0 + $1.sdram }
    let workers =
        request.coresPerChip.map { ($0 - 1) * MachineLayout.chipsPerBoard } ?? MachineLayout.workersPerBoard
    var boards = max(
        1, (partition.slices.count + workers - 1) / max(1, workers),
        (memory - 1) / max(1, request.core.sdram * MachineLayout.chipsPerBoard) + 1)
    while true {
        let machine = try Machine(request, boardsIfAuto: min(boards, Machine.mostBoards))
        clock.lap("machine")
        defer { clock.lap("place") }
        do {
            return (machine, try place(partition, graph, on: machine, options))
        } catch {
            // More boards help as long as no single core is too big for a chip.
            let isHopeless =
                partition.slices.contains { $0.sdram > machine.sdram } || partition.hasTooWideGroup(machine)
            guard error.exitCode == .doesNotFit, boards < Machine.mostBoards, !isHopeless else { throw error }
            boards += 1 + boards / 16
        }
    }
}

/// Times of phases, those of one name together.
private struct PhaseClock {
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant
    private(set) var laps: [(phase: String, seconds: Double)] = []

    init() { last = clock.now }

    mutating func lap(_ phase: String) {
        let now = clock.now
        let time = (now - last) / .seconds(1)
        if let known = laps.firstIndex(where: { $0.phase == phase }) {
            laps[known].seconds += time
        } else {
            laps.append((phase, time))
        }
        last = now
    }
}
