import StrictJSON

extension TopologyReader {
    /// Reads synapses whose weights another projection changes.
    mutating func readWeightChangeable(_ value: JSONValue, isConductance: Bool) throws(DocumentError) -> Synapse {
        let object = try JSONObject(
            value, "the synapse WeightChangeable", keys: ["type", "weight", "delay", "w_min", "w_max"],
            required: ["w_min", "w_max"])
        var synapse = Synapse(plasticity: .weightChange)
        try readWeightAndDelay(object, isConductance: isConductance, into: &synapse)
        let bounds = WeightChangeable(
            minimum: try object.require("w_min").number("w_min", .nonNegative),
            maximum: try object.require("w_max").number("w_max", .nonNegative))
        guard bounds.minimum <= bounds.maximum else {
            throw try object.require("w_min").error(
                .conflict,
                "w_min must not be greater than w_max, got \(Wording.number(bounds.minimum)) and "
                    + Wording.number(bounds.maximum))
        }
        synapse.changeable = bounds
        return synapse
    }

    /// Reads synapses that change the weights of another projection.
    mutating func readWeightChanger(_ value: JSONValue) throws(DocumentError) -> Synapse {
        let object = try JSONObject(
            value, "the synapse WeightChanger", keys: ["type", "weight_change", "projection", "delay"],
            required: ["weight_change", "projection"])
        var synapse = Synapse(plasticity: .weightChange)
        let change = try object.require("weight_change").number("weight_change", .fixedPoint)
        synapse.weight = .number(change.magnitude)
        synapse.changer = WeightChanger(
            change: change, projection: try object.require("projection").string("projection"))
        try readDelay(of: object, into: &synapse)
        return synapse
    }

    /// Sees that each WeightChanger has something to change, and gives it the receptor of that.
    ///
    /// - Parameter changers: Their places in `projections`, and their synapses in the file.
    func connectChangers(
        _ changers: [(index: Int, synapse: JSONValue)], _ projections: inout [Projection]
    ) throws(DocumentError) {
        for (index, synapse) in changers {
            guard let changer = projections[index].synapse.changer else { continue }
            let place = synapse.members.first { $0.key == "projection" }?.value ?? synapse
            let quoted = Wording.quoted(changer.projection)
            guard let changed = projections.first(where: { $0.name == changer.projection }) else {
                throw place.error(
                    .unknownName,
                    "projection names \(quoted), which does not exist"
                        + Wording.suggestion(for: changer.projection, of: projections.map(\.name)))
            }
            guard changed.synapse.changeable != nil else {
                throw place.error(
                    .conflict, "the synapses of \(quoted) are not of the type \"WeightChangeable\"")
            }
            guard changed.post == projections[index].post else {
                throw place.error(
                    .conflict, "\(quoted) must have the same \"post\" as the projection that changes it")
            }
            let own = projections[index].receptor
            guard own.isEmpty || own == changed.receptor else {
                throw place.error(
                    .conflict,
                    "the receptor must be that of \(quoted), \(Wording.quoted(changed.receptor)), got "
                        + "\(Wording.quoted(own)); it can be left out")
            }
            projections[index].receptor = changed.receptor
        }
    }
}
