import StrictJSON

extension TopologyReader {
    /// What a projection's `record` asks for.
    struct ProjectionRecording {
        var weights: WeightRecording?
        /// The forming and going of synapses.
        var rewiring = false
    }

    private static let (weights, rewiring) = ("weights", "rewiring")

    /// Reads a projection's `record`: names, or an object with when.
    mutating func readProjectionRecording(
        _ value: JSONValue, of synapse: Synapse
    ) throws(DocumentError) -> ProjectionRecording {
        guard !synapse.modulates else {
            throw value.error(
                .conflict, "synapses that change others have no weights to record; leave \"record\" out")
        }
        var recording = ProjectionRecording()
        if value.isArray {
            var taken: Set<String> = []
            for element in value.elements {
                let variable = try element.string("each recorded variable")
                try checkIsRecorded(variable, of: synapse, at: element)
                guard taken.insert(variable).inserted else {
                    throw element.error(.badName, "\(Wording.quoted(variable)) is already in the list")
                }
                if variable == Self.weights {
                    recording.weights = WeightRecording()
                } else {
                    recording.rewiring = true
                }
            }
            return recording
        }
        guard value.isObject else { throw value.wrongType("record", "an array of names or an object") }
        for (variable, member) in value.members {
            try checkIsRecorded(variable, of: synapse, at: member)
            if variable == Self.rewiring {
                recording.rewiring = try member.bool("the recording of rewiring")
            } else if member.kind == .true {
                recording.weights = WeightRecording()
            } else if member.isObject {
                recording.weights = try readWeightRecording(
                    try JSONObject(member, "the recording of weights", keys: ["interval", "apply_pending"]), of: synapse
                )
            } else if member.kind != .false {
                throw member.wrongType("the recording of weights", "true, false or an object")
            }
        }
        return recording
    }

    private mutating func readWeightRecording(
        _ object: JSONObject, of synapse: Synapse
    ) throws(DocumentError) -> WeightRecording {
        var recording = WeightRecording(appliesPending: try object.bool("apply_pending", default: false))
        if let interval = object["interval"] { recording.interval = try readMultipleOfTimestep(interval, "interval") }
        if synapse.isFixed, recording.interval != nil {
            warn(object.value, "static synapses keep their weights; they are recorded once")
            recording.interval = nil
        }
        if !synapse.isPlastic, recording.appliesPending {
            warn(object.value, "static synapses have no changes to apply")
            recording.appliesPending = false
        }
        return recording
    }

    private func checkIsRecorded(_ variable: String, of synapse: Synapse, at value: JSONValue) throws(DocumentError) {
        guard variable != Self.weights else { return }
        if variable == Self.rewiring {
            guard synapse.structural == nil else { return }
            throw value.error(
                .conflict,
                "these synapses neither form nor go, so there is no rewiring to record; it is for "
                    + Self.structuralTypes.joined(separator: " and "))
        }
        let names = synapse.structural == nil ? [Self.weights] : [Self.weights, Self.rewiring]
        throw value.error(
            .unknownName,
            "a projection cannot record \(Wording.quoted(variable)); it can record "
                + names.map(Wording.quoted).joined(separator: " and ")
                + Wording.suggestion(for: variable, of: names))
    }
}
