import StrictJSON

extension TopologyReader {
    mutating func readSynapse(_ value: JSONValue, isConductance: Bool) throws(DocumentError) -> Synapse {
        var kind = "Static"
        if value.isObject, value.members.contains(where: { $0.key == "type" }) {
            kind = try JSONObject.variant(of: value, "the synapse", in: Self.synapseTypes)
        }
        switch kind {
        case "Neuromodulation": return try readNeuromodulation(value)
        case "WeightChangeable": return try readWeightChangeable(value, isConductance: isConductance)
        case "WeightChanger": return try readWeightChanger(value)
        case _ where Self.structuralTypes.contains(kind):
            return try readStructural(value, type: kind, isConductance: isConductance)
        default: break
        }
        let plastic = kind == "STDP"
        let isShortTerm = kind == LearningRules.tsodyksMarkram
        var keys = ["type", "weight", "delay"]
        if plastic { keys += ["timing", "weight_dependence", "backprop_delay"] }
        if isShortTerm { keys += RuleSignature.tsodyksMarkram.arguments.map(\.name) }
        let object = try JSONObject(
            value, "the synapse \(kind)", keys: keys,
            required: plastic ? ["timing", "weight_dependence"] : [])
        var synapse = Synapse(plasticity: plastic || isShortTerm ? .stdp : .static)
        try readWeightAndDelay(object, isConductance: isConductance, into: &synapse)
        if plastic { synapse.stdp = try readPlasticity(object) }
        if isShortTerm {
            let rule = try readRule(
                value, "the synapse", [RuleSignature.tsodyksMarkram], besides: ["weight", "delay"])
            synapse.stdp = .tsodyksMarkram(rule.arguments)
        }
        return synapse
    }

    /// Types of synapses, by sPyNNaker's and PyNN's names.
    private static let synapseTypes =
        [
            "Static", "STDP", "Neuromodulation", "WeightChangeable", "WeightChanger", LearningRules.tsodyksMarkram,
        ] + structuralTypes

    mutating func readWeightAndDelay(
        _ object: JSONObject, isConductance: Bool, into synapse: inout Synapse
    ) throws(DocumentError) {
        if let weight = object["weight"], let rule = try readPairExpression(weight, "weight") {
            synapse.weightExpression = rule
        } else if let weight = object["weight"] {
            try refuseList(weight, "weight")
            synapse.weight = try readParameter(
                weight, "weight", isConductance ? .nonNegative : .fixedPoint, size: 1)
        }
        try readDelay(of: object, into: &synapse)
    }

    mutating func readDelay(of object: JSONObject, into synapse: inout Synapse) throws(DocumentError) {
        guard let delay = object["delay"] else { return }
        if let rule = try readPairExpression(delay, "delay") {
            synapse.delayExpression = rule
        } else {
            synapse.delay = try readDelay(delay)
        }
    }

    /// A value that is an expression; `nil`: it is something else.
    private func readPairExpression(_ value: JSONValue, _ name: String) throws(DocumentError) -> PairExpression? {
        guard value.isPairExpression else { return nil }
        let object = try JSONObject(value, "the expression of \(name)", keys: ["expression"], required: ["expression"])
        let text = try object.require("expression")
        return PairExpression(
            expression: try readExpression(text, "expression", PairExpression.variables(pairSpace)), space: pairSpace)
    }

    private mutating func readNeuromodulation(_ value: JSONValue) throws(DocumentError) -> Synapse {
        let object = try JSONObject(
            value, "the synapse Neuromodulation",
            keys: ["type", "weight", "delay", "tau_c", "tau_d", "w_min", "w_max"], required: ["weight"])
        var synapse = Synapse(plasticity: .neuromodulation)
        let weight = try object.require("weight")
        try refuseList(weight, "weight")
        synapse.weight = try readParameter(weight, "weight", .concentration, size: 1)
        try readDelay(of: object, into: &synapse)
        var rule = Neuromodulation()
        if let tau = object["tau_c"] { rule.tauC = try tau.number("tau_c", .positive) }
        if let tau = object["tau_d"] { rule.tauD = try tau.number("tau_d", .positive) }
        if let bound = object["w_min"] { rule.minimum = try bound.number("w_min", .nonNegative) }
        if let bound = object["w_max"] { rule.maximum = try bound.number("w_max", .nonNegative) }
        guard rule.minimum <= rule.maximum else {
            throw (object["w_min"] ?? value).error(
                .conflict,
                "w_min must not be greater than w_max, got \(Wording.number(rule.minimum)) and "
                    + Wording.number(rule.maximum))
        }
        synapse.neuromodulation = rule
        return synapse
    }

    func refuseList(_ value: JSONValue, _ name: String) throws(DocumentError) {
        guard value.isArray else { return }
        throw value.error(
            .wrongType,
            "\(name) must be a number or a distribution, got \(value.found); a FromList connector gives each synapse "
                + "its own"
        )
    }

    func readPlasticity(_ object: JSONObject) throws(DocumentError) -> STDPRule {
        let timing = try readRule(try object.require("timing"), "the timing rule", RuleSignature.timings)
        let weight = try readRule(
            try object.require("weight_dependence"), "the weight dependence", RuleSignature.weightDependences)
        guard weight.number("w_min") <= weight.number("w_max") else {
            throw weight.place("w_min").error(
                .conflict,
                "w_min must not be greater than w_max, got \(Wording.number(weight.number("w_min"))) and "
                    + Wording.number(weight.number("w_max")))
        }
        for kind in TimingRuleKind.all {
            guard let dependence = kind.weightDependence,
                (timing.name == kind.name) != (weight.name == dependence)
            else { continue }
            throw weight.object.value.error(
                .conflict,
                "the timing rule \(timing.name) does not go with the weight dependence \(weight.name); "
                    + "\(kind.name) and \(dependence) belong together")
        }
        if timing.name == "PSD", timing.number("tau_f") >= timing.number("tau_s") {
            throw timing.place("tau_f").error(
                .conflict,
                "tau_f must be less than tau_s, got \(Wording.number(timing.number("tau_f"))) and "
                    + Wording.number(timing.number("tau_s")))
        }
        return STDPRule(
            timing: Rule(type: timing.name, arguments: timing.arguments),
            weightDependence: Rule(type: weight.name, arguments: weight.arguments),
            backpropDelay: try object.bool("backprop_delay", default: true))
    }

    // MARK: - Delays

    /// Reads a delay; numbers below one timestep become one, as on the chip.
    mutating func readDelay(_ value: JSONValue) throws(DocumentError) -> ParameterValue {
        let timestep = simulation.timestep
        let step = Wording.number(timestep)
        try refuseList(value, "delay")
        if value.isObject {
            let any = ValueRange(high: Delays.longest * timestep, bindsTails: true)
            let distribution = try readDistribution(value, "delay", any)
            guard distribution.mean > 0 else {
                throw value.error(
                    .outOfRange,
                    "the delay must be greater than 0 ms, and the mean of this distribution is "
                        + Wording.number(distribution.mean))
            }
            if distribution.bounds.lowerBound < timestep {
                warn(value, "delays drawn below one timestep (\(step) ms) become one timestep")
            }
            return .distribution(distribution)
        }
        let delay = try value.number("delay")
        if let mistake = Delays.mistake(delay, timestep: simulation.timestep) {
            throw value.error(.outOfRange, mistake)
        }
        guard delay >= timestep else {
            warn(value, "the delay \(value.found) ms is below one timestep and becomes \(step) ms")
            return .number(timestep)
        }
        if !Delays.isWholeSteps(delay, of: timestep) {
            warn(
                value,
                "the delay \(value.found) ms is not a multiple of the timestep \(step) ms; "
                    + "delays are rounded to whole timesteps")
        }
        return .number(delay)
    }
}

extension JSONValue {
    /// It says what a value is by an expression.
    var isPairExpression: Bool { isObject && members.contains { $0.key == "expression" } }

    /// The synapse's weight or delay is an expression.
    var hasPairExpression: Bool {
        isObject && members.contains { ["weight", "delay"].contains($0.key) && $0.value.isPairExpression }
    }
}
