import Foundation
import TestSupport
import Testing

/// What commands say of the same input: `validate`, `map` and `run` refuse and warn alike.
@Suite(.serialized, .timeLimit(.minutes(5))) struct InputTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var name: String
        /// After the populations `in`, two sources, and `N`, two cells.
        var rest = ""
        var sources = #""SpikeSourceArray", "parameters": {"spike_times": [1]}"#
        var size = "2"
        /// Name and content of a file beside the topology.
        var file: (name: String, text: String)?
        var status: Int32 = 0
        var says: [String] = []
        var testDescription: String { name }
    }

    private static func file(_ receptor: String = "") -> String {
        #", "projections": [{"pre": "in", "post": "N", "connector": {"type": "FromFile", "file": "c.txt"}"# + receptor
            + "}]"
    }

    private static let spikes = #""SpikeSourceFromFile", "parameters": {"spike_times": "s.csv"}"#

    static let examples: [Example] = [
        Example(
            name: "signs in a file", rest: file(#", "receptor": "excitatory""#),
            file: ("c.txt", "0 0 0.5 1\n1 1 -0.5 1\n"),
            status: 65, says: ["c.txt: the weights are of both signs, 1 of them negative"]),
        Example(
            name: "delays in a file", rest: file(), file: ("c.txt", "0 0 0.5 1.4\n1 1 0.5 0.3\n"),
            says: ["1 delays are below one timestep", "1 delays are not multiples"]),
        Example(name: "empty file", rest: file(), file: ("c.txt", "# nothing\n"), says: ["the file has no rows"]),
        Example(
            name: "spikes that cannot be", sources: spikes,
            file: ("s.csv", "time_ms,population,neuron\n1,a,0\n-20,a,1\n2,a,5\n"), status: 65,
            says: ["s.csv:3: a time must be at least 0 ms, got -20", "s.csv:4: neuron 5, and there are 2 sources"]),
        Example(
            name: "late spikes", sources: spikes, file: ("s.csv", "time_ms,population,neuron\n1.5,a,0\n90,a,1\n"),
            says: ["1 spike time is not before the end of the run", "1 spike time is not a multiple"]),
        Example(name: "whole numbers with a point", size: "20.0e-1"),
        Example(name: "numbers with a fraction", size: "2.5", status: 65, says: ["size must be an integer"]),
    ]

    @Test(arguments: examples) func commandsAgree(_ example: Example) throws {
        let folder = try TemporaryFolder()
        if let file = example.file { _ = try folder.write(file.text, to: file.name) }
        let text = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 5},
             "populations": [{"name": "in", "size": \(example.size), "model": \(example.sources)},
              {"name": "N", "size": 2, "model": "IF_curr_exp", "record": ["spikes"]}]\(example.rest)}
            """
        let path = try folder.write(text, to: "t.json")
        for command in [["validate", path], ["map", path], ["run", path, "-o", folder.path("out"), "--quiet"]] {
            let result = try Command.run([Command.spinnsim] + command, in: folder.url, seconds: 60)
            #expect(result.status == example.status, "\(command[0]): \(result.errors)")
            for words in example.says {
                #expect(result.errors.components(separatedBy: words).count == 2, "\(command[0]): \(result.errors)")
            }
        }
    }

    /// What can be mapped and not run says so; what can be run and wraps says so.
    @Test func saysWhatARunWouldSay() throws {
        let folder = try TemporaryFolder()
        let rule = try folder.write(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 5},
             "populations": [{"name": "a", "size": 2, "model": "SpikeSourcePoisson"},
              {"name": "b", "size": 2, "model": "IF_curr_exp"}],
             "projections": [{"pre": "a", "post": "b", "connector": {"type": "AllToAll"}, "synapse": {"type": "STDP",
              "weight": 1, "timing": {"type": "Recurrent", "dual_fsm": false},
               "weight_dependence": {"type": "Additive"}}}]}
            """, to: "i.json")
        let mapped = try Command.run([Command.spinnsim, "map", rule], in: folder.url, seconds: 60)
        #expect(mapped.status == 0 && mapped.errors.contains("can be mapped, but not run"), "\(mapped.errors)")
        #expect(try Command.run([Command.spinnsim, "validate", rule], in: folder.url, seconds: 60).status == 65)
        let current = try folder.write(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 5},
             "populations": [{"name": "b", "size": 1, "model": "IF_curr_exp", "record": ["spikes"],
              "parameters": {"tau_m": 20, "cm": 0.25, "i_offset": 5000}}]}
            """, to: "c.json")
        for command in [["validate", current], ["run", current, "-o", folder.path("out"), "--quiet"]] {
            let result = try Command.run([Command.spinnsim] + command, in: folder.url, seconds: 60)
            #expect(result.status == 0)
            #expect(result.errors.contains("tau_m ÷ cm times the current is 400000 mV"), "\(result.errors)")
        }
    }

    /// A weight of 0 that a change replaces has an effect; another has none, in a topology and in a file.
    @Test(arguments: [("p", 0), ("q", 1)]) func weightsOfZeroMayBeGivenOthers(_ changed: String, _ count: Int) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("0 0 0 1\n", to: "c.txt")
        let path = try folder.write(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 5},
             "populations": [{"name": "in", "size": 2, "model": "SpikeSourcePoisson", "record": ["spikes"]},
              {"name": "N", "size": 2, "model": "IF_curr_exp"}],
             "projections": [
              {"name": "p", "pre": "in", "post": "N", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0}},
              {"name": "q", "pre": "in", "post": "N", "connector": {"type": "AllToAll"}, "synapse": {"weight": 1}},
              {"name": "f", "pre": "in", "post": "N", "connector": {"type": "FromFile", "file": "c.txt"}}],
             "changes": [{"at": 2, "weights": [
              {"projection": "\(changed)", "value": 1}, {"projection": "f", "value": 1}]}]}
            """, to: "t.json")
        let result = try Command.run([Command.spinnsim, "validate", path], in: folder.url, seconds: 60)
        #expect(result.status == 0)
        #expect(result.errors.components(separatedBy: "have no effect").count == count + 1, "\(result.errors)")
    }
}
