import Diagnostics
import Foundation

/// A file of weights that was written.
public struct WeightReport: Codable, Sendable, Equatable {
    /// Relative to the results folder.
    public var file: String
    /// The projection's name.
    public var projection: String
    public var synapses: Int
    /// Samples of each synapse.
    public var samples: Int

    public init(file: String, projection: String, synapses: Int, samples: Int) {
        self.file = file
        self.projection = projection
        self.synapses = synapses
        self.samples = samples
    }

    /// The file is one that a run writes, not one that a summary from elsewhere names.
    var isOurs: Bool {
        let parts = file.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0] == "weights" && parts[1].hasSuffix(".h5")
    }
}

extension RunDirectory {
    /// Merges the recorded weights of all ranks into `weights/PROJECTION.h5`.
    ///
    /// Called by one rank after all ranks have finished their logs; at most a block of a log is in memory.
    ///
    /// - Parameter tolerant: Takes what is intact: the samples that all ranks have, and no file where there are none.
    /// - Throws: `.outputFailed` for a damaged log or a full disk.
    public func gatherWeights(tolerant: Bool = false) throws(Failure) -> [WeightReport] {
        var readers: [WeightSpillReader] = []
        for name in Files.names(in: working) ?? [] where SpillKind.weights.rank(fileName: name) != nil {
            do throws(Failure) {
                let reader = try WeightSpillReader(path: "\(working)/\(name)")
                if !tolerant && !reader.input.isComplete {
                    throw Failure(
                        .outputFailed, "\(reader.input.path) is damaged at \(reader.input.damage ?? "its end")")
                }
                if let first = readers.first,
                    first.input.header.run != reader.input.header.run || first.signals != reader.signals
                {
                    throw Failure(.outputFailed, "\(reader.input.path) is of another run than the other logs")
                }
                readers.append(reader)
            } catch {
                if !tolerant { throw error }
            }
        }
        // A rank without a log leaves holes that nobody could see.
        guard let first = readers.first, readers.count == first.input.header.run.ranks else { return [] }
        var reports: [WeightReport] = []
        for signal in first.signals.indices {
            if let report = try gatherWeights(of: signal, from: readers) { reports.append(report) }
        }
        return reports
    }

    private func gatherWeights(
        of number: Int, from readers: [WeightSpillReader]
    ) throws(Failure) -> WeightReport? {
        let signal = readers[0].signals[number]
        let run = readers[0].input.header.run
        guard max(signal.pre, signal.post) < run.populations.count, signal.scale != 0 else {
            throw Failure(.bug, "the logs of weights name populations that are not there")
        }
        let samples = readers.map { $0.samples[number].count }.min() ?? 0
        guard samples > 0 else { return nil }
        let steps = readers[0].samples[number].prefix(samples).map(\.step)
        guard readers.allSatisfy({ $0.samples[number].prefix(samples).map(\.step) == steps }) else {
            throw Failure(.bug, "ranks disagree about when the weights of \(signal.projection) are recorded")
        }
        // All blocks, ascending by target: a target's synapses are on one rank.
        var blocks: [(reader: Int, block: Int, target: UInt32)] = []
        for (place, reader) in readers.enumerated() {
            for (block, synapses) in reader.synapses[number].enumerated() {
                blocks.append((place, block, synapses.firstTarget))
            }
        }
        blocks.sort { ($0.target, $0.reader, $0.block) < ($1.target, $1.reader, $1.block) }
        let counts = blocks.map { Int(readers[$0.reader].synapses[number][$0.block].block.count) }
        let count = counts.reduce(0, +)
        let times = signal.interval == nil ? nil : steps.map { Double($0) * run.timestep }
        let path = "weights/\(signal.name).h5"
        try publish(path) { (temporary) throws(Failure) in
            let writer = try SonataEdgeWriter(creating: temporary, signal, run, count: count, times: times)
            for (place, count) in zip(blocks, counts) {
                let synapses = readers[place.reader].synapses[number][place.block]
                let bytes = try readers[place.reader].input.payload(of: synapses.block, at: synapses.offset)
                func words(_ column: Int) -> [UInt32] {
                    (0..<count).map { bytes.littleEndianWord(at: 4 * (column * count + $0)) }
                }
                try writer.append(
                    sources: words(0).map { UInt64($0) }, targets: words(1).map { UInt64($0) },
                    delays: words(2).map { Double($0) * run.timestep })
            }
            for sample in times == nil ? samples - 1..<samples : 0..<samples {
                var first = 0
                for (place, count) in zip(blocks, counts) {
                    let weights = readers[place.reader].samples[number][sample].weights[place.block]
                    let bytes = try readers[place.reader].input.payload(of: weights.block, at: weights.offset)
                    let values = bytes.withUnsafeBytes { raw in
                        (0..<(raw.count / 2)).map {
                            signal.weight(raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self).littleEndian)
                        }
                    }
                    let (own, pending) = (Array(values.prefix(count)), Array(values.dropFirst(count)))
                    if times != nil { try writer.write(sample: sample, from: first, own, pending: pending) }
                    if sample == samples - 1 { try writer.appendLast(own, pending: pending) }
                    first += count
                }
            }
            try writer.finish()
        }
        return WeightReport(file: path, projection: signal.projection, synapses: count, samples: samples)
    }
}
