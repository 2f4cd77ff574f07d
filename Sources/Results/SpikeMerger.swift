// Merging puts the spikes of all ranks into the one order that results have: by step, then population, then neuron.
//
// Each rank's log is in that order already and gives runs, the spikes of one population in one step. A heap holds the
// run at hand of every rank, so the smallest (step, population) is found in O(log ranks); the runs of all ranks that
// share it are joined and sorted, and handed on as one run. Only one block of each log and one joined run are ever in
// memory. The joined runs do not depend on who had which neuron: this is where the results stop knowing about ranks.

import Diagnostics
import Foundation
import HeapModule

/// Takes spikes in ascending (step, population, neuron) order.
public protocol SpikeSink: AnyObject {
    /// Takes the spikes of one population in one step.
    ///
    /// - Parameter neurons: ascending; valid during the call.
    func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure)
    /// Completes the output.
    func finish() throws(Failure)
}

/// What came out of a merge.
public struct MergedSpikes: Sendable, Equatable {
    /// All spikes.
    public var spikes = 0
    /// By population number, recorded or not.
    public var perPopulation: [Int] = []
    /// The contract's `spike_hash`.
    public var hash = ""
    /// By rank; empty when the spikes did not come from logs.
    public var logs: [RankLog] = []

    public init() {}

    /// Steps for which the logs of all ranks are intact.
    public var intactSteps: Int { logs.map(\.intactSteps).min() ?? 0 }
    /// Whether all ranks came to their end.
    public var isComplete: Bool { logs.allSatisfy(\.isComplete) }
}

/// Merges the spike logs of all ranks of a run.
public final class SpikeMerger {
    private struct Head: Comparable {
        var key: UInt64
        var source: Int

        static func < (a: Head, b: Head) -> Bool { (a.key, a.source) < (b.key, b.source) }
    }

    /// The run as the logs describe it.
    public let run: RunDescription
    private let sources: [any SpikeSource]
    /// Of all parts, and of the last.
    private let all: [SpikeSpillReader]
    private let logs: [SpikeSpillReader]
    /// Logs that could not be opened at all.
    private let lost: [RankLog]

    /// Opens the spike logs in a run's working folder.
    ///
    /// - Parameters:
    ///   - tolerant: takes what is intact from damaged and missing logs instead of refusing them.
    ///   - marks: where an earlier reading of the same logs ended.
    /// - Throws: `.noInput` when there are no logs; when not tolerant `.outputFailed` for a log that is missing or
    ///   damaged.
    public init(folder: String, tolerant: Bool = false, from marks: LogMarks = LogMarks()) throws(Failure) {
        var readers: [SpikeSpillReader] = []
        var lost: [RankLog] = []
        var lastRun: RunDescription?
        for part in SpillPart.all(in: folder) {
            let own = try Self.open(part, tolerant: tolerant, from: marks, &lost)
            if let run = own.first?.input.header.run {
                guard lastRun.map(run.isSameRun) ?? true else {
                    throw Failure(
                        tolerant ? .badInput : .outputFailed,
                        "\(own[0].input.path) is of another run than the logs before it")
                }
                lastRun = run
            }
            readers += own
        }
        guard let run = lastRun else {
            throw Failure(.noInput, lost.first?.damage ?? "there are no spike logs in \(folder)")
        }
        self.run = run
        self.lost = lost
        all = readers
        logs = readers.filter { $0.input.header.start == readers.last?.input.header.start }
        sources = readers
        self.tolerant = tolerant
    }

    /// Opens the logs of a part.
    private static func open(
        _ part: SpillPart, tolerant: Bool, from marks: LogMarks, _ lost: inout [RankLog]
    ) throws(Failure) -> [SpikeSpillReader] {
        var readers: [SpikeSpillReader] = []
        let ranks = part.ranks(.spikes)
        for rank in ranks {
            do throws(Failure) {
                let path = part.path(.spikes, rank: rank)
                let reader = try SpikeSpillReader(path: path, limit: part.limit, from: marks.spikes[path])
                if let first = readers.first, !reader.input.header.belongs(with: first.input.header, rank: rank) {
                    throw Failure(.badInput, "\(reader.input.path) is of another run than the other logs")
                }
                readers.append(reader)
            } catch {
                guard tolerant else { throw Failure(.outputFailed, error.message) }
                lost.append(RankLog(rank: rank, damage: error.message))
            }
        }
        for rank in 0..<(readers.first?.input.header.run.ranks ?? 0) where !ranks.contains(rank) {
            guard tolerant else {
                throw Failure(.outputFailed, "the spike log of rank \(rank) is not in \(part.folder)")
            }
            lost.append(RankLog(rank: rank, damage: "there is no log"))
        }
        return readers
    }

    /// Where the logs have been read to, by path.
    var marks: [String: LogMarks.Spikes] {
        var marks: [String: LogMarks.Spikes] = [:]
        for reader in all {
            marks[reader.input.path] = LogMarks.Spikes(position: reader.input.position, steps: reader.log.intactSteps)
        }
        return marks
    }

    /// Merges other sources than logs.
    init(run: RunDescription, sources: [any SpikeSource]) {
        self.run = run
        self.sources = sources
        (all, logs) = ([], [])
        lost = []
        tolerant = false
    }

    private let tolerant: Bool

    /// Hands all spikes to `sinks` in ascending order and finishes them.
    ///
    /// - Throws: what a sink throws; `.outputFailed` for a damaged log unless tolerant.
    /// - Complexity: O(runs · log ranks + spikes); memory: a block of each log and one step of one population.
    public func merge(into sinks: [any SpikeSink] = []) throws(Failure) -> MergedSpikes {
        var result = MergedSpikes()
        result.perPopulation = Array(repeating: 0, count: run.populations.count)
        let hash = SpikeHash()
        var heap = Heap<Head>()
        for (index, source) in sources.enumerated() {
            try push(source, index, &heap)
        }
        var joined = RunJoiner()
        while let head = heap.popMin(), let first = sources[head.source].run {
            joined.append(first.neurons)
            try advance(head.source, &heap)
            while let next = heap.min, next.key == head.key, let run = sources[next.source].run {
                heap.removeMin()
                joined.append(run.neurons)
                try advance(next.source, &heap)
            }
            let step = UInt32(truncatingIfNeeded: head.key >> 32)
            let population = Int(head.key & 0xFFFF_FFFF)
            try joined.join { (neurons) throws(Failure) in
                result.spikes += neurons.count
                result.perPopulation[population] += neurons.count
                try hash.take(step: step, population: population, neurons: neurons)
                for sink in sinks { try sink.take(step: step, population: population, neurons: neurons) }
            }
        }
        for sink in sinks { try sink.finish() }
        result.hash = hash.hex()
        let earlier = all.filter { $0.input.header.start != logs.first?.input.header.start && !$0.log.isComplete }
        result.logs = (logs.map(\.log) + earlier.map(\.log) + lost).sorted { $0.rank < $1.rank }
        return result
    }

    private func key(_ run: SpikeRun) -> UInt64 { UInt64(run.step) << 32 | UInt64(run.population) }

    private func advance(_ index: Int, _ heap: inout Heap<Head>) throws(Failure) {
        try sources[index].advance()
        try push(sources[index], index, &heap)
    }

    /// Puts the run at hand into the heap, or sees whether the source came to a good end.
    private func push(_ source: any SpikeSource, _ index: Int, _ heap: inout Heap<Head>) throws(Failure) {
        if let run = source.run {
            heap.insert(Head(key: key(run), source: index))
        } else if !tolerant, let log = source as? SpikeSpillReader, !log.log.isComplete {
            throw Failure(.outputFailed, "\(log.input.path) is damaged at \(log.log.damage ?? "its end")")
        }
    }
}

extension SpillHeader {
    /// Whether this is the header of `rank` in the same run.
    fileprivate func belongs(with other: SpillHeader, rank: Int) -> Bool {
        self.rank == rank && run == other.run
    }
}
