import Diagnostics
import Foundation
import TestSupport
import Testing
import Topology

@Suite struct SupportTests {
    private func failure(_ text: String) throws -> Failure? {
        let network = try read(text).network
        do throws(Failure) {
            try network.requireSupported()
            return nil
        } catch { return error }
    }

    @Test func refusesWhatCannotRunYet() throws {
        #expect(try failure(Sample.document(populations: Array(Sample.populations.prefix(2)))) == nil)
        #expect(try failure(Sample.document()) == nil)
        #expect(try failure(Acceptances.currents[0]) == nil)
        let unsupported = [
            Sample.synapse(
                #""type": "STDP", "weight": 1, "timing": {"type": "Recurrent", "dual_fsm": false}, "#
                    + #""weight_dependence": {"type": "Additive"}"#)
        ]
        for (text, fragment) in zip(
            unsupported,
            [
                "projection in->E: the timing rule Recurrent with dual_fsm false is not"
            ])
        {
            let failure = try #require(try failure(text))
            #expect(failure.message.contains(fragment) && failure.exitCode == .badInput, "\(failure)")
        }
    }

    /// The machine has one plasticity rule for all plastic synapses of a population.
    @Test func refusesTwoRulesOntoOnePopulation() throws {
        func network(_ second: String) -> String {
            func synapse(_ tau: String) -> String {
                #"{"type": "STDP", "weight": 0.1, "timing": {"type": "SpikePair", "tau_plus": \#(tau)}, "#
                    + #""weight_dependence": {"type": "Additive"}}"#
            }
            return """
                {"format": "spinnsim-topology/1", "simulation": {"duration": 10},
                 "populations": [{"name": "a", "size": 2, "model": "IF_curr_exp"}],
                 "projections": [
                  {"name": "one", "pre": "a", "post": "a", "connector": {"type": "OneToOne"},
                   "synapse": \(synapse("20"))},
                  {"name": "two", "pre": "a", "post": "a", "connector": {"type": "OneToOne"},
                   "synapse": \(synapse(second))}]}
                """
        }
        #expect(try failure(network("20.0")) == nil)
        let failure = try #require(try failure(network("30")))
        #expect(failure.exitCode == .badInput)
        #expect(
            failure.message.hasPrefix("population a: the projections one and two have different STDP rules"),
            "\(failure)")
    }

    /// The machine has one structural mechanism for all projections onto a population, and one kind of changing
    /// synapses.
    @Test func refusesStructuralPlasticityThatOneCoreCannotHave() throws {
        func projection(_ name: String, _ pre: String, _ synapse: String, _ receptor: String = "excitatory") -> String {
            #"{"name": "\#(name)", "pre": "\#(pre)", "post": "E", "receptor": "\#(receptor)", "connector": "#
                + #"{"type": "AllToAll"}, "synapse": {"weight": 0.1, "# + synapse + "}}"
        }
        let rules =
            #""partner_selection": {"type": "RandomSelection"}, "formation": {"type": "DistanceDependentFormation"}, "#
            + #""elimination": {"type": "RandomByWeightElimination", "threshold": 1}"#
        let learning = #""timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive"}"#
        func structural(_ more: String = "") -> String { #""type": "StructuralStatic", \#(rules)\#(more)"# }
        let structuralSTDP = #""type": "StructuralSTDP", \#(rules), \#(learning)"#
        let stdp = #""type": "STDP", \#(learning)"#
        let one = projection("one", "in", structural())
        func message(_ others: String...) throws -> String? {
            try failure(Sample.document(projections: others))?.message
        }
        #expect(try message(one) == nil)
        for (cores, isRefused) in [(1, false), (2, true)] {
            let split = Sample.document(projections: [one]).replacing(
                #""size": 20,"#, with: #""size": 20, "n_synapse_cores": \#(cores),"#)
            #expect(try failure(split)?.message.contains("on one synapse core a slice") == (isRefused ? true : nil))
        }
        #expect(try message(one, projection("two", "E", structural())) == nil)
        #expect(try message(one, projection("two", "in", #""type": "Static""#)) == nil)
        #expect(try message(projection("one", "in", structuralSTDP), projection("two", "in", stdp)) == nil)
        #expect(
            try message(one, projection("two", "in", structural()))
                == "population E: one and two both have structural plasticity, and the machine allows one such "
                + "projection from a population to another")
        for more in [#", "s_max": 8"#, #", "f_rew": 100"#, #", "initial_weight": 1"#, #", "seed": 1"#] {
            #expect(
                try message(one, projection("two", "E", structural(more)))?.contains(
                    "differs in more than formation and elimination") == true, "\(more)")
        }
        #expect(
            try message(one, projection("two", "E", structuralSTDP))?.contains("must both be StructuralStatic") == true)
        #expect(
            try message(one, projection("two", "E", stdp))?.contains("one is StructuralStatic and two learns by STDP")
                == true)
        #expect(
            try message(
                projection("one", "in", structuralSTDP), projection("two", "in", stdp),
                projection("three", "in", #""type": "Neuromodulation""#, "reward"))?.contains("does not go with")
                == true)
        #expect(
            try message(one, projection("two", "in", #""type": "WeightChangeable", "w_min": 0, "w_max": 1"#))?.contains(
                "does not go with") == true)
    }

    // MARK: - Estimates

    private func estimate(_ connector: String, from pre: String = "in", to post: String = "E") throws -> NetworkEstimate
    {
        try read(Sample.connector(connector, from: pre, to: post)).network.estimate()
    }

    @Test func expectsSynapses() throws {
        #expect(try estimate(#""type": "AllToAll""#).synapses == 200)
        #expect(try estimate(#""type": "AllToAll", "allow_self_connections": false"#, from: "E").synapses == 380)
        #expect(try estimate(#""type": "AllToAll", "allow_self_connections": false"#).synapses == 200)
        #expect(try estimate(#""type": "OneToOne""#).synapses == 10)
        #expect(try estimate(#""type": "FixedProbability", "p_connect": 0.25"#).synapses == 50)
        #expect(try estimate(#""type": "FixedNumberPre", "n": 3"#).synapses == 60)
        #expect(try estimate(#""type": "FixedNumberPost", "n": 3"#).synapses == 30)
        #expect(try estimate(#""type": "FixedTotalNumber", "n": 77"#).synapses == 77)
        #expect(try estimate(#""type": "FromList", "conn_list": [[0, 0], [0, 1]]"#).synapses == 2)
        #expect(try estimate(#""type": "AllButMe", "n_neurons_per_group": 5"#).synapses == 40)
        #expect(try estimate(#""type": "OneToOneOffset", "offset": 2"#).synapses == 8)
        let all = try estimate(#""type": "AllToAll""#)
        #expect(all.neurons == 35)
        // Ten packed rows of 20 synapses: a header, a count and two offsets a word.
        #expect((400...500).contains(all.synapseBytes))
        #expect(all.neuronBytes == 10 * 130 + 25 * 18)
        // For two types: sums of 16 steps of 64 entries of 4 bytes, mapped twice, and a slot of 2 bytes, mapped twice.
        #expect(all.ringBytes == 2 * 64 * (16 * 4 * 2 + 2 * 2))
        #expect(all.bytes == all.synapseBytes + all.neuronBytes + all.indexBytes + max(all.ringBytes, all.builderBytes))
    }

    /// Measured: peak resident memory less that of a network of ten neurons, over all ranks.
    @Test(arguments: [("balanced", 1, 22_800_000), ("balanced", 2, 24_000_000), ("microcircuit-10pct", 1, 17_900_000)])
    func estimatesMemoryWithinAThird(_ name: String, _ ranks: Int, _ measured: Double) throws {
        let file = Repository.root.appending(path: "Topologies/\(name).json")
        let network = try TopologyReader.read(bytes: Array(Data(contentsOf: file)), file: name).network
        #expect((0.7...1.3).contains(Double(network.estimate(ranks: ranks).bytes) / measured))
    }

    /// Long delays to many neurons: counters for the delays of every row.
    @Test(arguments: [(1, 702_000_000), (4, 747_000_000)])
    func estimatesTheMemoryOfLongDelays(_ ranks: Int, _ measured: Double) throws {
        let populations = [
            #"{"name": "P", "size": 100000, "model": "SpikeSourcePoisson", "parameters": {"rate": 1}}"#,
            #"{"name": "N", "size": 100000, "model": "IF_curr_exp", "neurons_per_core": 16}"#,
        ]
        let projection = """
            {"pre": "P", "post": "N", "connector": {"type": "FixedNumberPre", "n": 20},
             "synapse": {"weight": 0.1, "delay": {"distribution": "uniform", "low": 1, "high": 400}}}
            """
        let text = Sample.document(
            simulation: #"{"duration": 5}"#, populations: populations, projections: [projection])
        #expect((0.7...1.3).contains(Double(try read(text).network.estimate(ranks: ranks).bytes) / measured))
    }

    @Test func refusesWhatDoesNotFit() throws {
        let huge = #"{"name": "H", "size": 2147483647, "model": "IF_curr_exp", "record": ["spikes"]}"#
        let loop = #"{"pre": "H", "post": "H", "connector": {"type": "AllToAll"}, "synapse": {"weight": 1}}"#
        let start = ContinuousClock.now
        let text = Sample.document(populations: [huge], projections: Array(repeating: loop, count: 20))
        let network = try read(text).network
        let estimate = network.estimate(ranks: 64)
        #expect(estimate.synapses == Int.max)
        #expect(estimate.bytes == Int.max)
        let failure = #expect(throws: Failure.self) { try network.requireFits() }
        #expect(failure?.exitCode == .doesNotFit)
        #expect(
            failure?.message.contains("the largest projection is H->H with about 4611686014132420609 synapses") == true)
        #expect(ContinuousClock.now - start < .seconds(1))
        let small = try read(Sample.connector(#""type": "AllToAll""#)).network
        #expect(throws: Never.self) { try small.requireFits() }
        #expect(throws: Never.self) { try small.requireFits(memoryLimit: small.estimate().bytes) }
        #expect(throws: Failure.self) { try small.requireFits(memoryLimit: small.estimate().bytes - 1) }
    }

    @Test func refusesMoreNeuronsThanKeys() throws {
        let populations = (0..<3).map { #"{"name": "P\#($0)", "size": 2147483647, "model": "SpikeSourcePoisson"}"# }
        let network = try read(Sample.document(populations: populations)).network
        let failure = #expect(throws: Failure.self) { try network.requireFits(memoryLimit: .max) }
        #expect(failure?.exitCode == .doesNotFit)
        #expect(failure?.message.contains("6442450941 neurons, and the machine's 32-bit keys") == true)
    }

    @Test func readsAndPrintsSizes() {
        let sizes: [(String, Int?)] = [
            ("1", 1), ("8G", 8_000_000_000), ("8GiB", 8 << 30), ("1.5kB", 1500), ("512m", 512_000_000),
            ("2Ti", 2 << 40),
            ("", nil), ("0", nil), ("-1", nil), ("1X", nil), ("1e9", nil), ("9999P", nil), ("nan", nil), ("1iB", nil),
            (".", nil), ("1GB ", nil), ("G", nil),
        ]
        for (text, bytes) in sizes { #expect(ByteCount(parsing: text)?.bytes == bytes, "\(text)") }
        #expect(ByteCount(999).description == "999 B")
        #expect(ByteCount(4_400_000_000_000).description == "4.4 TB")
        #expect(ByteCount(999_950).description == "1 MB")
        #expect(ByteCount(.max).description == "9.2 EB")
        #expect(HostMemory.available().map { $0 > 1 << 20 } == true)
        #expect((HostMemory.available(processes: 4) ?? 0) >= (HostMemory.available() ?? 0) / 2)
    }
}
