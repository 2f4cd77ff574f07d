public import Diagnostics
import StrictJSON
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
    ///   - evaluate: Makes lists of what is given by expressions, when the files have been read; says what there is to
    ///     say.
    /// - Returns: what is legal in topology and files but probably worth knowing.
    /// - Throws: `badInput` for what is not supported or wrong in a file, `noInput` for a file that cannot be read,
    ///   `doesNotFit`.
    /// - Complexity: O(connections in files + pairs looked at).
    @discardableResult
    public mutating func resolve(
        of topology: String, memoryLimit: Int? = nil, ranks: Int = 1,
        evaluating evaluate: (inout Network) throws(Failure) -> [String] = { _ in [] }
    ) throws(Failure) -> [String] {
        // Neurons first: positions of all of them are computed below.
        try requireFits(memoryLimit: memoryLimit, ranks: ranks)
        let warnings = try readConnections(of: topology) + evaluate(&self)
        survey()
        estimateSynapseCores()
        try requireFits(memoryLimit: memoryLimit, ranks: ranks)
        return warnings + overflows()
    }

    /// Reads the connections of files, without asking whether the network fits.
    ///
    /// - Parameter topology: Path of the topology file.
    /// - Returns: what is legal in the files but probably worth knowing.
    /// - Throws: `badInput` for what is wrong in a file, `noInput` for a file that cannot be read.
    @discardableResult
    public mutating func readConnections(of topology: String) throws(Failure) -> [String] {
        var warnings: [String] = []
        for index in projections.indices {
            guard case .fromFile(let file) = projections[index].connector else { continue }
            warnings += try load(file, of: topology, into: index)
        }
        // The receptor of weights that came with a file is known by now.
        for index in projections.indices {
            guard let changer = projections[index].synapse.changer,
                let changed = projections.first(where: { $0.name == changer.projection })
            else { continue }
            projections[index].receptor = changed.receptor
        }
        return warnings
    }

    /// Reads new weights of synapses that a projection has.
    ///
    /// - Parameters:
    ///   - file: Such as ``readConnections(of:)`` reads, in the folder of the file `document`.
    ///   - index: Of the projection.
    /// - Throws: `badInput` for what is wrong in the file, `noInput` for one that cannot be read.
    public func readWeights(
        _ file: ConnectionFileReference, of document: String, projection index: Int
    ) throws(Failure) -> (path: String, table: ConnectionTable) {
        let projection = projections[index]
        let (path, rows, _) = try readRows(file, of: document, projection)
        let judged = rows.signs.judge(
            onto: populations[projection.post].model, receptor: projection.receptor, of: projection.synapse)
        // A synapse that is there does not go to another receptor.
        let excites = rows.signs.hasNegative && projection.receptor != "inhibitory"
        let mistake =
            judged.mistake ?? (excites ? "weights of \(projection.name) excite and must not be negative" : nil)
        if let mistake { throw Failure(.badInput, "\(path): \(mistake) (projection \(projection.name))") }
        let table = rows.table()
        guard table.hasAllWeights || table.count == 0 else {
            throw Failure(.badInput, "\(path): there are no weights; a SONATA file has them as syn_weight")
        }
        return (path, table)
    }

    private mutating func load(
        _ file: ConnectionFileReference, of topology: String, into index: Int
    ) throws(Failure) -> [String] {
        let projection = projections[index]
        var (path, rows, warnings) = try readRows(file, of: topology, projection)
        var signs = rows.signs
        if projection.synapse.changer != nil, signs.isSet {
            throw Failure(
                .badInput,
                "\(path): a WeightChanger, which \(projection.name) is, has one weight_change for all; leave the "
                    + "weights out"
            )
        }
        signs.complete(with: projection.synapse)
        let judged = signs.judge(
            onto: populations[projection.post].model,
            receptor: projection.hasDefaultReceptor ? nil : projection.receptor, of: projection.synapse,
            isGivenOthers: changes.contains { $0.weights.contains { $0.projection == index } })
        if let mistake = judged.mistake {
            throw Failure(.badInput, "\(path): \(mistake) (projection \(projection.name))")
        }
        projections[index].receptor = judged.receptor
        warnings += rows.warnings(of: "the file") + judged.warnings
        projections[index].connector = .fixed(rows.table())
        return warnings.map { "\(path): \($0) (projection \(projection.name))" }
    }

    /// Rows as a file has them, each within the limits of the projection, and what there is to say of the file.
    private func readRows(
        _ file: ConnectionFileReference, of document: String, _ projection: Projection
    ) throws(Failure) -> (path: String, rows: ConnectionRows, warnings: [String]) {
        let path = try FileReference.path(file.reference, of: document)
        let limits = ConnectionRows.Limits(
            projection.synapse, from: populations[projection.pre], to: populations[projection.post],
            timestep: simulation.timestep)
        if try FileKind.isHDF5(path) {
            let (rows, warnings) = try SonataEdges.read(path, population: file.population, limits)
            return (path, rows, warnings)
        }
        if let population = file.population {
            throw Failure(
                .badInput,
                "\(path) is text, which names no populations; leave the population \(population) of the projection "
                    + "\(projection.name) out")
        }
        let bytes = try TopologyFile.load(path, limits: Self.textLimits)
        return (path, try TextConnections.parse(bytes, file: path, limits), [])
    }

    private static var textLimits: ReadingLimits {
        var limits = ReadingLimits()
        limits.bytes = 64 << 30
        return limits
    }
}
