public import Diagnostics
import Glibc
public import Topology

extension Network {
    /// Makes a network of what its file says and of what the file refers to: reads the connections of files, and looks
    /// at the pairs that expressions are about.
    ///
    /// Every rank does this by itself, with the same outcome.
    ///
    /// - Parameters:
    ///   - topology: Path of the topology file; references are to files in its folder.
    ///   - memoryLimit: Bytes over all ranks; `nil`: what this host can give now.
    /// - Throws: `badInput` for what is not supported or wrong in a file, `noInput` for a file that cannot be read,
    ///   `doesNotFit`.
    /// - Complexity: O(connections in files + pairs looked at).
    public mutating func resolve(of topology: String, memoryLimit: Int? = nil, ranks: Int = 1) throws(Failure) {
        // Neurons first: positions of all of them are computed below.
        try requireFits(memoryLimit: memoryLimit, ranks: ranks)
        try readConnections(of: topology)
        survey()
        estimateSynapseCores()
        try requireFits(memoryLimit: memoryLimit, ranks: ranks)
    }

    /// Reads the connections of files, without asking whether the network fits.
    ///
    /// - Parameter topology: Path of the topology file.
    /// - Throws: `badInput` for what is wrong in a file, `noInput` for a file that cannot be read.
    public mutating func readConnections(of topology: String) throws(Failure) {
        for index in projections.indices {
            guard case .fromFile(let reference) = projections[index].connector else { continue }
            try load(reference, of: topology, into: index)
        }
    }

    /// Reads new weights of synapses that a projection has.
    ///
    /// - Parameters:
    ///   - reference: A file as ``readConnections(of:)`` reads, in the folder of the file `document`.
    ///   - index: Of the projection.
    /// - Throws: `badInput` for what is wrong in the file, `noInput` for one that cannot be read.
    public func readWeights(
        _ reference: String, of document: String, projection index: Int
    ) throws(Failure) -> (path: String, table: ConnectionTable) {
        let (path, table) = try readTable(reference, of: document, projections[index])
        guard table.hasAllWeights || table.count == 0 else {
            throw Failure(.badInput, "\(path): there are no weights; a SONATA file has them as syn_weight")
        }
        return (path, table)
    }

    private mutating func load(_ reference: String, of topology: String, into index: Int) throws(Failure) {
        let projection = projections[index]
        let (path, table) = try readTable(reference, of: topology, projection)
        projections[index].connector = .fixed(table)
        guard projection.hasDefaultReceptor, let weights = table.weightBounds, weights.lowerBound < 0 else { return }
        guard weights.upperBound <= 0 else {
            throw Failure(
                .badInput,
                "\(path): the weights are of both signs; split the file in two, or name the \"receptor\" of the "
                    + "projection "
                    + projection.name)
        }
        projections[index].receptor = "inhibitory"
    }

    private func readTable(
        _ reference: String, of topology: String, _ projection: Projection
    ) throws(Failure) -> (path: String, table: ConnectionTable) {
        let (source, target) = (populations[projection.pre], populations[projection.post])
        let path = try FileReference.path(reference, of: topology)
        let limits = ConnectionRows.Limits(
            preName: source.name, preSize: source.size, postName: target.name, postSize: target.size,
            isConductance: target.model.isConductanceBased, timestep: simulation.timestep)
        let table: ConnectionTable
        if try Self.isHDF5(path) {
            table = try SonataEdges.read(path, limits)
        } else {
            table = try TextConnections.parse(try TopologyFile.load(path, limits: Self.textLimits), file: path, limits)
        }
        return (path, table)
    }

    private static var textLimits: ReadingLimits {
        var limits = ReadingLimits()
        limits.bytes = 64 << 30
        return limits
    }

    /// The file begins as HDF5 files do.
    private static func isHDF5(_ path: String) throws(Failure) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(.noInput, "cannot read \(path): \(errnoText())") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8)
        return bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) } == 8
            && bytes == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    }
}
