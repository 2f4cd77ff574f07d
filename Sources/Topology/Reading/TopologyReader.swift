import StrictJSON

/// Reads topology files: strict JSON, the grammar of the format, and every rule that needs no machine.
///
/// Nothing is allocated per neuron or synapse beyond what the file itself spells out, so a file of a few lines that
/// asks for 10¹⁸ synapses is read like any other; ``Network/requireFits(memoryLimit:ranks:)`` refuses it.
public struct TopologyReader {
    /// The format this reader reads.
    public static let format = "spinnsim-topology/1"

    let document: JSONDocument
    let limits: ReadingLimits
    let overrides: SimulationOverrides
    private(set) var warnings: [DocumentWarning] = []
    /// Place in ``warnings`` by kind.
    private var warningOfKind: [String: Int] = [:]
    /// Names of projections that changes give new weights.
    var givenWeights: Set<String> = []
    private var droppedWarnings = 0
    /// Read first: times are checked against them.
    var simulation = Simulation(duration: 1)
    /// Where the projection that is being read measures distances.
    var pairSpace = Space()

    /// Reads and checks a topology.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: its name for messages, and the network's name where the file gives none.
    ///   - overrides: stand in for values of the file before anything is checked against them.
    /// - Returns: the network, and what is legal in it but probably worth knowing.
    /// - Throws: `DocumentError`, the first mistake found.
    /// - Complexity: O(`bytes.count`), and O(1) in neurons and synapses.
    public static func read(
        bytes: [UInt8], file: String, limits: ReadingLimits = ReadingLimits(),
        overrides: SimulationOverrides = SimulationOverrides()
    ) throws(DocumentError) -> (network: Network, warnings: [DocumentWarning]) {
        let document = try JSONReader.parse(bytes: bytes, file: file, limits: limits)
        var reader = TopologyReader(document: document, limits: limits, overrides: overrides)
        let network = try reader.readNetwork()
        return (network, reader.allWarnings)
    }

    init(document: JSONDocument, limits: ReadingLimits, overrides: SimulationOverrides = SimulationOverrides()) {
        self.document = document
        self.limits = limits
        self.overrides = overrides
    }

    // MARK: - Warnings

    /// Warns of a place in the file; places with the same `kind`, by default the same message, are counted together.
    mutating func warn(_ value: JSONValue, _ message: String, kind: String? = nil) {
        let kind = kind ?? message
        if let earlier = warningOfKind[kind] {
            warnings[earlier].count += 1
            return
        }
        guard warnings.count < limits.warnings else {
            droppedWarnings += 1
            return
        }
        warningOfKind[kind] = warnings.count
        warnings.append(value.warning(message))
    }

    private var allWarnings: [DocumentWarning] {
        guard droppedWarnings > 0 else { return warnings }
        return warnings + [document.root.warning("and \(droppedWarnings) more warnings")]
    }

    // MARK: - The document

    private mutating func readNetwork() throws(DocumentError) -> Network {
        let root = document.root
        guard root.isObject else {
            throw root.error(.wrongType, "expected a JSON object at the top, got \(root.found)")
        }
        try checkFormat(root)
        let object = try JSONObject(
            root, "the topology",
            keys: [
                "$schema", "format", "name", "description", "simulation", "machine", "populations", "projections",
                "currents", "changes",
            ], required: ["format", "simulation", "populations"])
        _ = try object.string("$schema")
        let name: String
        if let value = object["name"] {
            name = try readName(value, "name")
        } else {
            name = Self.defaultName(file: document.file)
        }
        let description = try object.string("description")
        simulation = try readSimulation(try object.require("simulation"))
        let machine = try object["machine"].map { value throws(DocumentError) in try readMachine(value) }
        var populations = try readPopulations(try object.require("populations"))
        let read = populations
        if let changes = object["changes"] { givenWeights = Self.projectionsGivenWeights(in: changes) }
        let projections = try object["projections"].map { value throws(DocumentError) in
            try readProjections(value, read)
        }
        if let value = object["projections"], let projections {
            try Self.addLearningReceptors(value, projections, to: &populations)
        }
        let currents = try object["currents"].map { value throws(DocumentError) in
            try readCurrents(value, read)
        }
        if populations.isEmpty { warn(try object.require("populations"), "there are no populations") }
        let isRecorded = (projections ?? []).contains { $0.recordedWeights != nil || $0.recordsRewiring }
        if populations.allSatisfy(\.record.isEmpty), !isRecorded { warn(root, "nothing is recorded") }
        var network = Network(
            name: name, description: description, simulation: simulation, machine: machine ?? MachineRequest(),
            populations: populations,
            projections: projections ?? [], currents: currents ?? [])
        if let value = object["changes"] {
            network.changes = try readChanges(value, of: network, from: 0)
            if let last = network.changes.last, last.step >= simulation.steps {
                warn(value, "a change is not before the end of the run and will not act")
            }
        }
        return network
    }

    /// Read ahead, since changes are to projections that are read before them.
    private static func projectionsGivenWeights(in changes: JSONValue) -> Set<String> {
        func members(_ value: JSONValue, _ key: String) -> [JSONValue] {
            value.members.filter { $0.key == key }.map(\.value)
        }
        let weights = changes.elements.flatMap { members($0, "weights") }.flatMap(\.elements)
        return Set(weights.flatMap { members($0, "projection") }.compactMap { try? $0.string("projection") })
    }

    /// The format first: a file of another format has other keys.
    private func checkFormat(_ root: JSONValue) throws(DocumentError) {
        for (key, value) in root.members where key == "format" {
            let format = try value.string("format")
            if format == Self.format { return }
            let prefix = "spinnsim-topology/"
            if format.hasPrefix(prefix), let version = Int(format.dropFirst(prefix.count)), version > 1 {
                throw value.error(
                    .unknownName,
                    "the file has format version \(version), this program reads version 1; use a newer spinnsim")
            }
            throw value.error(.unknownName, "format must be \"\(Self.format)\", got \(value.found)")
        }
    }

    /// A file's base name, with what names may not hold replaced.
    static func defaultName(file: String) -> String {
        var base = file.split(separator: "/").last.map(String.init) ?? ""
        if base.hasSuffix(".json") { base.removeLast(5) }
        let safe = String(
            base.unicodeScalars.prefix(64).map { Names.isAllowed($0) ? Character($0) : "_" })
        return Names.isValid(safe) ? safe : "topology"
    }

    func readName(_ value: JSONValue, _ what: String) throws(DocumentError) -> String {
        let name = try value.string(what)
        guard Names.isValid(name) else {
            throw value.error(
                .badName,
                "\(what) must be 1 to 64 letters, digits, '_', '.' or '-', not starting with '-', got \(value.found)")
        }
        return name
    }

    /// Refuses a name that was used before.
    static func claim(
        _ name: String, _ what: String, at value: JSONValue, in taken: inout [String: Int]
    ) throws(DocumentError) {
        if let earlier = taken[name] {
            let (line, column) = value.document.position(of: earlier)
            throw value.error(
                .badName, "the \(what) name \(Wording.quoted(name)) is already used at \(line):\(column)")
        }
        taken[name] = value.offset
    }
}

/// Names of networks, populations and projections: safe as file names, HDF5 links and HTML.
enum Names {
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_", ".", "-": true
        default: false
        }
    }

    static func isValid(_ name: String) -> Bool {
        let scalars = name.unicodeScalars
        return (1...64).contains(name.utf8.count) && scalars.first != "-" && name != "." && name != ".."
            && scalars.allSatisfy(isAllowed)
    }
}
