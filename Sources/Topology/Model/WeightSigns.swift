/// Which signs the weights of a projection have, and what follows for its receptor.
public struct WeightSigns: Sendable {
    private var negatives = 0
    private var positives = 0
    private var zeros = 0
    /// Drawn from a distribution with values of both signs, the mean deciding above.
    var straddles = false

    public init() {}

    /// There are any.
    public var isSet: Bool { negatives + positives + zeros > 0 || straddles }
    /// Some are below 0.
    public var hasNegative: Bool { negatives > 0 }
    private var hasPositive: Bool { positives > 0 }
    /// All are 0, and there are some.
    private var areAllZero: Bool { zeros > 0 && negatives + positives == 0 && !straddles }

    public mutating func add(_ weight: Double) {
        if weight < 0 { negatives += 1 } else if weight > 0 { positives += 1 } else { zeros += 1 }
    }

    public mutating func add(_ value: ParameterValue) {
        switch value {
        case .number(let number): add(number)
        case .list(let list): for number in list { add(number) }
        case .distribution(let distribution):
            let bounds = distribution.bounds
            guard bounds.lowerBound != 0 || bounds.upperBound != 0 else { return add(0) }
            if distribution.mean < 0 { negatives += 1 } else { positives += 1 }
            straddles = bounds.lowerBound < 0 && bounds.upperBound > 0
        }
    }

    /// Adds what synapses have that no row gives a weight: that of the projection, and that of synapses which form.
    public mutating func complete(with synapse: Synapse) {
        if !isSet, synapse.weightExpression == nil { add(synapse.weight) }
        if let structural = synapse.structural, structural.initialWeight != 0 { add(structural.initialWeight) }
    }

    /// What follows from weights.
    public struct Judgement {
        /// Why they cannot be.
        public var mistake: String?
        /// Where they go.
        public var receptor: String
        public var warnings: [String] = []
    }

    /// Judges the weights of a projection, wherever they come from.
    ///
    /// Those given one by one and of both signs are refused, as PyNN and sPyNNaker refuse them: a receptor excites or
    /// inhibits, and the chip keeps magnitudes. Of draws only the tail may be of the other sign, which is told.
    ///
    /// - Parameters:
    ///   - named: the receptor that the file names; `nil`: none.
    ///   - isGivenOthers: the synapses get other weights on the way.
    public func judge(
        onto model: CellModel, receptor named: String?, of synapse: Synapse, isGivenOthers: Bool = false
    ) -> Judgement {
        var result = Judgement(receptor: named ?? "")
        if areAllZero, !synapse.canLeaveZero, !isGivenOthers { result.warnings.append(Self.withoutEffect) }
        if synapse.changer != nil { return result }
        if synapse.neuromodulation != nil {
            if hasNegative {
                result.mistake = "concentrations must not be negative; punishment comes from the receptor"
            }
            return result
        }
        result.receptor = named ?? (hasNegative ? "inhibitory" : model.receptors.first ?? "excitatory")
        let excites = result.receptor != "inhibitory"
        if hasNegative, model.isConductanceBased {
            result.mistake =
                "weights of \(model.name) are conductances and must not be negative; inhibition comes from the receptor"
        } else if hasNegative, hasPositive {
            result.mistake =
                "the weights are of both signs, \(negatives) of them negative; give those a projection of their own "
                + "onto the receptor inhibitory"
        } else if hasNegative, LearningRules.receptors.contains(result.receptor) {
            result.mistake = "weights onto the receptor \(result.receptor) must not be negative"
        } else if straddles {
            result.warnings.append(
                "the weights are of both signs, and the chip keeps magnitudes only, so all these synapses "
                    + (excites ? "excite" : "inhibit"))
        } else if hasNegative, excites {
            result.warnings.append(
                "negative weights on the receptor \(result.receptor): the chip keeps magnitudes only, so these "
                    + "synapses excite; inhibition comes from the receptor inhibitory")
        }
        return result
    }

    private static let withoutEffect = "the weight is 0; these synapses have no effect"
}

extension Synapse {
    /// A weight of 0 need not stay so: spikes or another projection change it.
    var canLeaveZero: Bool {
        // Short-term plasticity scales its weight, and 0 stays 0.
        if let stdp { return stdp.timing.type != LearningRules.tsodyksMarkram }
        return changeable != nil
    }
}
