import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct SessionTests {
    /// Sources, learning, delays that need extensions, and every kind of recording.
    private static let network = """
        {"format": "spinnsim-topology/1", "name": "small", "simulation": {"duration": 200, "seed": 3},
         "populations": [
          {"name": "noise", "size": 60, "model": "SpikeSourcePoisson", "parameters": {"rate": 80},
           "record": ["spikes"]},
          {"name": "E", "size": 90, "model": "IF_curr_exp", "neurons_per_core": 40,
           "record": {"spikes": true, "v": {"neurons": "0:7", "interval": 3}, "gsyn_exc": {"neurons": [5]},
                      "packets-per-timestep": true}}],
         "projections": [
          {"pre": "noise", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.4},
           "synapse": {"weight": 0.6, "delay": {"distribution": "uniform_int", "low": 1, "high": 30}}},
          {"name": "EE", "pre": "E", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.1},
           "synapse": {"type": "STDP", "weight": 0.1, "delay": 2,
             "timing": {"type": "SpikePair", "tau_plus": 20, "tau_minus": 20, "A_plus": 0.05, "A_minus": 0.05},
             "weight_dependence": {"type": "Additive", "w_min": 0, "w_max": 0.3}},
              "record": {"weights": {"interval": 50}}}]}
        """

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func hash(_ folder: String) throws -> String? {
        let json = try JSONSerialization.jsonObject(with: try bytes("\(folder)/run.json")) as? [String: Any]
        return json?["spike_hash"] as? String
    }

    /// Pieces of a run leave what the run in one piece leaves, and so does the run after a reset.
    @Test(arguments: [1, 3]) func piecesAreTheWhole(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.network, to: "small.json")
        let straight = try Command.run([Command.spinnsim, "run", file, "-o", folder.path("straight"), "--quiet"])
        #expect(straight.status == 0, "\(straight.errors)")
        let client = try SessionClient(ranks: ranks, in: folder)
        #expect(try client.ask("hello", ["protocol": 1])["ranks"] as? Int == ranks)
        let loaded = try client.ask("load", ["topology": "small.json"])
        #expect(loaded["neurons"] as? Int == 90, "\(loaded.members)")
        var spikes = 0
        for steps in [1, 0, 49, 13, 60, 77] {
            spikes += try client.ask("run", ["steps": steps])["spikes"] as? Int ?? -1
        }
        for name in ["pieces", "again"] {
            let report = try client.ask("report", ["output": folder.path(name)])
            #expect(report["spikes"] as? Int == spikes, "\(report.members)")
            #expect(try hash(folder.path(name)) == hash(folder.path("straight")))
            for file in [
                "spikes.h5", "reports/E.v.h5", "reports/E.gsyn_exc.h5", "reports/E.packets-per-timestep.h5",
                "weights/EE.h5",
            ] {
                #expect(
                    try bytes(folder.path("\(name)/\(file)")) == bytes(folder.path("straight/\(file)")),
                    "\(name)/\(file)")
            }
            #expect(try client.ask("reset")["step"] as? Int == 0)
            #expect(try client.ask("run", ["steps": 200])["spikes"] as? Int == spikes)
        }
        #expect(try client.ask("quit")["command"] as? String == "quit")
        #expect(client.endsCleanly(in: folder))
        #expect(client.process.terminationStatus == 0)
    }

    /// What is collected piece by piece is together what a run records; a second look at the same steps finds the same.
    @Test func collectsWhatIsNew() throws {
        let folder = try TemporaryFolder()
        let client = try SessionClient(ranks: 2, in: folder)
        try client.ask("load", attachment: Array(Self.network.utf8))
        var counts = 0
        var samples = 0
        func add(_ answer: SessionClient.Message) throws -> (spikes: Int, samples: Int) {
            let files = try #require(answer["files"] as? [[String: Any]])
            for file in files {
                #expect(FileManager.default.fileExists(atPath: try #require(file["path"] as? String)))
            }
            let spikes = (files.first { $0["kind"] as? String == "spikes" }?["spikes"] as? [String: Int])?["E"] ?? 0
            return (spikes, files.first { $0["variable"] as? String == "v" }?["samples"] as? Int ?? 0)
        }
        for steps in [20, 1, 1, 58, 120] {
            try client.ask("run", ["steps": steps])
            let part = try add(try client.ask("collect"))
            counts += part.spikes
            samples += part.samples
        }
        let all = try client.ask("collect", ["since": 0])
        #expect(try add(all) == (counts, samples))
        #expect(samples == 67 && counts > 100)
        let some = try client.ask("collect", ["since": 80, "what": [["population": "E", "variables": ["v"]]]])
        #expect(try add(some) == (0, 40))
        try client.ask("collect", ["forget": true])
        #expect(try client.ask("collect", ["since": 0]).errorCode == 64)
    }

    @Test func readsStateAndEdges() throws {
        let folder = try TemporaryFolder()
        let client = try SessionClient(in: folder)
        let text = Self.network.replacingOccurrences(of: #""0:7", "interval": 3"#, with: #""0:7""#)
        try client.ask("load", attachment: Array(text.utf8))
        let before = try client.ask("edges", ["projection": "EE"])
        #expect((before["synapses"] as? Int ?? 0) > 500, "\(before.members)")
        try client.ask("run", ["steps": 90])
        let state = try client.ask("state", ["population": "E", "variables": ["v"], "neurons": "0:7"])
        #expect(state.attachment.count == 56 && state["step"] as? Int == 90)
        let now = state.attachment.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
        #expect(Set(now).count > 1)
        try client.ask("run", ["steps": 1])
        let collected = try client.ask("collect", ["since": 90, "what": [["population": "E", "variables": ["v"]]]])
        let files = try #require(collected["files"] as? [[String: Any]])
        let path = try #require(files.first?["path"] as? String)
        let dump = try Command.run(["h5dump", "-y", "-w", "1", "-d", "/report/E/data", "-m", "%.9g", path])
        let recorded = dump.output.split(separator: "\n").compactMap {
            Double($0.trimmingCharacters(in: CharacterSet(charactersIn: " ,")))
        }
        if dump.status == 0 { #expect(recorded == now) }
    }

    /// Mistakes are told with a pointer and change nothing.
    @Test func survivesMistakes() throws {
        let folder = try TemporaryFolder()
        let client = try SessionClient(ranks: 2, in: folder)
        #expect(try client.ask("hello", ["protocol": 2]).errorPointer == "/protocol")
        #expect(try client.ask("run", ["steps": 1]).errorCode == 64)
        #expect(try client.ask("collect").errorCode == 65)
        #expect(try client.ask("load", ["topology": "missing.json"]).errorCode == 66)
        #expect(try client.ask("load").errorCode == 65)
        let bad = try client.ask(
            "load", attachment: Array(Self.network.replacing("\"size\": 90", with: "\"size\": -1").utf8))
        #expect(bad.errorPointer == "/populations/1/size" && bad.errorCode == 65)
        try client.ask("load", attachment: Array(Self.network.utf8))
        try client.ask("run", ["steps": 50])
        for (command, members, pointer) in [
            ("rum", [:], "/command"), ("run", ["steps": -1], "/steps"), ("run", ["stops": 1], "/stops"),
            ("state", ["population": "e"], "/population"), ("edges", ["projection": 2], "/projection"),
            ("state", ["population": "E", "neurons": "0:91"], "/neurons"),
            ("collect", ["what": [["population": "E", "variables": ["w"]]]], "/what/0/variables/0"),
            ("inject", ["population": "E", "indices": [1]], "/population"),
        ] as [(String, [String: Any], String)] {
            let answer = try client.ask(command, members)
            #expect(answer.errorPointer == pointer && answer.errorCode == 65, "\(command): \(answer.members)")
        }
        client.write([5, 0, 0, 0] + Array("{\"a\":".utf8))
        #expect(try client.receive().errorCode == 65)
        #expect(try client.ask("run", ["steps": 1])["step"] as? Int == 51)
    }

    @Test func stopsOnRequestAndOnSignal() throws {
        let folder = try TemporaryFolder()
        let client = try SessionClient(in: folder)
        try client.ask("load", attachment: Array(Self.network.utf8))
        try client.send("run", ["steps": NSNull()])
        usleep(400_000)
        try client.send("stop")
        let stopped = try client.receive()
        #expect(stopped["stopped"] as? String == "request" && stopped["step"] as? Int ?? 0 > 0)
        #expect(client.events.allSatisfy { $0["event"] as? String == "progress" })
        try client.send("run", ["steps": NSNull()])
        usleep(200_000)
        let pids = try Command.run(["pgrep", "-f", "^[^ ]*spinnsim serve --socket \(client.path)$"])
        for pid in pids.output.split(separator: "\n").compactMap({ Int32($0) }) { kill(pid, SIGINT) }
        #expect(try client.receive()["stopped"] as? String == "interrupt")
        #expect(try client.ask("run", ["steps": 1])["stopped"] as? String == "done")
    }

    /// The end of the client is that of the engine, also in the midst of a run.
    @Test(arguments: [1, 3]) func endsWithItsClient(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let client = try SessionClient(ranks: ranks, in: folder)
        try client.ask("load", attachment: Array(Self.network.utf8))
        try client.send("run", ["steps": NSNull()])
        usleep(300_000)
        client.hangUp()
        #expect(client.endsCleanly(in: folder))
    }

    /// A rank that is killed ends the session, and nothing is left.
    @Test func endsWithARank() throws {
        let folder = try TemporaryFolder()
        let client = try SessionClient(ranks: 3, in: folder)
        try client.ask("load", attachment: Array(Self.network.utf8))
        let ranks = try Command.run(["pgrep", "-f", "^[^ ]*spinnsim serve --socket \(client.path)$"])
        let pids = ranks.output.split(separator: "\n").compactMap { Int32($0) }
        #expect(pids.count == 3)
        kill(pids.last ?? 0, SIGKILL)
        #expect(throws: SessionClient.Ended.self) {
            while true { try client.ask("run", ["steps": 1000]) }
        }
        #expect(client.endsCleanly(in: folder))
    }

    private static let changes = """
        {"format": "spinnsim-changes/1", "changes": [
         {"at": 40, "parameters": [{"population": "noise", "neurons": "0:30", "set": {"rate": 250}},
                                   {"population": "E", "set": {"tau_m": 12}}]},
         {"at": 90, "state": [{"population": "E", "neurons": [3, 50], "set": {"v": -51}}],
          "currents": [{"new": {"type": "DC", "population": "E", "neurons": "10:20", "start": 100, "amplitude": 2}}]},
         {"at": 150, "currents": [{"index": 0, "set": {"amplitude": 0.5}}],
          "parameters": [{"population": "E", "neurons": [1, 2], "set": {"i_offset": [3, 2]}}]}]}
        """

    /// Changes given with the run, all at once to a session, and each when its time has come make the same network.
    @Test(arguments: [1, 3]) func changesDoNotDependOnTheWay(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.network, to: "small.json")
        let changes = try folder.write(Self.changes, to: "changes.json")
        for (name, more) in [("plain", []), ("changed", ["--apply", changes])] {
            let result = try Command.run(
                [Command.spinnsim, "run", file, "-o", folder.path(name), "--quiet"] + more)
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try hash(folder.path("plain")) != hash(folder.path("changed")))
        let client = try SessionClient(ranks: ranks, in: folder)
        try client.ask("load", ["topology": "small.json"])
        #expect(try client.ask("apply", attachment: Array(Self.changes.utf8)).errorCode == nil)
        for steps in [40, 1, 70, 89] { try client.ask("run", ["steps": steps]) }
        try client.ask("report", ["output": folder.path("ahead")])
        #expect(try hash(folder.path("ahead")) == hash(folder.path("changed")))
        let list = try JSONSerialization.jsonObject(with: Data(Self.changes.utf8)) as? [String: Any]
        try client.ask("load", ["topology": "small.json"])
        var now = 0
        for change in try #require(list?["changes"] as? [[String: Any]]) {
            let at = try #require(change["at"] as? Int)
            try client.ask("run", ["steps": at - now])
            now = at
            let part: [String: Any] = [
                "format": "spinnsim-changes/1", "changes": [change.filter { $0.key != "at" }],
            ]
            #expect(try client.ask("apply", ["changes": part])["step"] as? Int == at)
        }
        try client.ask("run", ["steps": 200 - now])
        try client.ask("report", ["output": folder.path("now")])
        #expect(try hash(folder.path("now")) == hash(folder.path("changed")))
        #expect(
            try bytes(folder.path("now/reports/E.v.h5")) == bytes(folder.path("changed/reports/E.v.h5")))
    }

    /// What is set to what it was changes nothing, and a mistake in any change keeps all of them out.
    @Test func changesThatChangeNothing() throws {
        let folder = try TemporaryFolder()
        let client = try SessionClient(in: folder)
        try client.ask("load", attachment: Array(Self.network.utf8))
        let whole = try client.ask("run", ["steps": 200])["spikes"] as? Int
        try client.ask("reset")
        var spikes = try client.ask("run", ["steps": 77])["spikes"] as? Int ?? 0
        func apply(_ change: String) throws -> SessionClient.Message {
            try client.ask(
                "apply", attachment: Array(#"{"format": "spinnsim-changes/1", "changes": [\#(change)]}"#.utf8))
        }
        #expect(try apply("").errorCode == nil)
        let same =
            #""parameters": [{"population": "noise", "set": {"rate": 80}}, {"population": "E", "set": {"tau_m": 20}}]"#
        #expect(try apply("{\(same)}").errorCode == nil)
        let twice = try apply(
            #"{"parameters": [{"population": "E", "set": {"tau_m": 2}}, {"population": "E", "set": {"tau": 2}}]}"#)
        #expect(twice.errorPointer == "/changes/0/parameters/1/set/tau" && twice.errorText.contains("tau_m"))
        #expect(try apply(#"{"at": 3}"#).errorPointer == "/changes/0/at")
        #expect(try apply(#"{"at": 80.5}"#).errorPointer == "/changes/0/at")
        spikes += try client.ask("run", ["steps": 123])["spikes"] as? Int ?? 0
        #expect(spikes == whole)
    }

    /// Injected spikes are recorded, and a source that sends them at the same times makes the same network.
    @Test(arguments: [1, 2]) func replaysWhatWasInjected(ranks: Int) throws {
        let folder = try TemporaryFolder()
        func network(_ model: String) -> String {
            """
            {"format": "spinnsim-topology/1", "name": "n", "simulation": {"duration": 60}, "populations": [
              {"name": "in", "size": 3, "record": ["spikes"], \(model)},
              {"name": "E", "size": 5, "model": "IF_curr_exp", "record": ["spikes"]}],
             "projections": [{"pre": "in", "post": "E", "connector": {"type": "AllToAll"},
                              "synapse": {"weight": 4, "delay": 3}}]}
            """
        }
        let client = try SessionClient(ranks: ranks, in: folder)
        try client.ask("load", attachment: Array(network(#""model": "SpikeInjector""#).utf8))
        try client.ask("run", ["steps": 10])
        try client.send("inject", ["population": "in", "indices": [0, 2]])
        try client.send("inject", ["population": "in", "indices": [1], "step": 25])
        try client.ask("run", ["steps": 20])
        try client.send("inject", ["population": "in", "indices": [2], "step": 5])
        #expect(try client.ask("run", ["steps": 30])["late"] as? Int == 1)
        try client.ask("report", ["output": folder.path("live")])
        let replay = network(#""model": "SpikeSourceArray", "parameters": {"spike_times": [[10], [25], [10, 30]]}"#)
        let file = try folder.write(replay, to: "replay.json")
        let result = try Command.run([Command.spinnsim, "run", file, "-o", folder.path("replay"), "--quiet"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try hash(folder.path("live")) == hash(folder.path("replay")))
        let run = try JSONSerialization.jsonObject(with: try bytes(folder.path("live/run.json"))) as? [String: Any]
        #expect(run?["spikes"] as? Int ?? 0 > 4)
    }

    /// The program of the page runs as it stands there.
    @Test func programOfThePageRuns() throws {
        let folder = try TemporaryFolder()
        let page = try String(contentsOf: Repository.root.appending(path: "Documentation/Sessions.md"), encoding: .utf8)
        let start = try #require(page.range(of: "```python\n"))
        let end = try #require(page.range(of: "\n```", range: start.upperBound..<page.endIndex))
        let program = try folder.write(String(page[start.upperBound..<end.lowerBound]), to: "program.py")
        let network = try folder.write(Self.network, to: "small.json")
        let result = try Command.run(["python3", program, Command.spinnsim, folder.path("socket"), network])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 4 && lines[0].hasPrefix("10 ") && lines[2].hasPrefix("30 "), "\(result.output)")
        #expect(lines.last?.contains("'spikes', 'report', 'report', 'report'") == true, "\(result.output)")
    }

    @Test func leavesOtherFilesAlone() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("mine", to: "socket")
        let result = try Command.run([Command.spinnsim, "serve", "--socket", file])
        #expect(result.status == 73 && result.errors.contains("is there already"), "\(result.errors)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        #expect(
            try Command.run([Command.spinnsim, "serve", "--socket", folder.path(String(repeating: "a", count: 200))])
                .status == 64)
    }

    @Test func tellsProgramsWhatItIs() throws {
        let result = try Command.run([Command.spinnsim, "info", "--json"])
        let json = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(json["protocol"] as? Int == 1)
        let models = try #require(json["models"] as? [[String: Any]])
        let cell = try #require(models.first { $0["name"] as? String == "IF_curr_exp" })
        #expect((cell["parameters"] as? [String: Any])?["tau_m"] as? Double == 20)
        #expect((json["connectors"] as? [String])?.contains("FixedProbability") == true)
    }
}
