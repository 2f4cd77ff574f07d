extension Refusal {
    private static func sized(_ size: String) -> String {
        Sample.population(#""name": "X", "model": "IF_curr_exp", "size": "# + size)
    }
    private static func named(_ name: String) -> Refusal {
        Refusal(
            Sample.population("\"name\": \"\(name)\", \"size\": 1, \"model\": \"IF_curr_exp\""),
            "a population's name must be 1 to 64 letters", at: "/populations/3/name")
    }

    static let populations = [
        Refusal(sized("0"), "size must be an integer from 1 to 2147483647, got 0", at: "/populations/3/size"),
        Refusal(sized("-1"), "got -1"), Refusal(sized("3.5"), "got 3.5"),
        Refusal(sized("35e-1"), "got 35e-1"), Refusal(sized("0.0"), "got 0.0"), Refusal(sized("3e9"), "got 3e9"),
        Refusal(sized("\"100\""), "got the string \"100\"; write it without quotes"),
        Refusal(sized("true"), "got true"),
        Refusal(sized("null"), "got null"), Refusal(sized("[3]"), "got an array of 1"),
        Refusal(sized("2147483648"), "got 2147483648"), Refusal(sized("4e9"), "got 4e9"),
        Refusal(sized("9223372036854775808"), "got 9223372036854775808"), Refusal(sized("1e30"), "got 1e30"),
        Refusal(sized("3, \"shape\": [3]"), "either a \"size\" or a \"shape\", not both"),
        Refusal(Sample.population(#""name": "X", "model": "IF_curr_exp""#), "needs the key \"size\" (or \"shape\")"),
        Refusal(Sample.population(#""name": "X", "model": "IF_curr_exp", "shape": []"#), "got an empty array"),
        Refusal(
            Sample.population(#""name": "X", "model": "IF_curr_exp", "shape": [4, 0]"#), "each value of shape must be"),
        .meaning(
            Sample.population(#""name": "X", "model": "IF_curr_exp", "shape": [65536, 65536, 65536, 65536]"#),
            "at most 2147483647 neurons"),
        Refusal(Sample.population(#""size": 1, "model": "IF_curr_exp""#), "a population needs the key \"name\""),
        named("a/b"), named(".."), named("."), named("-a"), named(""), named("a b"), named("<script>"), named("a\\n"),
        named("😀"), named("\\u0007"), named(String(repeating: "a", count: 65)), named("a\\u0301"),
        .meaning(
            Sample.population(#""name": "E", "size": 1, "model": "IF_curr_exp""#),
            "the population name \"E\" is already used at 3:113", at: "/populations/3/name"),
        Refusal(Sample.model("IF_curr_ex", ""), "no model \"IF_curr_ex\"; did you mean \"IF_curr_exp\"?"),
        Refusal(Sample.model("if_curr_exp", ""), "did you mean \"IF_curr_exp\"?", at: "/populations/3/model"),
        Refusal(Sample.model("Tsodyks", ""), "there is no model \"Tsodyks\"; there are IF_curr_exp,"),
        Refusal(Sample.model("IF_curr_exp", #""neurons_per_core": 0"#), "neurons_per_core must be an integer from 1"),
        Refusal(
            Sample.model("IF_curr_exp", #""neurons_per_core": [0]"#),
            "each value of neurons_per_core must be an integer from 1 to 65536"),
        Refusal(Sample.model("IF_curr_exp", #""neurons_per_core": []"#), "neurons_per_core"),
        .meaning(
            Sample.model("IF_curr_exp", #""neurons_per_core": [4, 4]"#),
            "one extent for each of the 1 dimensions of the population's shape, which can be up to 3; it has 2"),
        .meaning(
            Sample.population(
                #""name": "X", "shape": [2, 2, 2, 2], "model": "IF_curr_exp", "neurons_per_core": [1, 1, 1]"#),
            "each of the 4 dimensions"),
        Refusal(
            Sample.model("IF_curr_exp", #""n_synapse_cores": 0"#), "n_synapse_cores must be an integer from 1 to 16"),
        Refusal(
            Sample.model("IF_curr_exp", #""n_synapse_cores": "atuo""#), "n_synapse_cores must be \"auto\", got"),
        Refusal(
            Sample.model("IF_curr_exp", #""n_synapse_cores": true"#),
            "n_synapse_cores must be an integer from 1 to 16 or \"auto\""),
        Refusal(
            Sample.model("SpikeSourcePoisson", #""n_synapse_cores": 1"#), "SpikeSourcePoisson has no n_synapse_cores",
            at: "/n_synapse_cores"),
        Refusal(Sample.model("IF_curr_exp", #""key": 4096"#), "a key must be an object"),
        Refusal(Sample.model("IF_curr_exp", #""key": {"mask": 0}"#), "needs the key \"key\""),
        Refusal(Sample.model("IF_curr_exp", #""key": {"key": "12340000"}"#), "or a string such as \"0x12340000\""),
        Refusal(Sample.model("IF_curr_exp", #""key": {"key": "0x123456789"}"#), "or a string such as"),
        Refusal(
            Sample.model("IF_curr_exp", #""key": {"key": 4294967296}"#), "key must be an integer from 0 to 4294967295"),
        Refusal(Sample.model("IF_curr_exp", #""key": {"key": -1}"#), "key must be an integer from 0 to 4294967295"),
        .meaning(
            Sample.model("IF_curr_exp", #""key": {"key": 0, "mask": "0xFF00FF00"}"#), "mask must be ones above zeros"),
        .meaning(
            Sample.model("IF_curr_exp", #""key": {"key": "0x18", "mask": "0xFFFFFFF0"}"#),
            "key 0x00000018 has bits outside its mask 0xFFFFFFF0"),
        Refusal(Sample.model("IF_curr_exp", #""expected_rate": -1"#), "expected_rate"),
        Refusal(
            Sample.model("IF_curr_exp", #""n_steps_per_timestep": 0"#),
            "n_steps_per_timestep must be an integer from 1 to 255, got 0", at: "/n_steps_per_timestep"),
        Refusal(Sample.model("IF_curr_exp", #""n_steps_per_timestep": 256"#), "from 1 to 255, got 256"),
        Refusal(Sample.model("IF_curr_exp", #""n_steps_per_timestep": 2.01"#), "got 2.01"),
        Refusal(
            Sample.model("SpikeSourcePoisson", #""n_steps_per_timestep": 1"#),
            "SpikeSourcePoisson has no n_steps_per_timestep", at: "/n_steps_per_timestep"),
        Refusal(Sample.model("StocExp", #""n_steps_per_timestep": 2"#), "it is updated once a timestep"),
        Refusal(Sample.model("IF_curr_exp", #""colour": 1"#), "a population has no key \"colour\"; it has"),
        Refusal(
            Sample.model("IF_curr_exp", #""initial": {"u": 1}"#), "the initial state of IF_curr_exp has no key \"u\""),
        Refusal(Sample.model("SpikeSourcePoisson", #""initial": {"v": 1}"#), "it has no keys"),
        .meaning(
            Sample.model("IF_curr_exp", #""positions": [[0, 0]]"#), "positions has 1 places, the population has 10"),
        Refusal(
            Sample.population(#""name": "X", "size": 2, "model": "IF_curr_exp", "positions": [[0, 0], [0, 0, 0]]"#),
            "each position must have 2 coordinates like the first, got 3", at: "/positions/1"),
        Refusal(
            Sample.population(#""name": "X", "size": 1, "model": "IF_curr_exp", "positions": [[0]]"#),
            "[x, y] or [x, y, z]"),
    ]

    private static func distributed(_ distribution: String) -> String {
        Sample.parameters("\"i_offset\": {\"distribution\": \(distribution)}")
    }

    static let values = [
        Refusal(Sample.parameters(#""tau_mem": 20"#), "IF_curr_exp has no key \"tau_mem\"; did you mean \"tau_m\"?"),
        Refusal(
            Sample.parameters(#""tau_m": -5"#),
            "tau_m must be at least 3.0517578125e-05 (2⁻¹⁵: the chip's s16.15 numbers end there, and it divides by "
                + "this one), got -5",
            at: "/populations/3/parameters/tau_m"),
        Refusal(Sample.parameters(#""tau_m": 0"#), "tau_m must be at least 3.0517578125e-05"),
        Refusal(Sample.parameters(#""cm": 0"#), "cm must be at least 3.0517578125e-05"),
        Refusal(Sample.parameters(#""tau_syn_E": -1"#), "tau_syn_E must be at least 3.0517578125e-05"),
        Refusal(Sample.parameters(#""tau_refrac": -0.1"#), "tau_refrac must be at least 0, got -0.1"),
        Refusal(Sample.parameters(#""v_rest": 65536"#), "v_rest must be less than 65536 (the chip's s16.15 numbers)"),
        Refusal(Sample.parameters(#""v_rest": -65537"#), "v_rest must be at least -65536, got -65537"),
        Refusal(Sample.parameters(#""tau_m": "20""#), "tau_m must be a number, an array of numbers or a distribution"),
        Refusal(Sample.parameters(#""tau_m": true"#), "got true"),
        Refusal(Sample.parameters(#""tau_m": null"#), "got null; leave the key out for its default"),
        .meaning(Sample.parameters(#""tau_m": [1, 2]"#), "tau_m has 2 values, the population has 10 neurons"),
        Refusal(
            Sample.parameters(#""tau_m": [1, 2, 3, 4, 5, 6, 7, 8, 0, 10]"#),
            "each value of tau_m must be at least", at: "/tau_m/8"),
        .meaning(
            Sample.parameters(#""tau_m": 1000, "cm": 0.001"#), "must be less than 65536 MΩ, got 1000000", at: "/cm"),
        Refusal(distributed("\"gaussian\""), "has no distribution \"gaussian\"; there are uniform, normal"),
        Refusal(distributed("\"unifrom\", \"low\": 0, \"high\": 1"), "did you mean \"uniform\"?"),
        Refusal(distributed("\"uniform\", \"low\": 0"), "the distribution uniform needs the key \"high\""),
        Refusal(
            distributed("\"uniform\", \"low\": 0, \"high\": 1, \"rng\": 1"),
            "the distribution uniform has no key \"rng\""),
        .meaning(distributed("\"uniform\", \"low\": 1, \"high\": 0"), "low must not be greater than high, got 1 and 0"),
        Refusal(distributed("\"normal\", \"mu\": 1, \"sigma\": -1"), "sigma must be at least 0, got -1"),
        .meaning(
            distributed("\"normal_clipped\", \"mu\": 0, \"sigma\": 1, \"low\": 10, \"high\": 11"),
            "next to nothing of a normal"),
        .meaning(
            distributed("\"normal_clipped\", \"mu\": 0, \"sigma\": 1, \"low\": 2, \"high\": 1"),
            "low must not be greater"),
        Refusal(distributed("\"exponential\", \"beta\": 0"), "beta must be greater than 0"),
        Refusal(distributed("\"lognormal\", \"mu\": 0, \"sigma\": -1"), "sigma must be at least 0"),
        Refusal(distributed("\"gamma\", \"k\": 0, \"theta\": 1"), "k must be greater than 0"),
        Refusal(distributed("\"poisson\", \"lambda\": 1"), "did you mean \"lambda_\"?"),
        Refusal(distributed("\"poisson\", \"lambda_\": -1"), "lambda_ must be at least 0"),
        Refusal(distributed("\"binomial\", \"n\": 1.5, \"p\": 0.5"), "n must be an integer"),
        Refusal(distributed("\"binomial\", \"n\": 5, \"p\": 1.5"), "p must be at most 1, got 1.5"),
        Refusal(distributed("\"uniform_int\", \"low\": 0.5, \"high\": 1"), "low must be an integer"),
        Refusal(distributed("\"vonmises\", \"mu\": 0, \"kappa\": -1"), "kappa must be at least 0"),
        .meaning(
            Sample.parameters(#""tau_m": {"distribution": "uniform", "low": -1, "high": 5}"#),
            "tau_m must be at least 3.0517578125e-05"),
        .meaning(
            Sample.parameters(#""tau_m": {"distribution": "normal", "mu": -20, "sigma": 1}"#),
            "the mean of this distribution is -20"),
        .meaning(distributed("\"lognormal\", \"mu\": 1000, \"sigma\": 1"), "the mean of this distribution is inf"),
        Refusal(
            Sample.model("SpikeSourcePoisson", #""parameters": {"rate": -1}"#), "rate must be at least 0, got -1"),
        Refusal(Sample.model("SpikeSourcePoisson", #""parameters": {"rate": 1e9}"#), "rate must be less than 65536"),
        Refusal(Sample.model("SpikeSourcePoisson", #""parameters": {"duration": -1}"#), "duration must be at least 0"),
        Refusal(Sample.model("SpikeSourceArray", #""parameters": {"spike_times": 5}"#), "spike_times must be an array"),
        .meaning(
            Sample.model("SpikeSourceArray", #""parameters": {"spike_times": [1, 3, 2]}"#),
            "spike_times must ascend, got 2 after 3", at: "/spike_times/2"),
        Refusal(
            Sample.model("SpikeSourceArray", #""parameters": {"spike_times": [-1, 3]}"#),
            "each value of spike_times must be at least 0, got -1"),
        .meaning(
            Sample.model("SpikeSourceArray", #""parameters": {"spike_times": [[1], [2]]}"#),
            "spike_times has 2 arrays, the population has 10 sources"),
        Refusal(
            Sample.model("SpikeSourceArray", #""parameters": {"spike_times": [[1], 2]}"#), "mixes times and arrays"),
        Refusal(
            Sample.model("SpikeSourceArray", #""parameters": {"spike_times": [[1], "2"]}"#), "got the string \"2\""),
        Refusal(
            Sample.model("SpikeSourceFromFile", #""parameters": {"spike_times": "../x"}"#), "it leaves the folder"),
        Refusal(
            Sample.model("SpikeInjector", #""parameters": {"port": 0}"#), "port must be an integer from 1 to 65535"),
        Refusal(
            Sample.model("SpikeSourcePoissonVariable", #""parameters": {"rates": ["a"]}"#),
            "each list of rates must be an array of numbers"),
        variable(#""rates": [1]"#, "starts is missing: each rate needs a start"),
        variable(#""starts": [1]"#, "rates is missing"), variable(#""durations": [1]"#, "rates is missing"),
        variable(#""rates": [65536], "starts": [0]"#, "less than 65536"),
        .meaning(variable(#""rates": [1, 2], "starts": [0]"#, "").text, "a source has 2 rates and 1 starts"),
        .meaning(variable(#""rates": [1, 2], "starts": [5, 5]"#, "").text, "starts must ascend, got 5 after 5"),
        .meaning(
            variable(#""rates": [1, 2], "starts": [5, 6], "durations": [1]"#, "").text,
            "a source has 2 rates and 1 durations"),
        .meaning(
            variable(#""rates": [[1], [2]], "starts": [0]"#, "").text,
            "rates has 2 arrays, the population has 10 sources"),
        Refusal(
            Sample.model("SpikeSourceFromFile", #""parameters": {"population": "E"}"#),
            "\"spike_times\", which is missing"),
        Refusal(
            Sample.model("SpikeSourceFromFile", #""parameters": {"spike_times": "a", "population": ""}"#),
            "population must not be empty"),
        Refusal(
            Sample.model("IF_curr_exp", #""record": {"packets-per-timestep": {"neurons": "0:2"}}"#),
            "is recorded of all cores, not of chosen neurons"),
    ]

    private static func variable(_ parameters: String, _ fragment: String) -> Refusal {
        Refusal(Sample.model("SpikeSourcePoissonVariable", "\"parameters\": {\(parameters)}"), fragment)
    }

    private static func recorded(_ record: String) -> String { Sample.model("IF_curr_exp", "\"record\": " + record) }

    static let records = [
        Refusal(recorded("\"spikes\""), "record must be an array of names or an object, got the string \"spikes\""),
        Refusal(
            recorded("[\"spike\"]"), "IF_curr_exp cannot record \"spike\"; did you mean \"spikes\"?", at: "/record/0"),
        Refusal(recorded("[1]"), "each recorded variable must be a string, got 1"),
        Refusal(recorded("[\"v\", \"v\"]"), "\"v\" is already in the list"),
        Refusal(Sample.model("SpikeSourcePoisson", #""record": ["v"]"#), "SpikeSourcePoisson cannot record \"v\""),
        Refusal(recorded("{\"v\": 1}"), "the recording of v must be true, false or an object, got 1"),
        Refusal(recorded("{\"v\": {\"every\": 2}}"), "a recording has no key \"every\""),
        Refusal(recorded("{\"v\": {\"neurons\": \"0-4\"}}"), "neurons must be \"a:b\", \"a:b:step\""),
        Refusal(recorded("{\"v\": {\"neurons\": \":4\"}}"), "neurons must be \"a:b\""),
        Refusal(recorded("{\"v\": {\"neurons\": \"0:4\\n\"}}"), "neurons must be \"a:b\""),
        .meaning(recorded("{\"v\": {\"neurons\": \"4:4\"}}"), "neurons \"4:4\" selects nothing"),
        .meaning(recorded("{\"v\": {\"neurons\": \"0:4:0\"}}"), "selects nothing"),
        .meaning(recorded("{\"v\": {\"neurons\": \"0:11\"}}"), "ends behind the population's 10 neurons"),
        .meaning(recorded("{\"v\": {\"neurons\": \"0:99999999999999999999\"}}"), "neurons must be \"a:b\""),
        .meaning(recorded("{\"v\": {\"neurons\": [0, 10]}}"), "an integer from 0 to 9, got 10", at: "/neurons/1"),
        Refusal(recorded("{\"v\": {\"neurons\": [-1]}}"), "an integer from 0 to 9, got -1"),
        Refusal(recorded("{\"v\": {\"neurons\": [1, 1]}}"), "names neuron 1 twice"),
        Refusal(recorded("{\"v\": {\"neurons\": []}}"), "at least one neuron"),
        Refusal(recorded("{\"v\": {\"neurons\": [1.5]}}"), "got 1.5"),
        Refusal(recorded("{\"v\": {\"neurons\": [1, 1.0]}}"), "names neuron 1 twice"),
        Refusal(recorded("{\"v\": {\"interval\": 0}}"), "interval must be greater than 0, got 0"),
        .meaning(recorded("{\"v\": {\"interval\": 1.5}}"), "interval must be a multiple of the timestep 1 ms, got 1.5"),
        .meaning(recorded("{\"v\": {\"interval\": 1e-7}}"), "interval must be a multiple of the timestep"),
    ]
}
