public import Diagnostics
import Foundation
public import Results

/// One run of a scaling series: a line of JSON, under beNNch's names where beNNch has one.
///
/// Times are seconds unless a name says otherwise; `_max` is the slowest rank, a name without it the mean over ranks.
public struct ScalingRecord: Codable, Sendable {
    /// `strong` or `weak`.
    public var scalingType: String
    public var network: String
    public var rngSeed: UInt64
    public var topologySHA256: String
    public var neurons: Int
    public var synapses: Int

    // Where it ran.
    public var numNodes: Int
    public var tasksPerNode: Int
    public var threadsPerTask = 1
    /// MPI ranks.
    public var numNvp: Int
    public var coresPerNode: Int
    public var ranksPerCore: Double
    public var host: String
    public var cpu: String

    /// ms.
    public var modelTimeSim: Double
    public var modelTimePresim = 0.0
    public var recordSpikes = true

    // From the launcher's start to its end, and the parts: launching, reading, mapping, making rows and state,
    // simulating, gathering.
    public var wallTimeTotal: Double
    public var wallTimeLaunch: Double
    public var wallTimeRead: Double
    public var wallTimeCreate: Double
    public var wallTimeConnect: Double
    public var wallTimeSim: Double
    public var wallTimeGather: Double
    public var simFactor: Double

    // Parts of the simulation. beNNch's `communicate` is exchange and wait together.
    public var wallTimePhaseUpdate: Double
    public var wallTimePhaseUpdateMax: Double
    public var wallTimePhaseDeliver: Double
    public var wallTimePhaseDeliverMax: Double
    public var wallTimePhaseExchange: Double
    public var wallTimePhaseExchangeMax: Double
    public var wallTimePhaseWait: Double
    public var wallTimePhaseWaitMax: Double
    public var wallTimePhaseCommunicate: Double
    public var wallTimePhaseCommunicateMax: Double
    public var exchange: String
    public var stepsPerExchange: Double

    /// Of the simulation, all ranks together, and less what went into waiting.
    public var cpuTimeSim: Double
    public var cpuTimeSimWork: Double
    /// ns.
    public var cpuTimePerEvent: Double
    public var cpuTimeWorkPerEvent: Double

    public var spikes: Int
    public var synapticEvents: Int
    public var packetsFromOtherRanks: Int
    public var spikeHash: String
    /// Bytes of the largest rank, and of all.
    public var maxMemory: Double
    public var totalMemory: Double
    public var versions: [String: String]

    /// Takes the record of a finished run.
    ///
    /// - Parameter seconds: From the launcher's start to its end.
    public init(_ run: RunSummary, scaling: String, neurons: Int, seconds: Double, processors: Int) {
        scalingType = scaling
        network = run.name
        rngSeed = run.seed
        topologySHA256 = run.topologySHA256
        self.neurons = neurons
        synapses = run.synapses
        numNodes = max(1, run.hosts.count)
        tasksPerNode = (run.ranks + numNodes - 1) / numNodes
        numNvp = run.ranks
        coresPerNode = processors
        ranksPerCore = Double(tasksPerNode) / Double(max(1, processors))
        host = run.hosts.first ?? ""
        cpu = processorName()
        modelTimeSim = Double(run.steps) * run.timestep
        let phases = run.phases
        wallTimeTotal = seconds
        wallTimeRead = phases.read.total.max
        wallTimeCreate = phases.map.total.max
        wallTimeConnect = phases.load.total.max
        wallTimeSim = phases.simulate.total.max
        wallTimeGather = phases.gather.total.max
        let inside = wallTimeRead + wallTimeCreate + wallTimeConnect + wallTimeSim + wallTimeGather
        wallTimeLaunch = max(0, seconds - inside)
        simFactor = run.realTimeFactor
        func part(_ name: String) -> Spread { phases.simulate.parts[name] ?? Spread() }
        (wallTimePhaseUpdate, wallTimePhaseUpdateMax) = (part("update").mean, part("update").max)
        (wallTimePhaseDeliver, wallTimePhaseDeliverMax) = (part("deliver").mean, part("deliver").max)
        (wallTimePhaseExchange, wallTimePhaseExchangeMax) = (part("exchange").mean, part("exchange").max)
        (wallTimePhaseWait, wallTimePhaseWaitMax) = (part("wait").mean, part("wait").max)
        let names = run.rankPhaseNames ?? []
        let communicate = (run.rankPhases ?? []).map { seconds in
            zip(names, seconds).reduce(0) { ["exchange", "wait"].contains($1.0) ? $0 + $1.1 : $0 }
        }
        (wallTimePhaseCommunicate, wallTimePhaseCommunicateMax) = (Spread(communicate).mean, Spread(communicate).max)
        exchange = run.exchange.kind
        stepsPerExchange = run.exchange.parameters["steps_per_exchange"] ?? 1
        cpuTimeSim = run.processorSeconds?["simulate"] ?? 0
        cpuTimeSimWork = max(0, cpuTimeSim - (run.processorSeconds?["wait"] ?? 0))
        let events = Double(max(1, run.synapticEvents))
        cpuTimePerEvent = cpuTimeSim / events * 1e9
        cpuTimeWorkPerEvent = cpuTimeSimWork / events * 1e9
        spikes = run.spikes
        synapticEvents = run.synapticEvents
        packetsFromOtherRanks = run.packets["from_other_ranks"] ?? 0
        spikeHash = run.spikeHash
        maxMemory = run.peakRSS.max
        totalMemory = run.peakRSS.mean * Double(run.ranks)
        versions = run.versions
    }

    /// The record as one line of JSON.
    public func line() throws(Failure) -> String { try jsonLine(self) }
}

/// A value as one line of JSON with sorted keys in snake case.
public func jsonLine(_ value: some Encodable) throws(Failure) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { throw Failure(.bug, "cannot encode a line of JSON") }
    return String(decoding: data, as: UTF8.self)
}

/// What the processor calls itself.
public func processorName() -> String {
    let lines = ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").split(separator: "\n")
    let line = lines.first { $0.hasPrefix("model name") } ?? ""
    return line.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
}
