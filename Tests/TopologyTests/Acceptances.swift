import Topology

/// Documents that the reader and the schema both take.
enum Acceptances {
    static let all: [String] =
        [contractExample, Sample.document(), everyModel, Sample.document(populations: [])]
        + CellModel.all.map(fullModel) + distributions + machines + connectors + spaces + synapses + neuromodulation
        + weightChanges + structural
        + weights + currents
        + others

    private static func number(_ value: Double) -> String { Int(exactly: value).map { String($0) } ?? "\(value)" }

    /// All parameters and all state of a model at their defaults, and everything recorded.
    static func fullModel(_ model: CellModel) -> String {
        var parameters = model.defaults.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \(number($0.value))" }
        for name in model.otherParameters {
            switch name {
            case "spike_times" where model.name == "SpikeSourceFromFile": parameters.append("\"\(name)\": \"a/b.txt\"")
            case "spike_times": parameters.append("\"\(name)\": [1, 2, 2, 3.5]")
            case "population": parameters.append("\"\(name)\": \"E\"")
            case "rates", "starts": parameters.append("\"\(name)\": [1, 2]")
            case "durations": parameters.append("\"\(name)\": [[1, 2]" + String(repeating: ", [1, 2]", count: 9) + "]")
            case "port", "virtual_key": parameters.append("\"\(name)\": 1024")
            case "duration": parameters.append("\"\(name)\": 50")
            default: parameters.append("\"\(name)\": [[1, 2], [3]]")
            }
        }
        let initial = model.initialDefaults.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \(number($0.value))" }
        let record = model.recordable.map { "\"\($0)\"" }
        return Sample.model(
            model.name,
            """
            "parameters": {\(parameters.joined(separator: ", "))}, "initial": {\(initial.joined(separator: ", "))},
            "record": [\(record.joined(separator: ", "))]
            """)
    }

    /// One population of each model, without parameters.
    static let everyModel = Sample.document(
        populations: CellModel.all.map { "{\"name\": \"\($0.name)\", \"size\": 3, \"model\": \"\($0.name)\"}" })

    static let distributions = [
        #""uniform", "low": -1, "high": 1"#, #""normal", "mu": 0, "sigma": 1"#,
        #""normal_clipped", "mu": 0, "sigma": 1, "low": -1, "high": 2"#,
        #""normal_clipped_to_boundary", "mu": 0, "sigma": 1, "low": 5, "high": 5"#, #""exponential", "beta": 1"#,
        #""normal_clipped", "mu": 0, "sigma": 1"#, #""normal_clipped", "mu": 0, "sigma": 1, "low": -1"#,
        #""normal_clipped", "mu": 0, "sigma": 1, "low": -1e30, "high": 1e30"#,
        #""normal_clipped_to_boundary", "mu": 0, "sigma": 1, "high": 5"#,
        #""lognormal", "mu": 0, "sigma": 0.5"#, #""gamma", "k": 1, "theta": 2"#, #""poisson", "lambda_": 3"#,
        #""binomial", "n": 10, "p": 0.5"#, #""uniform_int", "low": -3, "high": 3"#, #""vonmises", "mu": 0, "kappa": 1"#,
    ].map { Sample.parameters("\"i_offset\": {\"distribution\": \($0)}") }

    static let machines = [
        "", #""board": "spin3""#, #""board": "spin3", "boards": 1"#, #""board": "spin5""#,
        #""board": "spin5", "boards": 24"#,
        #""boards": 1200"#, #""boards": "auto""#, #""board": "spin5", "boards": "auto""#, #""boards": 3"#,
        #""width": 8, "height": 8"#,
        #""width": 12, "height": 12, "wrap": true"#,
        #""cores_per_chip": 18, "router_entries": 1023, "faults": {"chips": [[1, 1]], "cores": [[0, 0, 5]], "links": []}"#,
        #""core": {"clock": 200000000, "dtcm": 54756, "sdram": 123469792, "ring_buffer_bits": 14, "neurons_per_core": 256, "#
            + #""sources_per_core": 500, "row_words": 256, "synapses_per_second": 13000000}"#,
    ].map(Sample.machine)

    static let connectors = [
        #""type": "AllToAll""#, #""type": "AllToAll", "allow_self_connections": false"#, #""type": "OneToOne""#,
        #""type": "FixedProbability", "p_connect": 0"#, #""type": "FixedProbability", "p_connect": 1"#,
        #""type": "FixedNumberPre", "n": 10"#, #""type": "FixedNumberPre", "n": 100, "with_replacement": true"#,
        #""type": "FixedNumberPost", "n": 20"#, #""type": "FixedTotalNumber", "n": 1000"#,
        #""type": "Multapse", "n": 0"#,
        #""type": "FixedTotalNumber", "n": 200, "with_replacement": false"#,
        #""type": "FromList", "conn_list": []"#, #""type": "FromList", "conn_list": [[0, 19], [9, 0]]"#,
        #""type": "FromList", "conn_list": [[0, 19, 0.5, 1], [9, 0, 0.5, 2]]"#,
        #""type": "FromFile", "file": "lists/edges-1.csv""#,
        #""type": "FromFile", "file": "lists/edges.h5", "population": "A -> B""#, #""type": "AllButMe""#,
        #""type": "AllButMe", "n_neurons_per_group": 2, "weights": [1, 2]"#,
        "\"type\": \"Array\", \"array\": [\((0..<10).map { "[\((0..<20).map { $0 % 3 == 0 ? "1" : "0" }.joined(separator: ", "))]" + ($0 < 9 ? "," : "") }.joined())]",
        #""type": "CSA", "cset": "full""#, #""type": "CSA", "cset": "csa.cset(csa.random(p=0.1) * (full - oneToOne))""#,
        #""type": "CSA", "cset": "block(2, 4) * oneToOne + shift(5, 0) * ~(block(1, 4) * oneToOne) * cross([0, 1], range(20))""#,
        #""type": "CSA", "cset": "random(fanIn=3) * full""#,
        #""type": "DistanceDependentProbability", "d_expression": "exp(-d)""#,
        #""type": "IndexBasedProbability", "index_expression": "i == j", "allow_self_connections": true"#,
        #""type": "Kernel", "shape_pre": [2, 5], "shape_post": [4, 5], "shape_kernel": [1, 1], "weight_kernel": [[1]]"#,
        #""type": "OneToOneOffset", "offset": -1, "wrap": true"#,
        "\"type\": \"PoolDense\", \"weights\": [\(Array(repeating: "[\(Array(repeating: "-1", count: 20).joined(separator: ", "))]", count: 5).joined(separator: ", "))], \"pool_shape\": 2, \"positive_receptor_type\": \"excitatory\"",
        #""type": "SmallWorld", "degree": 2, "rewiring": 0.1"#,
    ].map { Sample.connector($0) }

    private static let sheets = [
        #"{"name": "S", "shape": [6, 5], "model": "SpikeSourcePoisson", "positions": {"structure": "Grid2D"}}"#,
        #"{"name": "T", "shape": [4, 4], "model": "IF_cond_exp"}"#,
    ]

    static let spaces =
        [
            #""connector": {"type": "Convolution", "kernel_weights": [[1, -1], [0, 0.5], [2, 3]], "kernel_shape": [3, 2], "strides": [1, 1], "padding": 0}"#,
            #""connector": {"type": "Convolution", "kernel_weights": [[-1]], "pool_shape": [1, 1], "padding": 0, "strides": [1, 1], "negative_receptor_type": "excitatory"}"#,
            #""connector": {"type": "SmallWorld", "degree": 2, "rewiring": 0}, "space": {}"#,
            #""connector": {"type": "DistanceDependentProbability", "d_expression": "d[0] < 2"}, "space": {"axes": "xy", "scale_factor": 2, "offset": -1, "periodic_boundaries": [[0, 6], null, null]}"#,
            #""connector": {"type": "DistanceDependentProbability", "d_expression": "d"}, "space": {"offset": [0, 0.5, 1]}"#,
        ].enumerated().map { number, keys in
            Sample.document(
                populations: number == 1 ? [sheets[0].replacing("[6, 5]", with: "[4, 4]"), sheets[1]] : sheets,
                projections: ["{\"pre\": \"S\", \"post\": \"T\", \(keys)}"])
        }
        + [
            #""structure": "Line", "dx": 2, "x0": 1, "y": 1, "z": 1"#,
            #""structure": "Grid2D", "aspect_ratio": 3, "dx": 1, "dy": 1, "x0": 0, "y0": 0, "z": 0, "fill_order": "random""#,
            #""structure": "Grid3D", "aspect_ratioXY": 1, "aspect_ratioXZ": 0.6667, "dz": 2, "z0": -1, "fill_order": "sequential""#,
            #""structure": "RandomStructure", "boundary": {"shape": "Cuboid", "width": 1, "height": 0, "depth": 2}, "origin": [1, 2, 3]"#,
            #""structure": "RandomStructure", "boundary": {"shape": "Sphere", "radius": 0.5}"#,
        ].map { Sample.population("\"name\": \"X\", \"size\": 12, \"model\": \"IF_curr_exp\", \"positions\": {\($0)}") }

    static let synapses =
        [
            "", #""weight": -0.5"#, #""type": "Static", "weight": 0.5, "delay": 0.25"#,
            #""weight": {"distribution": "normal", "mu": 1, "sigma": 0.1}, "delay": {"distribution": "exponential", "beta": 2}"#,
            #""weight": {"expression": "1 + 2*exp(-d)"}, "delay": {"expression": "1 + abs(i - j)"}"#,
            #""type": "WeightChangeable", "w_min": 0, "w_max": 1, "weight": {"expression": "d[0] < 3"}"#,
        ].map { Sample.synapse($0) }
        + [Sample.synapse(#""delay": {"expression": "d"}"#, more: #", "space": {"axes": "x"}"#)]
        + [
            (
                #""type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.01, "A_minus": 0.012"#,
                #""type": "Additive""#
            ),
            (#""type": "SpikeNearestPair""#, #""type": "Multiplicative", "w_min": 0, "w_max": 0.5"#),
            (
                #""type": "PfisterSpikeTriplet", "tau_plus": 1, "tau_minus": 1, "tau_x": 1, "tau_y": 1"#,
                #""type": "AdditiveTriplet", "A3_plus": 0.1"#
            ),
            (#""type": "Vogels2011", "alpha": 0.1"#, #""type": "Additive""#),
            (
                #""type": "Recurrent", "dual_fsm": false, "accumulator_depression": -6"#,
                #""type": "Additive", "w_max": 10"#
            ),
            (#""type": "HebbianRate", "tau": 50, "rate": 5, "A_plus": 0.1"#, #""type": "Multiplicative""#),
            (#""type": "ReSuMe", "tau": 7, "a": -0.1"#, #""type": "Additive""#),
            (#""type": "PSD", "tau_s": 8, "tau_f": 2"#, #""type": "Additive", "w_max": 2"#),
            (#""type": "EProp", "tau_plus": 15, "tau_e": 300"#, #""type": "Additive""#),
            (
                #""type": "GraupnerBrunel", "tau_Ca": 20, "C_pre": 0.5, "theta_d": 0, "tau": 1e6"#,
                #""type": "SoftBounds", "w_max": 0.5"#
            ),
        ].map {
            Sample.synapse(
                #""type": "STDP", "weight": 1, "delay": 1, "timing": {\#($0)}, "weight_dependence": {\#($1)}, "#
                    + #""backprop_delay": false"#)
        }
        + [
            #""type": "TsodyksMarkram", "weight": 0.5"#,
            #""type": "TsodyksMarkram", "weight": 0.5, "delay": 2, "U": 1, "tau_rec": 800, "tau_facil": 1000.5"#,
        ].map { Sample.synapse($0) }

    static let neuromodulation = [
        Sample.synapse(#""type": "Neuromodulation", "weight": 0.05"#, more: #", "receptor": "reward""#),
        Sample.synapse(
            #""type": "Neuromodulation", "weight": 15.9, "delay": 2, "tau_c": 100, "tau_d": 5, "w_min": 0.5, "w_max": 20"#,
            more: #", "receptor": "punishment""#),
    ]

    static let weightChanges = [
        changes(#""weight_change": -0.25, "projection": "a""#),
        changes(#""weight_change": 0, "projection": "a", "delay": 3"#, more: #", "receptor": "excitatory""#),
    ]

    /// A projection `a` whose weights can change, and one that changes them.
    static func changes(_ changer: String, more: String = "") -> String {
        let ends = #""pre": "in", "post": "E", "connector": {"type": "AllToAll"}"#
        return Sample.document(
            projections: [
                #"{\#(ends)\#(more), "synapse": {"type": "WeightChanger", \#(changer)}}"#,
                #"{"name": "a", \#(ends), "synapse": {"type": "WeightChangeable", "weight": 0.5, "w_min": 0, "w_max": 1}}"#,
            ])
    }

    static let structural =
        [
            #""weight": 0.5, "f_rew": 2e5, "initial_weight": 0.25, "initial_delay": [1, 8.5], "s_max": 256, "with_replacement": false, "seed": 0"#,
            #""initial_delay": 3"#,
        ].flatMap { more in
            [
                #""type": "StructuralStatic", "partner_selection": {"type": "RandomSelection"}, "#,
                #""type": "StructuralSTDP", "timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive"}, "#
                    + #""backprop_delay": false, "partner_selection": {"type": "LastNeuronSelection", "spike_buffer_size": 8}, "#,
            ].map {
                Sample.synapse(
                    $0 + #""formation": {"type": "DistanceDependentFormation", "grid": [4, 5], "p_form_forward": 0.5, "#
                        + #""sigma_form_forward": 1, "p_form_lateral": 0, "sigma_form_lateral": 2}, "elimination": "#
                        + #"{"type": "RandomByWeightElimination", "threshold": 0.5, "prob_elim_depressed": 1, "prob_elim_potentiated": 0}, "#
                        + more, more: #", "record": {"rewiring": true, "weights": {"interval": 5}}"#)
            }
        } + [
            Sample.synapse(
                #""type": "StructuralStatic", "partner_selection": {"type": "RandomSelection"}, "formation": "#
                    + #"{"type": "DistanceDependentFormation"}, "elimination": {"type": "RandomByWeightElimination", "threshold": 1}"#,
                more: #", "record": ["rewiring", "weights"]"#)
        ]

    /// What the weights of a projection are recorded as.
    static let weights = [
        #"["weights"]"#, "[]", "{}", #"{"weights": false}"#,
        #"{"weights": {"interval": 10, "apply_pending": true}}"#,
    ].map {
        Sample.synapse(
            #""type": "STDP", "weight": 1, "timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive"}"#,
            more: #", "record": \#($0)"#)
    }

    static let currents = [
        #""type": "DC", "population": "E""#, #""type": "AC", "population": "E", "frequency": 50, "neurons": [0, 19]"#,
        #""type": "Step", "population": "C", "times": [0, 10.5], "amplitudes": [0, -1]"#,
        #""type": "Noisy", "population": "E", "mean": 0, "stdev": 1, "start": 1, "stop": 2, "neurons": "0:20:3""#,
    ].map(Sample.current)

    static let others = [
        Sample.document(
            simulation: #"{"duration": 1000, "timestep": 0.1, "seed": 18446744073709551615, "random": "counter"}"#),
        Sample.document(simulation: #"{"duration": 0.5, "seed": "18446744073709551615"}"#),
        Sample.document(simulation: #"{"duration": 0}"#),
        Sample.document(
            more: #""$schema": "./topology.schema.json", "name": "a.b-c_D", "projections": [], "currents": []"#),
        Sample.population(#""name": "X", "shape": [2, 3], "model": "IF_curr_exp", "seed": 5, "neurons_per_core": 64"#),
        Sample.population(#""name": "X", "shape": [20, 30], "model": "IF_curr_exp", "neurons_per_core": [4, 16]"#),
        Sample.population(#""name": "X", "shape": [2, 3, 4], "model": "IF_curr_exp", "neurons_per_core": [9, 2, 1]"#),
        Sample.model("IF_curr_exp", #""neurons_per_core": [65536]"#),
        Sample.model("IF_cond_exp", #""n_synapse_cores": 16"#),
        Sample.model("IF_cond_exp", #""n_synapse_cores": "auto""#),
        Sample.model("IF_curr_exp", #""key": {"key": "0x12340000", "mask": "0xFFFF0000"}"#),
        Sample.model("IF_curr_exp", #""key": {"key": 4294967295, "mask": "0xffffffff"}"#),
        Sample.model("IF_curr_exp", #""key": {"key": 0, "mask": 0}"#),
        Sample.model("IF_curr_exp", #""key": {"key": "0x0"}"#),
        Sample.population(#""name": "X", "size": 2147483647, "model": "IF_curr_exp""#),
        Sample.population(
            #""name": "X", "size": 2, "model": "Izhikevich", "positions": [[0, 0, 1], [1, 2, 3]], "record": []"#),
        Sample.model("SpikeSourceArray", #""parameters": {"spike_times": []}, "record": ["spikes"]"#),
        Sample.population(
            #""name": "X", "size": 2, "model": "SpikeSourceArray", "parameters": {"spike_times": [[], [1, 2]]}"#),
        Sample.model(
            "IF_curr_exp",
            #""record": {"spikes": true, "v": {"neurons": [3, 1], "interval": 2}, "gsyn_exc": false, "gsyn_inh": {}}"#),
        Sample.model("IF_curr_exp", #""expected_rate": 12.5"#), Sample.model("IF_curr_exp", #""expected_rate": 0"#),
        Sample.model("IF_curr_exp", #""n_steps_per_timestep": 255, "record": {"isyn_exc": {"interval": 2}}"#),
        Sample.model("SpikeSourcePoisson", #""parameters": {"rate": 65535.99, "duration": 1e10}"#),
        Sample.model(
            "SpikeSourcePoisson",
            #""parameters": {"rate": {"distribution": "exponential", "beta": 2000}, "start": {"distribution": "poisson", "lambda_": 1e9}}"#
        ),
        Sample.parameters(#""tau_m": 0.000030517578125, "cm": 1, "tau_refrac": 0"#),
        Sample.document(
            simulation: #"{"duration": 10000, "timestep": 1000}"#, populations: [Sample.populations[1]]),
        Sample.parameters(#""tau_m": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "v_rest": -65.5, "tau_refrac": 0"#),
    ]
}
