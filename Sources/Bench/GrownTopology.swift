// Networks of any size that look the same from every neuron.
//
// In weak scaling every rank has the same work however many ranks there are: the same neurons, and the same synapses on
// each. Two ways lead there from one small network, and they are the two ends of what networks do to a machine:
//
// - Resized: populations grow, every neuron keeps its number of inputs, drawn from a larger population. Sooner or later
//   every rank has to hear from every other.
// - Tiled: copies of the network stand on a torus. Inhibition stays within a tile; of the excitatory inputs of a neuron
//   an eighth comes from the tile to the west and an eighth from the one to the north. However large the torus, a tile
//   hears from two others.

public import Diagnostics
import Foundation

/// A topology file grown from another one.
public struct GrownTopology {
    /// The text of the grown file.
    public let text: String
    /// Neurons and sources in it.
    public let neurons: Int

    /// Multiplies all populations by `factor`; every neuron keeps its number of inputs, in expectation.
    ///
    /// - Throws: `badInput` for what has no obvious larger version: values listed by neuron, connectors other than
    ///   OneToOne, FixedProbability, FixedNumberPre and FixedTotalNumber.
    public init(_ original: [UInt8], resizedBy factor: Double) throws(Failure) {
        let network = try Original(original)
        let (populations, projections) = try network.resized(by: factor)
        neurons = populations.reduce(0) { $0 + $1.size }
        text = try network.file(
            name: network.name, populations: populations.map(\.fields).map(jsonText),
            projections: projections.map(\.fields).map(jsonText))
    }

    /// Puts `columns` × `rows` copies of the network on a torus, each resized by `factor` first.
    ///
    /// - Throws: `badInput` as for resizing, and for currents, which are not copied.
    /// - Complexity: O(`columns` × `rows` × (populations + projections)).
    public init(_ original: [UInt8], resizedBy factor: Double, columns: Int, rows: Int) throws(Failure) {
        let network = try Original(original)
        guard network.fields["currents"] == nil else { throw Original.cannot("\"currents\" of a tiled network") }
        let (tilePopulations, tileProjections) = try network.resized(by: factor)
        let (tiled, isTooMany) = tilePopulations.reduce(0) { $0 + $1.size }
            .multipliedReportingOverflow(by: columns * rows)
        guard !isTooMany else { throw Original.cannot("a network of more than 2⁶³ neurons") }
        neurons = tiled
        let populationRests = tilePopulations.map { population in
            rest(of: population.fields, without: ["name"])
        }
        // What stays within a tile, and what comes from each of two neighbours.
        var pieces: [(pre: String, post: String, isLocal: Bool, rest: String)] = []
        for projection in tileProjections {
            var parts: [(share: Double, isLocal: Bool)] = [(1, true)]
            if projection.isExcitatory && columns * rows > 1 {
                parts = [(0.75, true), (0.125, false)]
            }
            for part in parts {
                let fields = try projection.taking(part.share)
                pieces.append(
                    (projection.pre, projection.post, part.isLocal, rest(of: fields, without: ["name", "pre", "post"])))
            }
        }
        var populations: [String] = []
        var projections: [String] = []
        populations.reserveCapacity(columns * rows * populationRests.count)
        func tile(_ x: Int, _ y: Int) -> String { ".\((x + columns) % columns).\((y + rows) % rows)" }
        for y in 0..<rows {
            for x in 0..<columns {
                for (population, rest) in zip(tilePopulations, populationRests) {
                    populations.append("{\"name\":\"\(population.name)\(tile(x, y))\",\(rest)")
                }
                for piece in pieces {
                    for source in piece.isLocal ? [tile(x, y)] : [tile(x - 1, y), tile(x, y - 1)] {
                        projections.append(
                            "{\"pre\":\"\(piece.pre)\(source)\",\"post\":\"\(piece.post)\(tile(x, y))\",\(piece.rest)")
                    }
                }
            }
        }
        text = try network.file(name: "\(network.name)-tiled", populations: populations, projections: projections)
    }
}

/// The columns and rows of the squarest torus of `count` tiles.
public func squarest(_ count: Int) -> (columns: Int, rows: Int) {
    var rows = max(1, Int(Double(count).squareRoot()))
    while count % rows != 0 { rows -= 1 }
    return (count / rows, rows)
}

/// The parts of a topology file that growing looks at.
private struct Original {
    let fields: [String: Any]
    let name: String

    struct Population {
        var name: String
        var size: Int
        var fields: [String: Any]
    }

    struct Projection {
        var pre: String
        var post: String
        var fields: [String: Any]
        var connector: [String: Any]
        var type: String

        /// Without a receptor named, the sign of the weight decides.
        var isExcitatory: Bool {
            if let receptor = fields["receptor"] as? String { return receptor == "excitatory" }
            let weight = (fields["synapse"] as? [String: Any])?["weight"] as? NSNumber
            return (weight?.doubleValue ?? 0) >= 0
        }

        /// The projection with its neurons' number of inputs multiplied by `share`.
        func taking(_ share: Double) throws(Failure) -> [String: Any] {
            guard share != 1 else { return fields }
            var fields = fields
            fields["connector"] = try scaled(inputs: share, targets: 1)
            return fields
        }

        /// The connector when inputs per neuron change by one factor and target neurons by another.
        func scaled(inputs: Double, targets: Double) throws(Failure) -> [String: Any] {
            var connector = connector
            func number(_ key: String) -> Double { (connector[key] as? NSNumber)?.doubleValue ?? 0 }
            switch type {
            case "FixedNumberPre": connector["n"] = try Original.count(number("n") * inputs)
            case "FixedTotalNumber": connector["n"] = try Original.count(number("n") * inputs * targets)
            case "FixedProbability": connector["p_connect"] = number("p_connect") * inputs
            default: throw Original.cannot("the connector \(type) between \(pre) and \(post)")
            }
            return connector
        }
    }

    init(_ bytes: [UInt8]) throws(Failure) {
        guard let fields = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            let name = fields["name"] as? String
        else { throw Failure(.badInput, "this is no topology file; `spinnsim validate` says where it goes wrong") }
        self.fields = fields
        self.name = name
    }

    /// The nearest whole number, which has to be one that a topology file can have.
    static func count(_ value: Double) throws(Failure) -> Int {
        guard let count = Int(exactly: value.rounded()), (0...1 << 40).contains(count) else {
            throw Failure(
                .badInput, "cannot grow this network: it would have \(value) neurons or synapses in one place")
        }
        return count
    }

    static func cannot(_ what: String) -> Failure {
        Failure(.badInput, "cannot grow this network: there is no larger version of \(what)")
    }

    /// The populations multiplied by `factor`, and the projections that give each neuron as many inputs as before.
    func resized(by factor: Double) throws(Failure) -> (populations: [Population], projections: [Projection]) {
        var populations: [Population] = []
        var factors: [String: Double] = [:]
        for case let fields in self.fields["populations"] as? [[String: Any]] ?? [] {
            let name = fields["name"] as? String ?? ""
            guard let size = fields["size"] as? Int, size > 0 else {
                throw Self.cannot("population \(name), which has no size above 0")
            }
            var grown = fields
            let larger = max(1, try Self.count(Double(size) * factor))
            if larger != size {
                for key in ["parameters", "initial"] {
                    for (parameter, value) in fields[key] as? [String: Any] ?? [:] where value is [Any] {
                        throw Self.cannot("\(key).\(parameter) of \(name), a list")
                    }
                }
            }
            grown["size"] = larger
            factors[name] = Double(larger) / Double(size)
            populations.append(Population(name: name, size: larger, fields: grown))
        }
        var projections: [Projection] = []
        for case let fields in self.fields["projections"] as? [[String: Any]] ?? [] {
            let connector = fields["connector"] as? [String: Any] ?? [:]
            var projection = Projection(
                pre: fields["pre"] as? String ?? "", post: fields["post"] as? String ?? "", fields: fields,
                connector: connector, type: connector["type"] as? String ?? "")
            let sources = factors[projection.pre] ?? 1
            if projection.type != "OneToOne" && factor != 1 {
                // A probability is of each source; the other two count inputs.
                projection.connector = try projection.scaled(
                    inputs: projection.type == "FixedProbability" ? 1 / sources : 1,
                    targets: factors[projection.post] ?? 1)
                projection.fields["connector"] = projection.connector
            }
            projections.append(projection)
        }
        return (populations, projections)
    }

    /// The whole file, with populations and projections given as JSON.
    func file(name: String, populations: [String], projections: [String]) throws(Failure) -> String {
        var head = fields
        for key in ["populations", "projections", "$schema", "description"] { head[key] = nil }
        head["name"] = name
        return "{\"populations\":[\n" + populations.joined(separator: ",\n") + "\n],\"projections\":[\n"
            + projections.joined(separator: ",\n") + "\n]," + jsonText(head).dropFirst() + "\n"
    }
}

private func jsonText(_ fields: [String: Any]) -> String {
    let data = try? JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data ?? Data("{}".utf8), as: UTF8.self)
}

/// The JSON of an object less some keys, from after its opening brace.
private func rest(of fields: [String: Any], without keys: [String]) -> String {
    String(jsonText(fields.filter { !keys.contains($0.key) }).dropFirst())
}
