import ConnectionFiles
import Diagnostics
import Mapping
import Results
import SpikeFiles
import Topology
import Transport

extension Run {
    /// Reads the topology on rank 0, and has every rank make the same network of the same bytes.
    func read() throws(Failure) -> RunInput {
        let speaks = transport.rank == 0
        let mine = try transport.phase { speaks ? try TopologyFile.load(options.file) : [] }
        let bytes = try transport.broadcast(mine, root: 0)
        return try transport.phase {
            var network: Network
            let warnings: [TopologyWarning]
            do {
                (network, warnings) = try TopologyReader.read(bytes: bytes, file: options.file)
            } catch let error as TopologyError { throw error.failure }
            if let duration = options.duration {
                network.simulation.duration = duration
                guard duration / network.simulation.timestep > 1e-6, duration / network.simulation.timestep < 4e9 else {
                    throw Failure(
                        .usage, "--duration \(duration) ms is not a run of 1 to 4·10⁹ steps")
                }
            }
            if let seed = options.seed { network.simulation.seed = seed }
            try network.requireSupported()
            try network.findSpikeFiles(of: options.file)
            try network.resolve(of: options.file, memoryLimit: memoryLimit, ranks: share.ranks)
            for warning in warnings { log.warning(warning.text) }
            return RunInput(
                network: network, sha256: SHA256.hex(of: bytes), warnings: warnings.map(\.text))
        }
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
            directory = try RunDirectory(creating: path, overwrite: options.overwrite)
        }
        let created = directory
        do {
            return try transport.phase { try created ?? RunDirectory(joining: path) }
        } catch {
            created?.discard()
            throw error
        }
    }

    /// Maps on rank 0 and hands the mapping to every rank.
    func mapNetwork(_ network: Network) throws(Failure) -> MappedNetwork {
        var mine: (mapping: [UInt8], ranks: [UInt8]) = ([], [])
        var seconds: [(phase: String, seconds: Double)] = []
        try transport.phase {
            guard transport.rank == 0 else { return }
            let (mapping, summary) = try map(network, options: options.mapping)
            if options.check { try check(mapping, of: network).verify() }
            seconds = summary.seconds
            let ranks = assignRanks(mapping, of: network, ranks: share.ranks)
            mine = (mapping.bytes, ranks.withUnsafeBytes(Array.init))
        }
        let bytes = try transport.broadcast(mine.mapping, root: 0)
        let rankBytes = try transport.broadcast(mine.ranks, root: 0)
        return try transport.phase {
            let ranks = rankBytes.withUnsafeBytes { raw in
                (0..<(raw.count / 4)).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self) }
            }
            let mapping = try Mapping(bytes: bytes, machine: network.machine)
            return MappedNetwork(mapping: mapping, ranks: ranks, seconds: seconds)
        }
    }
}

/// A mapping, the rank of each core, and on rank 0 what each pass took.
struct MappedNetwork {
    var mapping: Mapping
    var ranks: [Int32]
    var seconds: [(phase: String, seconds: Double)]
}
