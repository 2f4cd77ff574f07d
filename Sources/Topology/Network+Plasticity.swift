extension Network {
    /// By population: the STDP rule of the plastic synapses onto it; `nil` when none learn.
    public var plasticity: [STDPRule?] {
        var rules = [STDPRule?](repeating: nil, count: populations.count)
        for projection in projections where rules[projection.post] == nil {
            rules[projection.post] = projection.synapse.stdp
        }
        return rules
    }

    /// By population: bytes of a core's data memory that a neuron's spike history takes: a count, and 16 times with their traces.
    ///
    /// - Source: golden README §7 for what is kept of a spike.
    public var historyBytes: [Int] {
        plasticity.map { rule in
            guard let rule else { return 0 }
            let traces =
                switch rule.timing.type {
                case "SpikeNearestPair": 0
                case "PfisterSpikeTriplet": 8
                default: 2
                }
            return 4 + 16 * (4 + traces)
        }
    }
}
