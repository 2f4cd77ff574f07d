extension TopologyReader {
    /// Reads a projection's `record`: `["weights"]`, or an object with when.
    mutating func readWeightRecording(
        _ value: JSONValue, of synapse: Synapse
    ) throws(TopologyError) -> WeightRecording? {
        guard !synapse.modulates else {
            throw value.error(
                .conflict, "synapses that change others have no weights to record; leave \"record\" out")
        }
        if value.isArray {
            var recording: WeightRecording?
            for element in value.elements {
                let variable = try element.string("each recorded variable")
                try checkIsWeights(variable, at: element)
                guard recording == nil else {
                    throw element.error(.badName, "\(Wording.quoted(variable)) is already in the list")
                }
                recording = WeightRecording()
            }
            return recording
        }
        guard value.isObject else { throw value.wrongType("record", "an array of names or an object") }
        var recording: WeightRecording?
        for (variable, member) in value.members {
            try checkIsWeights(variable, at: member)
            if member.kind == .true {
                recording = WeightRecording()
            } else if member.isObject {
                recording = try readWeightRecording(
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
    ) throws(TopologyError) -> WeightRecording {
        var recording = WeightRecording(appliesPending: try object.bool("apply_pending", default: false))
        if let interval = object["interval"] { recording.interval = try readMultipleOfTimestep(interval, "interval") }
        if !synapse.isPlastic {
            if recording.interval != nil {
                warn(object.value, "static synapses keep their weights; they are recorded once")
            }
            if recording.appliesPending { warn(object.value, "static synapses have no changes to apply") }
            return WeightRecording()
        }
        return recording
    }

    private func checkIsWeights(_ variable: String, at value: JSONValue) throws(TopologyError) {
        guard variable != "weights" else { return }
        throw value.error(
            .unknownName,
            "a projection cannot record \(Wording.quoted(variable)); it can record \"weights\""
                + Wording.suggestion(for: variable, of: ["weights"]))
    }
}
