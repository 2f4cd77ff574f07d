extension Network {
    /// By population: the different rules of the plastic synapses onto it.
    public var plasticity: [[STDPRule]] {
        var rules = [[STDPRule]](repeating: [], count: populations.count)
        // A projection is large: what need not be is not copied.
        for i in projections.indices {
            if let rule = projections[i].synapse.stdp, !rules[projections[i].post].contains(rule) {
                rules[projections[i].post].append(rule)
            }
        }
        return rules
    }

    /// By population: the neuromodulation of the plastic synapses onto it, if any.
    public var neuromodulation: [Neuromodulation?] {
        var all = [Neuromodulation?](repeating: nil, count: populations.count)
        for i in projections.indices where all[projections[i].post] == nil {
            all[projections[i].post] = projections[i].synapse.neuromodulation
        }
        return all
    }

    /// Target spikes of a step have to be known before those of the next: histories take in what comes from elsewhere.
    public var learnsStepByStep: Bool { projections.contains { $0.synapse.modulates } }

    /// By population: bytes of a core's data memory that a neuron's spike history takes: a count, and 16 times with
    /// their traces.
    ///
    /// - Source: Documentation/Chip.md, "Deferred learning".
    public var historyBytes: [Int] {
        var isChanged = [Bool](repeating: false, count: populations.count)
        for i in projections.indices where projections[i].synapse.changeable != nil {
            isChanged[projections[i].post] = true
        }
        let modulations = neuromodulation
        return plasticity.enumerated().map { population, rules in
            guard !rules.isEmpty else { return isChanged[population] ? 4 + 16 * (4 + 4) : 0 }
            return rules.reduce(0) { bytes, rule in
                // Short-term plasticity asks for no history of its targets.
                guard let traces = TimingRuleKind.named(rule.timing.type)?.historyBytes else { return bytes }
                // With neuromodulation a word of marks, and the dopamine of each.
                let isModulated = modulations[population] != nil && !rule.isBeyondSPyNNaker
                return bytes + (isModulated ? 8 + 16 * (4 + traces + 2) : 4 + 16 * (4 + traces))
            }
        }
    }
}
