// How a projection's synapses formed and went, a file a projection:
//
//     /rewiring/NAME/timestamps        float64 [N], ms, ascending
//     /rewiring/NAME/source_node_id    uint64 [N], attribute `node_population`
//     /rewiring/NAME/target_node_id    uint64 [N], attribute `node_population`
//     /rewiring/NAME/formed            uint32 [N]: 1 formed, 0 eliminated
//
// Events of a step are ascending by target; those of one target keep their order.

import Diagnostics
import Foundation
import HDF5

/// A file of synapses that formed and went.
public struct RewiringReport: Codable, Sendable, Equatable {
    /// Relative to the results folder.
    public var file: String
    /// The projection's name.
    public var projection: String
    public var formed: Int
    public var eliminated: Int

    public init(file: String, projection: String, formed: Int, eliminated: Int) {
        self.file = file
        self.projection = projection
        self.formed = formed
        self.eliminated = eliminated
    }
}

extension RunDirectory {
    /// Merges what all ranks recorded of synapses that formed and went into `rewiring/PROJECTION.h5`.
    ///
    /// Called by one rank after all ranks have finished their logs; the events of all of them are in memory at once.
    ///
    /// - Parameter tolerant: Takes what is intact: the steps that all logs are complete for.
    /// - Throws: `.outputFailed` for a damaged log or a full disk.
    public func gatherRewiring(tolerant: Bool = false) throws(Failure) -> [RewiringReport] {
        try gatherRewiring(tolerant: tolerant, since: 0, into: path)
    }

    /// The same of the steps from `since` on, into another folder.
    func gatherRewiring(tolerant: Bool, since: Int, into folder: String) throws(Failure) -> [RewiringReport] {
        var header: SpillHeader?
        var hasWholePart = false
        var all: [RewiringEntry] = []
        for part in SpillPart.all(in: working) {
            var logs: [(entries: [RewiringEntry], steps: UInt32)] = []
            for rank in part.ranks(.rewiring) {
                do throws(Failure) {
                    let input = try SpillInput(path: part.path(.rewiring, rank: rank), kind: .rewiring)
                    let (entries, steps) = try Self.entries(of: input)
                    if !tolerant, part.limit.map({ steps < $0 }) ?? !input.isComplete {
                        throw Failure(.outputFailed, "\(input.path) is damaged at \(input.damage ?? "its end")")
                    }
                    if let header,
                        !header.run.isSameRun(as: input.header.run) || header.rewiring != input.header.rewiring
                    {
                        throw Failure(.outputFailed, "\(input.path) is of another run than the other logs")
                    }
                    header = input.header
                    logs.append((entries, steps))
                } catch {
                    if !tolerant { throw error }
                }
            }
            // A rank without a log leaves holes that nobody could see.
            guard let header, logs.count == header.run.ranks else { break }
            hasWholePart = true
            let steps = min(logs.map(\.steps).min() ?? 0, UInt32(clamping: part.limit ?? Int.max))
            // A target's events are of one rank, in their order.
            for log in logs { all += log.entries.filter { $0.step >= since && $0.step < steps } }
            if let limit = part.limit, steps < limit { break }
        }
        guard hasWholePart, let header, let signals = header.rewiring else { return [] }
        let order = all.indices.sorted { (all[$0].step, all[$0].target, $0) < (all[$1].step, all[$1].target, $1) }
        var reports: [RewiringReport] = []
        for (number, signal) in signals.enumerated() {
            guard max(signal.pre, signal.post) < header.run.populations.count else {
                throw Failure(.bug, "the logs of rewiring name populations that are not there")
            }
            let own = order.lazy.map { all[$0] }.filter { $0.signal == number }
            let path = "rewiring/\(signal.name).h5"
            try publish(path, in: folder) { (temporary) throws(Failure) in
                try Self.write(Array(own), signal, header.run, to: temporary)
            }
            let formed = own.count { $0.isFormed }
            reports.append(
                RewiringReport(
                    file: path, projection: signal.projection, formed: formed, eliminated: own.count - formed))
        }
        return reports
    }

    /// The entries of a log, and the steps it is complete for.
    private static func entries(of input: SpillInput) throws(Failure) -> ([RewiringEntry], UInt32) {
        var entries: [RewiringEntry] = []
        var steps = UInt32(truncatingIfNeeded: input.header.start ?? 0)
        let signals = input.header.rewiring?.count ?? 0
        while let (block, payload) = try input.next() {
            let size = 4 * RewiringEntry.words
            guard block.first == steps, payload.count == Int(block.count) * size else {
                input.reject("the block before it makes no sense")
                break
            }
            let own = stride(from: 0, to: payload.count, by: size).map { RewiringEntry(payload, at: $0) }
            guard own.allSatisfy({ block.first..<max(block.first, block.end) ~= $0.step && $0.signal < signals }) else {
                input.reject("the block before it makes no sense")
                break
            }
            entries += own
            steps = block.end
        }
        return (entries, steps)
    }

    private static func write(
        _ entries: [RewiringEntry], _ signal: RewiringSignal, _ run: RunDescription, to path: String
    ) throws(Failure) {
        let file = try HDF5File(creating: path)
        let group = "/rewiring/\(signal.name)"
        let root = try file.createGroup(group)
        try file.setAttribute("projection", of: root, to: signal.projection)
        let times = try HDF5Dataset(
            creating: "\(group)/timestamps", in: file, type: .float64,
            values: entries.map { Double($0.step) * run.timestep })
        try file.setAttribute("units", of: times.handle, to: "ms")
        let sources = try HDF5Dataset(
            creating: "\(group)/source_node_id", in: file, type: .uint64, values: entries.map { UInt64($0.source) })
        let targets = try HDF5Dataset(
            creating: "\(group)/target_node_id", in: file, type: .uint64, values: entries.map { UInt64($0.target) })
        for (nodes, population) in [(sources, signal.pre), (targets, signal.post)] {
            try file.setAttribute("node_population", of: nodes.handle, to: run.populations[population].name)
        }
        let formed = try HDF5Dataset(
            creating: "\(group)/formed", in: file, type: .uint32, values: entries.map { UInt32($0.isFormed ? 1 : 0) })
        for dataset in [times, sources, targets, formed] where dataset.handle.closeNow() < 0 {
            throw file.failure(dataset.path)
        }
        try file.close()
    }
}
