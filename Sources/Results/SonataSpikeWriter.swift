// SONATA spikes: one group per recorded population under /spikes, with
//
//     timestamps   float64 [N], ms, attribute `units`
//     node_ids     uint64 [N], numbers within the population from 0
//     sorting      attribute, enumeration {none, by_id, by_time}
//
// and the root attributes `magic` and `version`. The standard leaves the order of spikes of one time open; here it is
// by neuron, so that equal spikes give equal files. Beyond the standard, attributes keep what is needed to get spikes
// back from the file alone: `timestep` and `steps` on the root, `index`, `size` and the number of `recorded` neurons on
// a population.

import Diagnostics
import HDF5

/// Writes `spikes.h5`.
public final class SonataSpikeWriter: SpikeSink {
    /// One population's share.
    private final class Stream {
        let path: String
        /// Spikes held back, as far as there were any: most of a hundred thousand populations may be silent.
        var times: [Double] = []
        var neurons: [UInt64] = []
        var datasets: (times: HDF5Dataset, neurons: HDF5Dataset)?

        init(path: String) { self.path = path }
    }

    private let file: HDF5File
    private let timestep: Double
    private var streams: [Stream?] = []
    /// Most spikes of a population held back.
    private let limit: Int

    /// Creates the file at `path`, which must not exist, with a group for each recorded population.
    ///
    /// - Throws: `.cannotCreate`, `.outputFailed`.
    public init(creating path: String, run: RunDescription) throws(Failure) {
        let file = try HDF5File(creating: path)
        let root = file.root
        timestep = run.timestep
        try file.setAttribute("magic", of: root, to: [0x0A7A as UInt32], type: .uint32, scalar: true)
        try file.setAttribute("version", of: root, to: [0, 1] as [UInt32], type: .uint32)
        try file.setAttribute("timestep", of: root, to: [run.timestep], type: .float64, scalar: true)
        try file.setAttribute("steps", of: root, to: [UInt64(run.steps)], type: .uint64, scalar: true)
        try file.createGroup("/spikes")
        limit = min(1 << 16, max(1 << 10, (1 << 21) / max(1, run.populations.count)))
        for (index, population) in run.populations.enumerated() {
            guard population.recordsSpikes else {
                streams.append(nil)
                continue
            }
            let path = "/spikes/\(population.name)"
            let group = try file.createGroup(path)
            try file.setAttribute(
                "sorting", of: group, to: 2, of: [("none", 0), ("by_id", 1), ("by_time", 2)])
            try file.setAttribute("index", of: group, to: [UInt32(index)], type: .uint32, scalar: true)
            try file.setAttribute("size", of: group, to: [UInt64(population.size)], type: .uint64, scalar: true)
            try file.setAttribute(
                "recorded", of: group, to: [UInt64(population.recordedNeurons)], type: .uint64, scalar: true)
            streams.append(Stream(path: path))
        }
        self.file = file
    }

    public func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        guard let stream = streams[population] else {
            throw Failure(.bug, "population \(population) has spikes although they are not recorded")
        }
        let time = Double(step) * timestep
        var done = 0
        while done < neurons.count {
            let part = min(limit - stream.times.count, neurons.count - done)
            stream.times.append(contentsOf: repeatElement(time, count: part))
            stream.neurons.append(contentsOf: neurons[done..<done + part].lazy.map(UInt64.init))
            done += part
            if stream.times.count == limit { try write(stream) }
        }
    }

    public func finish() throws(Failure) {
        for place in streams.indices {
            if let stream = streams[place] { try write(stream) }
            // Datasets that stay open cost the library more than they hold.
            streams[place] = nil
        }
        streams = []
        try file.close()
    }

    private func write(_ stream: Stream) throws(Failure) {
        if stream.datasets == nil { stream.datasets = try create(stream) }
        guard let datasets = stream.datasets else { return }
        try datasets.times.append(stream.times)
        try datasets.neurons.append(stream.neurons)
        stream.times.removeAll(keepingCapacity: true)
        stream.neurons.removeAll(keepingCapacity: true)
    }

    /// Made with the first spikes at hand, so that a small population gets small chunks.
    private func create(_ stream: Stream) throws(Failure) -> (times: HDF5Dataset, neurons: HDF5Dataset) {
        let chunk = [stream.times.count]
        let times = try HDF5Dataset(creating: "\(stream.path)/timestamps", in: file, type: .float64, chunk: chunk)
        try file.setAttribute("units", of: times.handle, to: "ms")
        let neurons = try HDF5Dataset(creating: "\(stream.path)/node_ids", in: file, type: .uint64, chunk: chunk)
        return (times, neurons)
    }
}
