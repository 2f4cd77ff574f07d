import Diagnostics
import Fabric
import Foundation
import Mapping
import NetworkFiles
import Results
import StrictJSON
import Synapses
import Topology
import Transport

extension Run {
    /// Reads the topology on rank 0, and has every rank make the same network of the same bytes.
    func read() throws(Failure) -> RunInput {
        let speaks = transport.rank == 0
        let mine = try transport.phase { speaks ? try TopologyFile.load(options.file) : [] }
        let bytes = try transport.broadcast(mine, root: 0)
        return try makeInput(of: bytes) { $0.failure }
    }

    /// The network of a topology's text, with what the user changes in it.
    ///
    /// - Parameter refuse: Told what is wrong with the text, on every rank.
    /// - Throws: The agreed failure, the same on every rank.
    func makeInput(of bytes: [UInt8], refuse: (DocumentError) -> Failure) throws(Failure) -> RunInput {
        let file = NetworkFile(
            path: options.file, bytes: bytes,
            overrides: SimulationOverrides(duration: options.duration, seed: options.seed))
        let read = try transport.phase {
            do {
                return try file.read()
            } catch let error as DocumentError { throw refuse(error) }
        }
        try requireSameFiles(read.network)
        let resolved = try transport.phase {
            // One rank looks for mistakes in spikes; each reads those of its own cores later.
            try read.resolved(for: .run(memory: memoryLimit, ranks: share.ranks, checksSpikes: isSpeaker))
        }
        for text in resolved.warnings.map(\.text) + resolved.findings { log.warning(text) }
        return RunInput(resolved: resolved, sha256: SHA256.hex(of: bytes))
    }

    /// Bytes that all ranks may need, also those that are not there.
    private var memoryLimit: Int? {
        guard let pretence = options.pretence else { return options.maxMemory }
        return (options.maxMemory ?? HostMemory.available()).map {
            let (bytes, overflow) = $0.multipliedReportingOverflow(by: pretence.ranks)
            return overflow ? Int.max : bytes
        }
    }

    /// Creates the results folder on rank 0 and joins it on the others.
    func openDirectory(_ input: RunInput) throws(Failure) -> RunDirectory {
        let path = options.output ?? "\(input.network.name).results"
        var directory: RunDirectory?
        try transport.phase {
            guard transport.rank == 0 else { return }
            directory =
                options.resumed == nil
                ? try RunDirectory(creating: path, overwrite: options.overwrite) : try RunDirectory(resuming: path)
        }
        let created = directory
        do {
            return try transport.phase { try created ?? RunDirectory(joining: path) }
        } catch {
            created?.discard()
            throw error
        }
    }

    /// Reads changes on rank 0, and has every rank make the same of the same bytes.
    func readChanges(_ file: String, of session: Session) throws(Failure) -> [NetworkChange] {
        let mine = try transport.phase { isSpeaker ? try TopologyFile.load(file) : [] }
        let bytes = try transport.broadcast(mine, root: 0)
        return try transport.phase {
            do {
                return try ChangesReader.read(bytes: bytes, file: file, of: session.plannedNetwork, from: session.step)
            } catch let error as DocumentError { throw error.failure }
        }
    }

    /// Maps on rank 0, hands the mapping to every rank, and shares the cores out among them.
    func mapNetwork(_ resolved: ResolvedNetwork) throws(Failure) -> MappedNetwork {
        let network = resolved.network
        let mapped = try mapByExpectation(network)
        guard options.balance == .pilot, transport.size > 1 else { return mapped }
        return try balanceByPilot(mapped, of: network)
    }

    private func mapByExpectation(_ network: Network) throws(Failure) -> MappedNetwork {
        let hosts = try hostsOfRanks()
        var mine: (mapping: [UInt8], ranks: [UInt8]) = ([], [])
        var summary: MappingSummary?
        var balance: RankBalance?
        try transport.phase {
            guard transport.rank == 0 else { return }
            let (mapping, made) = try map(network, options: options.mapping)
            if options.check { try check(mapping, of: network).verify() }
            summary = made
            for note in made.notes { log.warning(note) }
            let load = SimulationLoad().expected(of: mapping.cores, in: network)
            let ranks = assignRanks(mapping, of: network, ranks: share.ranks, hosts: hosts, load: load)
            balance = RankBalance(mapping, load, ranks: ranks, count: share.ranks, hosts: hosts)
            mine = (mapping.bytes, ranks.withUnsafeBytes(Array.init))
        }
        let bytes = try transport.broadcast(mine.mapping, root: 0)
        let ranks = try broadcast(ranks: mine.ranks)
        return try transport.phase {
            let mapping = try Mapping(bytes: bytes, machine: network.machine)
            return MappedNetwork(
                mapping: mapping, fabric: try Fabric(mapping), ranks: ranks, hosts: hosts, balance: balance,
                summary: summary)
        }
    }

    /// By rank a number of its host, on rank 0; empty elsewhere.
    ///
    /// Entered by all.
    private func hostsOfRanks() throws(Failure) -> [Int] {
        let names = try transport.gather(Array(HostName.current.utf8))
        // The others of a pretence are nowhere.
        return options.pretence == nil ? names.map { name in names.firstIndex(of: name) ?? 0 } : []
    }

    /// The rank of every core, from rank 0 to all.
    private func broadcast(ranks: [UInt8]) throws(Failure) -> [Int32] {
        try transport.broadcast(ranks, root: 0).withUnsafeBytes { raw in
            (0..<(raw.count / 4)).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
        }
    }

    /// Steps of a pilot run.
    private static var pilotSteps: Int { 200 }

    /// Runs a few steps without recording and shares the cores out again by what they took.
    ///
    /// - Throws: The agreed failure, the same on every rank.
    /// - Determinism: Counts of packets and synaptic events decide, never times.
    private func balanceByPilot(_ mapped: MappedNetwork, of network: Network) throws(Failure) -> MappedNetwork {
        var network = network
        let steps = min(network.simulation.steps, Self.pilotSteps)
        network.simulation.duration = Double(steps) * network.simulation.timestep
        for p in network.populations.indices { network.populations[p].record = [] }
        for p in network.projections.indices { network.projections[p].recordedWeights = nil }
        let pilot = network

        let folder = FileManager.default.temporaryDirectory
            .appending(path: "spinnsim-pilot-\(UUID().uuidString)", directoryHint: .isDirectory)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (loaded, recorder) = try transport.phase {
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            } catch {
                throw Failure(.cannotCreate, "\(folder.path): \(error.localizedDescription)")
            }
            let loaded = try RankNetwork(
                network: pilot, mapping: mapped.mapping, fabric: mapped.fabric, ranks: mapped.ranks,
                rank: transport.rank,
                singleSteps: false, progress: { _ in })
            let run = RunDescription(network: pilot, ranks: transport.size, topologySHA256: "")
            return (loaded, try RankRecorder(loaded, rank: transport.rank, run: run, folder: folder.path))
        }
        let exchange = try RankEmulation.makeExchange(loaded, options.exchange, on: transport)
        let emulation = RankEmulation(loaded, transport: transport, recorder: recorder, exchange: exchange)
        try emulation.run(steps: steps, realTime: nil) { _ in }
        let counters = try emulation.gatherCounters(steps: steps)

        var result = mapped
        var mine: [UInt8] = []
        if transport.rank == 0 {
            let load = SimulationLoad().measured(
                of: mapped.mapping.cores, in: pilot, packets: counters.map(\.packetsSent),
                events: counters.map(\.synapticEvents), steps: steps)
            let ranks = assignRanks(
                mapped.mapping, of: pilot, ranks: transport.size, hosts: mapped.hosts, load: load)
            result.balance = RankBalance(
                mapped.mapping, load, ranks: ranks, count: transport.size, hosts: mapped.hosts)
            mine = ranks.withUnsafeBytes(Array.init)
        }
        result.ranks = try broadcast(ranks: mine)
        return result
    }

    /// Loads each rank's share of a mapped network and opens its logs.
    ///
    /// - Parameters:
    ///   - prepare: Makes room for the logs, on the speaking rank, when all shares are loaded.
    ///   - network: What is loaded where it is not the input's.
    ///   - folder: Where the logs go.
    ///   - start: The first step.
    ///   - keepsBeginning: To be able to begin again without loading.
    /// - Throws: The agreed failure, the same on every rank.
    func load(
        _ input: RunInput, _ mapped: MappedNetwork, _ seconds: PhaseSeconds, network: Network? = nil, folder: String,
        start: Int = 0, keepsBeginning: Bool = false, progress: ((Double) -> Void)? = nil,
        prepare: () throws -> Void
    ) throws(Failure) -> Session {
        let description = RunDescription(
            network: input.network, ranks: transport.size, topologySHA256: input.sha256)
        let meter = ProgressMeter("load", mode: progressMode, isSpeaker: isSpeaker)
        let loaded = try transport.phase {
            try RankNetwork(
                network: network ?? input.network, mapping: mapped.mapping, fabric: mapped.fabric, ranks: mapped.ranks,
                rank: share.rank, singleSteps: false, progress: { progress?($0) ?? meter.update($0) })
        }
        meter.finish()
        try transport.phase { if isSpeaker { try prepare() } }
        let recorder = try transport.phase {
            try RankRecorder(loaded, rank: transport.rank, run: description, folder: folder, start: start)
        }
        return try Session(self, input, mapped, loaded, recorder, description, seconds, keepsBeginning: keepsBeginning)
    }

    /// The network of a session with new logs that begin at a step, to be given the state of that step.
    func renew(_ session: Session, folder: String, start: Int) throws(Failure) -> Session {
        let recorder = try transport.phase {
            try RankRecorder(
                session.loaded, rank: transport.rank, run: session.description, folder: folder, start: start)
        }
        return try Session(renewing: session, recorder)
    }
}

/// A network that is ready, and the digest of its text.
struct RunInput {
    var resolved: ResolvedNetwork
    var sha256: String

    var network: Network { resolved.network }
    var warnings: [DocumentWarning] { resolved.warnings }
    /// On rank 0 all that there is to say.
    var findings: [String] { resolved.findings }
}

/// A mapping and the rank of each core; on rank 0 also how good that is, and how it was made.
struct MappedNetwork {
    var mapping: Mapping
    /// What the mapping's tables do with the packets of each core.
    var fabric: Fabric
    var ranks: [Int32]
    /// Host of each rank.
    var hosts: [Int]
    var balance: RankBalance?
    var summary: MappingSummary?
}
