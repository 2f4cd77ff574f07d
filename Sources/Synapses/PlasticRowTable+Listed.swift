public import Plasticity

extension PlasticRowTable {
    /// Packs rows of one population with `plasticity` that are given synapse by synapse.
    ///
    /// - Parameter rows: Synapses of each row; they keep their order within a type. A delay of 0 is stored as it is.
    /// - Returns: `nil` when there is no memory.
    public convenience init?(rows: [[RowSynapse]], plasticity: Plasticity, types: Int) {
        let controls = ControlLayout(neurons: plasticity.histories.neurons)
        var parts: [[(type: Int, synapses: [RowSynapse])]] = []
        for row in rows {
            parts.append(
                (0..<types).compactMap { type in
                    let own = row.filter { $0.type == type }
                    return own.isEmpty ? nil : (type, own)
                })
        }
        let sizes = parts.map { row in
            row.reduce(0) { $0 + PlasticRow.words(count: $1.synapses.count, synapseBytes: plasticity.synapseBytes) }
        }
        let wordCount = sizes.reduce(0, +)
        guard let words = RowTable.allocateWords(wordCount + rows.count + 1) else { return nil }
        let index = words + wordCount
        var at = 0
        for (number, row) in parts.enumerated() {
            index[number] = UInt32(at)
            for part in row {
                let place = PlasticRow(words + at)
                place.begin(projection: part.type, stage: 0, source: number, count: part.synapses.count)
                for (i, synapse) in part.synapses.enumerated() {
                    place.controls[i] = controls.word(
                        neuron: UInt32(synapse.neuron), delay: UInt32(synapse.delay))
                    plasticity.setWeight(synapse.weight, of: i, in: place)
                }
                at += PlasticRow.words(count: part.synapses.count, synapseBytes: plasticity.synapseBytes)
            }
        }
        index[rows.count] = UInt32(at)
        self.init(
            projections: (0..<types).map {
                Projection(index: $0, type: $0, population: 0, stageSteps: 1)
            },
            populations: [Population(index: 0, first: 0, plasticity: plasticity)], controls: controls,
            rows: rows.count, words: words, wordCount: wordCount, synapses: rows.reduce(0) { $0 + $1.count })
    }
}
