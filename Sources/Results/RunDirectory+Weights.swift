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
        try gatherWeights(tolerant: tolerant, into: path)
    }

    /// The same into another folder.
    func gatherWeights(tolerant: Bool, into folder: String) throws(Failure) -> [WeightReport] {
        var parts: [[WeightSpillReader]] = []
        for part in SpillPart.all(in: working) {
            var readers: [WeightSpillReader] = []
            for rank in part.ranks(.weights) {
                do throws(Failure) {
                    let reader = try WeightSpillReader(path: part.path(.weights, rank: rank), limit: part.limit)
                    if !tolerant && !reader.isComplete {
                        throw Failure(
                            .outputFailed, "\(reader.input.path) is damaged at \(reader.input.damage ?? "its end")")
                    }
                    if let first = parts.first?.first ?? readers.first,
                        !first.input.header.run.isSameRun(as: reader.input.header.run)
                            || first.signals != reader.signals
                    {
                        throw Failure(.outputFailed, "\(reader.input.path) is of another run than the other logs")
                    }
                    readers.append(reader)
                } catch {
                    if !tolerant { throw error }
                }
            }
            // A rank without a log leaves holes that nobody could see.
            guard let first = readers.first, readers.count == first.input.header.run.ranks else { break }
            parts.append(readers)
        }
        guard let first = parts.first?.first else { return [] }
        var reports: [WeightReport] = []
        for signal in first.signals.indices {
            if let report = try gatherWeights(of: signal, from: parts, into: folder) { reports.append(report) }
        }
        return reports
    }

    private func gatherWeights(
        of number: Int, from parts: [[WeightSpillReader]], into folder: String
    ) throws(Failure) -> WeightReport? {
        let signal = parts[0][0].signals[number]
        let run = parts[0][0].input.header.run
        guard max(signal.pre, signal.post) < run.populations.count, signal.scale != 0 else {
            throw Failure(.bug, "the logs of weights name populations that are not there")
        }
        // By sample its step, the logs that have it, and its number in them.
        var taken: [(step: UInt32, readers: [WeightSpillReader], number: Int)] = []
        for readers in parts {
            let count = readers.map { $0.samples[number].count }.min() ?? 0
            let steps = readers[0].samples[number].prefix(count).map(\.step)
            guard readers.allSatisfy({ $0.samples[number].prefix(count).map(\.step) == steps }) else {
                throw Failure(.bug, "ranks disagree about when the weights of \(signal.projection) are recorded")
            }
            taken += steps.enumerated().map { ($1, readers, $0) }
        }
        guard !taken.isEmpty else { return nil }
        let (samples, steps) = (taken.count, taken.map(\.step))
        func blocks(_ sample: Int) -> [WeightBlock] {
            Self.blocks(of: taken[sample].readers, signal: number, sample: taken[sample].number)
        }
        let last = blocks(samples - 1)
        let count = last.reduce(0) { $0 + $1.count }
        let times = signal.interval == nil ? nil : steps.map { Double($0) * run.timestep }
        let path = "weights/\(signal.name).h5"
        try publish(path, in: folder) { (temporary) throws(Failure) in
            let writer = try SonataEdgeWriter(
                creating: temporary, signal, run, count: count, times: signal.isStructural ? nil : times)
            for place in last {
                let own = try place.synapses(timestep: run.timestep)
                try writer.append(sources: own.sources, targets: own.targets, delays: own.delays)
            }
            for place in last {
                let (own, pending) = try place.weights(signal)
                try writer.appendLast(own, pending: pending)
            }
            if times != nil, !signal.isStructural {
                for sample in 0..<samples {
                    var first = 0
                    for place in blocks(sample) {
                        let (own, pending) = try place.weights(signal)
                        try writer.write(sample: sample, from: first, own, pending: pending)
                        first += place.count
                    }
                }
            } else if let times {
                let writer = try writer.samples(times)
                for sample in 0..<samples {
                    for place in blocks(sample) {
                        let synapses = try place.synapses(timestep: run.timestep)
                        let (own, pending) = try place.weights(signal)
                        try writer.append(
                            sources: synapses.sources, targets: synapses.targets, delays: synapses.delays, own,
                            pending: pending)
                    }
                    writer.endSample()
                }
                try writer.finish()
            }
            try writer.finish()
        }
        return WeightReport(file: path, projection: signal.projection, synapses: count, samples: samples)
    }

    /// Synapses of one block of a log, with their weights in a sample.
    private struct WeightBlock {
        var reader: WeightSpillReader
        var at: WeightSpillReader.Synapses
        var weights: (block: SpillBlock, offset: Int)

        var count: Int { Int(at.block.count) }

        func synapses(timestep: Double) throws(Failure) -> (sources: [UInt64], targets: [UInt64], delays: [Double]) {
            let bytes = try reader.input.payload(of: at.block, at: at.offset)
            func words(_ column: Int) -> [UInt32] {
                (0..<count).map { bytes.littleEndianWord(at: 4 * (column * count + $0)) }
            }
            return (
                words(0).map { UInt64($0) }, words(1).map { UInt64($0) }, words(2).map { Double($0) * timestep }
            )
        }

        /// The stored weights, and the pending ones if there are any.
        func weights(_ signal: WeightSignal) throws(Failure) -> ([Float], [Float]) {
            let bytes = try reader.input.payload(of: weights.block, at: weights.offset)
            let values = bytes.withUnsafeBytes { raw in
                (0..<(raw.count / 2)).map {
                    signal.weight(raw.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self).littleEndian)
                }
            }
            return (Array(values.prefix(count)), Array(values.dropFirst(count)))
        }
    }

    /// All blocks of a sample, ascending by target: a target's synapses are on one rank.
    private static func blocks(of readers: [WeightSpillReader], signal: Int, sample: Int) -> [WeightBlock] {
        var blocks: [(reader: Int, number: Int, block: WeightBlock)] = []
        for (place, reader) in readers.enumerated() {
            let own = reader.samples[signal][sample]
            for (number, (synapses, weights)) in zip(own.synapses, own.weights).enumerated() {
                blocks.append((place, number, WeightBlock(reader: reader, at: synapses, weights: weights)))
            }
        }
        blocks.sort {
            ($0.block.at.firstTarget, $0.reader, $0.number) < ($1.block.at.firstTarget, $1.reader, $1.number)
        }
        return blocks.map(\.block)
    }
}
