import Foundation
import Topology

/// A network of every model, connector, rule and current that runs, made from the catalogues, so that new ones are in
/// it by themselves.
public enum Everything {
    /// An example of each connector of the grammar, from 12 to 12 neurons in rows of 4.
    ///
    /// A connector that the schema has and this has not is a mistake that ``missing`` names.
    private static let connectors: [String: String] = [
        "AllToAll": "", "OneToOne": "", "FixedProbability": #""p_connect": 0.3"#, "FixedNumberPre": #""n": 3"#,
        "FixedNumberPost": #""n": 3"#, "FixedTotalNumber": #""n": 30"#, "Multapse": #""n": 30"#,
        "FromList": #""conn_list": [[0, 1], [3, 2], [11, 11]]"#, "FromFile": #""file": "connections.csv""#,
        "AllButMe": #""n_neurons_per_group": 4"#, "Array": "\"array\": [\(table("1"))]",
        "CSA": #""cset": "random(0.5) * (full - oneToOne)""#,
        "Convolution": #""kernel_weights": [[1, -1, 0], [0.5, 0.25, -0.5], [0, 0, 1]], "padding": 1"#,
        "DistanceDependentProbability": #""d_expression": "exp(-d)""#,
        "IndexBasedProbability": #""index_expression": "0.5 * (i > j)""#,
        "Kernel": #""shape_pre": [3, 4], "shape_post": [3, 4], "shape_kernel": [2, 2]"#,
        "OneToOneOffset": #""offset": 2, "wrap": true"#, "PoolDense": "\"weights\": [\(table("-0.4"))]",
        "SmallWorld": #""degree": 2, "rewiring": 0.1"#,
    ]
    private static func table(_ value: String) -> String {
        Array(repeating: "[" + Array(repeating: value, count: 12).joined(separator: ", ") + "]", count: 12)
            .joined(separator: ", ")
    }

    private static let timings = [
        "SpikePair": "", "SpikeNearestPair": "",
        "PfisterSpikeTriplet": #", "tau_plus": 16, "tau_minus": 33, "tau_x": 101, "tau_y": 114"#,
        "Vogels2011": #", "alpha": 0.2"#, "Recurrent": "", "HebbianRate": "", "ReSuMe": "", "PSD": "", "EProp": "",
        "GraupnerBrunel": "",
    ]
    private static let dependences = ["PfisterSpikeTriplet": "AdditiveTriplet", "GraupnerBrunel": "SoftBounds"]

    private static let currents = [
        "DC": #""amplitude": 1.0, "start": 20, "stop": 80"#, "AC": #""amplitude": 0.5, "offset": 0.5, "frequency": 20"#,
        "Step": #""times": [10, 50], "amplitudes": [1, 2]"#,
        "Noisy": #""mean": 0.8, "stdev": 0.3, "start": 0, "stop": 100"#,
    ]

    /// Files that the topology refers to, by name.
    public static let files = [
        "connections.csv": "0,1\n5,6\n11,0\n", "spikes.csv": "time_ms,population,neuron\n5,x,0\n9,x,11\n40,x,3\n",
    ]

    private static func names(_ definition: String) throws -> [String] {
        let schema = try JSONSerialization.jsonObject(
            with: Data(contentsOf: Repository.root.appending(path: "Topologies/topology.schema.json")))
        let definitions = (schema as? [String: Any])?["$defs"] as? [String: [String: Any]]
        let type = (definitions?[definition]?["properties"] as? [String: [String: Any]])?["type"]
        return type?["enum"] as? [String] ?? []
    }

    /// What the schema has and this file has no example of; nothing, unless something new has come.
    public static func missing() throws -> [String] {
        var missing = try names("connector").filter { connectors[$0] == nil }
        missing += try names("timing").filter { timings[$0] == nil }
        return missing + (try names("current").filter { currents[$0] == nil })
    }

    private static func runs(_ text: String) -> Bool {
        guard let network = try? TopologyReader.read(bytes: Array(text.utf8), file: "x.json").network else {
            return false
        }
        return (try? network.requireSupported()) != nil
    }

    private static func document(
        _ populations: [String], _ projections: [String], _ currents: [String], _ random: String
    )
        -> String
    {
        """
        {"format": "spinnsim-topology/1", "name": "everything",
         "simulation": {"duration": 100, "seed": 11, "random": "\(random)"},
         "populations": [\(populations.joined(separator: ",\n"))],
         "projections": [\(projections.joined(separator: ",\n"))],
         "currents": [\(currents.joined(separator: ",\n"))]}
        """
    }

    private static func source(_ model: CellModel) -> String {
        let parameters =
            switch model.name {
            case "SpikeSourceArray": #"{"spike_times": [1, 7, 7, 30, 31, 60, 90]}"#
            case "SpikeSourceFromFile": #"{"spike_times": "spikes.csv"}"#
            case "SpikeSourcePoisson": #"{"rate": {"distribution": "uniform", "low": 5, "high": 300}}"#
            case "SpikeSourcePoissonVariable": #"{"rates": [50, 400], "starts": [0, 40], "durations": [30, 50]}"#
            default: "{}"
            }
        return """
            {"name": "\(model.name)", "shape": [3, 4], "model": "\(model.name)", "neurons_per_core": 5,
             "parameters": \(parameters), "record": {"spikes": {"neurons": "0:12:2"}}}
            """
    }

    private static func neuron(_ model: CellModel) -> String {
        let parameters: [String] = [
            model.defaults["v_rest"] == -65 ? #""v_rest": {"distribution": "uniform", "low": -67, "high": -60}"# : nil,
            model.defaults["cm"] == 1 ? #""cm": 0.25"# : nil,
            model.name == "IFCurrDeltaFixedProb" ? #""p_thresh": 0.4"# : nil,
        ].compactMap { $0 }
        let record = model.recordable.map { variable in
            switch variable {
            case "spikes": "\"spikes\": true"
            case CellModel.packetsPerTimestep: "\"\(variable)\": {\"interval\": 2}"
            default: "\"\(variable)\": {\"neurons\": \"0:12:5\", \"interval\": 3}"
            }
        }
        return """
            {"name": "\(model.name)", "shape": [3, 4], "model": "\(model.name)", "neurons_per_core": 5,
             "parameters": {\(parameters.joined(separator: ", "))}, "record": {\(record.joined(separator: ", "))}}
            """
    }

    private static func projection(
        _ pre: String, _ post: String, _ receptor: String, _ connector: String, _ synapse: String
    ) -> String {
        """
        {"pre": "\(pre)", "post": "\(post)", "receptor": "\(receptor)", "connector": {\(connector)},
         "synapse": {\(synapse)}}
        """
    }

    /// The topology, all of which runs.
    ///
    /// - Parameter random: `chip` or `counter`.
    public static func topology(random: String) throws -> String {
        let models = CellModel.all
        let populations = models.map { $0.isSource ? source($0) : neuron($0) }
        let connectors = try names("connector").map {
            "\"type\": \"\($0)\"" + (Self.connectors[$0].map { $0.isEmpty ? "" : ", " + $0 } ?? "")
        }
        let sources = models.filter { $0.isSource && $0.name != "SpikeInjector" }
        var projections: [String] = []
        for (number, model) in models.filter({ !$0.isSource }).enumerated() {
            let weight = model.isConductanceBased ? 0.05 : model.name.contains("Delta") ? 2 : 1
            for (type, receptor) in model.receptors.enumerated() {
                let signed = receptor == "inhibitory" && !model.isConductanceBased ? -weight / 4 : weight
                // Each connector, source and delay somewhere.
                let turn = number * 2 + type
                projections.append(
                    projection(
                        sources[turn % sources.count].name, model.name, receptor,
                        #""type": "FixedProbability", "p_connect": 0.5"#,
                        "\"weight\": \(signed), \"delay\": \([1, 2, 5, 40][turn % 4])"))
            }
            projections.append(
                projection(
                    "SpikeSourcePoisson", model.name, "excitatory", #""type": "OneToOne""#,
                    "\"weight\": \(weight * 2), \"delay\": {\"distribution\": \"uniform\", \"low\": 1, \"high\": 30}"))
        }
        for connector in connectors where !connector.contains("Convolution") && !connector.contains("PoolDense") {
            projections.append(
                projection("SpikeSourcePoisson", "IF_curr_exp", "excitatory", connector, #""weight": 0.4, "delay": 2"#))
        }
        // Kernels of both signs name their receptors themselves, and their weights.
        for connector in connectors where connector.contains("Convolution") || connector.contains("PoolDense") {
            projections.append(
                #"{"pre": "SpikeSourcePoisson", "post": "IF_curr_exp", "connector": {\#(connector)}, "#
                    + #""synapse": {"delay": 2}}"#
            )
        }
        for (number, timing) in try names("timing").enumerated() {
            let targets = ["IF_cond_exp", "IF_curr_alpha", "IF_curr_delta", "IF_curr_dual_exp", "Izhikevich"]
            let dependence =
                dependences[timing] ?? (number % 2 == 0 ? "Additive" : "Multiplicative")
            let synapse = """
                "type": "STDP", "weight": 0.1, "delay": 3, "timing": {"type": "\(timing)"\(timings[timing] ?? "")},
                "weight_dependence": {"type": "\(dependence)", "w_min": 0, "w_max": 0.5}
                """
            let projection = projection(
                "SpikeSourcePoisson", targets[number % targets.count], "excitatory", #""type": "AllToAll""#, synapse)
            if runs(document(populations, [projection], [], random)) { projections.append(projection) }
            guard timing == "EProp" else { continue }
            for receptor in ["teacher", "critic"] {
                projections.append(
                    self.projection(
                        "SpikeSourcePoisson", targets[number % targets.count], receptor, #""type": "OneToOne""#,
                        #""weight": 0.5, "delay": 3"#))
            }
        }
        projections.append(
            projection(
                "SpikeSourcePoisson", "IF_cond_alpha", "excitatory", #""type": "AllToAll""#,
                #""type": "TsodyksMarkram", "weight": 0.01, "delay": 2, "tau_facil": 50"#))
        for (number, (type, rule)) in [
            ("StructuralStatic", ""),
            (
                "StructuralSTDP",
                #", "timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive", "w_max": 0.5}"#
            ),
        ].enumerated() {
            projections.append(
                projection(
                    "SpikeSourcePoisson", ["IF_facets_hardware1", "IFCondExpStoc"][number], "excitatory",
                    #""type": "FixedProbability", "p_connect": 0.3"#,
                    """
                    "type": "\(type)", "weight": 0.05, "initial_weight": 0.1, "initial_delay": [1, 4], "s_max": 12,
                    "partner_selection": {"type": "\(["RandomSelection", "LastNeuronSelection"][number])"},
                    "formation": {"type": "DistanceDependentFormation", "grid": [3, 4], "p_form_forward": 0.8},
                    "elimination": {"type": "RandomByWeightElimination", "threshold": 0.07, "prob_elim_depressed": 0.5,
                     "prob_elim_potentiated": 0.2}\(rule)
                    """))
        }
        let currents = try names("current").enumerated().map { number, type in
            let population = ["IF_curr_exp", "IF_cond_exp", "Izhikevich", "IF_curr_alpha"][number % 4]
            return
                #"{"type": "\#(type)", "population": "\#(population)", "#
                + #""neurons": "1:12:2", \#(Self.currents[type] ?? "")}"#
        }
        return document(populations, projections, currents, random)
    }
}
