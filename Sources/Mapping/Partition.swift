// Cutting populations into cores.
//
// A core holds at most `neurons_per_core` neurons of one population; all of a population's cores are full but the
// last. Two things pull the other way:
//
//  * Ring buffers. A spike's weight waits in one of 2^d slots, and slot, synapse type and neuron together index at most
//    2^14 words. Few neurons leave room for long delays: 256 neurons and two types leave 5 bits, 32 steps. A core gets
//    as many slots as its longest incoming delay asks for, or as many as the neurons that were asked for leave. Delays
//    within the slots are dendritic and what lies beyond is not, which plastic synapses tell apart: so no estimate may
//    change the slots. Where the data memory is short, a core holds fewer neurons, and the slots stay.
//  * Shapes. A population laid out in two or three dimensions can be cut into blocks (``Tiling``).
//  * Synapse cores. Neurons and synapses can be on different cores (``SplitCores``): neither then has to hold both.
//  * Delay extensions. What arrives later than the slots can hold goes through a parrot: an extra core per source core
//    that repeats each spike `slots`, `2·slots`, … steps later under its own keys, one block of keys a stage. A
//    synapse of delay d > slots belongs to stage s = (d − 1) / slots and keeps the delay (d − 1) mod slots + 1. A
//    source has one extension for all its targets, so its stages are as long as the fewest slots among those targets.
//    The parrot counts pending spikes in a byte per neuron and step: long delays make smaller slices.

public import Diagnostics
public import Topology

/// Cuts a network into cores.
///
/// - Throws: `.badInput` when a limit in the file is not positive; `.doesNotFit` when not even one neuron fits a core.
/// - Complexity: O(cores × projections into them + rows of lists).
/// - Determinism: a function of the network alone.
/// - Source: Documentation/Chip.md, "Capacity", "Rows", "Delay extensions".
public func partition(_ network: Network) throws(Failure) -> Partition {
    let populations = network.populations
    let limits = network.machine.core
    let delays = network.projections.indices.map {
        DelayBounds(of: network.projections[$0], timestep: network.simulation.timestep)
    }
    var longest = [Int](repeating: 1, count: populations.count)
    var incoming = [[Int]](repeating: [], count: populations.count)
    for i in network.projections.indices {
        let post = network.projections[i].post
        longest[post] = max(longest[post], delays[i].longest)
        incoming[post].append(i)
    }

    let tables = populationTables(network, incoming)
    let types = populations.indices.map { typeBits(of: $0, in: network) }
    let histories = network.historyBytes
    var size: [Int] = []
    var slots: [Int] = []
    var reasons: [SliceLimit] = []
    for p in populations.indices {
        var (most, slotsOfCore, reason) = try sliceLimit(
            of: p, in: network, typeBits: types[p], longest: longest[p], historyBytes: histories[p], table: tables[p])
        if let shorter = sliceLimit(ofRowsInto: p, incoming[p], most, network) { (most, reason) = (shorter, .rowWords) }
        guard most > 0 else { throw tooLongRow(p, network) }
        size.append(most)
        slots.append(slotsOfCore)
        reasons.append(most >= populations[p].size ? .size : reason)
    }
    let (stageSlots, stages) = extensionStages(network, delays, slots)
    for p in populations.indices where stages[p] > 0 {
        let steps = stageSlots[p] * (stages[p] + 1)
        let most = CoreMemory.delayedNeuronLimit(steps: steps, limits: limits)
        guard most > 0 else {
            throw Failure(
                .doesNotFit,
                "population \"\(populations[p].name)\": delays of up to \(steps) steps need \(steps) bytes of data "
                    + "memory a neuron on a delay extension, more than a core has (\(limits.dtcm)); shorten the "
                    + "delays or lengthen the timestep")
        }
        if min(size[p], populations[p].size) > most { (size[p], reasons[p]) = (most, .dataMemory) }
    }
    let split = SplitCores(network)
    var tilings = populations.indices.map { populations[$0].tiling(atMost: size[$0]) }
    for (p, target) in split.directTarget.enumerated() {
        guard let target else { continue }
        tilings[p] = tilings[target]
        reasons[p] = tilings[p].count == 1 ? .size : .synapseCores
    }
    let cores = populations.indices.reduce(0) {
        $0 + tilings[$1].count * (1 + (stages[$1] > 0 ? 1 : 0) + split.counts[$1])
    }
    guard cores <= mostCores else {
        throw Failure(
            .doesNotFit,
            "the network needs \(cores) cores, but the largest machine has \(mostCores); use fewer neurons, or more of "
                + "them on a core")
    }
    return assemble(
        network, incoming: incoming, delays: delays, tilings: tilings, split: split, limits: reasons,
        types: types, histories: histories, tables: tables, slots: slots, stageSlots: stageSlots, stages: stages)
}

/// Worker cores of a machine of 256 by 256 chips.
private let mostCores = 256 * 256 * 17

/// Bits of the synapse type in a ring-buffer index.
private func typeBits(of p: Int, in network: Network) -> Int {
    bitsToCount(network.populations[p].model.receptors.count + network.populations[p].learningReceptors.count)
}

/// By population: bytes of the population table of one of its cores, delay extensions aside.
private func populationTables(_ network: Network, _ incoming: [[Int]]) -> [Int] {
    var lastTarget = [Int](repeating: -1, count: network.populations.count)
    return incoming.enumerated().map { target, projections in
        var sources = 0
        for i in projections where lastTarget[network.projections[i].pre] != target {
            lastTarget[network.projections[i].pre] = target
            sources += 1
        }
        return sources * CoreMemory.tableEntry + projections.count * CoreMemory.address
    }
}

/// Neurons of a full core and its slots, before rows and delay extensions are considered, and what keeps it from more.
///
/// Slots follow from the neurons that were asked for, never from those that the data memory leaves.
private func sliceLimit(
    of p: Int, in network: Network, typeBits types: Int, longest: Int, historyBytes: Int, table: Int
) throws(Failure) -> (size: Int, slots: Int, limit: SliceLimit) {
    let (population, limits) = (network.populations[p], network.machine.core)
    guard population.size > 0 else {
        throw Failure(
            .badInput, "population \"\(population.name)\" has no neurons; its size has to be at least 1")
    }
    let isSource = population.model.kind != .neuron
    let asked = network.askedNeurons(of: p)
    guard asked > 0 else {
        throw Failure(
            .badInput, "population \"\(population.name)\": \(asked) neurons per core; it has to be at least 1")
    }
    let reason: SliceLimit =
        population.neuronsPerCore != nil ? .neuronsPerCore : isSource ? .sourcesDefault : .neuronsDefault
    let wanted = min(asked, population.size)
    var (indexed, slots, most) = (wanted, 0, 0)
    if isSource {
        most = min(wanted, max(0, limits.dtcm - CoreMemory.fixedDTCM) / CoreMemory.sourceDTCM)
    } else {
        let bits = limits.ringBufferBits - types
        indexed = bits < 0 ? 0 : min(wanted, 1 << min(bits, 30))
        slots = limits.delaySlots(neurons: indexed, typeBits: types, longest: longest)
        most = CoreMemory.neuronLimit(
            atMost: indexed, typeBits: types, slots: slots, historyBytes: historyBytes,
            // Delay extensions are sources as well.
            table: longest > slots ? 2 * table : table,
            isSplit: population.synapseCores != nil, limits: limits)
    }
    guard most > 0 else {
        let needs = slots > 1 ? ", \(slots) slots for delays of up to \(longest) steps" : ""
        throw Failure(
            .doesNotFit,
            "population \"\(population.name)\": not even one neuron fits a core with \(limits.dtcm) bytes of data "
                + "memory and \(limits.ringBufferBits) ring-buffer bits\(needs); raise the limits under \"machine\": "
                + "{\"core\": …}\(slots > 1 ? " or shorten the delays" : "")")
    }
    return (most, slots, most < indexed ? .dataMemory : indexed < wanted ? .ringBufferBits : reason)
}

/// Neurons of a core of a target that keep all rows within the limit; `nil` when `size` does, 0 when none do.
private func sliceLimit(ofRowsInto target: Int, _ incoming: [Int], _ size: Int, _ network: Network) -> Int? {
    let limit = network.machine.core.rowWords
    let population = network.populations[target].size
    func fits(_ i: Int, _ size: Int) -> Bool {
        // Without repeated pairs no row is longer than the slice.
        let isPlastic = network.projections[i].synapse.isPlastic
        let room = network.projections[i].synapse.structural?.mostSynapses ?? 0
        let most = CoreMemory.rowWords(synapses: max(room, min(size, population)), isPlastic: isPlastic)
        if most <= limit && !network.projections[i].connector.mayRepeat { return true }
        let projection = network.projections[i]
        let listed = projection.longestListedRows(network.populations[target].tiling(atMost: size), in: network).max()
        let synapses = listed ?? projection.longestRow(on: NeuronSlice(0..<min(size, population)), in: network)
        return CoreMemory.rowWords(synapses: max(room, synapses), isPlastic: isPlastic) <= limit
    }
    // Shorter slices have shorter rows, but those of a list also depend on where slices begin: until all fit.
    var most = size
    while most > 0, let tooLong = incoming.first(where: { !fits($0, most) }) {
        var (good, bad) = (0, most)
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if fits(tooLong, middle) { good = middle } else { bad = middle }
        }
        most = good
    }
    return most < size ? most : nil
}

private func tooLongRow(_ target: Int, _ network: Network) -> Failure {
    Failure(
        .doesNotFit,
        "population \"\(network.populations[target].name)\": some source neuron has more synapses onto a single "
            + "neuron of it, or room for more that may come, than a row of \(network.machine.core.rowWords) words "
            + "holds; use fewer synapses for a pair of neurons, a smaller s_max, "
            + "or raise \"machine\": {\"core\": {\"row_words\": …}}")
}

/// By source population: the slots of a delay stage and how many stages; 0 where no extension is needed.
private func extensionStages(
    _ network: Network, _ delays: [DelayBounds], _ slots: [Int]
) -> (slots: [Int], stages: [Int]) {
    var fewest = [Int](repeating: 0, count: network.populations.count)
    var longest = fewest
    for (i, delay) in delays.enumerated() where delay.longest > slots[network.projections[i].post] {
        let (p, post) = (network.projections[i].pre, network.projections[i].post)
        guard slots[post] > 0 else { continue }
        fewest[p] = fewest[p] == 0 ? slots[post] : min(fewest[p], slots[post])
        longest[p] = max(longest[p], delay.longest)
    }
    return (fewest, zip(longest, fewest).map { $1 == 0 ? 0 : ($0 + $1 - 1) / $1 - 1 })
}

private func assemble(
    _ network: Network, incoming: [[Int]], delays: [DelayBounds], tilings: [Tiling], split: SplitCores,
    limits: [SliceLimit], types: [Int], histories: [Int], tables: [Int], slots: [Int], stageSlots: [Int], stages: [Int]
) -> Partition {
    var result = Partition(
        slices: [], coresOf: [], tilings: tilings, extensionsOf: [], synapseCoresOf: [], split: split, limits: limits,
        delays: delays,
        rates: SimulationLoad().rates(in: network),
        names: network.populations.indices.map { network.populations[$0].name })
    result.slices.reserveCapacity(tilings.reduce(0) { $0 + $1.count })
    var synapseCores = [[Slice]](repeating: [], count: network.populations.count)
    // By population: sources that write to its memory.
    var directSources = [Int](repeating: 0, count: network.populations.count)
    for case let target? in split.directTarget { directSources[target] += 1 }
    // By population: the last target whose table and bit fields count it, and its delay extension.
    var lastTarget = [(direct: Int, delayed: Int)](repeating: (-1, -1), count: network.populations.count)
    for p in network.populations.indices {
        let first = result.slices.count
        let tiling = tilings[p]
        let matrices = incoming[p].map { i in
            Matrices.of(
                projection: i, delays[i], in: network, tiling: tiling, slots: slots[p],
                stages: stages[network.projections[i].pre])
        }
        // Bytes of all matrices but those of lists by the neurons of a core: full ones, and those at the edges.
        let drawnRows = tiling.sliceCounts.map { neurons in
            (neurons: neurons, bytes: matrices.reduce(0) { $0 + $1.drawnBytes(neurons, in: network) })
        }
        let listed = matrices.filter { !$0.listed.isEmpty }
        func rows(of core: Int, _ neurons: Int) -> Int {
            listed.reduce(drawnRows.first { $0.neurons == neurons }?.bytes ?? 0) { $0 + $1.listed[core] }
        }
        // What every core of the population has.
        var common = CoreRegions()
        common.populationTable = tables[p]
        for matrix in matrices {
            func addBits(_ neurons: Int) { common.bitFields += (neurons + 31) / 32 * CoreMemory.wordBytes }
            if matrix.isDirect, lastTarget[matrix.pre].direct != p {
                lastTarget[matrix.pre].direct = p
                addBits(matrix.sourceNeurons)
            }
            guard matrix.isDelayed else { continue }
            common.populationTable += CoreMemory.address
            if lastTarget[matrix.pre].delayed != p {
                lastTarget[matrix.pre].delayed = p
                addBits(matrix.sourceNeurons * matrix.stages)
                // The table of direct sources is counted already.
                common.populationTable += CoreMemory.tableEntry
            }
        }
        // Beside rows of synapses that come and go, a neuron has a word for each that it can have.
        let mostSynapses = incoming[p].lazy.compactMap { network.projections[$0].synapse.structural?.mostSynapses }
            .first
        let slotBytes = (mostSynapses ?? 0) * CoreMemory.wordBytes
        let isSource = network.populations[p].model.kind != .neuron
        let isSplit = split.counts[p] > 0
        let writers = split.counts[p] + directSources[p]
        let types = isSource ? 0 : types[p]
        for number in 0..<tiling.count {
            let neurons = tiling.slice(number)
            var regions = isSplit ? CoreRegions() : common
            regions.parameters = neurons.count * CoreMemory.neuronSDRAM
            if isSource { regions.spikeTimes = network.populations[p].storedSpikes(of: neurons) * CoreMemory.wordBytes }
            if !network.populations[p].record.isEmpty {
                regions.recordings = CoreMemory.recordings(of: network.populations[p], neurons, network.simulation)
            }
            if isSplit {
                regions.transfers = writers * CoreMemory.transfer(neurons: neurons.count, typeBits: types)
            } else {
                regions.rows += slotBytes * neurons.count
                regions.rows += rows(of: number, neurons.count)
            }
            result.slices.append(
                Slice(
                    role: isSource ? .source : .neurons, population: p, neurons: neurons, delaySlots: slots[p],
                    dtcm: isSource
                        ? CoreMemory.fixedDTCM + neurons.count * CoreMemory.sourceDTCM
                        : isSplit
                            ? CoreMemory.dtcmOfNeurons(neurons.count, typeBits: types)
                            : CoreMemory.dtcm(
                                neurons: neurons.count, typeBits: types, slots: slots[p], historyBytes: histories[p],
                                table: regions.populationTable, isSplit: false),
                    regions: regions))
        }
        result.coresOf.append(first..<result.slices.count)
        guard isSplit else { continue }
        // The synaptic matrices are laid out once for all synapse cores of a slice, by the first.
        synapseCores[p] = (0..<tiling.count).flatMap { number in
            let neurons = tiling.slice(number)
            var regions = common
            regions.rows += rows(of: number, neurons.count)
            return (0..<split.counts[p]).map { k in
                Slice(
                    role: .synapses(number: k), population: p, neurons: neurons, delaySlots: slots[p],
                    dtcm: CoreMemory.dtcm(
                        neurons: neurons.count, typeBits: types, slots: slots[p], historyBytes: histories[p],
                        table: common.populationTable, isSplit: true),
                    regions: k == 0 ? regions : CoreRegions(), neuronCore: first + number)
            }
        }
    }
    for (p, target) in split.directTarget.enumerated() {
        guard let target else { continue }
        for (core, neurons) in zip(result.coresOf[p], result.coresOf[target]) {
            result.slices[core].neuronCore = neurons
        }
    }
    for p in network.populations.indices {
        let first = result.slices.count
        if stages[p] > 0 {
            for core in result.coresOf[p] {
                let neurons = result.slices[core].neurons
                result.slices.append(
                    Slice(
                        role: .delayExtension(stages: stages[p]), population: p, neurons: neurons,
                        delaySlots: stageSlots[p],
                        dtcm: CoreMemory.fixedDTCM + neurons.count * stageSlots[p] * (stages[p] + 1),
                        regions: CoreRegions()))
            }
        }
        result.extensionsOf.append(first..<result.slices.count)
    }
    for cores in synapseCores {
        result.synapseCoresOf.append(result.slices.count..<result.slices.count + cores.count)
        result.slices += cores
    }
    return result
}

/// The synaptic matrices of one projection: one of its source neurons, and one of the stages of their delay extension.
private struct Matrices {
    let pre: Int
    let sourceNeurons: Int
    let isDirect: Bool
    let isDelayed: Bool
    let stages: Int
    /// Bytes by core, for lists.
    private(set) var listed: [Int] = []
    private let projection: Int
    private let isPlastic: Bool
    /// Synapses of a row that may come, where they come and go.
    private let most: Int
    /// Of all synapses, those in one matrix.
    private let share: Double

    /// - Parameter tiling: How the target is cut.
    static func of(
        projection: Int, _ delay: DelayBounds, in network: Network, tiling: Tiling, slots: Int, stages: Int
    ) -> Matrices {
        let pre = network.projections[projection].pre
        let isDelayed = delay.longest > slots
        var result = Matrices(
            pre: pre, sourceNeurons: network.populations[pre].size, isDirect: delay.shortest <= slots,
            isDelayed: isDelayed, stages: stages, projection: projection,
            isPlastic: network.projections[projection].synapse.isPlastic,
            most: network.projections[projection].synapse.structural?.mostSynapses ?? 0,
            // Delays that vary are taken to be spread evenly over the stages.
            share: delay.shortest == delay.longest || !isDelayed ? 1 : 1 / Double(stages + 1))
        if network.projections[projection].connector.pattern != nil {
            let longest = network.projections[projection].longestListedRows(tiling, in: network)
            result.listed = longest.map { result.bytes($0) }
        }
        return result
    }

    /// Shared memory on a core of so many neurons, for what is no list.
    func drawnBytes(_ neurons: Int, in network: Network) -> Int {
        guard listed.isEmpty else { return 0 }
        let slice = NeuronSlice(0..<neurons)
        return bytes(network.projections[projection].longestRow(on: slice, share: share, in: network))
    }

    private func bytes(_ longest: Int) -> Int {
        let matrices = (isDirect ? 1 : 0) + (isDelayed ? stages : 0)
        // Rows of synapses that come and go have room for all that may come.
        let words = CoreMemory.rowWords(synapses: max(longest, most), isPlastic: isPlastic)
        return sourceNeurons * matrices * (words + CoreMemory.rowHeaderWords) * CoreMemory.wordBytes
    }
}

extension Population {
    /// Spike times that the cores of `SpikeSourceArray` neurons keep.
    fileprivate func storedSpikes(of neurons: NeuronSlice) -> Int {
        switch spikeTimes {
        case .shared(let times): times.count
        case .perSource(let times):
            neurons.reduce(0) { $0 + ($1 < times.count ? times[$1].count : 0) }
        case nil:
            spikeFile.map { Int(Double($0.spikes) * Double(neurons.count) / Double(max(1, size))) } ?? 0
        }
    }
}
