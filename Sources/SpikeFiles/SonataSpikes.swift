import Diagnostics
import HDF5

/// The spikes of one population of a SONATA file.
struct SonataSpikes {
    private static let piece = 1 << 16

    private let file: HDF5File
    private let times: HDF5Dataset
    private let nodes: HDF5Dataset
    var count: Int { times.extent[0] }

    init(path: String, population: String?) throws(Failure) {
        let file = try HDF5File(reading: path)
        _ = try file.openGroup("/spikes")
        let populations = try file.names(in: "/spikes")
        let list = populations.prefix(20).joined(separator: ", ")
        if let population {
            guard populations.contains(population) else {
                throw file.wrong("/spikes", "has no population \(population); it has \(list)")
            }
        } else if populations.count != 1 {
            throw file.wrong(
                "/spikes", "has \(populations.count) populations; say whose spikes to send with \"population\": \(list)"
            )
        }
        let group = "/spikes/\(population ?? populations[0])"
        times = try HDF5Dataset(opening: "\(group)/timestamps", in: file, type: .float64)
        nodes = try HDF5Dataset(opening: "\(group)/node_ids", in: file, type: .uint64)
        guard times.extent.count == 1, times.extent == nodes.extent else {
            throw file.wrong(group, "has \(times.extent) timestamps and \(nodes.extent) node_ids")
        }
        if let units = file.text("units", of: times.handle), units != "ms" {
            throw file.wrong("\(group)/timestamps", "has the units \(units), and only ms are read")
        }
        self.file = file
    }

    func read(size: Int, _ take: (Double, Int) -> Void) throws(Failure) {
        var at = [Double](repeating: 0, count: min(count, Self.piece))
        var who = [UInt64](repeating: 0, count: min(count, Self.piece))
        for first in stride(from: 0, to: count, by: Self.piece) {
            let length = min(Self.piece, count - first)
            try at.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
                try times.read(first, length, into: UnsafeMutableRawBufferPointer(buffer))
            }
            try who.withUnsafeMutableBufferPointer { (buffer) throws(Failure) in
                try nodes.read(first, length, into: UnsafeMutableRawBufferPointer(buffer))
            }
            for i in 0..<length {
                guard at[i].isFinite, at[i] >= 0 else {
                    throw file.wrong("\(times.path)[\(first + i)]", "is \(at[i]), and a time must be at least 0 ms")
                }
                guard who[i] < UInt64(size) else {
                    throw file.wrong("\(nodes.path)[\(first + i)]", "is \(who[i]), and there are \(size) sources")
                }
                take(at[i], Int(who[i]))
            }
        }
    }
}
