import Mapping
import Synapses

/// Where the neurons of a rank stand, and the cores that take in their spikes.
///
/// Neurons of one population stand side by side; groups begin at multiples of 64 for the kernels' sake. Where several
/// cores take in the spikes of the same neurons, the group stands there as often, and the first of these copies is what
/// the kernels read: ``NeuronGroup`` adds the others up into it.
struct NeuronPlaces {
    /// The neuron cores of one population on this rank.
    struct Group {
        var population: Int
        /// Side by side.
        var cores: [TargetCore]
        /// Cores that take in the spikes of each neuron.
        var copies: Int
    }

    private(set) var groups: [Group] = []
    /// Cores that take in spikes, by group, then copy, then slice.
    private(set) var targets: [TargetCore] = []
    /// All places, padding between groups included.
    private(set) var neurons = 0

    /// - Determinism: Places depend on the cores of the rank alone.
    init(_ mapping: Mapping, ranks: [Int32], rank: Int) {
        // By neuron core: synapse cores by number, then the sources that write to its memory.
        var writers: [Int: [(order: Int, core: Int)]] = [:]
        for (number, core) in mapping.cores.enumerated() {
            guard let lead = core.neuronCore, Int(ranks[lead]) == rank else { continue }
            var order = Int.max
            if case .synapses(let number) = core.role { order = number }
            writers[lead, default: []].append((order, number))
        }
        for (number, core) in mapping.cores.enumerated() where core.role == .neurons && Int(ranks[number]) == rank {
            if groups.last?.population != core.population {
                groups.append(
                    Group(population: core.population, cores: [], copies: max(1, writers[number]?.count ?? 1)))
            }
            groups[groups.count - 1].cores.append(
                TargetCore(
                    core: number, population: core.population, slice: core.slice, firstNeuron: 0,
                    delaySlots: core.delaySlots))
        }
        for g in groups.indices {
            neurons = (neurons + 63) / 64 * 64
            for copy in 0..<groups[g].copies {
                for (place, core) in groups[g].cores.enumerated() {
                    var target = core
                    if copy == 0 { groups[g].cores[place].firstNeuron = neurons }
                    if let writers = writers[core.core] {
                        target.core = writers.sorted { ($0.order, $0.core) < ($1.order, $1.core) }[copy].core
                    }
                    (target.firstNeuron, target.copy) = (neurons, copy)
                    targets.append(target)
                    neurons += core.slice.count
                }
            }
        }
    }
}

extension WorkerCore {
    /// A source that hands its weights to a neuron core on its chip instead of sending packets.
    var writesToMemory: Bool { role == .source && neuronCore != nil }
}
