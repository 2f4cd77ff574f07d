import StrictJSON

extension TopologyReader {
    /// Types of synapses that come and go: sPyNNaker's StructuralMechanismStatic and StructuralMechanismSTDP.
    static let structuralTypes = ["StructuralStatic", "StructuralSTDP"]

    /// Attempts per second that a step can hold in any case.
    private static let mostAttempts = 1e7
    /// Longest side of the grid of neurons.
    private static let largestGrid = 4096
    /// Synapses of a target, and words of a row on the chip.
    private static let mostSynapses = 256

    private static let partnerSelections = [
        RuleSignature("RandomSelection"),
        RuleSignature(
            "LastNeuronSelection", [ArgumentRule("spike_buffer_size", .integer(1...65536), default: .number(64))]),
    ]
    private static let formations = [
        RuleSignature(
            "DistanceDependentFormation",
            [
                ArgumentRule("grid", .pair(1...largestGrid), default: .numbers([16, 16])),
                ArgumentRule("p_form_forward", .number(.probability), default: .number(0.16)),
                ArgumentRule("sigma_form_forward", .number(.positive), default: .number(2.5)),
                ArgumentRule("p_form_lateral", .number(.probability), default: .number(1)),
                ArgumentRule("sigma_form_lateral", .number(.positive), default: .number(1)),
            ])
    ]
    private static let eliminations = [
        RuleSignature(
            "RandomByWeightElimination",
            [
                ArgumentRule("threshold", .number(.nonNegative), required: true),
                ArgumentRule("prob_elim_depressed", .number(.probability), default: .number(0.0245)),
                ArgumentRule("prob_elim_potentiated", .number(.probability), default: .number(1.36e-4)),
            ])
    ]

    /// Names of all of these.
    static var structuralRules: [String] { (partnerSelections + formations + eliminations).map(\.name) }

    /// Reads synapses that come and go.
    mutating func readStructural(
        _ value: JSONValue, type: String, isConductance: Bool
    ) throws(DocumentError) -> Synapse {
        let learns = type == "StructuralSTDP"
        let object = try JSONObject(
            value, "the synapse \(type)",
            keys: [
                "type", "weight", "delay", "partner_selection", "formation", "elimination", "f_rew", "initial_weight",
                "initial_delay", "s_max", "with_replacement", "seed",
            ] + (learns ? ["timing", "weight_dependence", "backprop_delay"] : []),
            required: ["partner_selection", "formation", "elimination"]
                + (learns ? ["timing", "weight_dependence"] : []))
        var synapse = Synapse(plasticity: learns ? .stdp : .static)
        try readWeightAndDelay(object, isConductance: isConductance, into: &synapse)
        if learns { synapse.stdp = try readPlasticity(object) }
        synapse.structural = try readMechanism(object, isConductance: isConductance)
        return synapse
    }

    private mutating func readMechanism(
        _ object: JSONObject, isConductance: Bool
    ) throws(DocumentError) -> StructuralPlasticity {
        let selection = try readRule(
            try object.require("partner_selection"), "the partner selection", Self.partnerSelections)
        let forming = try readRule(try object.require("formation"), "the formation", Self.formations)
        let eliminating = try readRule(try object.require("elimination"), "the elimination", Self.eliminations)
        var formation = StructuralPlasticity.Formation()
        if let grid = forming.grid("grid") { (formation.rows, formation.columns) = (grid.rows, grid.columns) }
        formation.forwardProbability = forming.number("p_form_forward")
        formation.forwardSigma = forming.number("sigma_form_forward")
        formation.lateralProbability = forming.number("p_form_lateral")
        formation.lateralSigma = forming.number("sigma_form_lateral")
        var elimination = StructuralPlasticity.Elimination(threshold: eliminating.number("threshold"))
        elimination.depressedProbability = eliminating.number("prob_elim_depressed")
        elimination.potentiatedProbability = eliminating.number("prob_elim_potentiated")
        var mechanism = StructuralPlasticity(
            partnerSelection: selection.name == "RandomSelection"
                ? .random : .lastNeuron(bufferSize: selection.integer("spike_buffer_size")),
            formation: formation, elimination: elimination)
        let rates = ValueRange(low: 0, isOpenBelow: true, high: Self.mostAttempts)
        if let rate = try object.number("f_rew", rates) { mechanism.attemptsPerSecond = rate }
        if let weight = try object.number("initial_weight", isConductance ? .nonNegative : .fixedPoint) {
            mechanism.initialWeight = weight
        }
        let timestep = simulation.timestep
        mechanism.initialDelay = max(1, timestep)...max(1, timestep)
        if let delay = object["initial_delay"] { mechanism.initialDelay = try readInitialDelay(delay) }
        if let most = try object.integer("s_max", in: 1...Self.mostSynapses) { mechanism.mostSynapses = most }
        mechanism.withReplacement = try object.bool("with_replacement", default: true)
        mechanism.seed = try object["seed"]?.seed("seed")
        return mechanism
    }

    /// A delay, or the least and the one above the longest.
    private mutating func readInitialDelay(_ value: JSONValue) throws(DocumentError) -> ClosedRange<Double> {
        guard value.isArray else {
            guard value.isNumber else { throw value.wrongType("initial_delay", "a number or [low, high]") }
            guard case .number(let delay) = try readDelay(value) else {
                throw value.wrongType("initial_delay", "a number or [low, high]")
            }
            return delay...delay
        }
        guard value.count == 2 else { throw value.wrongType("initial_delay", "a number or [low, high]") }
        var ends: [Double] = []
        for element in value.elements {
            guard element.isNumber else { throw element.wrongType("each end of initial_delay", "a number") }
            if case .number(let delay) = try readDelay(element) { ends.append(delay) }
        }
        guard ends.count == 2, ends[0] <= ends[1] else {
            throw value.error(.conflict, "the first of initial_delay must not be greater than the second")
        }
        return ends[0]...ends[1]
    }
}
