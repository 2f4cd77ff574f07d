import StrictJSON
import Topology

/// Small topology files, one part of which a test replaces.
enum Sample {
    static let simulation = #"{"duration": 100}"#
    static let populations = [
        #"{"name": "in", "size": 10, "model": "SpikeSourcePoisson", "parameters": {"rate": 10}}"#,
        #"{"name": "E", "size": 20, "model": "IF_curr_exp", "record": ["spikes"]}"#,
        #"{"name": "C", "size": 5, "model": "IF_cond_exp"}"#,
    ]

    static func document(
        simulation: String = Sample.simulation, populations: [String] = Sample.populations,
        projections: [String]? = nil,
        more: String? = nil
    ) -> String {
        var parts = [
            #""format": "spinnsim-topology/1""#, "\"simulation\": \(simulation)",
            "\"populations\": [\(populations.joined(separator: ", "))]",
        ]
        if let projections { parts.append("\"projections\": [\(projections.joined(separator: ", "))]") }
        if let more { parts.append(more) }
        return "{" + parts.joined(separator: ",\n") + "}"
    }

    /// A fourth population of the given keys.
    static func population(_ keys: String) -> String { document(populations: populations + ["{\(keys)}"]) }

    /// A population of ten neurons of a model, with more keys.
    static func model(_ model: String, _ keys: String) -> String {
        population("\"name\": \"X\", \"size\": 10, \"model\": \"\(model)\"" + (keys.isEmpty ? "" : ", " + keys))
    }

    /// An IF_curr_exp population with parameters.
    static func parameters(_ parameters: String) -> String { model("IF_curr_exp", "\"parameters\": {\(parameters)}") }

    /// A projection of the given keys.
    static func projection(_ keys: String) -> String { document(projections: ["{\(keys)}"]) }

    /// A projection with a connector, by default from 10 sources to 20 neurons.
    static func connector(_ connector: String, from pre: String = "in", to post: String = "E") -> String {
        projection(
            "\"pre\": \"\(pre)\", \"post\": \"\(post)\", \"connector\": {\(connector)}, \"synapse\": {\"weight\": 0.1}")
    }

    /// A projection with a synapse.
    static func synapse(_ synapse: String, to post: String = "E", more: String = "") -> String {
        projection(
            "\"pre\": \"in\", \"post\": \"\(post)\", \"connector\": {\"type\": \"AllToAll\"}, \"synapse\": {\(synapse)}"
                + more)
    }

    static func machine(_ machine: String) -> String { document(more: "\"machine\": {\(machine)}") }
    static func current(_ current: String) -> String { document(more: "\"currents\": [{\(current)}]") }
}

/// Reads a text as a topology file.
func read(_ text: String) throws(DocumentError) -> (network: Network, warnings: [DocumentWarning]) {
    try TopologyReader.read(bytes: Array(text.utf8), file: "topology.json")
}

/// The error a text is refused with, if it is.
func refusal(_ bytes: [UInt8], limits: ReadingLimits = ReadingLimits()) -> DocumentError? {
    do throws(DocumentError) {
        _ = try TopologyReader.read(bytes: bytes, file: "topology.json", limits: limits)
        return nil
    } catch { return error }
}
