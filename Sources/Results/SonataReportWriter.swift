// A SONATA frame report of one recorded variable:
//
//     /report/POP/data                     float32 [samples, neurons], attribute `units`
//     /report/POP/mapping/node_ids         uint64 [neurons]
//     /report/POP/mapping/index_pointers   uint64 [neurons + 1]: one element per neuron
//     /report/POP/mapping/element_ids      uint32 [neurons], element_pos float32 [neurons]: all 0
//     /report/POP/mapping/time             float64 [3]: start, stop, interval in ms

import Diagnostics
import HDF5

/// Writes one frame report.
final class SonataReportWriter {
    private let file: HDF5File
    private let data: HDF5Dataset
    private let columns: Int
    /// Rows handed to the library at once.
    let rowsAtOnce: Int

    /// Creates the report at `path` for `neurons`, ascending.
    ///
    /// - Parameters:
    ///   - first: number of the first sample in the run.
    ///   - rows: samples it will have.
    ///   - interval: ms.
    init(
        creating path: String, population: String, units: String, neurons: [UInt32], first: Int = 0, rows: Int,
        interval: Double
    ) throws(Failure) {
        let file = try HDF5File(creating: path)
        try file.setAttribute("magic", of: file.root, to: [0x0A7A as UInt32], type: .uint32, scalar: true)
        try file.setAttribute("version", of: file.root, to: [0, 1] as [UInt32], type: .uint32)
        let group = "/report/\(population)"
        try file.createGroup("\(group)/mapping")
        let count = neurons.count
        let ids = try HDF5Dataset(
            creating: "\(group)/mapping/node_ids", in: file, type: .uint64, values: neurons.map { UInt64($0) })
        try file.setAttribute("sorted", of: ids.handle, to: [1 as UInt32], type: .uint32, scalar: true)
        try HDF5Dataset(
            creating: "\(group)/mapping/index_pointers", in: file, type: .uint64, values: (0...count).map { UInt64($0) }
        )
        let elements = [UInt32](repeating: 0, count: count)
        let positions = [Float](repeating: 0, count: count)
        try HDF5Dataset(creating: "\(group)/mapping/element_ids", in: file, type: .uint32, values: elements)
        try HDF5Dataset(creating: "\(group)/mapping/element_pos", in: file, type: .float32, values: positions)
        let time = try HDF5Dataset(
            creating: "\(group)/mapping/time", in: file, type: .float64,
            values: [Double(first) * interval, Double(first + rows) * interval, interval])
        try file.setAttribute("units", of: time.handle, to: "ms")
        // A chunk is at most 256 KiB; a piece in memory at most about 64 MiB.
        rowsAtOnce = max(1, min(256, rows, (16 << 20) / max(1, count)))
        data = try HDF5Dataset(
            creating: "\(group)/data", in: file, type: .float32, chunk: [rowsAtOnce, min(max(1, count), 256)],
            columns: [count])
        try file.setAttribute("units", of: data.handle, to: units)
        self.file = file
        columns = count
    }

    /// Appends rows.
    func append(_ values: [Float]) throws(Failure) {
        try values.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try data.append(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Completes the file.
    func finish() throws(Failure) {
        if data.handle.closeNow() < 0 { throw file.failure(data.path) }
        try file.close()
    }
}

/// A frame report that was written.
public struct FrameReport: Codable, Sendable, Equatable {
    /// Relative to the results folder.
    public var file: String
    public var population: String
    public var variable: String
    public var neurons: Int
    /// Samples of each neuron.
    public var samples: Int

    public init(file: String, population: String, variable: String, neurons: Int, samples: Int) {
        self.file = file
        self.population = population
        self.variable = variable
        self.neurons = neurons
        self.samples = samples
    }
}

extension RunDirectory {
    /// Merges the recorded variables of all ranks into `reports/POP.VARIABLE.h5`.
    ///
    /// Called by one rank after all ranks have finished their logs; ranks that recorded nothing need none.
    ///
    /// - Parameter tolerant: takes what is intact; a report then ends with the last sample that all ranks have.
    /// - Throws: `.outputFailed` for a damaged log or a full disk.
    public func gatherFrames(tolerant: Bool = false) throws(Failure) -> [FrameReport] {
        var marks = LogMarks()
        return try gatherFrames(LogSelection(into: path), tolerant: tolerant, from: &marks)
    }

    /// Merges those of the recorded variables that are asked for.
    ///
    /// - Parameter marks: Where to begin, and where reading ended.
    func gatherFrames(
        _ selection: LogSelection, tolerant: Bool, from marks: inout LogMarks
    ) throws(Failure) -> [FrameReport] {
        var readers: [FrameSpillReader] = []
        for part in SpillPart.all(in: working) {
            for rank in part.ranks(.frames) {
                do throws(Failure) {
                    let path = part.path(.frames, rank: rank)
                    let reader = try FrameSpillReader(path: path, limit: part.limit, from: marks.frames[path])
                    if !tolerant && !reader.isComplete {
                        throw Failure(
                            .outputFailed, "\(reader.input.path) is damaged at \(reader.input.damage ?? "its end")")
                    }
                    if let first = readers.first, !first.input.header.run.isSameRun(as: reader.input.header.run) {
                        throw Failure(.outputFailed, "\(reader.input.path) is of another run than the other logs")
                    }
                    readers.append(reader)
                    marks.frames[path] = LogMarks.Frames(
                        position: reader.input.position, rows: reader.tracks.map(\.rows))
                } catch {
                    if !tolerant { throw error }
                }
            }
        }
        var keys: [(population: Int, variable: String)] = []
        for signal in readers.flatMap(\.signals)
        where !keys.contains(where: { $0 == (signal.population, signal.variable) }) {
            keys.append((signal.population, signal.variable))
        }
        keys.sort { $0 < $1 }
        var reports: [FrameReport] = []
        for key in keys where selection.includes(key.population, key.variable) {
            if let report = try gatherFrame(of: key.population, key.variable, from: readers, selection) {
                reports.append(report)
            }
        }
        return reports
    }

    private func gatherFrame(
        of population: Int, _ variable: String, from readers: [FrameSpillReader], _ selection: LogSelection
    ) throws(Failure) -> FrameReport? {
        let stretches = Self.stretches(of: population, variable, in: readers)
        guard let last = stretches.last, let first = last.tracks.first else { return nil }
        let neurons = last.neurons
        let kind = first.reader.signals[first.signal]
        let run = first.reader.input.header.run
        guard population < run.populations.count, kind.interval > 0,
            stretches.allSatisfy({ $0.neurons == neurons && $0.intervals == [kind.interval] }),
            zip(neurons, neurons.dropFirst()).allSatisfy(<)
        else { throw Failure(.bug, "ranks disagree about who records \(variable) of population \(population)") }
        let name = run.populations[population].name
        var end = stretches[0].firstRow
        let firstRow = max(end, (selection.since + kind.interval - 1) / kind.interval)
        var whole: [FrameStretch] = []
        for stretch in stretches where stretch.firstRow == end {
            whole.append(try stretch.dropping(rowsBefore: firstRow))
            end = stretch.end
        }
        let rows = max(0, end - firstRow)
        let path = "reports/\(name).\(variable).h5"
        try publish(path, in: selection.folder) { (temporary) throws(Failure) in
            let writer = try SonataReportWriter(
                creating: temporary, population: name, units: kind.units, neurons: neurons, first: firstRow, rows: rows,
                interval: Double(kind.interval) * run.timestep)
            var row = 0
            while row < rows {
                let count = min(writer.rowsAtOnce, rows - row)
                var slab = [Float](repeating: 0, count: count * neurons.count)
                for place in 0..<count {
                    while let stretch = whole.first, firstRow + row + place >= stretch.end { whole.removeFirst() }
                    try whole.first?.nextRow(into: &slab, at: place * neurons.count)
                }
                try writer.append(slab)
                row += count
            }
            try writer.finish()
        }
        return FrameReport(
            file: path, population: name, variable: variable, neurons: neurons.count, samples: rows)
    }

    /// The stretches of rows of a variable that each part of the run has, ascending.
    private static func stretches(
        of population: Int, _ variable: String, in readers: [FrameSpillReader]
    ) -> [FrameStretch] {
        var stretches: [FrameStretch] = []
        for reader in readers {
            for (index, signal) in reader.signals.enumerated()
            where signal.population == population && signal.variable == variable && !signal.neurons.isEmpty {
                if stretches.last?.start != reader.input.header.start {
                    stretches.append(FrameStretch(start: reader.input.header.start))
                }
                stretches[stretches.count - 1].tracks.append((reader, index))
            }
        }
        return stretches.map { $0.completed() }
    }
}

/// The rows of a variable that one part of a run has.
private struct FrameStretch {
    /// First step of the part.
    var start: Int?
    /// Row after the last that an earlier part or an earlier reading has had.
    private(set) var firstRow = 0
    var tracks: [(reader: FrameSpillReader, signal: Int)] = []
    /// Of all tracks, ascending.
    private(set) var neurons: [UInt32] = []
    /// Row after the last that all tracks have.
    private(set) var end = 0
    /// By track, the column of each value.
    private var columns: [[Int]] = []

    init(start: Int?) { self.start = start }

    var intervals: Set<Int> { Set(tracks.map { $0.reader.signals[$0.signal].interval }) }

    /// With what follows from its tracks.
    func completed() -> FrameStretch {
        var stretch = self
        let sorted = tracks.flatMap { $0.reader.signals[$0.signal].neurons }.sorted()
        stretch.neurons = sorted
        stretch.firstRow = tracks.map { $0.reader.tracks[$0.signal].first }.max() ?? 0
        stretch.end = tracks.map { $0.reader.rows(of: $0.signal) }.min() ?? firstRow
        stretch.columns = tracks.map { track in
            track.reader.signals[track.signal].neurons.map { neuron in sorted.partitioningIndex { $0 >= neuron } }
        }
        return stretch
    }

    /// Without the rows before one.
    func dropping(rowsBefore first: Int) throws(Failure) -> FrameStretch {
        for _ in firstRow..<max(firstRow, min(first, end)) {
            for track in tracks { _ = try track.reader.nextRow(of: track.signal) }
        }
        return self
    }

    /// Puts the next row where it belongs.
    func nextRow(into slab: inout [Float], at first: Int) throws(Failure) {
        for (track, columns) in zip(tracks, columns) {
            let values = try track.reader.nextRow(of: track.signal)
            values.withUnsafeBytes { raw in
                for (i, column) in columns.enumerated() {
                    slab[first + column] = raw.loadUnaligned(fromByteOffset: 4 * i, as: Float.self)
                }
            }
        }
    }
}

extension Array {
    /// The first index at which `isAfter` holds, if it holds from somewhere on.
    func partitioningIndex(where isAfter: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
