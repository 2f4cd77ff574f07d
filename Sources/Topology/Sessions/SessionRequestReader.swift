import StrictJSON

/// Reads one request of a session.
struct SessionRequestReader {
    static let ids = -0x1F_FFFF_FFFF_FFFF...0x1F_FFFF_FFFF_FFFF
    /// Most steps of a session.
    static let steps = 0...4_000_000_000

    /// Keys of each command beside `command`, `id` and `attachment`.
    private static let keys: [String: [String]] = [
        "hello": ["protocol"], "load": ["topology", "folder", "results", "seed"], "run": ["steps", "realtime"],
        "stop": [], "apply": ["changes", "folder"], "collect": ["what", "since", "forget"],
        "state": ["population", "variables", "neurons"], "edges": ["projection", "pending", "file"], "reset": ["seed"],
        "checkpoint": ["file"], "restore": ["file"], "live": ["population", "on"], "counts": ["population"],
        "inject": ["population", "indices", "step", "rates"], "map": [], "report": ["output", "overwrite"], "quit": [],
    ]
    /// Commands that bring a document, which may be the attachment.
    private static let documents = ["load": "topology", "apply": "changes"]

    let root: JSONValue
    let attachment: [UInt8]
    let network: Network?
    private var reader: TopologyReader

    init(root: JSONValue, attachment: [UInt8], network: Network?) {
        self.root = root
        self.attachment = attachment
        self.network = network
        reader = TopologyReader(document: root.document, limits: ReadingLimits())
        if let network { reader.simulation = network.simulation }
    }

    mutating func read() throws(DocumentError) -> SessionRequest {
        let names = Self.keys.keys.sorted()
        let name = try JSONObject.variant(of: root, "a request", key: "command", in: names)
        let object = try JSONObject(
            root, "the request \(name)", keys: ["command", "id", "attachment"] + (Self.keys[name] ?? []))
        let id = try object.integer("id", in: Self.ids)
        if let value = object["attachment"] {
            _ = try value.integer("attachment", in: 0...Int(UInt32.max))
            guard Self.documents[name] != nil else {
                throw value.keyError(.conflict, "the request \(name) takes no attachment")
            }
        }
        return SessionRequest(id: id, command: try readCommand(name, object))
    }

    private mutating func readCommand(
        _ name: String, _ object: JSONObject
    ) throws(DocumentError) -> SessionRequest.Command {
        switch name {
        case "hello":
            let value = try object.require("protocol")
            let number = try value.integer("protocol", in: Self.ids)
            guard number == SessionRequest.protocolNumber else {
                throw value.error(
                    .outOfRange,
                    "this program speaks protocol \(SessionRequest.protocolNumber), not \(number); use a client for it")
            }
            return .hello
        case "load":
            let results = try object["results"]?.choice("results", of: ["data", "full"])
            return .load(
                try readDocument(name, object), folder: try readFile("folder", object),
                full: results.map { $0 == "full" },
                seed: try object["seed"]?.seed("seed"))
        case "run":
            let steps = try object.require("steps")
            return .run(
                steps: steps.kind == .null ? nil : try steps.integer("steps", in: Self.steps),
                realTime: try object.bool("realtime", default: false))
        case "stop": return .stop
        case "apply": return .apply(try readDocument(name, object), folder: try readFile("folder", object))
        case "reset": return .reset(seed: try object["seed"]?.seed("seed"))
        case "checkpoint": return .checkpoint(file: try requireFile("file", object))
        case "restore": return .restore(file: try requireFile("file", object))
        case "map": return .map
        case "report":
            return .report(
                folder: try requireFile("output", object), overwrite: try object.bool("overwrite", default: false))
        case "collect": return try readCollect(object)
        case "state": return try readState(object)
        case "edges":
            return .edges(
                projection: try readProjection(object), pending: try object.bool("pending", default: false),
                file: try readFile("file", object))
        case "live":
            return .live(population: try readPopulation(object).index, on: try object.require("on").bool("on"))
        case "counts": return .counts(population: try readPopulation(object).index)
        case "inject": return try readInject(object)
        default: return .quit
        }
    }

    // MARK: - Parts

    private func readDocument(_ name: String, _ object: JSONObject) throws(DocumentError) -> SessionRequest.Document {
        let key = Self.documents[name] ?? ""
        guard let value = object[key] else {
            guard object["attachment"] != nil else {
                throw object.value.error(.missingKey, "the request \(name) needs the key \"\(key)\" or an attachment")
            }
            return .text(attachment)
        }
        if let other = object["attachment"] {
            throw other.keyError(.conflict, "\(key) is either a key or the attachment, not both")
        }
        if value.isObject { return .text(value.source) }
        guard value.kind == .string else { throw value.wrongType(key, "a path or an object") }
        return .file(try requireFile(key, object))
    }

    private func readFile(_ key: String, _ object: JSONObject) throws(DocumentError) -> String? {
        try object[key] == nil ? nil : requireFile(key, object)
    }

    private func requireFile(_ key: String, _ object: JSONObject) throws(DocumentError) -> String {
        let value = try object.require(key)
        let path = try value.string(key)
        guard !path.isEmpty, path.utf8.count <= 4096, !path.utf8.contains(0) else {
            throw value.error(.outOfRange, "\(key) must be a path of 1 to 4096 bytes, got \(value.found)")
        }
        return path
    }

    private func requireNetwork(_ object: JSONObject) throws(DocumentError) -> Network {
        guard let network else {
            throw object.value.error(.conflict, "no network is loaded; send the request load first")
        }
        return network
    }

    private func readPopulation(_ object: JSONObject) throws(DocumentError) -> (index: Int, Population, Network) {
        let network = try requireNetwork(object)
        let index = try reader.findPopulation(
            try object.require("population"), "population", TopologyReader.indices(network.populations))
        return (index, network.populations[index], network)
    }

    private func readProjection(_ object: JSONObject) throws(DocumentError) -> Int {
        let network = try requireNetwork(object)
        let value = try object.require("projection")
        if value.isNumber { return try value.integer("projection", in: 0...max(0, network.projections.count - 1)) }
        let name = try value.string("projection")
        let names = network.projections.map(\.name)
        if let index = names.firstIndex(of: name) ?? network.projectionFileNames.firstIndex(of: name) { return index }
        throw value.error(
            .unknownName,
            "there is no projection \(Wording.quoted(name))" + Wording.suggestion(for: name, of: names))
    }

    private func readCollect(_ object: JSONObject) throws(DocumentError) -> SessionRequest.Command {
        let network = try requireNetwork(object)
        var variables: [Int: Set<String>]?
        if let what = object["what"] {
            guard what.isArray else { throw what.wrongType("what", "an array of objects") }
            var chosen: [Int: Set<String>] = [:]
            for element in what.elements {
                let item = try JSONObject(element, "what to collect", keys: ["population", "variables"])
                let (index, population, _) = try readPopulation(item)
                let recorded = population.record.map(\.variable)
                guard let list = item["variables"] else {
                    chosen[index, default: []].formUnion(recorded)
                    continue
                }
                for variable in try readNames(list, "variables", of: recorded, "\(population.name) does not record") {
                    chosen[index, default: []].insert(variable)
                }
            }
            variables = chosen
        } else {
            _ = network
        }
        return .collect(
            variables: variables, since: try object.integer("since", in: Self.steps),
            forget: try object.bool("forget", default: false))
    }

    private func readNames(
        _ value: JSONValue, _ key: String, of known: [String], _ refusal: String
    ) throws(DocumentError) -> [String] {
        guard value.isArray else { throw value.wrongType(key, "an array of names") }
        var names: [String] = []
        for element in value.elements {
            let name = try element.string("each name of \(key)")
            guard known.contains(name) else {
                let suggestion = Wording.suggestion(for: name, of: known)
                let list = known.isEmpty ? "" : "; there are " + Wording.choices(known.sorted(), limit: 40)
                throw element.error(
                    .unknownName, "\(refusal) \(Wording.quoted(name))" + (suggestion.isEmpty ? list : suggestion))
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func readState(_ object: JSONObject) throws(DocumentError) -> SessionRequest.Command {
        let (index, population, _) = try readPopulation(object)
        let place = try object.require("population")
        guard !population.model.isSource else {
            throw place.error(.conflict, "\(population.name) is a \(population.model.name) and has no state")
        }
        let known = population.model.stateVariables
        let variables = try object["variables"].map { (value) throws(DocumentError) in
            try readNames(value, "variables", of: known, "\(population.model.name) has no variable")
        }
        let neurons = try object["neurons"].map { (value) throws(DocumentError) in
            try reader.readSelection(value, size: population.size)
        }
        return .state(population: index, variables: variables ?? known, neurons: neurons ?? .all)
    }

    private mutating func readInject(_ object: JSONObject) throws(DocumentError) -> SessionRequest.Command {
        let (index, population, _) = try readPopulation(object)
        let place = try object.require("population")
        if let rates = object["rates"] {
            guard population.model.name == CellModel.spikeSourcePoisson.name else {
                throw place.error(.conflict, "\(population.name) is a \(population.model.name) and has no rate")
            }
            for key in ["indices", "step"] where object[key] != nil {
                throw try object.require(key).keyError(.conflict, "rates act in the next step; leave \(key) out")
            }
            return .rates(
                population: index, try reader.readParameter(rates, "rates", .rate, size: population.size))
        }
        guard population.model.name == CellModel.spikeInjector else {
            throw place.error(.conflict, "\(population.name) is a \(population.model.name), not a SpikeInjector")
        }
        return .inject(
            population: index,
            indices: try object.require("indices").integerList("indices", in: 0...population.size - 1),
            step: try object.integer("step", in: Self.steps))
    }
}

extension CellModel {
    /// Sends the spikes that a session is told to.
    public static let spikeInjector = "SpikeInjector"

    /// What of a neuron's state can be read: what is recorded of each neuron, and what has an initial value.
    public var stateVariables: [String] {
        var names = recordable.filter { $0 != "spikes" && $0 != Self.packetsPerTimestep }
        for name in initialDefaults.keys.sorted() where !names.contains(name) { names.append(name) }
        return names
    }
}

extension JSONValue {
    /// The text of an object, as written.
    var source: [UInt8] {
        let bytes = document.bytes
        var (end, depth, isString) = (offset, 0, false)
        while end < bytes.count {
            switch bytes[end] {
            case UInt8(ascii: "\\") where isString: end += 1
            case UInt8(ascii: "\""): isString.toggle()
            case UInt8(ascii: "{") where !isString, UInt8(ascii: "[") where !isString: depth += 1
            case UInt8(ascii: "}") where !isString, UInt8(ascii: "]") where !isString:
                depth -= 1
                if depth == 0 { return Array(bytes[offset...end]) }
            default: break
            }
            end += 1
        }
        return Array(bytes[offset...])
    }
}
