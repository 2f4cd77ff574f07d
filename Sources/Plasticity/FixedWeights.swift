/// Synapses that do not learn but stand in plastic rows, because they come and go.
struct FixedWeights {
    let histories: PostHistories

    /// Takes a row through a spike of its source; see ``Plasticity``.
    func sourceSpiked(_ row: PlasticRow, _ arrival: PlasticArrival, _ ring: PlasticRing) {
        let weights = row.synapseBytes.assumingMemoryBound(to: WeightOnly.self)
        for i in 0..<row.count {
            let control = row.controls[i]
            let neuron = arrival.controls.neuron(control)
            let delay = arrival.controls.delay(control)
            guard delay > arrival.late else { continue }
            ring.add(weights[i].weight, to: neuron, after: delay)
        }
    }
}

extension PlasticityCatalogue {
    /// Makes what delivers synapses of a population on a rank whose weights stay.
    ///
    /// - Parameter histories: Of no neurons.
    public static func fixedWeights(_ histories: PostHistories) -> Plasticity {
        Plasticity(FixedWeights(histories: histories))
    }
}
