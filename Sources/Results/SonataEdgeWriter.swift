// Weights of a projection as SONATA edges, one population of edges a file:
//
//     /edges/NAME/source_node_id       uint64 [N], attribute `node_population`
//     /edges/NAME/target_node_id       uint64 [N], attribute `node_population`
//     /edges/NAME/edge_type_id         uint32 [N], all 0
//     /edges/NAME/edge_group_id        uint32 [N], all 0
//     /edges/NAME/edge_group_index     uint64 [N], 0 …
//     /edges/NAME/0/syn_weight         float32 [N], attribute `units`: the last sample
//     /edges/NAME/0/delay              float64 [N], ms
//
// Edges are ascending by target, source and delay. Beyond the standard, with samples at intervals:
//
//     /edges/NAME/history/time         float64 [T], ms
//     /edges/NAME/history/syn_weight   float32 [T, N]
//
// and `syn_weight_pending` beside each `syn_weight`, where that was asked for; synapses that come and go have no
// history but ``SonataSampleWriter``'s samples. Stored weights have 16 bits and a scale that is a power of two, so
// float32 holds them exactly.

import Diagnostics
import HDF5

/// Writes one file of weights.
final class SonataEdgeWriter {
    /// A dataset of weights: of the last sample, and of all.
    private struct Weights {
        let last: HDF5Dataset
        let history: HDF5Dataset?
    }

    private let file: HDF5File
    private let signal: WeightSignal
    private let sources: HDF5Dataset
    private let targets: HDF5Dataset
    private let types: HDF5Dataset
    private let groups: HDF5Dataset
    private let places: HDF5Dataset
    private let delays: HDF5Dataset
    private let weights: Weights
    private let pending: Weights?
    private var edges: UInt64 = 0

    /// Creates the file at `path`, which must not exist.
    ///
    /// - Parameters:
    ///   - count: Edges it will have.
    ///   - times: Of the samples, ms; `nil`: no history.
    init(
        creating path: String, _ signal: WeightSignal, _ run: RunDescription, count: Int, times: [Double]?
    ) throws(Failure) {
        let file = try HDF5File(creating: path)
        try file.setAttribute("magic", of: file.root, to: [0x0A7A as UInt32], type: .uint32, scalar: true)
        try file.setAttribute("version", of: file.root, to: [0, 1] as [UInt32], type: .uint32)
        let group = "/edges/\(signal.name)"
        let edges = try file.createGroup(group)
        try file.setAttribute("projection", of: edges, to: signal.projection)
        try file.createGroup("\(group)/0")
        let chunk = [max(1, min(count, 1 << 14))]
        sources = try HDF5Dataset(creating: "\(group)/source_node_id", in: file, type: .uint64, chunk: chunk)
        targets = try HDF5Dataset(creating: "\(group)/target_node_id", in: file, type: .uint64, chunk: chunk)
        for (nodes, population) in [(sources, signal.pre), (targets, signal.post)] {
            try file.setAttribute("node_population", of: nodes.handle, to: run.populations[population].name)
        }
        types = try HDF5Dataset(creating: "\(group)/edge_type_id", in: file, type: .uint32, chunk: chunk)
        groups = try HDF5Dataset(creating: "\(group)/edge_group_id", in: file, type: .uint32, chunk: chunk)
        places = try HDF5Dataset(creating: "\(group)/edge_group_index", in: file, type: .uint64, chunk: chunk)
        delays = try HDF5Dataset(creating: "\(group)/0/delay", in: file, type: .float64, chunk: chunk)
        try file.setAttribute("units", of: delays.handle, to: "ms")
        if let times {
            try file.createGroup("\(group)/history")
            let time = try HDF5Dataset(creating: "\(group)/history/time", in: file, type: .float64, values: times)
            try file.setAttribute("units", of: time.handle, to: "ms")
        }
        func makeWeights(_ name: String) throws(Failure) -> Weights {
            let last = try HDF5Dataset(creating: "\(group)/0/\(name)", in: file, type: .float32, chunk: chunk)
            try file.setAttribute("units", of: last.handle, to: signal.units)
            guard let times else { return Weights(last: last, history: nil) }
            let columns = max(1, min(count, 1 << 14))
            let history = try HDF5Dataset(
                creating: "\(group)/history/\(name)", in: file, type: .float32,
                chunk: [max(1, min(times.count, (1 << 14) / columns)), columns], columns: [count])
            try file.setAttribute("units", of: history.handle, to: signal.units)
            try history.extend(to: times.count)
            return Weights(last: last, history: history)
        }
        weights = try makeWeights("syn_weight")
        pending = signal.hasPending ? try makeWeights("syn_weight_pending") : nil
        self.file = file
        self.signal = signal
    }

    /// Appends edges.
    func append(sources: [UInt64], targets: [UInt64], delays: [Double]) throws(Failure) {
        let zeros = [UInt32](repeating: 0, count: sources.count)
        try self.sources.append(contentsOf: sources)
        try self.targets.append(contentsOf: targets)
        try types.append(contentsOf: zeros)
        try groups.append(contentsOf: zeros)
        try places.append(contentsOf: Array(edges..<(edges + UInt64(sources.count))))
        try self.delays.append(contentsOf: delays)
        edges += UInt64(sources.count)
    }

    /// Appends weights of the last sample.
    func appendLast(_ weights: [Float], pending: [Float]) throws(Failure) {
        try self.weights.last.append(contentsOf: weights)
        try self.pending?.last.append(contentsOf: pending)
    }

    /// Writes weights of a sample, from the edge `first` on.
    func write(sample: Int, from first: Int, _ weights: [Float], pending: [Float]) throws(Failure) {
        for (history, values) in [(self.weights.history, weights), (self.pending?.history, pending)] {
            guard let history, !values.isEmpty else { continue }
            try values.withUnsafeBufferPointer { (buffer) throws(Failure) in
                try history.write(UnsafeRawBufferPointer(buffer), row: sample, column: first, count: values.count)
            }
        }
    }

    /// Makes room for the synapses at each of some times, ms.
    func samples(_ times: [Double]) throws(Failure) -> SonataSampleWriter {
        try SonataSampleWriter(in: file, group: "/edges/\(signal.name)", signal, times: times)
    }

    /// Completes the file.
    func finish() throws(Failure) {
        let all = [sources, targets, types, groups, places, delays, weights.last, weights.history]
        for dataset in all + [pending?.last, pending?.history] {
            if let dataset, dataset.handle.closeNow() < 0 { throw file.failure(dataset.path) }
        }
        try file.close()
    }
}
