import Diagnostics
import HDF5
import Topology

/// Reads the edges of a SONATA file.
///
/// Weights, delays and numbers of synapses are the datasets `syn_weight`, `delay` and `nsyns` of an edge's group, where
/// there are any.
struct SonataEdges {
    private static let block = 1 << 16

    private let file: HDF5File
    private let group: String
    private let limits: ConnectionRows.Limits

    /// Reads all edges of a population of edges.
    ///
    /// - Parameter population: `nil`: the only one.
    /// - Returns: the connections, and what the file says of its edges that is not read.
    /// - Throws: `badInput`, naming object and edge.
    static func read(
        _ path: String, population: String?, _ limits: ConnectionRows.Limits
    ) throws(Failure) -> (ConnectionRows, [String]) {
        let file = try HDF5File(reading: path)
        let chosen = try file.choose(population, in: "/edges", "populations of edges")
        return try SonataEdges(file: file, group: "/edges/\(chosen)", limits: limits).read()
    }

    private func integers(_ name: String, rows: Int?) throws(Failure) -> HDF5Numbers {
        let numbers = try HDF5Numbers.integers("\(group)/\(name)", in: file)
        if let rows, numbers.count != rows {
            throw file.wrong(numbers.path, "has \(numbers.count) values, and there are \(rows) edges")
        }
        return numbers
    }

    private func read() throws(Failure) -> (ConnectionRows, [String]) {
        let names = try file.names(in: group)
        let sources = try integers("source_node_id", rows: nil)
        let count = sources.count
        let targets = try integers("target_node_id", rows: count)
        let hasGroups = names.contains("edge_group_id")
        let groupIDs = hasGroups ? try integers("edge_group_id", rows: count).integers(count: count) : []
        let used = hasGroups ? Set(groupIDs) : [0]
        var groups: [Int: SonataEdgeGroup] = [:]
        for id in used where names.contains(String(id)) {
            groups[id] = try SonataEdgeGroup("\(group)/\(id)", in: file)
        }
        if hasGroups, let edge = groupIDs.firstIndex(where: { groups[$0] == nil }),
            used.count > 1 || groupIDs[edge] != 0
        {
            throw file.wrong(
                "\(group)/edge_group_id", "has edge \(edge) in the group \(groupIDs[edge]), which is missing")
        }
        let hasPlaces = names.contains("edge_group_index")
        let places = hasPlaces ? try integers("edge_group_index", rows: count).integers(count: count) : []
        var rows = ConnectionRows(limits)
        rows.reserve(count)
        // Without an index an edge has the next values of its group.
        var next: [Int: Int] = [:]
        for first in stride(from: 0, to: count, by: Self.block) {
            let block = min(Self.block, count - first)
            let pre = try sources.integers(from: first, count: block)
            let post = try targets.integers(from: first, count: block)
            for k in 0..<block {
                let edge = first + k
                let id = hasGroups ? groupIDs[edge] : 0
                let place = hasPlaces ? places[edge] : next[id, default: 0]
                if !hasPlaces { next[id] = place + 1 }
                let own = groups[id]
                if let mistake = own?.mistake(at: place) {
                    throw file.wrong(mistake.path, "edge \(edge): \(mistake.text)")
                }
                let synapses = own?.synapses?[place] ?? 1
                if synapses == 0 { continue }
                let weight = try weight(own?.weights?[place], times: synapses, edge: edge)
                let mistake = rows.add(pre: pre[k], post: post[k], weight: weight, delay: own?.delays?[place])
                if let mistake { throw file.wrong(group, "edge \(edge): \(mistake.message)") }
            }
        }
        return (rows, try warnings(groups, edges: count, names: names))
    }

    /// The weight of all synapses of an edge together, as bmtk's point neurons have it.
    private func weight(_ weight: Double?, times synapses: Int, edge: Int) throws(Failure) -> Double? {
        guard synapses != 1 else { return weight }
        guard let one = weight ?? limits.fallbackWeight else {
            throw file.wrong(
                group,
                "edge \(edge) has \(synapses) synapses (nsyns) and no weight to multiply; give the file a syn_weight, "
                    + "or the projection a number")
        }
        return one * Double(synapses)
    }

    private func warnings(
        _ groups: [Int: SonataEdgeGroup], edges: Int, names: [String]
    ) throws(Failure) -> [String] {
        var warnings: [String] = []
        for column in Set(groups.values.flatMap(\.unread)).sorted() {
            warnings.append("the column \(column) of the edges is not read")
        }
        let hasWeights = groups.values.contains { $0.weights != nil }
        if !hasWeights, names.contains("edge_type_id") {
            let types = try integers("edge_type_id", rows: edges).integers(count: edges)
            if let first = types.first, types.contains(where: { $0 != first }) {
                warnings.append(
                    "edge_type_id, which may give edges of each type another weight, is not read; all have the "
                        + "projection's"
                )
            }
        }
        return warnings
    }
}
