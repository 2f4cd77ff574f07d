import Diagnostics

/// How the synapses of a projection come and go: sPyNNaker's structural mechanism, its names and defaults.
///
/// - Source: Documentation/Chip.md, "Structural plasticity".
public struct StructuralPlasticity: Sendable, Equatable {
    /// Who is tried as the source of a new synapse.
    public enum PartnerSelection: Sendable, Equatable {
        /// Any neuron of any source population.
        case random
        /// One of the first `bufferSize` spikes that reached the core in an earlier step.
        case lastNeuron(bufferSize: Int)
    }

    /// `DistanceDependentFormation`: a new synapse is likely between neurons at near places of a grid that is closed at
    /// its ends.
    public struct Formation: Sendable, Equatable {
        /// Neuron n stands at (n ÷ `rows`, n mod `columns`).
        public var rows = 16
        public var columns = 16
        public var forwardProbability = 0.16
        public var forwardSigma = 2.5
        /// Where source and target are the same population.
        public var lateralProbability = 1.0
        public var lateralSigma = 1.0

        public init() {}
    }

    /// `RandomByWeightElimination`.
    public struct Elimination: Sendable, Equatable {
        /// Weights below are depressed; a magnitude, nA or µS.
        public var threshold: Double
        public var depressedProbability = 0.0245
        public var potentiatedProbability = 1.36e-4

        public init(threshold: Double) { self.threshold = threshold }
    }

    public var partnerSelection: PartnerSelection
    public var formation: Formation
    public var elimination: Elimination
    /// Attempts per second of a target population (`f_rew`).
    public var attemptsPerSecond = 1e4
    /// Of a new synapse, nA or µS.
    public var initialWeight = 0.0
    /// Of a new synapse, ms: drawn from the lower bound up to but excluding the upper one where they differ.
    public var initialDelay = 1.0...1.0
    /// Synapses that a target neuron can have from all projections with this mechanism, and a source neuron onto a core
    /// (`s_max`).
    public var mostSynapses = 32
    /// Two neurons can be joined more than once.
    public var withReplacement = true
    /// Of NumPy's generator, from which sPyNNaker draws the seeds of the chip's; `nil`: they come from the simulation's
    /// seed.
    public var seed: UInt64?

    public init(partnerSelection: PartnerSelection, formation: Formation, elimination: Elimination) {
        self.partnerSelection = partnerSelection
        self.formation = formation
        self.elimination = elimination
    }

    /// Attempts in a step, where there are any, and every how many steps that is.
    ///
    /// sPyNNaker makes whole numbers of both by truncation: 1500 Hz at 1 ms is one attempt in each step.
    public func attempts(timestep: Double) -> (inAStep: Int, every: Int) {
        let microseconds = (timestep * 1000).rounded()
        let period = 1 / attemptsPerSecond
        if period * 1000 < microseconds / 1000 { return (Int(microseconds / (period * 1e6)), 1) }
        return (1, max(1, Int(min(period * 1e6 / microseconds, 1e9))))
    }

    /// What all projections onto a population have to have in common.
    func isCompatible(with other: StructuralPlasticity) -> Bool {
        partnerSelection == other.partnerSelection && attemptsPerSecond == other.attemptsPerSecond
            && initialWeight == other.initialWeight && initialDelay == other.initialDelay
            && mostSynapses == other.mostSynapses && withReplacement == other.withReplacement && seed == other.seed
    }
}

extension Network {
    /// Refuses structural plasticity that a core of the machine cannot have.
    func requireOneStructuralMechanismEach() throws(Failure) {
        for (index, projection) in projections.enumerated() {
            guard let mechanism = projection.synapse.structural else { continue }
            let name = populations[projection.post].name
            func refuse(_ reason: String) -> Failure {
                Failure(.badInput, "population \(name): \(reason)")
            }
            let isPlastic = projection.synapse.isPlastic
            for (number, other) in projections.enumerated() where other.post == projection.post && number != index {
                if let theirs = other.synapse.structural {
                    guard other.pre != projection.pre else {
                        throw refuse(
                            "\(projection.name) and \(other.name) both have structural plasticity, and the machine "
                                + "allows one such projection from a population to another")
                    }
                    guard mechanism.isCompatible(with: theirs) else {
                        throw refuse(
                            "the structural plasticity of \(projection.name) and \(other.name) differs in more than "
                                + "formation and elimination, and the machine has one for all projections onto a "
                                + "population; make partner_selection, f_rew, initial_weight, initial_delay, s_max, "
                                + "with_replacement and seed equal")
                    }
                    guard other.synapse.isPlastic == isPlastic else {
                        throw refuse(
                            "\(projection.name) and \(other.name) must both be StructuralStatic, or both StructuralSTDP"
                        )
                    }
                } else if other.synapse.modulates || other.synapse.changeable != nil {
                    throw refuse(
                        "\(projection.name) has structural plasticity, which does not go with the "
                            + "\(other.synapse.neuromodulation != nil ? "Neuromodulation" : "changing weights") of "
                            + "\(other.name)"
                    )
                } else if !isPlastic, let rule = other.synapse.stdp, !rule.isBeyondSPyNNaker {
                    throw refuse(
                        "\(projection.name) is StructuralStatic and \(other.name) learns by STDP, and the machine has "
                            + "one kind of changing synapses a population; make it StructuralSTDP, or split the "
                            + "population")
                }
            }
        }
    }
}
