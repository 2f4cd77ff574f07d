import Diagnostics

extension Network {
    /// Refuses what the grammar knows and the program cannot run yet.
    ///
    /// - Throws: `Failure` with exit code 65, naming the first such setting, population or projection.
    public func requireSupported() throws(Failure) {
        for projection in projections {
            if projection.synapse.stdp?.timing.arguments["dual_fsm"] == .flag(false) {
                throw Failure(
                    .badInput,
                    "projection \(projection.name): the timing rule Recurrent with dual_fsm false is not supported; "
                        + "leave dual_fsm out")
            }
        }
        try requireOneSynapseCore()
        try requireOneRuleEach()
        try requireNeuromodulationOfPairs()
        try requireOneStructuralMechanismEach()
    }

    /// Refuses what needs all plastic synapses onto a neuron, or all its input, in one place.
    private func requireOneSynapseCore() throws(Failure) {
        for population in populations where population.synapseCores != nil && !population.learningReceptors.isEmpty {
            throw Failure(
                .badInput,
                "population \(population.name): n_synapse_cores beside receptors that teach is not supported; leave "
                    + "one out"
            )
        }
        for projection in projections {
            let target = populations[projection.post]
            guard let cores = target.synapseCores else { continue }
            guard cores == 1 || projection.synapse.structural == nil else {
                throw Failure(
                    .badInput,
                    "projection \(projection.name): the machine has synapses that form and are eliminated on one "
                        + "synapse core a slice; make n_synapse_cores of \(target.name) 1, or leave it out")
            }
            guard cores > 1, projection.synapse.isPlastic else { continue }
            guard projection.synapse.changer == nil, projection.recordedWeights == nil else {
                throw Failure(
                    .badInput,
                    "projection \(projection.name): "
                        + (projection.synapse.changer == nil ? "recorded weights" : "a WeightChanger")
                        + " with more than one of n_synapse_cores is not supported; give \(target.name) one")
            }
        }
    }

    /// Refuses neuromodulation of what the machine cannot modulate.
    private func requireNeuromodulationOfPairs() throws(Failure) {
        let (plasticity, modulations) = (self.plasticity, self.neuromodulation)
        for projection in projections {
            guard let neuromodulation = projection.synapse.neuromodulation else { continue }
            let name = populations[projection.post].name
            guard let rule = plasticity[projection.post].first(where: { !$0.isBeyondSPyNNaker }) else {
                throw Failure(
                    .badInput,
                    """
                    projection \(projection.name): no synapse onto \(name) learns by STDP, so there is nothing to \
                    modulate
                    """)
            }
            guard Neuromodulation.timings.contains(rule.timing.type) else {
                throw Failure(
                    .badInput,
                    """
                    projection \(projection.name): the machine has no neuromodulation of \(rule.timing.type), only of \
                    \(Neuromodulation.timings.joined(separator: " and "))
                    """)
            }
            guard neuromodulation == modulations[projection.post] else {
                throw Failure(
                    .badInput,
                    """
                    population \(name): the projection \(projection.name) has another Neuromodulation than one before \
                    it, and the machine has one a population; make tau_c, tau_d, w_min and w_max equal
                    """)
            }
        }
    }

    /// Refuses two plasticity rules onto one population, for which the machine has one.
    private func requireOneRuleEach() throws(Failure) {
        var first = [Projection?](repeating: nil, count: populations.count)
        for projection in projections where projection.synapse.changeable != nil {
            guard let other = projections.first(where: { $0.post == projection.post && $0.synapse.stdp != nil }) else {
                continue
            }
            throw Failure(
                .badInput,
                """
                population \(populations[projection.post].name): the synapses of \(projection.name) are \
                WeightChangeable \
                and those of \(other.name) learn by STDP, and the machine has one kind of plastic synapses a \
                population; \
                split the population
                """)
        }
        for projection in projections {
            guard let rule = projection.synapse.stdp, !rule.isBeyondSPyNNaker else { continue }
            guard let other = first[projection.post] else {
                first[projection.post] = projection
                continue
            }
            guard rule != other.synapse.stdp else { continue }
            throw Failure(
                .badInput,
                """
                population \(populations[projection.post].name): the projections \(other.name) and \(projection.name) \
                have different STDP rules, and the machine has one for all plastic synapses of a population; \
                make them equal, or split the population
                """)
        }
    }
}
