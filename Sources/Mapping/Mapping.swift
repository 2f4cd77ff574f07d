public import Machine
public import Topology

/// Where everything is: worker cores, their keys, and the routing tables that join them.
public struct Mapping: Sendable {
    public var machine: Machine
    /// All worker cores: populations in file order, slices ascending, then delay extensions in the same order,
    /// then the synapse cores of each slice.
    ///
    /// The index is the core's number everywhere in the program.
    public var cores: [WorkerCore]
    /// One list a core, ascending: the cores whose neurons (or, towards a delay extension, delayed spikes) it feeds.
    public var targets: [[Int]]
    /// Tables of the chips that have any entry.
    public var tables: [ChipCoordinate: RoutingTable]

    public init(machine: Machine, cores: [WorkerCore], targets: [[Int]], tables: [ChipCoordinate: RoutingTable]) {
        self.machine = machine
        self.cores = cores
        self.targets = targets
        self.tables = tables
    }
}

/// One emulated ARM core and the slice of a population it holds.
public struct WorkerCore: Sendable {
    public enum Role: Sendable, Equatable {
        case neurons
        case source
        /// Repeats its population's spikes `delaySlots`, `2·delaySlots`, … steps later, one key block a stage.
        ///
        /// A synapse whose delay d exceeds the `delaySlots` of its *target* is fed by the extension of its source: by
        /// stage s = (d − 1) / `delaySlots` of the extension, with the delay (d − 1) mod `delaySlots` + 1 left. All
        /// other synapses are fed by the source itself. Stages count from 1 to `stages`.
        case delayExtension(stages: Int)
        /// Takes in the spikes of some of its slice's sources, and hands their sums to the neuron core; sends nothing.
        ///
        /// Those of a slice are numbered from 0.
        case synapses(number: Int)
    }

    public var role: Role
    /// Index of the population.
    public var population: Int
    /// The neurons held (for a delay extension: the neurons whose spikes it repeats).
    public var slice: NeuronSlice
    public var chip: ChipCoordinate
    /// Virtual core number on the chip, from 1.
    public var processor: Int
    /// First key sent: the low `colourBits` carry the tick, the bits above them the key index
    /// (the neuron's place in the slice; for a delay extension (stage − 1) × slice count + that).
    public var key: UInt32
    /// Bits of the key that identify this core.
    public var mask: UInt32
    /// Ring-buffer slots of this core in steps (neurons), or of a stage (delay extension); 0 for sources.
    public var delaySlots: Int
    /// Number of the neuron core, on the same chip, that adds up what this core writes to shared memory: of a synapse
    /// core, and of a source that sends no packets.
    public var neuronCore: Int?

    /// Its spikes travel as multicast packets: it is no synapse core, and writes to no neuron core's memory.
    public var sendsPackets: Bool { neuronCore == nil }

    /// Low key bits that carry the sending tick.
    public static let colourBits = 4

    public init(
        role: Role, population: Int, slice: NeuronSlice, chip: ChipCoordinate, processor: Int, key: UInt32,
        mask: UInt32, delaySlots: Int, neuronCore: Int? = nil
    ) {
        self.role = role
        self.population = population
        self.slice = slice
        self.chip = chip
        self.processor = processor
        self.key = key
        self.mask = mask
        self.delaySlots = delaySlots
        self.neuronCore = neuronCore
    }
}
