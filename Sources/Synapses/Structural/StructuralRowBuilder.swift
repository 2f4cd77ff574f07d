public import Diagnostics
import Plasticity
public import Topology

/// Builds a rank's ``StructuralRowTable`` from the network description.
public struct StructuralRowBuilder {
    private let network: Network
    private let rules: SynapseRules
    private let targets: [TargetCore]
    private let ahead: Int

    /// A synapse that is there from the beginning.
    private struct Entry {
        var projection: Int
        var source: Int
        var core: Int
        /// Among the population's neurons on this rank.
        var neuron: Int
        var weight: UInt16
        var delay: Int
    }

    /// - Parameters:
    ///   - targets: This rank's cores that receive synapses, ascending.
    ///   - ahead: Steps that neurons may be ahead of what is delivered.
    public init(network: Network, rules: SynapseRules, targets: [TargetCore], ahead: Int) {
        self.network = network
        self.rules = rules
        self.targets = targets
        self.ahead = ahead
    }

    /// Generates the first synapses of this rank's targets, and makes room for as many as there can be.
    ///
    /// - Parameter places: Of each target core among all cores of its population, ascending by slice, `[targets]`.
    /// - Returns: `nil` when nothing here comes and goes.
    /// - Throws: `badInput` for too many synapses or too long delays, `doesNotFit` for lack of memory.
    public func build(places: [Int]) throws(Failure) -> StructuralRowTable? {
        var projections: [StructuralRowTable.Projection] = []
        var populations: [StructuralRowTable.Population] = []
        var (mostNeurons, longestDelay) = (0, 0)
        for (index, projection) in network.projections.enumerated() {
            guard let mechanism = projection.synapse.structural,
                let first = targets.first(where: { $0.population == projection.post })
            else { continue }
            let delay = rules.delayBounds(index)
            guard delay.upperBound <= first.delaySlots else {
                throw Failure(
                    .badInput,
                    """
                    projection \(projection.name): a delay of \(delay.upperBound) steps is longer than the \
                    \(first.delaySlots) that \
                    the cores of \(network.populations[projection.post].name) hold, and there is no delay extension \
                    for \
                    synapses that come and go; use shorter delays or fewer neurons_per_core
                    """)
            }
            longestDelay = max(longestDelay, delay.upperBound)
            let place = populations.firstIndex { $0.index == projection.post } ?? populations.count
            if place == populations.count {
                populations.append(try population(projection, mechanism, places))
                mostNeurons = max(mostNeurons, populations[place].neurons)
            }
            populations[place].projections.append(projections.count)
            projections.append(rule(index, projection, mechanism, onto: place))
        }
        guard !projections.isEmpty else { return nil }
        let controls = ControlLayout(neurons: mostNeurons)
        guard longestDelay <= controls.longestDelay else {
            throw Failure(
                .doesNotFit,
                """
                synapses that come and go with delays of \(longestDelay) steps onto \(mostNeurons) neurons of a \
                population on \
                one rank have no room in their words; use more ranks
                """)
        }
        let entries = try generate(projections, populations)
        var (wordCount, slotCount) = (0, 0)
        for population in populations {
            population.firstSlot = slotCount
            slotCount += population.mechanism.mostSynapses * population.neurons
        }
        for place in projections.indices {
            let population = populations[projections[place].population]
            let longest = Self.longestRow(entries[place], cores: population.cores.count)
            projections[place].rowWords = PlasticRow.words(
                count: max(longest, population.mechanism.mostSynapses),
                synapseBytes: population.plasticity.synapseBytes)
            projections[place].firstWord = wordCount
            let (rows, tooMany) = projections[place].preSize.multipliedReportingOverflow(by: population.cores.count)
            let (words, overflow) = rows.multipliedReportingOverflow(by: projections[place].rowWords)
            guard !tooMany, !overflow, words < 1 << 44 else { throw noRoom(projections[place].index) }
            wordCount += words
        }
        guard let words = RowTable.allocateWords(wordCount) else { throw noRoom(projections[0].index) }
        let slots = UnsafeMutablePointer<StructuralRowTable.Slot>.allocate(capacity: max(1, slotCount))
        slots.initialize(repeating: StructuralRowTable.Slot(), count: max(1, slotCount))
        let table = StructuralRowTable(
            projections: projections, populations: populations, controls: controls, words: words,
            wordCount: wordCount, slots: slots, slotCount: slotCount, targets: targets.count)
        fill(table, entries)
        return table
    }

    private func noRoom(_ index: Int) -> Failure {
        Failure(
            .doesNotFit,
            """
            projection \(network.projections[index].name): no memory for rows that could hold all synapses that may \
            come; \
            use more ranks, a smaller s_max or more memory
            """)
    }

    // MARK: - What rows need to know

    private func population(
        _ projection: Projection, _ mechanism: StructuralPlasticity, _ places: [Int]
    ) throws(Failure) -> StructuralRowTable.Population {
        let own = targets.indices.filter { targets[$0].population == projection.post }
        let first = targets[own[0]].firstNeuron
        let cores = own.map {
            StructuralRowTable.Core(
                target: $0, slice: targets[$0].slice, first: targets[$0].firstNeuron - first)
        }
        let plasticity: Plasticity
        if let rule = projection.synapse.stdp {
            let isTaught = !rule.receptors.isEmpty
            plasticity = try rules.plasticity(
                rule, nil, of: projection.post,
                rules.histories(
                    of: projection.post, neurons: cores.reduce(0) { $0 + $1.slice.count },
                    ahead: isTaught ? 2 * ahead : ahead))
        } else {
            plasticity = PlasticityCatalogue.fixedWeights(
                try rules.histories(of: projection.post, neurons: 0, ahead: 0))
        }
        var recent: RecentSpikes?
        if case .lastNeuron(let size) = mechanism.partnerSelection {
            recent = RecentSpikes(cores: cores.count, capacity: size)
        }
        return StructuralRowTable.Population(
            index: projection.post, size: network.populations[projection.post].size, first: first, cores: cores,
            plasticity: plasticity, learns: projection.synapse.isPlastic, mechanism: mechanism,
            attempts: mechanism.attempts(timestep: network.simulation.timestep), recent: recent,
            draws: RewiringDraws(
                mechanism, of: projection.post, network.simulation, cores: own.map { places[$0] }))
    }

    private func rule(
        _ index: Int, _ projection: Projection, _ mechanism: StructuralPlasticity, onto population: Int
    ) -> StructuralRowTable.Projection {
        let type = rules.synapseType(projection)
        let scale = rules.scales[projection.post][type].weightScale
        let steps = DelayRounding(timestep: network.simulation.timestep, onMachine: false)
        let shortest = steps.steps(mechanism.initialDelay.lowerBound)
        let threshold = (mechanism.elimination.threshold * scale).rounded(.toNearestOrEven)
        func part(_ probability: Double) -> UInt32 { UInt32(probability * Double(UInt32.max)) }
        return StructuralRowTable.Projection(
            index: index, type: type, population: population, pre: projection.pre,
            preSize: network.populations[projection.pre].size,
            weight: WeightScaling.quantise(mechanism.initialWeight, scale: scale), delay: shortest,
            delays: steps.steps(mechanism.initialDelay.upperBound) - shortest,
            formation: FormationTable(mechanism.formation, isLateral: projection.pre == projection.post),
            threshold: UInt32(min(threshold, Double(UInt32.max))),
            depressedProbability: part(mechanism.elimination.depressedProbability),
            potentiatedProbability: part(mechanism.elimination.potentiatedProbability))
    }

    // MARK: - Synapses that are there at first

    /// By projection, ascending by target; those of a target and source as they were generated.
    private func generate(
        _ projections: [StructuralRowTable.Projection], _ populations: [StructuralRowTable.Population]
    ) throws(Failure) -> [[Entry]] {
        var all: [[Entry]] = []
        var counts = populations.map { [Int](repeating: 0, count: $0.neurons) }
        for (place, projection) in projections.enumerated() {
            final class Found {
                var entries: [Entry] = []
                var counts: [Int]
                init(_ counts: [Int]) { self.counts = counts }
            }
            let population = populations[projection.population]
            let most = population.mechanism.mostSynapses
            let found = Found(counts[projection.population])
            let cores = population.cores
            rules.generator(projection.index, network: network).generate(cores.map { targets[$0.target] }) {
                core, batch in
                for i in 0..<batch.count {
                    let neuron = Int(batch.neuron[i]) - population.first
                    found.counts[neuron] += 1
                    // The first that are too many are refused below.
                    guard found.counts[neuron] <= most else { continue }
                    found.entries.append(
                        Entry(
                            projection: place, source: Int(batch.pre[i]), core: core, neuron: neuron,
                            weight: batch.weight[i], delay: Int(batch.delay[i])))
                }
            }
            counts[projection.population] = found.counts
            if let neuron = found.counts.firstIndex(where: { $0 > most }) {
                let core = cores.last { $0.first <= neuron } ?? cores[0]
                throw Failure(
                    .badInput,
                    """
                    projection \(network.projections[projection.index].name): neuron \
                    \(core.slice[neuron - core.first]) of \
                    \(network.populations[population.index].name) begins with \(found.counts[neuron]) synapses that \
                    come and go, more \
                    than its s_max of \(most)
                    """)
            }
            let order = found.entries.indices.sorted { a, b in
                let (left, right) = (found.entries[a], found.entries[b])
                return (left.neuron, left.source, a) < (right.neuron, right.source, b)
            }
            all.append(order.map { found.entries[$0] })
        }
        return all
    }

    private static func longestRow(_ entries: [Entry], cores: Int) -> Int {
        var counts: [Int: Int] = [:]
        var longest = 0
        for entry in entries {
            let count = counts[entry.source * cores + entry.core, default: 0] + 1
            counts[entry.source * cores + entry.core] = count
            longest = max(longest, count)
        }
        return longest
    }

    /// Writes all rows, and the slots: the tool puts a neuron's synapses into its last ones, in the order of
    /// projections and sources.
    private func fill(_ table: StructuralRowTable, _ entries: [[Entry]]) {
        table.forEachRow { place, core, row in
            let projection = table.projections[place]
            let cores = table.populations[projection.population].cores.count
            let number = (row.words - table.words - projection.firstWord) / projection.rowWords
            row.begin(projection: place, stage: 0, source: number / cores, count: 0)
        }
        for population in table.populations {
            var counts = [Int](repeating: 0, count: population.neurons)
            for number in population.projections {
                for entry in entries[number] { counts[entry.neuron] += 1 }
            }
            let most = population.mechanism.mostSynapses
            var next = counts.map { most - $0 }
            for number in population.projections {
                let projection = table.projections[number]
                for entry in entries[number] {
                    table.add(
                        entry.weight, delay: entry.delay,
                        to: table.row(
                            projection, source: entry.source, core: entry.core, cores: population.cores.count),
                        onto: entry.neuron, population.plasticity)
                    table.slots[population.firstSlot + entry.neuron * most + next[entry.neuron]] =
                        StructuralRowTable.Slot(
                            projection: UInt32(truncatingIfNeeded: number + 1),
                            source: UInt32(truncatingIfNeeded: entry.source))
                    next[entry.neuron] += 1
                }
            }
        }
    }
}
