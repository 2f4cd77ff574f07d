import Diagnostics
import Foundation
import Machine
import Mapping
import Results
import StrictJSON
import Topology
import Transport

extension Run {
    /// Merges the ranks' logs and writes what a run leaves, the summary last.
    ///
    /// - Throws: The agreed failure, the same on every rank.
    ///
    /// - Parameter gather: Merges the logs, on the speaking rank.
    func report(
        _ session: Session, to directory: RunDirectory, gather: () throws -> CollectedFiles
    ) throws(Failure) -> RunSummary {
        let account = try RunAccount(gathering: session)
        var summary = RunSummary()
        try transport.phase {
            guard isSpeaker else { return }
            let files = try gather()
            var run = session.description
            run.steps = session.emulation.step
            summary = RunSummary(run: run, merged: files.spikes ?? MergedSpikes())
            summary.reports = files.reports
            summary.weights = files.weights
            summary.rewiring = files.rewiring
            account.fill(&summary, session)
            summary.balance = session.mapped.balance.map {
                RunSummary.Balance(
                    method: options.balance.rawValue, imbalance: $0.imbalance, cut: $0.cut, hostCut: $0.hostCut)
            }
            summary.warnings =
                session.input.warnings.map(\.text) + session.input.findings + (session.mapped.summary?.notes ?? [])
                + session.loaded.warnings + session.changeWarnings + account.warnings
            for warning in account.warnings { log.warning(warning) }
            if let pretended = session.pretended {
                // What the whole machine counted is not known to one rank.
                fill(&summary, pretended, session.loaded)
                return
            }
            try directory.write(account.provenance(session, summary: summary))
        }
        // The summary is the last file, so what it says of `gather` ends here.
        let gathered = try account.gatherSeconds(session.seconds.watch.lap(), on: transport)
        try transport.phase {
            guard isSpeaker else { return }
            summary.phases.gather = Phase(gathered)
            if hasPage { try directory.writeReport(summary) }
            sayResults(summary, directory)
            try log.close()
            try directory.complete(summary)
        }
        return summary
    }

    /// Says what is about to run.
    func sayWhatRuns(_ network: Network) {
        let neurons = network.populations.reduce(0) { $0 + $1.size }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let version = options.versions["spinnsim"] ?? ""
        log.info("spinnsim \(version)   \(transport.size) ranks on \(hostsText), \(cores) processors here")
        log.info(
            """
            network  \(network.name): \(grouped(neurons)) neurons in \(network.populations.count) populations, \
            \(network.projections.count) projections, \(network.simulation.duration) ms in steps of \
            \(network.simulation.timestep) ms, seed \(network.simulation.seed)
            """)
    }

    private var hostsText: String { transport.hosts == 1 ? "1 host" : "\(transport.hosts) hosts" }

    /// Says where the network went.
    func sayWhere(_ mapped: MappedNetwork) {
        let mapping = mapped.mapping
        let chips = Set(mapping.cores.map(\.chip)).count
        let entries = mapping.tables.values.map(\.entries.count)
        log.info(
            """
            machine  \(mapping.machine.name), \(mapping.machine.chips.count) chips: \(mapping.cores.count) cores on \
            \(chips) chips, \(entries.reduce(0, +)) routing entries, at most \(entries.max() ?? 0) on a chip
            """)
        if let balance = mapped.balance, share.ranks > 1 {
            let between = balance.hosts > 1 ? ", \(fixed(100 * balance.hostCut, 1)) % their host" : ""
            log.info(
                """
                ranks    by \(options.balance == .pilot ? "pilot" : "expected") load: fullest rank \
                \(fixed(100 * balance.imbalance, 1)) % over the mean; \(fixed(100 * balance.cut, 1)) % of packets \
                leave \
                their rank\(between)
                """)
        }
        let idle = share.ranks - mapping.cores.count
        if idle > 0 && !mapping.cores.isEmpty {
            log.warning("there are fewer cores (\(mapping.cores.count)) than ranks (\(share.ranks)): \(idle) idle")
        }
    }

    /// Says what was loaded.
    func sayLoaded(_ session: Session) {
        log.info(
            """
            loaded   \(grouped(session.synapses)) synapses in \(megabytes(session.memory)), \
            exchange every \(options.realTime ? 1 : session.loaded.window) steps by \(session.emulation.exchange.kind)
            """)
        for warning in session.loaded.warnings { log.warning(warning) }
    }

    /// Populations whose rates are said one by one.
    private static var mostPopulations: Int { 100 }

    /// The table of phases and the results, as a person can paste them.
    func sayResults(_ summary: RunSummary, _ directory: RunDirectory) {
        func row(_ name: String, _ spread: Spread, of total: Double) -> String {
            let imbalance = spread.mean > 0 ? (spread.max / spread.mean - 1) * 100 : 0
            let columns = [spread.min, spread.mean, spread.max].map { pad(fixed($0, 3), 10) }.joined()
            return pad(name, 12, left: false) + columns + pad(fixed(imbalance, 1), 9)
                + pad(fixed(total > 0 ? spread.mean / total * 100 : 0, 1), 9)
        }
        let phases = summary.phases
        let all = [phases.read, phases.map, phases.load, phases.simulate, phases.gather]
        let total = all.reduce(0) { $0 + $1.total.mean }
        log.info("")
        log.info(
            pad("phase", 12, left: false) + ["min s", "mean s", "max s"].map { pad($0, 10) }.joined()
                + pad("imbal%", 9) + pad("total%", 9))
        for (name, phase) in zip(["read", "map", "load", "simulate", "gather"], all) {
            log.info(row(name, phase.total, of: total))
            for part in ["update", "deliver", "exchange", "wait", "record"] {
                if let spread = phase.parts[part] { log.info(row("  " + part, spread, of: total)) }
            }
        }
        log.info("")
        let recorded = summary.populations.filter { $0.spikes != nil && $0.rate != nil }
        for population in recorded.prefix(Self.mostPopulations) {
            guard let spikes = population.spikes, let rate = population.rate else { continue }
            log.info(
                pad(population.name, 20, left: false) + pad(grouped(spikes), 14) + " spikes" + pad(fixed(rate, 3), 10)
                    + " Hz")
        }
        if recorded.count > Self.mostPopulations {
            log.info("and \(grouped(recorded.count - Self.mostPopulations)) more populations: see run.json")
        }
        log.info("")
        log.info(
            """
            spikes   \(grouped(summary.spikes))   synaptic events \(grouped(summary.synapticEvents))   packets sent \
            \(grouped(summary.packets["sent"] ?? 0)), \(grouped(summary.packets["link_crossings"] ?? 0)) link crossings
            """)
        log.info("hash     \(summary.spikeHash)")
        log.info(
            """
            speed    real-time factor \(fixed(summary.realTimeFactor, 4)), peak memory of a rank \
            \(megabytes(Int(summary.peakRSS.max)))
            """)
        if options.realTime {
            log.info("pace     \(summary.overruns) of \(summary.steps) steps overran")
        }
        for weights in summary.weights {
            log.info(
                "weights  \(directory.path)/\(weights.file): \(grouped(weights.synapses)) of \(weights.projection)")
        }
        for rewiring in summary.rewiring {
            log.info(
                """
                rewiring \(directory.path)/\(rewiring.file): \(grouped(rewiring.formed)) formed, \
                \(grouped(rewiring.eliminated)) eliminated of \(rewiring.projection)
                """)
        }
        log.info(
            "results  \(directory.path)/run.json, spikes.h5"
                + (hasPage ? ", report.html, raster.svg" : ""))
    }

    /// There is a page of what the run has shown.
    private var hasPage: Bool { options.pretence == nil && options.results == .full }

    /// A count with thin groups of three digits.
    func grouped(_ value: Int) -> String {
        var digits = String(value)
        var at = digits.count - 3
        while at > 0 {
            digits.insert(" ", at: digits.index(digits.startIndex, offsetBy: at))
            at -= 3
        }
        return digits
    }

    func megabytes(_ bytes: Int) -> String { "\(fixed(Double(bytes) / 1e6, 1)) MB" }

    func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    private func pad(_ text: String, _ width: Int, left: Bool = true) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return left ? space + text : text + space
    }
}
