import Diagnostics
import HDF5

/// Reads `spikes.h5` back, in pieces.
public final class SonataSpikeReader {
    /// The run as far as the file tells: populations that were not recorded have empty names.
    public let run: RunDescription
    private let file: HDF5File

    /// Opens a file that `SonataSpikeWriter` made.
    ///
    /// - Throws: `.noInput`, `.badInput`.
    public init(path: String) throws(Failure) {
        let file = try HDF5File(reading: path)
        guard file.attribute("magic", of: file.root) == 0x0A7A else {
            throw file.wrong("/", "has no attribute 'magic' of 0x0A7A: it is not a SONATA file")
        }
        guard let timestep = file.attribute("timestep", of: file.root),
            let steps = file.attribute("steps", of: file.root).flatMap(Int.init(exactly:))
        else {
            throw Failure(.badInput, "\(path) has no 'timestep' and 'steps': it was not written by spinnsim")
        }
        guard timestep >= 1e-6, timestep <= 1e6, 0...Int(UInt32.max) ~= steps else {
            throw file.wrong("/", "has \(steps) 'steps' of \(timestep) ms, which is no run")
        }
        var numbered: [Int: RunDescription.Population] = [:]
        for name in try file.names(in: "/spikes") {
            let group = try file.openGroup("/spikes/\(name)")
            guard let index = file.attribute("index", of: group).flatMap(Int.init(exactly:)), (0..<1 << 20) ~= index,
                let size = file.attribute("size", of: group).flatMap(Int.init(exactly:)),
                (0...Int(Int32.max)) ~= size
            else { throw file.wrong("/spikes/\(name)", "has no 'index' and 'size'") }
            if let other = numbered[index] {
                throw file.wrong("/spikes/\(name)", "has the 'index' \(index) of /spikes/\(other.name)")
            }
            guard file.member("sorting", of: group) == "by_time" else {
                throw file.wrong("/spikes/\(name)", "is not sorted 'by_time'")
            }
            let recorded = file.attribute("recorded", of: group).flatMap(Int.init(exactly:)) ?? size
            guard 0...size ~= recorded else {
                throw file.wrong("/spikes/\(name)", "has 'recorded' \(recorded) of \(size) neurons")
            }
            numbered[index] = RunDescription.Population(
                name: name, size: size, model: "", recordsSpikes: true, recordedNeurons: recorded)
        }
        let absent = RunDescription.Population(name: "", size: 0, model: "", recordsSpikes: false)
        let populations = (0..<(numbered.keys.max() ?? -1) + 1).map { numbered[$0] ?? absent }
        run = RunDescription(name: "", ranks: 0, timestep: timestep, steps: steps, populations: populations)
        self.file = file
    }

    /// Spikes in the file.
    public func count() throws(Failure) -> Int {
        var count = 0
        for population in run.populations where population.recordsSpikes {
            count += try HDF5Dataset(
                opening: "/spikes/\(population.name)/timestamps", in: file, type: .float64
            ).extent[0]
        }
        return count
    }

    /// Hands all spikes to `sinks` in ascending (step, population, neuron) order.
    ///
    /// - Throws: `.badInput` for a damaged file, what a sink throws.
    public func read(into sinks: [any SpikeSink] = []) throws(Failure) -> MergedSpikes {
        var sources: [any SpikeSource] = []
        for (index, population) in run.populations.enumerated() where population.recordsSpikes {
            sources.append(
                try SonataSpikeStream(file: file, population: population, index: index, run: run))
        }
        return try SpikeMerger(run: run, sources: sources).merge(into: sinks)
    }
}

/// The runs of one population of `spikes.h5`.
private final class SonataSpikeStream: SpikeSource {
    private(set) var run: SpikeRun?
    private let times: HDF5Dataset
    private let ids: HDF5Dataset
    private let path: String
    private let population: UInt32
    private let size: Int
    private let timestep: Double
    private let end: Int
    private let count: Int
    private let buffer: UnsafeMutableBufferPointer<UInt32>
    /// Steps and neurons of the piece at hand.
    private var steps: [UInt32] = []
    private var neurons: [UInt32] = []
    private var position = 0
    private var next = 0
    private var lastStep: UInt32?

    private static let piece = 1 << 15

    init(
        file: HDF5File, population: RunDescription.Population, index: Int, run: RunDescription
    ) throws(Failure) {
        path = "/spikes/\(population.name)"
        let times = try HDF5Dataset(opening: "\(path)/timestamps", in: file, type: .float64)
        let ids = try HDF5Dataset(opening: "\(path)/node_ids", in: file, type: .uint64)
        guard times.extent.count == 1, times.extent == ids.extent else {
            throw file.wrong(path, "has \(times.extent) timestamps and \(ids.extent) node_ids")
        }
        guard file.text("units", of: times.handle) == "ms" else {
            throw file.wrong("\(path)/timestamps", "has no attribute 'units' of \"ms\"")
        }
        self.times = times
        self.ids = ids
        self.population = UInt32(index)
        size = population.size
        timestep = run.timestep
        end = run.steps
        count = times.extent[0]
        buffer = .allocate(capacity: max(1, min(count, SonataSpikeStream.piece)))
        try advance()
    }

    deinit { buffer.deallocate() }

    func advance() throws(Failure) {
        if position == steps.count && next < count { try readPiece() }
        guard position < steps.count else {
            run = nil
            return
        }
        // A step that goes on in the next piece comes as two runs; the merger joins them.
        let step = steps[position]
        var length = 0
        while position < steps.count, steps[position] == step {
            buffer[length] = neurons[position]
            length += 1
            position += 1
        }
        run = SpikeRun(
            step: step, population: population, neurons: UnsafeBufferPointer(rebasing: buffer[..<length]))
    }

    private func readPiece() throws(Failure) {
        let length = min(SonataSpikeStream.piece, count - next)
        var at = [Double](repeating: 0, count: length)
        var who = [UInt64](repeating: 0, count: length)
        let start = next
        try at.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
            try times.read(start, length, into: UnsafeMutableRawBufferPointer(buffer))
        }
        try who.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
            try ids.read(start, length, into: UnsafeMutableRawBufferPointer(buffer))
        }
        steps.removeAll(keepingCapacity: true)
        neurons.removeAll(keepingCapacity: true)
        for i in 0..<length {
            guard let step = UInt32(exactly: (at[i] / timestep).rounded()), step >= lastStep ?? 0 else {
                let place = "\(times.file.path):\(path)/timestamps[\(start + i)]"
                throw Failure(.badInput, "\(place) = \(at[i]) is out of order")
            }
            guard step < end else {
                throw Failure(
                    .badInput, "\(times.file.path):\(path)/timestamps[\(start + i)] = \(at[i]) is after the run's end")
            }
            guard who[i] < size else {
                throw Failure(.badInput, "\(times.file.path):\(path)/node_ids[\(start + i)] = \(who[i]) of \(size)")
            }
            lastStep = step
            steps.append(step)
            neurons.append(UInt32(truncatingIfNeeded: who[i]))
        }
        next += length
        position = 0
    }
}
