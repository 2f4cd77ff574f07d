extension TopologyReader {
    mutating func readProjections(
        _ value: JSONValue, _ populations: [Population]
    ) throws(TopologyError) -> [Projection] {
        guard value.isArray else { throw value.wrongType("projections", "an array of objects") }
        let index = Self.indices(populations)
        var taken: [String: Int] = [:]
        for element in value.elements {
            guard element.isObject else { continue }
            for (key, name) in element.members where key == "name" {
                try Self.claim(try readName(name, "a projection's name"), "projection", at: name, in: &taken)
            }
        }
        var projections: [Projection] = []
        var changers: [(index: Int, synapse: JSONValue)] = []
        var unnamed: [String: Int] = [:]
        for element in value.elements {
            let object = try JSONObject(
                element, "a projection",
                keys: [
                    "name", "pre", "post", "pre_neurons", "post_neurons", "receptor", "connector", "synapse", "space",
                    "seed", "record",
                ],
                required: ["pre", "post", "connector"])
            let pre = try findPopulation(try object.require("pre"), "pre", index)
            let post = try findPopulation(try object.require("post"), "post", index)
            guard !populations[post].model.isSource else {
                throw try object.require("post").error(
                    .conflict,
                    "\(populations[post].name) is a \(populations[post].model.name) and takes no input; "
                        + "a source can only be \"pre\"")
            }
            var name = try object.string("name")
            if name == nil {
                let arrow = "\(populations[pre].name)->\(populations[post].name)"
                let number = unnamed[arrow, default: 0] + 1
                unnamed[arrow] = number
                name = number == 1 ? arrow : "\(arrow)#\(number)"
            }
            projections += try readProjection(
                object, name: name ?? "", pre: pre, post: post, populations, number: projections.count)
            if projections.last?.synapse.changer != nil, let synapse = object["synapse"] {
                changers.append((projections.count - 1, synapse))
            }
        }
        try connectChangers(changers, &projections)
        return projections
    }

    static func indices(_ populations: [Population]) -> [String: Int] {
        [String: Int](populations.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func findPopulation(
        _ value: JSONValue, _ what: String, _ index: [String: Int]
    ) throws(TopologyError) -> Int {
        let name = try value.string(what)
        guard let found = index[name] else {
            throw value.error(
                .unknownName,
                "\(what) names the population \(Wording.quoted(name)), which does not exist"
                    + Wording.suggestion(for: name, of: index.keys.sorted()))
        }
        return found
    }

    private mutating func readProjection(
        _ object: JSONObject, name: String, pre: Int, post: Int, _ populations: [Population], number: Int
    ) throws(TopologyError) -> [Projection] {
        let seed = try object["seed"]?.seed("seed")
        let parts = try readParts(object, populations[pre], populations[post], isSame: pre == post)
        let (source, target) = (parts?.source ?? populations[pre], parts?.target ?? populations[post])
        let connectorValue = try object.require("connector")
        let rule = try readRule(
            connectorValue, "the connector", RuleSignature.connectors, except: ["conn_list"])
        let isConductance = target.model.isConductanceBased
        let synapse: Synapse
        if let value = object["synapse"] {
            synapse = try readSynapse(value, isConductance: isConductance)
        } else {
            synapse = Synapse()
        }
        let synapseValue = object["synapse"] ?? object.value
        let space = try readSpace(object["space"], of: rule)
        var recording = ProjectionRecording()
        if let value = object["record"] { recording = try readProjectionRecording(value, of: synapse) }
        if Self.signedConnectors.contains(rule.name) {
            guard synapse.isFixed else {
                throw synapseValue.error(.conflict, "the synapses of a \(rule.name) are static; leave the type out")
            }
            if let parts { throw parts.refusal(of: rule) }
            return try readSigned(rule, source, target, object["receptor"]).map { receptor, pattern in
                var projection = Projection(
                    name: receptor.map { "\(name) (\($0))" } ?? name, pre: pre, post: post,
                    receptor: pattern.receptor, connector: .fixed(pattern.connections), synapse: synapse)
                projection.recordedWeights = recording.weights
                return projection
            }
        }
        var weights = WeightSigns()
        var connector = try readConnector(
            rule, source, target, isSame: parts?.meet ?? (pre == post), space: space,
            onMachine: synapse.canBeGeneratedOnMachine, &weights)
        if let parts {
            connector = try parts.join(
                connector, rule, synapse, postSize: populations[post].size, seed: seed ?? simulation.seed,
                number: number)
        }
        let rowsHaveWeights = weights.isSet
        if !rowsHaveWeights { weights.add(synapse.weight) }
        let initialWeight = synapse.structural?.initialWeight ?? 0
        if initialWeight != 0 { weights.add(initialWeight) }
        if !rowsHaveWeights, synapse.weight == .number(0), initialWeight == 0 {
            if rule.name != "FromFile" { warn(synapseValue, "the weight is 0; these synapses have no effect") }
        }
        let place = rowsHaveWeights ? rule.ownWeights ?? rule.object.value : synapseValue
        let receptor: String
        if synapse.neuromodulation != nil {
            let kinds = Neuromodulation.receptors
            receptor = try JSONObject.variant(of: object.value, "the Neuromodulation", key: "receptor", in: kinds)
            if rowsHaveWeights, weights.hasNegative {
                throw place.error(
                    .outOfRange, "concentrations must not be negative; punishment comes from the receptor")
            }
        } else if synapse.changer != nil {
            guard !rowsHaveWeights else {
                throw place.error(.conflict, "a WeightChanger has one weight_change for all; leave the weights out")
            }
            receptor = try object.string("receptor") ?? ""
        } else {
            receptor = try readReceptor(object["receptor"], target.model, weights, at: place)
        }
        var projection = Projection(
            name: name, pre: pre, post: post, receptor: receptor, connector: connector, synapse: synapse)
        projection.seed = seed
        projection.hasDefaultReceptor = object["receptor"] == nil
        projection.recordedWeights = recording.weights
        projection.recordsRewiring = recording.rewiring
        return [projection]
    }

    private static let signedConnectors = ["Convolution", "PoolDense"]

    /// Which signs the weights of a projection have.
    struct WeightSigns {
        var isSet = false
        var hasNegative = false
        var hasPositive = false
        /// Drawn from a distribution with values of both signs, the mean deciding above.
        var straddles = false

        mutating func add(_ weight: Double) {
            isSet = true
            if weight < 0 { hasNegative = true } else if weight > 0 { hasPositive = true }
        }

        mutating func add(_ value: ParameterValue) {
            switch value {
            case .number(let number): add(number)
            case .list(let list): for number in list { add(number) }
            case .distribution(let distribution):
                add(distribution.mean)
                straddles = distribution.bounds.lowerBound < 0 && distribution.bounds.upperBound > 0
            }
        }
    }

    private mutating func readReceptor(
        _ value: JSONValue?, _ model: CellModel, _ weights: WeightSigns, at place: JSONValue
    ) throws(TopologyError) -> String {
        if model.isConductanceBased, weights.hasNegative {
            throw place.error(
                .outOfRange,
                "weights of \(model.name) are conductances and must not be negative; inhibition comes from the receptor"
            )
        }
        guard let value else {
            let isNegative = weights.hasNegative
            if weights.straddles { warnOfMixedSigns(isNegative ? "inhibit" : "excite", at: place) }
            guard isNegative else { return model.receptors.first ?? "excitatory" }
            guard !weights.hasPositive else {
                throw place.error(
                    .conflict,
                    "the weights are of both signs; split the projection in two, or name its \"receptor\"")
            }
            return "inhibitory"
        }
        let name = try value.string("receptor")
        // Who has a receptor that teaches is known when all projections are read.
        if LearningRules.receptors.contains(name) {
            guard !weights.hasNegative else {
                throw place.error(.outOfRange, "weights onto the receptor \(name) must not be negative")
            }
            return name
        }
        guard model.receptors.contains(name) else {
            throw value.error(
                .unknownName,
                "\(model.name) has no receptor \(Wording.quoted(name)); it has "
                    + Wording.choices(model.receptors).replacing(" or ", with: " and ")
                    + Wording.suggestion(for: name, of: model.receptors + LearningRules.receptors))
        }
        if weights.straddles || (weights.hasNegative && weights.hasPositive) {
            warnOfMixedSigns(name == "inhibitory" ? "inhibit" : "excite", at: value)
        } else if weights.hasNegative, name != "inhibitory" {
            warn(
                value,
                "negative weights on the receptor \(name): the chip keeps magnitudes only, so these synapses excite")
        }
        return name
    }

    private mutating func warnOfMixedSigns(_ effect: String, at place: JSONValue) {
        warn(
            place,
            "the weights are of both signs, and the chip keeps magnitudes only, so all these synapses \(effect)")
    }
}
