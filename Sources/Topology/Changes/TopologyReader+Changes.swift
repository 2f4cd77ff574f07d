import StrictJSON

// Changes to a network that is loaded, in the words of the topology.
extension TopologyReader {
    private static let lists = ["parameters", "state", "spike_times", "currents", "weights"]

    mutating func readChangesDocument(of network: Network, from present: Int) throws(DocumentError) -> [NetworkChange] {
        let root = document.root
        let object = try JSONObject(
            root, "a document of changes", keys: ["$schema", "format", "changes"], required: ["format", "changes"])
        _ = try object.string("$schema")
        _ = try object.require("format").choice("format", of: [ChangesReader.format])
        return try readChanges(try object.require("changes"), of: network, from: present)
    }

    /// Reads a list of changes.
    ///
    /// - Parameter present: The step that nothing may act before.
    mutating func readChanges(
        _ list: JSONValue, of network: Network, from present: Int
    ) throws(DocumentError) -> [NetworkChange] {
        guard list.isArray else { throw list.wrongType("changes", "an array of objects") }
        var network = network
        var changes: [NetworkChange] = []
        for element in list.elements {
            let object = try JSONObject(element, "a change", keys: ["at"] + Self.lists)
            var change = NetworkChange(step: try readChangeTime(object, after: changes.last?.step, from: present))
            change.parameters = try readEach("parameters", object) { (reader, item) throws(DocumentError) in
                try reader.readNewParameters(item, network)
            }
            change.state = try readEach("state", object) { (reader, item) throws(DocumentError) in
                try reader.readNewState(item, network)
            }
            change.spikes = try readEach("spike_times", object) { (reader, item) throws(DocumentError) in
                try reader.readNewSpikes(item, network)
            }
            change.currents = try readEach("currents", object) { (reader, item) throws(DocumentError) in
                let current = try reader.readNewCurrent(item, network)
                if current.index == network.currents.count {
                    network.currents.append(current.source)
                } else {
                    network.currents[current.index] = current.source
                }
                return current
            }
            change.weights = try readEach("weights", object) { (reader, item) throws(DocumentError) in
                try reader.readNewWeights(item, network)
            }
            changes.append(change)
        }
        return changes
    }

    private mutating func readEach<Item>(
        _ key: String, _ object: JSONObject,
        _ body: (inout TopologyReader, JSONValue) throws(DocumentError) -> Item
    ) throws(DocumentError) -> [Item] {
        guard let list = object[key] else { return [] }
        guard list.isArray else { throw list.wrongType(key, "an array of objects") }
        var items: [Item] = []
        for element in list.elements { items.append(try body(&self, element)) }
        return items
    }

    private func readChangeTime(_ object: JSONObject, after last: Int?, from present: Int) throws(DocumentError) -> Int
    {
        guard let value = object["at"] else {
            guard last == nil else {
                throw object.value.error(.missingKey, "a change after another needs the key \"at\"")
            }
            return present
        }
        let time = try value.number("at", .time)
        let step = (time / simulation.timestep).rounded()
        guard Delays.isWholeSteps(time, of: simulation.timestep), step <= Double(SessionRequestReader.steps.upperBound)
        else {
            throw value.error(
                .outOfRange,
                "at must be a multiple of the timestep \(Wording.number(simulation.timestep)) ms, got \(value.found)")
        }
        guard Int(step) >= present else {
            throw value.error(
                .outOfRange,
                "at must not be before the present, \(Wording.number(Double(present) * simulation.timestep)) ms, got "
                    + value.found)
        }
        if let last, Int(step) <= last {
            throw value.error(
                .conflict,
                "changes must ascend, got \(value.found) ms after "
                    + "\(Wording.number(Double(last) * simulation.timestep)) ms"
            )
        }
        return Int(step)
    }

    /// The population that a change is about, and which of its neurons.
    private func readTarget(
        _ object: JSONObject, _ network: Network
    ) throws(DocumentError) -> (index: Int, neurons: NeuronSelection, count: Int) {
        let index = try findPopulation(
            try object.require("population"), "population", Self.indices(network.populations))
        let size = network.populations[index].size
        guard let selection = object["neurons"] else { return (index, .all, size) }
        let neurons = try readSelection(selection, size: size)
        return (index, neurons, neurons.indices(size: size).count)
    }

    private mutating func readNewParameters(
        _ value: JSONValue, _ network: Network
    ) throws(DocumentError) -> NetworkChange.Parameters {
        let object = try JSONObject(
            value, "new parameters", keys: ["population", "neurons", "set"], required: ["population", "set"])
        let (index, neurons, count) = try readTarget(object, network)
        let model = network.populations[index].model
        let isPoisson = model.name == CellModel.spikeSourcePoisson.name
        guard !model.isSource || isPoisson else {
            throw try object.require("population").error(
                .conflict,
                "\(network.populations[index].name) is a \(model.name), which has no parameters that change"
                    + (model.name == CellModel.spikeSourceArray.name ? "; new times stand under spike_times" : ""))
        }
        let names = isPoisson ? ["duration", "rate", "start"] : model.defaults.keys.sorted()
        let set = try JSONObject(try object.require("set"), "the parameters of \(model.name)", keys: names)
        var result = NetworkChange.Parameters(population: index, neurons: neurons, values: [:])
        for key in set.keys {
            result.values[key] = try readParameter(
                try set.require(key), key, CellModel.range(ofParameter: key), size: count)
        }
        var changed = network.populations[index]
        changed.parameters.merge(result.values) { $1 }
        try checkMembrane(changed, set)
        return result
    }

    private mutating func readNewState(
        _ value: JSONValue, _ network: Network
    ) throws(DocumentError) -> NetworkChange.Parameters {
        let object = try JSONObject(
            value, "new state", keys: ["population", "neurons", "set"], required: ["population", "set"])
        let (index, neurons, count) = try readTarget(object, network)
        let model = network.populations[index].model
        guard !model.isSource else {
            throw try object.require("population").error(
                .conflict, "\(network.populations[index].name) is a \(model.name) and has no state")
        }
        let set = try JSONObject(
            try object.require("set"), "the state of \(model.name)", keys: model.initialDefaults.keys.sorted())
        var result = NetworkChange.Parameters(population: index, neurons: neurons, values: [:])
        for key in set.keys {
            guard !model.isMadeOfInput(key) else {
                throw try set.require(key).keyError(
                    .conflict, "\(key) of \(model.name) is made of its input and has no value of its own; set isyn_exc")
            }
            result.values[key] = try readParameter(try set.require(key), key, .fixedPoint, size: count)
        }
        return result
    }

    private mutating func readNewSpikes(
        _ value: JSONValue, _ network: Network
    ) throws(DocumentError) -> NetworkChange.Spikes {
        let object = try JSONObject(
            value, "new spike times", keys: ["population", "neurons", "times"], required: ["population", "times"])
        let (index, neurons, count) = try readTarget(object, network)
        let model = network.populations[index].model
        guard model.name == CellModel.spikeSourceArray.name else {
            throw try object.require("population").error(
                .conflict, "\(network.populations[index].name) is a \(model.name), not a SpikeSourceArray")
        }
        let lists: [[Double]] =
            switch try readSpikeTimes(try object.require("times"), size: count) {
            case .shared(let times): Array(repeating: times, count: count)
            case .perSource(let lists): lists
            }
        return NetworkChange.Spikes(population: index, neurons: neurons, times: lists)
    }

    private mutating func readNewWeights(
        _ value: JSONValue, _ network: Network
    ) throws(DocumentError) -> NetworkChange.Weights {
        let object = try JSONObject(
            value, "new weights", keys: ["projection", "value", "file", "population"], required: ["projection"])
        let place = try object.require("projection")
        let name = try place.string("projection")
        guard let index = network.projections.firstIndex(where: { $0.name == name }) else {
            throw place.error(
                .unknownName,
                "there is no projection \(Wording.quoted(name))"
                    + Wording.suggestion(for: name, of: network.projections.map(\.name)))
        }
        let projection = network.projections[index]
        if projection.synapse.structural != nil || projection.synapse.modulates {
            throw place.error(
                .conflict,
                "\(name) has no weights that can be given: its synapses "
                    + (projection.synapse.modulates ? "are no input" : "form and are eliminated"))
        }
        if let file = object["file"] {
            if let other = object["value"] {
                throw other.keyError(.conflict, "weights come either from a file or are one value")
            }
            var reference = ConnectionFileReference(reference: try readPath(file, "file"))
            if let chosen = object["population"],
                case .text(let name) = try readArgument(chosen, "population", .text)
            {
                reference.population = name
            }
            return NetworkChange.Weights(projection: index, source: .file(reference, document: document.file))
        }
        if let other = object["population"] {
            throw other.keyError(.conflict, "population is of a file of weights")
        }
        guard let member = object["value"] else {
            throw value.error(.missingKey, "new weights need the key \"value\" or \"file\"")
        }
        return NetworkChange.Weights(
            projection: index, source: .value(try readNewWeight(member, of: projection, network)))
    }

    /// A weight for all synapses of a projection.
    private mutating func readNewWeight(
        _ value: JSONValue, of projection: Projection, _ network: Network
    ) throws(DocumentError) -> ParameterValue {
        try refuseList(value, "value")
        let isConductance = network.populations[projection.post].model.isConductanceBased
        let weight = try readParameter(value, "value", isConductance ? .nonNegative : .fixedPoint, size: 1)
        var signs = WeightSigns()
        signs.add(weight)
        var isOpen = false
        // The weights of a file that has not been read yet may say which receptor it is.
        if case .fromFile = projection.connector { isOpen = projection.hasDefaultReceptor }
        guard isOpen || projection.receptor == "inhibitory" || !signs.hasNegative && !signs.straddles else {
            throw value.error(.outOfRange, "weights of \(projection.name) excite and must not be negative")
        }
        return weight
    }

    private mutating func readNewCurrent(
        _ value: JSONValue, _ network: Network
    ) throws(DocumentError) -> NetworkChange.Current {
        let object = try JSONObject(value, "a current to change", keys: ["index", "set", "new"])
        if let new = object["new"] {
            for key in ["index", "set"] where object[key] != nil {
                throw try object.require(key).keyError(.conflict, "a current is either new or has an index")
            }
            let source = try readCurrent(new, network.populations)
            return NetworkChange.Current(index: network.currents.count, source: source)
        }
        let place = try object.require("index")
        guard !network.currents.isEmpty else { throw place.error(.outOfRange, "the network has no currents") }
        let index = try place.integer("index", in: 0...network.currents.count - 1)
        var source = network.currents[index]
        source.kind = try readChangedCurrent(try object.require("set"), source.kind)
        return NetworkChange.Current(index: index, source: source)
    }

    /// A current with some of its arguments changed.
    private func readChangedCurrent(
        _ value: JSONValue, _ kind: CurrentSource.Kind
    ) throws(DocumentError) -> CurrentSource.Kind {
        let (name, old) = kind.arguments
        let signature = RuleSignature.currents.first { $0.name == name }?.arguments ?? []
        let object = try JSONObject(value, "the current \(name)", keys: signature.map(\.name))
        var rule = ReadRule(name: name, object: object, arguments: old)
        for argument in signature {
            if let member = object[argument.name] {
                rule.arguments[argument.name] = try readArgument(member, argument.name, argument.kind)
            }
        }
        return try readCurrent(rule)
    }
}

extension CurrentSource.Kind {
    /// The current's name and arguments in a topology.
    var arguments: (name: String, [String: RuleArgument]) {
        func interval(_ start: Double, _ stop: Double?) -> [String: RuleArgument] {
            ["start": .number(start)].merging(stop.map { ["stop": .number($0)] } ?? [:]) { $1 }
        }
        switch self {
        case .dc(let amplitude, let start, let stop):
            return ("DC", interval(start, stop).merging(["amplitude": .number(amplitude)]) { $1 })
        case .ac(let amplitude, let offset, let frequency, let phase, let start, let stop):
            let own: [String: RuleArgument] = [
                "amplitude": .number(amplitude), "offset": .number(offset), "frequency": .number(frequency),
                "phase": .number(phase),
            ]
            return ("AC", interval(start, stop).merging(own) { $1 })
        case .step(let times, let amplitudes):
            return ("Step", ["times": .numbers(times), "amplitudes": .numbers(amplitudes)])
        case .noisy(let mean, let stdev, let start, let stop):
            return (
                "Noisy", interval(start, stop).merging(["mean": .number(mean), "stdev": .number(stdev)]) { $1 }
            )
        }
    }
}
