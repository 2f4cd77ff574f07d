extension Network {
    /// The STDP rule of the plastic synapses onto a population; `nil` when none learn.
    public func plasticity(onto population: Int) -> STDPRule? {
        projections.lazy.filter { $0.post == population }.compactMap(\.synapse.stdp).first
    }

    /// Bytes of a core's data memory that a neuron's spike history takes: a count, and 16 times with their traces.
    ///
    /// - Source: golden README §7 for what is kept of a spike.
    public func historyBytes(of population: Int) -> Int {
        guard let rule = plasticity(onto: population) else { return 0 }
        let traces =
            switch rule.timing.type {
            case "SpikeNearestPair": 0
            case "PfisterSpikeTriplet": 8
            default: 2
            }
        return 4 + 16 * (4 + traces)
    }
}
