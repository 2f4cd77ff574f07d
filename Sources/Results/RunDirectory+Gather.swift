import Diagnostics
import Foundation

/// A file format for spikes.
public enum SpikeFormat: String, CaseIterable, Sendable {
    case sonata, csv, nest

    /// The file in the results folder when no other is named.
    public var fileName: String {
        switch self {
        case .sonata: "spikes.h5"
        case .csv: "spikes.csv"
        case .nest: "spikes.dat"
        }
    }

    /// A writer of this format; the file must not exist.
    func writer(creating path: String, run: RunDescription) throws(Failure) -> any SpikeSink {
        switch self {
        case .sonata: try SonataSpikeWriter(creating: path, run: run)
        case .csv: try CSVSpikeWriter(creating: path, run: run)
        case .nest: try NESTSpikeWriter(creating: path, run: run)
        }
    }
}

extension RunDirectory {
    /// The summary of a complete run; `nil` when the run did not come to its end.
    ///
    /// - Throws: `.badInput` when `run.json` is there but damaged.
    public func summary() throws(Failure) -> RunSummary? {
        guard Files.mode(file("run.json")) != nil else { return nil }
        let summary = try RunSummary(path: file("run.json"))
        return summary.status == "complete" ? summary : nil
    }

    /// Whether logs of ranks are there.
    public var hasLogs: Bool {
        (Files.names(in: working) ?? []).contains { SpillKind.spikes.rank(fileName: $0) != nil }
    }

    /// Merges the spike logs of all ranks into `spikes.h5`.
    ///
    /// Called by one rank after all ranks have finished their logs; the logs stay until `removeWorkingFolder()`.
    ///
    /// - Parameter tolerant: recovers what is intact of damaged logs.
    /// - Throws: `.noInput` when there are no logs; `.outputFailed` for a damaged log or a full disk.
    public func gatherSpikes(tolerant: Bool = false) throws(Failure) -> MergedSpikes {
        try mergeLogs(.sonata, tolerant: tolerant) { (body) throws(Failure) in try publish("spikes.h5", body) }
    }

    /// Writes the spikes of a run, complete or not, in another format or to another place.
    ///
    /// - Parameters:
    ///   - path: the file, replaced if it exists; `nil`: in the folder itself, which has to be open for writing.
    /// - Throws: `.noInput` when the run has no spikes to read, `.badInput`, `.cannotCreate`, `.outputFailed`.
    public func export(_ format: SpikeFormat, to path: String? = nil) throws(Failure) -> MergedSpikes {
        let target = path ?? file(format.fileName)
        try requireReplaceable(target)
        let publish = { (body: (String) throws(Failure) -> Void) throws(Failure) in
            if path == nil {
                try self.publish(format.fileName, body)
            } else {
                try Files.publish(target, through: "\(target).partial", body)
            }
        }
        let summary = try summary()
        if summary == nil && hasLogs {
            let merged = try mergeLogs(format, tolerant: true, publish: publish)
            if path == nil { try publishLog() }
            return merged
        }
        let reader = try SonataSpikeReader(path: file("spikes.h5"))
        var run = reader.run
        if let summary { run.complete(with: summary) }
        var merged = MergedSpikes()
        if format == .sonata && path == nil { return try reader.read() }
        try publish { (path) throws(Failure) in
            merged = try reader.read(into: [format.writer(creating: path, run: run)])
        }
        return merged
    }

    /// Sees whether a file can be given this name.
    private func requireReplaceable(_ path: String) throws(Failure) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw Failure(
                .cannotCreate,
                status.st_mode & S_IFMT == S_IFDIR
                    ? "\(path) is a folder; name a file" : "\(path) exists and is not a regular file")
        }
    }

    private func mergeLogs(
        _ format: SpikeFormat, tolerant: Bool,
        publish: ((String) throws(Failure) -> Void) throws(Failure) -> Void
    ) throws(Failure) -> MergedSpikes {
        let merger = try SpikeMerger(folder: working, tolerant: tolerant)
        var merged = MergedSpikes()
        try publish { (path) throws(Failure) in
            merged = try merger.merge(into: [format.writer(creating: path, run: merger.run)])
        }
        return merged
    }
}

extension RunDescription {
    /// Fills in what a spike file does not tell: the populations that were not recorded.
    mutating func complete(with summary: RunSummary) {
        name = summary.name
        seed = summary.seed
        ranks = summary.ranks
        topologySHA256 = summary.topologySHA256
        for (index, population) in summary.populations.enumerated() {
            let full = Population(
                name: population.name, size: population.size, model: population.model,
                recordsSpikes: population.spikes != nil, recordedNeurons: population.recorded)
            if index == populations.count { populations.append(full) }
            if populations[index].recordsSpikes {
                populations[index].model = full.model
            } else {
                populations[index] = full
            }
        }
    }
}
