import Diagnostics
import Foundation

/// What to take of the logs of a run, and where to put it.
public struct LogSelection: Sendable {
    /// Folder of the files.
    public var folder: String
    /// The first step.
    public var since: Int
    /// Variables by number of the population; `nil`: all that is recorded.
    public var variables: [Int: Set<String>]?

    public init(into folder: String, since: Int = 0, variables: [Int: Set<String>]? = nil) {
        self.folder = folder
        self.since = since
        self.variables = variables
    }

    func includes(_ population: Int, _ variable: String) -> Bool {
        variables.map { $0[population]?.contains(variable) ?? false } ?? true
    }
}

/// Files that were made of the logs of a run that goes on.
public struct CollectedFiles: Sendable {
    /// Spikes by number of the population, of those in `spikes.h5`; `nil`: there is no such file.
    public var spikes: MergedSpikes?
    public var reports: [FrameReport] = []
    /// Of all steps.
    public var weights: [WeightReport] = []
    public var rewiring: [RewiringReport] = []

    public init() {}
}

extension RunDirectory {
    /// Merges what the logs, all of them written out up to step `until`, have of the steps before it.
    ///
    /// - Parameter marks: Where an earlier reading ended; moved to where this one did.
    /// - Throws: `.outputFailed` for a damaged log or a full disk.
    /// - Complexity: O(what was logged since the earlier reading); from the beginning where `since` is before it.
    public func collect(
        _ selection: LogSelection, until: Int, from marks: inout LogMarks
    ) throws(Failure) -> CollectedFiles {
        if selection.since < marks.step { marks = LogMarks() }
        if mkdir(selection.folder, 0o700) != 0 && errno != EEXIST {
            throw Failure(.cannotCreate, "cannot create the folder \(selection.folder): \(errnoText())")
        }
        var files = CollectedFiles()
        let merger = try SpikeMerger(folder: working, tolerant: true, from: marks)
        var run = merger.run
        run.steps = until
        for index in run.populations.indices {
            run.populations[index].recordsSpikes =
                run.populations[index].recordsSpikes && selection.includes(index, "spikes")
        }
        if run.populations.contains(where: \.recordsSpikes) {
            var merged = MergedSpikes()
            try publish("spikes.h5", in: selection.folder) { (path) throws(Failure) in
                let counter = SpikeFilter(
                    from: selection.since, run.populations.map(\.recordsSpikes),
                    into: try SonataSpikeWriter(creating: path, run: run))
                merged = try merger.merge(into: [counter])
                (merged.spikes, merged.perPopulation) = (counter.perPopulation.reduce(0, +), counter.perPopulation)
            }
            if merged.intactSteps < until {
                throw Failure(
                    .outputFailed,
                    "the spike log of a rank ends at step \(merged.intactSteps) of \(until): "
                        + (merged.logs.compactMap(\.damage).first ?? ""))
            }
            files.spikes = merged
            marks.spikes = merger.marks
        }
        files.reports = try gatherFrames(selection, tolerant: true, from: &marks)
        if selection.variables == nil {
            files.weights = try gatherWeights(tolerant: true, into: selection.folder)
            files.rewiring = try gatherRewiring(tolerant: true, since: selection.since, into: selection.folder)
        }
        marks.step = until
        return files
    }

    /// Removes the logs of all ranks, for a run that begins again.
    ///
    /// - Throws: `.cannotCreate`.
    public func removeLogs() throws(Failure) {
        for name in Files.names(in: working) ?? []
        where SpillKind.allCases.contains(where: { $0.rank(fileName: name) != nil }) {
            try remove("\(RunDirectory.workingName)/\(name)")
        }
    }
}

/// Lets spikes of some populations from some step on through.
private final class SpikeFilter: SpikeSink {
    private let since: UInt32
    private let isWanted: [Bool]
    private let sink: any SpikeSink
    private(set) var perPopulation: [Int]

    init(from since: Int, _ isWanted: [Bool], into sink: any SpikeSink) {
        self.since = UInt32(clamping: since)
        self.isWanted = isWanted
        self.sink = sink
        perPopulation = Array(repeating: 0, count: isWanted.count)
    }

    func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        guard step >= since, isWanted[population] else { return }
        perPopulation[population] += neurons.count
        try sink.take(step: step, population: population, neurons: neurons)
    }

    func finish() throws(Failure) { try sink.finish() }
}

extension RunDirectory {
    /// Merges the logs, all of them finished, into the files of the folder.
    ///
    /// - Throws: `.outputFailed` for a damaged log or a full disk.
    public func gatherAll() throws(Failure) -> CollectedFiles {
        var files = CollectedFiles()
        files.spikes = try gatherSpikes()
        files.reports = try gatherFrames()
        files.weights = try gatherWeights()
        files.rewiring = try gatherRewiring()
        return files
    }
}
