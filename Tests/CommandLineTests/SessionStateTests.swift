import Foundation
import TestSupport
import Testing

/// Sessions that save their state, go back to one, and begin again.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SessionStateTests {
    /// Changes of every kind before and after the state, and spikes that were injected for steps to come.
    private static let network = """
        {"format": "spinnsim-topology/1", "name": "small", "simulation": {"duration": 200, "seed": 3},
         "populations": [
          {"name": "noise", "size": 60, "model": "SpikeSourcePoisson", "parameters": {"rate": 80},
           "record": ["spikes"]},
          {"name": "list", "size": 5, "model": "SpikeSourceArray", "record": ["spikes"],
           "parameters": {"spike_times": [[10, 50, 90], [20], [], [71], [3, 4, 5]]}},
          {"name": "told", "size": 8, "model": "SpikeInjector", "record": ["spikes"]},
          {"name": "E", "size": 90, "model": "IF_curr_exp", "neurons_per_core": 20, "record": ["spikes", "v"]}],
         "projections": [
          {"name": "P", "pre": "noise", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.4},
           "synapse": {"weight": 0.6, "delay": {"distribution": "uniform_int", "low": 1, "high": 30}}},
          {"pre": "told", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.3},
           "synapse": {"weight": 4, "delay": 9}},
          {"pre": "list", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.3},
           "synapse": {"weight": 4, "delay": 2}},
          {"name": "EE", "pre": "E", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.1},
           "synapse": {"type": "STDP", "weight": 0.1, "delay": 2,
             "timing": {"type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.05, "A_minus": 0.05},
             "weight_dependence": {"type": "Additive", "w_min": 0, "w_max": 0.3}}}],
         "currents": [{"type": "Noisy", "population": "E", "neurons": "0:9", "mean": 0.2, "stdev": 0.3, "start": 0}],
         "changes": [{"at": 12, "parameters": [{"population": "E", "neurons": "5:30", "set": {"i_offset": 0.3}}]},
                     {"at": 80, "weights": [{"projection": "P", "value": 0.7}]}]}
        """
    private static var changes: [String: Any] {
        [
            "format": "spinnsim-changes/1",
            "changes": [
                [
                    "at": 25,
                    "weights": [["projection": "P", "value": ["distribution": "uniform", "low": 0.3, "high": 0.9]]],
                    "parameters": [["population": "noise", "neurons": "0:30", "set": ["rate": 150]]],
                    "spike_times": [["population": "list", "neurons": [1], "times": [[26, 40, 77]]]],
                    "currents": [
                        [
                            "new": [
                                "type": "Step", "population": "E", "neurons": "10:20", "times": [28, 60],
                                "amplitudes": [2, 1],
                            ]
                        ]
                    ],
                ],
                [
                    "at": 55, "parameters": [["population": "E", "set": ["tau_m": 12]]],
                    "state": [["population": "E", "neurons": [3, 50], "set": ["v": -51]]],
                    "currents": [["index": 0, "set": ["stdev": 0.1]]],
                ],
            ],
        ]
    }

    /// The bytes of the files of a collection that do not go back to the beginning.
    private func collect(_ client: SessionClient) throws -> [String: Data] {
        let answer = try client.ask("collect")
        var files: [String: Data] = [:]
        for file in try #require(answer["files"] as? [[String: Any]], "\(answer.members)") {
            guard file["kind"] as? String != "weights", let path = file["path"] as? String else { continue }
            let name = path.split(separator: "/").suffix(2).joined(separator: "/")
            files[name.hasSuffix("/spikes.h5") ? "spikes.h5" : name] = try Data(contentsOf: URL(fileURLWithPath: path))
        }
        return files
    }

    @Test(arguments: [(1, 3), (3, 2)]) func goesBackToAState(ranks: (Int, Int)) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Self.network, to: "small.json")
        let client = try SessionClient(ranks: ranks.0, in: folder)
        try client.ask("load", ["topology": "small.json"])
        try client.ask("run", ["steps": 20])
        #expect(try client.ask("apply", ["changes": Self.changes]).errorText == "")
        for (index, step) in [(1, 22), (4, 45), (4, 46), (7, 31)] {
            try client.ask("inject", ["population": "told", "indices": [index, 0], "step": step, "id": index])
        }
        try client.ask("run", ["steps": 23])
        _ = try collect(client)
        let saved = try client.ask("checkpoint", ["file": "small.state"])
        #expect(saved["step"] as? Int == 43, "\(saved.members)")
        try client.ask("run", ["steps": 57])
        let wanted = try collect(client)
        let end = try client.ask("state", ["population": "E", "variables": ["v"]]).attachment
        #expect(wanted.keys.sorted() == ["reports/E.v.h5", "spikes.h5"])

        // The same engine, and one on another number of ranks, go on from there; once more after the changes in
        // between.
        let other = try SessionClient(ranks: ranks.1, in: folder, socket: "other")
        try other.ask("load", ["topology": "small.json"])
        for engine in [client, client, other] {
            let restored = try engine.ask("restore", ["file": "small.state"])
            #expect(restored["step"] as? Int == 43, "\(restored.members)")
            #expect(try engine.ask("collect", ["since": 42]).errorCode == 64)
            for steps in [1, 50, 6] { try engine.ask("run", ["steps": steps]) }
            let files = try collect(engine)
            #expect(files.keys.sorted() == wanted.keys.sorted())
            for (name, bytes) in wanted { #expect(files[name] == bytes, "\(name)") }
            #expect(try engine.ask("state", ["population": "E", "variables": ["v"]]).attachment == end)
            let silent = Self.changes.merging(["changes": [["weights": [["projection": "P", "value": 0]]]]]) { $1 }
            #expect(try engine.ask("apply", ["changes": silent]).errorText == "")
            try engine.ask("run", ["steps": 3])
        }
        for engine in [client, other] { try engine.ask("quit") }
        for engine in [client, other] { #expect(engine.endsCleanly(in: folder)) }
    }

    /// A network of everything goes back to a state and to its beginning as if it had done nothing in between.
    @Test(arguments: ["chip", "counter"]) func everythingGoesBack(random: String) throws {
        let folder = try TemporaryFolder()
        for (name, text) in Everything.files { _ = try folder.write(text, to: name) }
        let file = try folder.write(try Everything.topology(random: random), to: "everything.json")
        let straight = try Command.run([Command.spinnsim, "run", file, "-o", folder.path("straight"), "--quiet"])
        #expect(straight.status == 0, "\(straight.errors)")
        let client = try SessionClient(ranks: 2, in: folder)
        try client.ask("load", ["topology": "everything.json"])
        try client.ask("run", ["steps": 37])
        _ = try collect(client)
        try client.ask("checkpoint", ["file": "everything.state"])
        try client.ask("run", ["steps": 63])
        let wanted = try collect(client)
        try client.ask("restore", ["file": "everything.state"])
        try client.ask("run", ["steps": 63])
        let files = try collect(client)
        #expect(files.keys.sorted() == wanted.keys.sorted())
        for (name, bytes) in wanted { #expect(files[name] == bytes, "\(name)") }
        #expect(try client.ask("report", ["output": folder.path("part")]).errorCode == 64)
        try client.ask("reset")
        try client.ask("run", ["steps": 100])
        try client.ask("report", ["output": folder.path("reset")])
        let all = try FileManager.default.subpathsOfDirectory(atPath: folder.path("straight"))
            .filter { $0.hasSuffix(".h5") }
        #expect(all.count > 20)
        for name in all {
            #expect(
                FileManager.default.contents(atPath: folder.path("reset/\(name)"))
                    == FileManager.default.contents(atPath: folder.path("straight/\(name)")), "\(name)")
        }
    }

    /// A state that is not this network's is refused, and the session goes on.
    @Test func otherStatesAreRefused() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Self.network, to: "small.json")
        let client = try SessionClient(ranks: 2, in: folder)
        #expect(try client.ask("checkpoint", ["file": "small.state"]).errorCode == 64)
        try client.ask("load", ["topology": "small.json", "seed": 8])
        try client.ask("run", ["steps": 5])
        try client.ask("checkpoint", ["file": "small.state"])
        #expect(try client.ask("checkpoint", ["file": "nowhere/small.state"]).errorCode == 73)
        #expect(try client.ask("restore", ["file": "missing.state"]).errorCode == 66)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("small.state")))
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: URL(fileURLWithPath: folder.path("bad.state")))
        let bad = try client.ask("restore", ["file": "bad.state"])
        #expect(bad.errorCode == 65 && bad.errorText.contains("damaged"), "\(bad.members)")
        #expect(try client.ask("run", ["steps": 1])["step"] as? Int == 6)
        #expect(try client.ask("restore", ["file": "small.state"])["step"] as? Int == 5)
        try client.ask("load", ["topology": "small.json", "seed": 9])
        let seed = try client.ask("restore", ["file": "small.state"])
        #expect(seed.errorCode == 65 && seed.errorText.contains("its seed is 8, this run's is 9"), "\(seed.members)")
        #expect(try client.ask("run", ["steps": 1])["step"] as? Int == 1)
    }
}
