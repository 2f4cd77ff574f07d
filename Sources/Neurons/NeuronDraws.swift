import FixedPoint

/// Random words that are functions of neuron and step, whatever core the neuron is on.
///
/// - Determinism: a word depends on the seed, the population, the neuron, the step and what it is for.
public struct NeuronDraws: Sendable {
    private let random: Philox4x32
    private let population: UInt32
    private let purpose: UInt32
    private let numbers: [UInt32]

    /// - Parameters:
    ///   - purpose: the last word of the counters; its lower 8 bits are zero, and all words from it on are taken.
    ///   - numbers: in the population, of the neurons of a group.
    public init(seed: UInt64, population: UInt32, purpose: UInt32, numbers: [UInt32]) {
        random = Philox4x32(key: seed)
        self.population = population
        self.purpose = purpose
        self.numbers = numbers
    }

    /// The word of the neuron at a position in the group; `draw` tells several in a step apart.
    func word(_ position: Int, time: UInt32, draw: Int) -> UInt32 {
        random.block(numbers[position], time, population, purpose &+ UInt32(truncatingIfNeeded: draw)).0
    }
}
