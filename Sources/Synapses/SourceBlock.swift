public import Topology

/// The key block of a source core whose packets reach this rank: one row per key.
public struct SourceBlock: Sendable {
    /// Number of the core in the mapping.
    public var core: Int
    /// Index of the population whose spikes the core sends.
    public var population: Int
    public var slice: NeuronSlice
    /// 0: the neurons' own spikes; n: a delay extension that repeats them n times.
    public var stages: Int
    /// Steps between the repetitions of a delay extension.
    public var stageSteps: Int
    /// Which of the rank's target cores the core's packets reach through the routing tables, `[targets]`.
    public var reaches: [Bool]

    public init(
        core: Int, population: Int, slice: NeuronSlice, stages: Int, stageSteps: Int, reaches: [Bool]
    ) {
        self.core = core
        self.population = population
        self.slice = slice
        self.stages = stages
        self.stageSteps = stageSteps
        self.reaches = reaches
    }

    /// Keys of the block, hence rows.
    public var rows: Int { slice.count * max(stages, 1) }
}
