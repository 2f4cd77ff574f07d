/// What a record of a run's state is of.
///
/// Keys name emulated cores and projections of the network, never ranks: which rank has written a record cannot be
/// seen.
public struct StateKey: Hashable, Comparable, Sendable {
    /// The parts of a run's state.
    public enum Section: UInt32, CaseIterable, Sendable {
        /// Of a neuron core: words of the neurons' state, its generator, its copies of current sources.
        case neurons = 1
        /// Of a core that takes in spikes: input still to come, what was cut, estimates and counts.
        case inputs = 2
        /// Of a source core: its generator, and where each source stands.
        case sources = 3
        /// Of a delay extension: packets that it still has to repeat.
        case delays = 4
        /// Of any core: packets sent.
        case packets = 5
        /// Of a core that sends: packets that arrived of it, and spikes of each of its rows.
        case rows = 6
        /// Of a target core (`number` a learning rule of its population): what its neurons remember of their spikes.
        case histories = 7
        /// Of a target core (`number` a source core): weights and what else their plastic synapses keep.
        case plastic = 8
        /// Of a target core: rewired synapses, slots, generators, spikes to choose from.
        case structural = 9
        /// Of the network (core 0): what changes have made of it, and those to come.
        case changes = 10
        /// Of a target core (`number` a projection): weights that static synapses were given on the way.
        case weights = 11
    }

    public var section: Section
    /// Number of the emulated core.
    public var core: Int
    /// What else names it, or 0.
    public var number: Int

    public init(_ section: Section, core: Int, number: Int = 0) {
        self.section = section
        self.core = core
        self.number = number
    }

    public static func < (a: StateKey, b: StateKey) -> Bool {
        (a.section.rawValue, a.core, a.number) < (b.section.rawValue, b.core, b.number)
    }
}
