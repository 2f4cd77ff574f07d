public import Diagnostics
import NetworkFiles
import Results
import StrictJSON
import Topology
import Transport

/// The synapses of a network that is loaded and not run.
public enum ProjectionEdges {
    /// Writes the synapses of a projection as SONATA edges, with the weights and delays that they begin with.
    ///
    /// - Parameters:
    ///   - options: Name the topology file; seed and mapping are taken from them.
    ///   - name: Of the projection, or what its files are called.
    ///   - path: The file to write.
    /// - Returns: Their number.
    /// - Throws: `badInput` for a mistake in the topology or another name, `doesNotFit`, `cannotCreate`.
    /// - Complexity: As loading the network on one rank.
    public static func write(_ options: RunOptions, projection name: String, to path: String) throws(Failure) -> Int {
        let transport = InProcessTransport.alone()
        let text = try TopologyFile.load(options.file)
        let folder = try SessionFolder(on: transport, socket: nil)
        defer { folder.remove() }
        let served: ServedNetwork
        do {
            served = try ServedNetwork(
                options, text: text, folder: folder.next("run"), on: transport, keepsBeginning: false,
                progress: { _ in })
        } catch let error as DocumentError {
            throw error.failure
        } catch let failure as Failure {
            throw failure
        } catch { throw Failure(.bug, "\(error)") }
        let network = served.session.network
        let names = network.projections.map(\.name)
        guard let index = names.firstIndex(of: name) ?? network.projectionFileNames.firstIndex(of: name) else {
            throw Failure(
                .usage,
                "there is no projection \"\(name)\""
                    + (names.isEmpty ? "" : "; there are " + names.joined(separator: ", ")))
        }
        let made = try served.edges(of: index, pending: false, in: folder.next("edges"))
        try TextFile.copy(made.path, to: path)
        return made.synapses
    }
}
