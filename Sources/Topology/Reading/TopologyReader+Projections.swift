import StrictJSON

extension TopologyReader {
    mutating func readProjections(
        _ value: JSONValue, _ populations: [Population]
    ) throws(DocumentError) -> [Projection] {
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
    ) throws(DocumentError) -> Int {
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
    ) throws(DocumentError) -> [Projection] {
        let seed = try object["seed"]?.seed("seed")
        let parts = try readParts(object, populations[pre], populations[post], isSame: pre == post)
        let (source, target) = (parts?.source ?? populations[pre], parts?.target ?? populations[post])
        let connectorValue = try object.require("connector")
        let rule = try readRule(
            connectorValue, "the connector", RuleSignature.connectors, except: ["conn_list"])
        let isConductance = target.model.isConductanceBased
        let space = try readSpace(
            object["space"], of: rule, isMeasured: object["synapse"]?.hasPairExpression == true)
        pairSpace = space
        let synapse: Synapse
        if let value = object["synapse"] {
            synapse = try readSynapse(value, isConductance: isConductance)
        } else {
            synapse = Synapse()
        }
        let synapseValue = object["synapse"] ?? object.value
        var recording = ProjectionRecording()
        if let value = object["record"] { recording = try readProjectionRecording(value, of: synapse) }
        if Self.signedConnectors.contains(rule.name) {
            guard synapse.isFixed else {
                throw synapseValue.error(.conflict, "the synapses of a \(rule.name) are static; leave the type out")
            }
            guard synapse.weightExpression == nil, synapse.delayExpression == nil else {
                throw synapseValue.error(.conflict, "the synapses of a \(rule.name) take no expressions")
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
            rule, source, target, isSame: parts?.meet ?? (pre == post), space: space, synapse, &weights)
        if let parts {
            connector = try parts.join(
                connector, rule, synapse, postSize: populations[post].size, seed: seed ?? simulation.seed,
                number: number)
        }
        let rowsHaveWeights = weights.isSet
        for (isTwice, name) in [
            (synapse.weightExpression != nil && rowsHaveWeights, "weight"),
            (synapse.delayExpression != nil && connector.pattern?.hasDelays == true, "delay"),
        ] where isTwice {
            throw synapseValue.error(
                .conflict, "the connections have a \(name) each, and \(name) is an expression; leave one out")
        }
        let place = rowsHaveWeights ? rule.ownWeights ?? rule.object.value : synapseValue
        if synapse.changer != nil, rowsHaveWeights {
            throw place.error(.conflict, "a WeightChanger has one weight_change for all; leave the weights out")
        }
        weights.complete(with: synapse)
        let named = try readReceptor(object, target.model, synapse)
        let judged = weights.judge(
            onto: target.model, receptor: named, of: synapse, isGivenOthers: givenWeights.contains(name))
        // What there is to say of weights in a file is said when it is read.
        if case .fromFile = connector {
        } else {
            for warning in judged.warnings { warn(place, warning) }
            if let mistake = judged.mistake { throw place.error(.conflict, mistake) }
        }
        var projection = Projection(
            name: name, pre: pre, post: post, receptor: judged.receptor, connector: connector, synapse: synapse)
        projection.seed = seed
        projection.hasDefaultReceptor = object["receptor"] == nil
        projection.recordedWeights = recording.weights
        projection.recordsRewiring = recording.rewiring
        return [projection]
    }

    private static let signedConnectors = ["Convolution", "PoolDense"]

    /// The receptor that a projection names, one that there is; `nil`: none.
    private func readReceptor(
        _ object: JSONObject, _ model: CellModel, _ synapse: Synapse
    ) throws(DocumentError) -> String? {
        if synapse.neuromodulation != nil {
            let kinds = Neuromodulation.receptors
            return try JSONObject.variant(of: object.value, "the Neuromodulation", key: "receptor", in: kinds)
        }
        guard let value = object["receptor"] else { return nil }
        let name = try value.string("receptor")
        // Who has a receptor that teaches is known when all projections are read, and so is what a WeightChanger
        // changes.
        if synapse.changer != nil || LearningRules.receptors.contains(name) || model.receptors.contains(name) {
            return name
        }
        throw value.error(
            .unknownName,
            "\(model.name) has no receptor \(Wording.quoted(name)); it has "
                + Wording.choices(model.receptors).replacing(" or ", with: " and ")
                + Wording.suggestion(for: name, of: model.receptors + LearningRules.receptors))
    }
}
