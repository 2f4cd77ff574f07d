public import Mapping
public import Transport

/// What the shares of the ranks are made by; spikes do not depend on it.
public enum RankBalancing: String, Sendable, CaseIterable {
    /// Rates and synapses that can be expected.
    case expected
    /// What a short run before the run counts.
    case pilot
}

/// What a run leaves.
public enum ResultsKind: String, Sendable, CaseIterable {
    /// Numbers: `run.json`, HDF5 files, the log and the provenance.
    case data
    /// Also the page and the raster plot.
    case full
}

/// What a user asks of a run beside the topology file.
public struct RunOptions: Sendable {
    public var file: String
    /// Results folder; `nil`: `NAME.results`.
    public var output: String?
    public var overwrite = false
    /// Replaces the file's, ms.
    public var duration: Double?
    /// Replaces the file's.
    public var seed: UInt64?
    public var realTime = false
    public var exchange = ExchangeMode.auto
    /// Walk every key through the tables with the independent checker.
    public var check = false
    /// Which algorithms map the network; spikes do not depend on them.
    public var mapping = MappingOptions()
    public var balance = RankBalancing.expected
    public var progress = ProgressMeter.Mode.auto
    public var quiet = false
    /// Nothing on the terminal, not even warnings.
    public var silent = false
    public var results = ResultsKind.full
    /// Bytes over all ranks; `nil`: what the host has.
    public var maxMemory: Int?
    /// A file of changes to the network on the way.
    public var changes: String?
    /// Model time to stop at, ms; the run can then go on from its state.
    public var until: Double?
    /// File for the run's state.
    public var stateFile: String?
    /// State to go on from.
    public var resumed: String?
    /// Model time between two states saved, ms.
    public var checkpointInterval: Double?
    /// Hours after which the state is saved and the run stops.
    public var maxHours: Double?
    /// Run one rank of many, without the others.
    public var pretence: Pretence?
    /// Name and version of this program and of what it stands on.
    public var versions: [String: String] = [:]

    public init(file: String) { self.file = file }
}
