import Diagnostics
import HDF5
import Topology

/// Reads the edges of a SONATA file.
struct SonataEdges {
    private static let block = 1 << 16

    private let file: HDF5File
    private let path: String
    private let group: String

    /// Reads all edges of the file's only population of edges.
    ///
    /// Weights and delays are those of the datasets `syn_weight` and `delay` of edge group 0, where there are any.
    ///
    /// - Throws: `badInput`, naming object and edge.
    static func read(_ path: String, _ limits: ConnectionRows.Limits) throws(Failure) -> ConnectionTable {
        let file = try HDF5File(reading: path)
        _ = try file.openGroup("/edges")
        let populations = try file.names(in: "/edges")
        guard populations.count == 1, let population = populations.first else {
            throw file.wrong("/edges", "must hold one population of edges, it holds \(populations.count)")
        }
        return try SonataEdges(file: file, path: path, group: "/edges/\(population)").read(limits)
    }

    private func dataset(_ name: String, _ type: HDF5Type, rows: Int?) throws(Failure) -> HDF5Dataset {
        let dataset = try HDF5Dataset(opening: "\(group)/\(name)", in: file, type: type)
        guard dataset.extent.count == 1 else {
            throw file.wrong(dataset.path, "has \(dataset.extent.count) dimensions, expected 1")
        }
        if let rows, dataset.extent[0] != rows {
            throw file.wrong(dataset.path, "has \(dataset.extent[0]) values, and there are \(rows) edges")
        }
        return dataset
    }

    private func read(_ limits: ConnectionRows.Limits) throws(Failure) -> ConnectionTable {
        let names = try file.names(in: group)
        let sources = try dataset("source_node_id", .int64, rows: nil)
        let count = sources.extent[0]
        let targets = try dataset("target_node_id", .int64, rows: count)
        if names.contains("edge_group_id") {
            let groups = try Column<UInt64>(try dataset("edge_group_id", .uint64, rows: count), count: count).values
            if let edge = groups.firstIndex(where: { $0 != 0 }) {
                throw file.wrong(
                    "\(group)/edge_group_id", "has edges of group \(groups[edge]) (edge \(edge)); only group 0 is read")
            }
        }
        // Where an edge's own values stand; by itself edge k has the k-th.
        var places: [UInt64] = []
        if names.contains("edge_group_index") {
            places = try Column<UInt64>(try dataset("edge_group_index", .uint64, rows: count), count: count).values
        }
        var (weights, delays): ([Double]?, [Double]?) = (nil, nil)
        if names.contains("0") {
            _ = try file.openGroup("\(group)/0")
            let own = try file.names(in: "\(group)/0")
            if own.contains("syn_weight") { weights = try values("0/syn_weight") }
            if own.contains("delay") { delays = try values("0/delay") }
        }
        var rows = ConnectionRows(limits)
        rows.reserve(count)
        for first in stride(from: 0, to: count, by: Self.block) {
            let block = min(Self.block, count - first)
            let pre = try Column<Int64>(sources, from: first, count: block).values
            let post = try Column<Int64>(targets, from: first, count: block).values
            for k in 0..<block {
                let edge = first + k
                let place = places.isEmpty ? edge : Int(clamping: places[edge])
                for (name, list) in [("syn_weight", weights), ("delay", delays)] {
                    if let list, place >= list.count {
                        throw file.wrong(
                            "\(group)/0/\(name)", "has \(list.count) values, and edge \(edge) is number \(place)")
                    }
                }
                let mistake = rows.add(
                    pre: Int(pre[k]), post: Int(post[k]), weight: weights?[place], delay: delays?[place])
                if let mistake { throw file.wrong(group, "edge \(edge): \(mistake)") }
            }
        }
        return rows.table()
    }

    private func values(_ name: String) throws(Failure) -> [Double] {
        let dataset = try dataset(name, .float64, rows: nil)
        return try Column<Double>(dataset, count: dataset.extent[0]).values
    }

    /// Values of a dataset of one dimension.
    private struct Column<Value: Numeric> {
        let values: [Value]

        init(_ dataset: HDF5Dataset, from start: Int = 0, count: Int) throws(Failure) {
            var values = [Value](repeating: 0, count: count)
            var failure: Failure?
            values.withUnsafeMutableBytes { bytes in
                do throws(Failure) { try dataset.read(start, count, into: bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            self.values = values
        }
    }
}
