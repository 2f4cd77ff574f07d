extension Refusal {
    private static func rows(_ rows: String) -> String {
        Sample.connector("\"type\": \"FromList\", \"conn_list\": " + rows)
    }
    private static func file(_ path: String, _ reason: String) -> Refusal {
        Refusal(Sample.connector("\"type\": \"FromFile\", \"file\": \"\(path)\""), reason, at: "/connector/file")
    }

    private static func part(_ keys: String, _ connector: String = "\"type\": \"AllToAll\"") -> String {
        Sample.projection("\"pre\": \"in\", \"post\": \"E\", \"connector\": {\(connector)}, " + keys)
    }

    static let projections = [
        .meaning(part(#""pre_neurons": "0:11""#), "pre_neurons \"0:11\" ends behind", at: "/projections/0/pre_neurons"),
        Refusal(
            part(#""post_neurons": [1, 1]"#), "post_neurons names neuron 1 twice", at: "/projections/0/post_neurons"),
        Refusal(part(#""post_neurons": []"#), "post_neurons must name at least one neuron"),
        Refusal(part(#""pre_neurons": 3"#), "pre_neurons must be \"a:b\""),
        Refusal(part(#""seed": -1"#), "seed must be an integer from 0"),
        .meaning(
            part(#""pre_neurons": "0:5""#, #""type": "SmallWorld", "degree": 1, "rewiring": 0"#),
            "SmallWorld joins whole populations only", at: "/projections/0/pre_neurons"),
        .meaning(
            part(#""pre_neurons": "0:5""#, #""type": "FromFile", "file": "a.csv""#),
            "FromFile joins whole populations"),
        .meaning(
            part(#""pre_neurons": "0:5""#, #""type": "FixedNumberPre", "n": 6"#), "n must be at most 5"),
        .meaning(
            part(#""post_neurons": "5:8""#, #""type": "FromList", "conn_list": [[0, 3]]"#), "row 0 of conn_list"),
        Refusal(Sample.projection(#""pre": "in", "post": "E""#), "a projection needs the key \"connector\""),
        .meaning(
            Sample.connector(#""type": "AllToAll""#, from: "In"),
            "pre names the population \"In\", which does not exist; did you mean \"in\"?", at: "/projections/0/pre"),
        .meaning(
            Sample.connector(#""type": "AllToAll""#, to: "Q9"), "post names the population \"Q9\", which does not"),
        .meaning(
            Sample.connector(#""type": "AllToAll""#, from: "E", to: "in"),
            "in is a SpikeSourcePoisson and takes no input", at: "/projections/0/post"),
        .meaning(
            Sample.document(projections: [
                #"{"name": "a", "pre": "in", "post": "E", "connector": {"type": "OneToOne"}}"#,
                #"{"name": "a", "pre": "in", "post": "E", "connector": {"type": "OneToOne"}}"#,
            ]), "the projection name \"a\" is already used at 4:26", at: "/projections/1/name"),
        Refusal(
            Sample.projection(#""name": "a>b", "pre": "in", "post": "E", "connector": {}"#),
            "a projection's name must be"),
        Refusal(Sample.connector(#""p": 1"#), "the connector needs the key \"type\""),
        Refusal(Sample.connector(#""type": "AllToAl""#), "did you mean \"AllToAll\"?", at: "/connector/type"),
        Refusal(Sample.connector(#""type": "FixedProbabilityConnector""#), "has no type \"FixedProbabilityConnector\""),
        Refusal(Sample.connector(#""type": "AllToAll", "safe": true"#), "the connector AllToAll has no key \"safe\""),
        Refusal(Sample.connector(#""type": "AllToAll", "allow_self_connections": 0"#), "must be true or false, got 0"),
        Refusal(Sample.connector(#""type": "FixedProbability""#), "needs the key \"p_connect\""),
        Refusal(Sample.connector(#""type": "FixedProbability", "p": 1"#), "has no key \"p\""),
        Refusal(
            Sample.connector(#""type": "FixedProbability", "p_connect": 1.5"#), "p_connect must be at most 1, got 1.5",
            at: "/projections/0/connector/p_connect"),
        Refusal(Sample.connector(#""type": "FixedProbability", "p_connect": -0.1"#), "p_connect must be at least 0"),
        .meaning(
            Sample.connector(#""type": "FixedNumberPre", "n": 11"#),
            "n must be at most 10: in has 10 neurons, and without replacement each is drawn once for each target; got "
                + "11"
        ),
        .meaning(
            Sample.connector(#""type": "FixedNumberPre", "n": 20, "allow_self_connections": false"#, from: "E"),
            "n must be at most 19: E has 20 neurons, one of them is left out"),
        .meaning(Sample.connector(#""type": "FixedNumberPost", "n": 21"#), "n must be at most 20"),
        .meaning(
            Sample.connector(#""type": "FixedTotalNumber", "n": 201, "with_replacement": false"#),
            "n must be at most 200, the pairs between in and E"),
        Refusal(Sample.connector(#""type": "FixedNumberPost", "n": -1"#), "n must be an integer from 0"),
        Refusal(Sample.connector(#""type": "FixedTotalNumber", "n": 2.5"#), "n must be an integer from 0"),
        Refusal(Sample.connector(#""type": "SmallWorld", "degree": 1, "rewiring": 2"#), "rewiring must be at most 1"),
        Refusal(
            Sample.connector(#""type": "Kernel", "shape_pre": [1, 2], "shape_post": 3, "shape_kernel": 3"#),
            "[rows, columns]"),
        .meaning(
            Sample.connector(#""type": "Convolution", "kernel_weights": [[1, 2], [3]]"#),
            "each row of kernel_weights must have 2 values like the first, got 1"),
        Refusal(rows("5"), "conn_list must be an array of rows, got 5"),
        Refusal(rows("[0, 1]"), "got an array of numbers"),
        Refusal(
            rows("[[0, 0], [0]]"),
            "row 1 of conn_list must be [pre, post] or [pre, post, weight, delay], got an array of 1"),
        Refusal(rows("[[0, 0, 1]]"), "row 0 of conn_list must be [pre, post]"),
        Refusal(rows("[[0, 0], [0, 0, 1, 1]]"), "row 1 of conn_list must have 2 values like the first, got 4"),
        Refusal(rows("[[0, 0], \"0 1\"]"), "row 1 of conn_list must be [pre, post]"),
        Refusal(rows("[[0, \"0\"]]"), "each value in row 0 of conn_list must be a number, got the string \"0\""),
        .meaning(
            rows("[[0, 0], [10, 0]]"),
            "row 1 of conn_list: the source must be a neuron of in, 0 to 9, got 10", at: "/conn_list/1/0"),
        .meaning(
            rows("[[0, 20]]"), "row 0 of conn_list: the target must be a neuron of E, 0 to 19, got 20"),
        Refusal(rows("[[0, -1]]"), "got -1"), Refusal(rows("[[0.5, 1]]"), "got 0.5"),
        Refusal(rows("[[1e-1, 1]]"), "got 1e-1"), Refusal(rows("[[0, 99999999999]]"), "got 99999999999"),
        Refusal(rows("[[0, 0, 1, 0]]"), "row 0 of conn_list: the delay must be greater than 0 ms, got 0"),
        Refusal(rows("[[0, 0, 1e9, 1]]"), "row 0 of conn_list: the weight must be less than 65536"),
        .meaning(rows("[[0, 0, 1, 1], [0, 0, -1, 1]]"), "the weights are of both signs"),
        .meaning(
            rows("[[0, 0, 1, 1], [0, 0, -1, 1]]").replacing(
                "\"connector\"", with: "\"receptor\": \"inhibitory\", \"connector\""),
            "the weights are of both signs, 1 of them negative; give those a projection of their own"),
        .meaning(
            Sample.connector(#""type": "FromList", "conn_list": [[0, 0, -1, 1]]"#, to: "C"),
            "row 0 of conn_list: the weight must be at least 0, got -1"),
        file("../../../etc/passwd", "it leaves the folder"), file("/etc/passwd", "it is absolute"),
        file("~/x", "it refers to a home folder"), file("a/../b", "it leaves the folder"), file("$HOME/x", "variables"),
        file("file://x", "it looks like a URL"), file("http://x/y", "it looks like a URL"), file("", "it is empty"),
        file("a\\\\b", "separated by '/'"), file("a//b", "an empty folder name"),
        file("./a", "an empty folder name or '.'"),
        file("a\\nb", "a control character"), file(String(repeating: "a", count: 1025), "longer than 1024"),
        Refusal(
            Sample.connector(#""type": "FromFile", "file": "a.h5", "population": """#), "population must not be empty"),
        Refusal(
            Sample.connector(#""type": "FromFile", "file": "a.h5", "population": 1"#), "population must be a string"),
        Refusal(Sample.synapse(#""weight": [1, 2]"#), "a FromList connector gives each synapse its own"),
        Refusal(Sample.synapse(#""weight": 65536"#), "weight must be less than 65536"),
        Refusal(Sample.synapse(#""weight": 1, "delays": 1"#), "did you mean \"delay\"?"),
        Refusal(
            Sample.synapse(#""weight": 1, "delay": 0"#), "the delay must be greater than 0 ms, got 0",
            at: "/synapse/delay"),
        Refusal(Sample.synapse(#""weight": 1, "delay": -2"#), "the delay must be greater than 0 ms, got -2"),
        .meaning(Sample.synapse(#""weight": 1, "delay": 1e9"#), "at most 65535 timesteps (65535 ms)"),
        .meaning(
            Sample.synapse(#""weight": 1, "delay": {"distribution": "uniform", "low": -3, "high": 1}"#),
            "the mean of this distribution is -1"),
        .meaning(Sample.synapse(#""weight": -0.1"#, to: "C"), "weight must be at least 0, got -0.1"),
        .meaning(
            Sample.synapse(#""weight": 1"#, more: #", "receptor": "excitatory2""#),
            "IF_curr_exp has no receptor \"excitatory2\"; it has excitatory and inhibitory", at: "/receptor"),
        Refusal(Sample.synapse(#""weight": 1"#, more: #", "receptor": "gaba""#), "has no receptor \"gaba\""),
        Refusal(
            Sample.synapse(#""type": "Tsodyks""#),
            "the synapse has no type \"Tsodyks\"; there are Static, STDP, Neuromodulation, WeightChangeable, "
                + "WeightChanger, TsodyksMarkram, StructuralStatic or StructuralSTDP"
        ),
        Refusal(
            Sample.synapse(#""type": "TsodyksMarkram", "weight": 1, "U": 0"#), "U must be greater than 0, got 0"),
        Refusal(
            Sample.synapse(#""type": "TsodyksMarkram", "weight": 1, "tau_facill": 5"#), "did you mean \"tau_facil\"?"),
        Refusal(
            Sample.synapse(#""type": "TsodyksMarkram", "weight": 1, "tau_plus": 5"#),
            "the synapse TsodyksMarkram has no key \"tau_plus\""),
        Refusal(
            Sample.synapse(#""weight": 1"#, more: #", "receptor": "teachers""#), "did you mean \"teacher\"?"),
        .meaning(
            Sample.synapse(#""weight": 1"#, more: #", "receptor": "teacher""#), "no synapses onto E learn from it"),
        .meaning(
            Sample.synapse(#""weight": -1"#, more: #", "receptor": "critic""#), "must not be negative"),
    ]

    private static func stdp(_ timing: String, _ weight: String, _ more: String = "") -> String {
        Sample.synapse(
            #""type": "STDP", "weight": 1, "timing": {\#(timing)}, "weight_dependence": {\#(weight)}\#(more)"#)
    }

    static let plasticity = [
        Refusal(Sample.synapse(#""type": "STDP""#), "the synapse STDP needs the key \"timing\""),
        Refusal(Sample.synapse(#""timing": {"type": "SpikePair"}"#), "the synapse Static has no key \"timing\""),
        Refusal(stdp(#""type": "Pair""#, #""type": "Additive""#), "the timing rule has no type \"Pair\""),
        Refusal(
            stdp(#""type": "SpikePair", "tau_plus": 0"#, #""type": "Additive""#), "tau_plus must be greater than 0"),
        Refusal(stdp(#""type": "SpikePair", "a_plus": 1"#, #""type": "Additive""#), "did you mean \"A_plus\"?"),
        Refusal(stdp(#""type": "Vogels2011""#, #""type": "Additive""#), "needs the key \"alpha\""),
        .meaning(
            stdp(#""type": "SpikePair""#, #""type": "Additive", "w_min": 2, "w_max": 1"#),
            "w_min must not be greater than w_max, got 2 and 1"),
        .meaning(stdp(#""type": "SpikePair""#, #""type": "AdditiveTriplet""#), "belong together"),
        .meaning(
            stdp(#""type": "GraupnerBrunel""#, #""type": "Additive""#),
            "GraupnerBrunel and SoftBounds belong together"),
        .meaning(
            stdp(#""type": "SpikePair""#, #""type": "SoftBounds""#), "GraupnerBrunel and SoftBounds belong together"),
        .meaning(
            stdp(#""type": "PSD", "tau_s": 5, "tau_f": 5"#, #""type": "Additive""#), "tau_f must be less than tau_s"),
        Refusal(stdp(#""type": "Resume""#, #""type": "Additive""#), "did you mean \"ReSuMe\"?"),
        Refusal(
            stdp(#""type": "SpikePair""#, #""type": "Additive""#, #", "backprop_delay": 1"#), "must be true or false"),
    ]

    private static func dopamine(_ more: String, _ receptor: String = #", "receptor": "reward""#) -> String {
        Sample.synapse(#""type": "Neuromodulation""# + more, more: receptor)
    }

    static let neuromodulation = [
        Refusal(dopamine(""), "the synapse Neuromodulation needs the key \"weight\""),
        Refusal(dopamine(#", "weight": 16"#), "weight must be less than 16"),
        Refusal(dopamine(#", "weight": -1"#), "weight must be at least 0"),
        Refusal(dopamine(#", "weight": 1, "tau_c": 0"#), "tau_c must be greater than 0"),
        Refusal(dopamine(#", "weight": 1, "tau_e": 1"#), "the synapse Neuromodulation has no key \"tau_e\""),
        .meaning(dopamine(#", "weight": 1, "w_min": 2"#), "w_min must not be greater than w_max, got 2 and 1"),
        Refusal(dopamine(#", "weight": 1"#, ""), "the Neuromodulation needs the key \"receptor\""),
        Refusal(
            dopamine(#", "weight": 1"#, #", "receptor": "excitatory""#),
            "the Neuromodulation has no receptor \"excitatory\"; there are reward or punishment"),
        Refusal(
            dopamine(#", "weight": 1"#, #", "receptor": "reward", "record": ["weights"]"#),
            "synapses that change others have no weights to record"),
        Refusal(
            Sample.synapse(#""weight": 1"#, more: #", "receptor": "reward""#),
            "IF_curr_exp has no receptor \"reward\"; it has excitatory and inhibitory"),
    ]

    static let weightChanges = [
        Refusal(Sample.synapse(#""type": "WeightChangeable", "w_min": 0"#), "needs the key \"w_max\""),
        .meaning(
            Sample.synapse(#""type": "WeightChangeable", "w_min": 2, "w_max": 1"#),
            "w_min must not be greater than w_max, got 2 and 1"),
        Refusal(Sample.synapse(#""type": "WeightChangeable", "w_min": -1, "w_max": 1"#), "w_min must be at least 0"),
        Refusal(Acceptances.changes(#""projection": "a""#), "needs the key \"weight_change\""),
        Refusal(Acceptances.changes(#""weight_change": 1"#), "needs the key \"projection\""),
        Refusal(
            Acceptances.changes(#""weight_change": 1, "projection": "a", "weight": 1"#), "has no key \"weight\""),
        .meaning(
            Acceptances.changes(#""weight_change": 1, "projection": "b""#),
            "projection names \"b\", which does not exist", at: "/synapse/projection"),
        .meaning(
            Acceptances.changes(#""weight_change": 1, "projection": "in->E""#),
            "the synapses of \"in->E\" are not of the type \"WeightChangeable\""),
        .meaning(
            Acceptances.changes(#""weight_change": 1, "projection": "a""#, more: #", "receptor": "inhibitory""#),
            "the receptor must be that of \"a\", \"excitatory\", got \"inhibitory\""),
        Refusal(
            Acceptances.changes(#""weight_change": 1, "projection": "a""#, more: #", "record": ["weights"]"#),
            "synapses that change others have no weights to record"),
    ]

    private static func structural(
        _ more: String, type: String = "StructuralStatic", _ formation: String = "",
        _ elimination: String = #", "threshold": 1"#
    ) -> String {
        Sample.synapse(
            #""type": "\#(type)", "partner_selection": {"type": "RandomSelection"}, "#
                + #""formation": {"type": "DistanceDependentFormation"\#(formation)}, "#
                + #""elimination": {"type": "RandomByWeightElimination"\#(elimination)}\#(more)"#)
    }

    static let structural = [
        Refusal(Sample.synapse(#""type": "StructuralStatic""#), "needs the key \"partner_selection\""),
        Refusal(structural("", "", ""), "the elimination RandomByWeightElimination needs the key \"threshold\""),
        Refusal(structural("", #", "sigma": 1"#), "has no key \"sigma\""),
        Refusal(structural("", #", "grid": 16"#), "grid must be [rows, columns]"),
        Refusal(structural("", #", "grid": [0, 4]"#), "an integer from 1 to 4096"),
        Refusal(structural("", #", "grid": [4, 4097]"#), "an integer from 1 to 4096"),
        Refusal(structural("", #", "sigma_form_lateral": 0"#), "sigma_form_lateral must be greater than 0"),
        Refusal(structural("", #", "p_form_forward": 1.5"#), "p_form_forward must be at most 1, got 1.5"),
        Refusal(structural("", "", #", "threshold": -1"#), "threshold must be at least 0"),
        Refusal(structural(#", "f_rew": 0"#), "f_rew must be greater than 0"),
        Refusal(structural(#", "f_rew": 1e8"#), "f_rew must be at most"),
        Refusal(structural(#", "s_max": 0"#), "s_max must be an integer from 1 to 256, got 0"),
        Refusal(structural(#", "s_max": 257"#), "s_max must be an integer from 1 to 256"),
        Refusal(structural(#", "initial_delay": 0"#), "the delay must be greater than 0 ms"),
        Refusal(structural(#", "initial_delay": [1]"#), "initial_delay must be a number or [low, high]"),
        Refusal(structural(#", "initial_delay": [1, true]"#), "initial_delay"),
        Refusal(
            structural(#", "initial_delay": {"distribution": "uniform", "low": 1, "high": 2}"#),
            "a number or [low, high]"),
        .meaning(structural(#", "initial_delay": [3, 2]"#), "the first of initial_delay must not be greater"),
        Refusal(structural(#", "with_replacement": 1"#), "must be true or false"),
        Refusal(structural(#", "p_rew": 1"#), "the synapse StructuralStatic has no key \"p_rew\""),
        Refusal(structural(#", "timing": {"type": "SpikePair"}"#), "has no key \"timing\""),
        Refusal(structural("", type: "StructuralSTDP"), "the synapse StructuralSTDP needs the key \"timing\""),
        Refusal(
            structural("").replacing("RandomSelection", with: "AnySelection"),
            "the partner selection has no type \"AnySelection\""),
        Refusal(
            structural("").replacing(#""RandomSelection""#, with: #""RandomSelection", "spike_buffer_size": 3"#),
            "RandomSelection has no key \"spike_buffer_size\""),
    ]

    private static func record(_ record: String) -> String {
        Sample.synapse(#""weight": 1"#, more: #", "record": \#(record)"#)
    }

    static let pairExpressions = [
        Refusal(
            Sample.synapse(#""weight": {"expression": 1}"#), "expression must be a string", at: "/weight/expression"),
        Refusal(Sample.synapse(#""weight": {"expression": "d", "e": 1}"#), "has no key \"e\"", at: "/weight/e"),
        .meaning(Sample.synapse(#""delay": {"expression": "x"}"#), "in expression, column 1", at: "/delay/expression"),
        .meaning(
            Sample.synapse(#""weight": {"expression": "d[1]"}"#, more: #", "space": {"axes": "x"}"#), "in expression",
            at: "/weight/expression"),
        .meaning(
            Sample.projection(
                #""pre": "in", "post": "E", "connector": {"type": "FromList", "conn_list": [[0, 0, 1, 2]]}, "#
                    + #""synapse": {"weight": {"expression": "d"}}"#), "have a weight each", at: "/synapse"),
        .meaning(
            Sample.projection(
                #""pre": "in", "post": "E", "connector": {"type": "FromList", "conn_list": [[0, 0, 1, 2]]}, "#
                    + #""synapse": {"delay": {"expression": "d"}}"#), "have a delay each", at: "/synapse"),
        Refusal(
            Sample.synapse(
                #""type": "Neuromodulation", "weight": {"expression": "d"}"#, more: #", "receptor": "reward""#),
            "needs the key \"distribution\"", at: "/weight"),
    ]

    static let weights = [
        Refusal(record(#"["weight"]"#), "cannot record \"weight\"; it can record \"weights\"", at: "/record/0"),
        Refusal(record(#"["weights", "weights"]"#), "is already in the list"),
        Refusal(record(#"{"spikes": true}"#), "cannot record \"spikes\"", at: "/record/spikes"),
        Refusal(record("true"), "record must be an array of names or an object"),
        .meaning(record(#"["rewiring"]"#), "these synapses neither form nor go", at: "/record/0"),
        Refusal(record(#"{"rewiring": 1}"#), "neither form nor go"),
        Refusal(record(#"{"weights": 1}"#), "must be true, false or an object", at: "/record/weights"),
        Refusal(record(#"{"weights": {"every": 1}}"#), "the recording of weights has no key \"every\""),
        Refusal(record(#"{"weights": {"interval": 0}}"#), "interval must be greater than 0"),
        .meaning(record(#"{"weights": {"interval": 2.5}}"#), "interval must be a multiple of the timestep 1 ms"),
        Refusal(record(#"{"weights": {"apply_pending": 1}}"#), "must be true or false"),
    ]

    static let currents = [
        Refusal(Sample.current(#""type": "DC", "amplitude": 1"#), "the current DC needs the key \"population\""),
        Refusal(Sample.current(#""type": "dc", "population": "E""#), "did you mean \"DC\"?"),
        Refusal(Sample.current(#""type": "DC", "population": "E", "amp": 1"#), "the current DC has no key \"amp\""),
        .meaning(
            Sample.current(#""type": "DC", "population": "F""#), "names the population \"F\", which does not exist"),
        .meaning(Sample.current(#""type": "DC", "population": "in""#), "takes no current"),
        .meaning(
            Sample.current(#""type": "DC", "population": "E", "start": 5, "stop": 5"#), "stop must be after start"),
        Refusal(Sample.current(#""type": "Noisy", "population": "E", "stdev": -1"#), "stdev must be at least 0"),
        .meaning(
            Sample.current(#""type": "Step", "population": "E", "times": [1, 2], "amplitudes": [1]"#),
            "amplitudes must be as many as times, got 1 and 2"),
        .meaning(
            Sample.current(#""type": "Step", "population": "E", "times": [2, 2], "amplitudes": [1, 1]"#),
            "times must ascend, got 2 after 2", at: "/currents/0/times/1"),
    ]
}
