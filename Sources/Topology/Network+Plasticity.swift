extension Network {
    /// By population: the STDP rule of the plastic synapses onto it; `nil` when none learn.
    public var plasticity: [STDPRule?] {
        var rules = [STDPRule?](repeating: nil, count: populations.count)
        for projection in projections where rules[projection.post] == nil {
            rules[projection.post] = projection.synapse.stdp
        }
        return rules
    }

    /// By population: the neuromodulation of the plastic synapses onto it, if any.
    public var neuromodulation: [Neuromodulation?] {
        var all = [Neuromodulation?](repeating: nil, count: populations.count)
        for projection in projections where all[projection.post] == nil {
            all[projection.post] = projection.synapse.neuromodulation
        }
        return all
    }

    /// Target spikes of a step have to be known before those of the next: histories take in what comes from elsewhere.
    public var learnsStepByStep: Bool { projections.contains { $0.synapse.modulates } }

    /// By population: bytes of a core's data memory that a neuron's spike history takes: a count, and 16 times with their traces.
    ///
    /// - Source: golden README §7 for what is kept of a spike.
    public var historyBytes: [Int] {
        var isChanged = [Bool](repeating: false, count: populations.count)
        for projection in projections where projection.synapse.changeable != nil { isChanged[projection.post] = true }
        let modulations = neuromodulation
        return plasticity.enumerated().map { population, rule in
            guard let rule else { return isChanged[population] ? 4 + 16 * (4 + 4) : 0 }
            let traces =
                switch rule.timing.type {
                case "SpikeNearestPair": 0
                case "PfisterSpikeTriplet": 8
                default: 2
                }
            // With neuromodulation a word of marks, and the dopamine of each.
            return modulations[population] == nil ? 4 + 16 * (4 + traces) : 8 + 16 * (4 + traces + 2)
        }
    }
}
