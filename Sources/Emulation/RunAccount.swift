import Diagnostics
import Fabric
import Foundation
import Machine
import Mapping
import Results
import Topology
import Transport

/// What all ranks report at the end of a run, on rank 0.
struct RunAccount {
    /// Counters by core number.
    private(set) var counters: [CoreCounters]
    /// Seconds by rank: `PhaseSeconds` and `PhaseTimers` in the order of ``names``.
    private(set) var seconds: [[Double]]
    /// Largest resident memory by rank, bytes.
    private var peakMemory: [Double]
    /// Processor seconds of the simulation and of waiting in it, all ranks together.
    private var processorSeconds: (simulate: Double, wait: Double)
    private var hosts: [String]
    private var overruns: Int
    private var remotePackets: Int
    /// Words that all ranks published.
    private var wordsPublished: Int
    /// Most ranks that one rank hears from, and speaks to.
    private var mostSources: Int
    private var mostDestinations: Int
    /// Words of the largest chunk at the end, and messages of all ranks that took two; `nil` where there are no
    /// messages.
    private var chunks: (words: Int, overflows: Int)?
    private let synapses: Int
    private let steps: Int

    private static let names = ["read", "map", "load", "simulate", "update", "deliver", "exchange", "wait", "record"]

    /// Gathers the ranks' reports; entered by all.
    init(gathering session: Session) throws(Failure) {
        let (emulation, loaded, phases) = (session.emulation, session.loaded, session.seconds)
        let transport = session.transport
        steps = emulation.step
        synapses = session.synapses
        let timers = phases.timers
        let mine = [
            phases.read, phases.map, phases.load, phases.simulate, timers.update, timers.deliver, timers.exchange,
            timers.wait, timers.record, phases.processor, phases.processor * timers.waitShare, Self.peakResidentBytes,
        ]
        let allSeconds = try transport.gather(mine.withUnsafeBytes(Array.init))
            .map { $0.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) } }
        seconds = allSeconds.map { Array($0.dropLast(3)) }
        let processor = allSeconds.map { $0.suffix(3) }
        processorSeconds = (
            processor.reduce(0) { $0 + ($1.first ?? 0) }, processor.reduce(0) { $0 + ($1.dropFirst().first ?? 0) }
        )
        peakMemory = allSeconds.compactMap(\.last)
        let names = try transport.gather(Array(HostName.current.utf8))
        hosts = Array(Set(names.map { String(decoding: $0, as: UTF8.self) })).sorted()

        counters = try emulation.gatherCounters(steps: steps)
        let used = emulation.exchange.chunks
        let sums = try transport.reduce(
            [emulation.packetsFromOtherRanks, emulation.wordsPublished, used?.overflows ?? 0].map(Int64.init), .sum
        ).map(Int.init)
        (remotePackets, wordsPublished) = (sums[0], sums[1])
        let most = try transport.reduce(
            [emulation.overruns, loaded.sourceRanks.count, loaded.destinationRanks.count, used?.words ?? 0].map(
                Int64.init), .maximum
        ).map(Int.init)
        (overruns, mostSources, mostDestinations) = (most[0], most[1], most[2])
        if used != nil { chunks = (most[3], sums[2]) }
    }

    /// The seconds of the last phase, over ranks; entered by all.
    func gatherSeconds(_ mine: Double, on transport: any Transport) throws(Failure) -> Spread {
        let all = try transport.gather(withUnsafeBytes(of: mine, Array.init))
        return Spread(all.map { $0.withUnsafeBytes { $0.loadUnaligned(as: Double.self) } })
    }

    private static var peakResidentBytes: Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return Double(usage.ru_maxrss) * 1024
    }

    private func spread(_ name: String) -> Spread {
        guard let place = Self.names.firstIndex(of: name) else { return Spread() }
        return Spread(seconds.map { $0[place] })
    }

    /// What happened in the run that a user should know.
    var warnings: [String] {
        let cut = counters.reduce(0) { $0 + $1.saturations + $1.plasticSaturations }
        guard cut > 0 else { return [] }
        let cores = counters.count { $0.saturations + $0.plasticSaturations > 0 }
        return [
            "\(cut) additions to ring buffers were cut at 65535, on \(cores) cores: inputs are larger than the "
                + "machine's weight scale expects"
        ]
    }

    /// Fills in what the ranks reported.
    func fill(_ summary: inout RunSummary, _ session: Session) {
        let (network, mapping, emulation) = (session.network, session.mapped.mapping, session.emulation)
        summary.synapses = synapses
        summary.synapticEvents = counters.reduce(0) { $0 + $1.synapticEvents }
        let trees = emulation.loaded.fabric.trees
        let sent = counters.reduce(0) { $0 + $1.packetsSent }
        summary.packets = [
            "sent": sent,
            "received_by_cores": counters.reduce(0) { $0 + $1.packetsReceived },
            "link_crossings": zip(counters, trees).reduce(0) { $0 + $1.0.packetsSent * $1.1.wires.count },
            "from_other_ranks": remotePackets,
            "dropped": zip(counters, trees).reduce(0) { $0 + ($1.1.isDropped ? $1.0.packetsSent : 0) },
        ]
        let machine = mapping.machine
        summary.machine = RunSummary.Machine(
            width: machine.width, height: machine.height, boards: machine.boards, chips: machine.chips.count,
            chipsUsed: Set(mapping.cores.map(\.chip)).count, cores: mapping.cores.count)
        summary.hosts = hosts
        summary.exchange = RunSummary.Exchange(
            kind: emulation.exchange.kind,
            parameters: [
                "steps_per_exchange": Double(emulation.loaded.window), "exchanges": Double(emulation.windows),
                "source_ranks": Double(mostSources), "destination_ranks": Double(mostDestinations),
                "words_per_exchange": Double(wordsPublished) / Double(max(1, emulation.windows * seconds.count)),
            ])
        if let chunks {
            summary.exchange.parameters["chunk_words"] = Double(chunks.words)
            summary.exchange.parameters["chunk_overflows"] = Double(chunks.overflows)
        }
        summary.phases.read = Phase(spread("read"))
        summary.phases.map = Phase(spread("map"))
        summary.phases.load = Phase(spread("load"))
        let parts = ["update", "deliver", "exchange", "wait", "record"]
        summary.phases.simulate = Phase(
            spread("simulate"), parts: Dictionary(uniqueKeysWithValues: parts.map { ($0, spread($0)) }))
        summary.rankPhaseNames = parts
        summary.rankPhases = seconds.map { Array($0[4...]) }
        let modelSeconds = Double(steps) * network.simulation.timestep / 1000
        summary.realTimeFactor = modelSeconds > 0 ? spread("simulate").max / modelSeconds : 0
        summary.peakRSS = Spread(peakMemory)
        summary.processorSeconds = ["simulate": processorSeconds.simulate, "wait": processorSeconds.wait]
        summary.overruns = overruns
        summary.saturations = counters.reduce(0) { $0 + $1.saturations + $1.plasticSaturations }
        summary.versions = session.options.versions
    }

    /// Routers, links and cores as the machine would report them.
    func provenance(_ session: Session, summary: RunSummary) -> Provenance {
        let (network, mapping, fabric) = (session.network, session.mapped.mapping, session.mapped.fabric)
        var provenance = Provenance()
        let machine = mapping.machine
        var local = [Int](repeating: 0, count: machine.chips.count)
        var external = local
        var defaulted = local
        var dropped = local
        var wires = [Int](repeating: 0, count: 6 * machine.chips.count)
        for (number, core) in mapping.cores.enumerated() {
            let tree = fabric.trees[number]
            let sent = counters[number].packetsSent
            guard sent > 0, let home = machine.number(of: core.chip) else { continue }
            local[home] += sent
            for router in tree.routers where Int(router) != home { external[Int(router)] += sent }
            for router in tree.defaultRouted { defaulted[Int(router)] += sent }
            if tree.isDropped { dropped[home] += sent }
            for wire in tree.wires { wires[Int(wire)] += sent }
        }
        for (number, chip) in machine.chips.enumerated() where local[number] + external[number] > 0 {
            let entries = mapping.tables[chip]?.entries ?? []
            let values: [(String, Int)] = [
                ("Local_Multicast_Packets", local[number]), ("External_Multicast_Packets", external[number]),
                ("Dropped_Multicast_Packets", dropped[number]),
                ("default_routed_external_multicast_packets", defaulted[number]), ("Entries", entries.count),
                ("Unique_Routes", Set(entries.map(\.route)).count),
            ]
            for (description, value) in values {
                provenance.routers.append(
                    Provenance.Router(x: chip.x, y: chip.y, description: description, value: Double(value)))
            }
            for link in 0..<6 where wires[6 * number + link] > 0 {
                provenance.links.append(
                    Provenance.Link(x: chip.x, y: chip.y, link: link, packets: wires[6 * number + link]))
            }
        }
        for (number, core) in mapping.cores.enumerated() {
            provenance.placements.append(
                Provenance.Placement(
                    name: Self.name(core, network), x: core.chip.x, y: core.chip.y, p: core.processor))
            for (description, value) in Self.descriptions(counters[number], core.role) {
                provenance.cores.append(
                    Provenance.Core(
                        x: core.chip.x, y: core.chip.y, p: core.processor, description: description, value: value))
            }
        }
        for (phase, time) in session.mapped.summary?.seconds ?? [] {
            provenance.timers.append(
                Provenance.Timer(category: "map", algorithm: phase, timeTaken: time * 1000))
        }
        for name in Self.names where name != "map" {
            provenance.timers.append(
                Provenance.Timer(category: "run", algorithm: name, timeTaken: spread(name).max * 1000))
        }
        provenance.versions = summary.versions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return provenance
    }

    private static func name(_ core: WorkerCore, _ network: Network) -> String {
        let slice = "\(network.populations[core.population].name):\(core.slice)"
        switch core.role {
        case .delayExtension: return slice + "_delay"
        case .synapses(let number): return slice + "_synapses_\(number)"
        case .neurons, .source: return slice
        }
    }

    /// The counters of a core under sPyNNaker's names; what is estimated says so.
    ///
    /// - Source: Documentation/Chip.md, "Counters".
    private static func descriptions(_ counter: CoreCounters, _ role: WorkerCore.Role) -> [(String, Int)] {
        var values = [("Number_of_packets_sent", counter.packetsSent)]
        switch role {
        case .neurons, .synapses: break
        case .source, .delayExtension: return values
        }
        values += [
            ("Total_pre_synaptic_events", counter.synapticEvents),
            ("Times_synaptic_weights_have_saturated", counter.saturations),
            ("Times_plastic_synaptic_weights_have_saturated", counter.plasticSaturations),
            ("Number_of_spikes_received", counter.packetsReceived),
            ("Number_of_rows_processed", counter.rowsProcessed),
            ("Number_of_rewires", counter.rewires),
            ("How many packets were filtered by the bitfield filterer", counter.filteredByBitfield),
            ("Invalid_population_table_hits", counter.invalidPopulationTableHits),
            ("Late_spikes", 0),
            ("Max_spikes_received_in_a_tick_estimated", counter.mostPacketsPerTick),
            ("Max_cycles_per_tick_estimated", counter.mostCyclesPerTick),
            ("Mean_cycles_per_tick_estimated", counter.meanCyclesPerTick),
            ("Ticks_over_budget_estimated", counter.ticksOverBudget),
        ]
        return values
    }
}
