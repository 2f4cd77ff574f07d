import Testing

/// A document the reader refuses, and what it says.
struct Refusal: Sendable, CustomTestStringConvertible {
    var text: String
    var fragment: String
    /// End of the JSON pointer.
    var pointer: String
    /// The schema refuses it too; false where only the meaning is wrong.
    var isSchemas: Bool

    init(_ text: String, _ fragment: String, at pointer: String = "", schema: Bool = true) {
        self.text = text
        self.fragment = fragment
        self.pointer = pointer
        isSchemas = schema
    }

    var testDescription: String { fragment }

    /// A refusal by meaning, which no schema can express.
    static func meaning(_ text: String, _ fragment: String, at pointer: String = "") -> Refusal {
        Refusal(text, fragment, at: pointer, schema: false)
    }

    static let all =
        document + simulation + machine + wrapping + populations + values + records + projections + patterns + spaces
        + plasticity + neuromodulation + weightChanges + structural + weights + pairExpressions
        + currents

    static let document = [
        Refusal("[1, 2]", "expected a JSON object at the top, got an array of 2"),
        Refusal("3", "expected a JSON object at the top, got 3"),
        Refusal("{}", "the topology needs the key \"format\""),
        Refusal(#"{"format": "spinnsim-topology/2"}"#, "version 2, this program reads version 1", at: "/format"),
        Refusal(#"{"format": "nir"}"#, "format must be \"spinnsim-topology/1\"", at: "/format"),
        Refusal(#"{"format": 1}"#, "format must be a string, got 1", at: "/format"),
        Refusal(#"{"format": "spinnsim-topology/1", "simulation": {"duration": 1}}"#, "needs the key \"populations\""),
        Refusal(
            Sample.document(more: #""machin": {}"#), "has no key \"machin\"; did you mean \"machine\"?", at: "/machin"),
        Refusal(Sample.document(more: #""$schema": 1"#), "$schema must be a string", at: "/$schema"),
        Refusal(Sample.document(more: #""name": "a/b""#), "name must be 1 to 64 letters", at: "/name"),
        Refusal(Sample.document(more: #""name": "..""#), "name must be 1 to 64 letters", at: "/name"),
        Refusal(
            Sample.document(more: #""description": null"#),
            "description must be a string, got null; leave the key out"),
        Refusal(Sample.document(more: #""populations2": []"#), "did you mean \"populations\"?"),
    ]

    private static func simulation(_ text: String) -> String { Sample.document(simulation: "{\(text)}") }

    static let simulation = [
        Refusal(
            Sample.document(simulation: "[]"), "simulation must be an object, got an empty array", at: "/simulation"),
        Refusal(simulation(""), "simulation needs the key \"duration\""),
        Refusal(simulation(#""duration": -1"#), "duration must be at least 0, got -1", at: "/simulation/duration"),
        Refusal(
            simulation(#""duration": "100""#), "duration must be a number, got the string \"100\"; write it without"),
        .meaning(simulation(#""duration": 1e300"#), "more than 4294967295 steps"),
        .meaning(simulation(#""duration": 1e-9"#), "duration must be 0 or at least one timestep"),
        Refusal(simulation(#""duration": 1, "timestep": 0"#), "timestep must be at least 0.001, got 0"),
        Refusal(simulation(#""duration": 1, "timestep": 1e-300"#), "timestep must be at least 0.001"),
        Refusal(simulation(#""duration": 1, "timestep": -0.1"#), "timestep must be at least 0.001"),
        Refusal(simulation(#""duration": 1, "dt": 0.1"#), "simulation has no key \"dt\""),
        Refusal(simulation(#""duration": 1, "time_step": 1"#), "did you mean \"timestep\"?"),
        Refusal(simulation(#""duration": 1, "time_scale_factor": 0"#), "an integer from 1 to 65535, got 0"),
        Refusal(simulation(#""duration": 1, "time_scale_factor": 1.5"#), "an integer from 1 to 65535, got 1.5"),
        Refusal(simulation(#""duration": 1, "time_scale_factor": 2.5e0"#), "an integer from 1 to 65535, got 2.5e0"),
        Refusal(simulation(#""duration": 1, "time_scale_factor": 655360e-1"#), "got 655360e-1"),
        Refusal(simulation(#""duration": 1, "time_scale_factor": 15e-1"#), "got 15e-1"),
        Refusal(simulation(#""duration": 1, "seed": -1.0"#), "seed must be an integer from 0"),
        Refusal(simulation(#""duration": 1, "seed": 2e19"#), "got 2e19"),
        Refusal(simulation(#""duration": 1, "seed": 1e300"#), "got 1e300"),
        Refusal(
            simulation(#""duration": 1, "seed": -1"#),
            "seed must be an integer from 0 to 18446744073709551615, got -1"),
        Refusal(simulation(#""duration": 1, "seed": 18446744073709551616"#), "got 18446744073709551616"),
        Refusal(simulation(#""duration": 1, "seed": 1.5"#), "got 1.5"),
        Refusal(simulation(#""duration": 1, "seed": null"#), "got null"),
        Refusal(simulation(#""duration": 1, "seed": "x1""#), "got the string \"x1\""),
        .meaning(simulation(#""duration": 1, "seed": "18446744073709551616""#), "seed must be an integer"),
        Refusal(simulation(#""duration": 1, "random": "philox""#), "random must be \"chip\" or \"counter\""),
        Refusal(simulation(#""duration": 1, "random": "Chip""#), "did you mean \"chip\"?"),
    ]

    /// What the chip cannot hold though a double can.
    private static func poisson(_ rate: String) -> String {
        Sample.model("SpikeSourcePoisson", "\"parameters\": {\"rate\": \(rate)}")
    }
    private static func distributed(_ distribution: String) -> String {
        Sample.parameters("\"i_offset\": {\"distribution\": \(distribution)}")
    }

    static let wrapping = [
        Refusal(poisson("65536"), "rate must be less than 65536 (the chip's u16.16 rates), got 65536", at: "/rate"),
        Refusal(poisson("[0, 1, 2, 3, 4, 5, 6, 7, 8, 65536]"), "each value of rate must be less", at: "/rate/9"),
        .meaning(
            poisson(#"{"distribution": "uniform", "low": 0, "high": 70000}"#), "this distribution reaches 70000"),
        .meaning(
            poisson(#"{"distribution": "normal", "mu": 60000, "sigma": 1000}"#),
            "this distribution draws values up to 66337", at: "/parameters/rate"),
        .meaning(poisson(#"{"distribution": "exponential", "beta": 3000}"#), "draws values up to 6862"),
        .meaning(poisson(#"{"distribution": "gamma", "k": 2, "theta": 3000}"#), "draws values up to"),
        .meaning(poisson(#"{"distribution": "poisson", "lambda_": 65000}"#), "draws values up to 66622"),
        .meaning(
            Sample.document(simulation: #"{"duration": 10000, "timestep": 1000}"#),
            "needs a timestep of less than 1000 ms", at: "/populations/0/model"),
        .meaning(
            Sample.model("IF_curr_exp", #""record": {"v": {"interval": 1e30}}"#), "at most 2147483648 steps",
            at: "/interval"),
        Refusal(distributed(#""poisson", "lambda_": 1e300"#), "lambda_ must be at most 1000000000", at: "/lambda_"),
        Refusal(distributed(#""gamma", "k": 1e12, "theta": 1e-12"#), "k must be at most 1000000000"),
        Refusal(distributed(#""vonmises", "mu": 0, "kappa": 1e10"#), "kappa must be at most 1000000000"),
        Refusal(distributed(#""binomial", "n": 2147483648, "p": 0"#), "n must be an integer from 0 to 2147483647"),
        Refusal(Sample.parameters(#""tau_m": 1e-6"#), "tau_m must be at least 3.0517578125e-05 (2⁻¹⁵"),
        Refusal(Sample.parameters(#""cm": 1e-6"#), "cm must be at least 3.0517578125e-05"),
        Refusal(Sample.parameters(#""tau_syn_E": 0.00003"#), "tau_syn_E must be at least 3.0517578125e-05"),
        Refusal(Sample.parameters(#""tau_syn_I": 1e-300"#), "tau_syn_I must be at least 3.0517578125e-05"),
        .meaning(
            Sample.parameters(#""tau_m": {"distribution": "uniform", "low": 1e-6, "high": 5}"#),
            "tau_m must be at least 3.0517578125e-05 (2⁻¹⁵: the chip's s16.15 numbers end there, and it divides by "
                + "this one), and this distribution reaches 1e-06"),
        .meaning(
            Sample.synapse(#""weight": 1, "delay": {"distribution": "exponential", "beta": 5000}"#),
            "delay must be at most 65535, and this distribution draws values up to 114369"),
    ]

    static let machine = [
        Refusal(Sample.machine(#""board": "spin4""#), "board must be \"spin3\" or \"spin5\", got the string \"spin4\""),
        Refusal(
            Sample.machine(#""boards": 0"#), "boards must be an integer from 1 to 1200, got 0", at: "/machine/boards"),
        Refusal(Sample.machine(#""boards": 1201"#), "boards must be an integer from 1 to 1200, got 1201"),
        Refusal(Sample.machine(#""boards": true"#), "boards must be an integer from 1 to 1200 or \"auto\", got true"),
        Refusal(Sample.machine(#""board": "spin3", "boards": 2"#), "an integer from 1 to 1, got 2"),
        Refusal(Sample.machine(#""board": "spin3", "boards": "auto""#), "\"auto\" chooses spin5 boards"),
        Refusal(Sample.machine(#""boards": "all""#), "boards must be \"auto\", got the string \"all\""),
        Refusal(Sample.machine(#""width": 8"#), "machine needs the key \"height\""),
        Refusal(Sample.machine(#""wrap": true"#), "machine needs the key \"width\""),
        Refusal(Sample.machine(#""width": 8, "height": 65536"#), "height must be an integer from 1 to 256, got 65536"),
        Refusal(Sample.machine(#""width": 8, "height": 8, "boards": 1"#), "not both \"boards\" and \"width\""),
        Refusal(Sample.machine(#""cores_per_chip": 19"#), "an integer from 2 to 18, got 19"),
        Refusal(Sample.machine(#""core": {"clok": 1}"#), "did you mean \"clock\"?", at: "/machine/core/clok"),
        Refusal(Sample.machine(#""core": {"ring_buffer_bits": 17}"#), "an integer from 3 to 16"),
        Refusal(Sample.machine(#""core": {"row_words": 3}"#), "row_words must be an integer from 4 to 65536"),
        Refusal(Sample.machine(#""core": {"synapses_per_second": 0}"#), "an integer from 1 to 1000000000000"),
        Refusal(
            Sample.machine(#""faults": {"chips": [[1]]}"#), "a faulty place must be a chip [x, y], got an array of 1"),
        Refusal(Sample.machine(#""faults": {"links": [[1, 1, 6]]}"#), "l must be an integer from 0 to 5, got 6"),
        Refusal(Sample.machine(#""faults": {"cores": [[1, 1, 0]]}"#), "p must be an integer from 1 to 17, got 0"),
        .meaning(
            Sample.machine(#""board": "spin3", "faults": {"chips": [[2, 0]]}"#),
            "chip [2, 0] is outside the machine of 2 by 2 chips", at: "/machine/faults/chips/0"),
        .meaning(
            Sample.machine(#""board": "spin3", "faults": {"chips": [[0, 0], [0, 1], [1, 0], [1, 1]]}"#),
            "every chip of the machine is faulty"),
        .meaning(
            Sample.machine(#""cores_per_chip": 4, "faults": {"cores": [[0, 0, 4]]}"#), "has cores 0 to 3, got core 4"),
    ]
}
