import StrictJSON

extension TopologyReader {
    /// Largest population.
    static let largestSize = Int(Int32.max)

    mutating func readPopulations(_ value: JSONValue) throws(DocumentError) -> [Population] {
        guard value.isArray else { throw value.wrongType("populations", "an array of objects") }
        var populations: [Population] = []
        var names: [String: Int] = [:]
        for element in value.elements {
            let population = try readPopulation(element)
            let name = try JSONObject(element, "a population", keys: Self.populationKeys).require("name")
            try Self.claim(population.name, "population", at: name, in: &names)
            populations.append(population)
        }
        return populations
    }

    private static let populationKeys = [
        "name", "size", "shape", "model", "parameters", "initial", "record", "neurons_per_core", "n_synapse_cores",
        "n_steps_per_timestep", "expected_rate", "key", "seed", "positions",
    ]

    private mutating func readPopulation(_ value: JSONValue) throws(DocumentError) -> Population {
        let object = try JSONObject(
            value, "a population", keys: Self.populationKeys, required: ["name", "model"])
        let name = try readName(try object.require("name"), "a population's name")
        let shape = try readShape(object)
        let size = shape.reduce(1, *)
        let modelValue = try object.require("model")
        let modelName = try modelValue.string("model")
        guard let model = CellModel.named(modelName) else {
            let names = CellModel.all.map(\.name)
            let suggestion = Wording.suggestion(for: modelName, of: names)
            throw modelValue.error(
                .unknownName,
                "there is no model \(Wording.quoted(modelName))"
                    + (suggestion.isEmpty ? "; there are " + Wording.choices(names, limit: 40) : suggestion))
        }
        guard model.kind != .spikeSourcePoisson || simulation.timestep < Self.longestPoissonTimestep else {
            throw modelValue.error(
                .conflict,
                "\(model.name) needs a timestep of less than \(Wording.number(Self.longestPoissonTimestep)) ms (the "
                    + "chip holds it as a fraction of a second), and the timestep is "
                    + "\(Wording.number(simulation.timestep)) ms"
            )
        }
        var population = Population(name: name, size: size, shape: shape, model: model)
        if let parameters = object["parameters"] { try readParameters(parameters, &population) }
        if let initial = object["initial"] {
            let variables = model.initialDefaults.keys.sorted()
            let object = try JSONObject(initial, "the initial state of \(model.name)", keys: variables)
            for key in object.keys {
                population.initial[key] = try readParameter(try object.require(key), key, .fixedPoint, size: size)
            }
        }
        if let record = object["record"] { population.record = try readRecord(record, model, size: size) }
        if let limit = object["neurons_per_core"] { try readNeuronsPerCore(limit, &population) }
        if let cores = object["n_synapse_cores"] {
            guard model.kind == .neuron else {
                throw cores.keyError(.conflict, "\(model.name) has no n_synapse_cores: no synapses lead to it")
            }
            if cores.kind == .string {
                _ = try cores.choice("n_synapse_cores", of: ["auto"])
                population.estimatesSynapseCores = true
            } else {
                guard cores.isNumber else {
                    throw cores.wrongType("n_synapse_cores", "an integer from 1 to 16 or \"auto\"")
                }
                population.synapseCores = try cores.integer("n_synapse_cores", in: 1...16)
            }
        }
        population.expectedRate = try object.number("expected_rate", .nonNegative)
        if let subSteps = object["n_steps_per_timestep"] {
            guard model.hasSubSteps else {
                throw subSteps.keyError(
                    .conflict, "\(model.name) has no n_steps_per_timestep: it is updated once a timestep")
            }
            population.subSteps = try subSteps.integer("n_steps_per_timestep", in: 1...255)
        }
        if let key = object["key"] { population.key = try readKey(key) }
        population.seed = try object["seed"]?.seed("seed")
        if let positions = object["positions"] {
            population.positions = try readPositions(positions, size: size, shape: shape)
        }
        return population
    }

    /// A number, or the extents of a block of a population that has a shape.
    private func readNeuronsPerCore(_ value: JSONValue, _ population: inout Population) throws(DocumentError) {
        guard value.isArray else {
            population.neuronsPerCore = try value.integer("neurons_per_core", in: 1...Self.mostNeuronsPerCore)
            return
        }
        let extents = try value.integerList("neurons_per_core", in: 1...Self.mostNeuronsPerCore)
        guard (1...3).contains(extents.count), extents.count == population.shape.count else {
            throw value.error(
                .conflict,
                "neurons_per_core must have one extent for each of the \(population.shape.count) dimensions of the "
                    + "population's shape, which can be up to 3; it has \(extents.count)")
        }
        population.neuronsPerCore = zip(extents, population.shape).reduce(1) { $0 * min($1.0, $1.1) }
        population.coreShape = extents
    }

    private static let mostNeuronsPerCore = 65536

    private func readKey(_ value: JSONValue) throws(DocumentError) -> FixedKey {
        let object = try JSONObject(value, "a key", keys: ["key", "mask"], required: ["key"])
        let key = try object.require("key").word("key")
        guard let maskValue = object["mask"] else { return FixedKey(key: key) }
        let mask = try maskValue.word("mask")
        guard (~mask &+ 1) & ~mask == 0 else {
            throw maskValue.error(
                .outOfRange,
                "mask must be ones above zeros such as \"0xFFFF0000\", got \(maskValue.found)")
        }
        guard key & ~mask == 0 else {
            throw value.error(
                .conflict, "key \(Wording.hexadecimal(key)) has bits outside its mask \(Wording.hexadecimal(mask))")
        }
        return FixedKey(key: key, mask: mask)
    }

    private func readShape(_ object: JSONObject) throws(DocumentError) -> [Int] {
        if let size = object["size"] {
            if let shape = object["shape"] {
                throw shape.keyError(.conflict, "a population has either a \"size\" or a \"shape\", not both")
            }
            return [try size.integer("size", in: 1...Self.largestSize)]
        }
        guard let value = object["shape"] else {
            throw object.value.error(.missingKey, "a population needs the key \"size\" (or \"shape\")")
        }
        guard value.isArray, value.count > 0, value.count <= 8 else {
            throw value.wrongType("shape", "an array of 1 to 8 integers such as [rows, columns]")
        }
        let shape = try value.integerList("shape", in: 1...Self.largestSize)
        var size = 1
        for extent in shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= Self.largestSize else {
                throw value.error(.outOfRange, "shape must hold at most \(Self.largestSize) neurons, got more")
            }
            size = product
        }
        return shape
    }

    // MARK: - Recording

    private mutating func readRecord(
        _ value: JSONValue, _ model: CellModel, size: Int
    ) throws(DocumentError) -> [Recording] {
        if value.isArray {
            var result: [Recording] = []
            for element in value.elements {
                let variable = try element.string("each recorded variable")
                try checkRecordable(variable, model, at: element)
                guard !result.contains(where: { $0.variable == variable }) else {
                    throw element.error(.badName, "\(Wording.quoted(variable)) is already in the list")
                }
                result.append(Recording(variable: variable))
            }
            return result
        }
        guard value.isObject else { throw value.wrongType("record", "an array of names or an object") }
        var result: [Recording] = []
        for (variable, member) in value.members {
            try checkRecordable(variable, model, at: member)
            if member.kind == .true {
                result.append(Recording(variable: variable))
            } else if member.isObject {
                let object = try JSONObject(member, "a recording", keys: ["neurons", "interval"])
                var recording = Recording(variable: variable)
                if variable == CellModel.packetsPerTimestep, let neurons = object["neurons"] {
                    throw neurons.error(.unknownKey, "\(variable) is recorded of all cores, not of chosen neurons")
                }
                if let neurons = object["neurons"] { recording.neurons = try readSelection(neurons, size: size) }
                if let interval = object["interval"] { recording.interval = try readInterval(interval) }
                result.append(recording)
            } else if member.kind != .false {
                throw member.wrongType("the recording of \(Wording.printable(variable))", "true, false or an object")
            }
        }
        return result
    }

    private func checkRecordable(
        _ variable: String, _ model: CellModel, at value: JSONValue
    ) throws(DocumentError) {
        guard !model.recordable.contains(variable) else { return }
        let suggestion = Wording.suggestion(for: variable, of: model.recordable)
        throw value.error(
            .unknownName,
            "\(model.name) cannot record \(Wording.quoted(variable))"
                + (suggestion.isEmpty ? "; it can record " + Wording.choices(model.recordable) : suggestion))
    }

    private mutating func readInterval(_ value: JSONValue) throws(DocumentError) -> Double {
        let interval = try readMultipleOfTimestep(value, "interval")
        if interval >= Double(simulation.steps) * simulation.timestep {
            warn(
                value,
                "an interval of \(value.found) ms in a run of \(Wording.number(simulation.duration)) ms records the "
                    + "first step only")
        }
        return interval
    }

    /// Reads a time in ms that is a number of timesteps, 1 to 2³¹.
    func readMultipleOfTimestep(_ value: JSONValue, _ name: String) throws(DocumentError) -> Double {
        let interval = try value.number(name, ValueRange(low: 0, isOpenBelow: true))
        guard interval >= simulation.timestep / 2, Delays.isWholeSteps(interval, of: simulation.timestep) else {
            throw value.error(
                .outOfRange,
                "\(name) must be a multiple of the timestep \(Wording.number(simulation.timestep)) ms, got "
                    + "\(value.found)"
            )
        }
        guard interval / simulation.timestep <= 0x1p31 else {
            throw value.error(
                .outOfRange,
                "\(name) must be at most 2147483648 steps (\(Wording.number(0x1p31 * simulation.timestep)) ms), got "
                    + value.found)
        }
        return interval
    }

    /// Reads `"a:b"`, `"a:b:step"` or a list of indices.
    func readSelection(
        _ value: JSONValue, size: Int, key: String = "neurons"
    ) throws(DocumentError) -> NeuronSelection {
        if value.isArray {
            let list = try value.integerList(key, in: 0...size - 1)
            guard !list.isEmpty else { throw value.error(.outOfRange, "\(key) must name at least one neuron") }
            let sorted = list.sorted()
            for (first, second) in zip(sorted, sorted.dropFirst()) where first == second {
                throw value.error(.conflict, "\(key) names neuron \(first) twice")
            }
            return .list(sorted)
        }
        guard value.kind == .string else {
            throw value.wrongType(key, "\"a:b\", \"a:b:step\" or an array of indices")
        }
        let text = try value.string(key)
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> Int? in
            guard !part.isEmpty, part.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
            return Int(String(part) ?? "")
        }
        guard (2...3).contains(parts.count), numbers.count == parts.count else {
            throw value.error(
                .outOfRange, "\(key) must be \"a:b\", \"a:b:step\" or an array of indices, got \(value.found)")
        }
        let step = numbers.count == 3 ? numbers[2] : 1
        guard numbers[0] < numbers[1], step > 0 else {
            throw value.error(.outOfRange, "\(key) \(Wording.quoted(text)) selects nothing")
        }
        guard numbers[1] <= size else {
            throw value.error(
                .outOfRange, "\(key) \(Wording.quoted(text)) ends behind the population's \(size) neurons")
        }
        return .range(start: numbers[0], end: numbers[1], step: step)
    }
}
