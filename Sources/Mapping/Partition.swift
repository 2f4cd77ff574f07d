// Cutting populations into cores.
//
// A core holds at most `neurons_per_core` neurons of one population; all of a population's cores are full but the
// last. Two things pull the other way:
//
//  * Ring buffers. A spike's weight waits in one of 2^d slots, and slot, synapse type and neuron together index at most
//    2^14 words. Few neurons leave room for long delays: 256 neurons and two types leave 5 bits, 32 steps. A core gets
//    as many slots as its longest incoming delay asks for, or as many as are left.
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
/// - Source: spinnaker-facts §2.6, §4.2, §6.5.
public func partition(_ network: Network) throws(Failure) -> Partition {
    let populations = network.populations
    let limits = network.machine.core
    let delays = network.projections.map { DelayBounds(of: $0, timestep: network.simulation.timestep) }
    var longest = [Int](repeating: 1, count: populations.count)
    for (projection, delay) in zip(network.projections, delays) {
        longest[projection.post] = max(longest[projection.post], delay.longest)
    }

    var size: [Int] = []
    let histories = populations.indices.map(network.historyBytes)
    for (p, population) in populations.enumerated() {
        size.append(try sliceLimit(population, historyBytes: histories[p], limits))
    }
    var slots = [Int](repeating: 0, count: populations.count)
    var stageSlots = [Int](repeating: 0, count: populations.count)
    var stages = [Int](repeating: 0, count: populations.count)
    var settled = false
    while !settled {
        settled = true
        for (p, population) in populations.enumerated() where population.model.kind == .neuron {
            let most = CoreMemory.slotLimit(
                neurons: min(size[p], population.size), typeBits: typeBits(population),
                historyBytes: histories[p], limits: limits)
            slots[p] = min(most, 1 << bitsToCount(longest[p]))
        }
        (stageSlots, stages) = extensionStages(network, delays, slots)
        // Smaller slices of a source leave it more slots as a target, so that this loop only shortens stages.
        for (p, population) in populations.enumerated() where stages[p] > 0 {
            let steps = stageSlots[p] * (stages[p] + 1)
            let most = CoreMemory.delayedNeuronLimit(steps: steps, limits: limits)
            guard most > 0 else {
                throw Failure(
                    .doesNotFit,
                    "population \"\(population.name)\": delays of up to \(steps) steps need \(steps) bytes of data "
                        + "memory a neuron on a delay extension, more than a core has (\(limits.dtcm)); shorten the "
                        + "delays or lengthen the timestep")
            }
            if min(size[p], population.size) > most {
                size[p] = most
                settled = false
            }
        }
    }
    return assemble(network, delays: delays, size: size, slots: slots, stageSlots: stageSlots, stages: stages)
}

/// Bits of the synapse type in a ring-buffer index.
private func typeBits(_ population: Population) -> Int { bitsToCount(population.model.receptors.count) }

/// Neurons of a full core, before delay extensions are considered.
private func sliceLimit(
    _ population: Population, historyBytes: Int, _ limits: CoreLimits
) throws(Failure) -> Int {
    guard population.size > 0 else {
        throw Failure(.badInput, "population \"\(population.name)\" has no neurons; its size has to be at least 1")
    }
    let isSource = population.model.isSource
    let asked = population.neuronsPerCore ?? (isSource ? limits.sourcesPerCore : limits.neuronsPerCore)
    guard asked > 0 else {
        throw Failure(
            .badInput, "population \"\(population.name)\": \(asked) neurons per core; it has to be at least 1")
    }
    var size = min(asked, population.size)
    if isSource {
        size = min(size, max(0, limits.dtcm - CoreMemory.fixedDTCM) / CoreMemory.sourceDTCM)
    } else {
        while size > 0,
            CoreMemory.slotLimit(
                neurons: size, typeBits: typeBits(population), historyBytes: historyBytes, limits: limits) == 0
        {
            size -= 1
        }
    }
    guard size > 0 else {
        throw Failure(
            .doesNotFit,
            "population \"\(population.name)\": not even one neuron fits a core with \(limits.dtcm) bytes of data memory "
                + "and \(limits.ringBufferBits) ring-buffer bits; raise the limits under \"machine\": {\"core\": …}")
    }
    return size
}

/// By source population: the slots of a delay stage and how many stages; 0 where no extension is needed.
private func extensionStages(
    _ network: Network, _ delays: [DelayBounds], _ slots: [Int]
) -> (slots: [Int], stages: [Int]) {
    var fewest = [Int](repeating: 0, count: network.populations.count)
    var longest = fewest
    for (projection, delay) in zip(network.projections, delays) where delay.longest > slots[projection.post] {
        let p = projection.pre
        guard slots[projection.post] > 0 else { continue }
        fewest[p] = fewest[p] == 0 ? slots[projection.post] : min(fewest[p], slots[projection.post])
        longest[p] = max(longest[p], delay.longest)
    }
    return (fewest, zip(longest, fewest).map { $1 == 0 ? 0 : ($0 + $1 - 1) / $1 - 1 })
}

private func assemble(
    _ network: Network, delays: [DelayBounds], size: [Int], slots: [Int], stageSlots: [Int], stages: [Int]
) -> Partition {
    var result = Partition(
        slices: [], coresOf: [], extensionsOf: [], delays: delays, names: network.populations.map(\.name))
    var incoming = [[Int]](repeating: [], count: network.populations.count)
    for (i, projection) in network.projections.enumerated() { incoming[projection.post].append(i) }
    let listed = network.projections.map { $0.listedSynapses(perNeuronOf: network.populations[$0.post].size) }

    for (p, population) in network.populations.enumerated() {
        let first = result.slices.count
        for start in stride(from: 0, to: population.size, by: size[p]) {
            let neurons = start..<min(population.size, start + size[p])
            var sdram = CoreMemory.fixedSDRAM + neurons.count * CoreMemory.neuronSDRAM
            for i in incoming[p] {
                let projection = network.projections[i]
                let synapses =
                    listed[i].isEmpty
                    ? projection.expectedSynapses(on: neurons, in: network)
                    : Double(listed[i][neurons.upperBound] - listed[i][neurons.lowerBound])
                sdram += CoreMemory.rows(
                    sources: network.populations[projection.pre].size, synapses: synapses,
                    stages: delays[i].longest > slots[p] ? 1 + stages[projection.pre] : 1,
                    isPlastic: projection.synapse.stdp != nil)
            }
            sdram += population.storedSpikes(of: neurons) * CoreMemory.wordBytes
            result.slices.append(
                Slice(
                    role: population.model.isSource ? .source : .neurons, population: p, neurons: neurons,
                    delaySlots: slots[p], sdram: sdram))
        }
        result.coresOf.append(first..<result.slices.count)
    }
    for p in network.populations.indices {
        let first = result.slices.count
        if stages[p] > 0 {
            for core in result.coresOf[p] {
                result.slices.append(
                    Slice(
                        role: .delayExtension(stages: stages[p]), population: p, neurons: result.slices[core].neurons,
                        delaySlots: stageSlots[p], sdram: CoreMemory.fixedSDRAM))
            }
        }
        result.extensionsOf.append(first..<result.slices.count)
    }
    return result
}

extension Population {
    /// Spike times that the cores of `SpikeSourceArray` neurons keep.
    fileprivate func storedSpikes(of neurons: Range<Int>) -> Int {
        switch spikeTimes {
        case .shared(let times): times.count
        case .perSource(let times):
            neurons.clamped(to: times.indices).reduce(0) { $0 + times[$1].count }
        case nil:
            spikeFile.map { Int(Double($0.spikes) * Double(neurons.count) / Double(max(1, size))) } ?? 0
        }
    }
}
