public import Topology

/// A worker core of this rank that receives synapses: a slice of a population, and where its neurons stand.
public struct TargetCore: Sendable {
    /// Number of the core in the mapping.
    public var core: Int
    /// Index of the population.
    public var population: Int
    public var slice: NeuronSlice
    /// Index among the rank's neurons of the slice's first neuron.
    public var firstNeuron: Int
    /// Where several cores take in the spikes of the same neurons, the number of this one among them.
    public var copy: Int
    /// Steps that the core's own ring buffers span; longer delays come through a delay extension.
    public var delaySlots: Int

    public init(core: Int, population: Int, slice: NeuronSlice, firstNeuron: Int, delaySlots: Int, copy: Int = 0) {
        self.core = core
        self.population = population
        self.slice = slice
        self.firstNeuron = firstNeuron
        self.delaySlots = delaySlots
        self.copy = copy
    }
}

/// Some synapses of one projection onto one target core, as arrays `[count]`.
struct SynapseBatch {
    /// Most synapses in a batch.
    static let capacity = 4096

    var count: Int
    /// Source neurons, by index in their population.
    let pre: UnsafeMutablePointer<UInt32>
    /// Target neurons, by index among the rank's neurons.
    let neuron: UnsafeMutablePointer<UInt32>
    /// Stored weights.
    let weight: UnsafeMutablePointer<UInt16>
    /// Delays in steps, at least 1.
    let delay: UnsafeMutablePointer<UInt32>
}
