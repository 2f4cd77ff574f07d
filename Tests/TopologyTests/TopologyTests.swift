import Diagnostics
import StrictJSON
import TestSupport
import Testing
import Topology

/// The example of the contract.
let contractExample = """
    {
      "format": "spinnsim-topology/1",
      "name": "balanced",
      "description": "optional free text",
      "simulation": { "duration": 1000, "timestep": 1.0, "time_scale_factor": 1, "seed": 1 },
      "machine": { "board": "spin5", "boards": 1 },
      "populations": [
        { "name": "E", "size": 800, "model": "IF_curr_exp",
          "parameters": { "tau_m": 20, "cm": 0.25, "i_offset": {"distribution": "uniform", "low": 0, "high": 0.4} },
          "initial": { "v": {"distribution": "normal", "mu": -60, "sigma": 3} },
          "record": { "spikes": true, "v": {"neurons": "0:4", "interval": 1.0} },
          "neurons_per_core": 128 },
        { "name": "noise", "size": 800, "model": "SpikeSourcePoisson", "parameters": {"rate": 20} }
      ],
      "projections": [
        { "pre": "noise", "post": "E", "connector": {"type": "OneToOne"}, "synapse": {"weight": 0.2, "delay": 1} },
        { "name": "EE", "pre": "E", "post": "E", "receptor": "excitatory",
          "connector": {"type": "FixedProbability", "p_connect": 0.1, "allow_self_connections": false},
          "synapse": {"type": "Static", "weight": 0.1, "delay": {"distribution": "uniform", "low": 1, "high": 8}} }
      ],
      "currents": [
        { "type": "DC", "population": "E", "neurons": "0:10", "start": 100, "stop": 200, "amplitude": 0.5 }
      ]
    }
    """

@Suite struct TopologyTests {
    /// Sizes, rows, seeds, ranges and faults written as scripts write what they computed.
    @Test func wholeNumbersKeepTheirValue() throws {
        let seeds: [(String, UInt64)] = [
            ("1e1", 10), ("40.0", 40), ("400e-1", 40), ("-0.0", 0), ("9007199254740993.0", 9_007_199_254_740_993),
            ("18446744073709551615.000", .max), ("1844674407370955161.5e1", .max), ("0e999", 0),
            ("1.8e19", 18 * 1_000_000_000_000_000_000),
        ]
        for (text, seed) in seeds {
            let document = Sample.document(simulation: "{\"duration\": 1, \"seed\": \(text)}")
            #expect(try read(document).network.simulation.seed == seed, "\(text)")
        }
        let listed = try read(
            Sample.connector(#""type": "FromList", "conn_list": [[0.0, 1.9e1, 0.5, 1], [9.0, 0, 0.5, 2]]"#))
        let pattern = try #require(listed.network.projections[0].connector.pattern)
        var rows: [[Int]] = []
        for post in [0, 19] { pattern.forEachConnection(to: post) { pre, _ in rows.append([pre, post]) } }
        #expect(rows == [[9, 0], [0, 19]])
        let shaped = try read(
            Sample.population(
                #""name": "X", "shape": [2.0, 3e0], "model": "IF_curr_exp", "record": {"v": {"neurons": [1.0, 30e-1]}}"#
            )
        ).network.populations[3]
        #expect(shaped.shape == [2, 3] && shaped.record[0].neurons == .list([1, 3]))
        let faults = try read(Sample.machine(#""faults": {"chips": [[1.0, 1e0]], "cores": [[0, 0.0, 5.0]]}"#))
        #expect(faults.network.machine.faultyChips == [[1, 1]] && faults.network.machine.faultyCores == [[0, 0, 5]])
    }

    @Test func readsTheContractsExample() throws {
        let (network, warnings) = try read(contractExample)
        #expect(warnings.isEmpty)
        #expect(network.name == "balanced")
        #expect(network.simulation.seed == 1)
        #expect(network.machine.shape == .spin5(boards: 1))
        #expect(network.populations.map(\.name) == ["E", "noise"])
        #expect(network.populations[0].parameter("i_offset") == .distribution(.uniform(low: 0, high: 0.4)))
        #expect(network.populations[0].parameter("tau_syn_E") == .number(5))
        #expect(network.populations[0].recording("v")?.neurons == .range(start: 0, end: 4, step: 1))
        #expect(network.projections.map(\.name) == ["noise->E", "EE"])
        #expect(network.projections[1].synapse.delay == .distribution(.uniform(low: 1, high: 8)))
        #expect(network.currents.count == 1)
    }

    @Test(arguments: Acceptances.all) func accepts(_ text: String) throws {
        #expect(throws: Never.self) { try read(text) }
    }

    @Test(arguments: Refusal.all) func refuses(_ refused: Refusal) throws {
        let error = try #require(refusal(Array(refused.text.utf8)), "accepted \(refused.text)")
        #expect(error.message.contains(refused.fragment), "\(error)")
        #expect(error.pointer.hasSuffix(refused.pointer), "\(error)")
        #expect(error.failure.exitCode == .badInput)
    }

    @Test func formatsErrors() throws {
        let text =
            "{\"format\": \"spinnsim-topology/1\",\n \"simulation\": {\"duration\": 1}, \"populations\": [\n"
            + "  {\"name\": \"é\u{1F600}\", \"size\": 0}]}"
        let error = try #require(refusal(Array(text.utf8)))
        #expect(error.code == .missingKey)
        let named = try #require(
            refusal(Array(text.replacing("\"size\": 0", with: "\"model\": \"IF_curr_exp\", \"size\": 0").utf8)))
        #expect(
            named.description
                == "error topology.json:3:12 (/populations/0/name): a population's name must be 1 to 64 letters, "
                + "digits, '_', '.' or '-', not starting with '-', got the string \"é\u{1F600}\"")
        let size = text.replacing("\"é\u{1F600}\"", with: "\"E\"").replacing(
            "\"size\"", with: "\"model\": \"IF_curr_exp\", \"size\"")
        #expect(
            refusal(Array(size.utf8))?.description
                == "error topology.json:3:49 (/populations/0/size): size must be an integer from 1 to 2147483647, got 0"
        )
    }

    @Test func keepsIntegersExact() throws {
        for seed: UInt64 in [0, 1, (1 << 53) + 1, .max - 1, .max] {
            let text = Sample.document(simulation: "{\"duration\": 1, \"seed\": \(seed)}")
            #expect(try read(text).network.simulation.seed == seed)
            let quoted = Sample.document(simulation: "{\"duration\": 1, \"seed\": \"\(seed)\"}")
            #expect(try read(quoted).network.simulation.seed == seed)
        }
        #expect(try read(Sample.document()).network.simulation.seed == Simulation.defaultSeed)
    }

    @Test func namesWhatHasNoName() throws {
        let unnamed = #"{"pre": "in", "post": "E", "connector": {"type": "OneToOne"}, "synapse": {"weight": 1}}"#
        let network = try read(Sample.document(projections: [unnamed, unnamed, unnamed])).network
        #expect(network.projections.map(\.name) == ["in->E", "in->E#2", "in->E#3"])
        let document = Array(Sample.document().utf8)
        #expect(try TopologyReader.read(bytes: document, file: "a/b c.json").network.name == "b_c")
        #expect(try TopologyReader.read(bytes: document, file: "").network.name == "topology")
        #expect(try TopologyReader.read(bytes: document, file: "-x.json").network.name == "topology")
    }

    @Test func choosesTheReceptorByTheWeightsSign() throws {
        func receptor(_ synapse: String, to post: String = "E", more: String = "") throws -> String {
            try read(Sample.synapse(synapse, to: post, more: more)).network.projections[0].receptor
        }
        #expect(try receptor(#""weight": 1"#) == "excitatory")
        #expect(try receptor(#""weight": -1"#) == "inhibitory")
        #expect(try receptor(#""weight": {"distribution": "normal", "mu": -1, "sigma": 1}"#) == "inhibitory")
        #expect(try receptor(#""weight": -1"#, more: #", "receptor": "excitatory""#) == "excitatory")
        #expect(try receptor(#""weight": 1"#, more: #", "receptor": "inhibitory""#) == "inhibitory")
        let rows = Sample.connector(#""type": "FromList", "conn_list": [[0, 0, -1, 1]]"#)
        #expect(try read(rows).network.projections[0].receptor == "inhibitory")
    }

    @Test func readsRows() throws {
        let text = Sample.connector(#""type": "FromList", "conn_list": [[0, 19, 0.5, 0.25], [9, 0, 0.125, 3]]"#)
        let table = try read(text).network.projections[0].connector.pattern as? ConnectionTable
        #expect(
            table
                == ConnectionTable([
                    ListedConnection(pre: 0, post: 19, weight: 0.5, delay: 1),
                    ListedConnection(pre: 9, post: 0, weight: 0.125, delay: 3),
                ]))
    }

    @Test func fillsInDefaultsOfRules() throws {
        let text = try #require(Acceptances.synapses.first { $0.contains("SpikePair\"") })
        let stdp = try read(text).network.projections[0].synapse
        #expect(stdp.stdp?.timing.arguments["A_minus"] == .number(0.012))
        #expect(stdp.stdp?.weightDependence.arguments == ["w_min": .number(0), "w_max": .number(1)])
        #expect(stdp.stdp?.backpropDelay == false)
        let total = try read(Sample.connector(#""type": "FixedTotalNumber", "n": 5"#)).network.projections[0].connector
        guard case .fixedTotalNumber(5, withReplacement: true, allowSelfConnections: true) = total else {
            Issue.record("\(total)")
            return
        }
        let pre = try read(Sample.connector(#""type": "FixedNumberPre", "n": 5"#)).network.projections[0].connector
        guard case .fixedNumberPre(5, withReplacement: false, allowSelfConnections: true) = pre else {
            Issue.record("\(pre)")
            return
        }
    }

    @Test(arguments: [
        (Sample.document(simulation: #"{"duration": 10.5}"#), "rounded up to 11 steps"),
        (Sample.document(populations: []), "there are no populations"),
        (Sample.document(populations: [Sample.populations[0]]), "nothing is recorded"),
        (Sample.parameters(#""v_reset": -40"#), "v_reset (-40) is not below v_thresh (-50)"),
        (Sample.model("SpikeSourcePoisson", #""parameters": {"rate": 8000}"#), "8 spikes a step"),
        (Sample.model("SpikeSourcePoisson", #""parameters": {"start": 100}"#), "these sources stay silent"),
        (
            Sample.model("SpikeSourceArray", #""parameters": {"spike_times": [5, 100, 101]}"#),
            "2 spike times are not before"
        ),
        (
            Sample.parameters(#""tau_m": {"distribution": "normal", "mu": 20, "sigma": 5}"#),
            "and this distribution may draw -11.6"
        ),
        (Sample.synapse(#""weight": 1, "delay": 1.5"#), "1.5 ms is not a multiple of the timestep 1 ms"),
        (Sample.synapse(#""weight": 1, "delay": 0.5"#), "0.5 ms is below one timestep and becomes 1 ms"),
        (
            Sample.synapse(#""weight": 1, "delay": {"distribution": "uniform", "low": 0, "high": 4}"#),
            "become one timestep"
        ),
        (Sample.synapse(#""weight": -1"#, more: #", "receptor": "excitatory""#), "the chip keeps magnitudes only"),
        (
            Sample.synapse(#""weight": {"distribution": "normal", "mu": -0.1, "sigma": 0.2}"#),
            "of both signs, and the chip keeps magnitudes only, so all these synapses inhibit"
        ),
        (
            Sample.synapse(#""weight": {"distribution": "uniform", "low": -1, "high": 2}"#),
            "so all these synapses excite"
        ),
        (
            Sample.synapse(
                #""weight": {"distribution": "normal", "mu": -0.1, "sigma": 0.2}"#, more: #", "receptor": "excitatory""#
            ),
            "so all these synapses excite"
        ),
        (Sample.connector(#""type": "FromList", "conn_list": [[0, 0, 0, 1], [1, 1, 0, 2]]"#), "the weight is 0"),
        (Sample.synapse(#""type": "TsodyksMarkram", "weight": 0"#), "the weight is 0"),
        (Sample.model("IF_curr_exp", #""record": {"v": {"interval": 200}}"#), "records the first step only"),
        (
            Sample.synapse(#""weight": 1"#, more: #", "record": {"weights": {"interval": 5}}"#),
            "static synapses keep their weights"
        ),
        (
            Sample.synapse(#""weight": 1"#, more: #", "record": {"weights": {"apply_pending": true}}"#),
            "static synapses have no changes to apply"
        ),
        (Sample.model("SpikeSourceArray", #""parameters": {"spike_times": [5, 99.2]}"#), "1 spike time is not before"),
        (
            Sample.model("SpikeSourceArray", #""parameters": {"spike_times": [5, 6.25, 7.5]}"#),
            "2 spike times are not multiples of the timestep 1 ms"
        ),
        (Sample.synapse(#""delay": 1"#), "the weight is 0"),
        (
            Sample.synapse(#""weight": {"distribution": "uniform", "low": 0, "high": 0}"#),
            "the weight is 0"
        ),
        (Sample.connector(#""type": "OneToOne""#), "only the first 10 are joined"),
        (Sample.connector(#""type": "FromList", "conn_list": [[0, 0, 1, 0.5], [0, 0, 1, 1.5]]"#), "1 delays are below"),
        (Sample.connector(#""type": "FromList", "conn_list": []"#), "no rows"),
    ])
    func warns(_ text: String, _ fragment: String) throws {
        let warnings = try read(text).warnings
        #expect(warnings.contains { $0.message.contains(fragment) }, "\(warnings)")
        #expect(warnings.allSatisfy { $0.text.hasPrefix("topology.json:\($0.line):\($0.column)") })
        #expect(warnings.allSatisfy { $0.description == "warning " + $0.text })
    }

    /// What can change or form has an effect, and what is recorded need not be spikes.
    @Test(arguments: [
        Sample.synapse("\"weight\": 0, " + Self.learning),
        Sample.synapse(#""weight": 0, "type": "WeightChangeable", "w_min": 0, "w_max": 1"#),
        Sample.synapse("\"weight\": 0, \"initial_weight\": 0.1, \"type\": \"StructuralStatic\", " + Self.structural),
        Sample.synapse(Self.learning.replacing("STDP", with: "StructuralSTDP") + ", " + Self.structural),
        Sample.connector(#""type": "FromList", "conn_list": []"#).replacing(
            "\"weight\": 0.1", with: "\"initial_weight\": 1, \"type\": \"StructuralStatic\", " + Self.structural),
        Sample.synapse("\"weight\": 0, " + Self.learning, more: #", "record": ["weights"]"#).replacing(
            #", "record": ["spikes"]"#, with: ""),
        Sample.synapse(
            "\"weight\": 1, \"type\": \"StructuralStatic\", " + Self.structural, more: #", "record": ["rewiring"]"#
        ).replacing(#", "record": ["spikes"]"#, with: ""),
    ]) func doesNotWarnOfWhatHasAnEffect(_ text: String) throws {
        #expect(try read(text).warnings == [])
    }

    private static let learning =
        #""type": "STDP", "timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive"}"#
    private static let structural = """
        "partner_selection": {"type": "RandomSelection"}, "formation": {"type": "DistanceDependentFormation"},
        "elimination": {"type": "RandomByWeightElimination", "threshold": 0.5}
        """

    @Test func warnsOnceOfWhatIsAlike() throws {
        let join = #"{"pre": "in", "post": "E", "connector": {"type": "OneToOne"}, "synapse": {"weight": 1}}"#
        let warnings = try read(Sample.document(projections: Array(repeating: join, count: 15))).warnings
        let sizes = warnings.filter { $0.message.contains("are joined") }
        #expect(sizes.map(\.count) == [15])
        #expect(sizes.first?.pointer == "/projections/0/connector")
        #expect(sizes.first?.text.hasSuffix("only the first 10 are joined (and 14 more like this)") == true)
        let lists = (0..<10).map { "[\($0).5, 99.5]" }.joined(separator: ", ")
        let times = try read(Sample.model("SpikeSourceArray", "\"parameters\": {\"spike_times\": [\(lists)]}")).warnings
        #expect(times.filter { $0.message.contains("spike times") }.count == 2)
    }

    @Test func keepsABoundedNumberOfWarnings() throws {
        let population = #"{"name": "N", "size": 1, "model": "IF_curr_exp", "parameters": {"v_reset": V}}"#
        let populations = (0..<1500).map {
            population.replacing("\"N\"", with: "\"N\($0)\"").replacing("V", with: "\($0)")
        }
        let warnings = try read(Sample.document(populations: populations)).warnings
        #expect(warnings.count == 1001)
        #expect(warnings.last?.message == "and 501 more warnings")
    }
}
