import StrictJSON

/// What there is to learn by: rules by the names of the file.
public enum LearningRules {
    /// Timing rules and weight dependences that sPyNNaker has.
    public static var ofSPyNNaker: [String] { names(isBeyond: false) }

    /// Those that no board has run.
    public static var beyondSPyNNaker: [String] { [tsodyksMarkram] + names(isBeyond: true) }

    /// Rules by which synapses come and go, all of them sPyNNaker's.
    public static var structural: [String] { TopologyReader.structuralRules }

    /// PyNN's synapse whose weight stays and whose effect depends on when its source last spiked.
    static let tsodyksMarkram = "TsodyksMarkram"

    /// Receptors that do not excite or inhibit: what arrives there tells the target's synapses how to learn.
    public static let receptors = ["teacher", "critic"]

    private static func names(isBeyond: Bool) -> [String] {
        (RuleSignature.timings + RuleSignature.weightDependences).filter { $0.isBeyondSPyNNaker == isBeyond }.map(
            \.name)
    }
}

extension STDPRule {
    /// Short-term plasticity: weights stay, and what a spike delivers of them depends on those before.
    static func tsodyksMarkram(_ arguments: [String: RuleArgument]) -> STDPRule {
        STDPRule(
            timing: Rule(type: LearningRules.tsodyksMarkram, arguments: arguments),
            weightDependence: Rule(type: "Constant"), backpropDelay: false)
    }

    /// No board has run it.
    public var isBeyondSPyNNaker: Bool { LearningRules.beyondSPyNNaker.contains(timing.type) }

    /// Receptors that its targets have beside those of their model.
    public var receptors: [String] { TimingRuleKind.named(timing.type)?.receptors ?? [] }
}

extension Population {
    /// Synapse types in the machine's order: the model's own, and those that teach.
    public var receptors: [String] { model.receptors + learningReceptors }
}

extension TopologyReader {
    /// Gives populations the receptors of the rules onto them, and refuses projections onto receptors that no rule
    /// made.
    static func addLearningReceptors(
        _ value: JSONValue, _ projections: [Projection], to populations: inout [Population]
    ) throws(DocumentError) {
        for projection in projections {
            for receptor in projection.synapse.stdp?.receptors ?? []
            where !populations[projection.post].learningReceptors.contains(receptor) {
                populations[projection.post].learningReceptors.append(receptor)
            }
        }
        for projection in projections where LearningRules.receptors.contains(projection.receptor) {
            let target = populations[projection.post]
            guard target.learningReceptors.contains(projection.receptor) else {
                throw value.error(
                    .conflict,
                    "the projection \(projection.name) goes to the receptor \(projection.receptor), and no synapses "
                        + "onto \(target.name) learn from it; ReSuMe and PSD have a teacher, EProp a teacher and a "
                        + "critic")
            }
            guard projection.synapse.stdp == nil else {
                throw value.error(
                    .conflict,
                    "the projection \(projection.name) goes to the receptor \(projection.receptor): its synapses have "
                        + "to be Static")
            }
        }
    }
}
