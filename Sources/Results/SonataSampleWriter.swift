// Synapses that come and go, as they were at each recorded time, beside the edges of the end (``SonataEdgeWriter``):
//
//     /edges/NAME/samples/time               float64 [T], ms
//     /edges/NAME/samples/first              uint64 [T + 1]: the synapses of sample t are those from first[t] up to
//     first[t + 1]
//     /edges/NAME/samples/source_node_id     uint64 [M]
//     /edges/NAME/samples/target_node_id     uint64 [M]
//     /edges/NAME/samples/delay              float64 [M], ms
//     /edges/NAME/samples/syn_weight         float32 [M]
//     /edges/NAME/samples/syn_weight_pending float32 [M], where that was asked for

import Diagnostics
import HDF5

/// Writes the samples of one file of weights whose synapses come and go.
final class SonataSampleWriter {
    private let file: HDF5File
    private let group: String
    private let sources: HDF5Dataset
    private let targets: HDF5Dataset
    private let delays: HDF5Dataset
    private let weights: HDF5Dataset
    private let pending: HDF5Dataset?
    private var first: [UInt64] = [0]
    private var count: UInt64 = 0

    /// - Parameter times: Of the samples, ms.
    init(in file: HDF5File, group edges: String, _ signal: WeightSignal, times: [Double]) throws(Failure) {
        let group = "\(edges)/samples"
        try file.createGroup(group)
        let time = try HDF5Dataset(creating: "\(group)/time", in: file, type: .float64, values: times)
        try file.setAttribute("units", of: time.handle, to: "ms")
        func column(_ name: String, _ type: HDF5Type, units: String? = nil) throws(Failure) -> HDF5Dataset {
            let column = try HDF5Dataset(creating: "\(group)/\(name)", in: file, type: type, chunk: [1 << 14])
            if let units { try file.setAttribute("units", of: column.handle, to: units) }
            return column
        }
        sources = try column("source_node_id", .uint64)
        targets = try column("target_node_id", .uint64)
        delays = try column("delay", .float64, units: "ms")
        weights = try column("syn_weight", .float32, units: signal.units)
        pending = signal.hasPending ? try column("syn_weight_pending", .float32, units: signal.units) : nil
        self.file = file
        self.group = group
    }

    /// Appends synapses of the sample at hand.
    func append(
        sources: [UInt64], targets: [UInt64], delays: [Double], _ weights: [Float], pending: [Float]
    ) throws(Failure) {
        try self.sources.append(contentsOf: sources)
        try self.targets.append(contentsOf: targets)
        try self.delays.append(contentsOf: delays)
        try self.weights.append(contentsOf: weights)
        try self.pending?.append(contentsOf: pending)
        count += UInt64(sources.count)
    }

    /// Begins the next sample.
    func endSample() { first.append(count) }

    /// Completes the samples.
    func finish() throws(Failure) {
        let places = try HDF5Dataset(creating: "\(group)/first", in: file, type: .uint64, values: first)
        for dataset in [sources, targets, delays, weights, places, pending] {
            if let dataset, dataset.handle.closeNow() < 0 { throw file.failure(dataset.path) }
        }
    }
}

extension HDF5Dataset {
    /// Appends values of the dataset's type.
    func append<T>(contentsOf values: [T]) throws(Failure) {
        try values.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try append(UnsafeRawBufferPointer(buffer))
        }
    }
}
