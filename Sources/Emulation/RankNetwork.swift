public import Diagnostics
import Fabric
public import Mapping
import Neurons
import Plasticity
import Synapses
public import Topology

/// What one rank holds of a mapped network: its worker cores with their state, and the rows of everything that can
/// reach them.
public final class RankNetwork {
    let network: Network
    let mapping: Mapping
    let fabric: Fabric
    let rank: Int
    /// Cores of this rank that take in spikes, grouped by population.
    let targets: [TargetCore]
    let groups: [NeuronGroup]
    let sources: [SourceCore]
    let extensions: [DelayExtensionCore]
    /// Ring-buffer scales per population and synapse type.
    let scales: [[RingBufferScale]]
    /// The input of the step being made, and that under way from synapses that learn.
    let ringBuffers: RingBuffers
    private(set) var rows: RowTable
    /// The input under way from static synapses.
    let inputSums: InputSums
    private(set) var deliveries: Deliveries
    /// How synapses are stored, with the weights that have been given to static ones.
    private(set) var rules: SynapseRules
    private let sourceBlocks: [SourceBlock]
    /// All places of neurons, and the longest delay within the ring buffers of a core.
    private let span: (neurons: Int, longest: Int)
    /// The synapses that learn, by the same row numbers.
    let plasticRows: PlasticRowTable
    /// The synapses that come and go, if there are any.
    let structuralRows: StructuralRowTable?
    /// Source cores whose packets reach this rank, by ascending key.
    let blocks: [IncomingBlock]
    /// Other ranks whose packets reach this rank, ascending.
    let sourceRanks: [Int]
    /// Other ranks that this rank's packets reach, ascending.
    let destinationRanks: [Int]
    /// What the chip's encoding does to weights that the user may not expect, a sentence each.
    let warnings: [String]
    /// Steps between two exchanges.
    let window: Int
    /// Synapses of each source population onto each target, `[populations][targets]`, for the load estimate.
    let synapsesOnto: [[Int]]
    /// Plastic synapses of each source population onto each target, `[populations][targets]`.
    let plasticSynapsesOnto: [[Int]]

    /// A source core whose packets reach this rank.
    struct IncomingBlock {
        /// Number of the core in the mapping.
        var core: Int
        var key: UInt32
        var mask: UInt32
        var firstRow: Int
        var rows: Int
        /// Places in ``RankNetwork/extensions`` of the delay extensions it feeds.
        var extensions: [Int]
        /// Targets reached, by place in ``RankNetwork/targets``.
        var reached: [Int]
        /// Its spikes are delivered as counts side by side (``DirectRows``).
        var isDirect = false
        /// Where its spikes find synapses that come and go.
        var routes: [StructuralRoute] = []
        /// Who takes note of its spikes.
        var listeners: [Listener] = []
        /// This is the lowest of the ranks that its packets reach.
        var isFirstReached = false
    }

    /// Takes note of spikes that reach a core, if they have synapses there.
    struct Listener {
        var listener: SpikeListener
        /// By row of the block; empty: all have.
        var hears: [Bool]
    }

    /// Loads the share of rank `rank`.
    ///
    /// - Parameters:
    ///   - ranks: Rank of each core.
    ///   - singleSteps: Exchange after every step, whatever the delays allow.
    /// - Throws: `doesNotFit` when memory cannot be had.
    /// - Determinism: Contents depend on the network and the mapping; what a rank holds, not how, depends on `ranks`.
    public init(
        network: Network, mapping: Mapping, fabric: Fabric, ranks: [Int32], rank: Int, singleSteps: Bool,
        progress: (Double) -> Void
    ) throws(Failure) {
        self.network = network
        self.mapping = mapping
        self.fabric = fabric
        self.rank = rank
        let rules = SynapseRules(network: network, scales: WeightScaling.shifts(network))
        warnings = rules.warnings
        scales = rules.scales
        self.rules = rules

        let places = NeuronPlaces(mapping, ranks: ranks, rank: rank)
        let (targets, next) = (places.targets, places.neurons)
        self.targets = targets
        var slotsOf = [Int](repeating: 1, count: network.populations.count)
        for core in mapping.cores where core.role == .neurons { slotsOf[core.population] = core.delaySlots }

        // Steps that may pass between a packet and its earliest effect.
        var shortest = Int.max
        var longest = 1
        for (index, projection) in network.projections.enumerated() {
            let bounds = rules.delayBounds(index)
            let slots = slotsOf[projection.post]
            shortest = min(shortest, bounds.upperBound > slots ? 1 : bounds.lowerBound)
            longest = max(longest, min(bounds.upperBound, slots))
        }
        window = singleSteps || network.learnsStepByStep ? 1 : max(1, min(shortest, 16))
        let types = network.populations.map(\.receptors.count).max() ?? 0

        var extensions: [DelayExtensionCore] = []
        var extensionOfCore: [Int: Int] = [:]
        for (number, core) in mapping.cores.enumerated() where Int(ranks[number]) == rank {
            if case .delayExtension(let stages) = core.role {
                extensionOfCore[number] = extensions.count
                extensions.append(DelayExtensionCore(core: number, core, stages: stages))
            }
        }
        self.extensions = extensions

        let targetOfCore = Dictionary(uniqueKeysWithValues: targets.enumerated().map { ($1.core, $0) })
        let ownRows = SplitCores(network).ownRows(mapping, of: network)
        var sourceRanks = Set<Int>()
        var destinationRanks = Set<Int>()
        var sourceBlocks: [SourceBlock] = []
        var incoming: [IncomingBlock] = []
        for number in mapping.cores.indices.sorted(by: { mapping.cores[$0].key < mapping.cores[$1].key }) {
            let tree = fabric.trees[number]
            let core = mapping.cores[number]
            if Int(ranks[number]) == rank {
                for reached in tree.cores where Int(ranks[Int(reached)]) != rank {
                    destinationRanks.insert(Int(ranks[Int(reached)]))
                }
            }
            // What writes to shared memory reaches its own place there alone.
            let reached = core.writesToMemory ? [number] : tree.cores.map(Int.init)
            let here = reached.filter { Int(ranks[$0]) == rank }
            let isFirst = !reached.contains { Int(ranks[$0]) < rank }
            guard !here.isEmpty else { continue }
            if Int(ranks[number]) != rank { sourceRanks.insert(Int(ranks[number])) }
            let reachedTargets = here.compactMap { targetOfCore[$0] }
            var reaches = [Bool](repeating: false, count: targets.count)
            for target in reachedTargets {
                // Synapse cores that only learn from the spikes of their own neurons have no rows of them.
                let isOwn = mapping.cores[targets[target].core].neuronCore == number && core.role == .neurons
                reaches[target] = !isOwn || ownRows[number]?.contains(targets[target].copy) == true
            }
            var stages = 0
            if case .delayExtension(let count) = core.role { stages = count }
            sourceBlocks.append(
                SourceBlock(
                    core: number, population: core.population, slice: core.slice, stages: stages,
                    stageSteps: core.delaySlots, reaches: reaches))
            incoming.append(
                IncomingBlock(
                    core: number, key: core.key, mask: core.mask, firstRow: 0, rows: 0,
                    extensions: here.compactMap { extensionOfCore[$0] }, reached: reachedTargets,
                    isFirstReached: isFirst))
        }
        self.sourceRanks = sourceRanks.sorted()
        self.destinationRanks = destinationRanks.sorted()
        self.sourceBlocks = sourceBlocks
        span = (next, longest)

        let builder = try RowTableBuilder(
            network: network, rules: rules, blocks: sourceBlocks, targets: targets, neurons: next, longest: longest)
        let built = try builder.build(progress: { progress(0.5 * $0) })
        rows = built.table
        inputSums = try InputSums(rows.layout, types: max(types, 2))
        deliveries = Deliveries(rows, into: inputSums, longest: longest, window: window)
        let plastic = try PlasticRowBuilder(
            network: network, rules: rules, blocks: sourceBlocks, targets: targets, ahead: window
        ).build(progress: { progress(0.5 + 0.5 * $0) })
        plasticRows = plastic.table
        structuralRows = try StructuralRowBuilder(
            network: network, rules: rules, targets: targets, ahead: window
        ).build(places: Self.placesInPopulation(targets, mapping))
        let deliversAtOnce = plasticRows.synapses > 0 || structuralRows != nil
        ringBuffers = try RingBuffers(
            rows.layout, steps: deliversAtOnce ? longest + window : 1, types: max(types, 2))
        var (fixedOnto, plasticOnto) = (built.synapsesOnto, plastic.synapsesOnto)
        structuralRows?.count(fixed: &fixedOnto, plastic: &plasticOnto)
        (synapsesOnto, plasticSynapsesOnto) = (fixedOnto, plasticOnto)
        for i in incoming.indices {
            incoming[i].firstRow = builder.firstRow[i]
            incoming[i].rows = sourceBlocks[i].rows
            let rows = builder.firstRow[i]..<builder.firstRow[i] + sourceBlocks[i].rows
            if let structuralRows {
                let pre = sourceBlocks[i].stages == 0 ? sourceBlocks[i].population : nil
                if let pre { incoming[i].routes = structuralRows.routes(from: pre, to: incoming[i].reached) }
                for place in incoming[i].reached {
                    guard let listener = structuralRows.listener(at: place, to: pre) else { continue }
                    let hears =
                        listener.hearsAll
                        ? [] : Self.rowsWithSynapses(built.table, plastic.table, rows, on: targets[place])
                    incoming[i].listeners.append(Listener(listener: listener, hears: hears))
                }
            }
            if incoming[i].extensions.isEmpty, incoming[i].routes.isEmpty, incoming[i].listeners.isEmpty,
                network.populations[sourceBlocks[i].population].model.isSource,
                rows.allSatisfy({ plastic.table.isEmpty(row: $0) }), let direct = DirectRows(built.table, rows: rows)
            {
                incoming[i].isDirect = true
                deliveries.setDirect(i, direct)
            }
        }
        blocks = incoming

        var groups: [NeuronGroup] = []
        for group in places.groups {
            groups.append(
                try NeuronGroup(
                    population: group.population, network: network, cores: group.cores, copies: group.copies,
                    scales: rules.scales[group.population],
                    plasticities: plastic.table.populations.filter { $0.index == group.population }.map(\.plasticity)
                        + [structuralRows?.plasticity(of: group.population)].compactMap(\.self)))
        }
        self.groups = groups
        var sources: [SourceCore] = []
        let here = mapping.cores.indices.filter { mapping.cores[$0].role == .source && Int(ranks[$0]) == rank }
        var fileSpikes = try FileSpikes(of: here, mapping, network)
        let tables = PoissonTables()
        for number in here {
            sources.append(
                SourceCore(
                    core: number, mapping.cores[number], network: network, fileSpikes: fileSpikes.take(number),
                    tables: tables))
        }
        self.sources = sources
    }

    /// Gives static synapses the weights that rules have for them.
    ///
    /// - Parameter rules: Those of the network with other weights.
    /// - Returns: What has the spikes under way, to be delivered with the weights they found.
    /// - Throws: `doesNotFit` when memory cannot be had.
    func changeRows(_ rules: SynapseRules) throws(Failure) -> Deliveries {
        let built = try RowTableBuilder(
            network: rules.network, rules: rules, blocks: sourceBlocks, targets: targets, neurons: span.neurons,
            longest: span.longest, groupShift: rows.layout.groupShift
        ).build()
        let changed = Deliveries(built.table, into: inputSums, longest: span.longest, window: window)
        for (place, block) in blocks.enumerated() where block.isDirect {
            let own = block.firstRow..<block.firstRow + block.rows
            guard let direct = DirectRows(built.table, rows: own) else {
                throw Failure(.bug, "rows of one synapse have become others")
            }
            changed.setDirect(place, direct)
        }
        let before = deliveries
        before.settleSpikes()
        built.table.takeSpikes(of: rows)
        (self.rules, rows, deliveries) = (rules, built.table, changed)
        return before
    }

    /// Steps after which no spike is under way in rows that get no more.
    var stepsUnderWay: Int { span.longest + 2 * window }

    /// Most words this rank can publish at once.
    var outboxCapacity: Int {
        let keys = groups.reduce(0) { $0 + $1.count }
        let neuronCores = groups.reduce(0) { $0 + $1.cores.count }
        let payloads =
            sources.reduce(0) { $0 + $1.count } + extensions.reduce(0) { $0 + $1.neurons * $1.stages }
        return PacketWriter.capacity(
            cores: neuronCores + sources.count + extensions.count, packets: keys, payloadPackets: payloads,
            steps: window)
    }

    /// Bytes of rows and inputs.
    var memory: Int {
        rows.memory + plasticRows.memory + (structuralRows?.memory ?? 0) + ringBuffers.memory + inputSums.memory
    }

    /// Synapses at the moment.
    var synapses: Int { rows.synapses + plasticRows.synapses + (structuralRows?.synapses ?? 0) }

    // MARK: - Synapses that come and go

    /// Where each target core stands among all cores of its population.
    private static func placesInPopulation(_ targets: [TargetCore], _ mapping: Mapping) -> [Int] {
        var starts: [Int: [Int]] = [:]
        let populations = Set(targets.map(\.population))
        for core in mapping.cores where core.role == .neurons && populations.contains(core.population) {
            starts[core.population, default: []].append(core.slice.lowerBound)
        }
        for population in populations { starts[population]?.sort() }
        return targets.map { starts[$0.population]?.firstIndex(of: $0.slice.lowerBound) ?? 0 }
    }

    /// Which of some rows have a synapse on a core: the chip's bit field, which lets no other spikes through.
    private static func rowsWithSynapses(
        _ table: RowTable, _ plastic: PlasticRowTable, _ rows: Range<Int>, on core: TargetCore
    ) -> [Bool] {
        var isElsewhere = [UInt32](repeating: 1, count: table.layout.stride)
        for i in 0..<core.slice.count { isElsewhere[core.firstNeuron + i] = 0 }
        return rows.map { row in
            var counts = [0, 0]
            table.countSynapses(row: row, coreOfNeuron: isElsewhere, &counts)
            plastic.countSynapses(row: row, coreOfNeuron: isElsewhere, &counts)
            return counts[0] > 0
        }
    }
}
