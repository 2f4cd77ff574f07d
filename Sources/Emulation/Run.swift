public import Diagnostics
import Fabric
import Foundation
public import Mapping
import Results
import Synapses
import Topology
public import Transport

/// What the shares of the ranks are made by; spikes do not depend on it.
public enum RankBalancing: String, Sendable, CaseIterable {
    /// Rates and synapses that can be expected.
    case expected
    /// What a short run before the run counts.
    case pilot
}

/// What a user asks of a run beside the topology file.
public struct RunOptions: Sendable {
    public var file: String
    /// Results folder; `nil`: `NAME.results`.
    public var output: String?
    public var overwrite = false
    /// Replaces the file's, ms.
    public var duration: Double?
    /// Replaces the file's.
    public var seed: UInt64?
    public var realTime = false
    public var exchange = ExchangeMode.auto
    /// Walk every key through the tables with the independent checker.
    public var check = false
    /// Which algorithms map the network; spikes do not depend on them.
    public var mapping = MappingOptions()
    public var balance = RankBalancing.expected
    public var progress = ProgressMeter.Mode.auto
    public var quiet = false
    /// Bytes over all ranks; `nil`: what the host has.
    public var maxMemory: Int?
    /// Run one rank of many, without the others.
    public var pretence: Pretence?
    /// Name and version of this program and of what it stands on.
    public var versions: [String: String] = [:]

    public init(file: String) { self.file = file }
}

/// A run from the topology file to the results folder, on every rank of a transport.
///
/// Each phase ends in an agreement: if a rank fails, all ranks leave with that rank's failure.
public struct Run {
    let options: RunOptions
    let transport: any Transport
    let log: RunLog
    private var isSpeaker: Bool { transport.rank == 0 }
    /// Which part of the network this process has: rank `rank` of `ranks`.
    var share: (rank: Int, ranks: Int) {
        options.pretence.map { ($0.rank, $0.ranks) } ?? (transport.rank, transport.size)
    }

    public init(_ options: RunOptions, on transport: any Transport) {
        self.options = options
        self.transport = transport
        log = RunLog(isSpeaker: transport.rank == 0, quiet: options.quiet)
    }

    /// Runs everything.
    ///
    /// - Throws: The agreed failure, the same on every rank; nothing is left behind of a run that did not come to
    ///   simulate.
    public func run() throws(Failure) {
        var watch = Stopwatch()
        var seconds = PhaseSeconds()

        // MARK: read
        let input = try read()
        let directory = try openDirectory(input)
        seconds.read = watch.lap()
        do {
            try run(input, directory, &watch, &seconds)
        } catch {
            if isSpeaker && !seconds.hasSimulated { directory.discard() }
            throw error
        }
    }

    private func run(
        _ input: RunInput, _ directory: RunDirectory, _ watch: inout Stopwatch, _ seconds: inout PhaseSeconds
    ) throws(Failure) {
        let network = input.network
        sayWhatRuns(network)

        // MARK: map
        var mapped = try mapNetwork(network)
        let mapping = mapped.mapping
        let fabric = try transport.phase { try Fabric(mapping) }
        if options.balance == .pilot, transport.size > 1 {
            mapped = try balanceByPilot(mapped, of: network, fabric)
        }
        seconds.map = watch.lap()
        sayWhere(mapped)

        // MARK: load
        let description = RunDescription(network: network, ranks: transport.size, topologySHA256: input.sha256)
        let meter = ProgressMeter("load", mode: progressMode, isSpeaker: isSpeaker)
        let loaded = try transport.phase {
            try RankNetwork(
                network: network, mapping: mapping, fabric: fabric, ranks: mapped.ranks, rank: share.rank,
                singleSteps: false, progress: { meter.update($0) })
        }
        meter.finish()
        // The run fits: an earlier one in the folder makes room for it.
        try transport.phase {
            guard isSpeaker else { return }
            try directory.beginWriting()
            try log.open(file: directory.log)
        }
        let recorder = try transport.phase {
            try RankRecorder(loaded, rank: transport.rank, run: description, folder: directory.working)
        }
        let pretended = try pretendOthers(loaded, mapped.ranks, description)
        let exchange: any PacketExchange
        if let pretended {
            exchange = pretended
        } else {
            exchange = try RankEmulation.makeExchange(loaded, options.exchange, on: transport)
        }
        let emulation = RankEmulation(loaded, transport: transport, recorder: recorder, exchange: exchange)
        seconds.load = watch.lap()
        let synapses = try transport.reduce(
            [Int64(loaded.synapses), Int64(loaded.memory)], .sum)
        log.info(
            """
            loaded   \(grouped(Int(synapses[0]))) synapses in \(megabytes(Int(synapses[1]))), \
            exchange every \(options.realTime ? 1 : loaded.window) steps by \(emulation.exchange.kind)
            """)

        for warning in loaded.warnings { log.warning(warning) }

        // MARK: simulate
        seconds.hasSimulated = true
        let steps = network.simulation.steps
        let period =
            options.realTime
            ? UInt64(network.simulation.timestep * Double(network.simulation.timeScaleFactor) * 1e6) : nil
        let progress = ProgressMeter("simulate", mode: progressMode, isSpeaker: isSpeaker)
        let processorTime = Stopwatch.processorTime()
        try emulation.run(steps: steps, realTime: period) { done in
            progress.update(Double(done) / Double(max(steps, 1)))
        }
        progress.finish()
        seconds.processor = Double(Stopwatch.processorTime() &- processorTime) * 1e-9
        try transport.phase { try recorder.finish(steps: steps) }
        seconds.simulate = watch.lap()
        seconds.timers = emulation.timers
        if let pretended { seconds.exclude(pretended) }

        // MARK: gather
        let account = try RunAccount(
            gathering: emulation, loaded, seconds, steps: steps, synapses: Int(synapses[0]), on: transport)
        var summary = RunSummary()
        try transport.phase {
            guard isSpeaker else { return }
            let merged = try directory.gatherSpikes()
            summary = RunSummary(run: description, merged: merged)
            summary.reports = try directory.gatherFrames()
            summary.weights = try directory.gatherWeights()
            summary.rewiring = try directory.gatherRewiring()
            account.fill(&summary, network: network, mapping: mapping, emulation: emulation, options: options)
            summary.balance = mapped.balance.map {
                RunSummary.Balance(
                    method: options.balance.rawValue, imbalance: $0.imbalance, cut: $0.cut, hostCut: $0.hostCut)
            }
            summary.warnings = input.warnings + loaded.warnings + account.warnings
            for warning in account.warnings { log.warning(warning) }
            if let pretended {
                // What the whole machine counted is not known to one rank.
                fill(&summary, pretended, loaded)
                return
            }
            try directory.write(
                account.provenance(
                    network: network, mapping: mapping, fabric: fabric, mapSeconds: mapped.seconds, summary: summary))
        }
        // The summary is the last file, so what it says of `gather` ends here.
        let gathered = try account.gatherSeconds(watch.lap(), on: transport)
        try transport.phase {
            guard isSpeaker else { return }
            summary.phases.gather = Phase(gathered)
            if pretended == nil { try directory.writeReport(summary) }
            sayResults(summary, directory)
            try log.close()
            try directory.complete(summary)
        }
    }

    private var progressMode: ProgressMeter.Mode {
        options.quiet && options.progress == .auto ? .never : options.progress
    }
}

/// Seconds a rank spent in each phase.
struct PhaseSeconds {
    var read = 0.0
    var map = 0.0
    var load = 0.0
    var simulate = 0.0
    /// Processor time of the simulation.
    var processor = 0.0
    var timers = PhaseTimers()
    /// There is something to keep.
    var hasSimulated = false
}

/// A network read and ready to run.
struct RunInput {
    var network: Network
    var sha256: String
    var warnings: [String]
}
