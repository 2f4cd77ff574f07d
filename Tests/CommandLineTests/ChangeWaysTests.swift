import Foundation
import TestSupport
import Testing

/// Changes by the topology, with the run and through a session.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ChangeWaysTests {
    /// Static and learning synapses, several of a pair, long delays, a drive that comes as counts.
    private static func network(_ more: String = "") -> String {
        """
        {"format": "spinnsim-topology/1", "name": "small", "simulation": {"duration": 90, "seed": 3},
         "populations": [
          {"name": "noise", "size": 60, "model": "SpikeSourcePoisson", "parameters": {"rate": 80}},
          {"name": "drive", "size": 40, "model": "SpikeSourcePoisson", "parameters": {"rate": 30}},
          {"name": "E", "size": 90, "model": "IF_curr_exp", "neurons_per_core": 20, "record": ["spikes", "gsyn_exc"]}],
         "projections": [
          {"name": "P", "pre": "noise", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.4},
           "synapse": {"weight": 0.6, "delay": {"distribution": "uniform_int", "low": 1, "high": 30}}},
          {"name": "O", "pre": "drive", "post": "E", "post_neurons": "0:40", "connector": {"type": "OneToOne"},
           "synapse": {"weight": 1.5, "delay": 3}},
          {"name": "L", "pre": "E", "post": "E", "synapse": {},
           "connector": {"type": "FromList",
                         "conn_list": [[0, 1, 0.5, 2], [0, 1, 0.25, 2], [3, 4, 1, 7], [5, 84, 2, 1]]}},
          {"name": "EE", "pre": "E", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.1},
           "synapse": {"type": "STDP", "weight": 0.1, "delay": 2,
             "timing": {"type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.05, "A_minus": 0.05},
             "weight_dependence": {"type": "Additive", "w_min": 0, "w_max": 0.3}},
           "record": {"weights": {"interval": 30}}}]
         \(more)}
        """
    }

    private static let changes = """
        [{"at": 25, "weights": [{"projection": "P", "value": 0.9}, {"projection": "EE", "value": 0.2},
           {"projection": "O", "value": {"distribution": "uniform", "low": 0.5, "high": 2.5}}]},
         {"at": 26, "weights": [{"projection": "P", "value": 0.3}]},
         {"at": 60, "weights": [{"projection": "L", "file": "l.txt"}],
          "parameters": [{"population": "noise", "neurons": "0:30", "set": {"rate": 150}}],
          "state": [{"population": "E", "neurons": [3, 50], "set": {"v": -51}}],
          "currents": [{"new": {"type": "DC", "population": "E", "neurons": "10:20", "start": 62, "amplitude": 2}}]}]
        """
    /// Not in order, and the two of a pair in theirs.
    private static let list = "5 84 40 1\n0 1 3 2\n0 1 9 2\n"

    private func document(_ list: String) -> String { #"{"format": "spinnsim-changes/1", "changes": \#(list)}"# }

    private func results(_ folder: String) throws -> [Data] {
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(folder)/run.json")))
        let hash = (json as? [String: Any])?["spike_hash"] as? String ?? ""
        return [Data(hash.utf8)]
            + (try ["reports/E.gsyn_exc.h5", "weights/EE.h5"].map {
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))
            })
    }

    @Test func allWaysMakeTheSameNetwork() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write(Self.network(), to: "plain.json")
        let own = try folder.write(Self.network(#", "changes": \#(Self.changes)"#), to: "own.json")
        let changes = try folder.write(document(Self.changes), to: "changes.json")
        _ = try folder.write(Self.list, to: "l.txt")
        func run(_ name: String, _ file: String, _ more: String...) throws -> [Data] {
            let result = try Command.run(
                [Command.spinnsim, "run", file, "-o", folder.path(name), "--quiet"] + more, in: folder.url)
            #expect(result.status == 0, "\(result.errors)")
            return try results(folder.path(name))
        }
        let unchanged = try run("plain", plain)
        let wanted = try run("apply", plain, "--apply", changes)
        #expect(zip(wanted, unchanged).allSatisfy { $0 != $1 })
        for ranks in [1, 2, 3, 7] {
            #expect(try run("own\(ranks)", own, "--ranks", "\(ranks)") == wanted, "the topology's, \(ranks) ranks")
            #expect(try run("apply\(ranks)", plain, "--apply", changes, "--ranks", "\(ranks)") == wanted)
            let client = try SessionClient(ranks: ranks, in: folder)
            try client.ask("load", ["topology": "plain.json"])
            try client.ask("run", ["steps": 7])
            #expect(try client.ask("apply", ["changes": "changes.json"]).errorText == "")
            for steps in [18, 1, 34, 30] { try client.ask("run", ["steps": steps]) }
            try client.ask("report", ["output": folder.path("serve\(ranks)")])
            #expect(try results(folder.path("serve\(ranks)")) == wanted, "the session's, \(ranks) ranks")
            // The topology's own changes are made again after a reset.
            try client.ask("load", ["topology": "own.json"])
            try client.ask("run", ["steps": 70])
            try client.ask("reset")
            try client.ask("run", ["steps": 90])
            try client.ask("report", ["output": folder.path("reset\(ranks)")])
            #expect(try results(folder.path("reset\(ranks)")) == wanted, "after a reset, \(ranks) ranks")
            try client.ask("quit")
            #expect(client.endsCleanly(in: folder))
        }
    }

    /// Changes to nothing, and to the weights that are there, alter nothing; nor does an edges file that goes back.
    @Test(arguments: [1, 2, 3, 7]) func changesToNothing(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.network(), to: "plain.json")
        let result = try Command.run([Command.spinnsim, "run", file, "-o", folder.path("plain"), "--quiet"])
        #expect(result.status == 0, "\(result.errors)")
        let client = try SessionClient(ranks: ranks, in: folder)
        try client.ask("load", ["topology": "plain.json"])
        try client.ask("run", ["steps": 33])
        let weights = #"{"projection": "P", "value": 0.6}, {"projection": "O", "value": 1.5}"#
        let files = ["P", "O", "L", "EE"].map { #"{"projection": "\#($0)", "file": "\#($0).h5"}"# }.joined(
            separator: ", ")
        for list in [
            "[]", "[{}]", #"[{"at": 40, "state": [{"population": "E", "set": {}}]}]"#, #"[{"weights": [\#(weights)]}]"#,
            #"[{"weights": [\#(files)]}]"#,
        ] {
            for name in ["P", "O", "L", "EE"] {
                try client.ask("edges", ["projection": name, "file": folder.path("\(name).h5")])
            }
            let answer = try client.ask("apply", ["folder": folder.url.path], attachment: Array(document(list).utf8))
            #expect(answer.errorText == "" && answer["warnings"] == nil, "\(answer.members)")
            try client.ask("run", ["steps": 2])
        }
        try client.ask("run", ["steps": 47])
        try client.ask("report", ["output": folder.path("changed")])
        #expect(try results(folder.path("changed")) == results(folder.path("plain")))
    }

    /// What a file says of synapses that there are not is told, and nothing changes; too large weights are cut.
    @Test func seesWhatFilesAreAbout() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Self.network(), to: "plain.json")
        let client = try SessionClient(ranks: 2, in: folder)
        try client.ask("load", ["topology": "plain.json"])
        func apply(_ text: String) throws -> SessionClient.Message {
            _ = try folder.write(text, to: "w.txt")
            let list = #"[{"weights": [{"projection": "O", "value": 0}, {"projection": "L", "file": "w.txt"}]}]"#
            return try client.ask("apply", ["folder": folder.url.path], attachment: Array(document(list).utf8))
        }
        for (text, fragment) in [
            ("3 4 1 7\n1 4 1 1\n", "there is no synapse from 1 to 4"), ("5 84 1 2\n", "has a delay of 1.0 ms, not 2.0"),
            ("0 1 1 2\n", "it has 1 of the 2 synapses from 0 to 1"), ("3 4 -1 7\n", "must not be negative"),
            ("3 4\n", "there are no weights"), ("3 400 1 7\n", "the target must be a neuron of E"),
        ] {
            let answer = try apply(text)
            #expect(answer.errorCode == 65 && answer.errorText.contains(fragment), "\(answer.members)")
        }
        let cut = try apply("3 4 1e3 7\n")
        let warnings = cut["warnings"] as? [String] ?? []
        #expect(warnings.contains { $0.contains("are cut") }, "\(cut.members)")
        let missing = #"[{"weights": [{"projection": "L", "file": "nowhere.h5"}]}]"#
        #expect(
            try client.ask("apply", ["folder": folder.url.path], attachment: Array(document(missing).utf8)).errorCode
                == 66)
        try client.ask("run", ["steps": 5])

        func validate(_ list: String) throws -> CommandResult {
            let file = try folder.write(document(list), to: "changes.json")
            return try Command.run([Command.spinnsim, "validate", "--for", folder.path("plain.json"), file])
        }
        _ = try folder.write(Self.list, to: "l.txt")
        let good = try validate(Self.changes)
        #expect(
            good.status == 0 && good.output.contains("changes  3, from 25 to 60 ms"), "\(good.output) \(good.errors)")
        _ = try folder.write("1 4 1 1\n", to: "l.txt")
        let bad = try validate(Self.changes)
        #expect(bad.status == 65 && bad.errors.contains("there is no synapse from 1 to 4"), "\(bad.errors)")
        let unknown = try validate(#"[{"weights": [{"projection": "M", "value": 1}]}]"#)
        #expect(unknown.status == 65 && unknown.errors.contains("/changes/0/weights/0/projection"), "\(unknown.errors)")
    }
}
