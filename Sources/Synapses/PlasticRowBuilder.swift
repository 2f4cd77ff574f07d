// Plastic rows are built as static ones are, in two passes over the same synapses (see ``RowTableBuilder``): the first
// counts how many each source has in each plastic projection, the second writes each where it belongs.

public import Diagnostics
import Plasticity
public import Topology

/// Builds a rank's ``PlasticRowTable`` from the network description.
public struct PlasticRowBuilder {
    private let network: Network
    private let rules: SynapseRules
    private let blocks: [SourceBlock]
    private let targets: [TargetCore]
    private let populations: [PlasticRowTable.Population]
    private let projections: [PlasticRowTable.Projection]
    private let controls: ControlLayout
    /// Per source population: places in ``projections`` of its plastic projections.
    private let outgoing: [[Int]]
    /// First cell of each block: one per row and outgoing projection.
    private let firstCell: [Int]
    private let cellCount: Int

    /// - Parameters:
    ///   - blocks: Source cores whose packets reach this rank, ascending.
    ///   - targets: This rank's cores that receive synapses, ascending.
    ///   - ahead: Steps that neurons may be ahead of what is delivered.
    /// - Throws: `badInput` for a rule that cannot be stored, `doesNotFit` for lack of memory.
    public init(
        network: Network, rules: SynapseRules, blocks: [SourceBlock], targets: [TargetCore], ahead: Int
    ) throws(Failure) {
        self.network = network
        self.rules = rules
        self.blocks = blocks
        self.targets = targets
        var populations: [PlasticRowTable.Population] = []
        var learners: [(population: Int, rule: STDPRule?)] = []
        var projections: [PlasticRowTable.Projection] = []
        var outgoing = network.populations.map { _ in [Int]() }
        var mostNeurons = 0
        var longestDelay = 0
        let (plasticity, neuromodulation) = (network.plasticity, network.neuromodulation)
        let reached = Set(targets.map(\.population))
        let here = network.projections.indices.filter {
            Self.isHere(network.projections[$0]) && reached.contains(network.projections[$0].post)
        }
        let bounds = here.map { rules.changeBounds($0) }
        let places = [String: Int](here.enumerated().map { (network.projections[$1].name, $0) }) { first, _ in first }
        for (index, projection) in network.projections.enumerated() {
            guard Self.isHere(projection) else { continue }
            let local = targets.filter { $0.population == projection.post }
            guard let first = local.first else { continue }
            // What only changes others' weights goes with the machine's rule of its population.
            let rule = projection.synapse.stdp ?? plasticity[projection.post].first { !$0.isBeyondSPyNNaker }
            let learner = learners.firstIndex { $0.population == projection.post && $0.rule == rule } ?? learners.count
            if learner == learners.count {
                learners.append((projection.post, rule))
                let neurons = local.reduce(0) { $0 + $1.slice.count }
                mostNeurons = max(mostNeurons, neurons)
                // In each step something may arrive that teaches, beside a spike.
                let isTaught = !(rule?.receptors.isEmpty ?? true)
                let histories = try rules.histories(
                    of: projection.post, neurons: neurons, ahead: isTaught ? 2 * ahead : ahead)
                let made: Plasticity
                if let rule {
                    made = try rules.plasticity(
                        rule, rule.isBeyondSPyNNaker ? nil : neuromodulation[projection.post], of: projection.post,
                        histories)
                } else {
                    made = PlasticityCatalogue.weightChanging(bounds: bounds, histories)
                }
                populations.append(
                    PlasticRowTable.Population(index: projection.post, first: first.firstNeuron, plasticity: made))
            }
            outgoing[projection.pre].append(projections.count)
            projections.append(
                PlasticRowTable.Projection(
                    index: index, type: rules.synapseType(projection),
                    population: learner,
                    stageSteps: blocks.first { $0.population == projection.pre && $0.stages > 0 }.map(\.stageSteps)
                        ?? max(first.delaySlots, 1),
                    modulation: Self.modulation(projection, places)))
            longestDelay = max(longestDelay, min(rules.delayBounds(index).upperBound, first.delaySlots))
        }
        controls = ControlLayout(neurons: mostNeurons)
        guard longestDelay <= controls.longestDelay, projections.count <= 1 << 16 else {
            throw Failure(
                .doesNotFit,
                """
                plastic synapses with delays of \(longestDelay) steps onto \(mostNeurons) neurons of a population on \
                one rank have no room in their words; use more ranks
                """)
        }
        self.populations = populations
        self.projections = projections
        self.outgoing = outgoing
        var firstCell: [Int] = []
        var cells = 0
        for block in blocks {
            firstCell.append(cells)
            cells += block.rows * outgoing[block.population].count
        }
        self.firstCell = firstCell
        cellCount = cells
    }

    /// Its synapses learn, and are there all the time.
    private static func isHere(_ projection: Projection) -> Bool {
        projection.synapse.isPlastic && projection.synapse.structural == nil
    }

    /// What a projection's spikes do to other synapses.
    ///
    /// - Parameter places: Of the plastic projections by name.
    private static func modulation(_ projection: Projection, _ places: [String: Int]) -> Modulation? {
        if projection.synapse.neuromodulation != nil {
            return projection.receptor == "reward" ? .reward : .punishment
        }
        guard let changer = projection.synapse.changer, let place = places[changer.projection] else { return nil }
        return changer.change < 0 ? .decrease(of: place) : .increase(of: place)
    }

    /// Generates the plastic synapses of this rank's targets and packs them into rows.
    ///
    /// - Returns: The rows, and how many plastic synapses each source population has onto each target,
    ///   `[populations][targets]`.
    /// - Throws: `doesNotFit` when there is no memory for the rows.
    /// - Complexity: O(plastic synapses), each generated twice.
    public func build(
        progress: (Double) -> Void = { _ in }
    ) throws(Failure) -> (table: PlasticRowTable, synapsesOnto: [[Int]]) {
        var onto = network.populations.map { _ in [Int](repeating: 0, count: targets.count) }
        let cells = UnsafeMutablePointer<UInt32>.allocate(capacity: max(cellCount, 1))
        cells.initialize(repeating: 0, count: max(cellCount, 1))
        defer { cells.deallocate() }
        pass(
            { projection, target, batch, first in
                onto[network.projections[projections[projection].index].pre][target] += batch.count
                Self.count(batch, first, cells)
            }, progress: { progress($0 / 2) })

        var wordCount = 0
        var synapses = 0
        forEachCell { cell, _, projection, _, _ in
            let count = Int(cells[cell])
            guard count > 0 else { return }
            wordCount += words(count, projection)
            synapses += count
        }
        let rows = blocks.reduce(0) { $0 + $1.rows }
        guard wordCount < Int(UInt32.max), let words = RowTable.allocateWords(wordCount + rows + 1) else {
            throw Failure(
                .doesNotFit,
                """
                this rank's \(synapses) plastic synapses need \(wordCount * 4) bytes, which cannot be had; \
                use more ranks or more memory
                """)
        }
        let index = words + wordCount
        var at = 0
        forEachCell { cell, row, projection, stage, source in
            let count = Int(cells[cell])
            if count > 0 {
                PlasticRow(words + at).begin(projection: projection, stage: stage, source: source, count: count)
                cells[cell] = UInt32(at)
                at += self.words(count, projection)
            }
            index[row + 1] = UInt32(at)
        }
        // Rows without a cell begin where the row before ends.
        for row in 0..<rows { index[row + 1] = max(index[row + 1], index[row]) }

        let filled = UnsafeMutablePointer<UInt32>.allocate(capacity: max(cellCount, 1))
        filled.initialize(repeating: 0, count: max(cellCount, 1))
        defer { filled.deallocate() }
        pass(
            { projection, _, batch, first in
                let place = projections[projection]
                let population = populations[place.population]
                for i in 0..<batch.count {
                    let cell = first[Int(batch.pre[i])]
                    if cell == UInt32.max { continue }
                    let row = PlasticRow(words + Int(cells[Int(cell)]))
                    let number = Int(filled[Int(cell)])
                    filled[Int(cell)] += 1
                    row.controls[number] = controls.word(
                        neuron: batch.neuron[i] &- UInt32(population.first), delay: batch.delay[i])
                    population.plasticity.setWeight(batch.weight[i], of: number, in: row)
                }
            }, progress: { progress(0.5 + $0 / 2) })
        let table = PlasticRowTable(
            projections: projections, populations: populations, controls: controls, rows: rows, words: words,
            wordCount: wordCount, synapses: synapses)
        return (table, onto)
    }

    /// Words of a row part with `count` synapses.
    private func words(_ count: Int, _ projection: Int) -> Int {
        PlasticRow.words(
            count: count, synapseBytes: populations[projections[projection].population].plasticity.synapseBytes)
    }

    /// Visits (cell, row, place of the projection, stage, source) in the order of the words.
    private func forEachCell(_ body: (Int, Int, Int, Int, Int) -> Void) {
        var firstRow = 0
        for (number, block) in blocks.enumerated() {
            var cell = firstCell[number]
            for row in 0..<block.rows {
                let stage = block.stages == 0 ? 0 : row / block.slice.count + 1
                let source = block.slice[row % block.slice.count]
                for projection in outgoing[block.population] {
                    body(cell, firstRow + row, projection, stage, source)
                    cell += 1
                }
            }
            firstRow += block.rows
        }
    }

    /// Generates every plastic projection once; `body` gets its place, the target, a batch and the cells of its
    /// sources.
    private func pass(
        _ body: @escaping (Int, Int, SynapseBatch, UnsafeMutablePointer<UInt32>) -> Void, progress: (Double) -> Void
    ) {
        for (place, plastic) in projections.enumerated() {
            let projection = network.projections[plastic.index]
            let local = targets.filter { $0.population == projection.post }
            let numbers = local.map { target in targets.firstIndex { $0.core == target.core } ?? 0 }
            let slots = local.first?.delaySlots ?? 0
            let outgoing = self.outgoing[projection.pre]
            let column = outgoing.firstIndex(of: place) ?? 0
            let reach = ProjectionReach(
                preSize: network.populations[projection.pre].size, population: projection.pre,
                longestDelay: rules.delayBounds(plastic.index).upperBound, slots: slots,
                stageSteps: plastic.stageSteps, targets: numbers, blocks: blocks,
                cellOfRow: { block, row in firstCell[block] + row * outgoing.count + column })
            rules.generator(plastic.index, network: network).generate(local) { target, batch in
                reach.delays.apply(batch)
                body(place, numbers[target], batch, reach.tables.table(target))
            }
            progress(Double(place + 1) / Double(projections.count))
        }
    }

    @inline(never)
    private static func count(
        _ batch: SynapseBatch, _ first: UnsafeMutablePointer<UInt32>, _ cells: UnsafeMutablePointer<UInt32>
    ) {
        for i in 0..<batch.count {
            let cell = first[Int(batch.pre[i])]
            if cell == UInt32.max { continue }
            cells[Int(cell)] &+= 1
        }
    }
}

extension SynapseRules {
    /// The histories of a population's neurons on this rank.
    func histories(of index: Int, neurons: Int, ahead: Int) throws(Failure) -> PostHistories {
        guard let histories = PostHistories(neurons: neurons, ahead: ahead) else {
            throw Failure(
                .doesNotFit, "no memory for the histories of \(neurons) neurons of \(network.populations[index].name)")
        }
        return histories
    }

    /// Bounds in ring-buffer units of weights that other projections change; `nil` for other weights.
    func changeBounds(_ index: Int) -> ClosedRange<Int32>? {
        let projection = network.projections[index]
        guard let bounds = projection.synapse.changeable else { return nil }
        let scale = scales[projection.post][synapseType(projection)].weightScale
        func units(_ weight: Double) -> Int32 { Int32(min(65535, (weight * scale).rounded(.toNearestOrEven))) }
        return units(bounds.minimum)...units(bounds.maximum)
    }

    /// The plasticity of a population on this rank.
    func plasticity(
        _ rule: STDPRule, _ neuromodulation: Neuromodulation?, of index: Int, _ histories: PostHistories
    ) throws(Failure) -> Plasticity {
        let population = network.populations[index]
        var arguments: [String: Double] = [:]
        for (name, argument) in rule.timing.arguments.merging(rule.weightDependence.arguments, uniquingKeysWith: { $1 })
        {
            if case .number(let value) = argument { arguments[name] = value }
        }
        let parameters = PlasticityParameters(
            arguments: arguments, timestep: network.simulation.timestep,
            weightScale: population.model.isConductanceBased ? 1024 : 1,
            leftShifts: scales[index].map(\.leftShift), backpropDelay: rule.backpropDelay)
        if let name = parameters.oversizedWeight {
            throw Failure(
                .badInput,
                """
                population \(population.name): the plastic synapses' \(name) of \(parameters.argument(name)) has no \
                room in the machine's numbers; the largest is \(65535 / parameters.weightScale)
                """)
        }
        let (timing, weight) = (rule.timing.type, rule.weightDependence.type)
        let made: Plasticity?
        if let neuromodulation {
            made = PlasticityCatalogue.neuromodulated(
                timing: timing, weight: weight, parameters,
                NeuromodulationParameters(
                    tauC: neuromodulation.tauC, tauD: neuromodulation.tauD, minimum: neuromodulation.minimum,
                    maximum: neuromodulation.maximum), histories)
        } else {
            made = PlasticityCatalogue.plasticity(
                timing: timing, weight: weight, parameters, histories,
                WindowDraws(seed: network.simulation.seed, population: index))
        }
        guard let plasticity = made else {
            throw Failure(
                .bug,
                "population \(population.name): no kernel for \(timing) with \(weight)")
        }
        return plasticity
    }
}
