public import Diagnostics
import NetworkFiles
public import StrictJSON
import Synapses
public import Topology

/// The front door: from the bytes of a topology to a network that is ready.
///
/// ``read()`` gives a network as the file has it, ``ReadNetwork/resolved(for:)`` one that is complete; every command
/// goes this way.
public struct NetworkFile: Sendable {
    /// The file as the user named it; what it refers to is in its folder.
    public var path: String
    /// Its text.
    public var bytes: [UInt8]
    /// Put in before anything is checked.
    public var overrides: SimulationOverrides

    /// A file whose bytes are at hand.
    public init(path: String, bytes: [UInt8], overrides: SimulationOverrides = SimulationOverrides()) {
        self.path = path
        self.bytes = bytes
        self.overrides = overrides
    }

    /// Loads a file.
    ///
    /// - Throws: `noInput` for one that cannot be read, `badInput` for one that is too large.
    public init(loading path: String) throws(Failure) {
        self.init(path: path, bytes: try TopologyFile.load(path))
    }

    /// Reads and checks it.
    ///
    /// - Throws: `DocumentError`, the first mistake found.
    /// - Complexity: O(`bytes.count`).
    public func read() throws(DocumentError) -> ReadNetwork {
        let (network, warnings) = try TopologyReader.read(bytes: bytes, file: path, overrides: overrides)
        return ReadNetwork(path: path, network: network, warnings: warnings)
    }
}

/// A network as its file has it, which may still refer to files.
public struct ReadNetwork: Sendable {
    /// What the network is wanted for.
    public enum Purpose: Sendable {
        /// To see whether it could run with so much memory (`nil`: what this host can give), and its changes be made.
        case check(memory: Int?)
        /// To be mapped, whether it can run or not.
        case mapping
        /// To be run on so many ranks that share the memory; one rank checks the spikes of files for all.
        case run(memory: Int?, ranks: Int, checksSpikes: Bool)
    }

    /// The file as the user named it.
    public let path: String
    /// The network.
    public let network: Network
    /// What is legal in the file but probably worth knowing.
    public let warnings: [DocumentWarning]

    /// The network with everything that its file refers to.
    ///
    /// - Throws: `badInput` for what is not supported or wrong in a file, `noInput` for a file that cannot be read,
    ///   `doesNotFit`.
    /// - Complexity: O(connections and spikes in files + pairs that expressions are about).
    /// - Determinism: The same network on every rank.
    public func resolved(for purpose: Purpose) throws(Failure) -> ResolvedNetwork {
        var network = network
        var unsupported: Failure?
        do throws(Failure) {
            try network.requireSupported()
        } catch {
            guard case .mapping = purpose else { throw error }
            unsupported = error
        }
        try network.findSpikeFiles(of: path)
        var findings: [String] = []
        switch purpose {
        case .check(let memory):
            findings = try network.checkSpikeFiles()
            findings += try Self.complete(&network, of: path, memory: memory, ranks: 1)
            findings += try ChangesCheck.check(network.changes, of: network)
        case .mapping:
            findings = try network.checkSpikeFiles()
            findings += try network.readConnections(of: path)
            findings += try network.evaluateExpressions()
            network.survey()
            network.estimateSynapseCores()
            findings += try ChangesCheck.check(network.changes, of: network)
        case .run(let memory, let ranks, let checksSpikes):
            if checksSpikes { findings = try network.checkSpikeFiles() }
            findings += try Self.complete(&network, of: path, memory: memory, ranks: ranks)
        }
        return ResolvedNetwork(network: network, warnings: warnings, findings: findings, unsupported: unsupported)
    }

    private static func complete(
        _ network: inout Network, of path: String, memory: Int?, ranks: Int
    ) throws(Failure) -> [String] {
        try network.resolve(of: path, memoryLimit: memory, ranks: ranks) {
            (network) throws(Failure) in try network.evaluateExpressions()
        }
    }
}
