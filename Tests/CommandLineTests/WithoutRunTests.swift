import Foundation
import TestSupport
import Testing

/// What can be had without a run, or without all that a run leaves.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WithoutRunTests {
    private static func network(duration: Int) -> String {
        """
        {"format": "spinnsim-topology/1", "name": "none", "simulation": {"duration": \(duration), "seed": 4},
         "populations": [
          {"name": "in", "size": 20, "model": "SpikeSourcePoisson", "parameters": {"rate": 100}, "record": ["spikes"]},
          {"name": "E", "size": 30, "model": "IF_curr_exp", "record": ["spikes", "v"]}],
         "projections": [
          {"pre": "in", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.3},
           "synapse": {"weight": {"distribution": "uniform", "low": 0.5, "high": 1}, "delay": 2},
           "record": ["weights"]},
          {"name": "EE", "pre": "E", "post": "E", "connector": {"type": "OneToOne"},
           "synapse": {"type": "STDP", "weight": 0.5, "timing": {"type": "SpikePair"},
                       "weight_dependence": {"type": "Additive"}}, "record": ["weights"]}]}
        """
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func run(_ folder: TemporaryFolder, _ arguments: String...) throws -> CommandResult {
        try Command.run([Command.spinnsim] + arguments, in: folder.url)
    }

    /// The edges of a network that is not run are those that a run of no steps records.
    @Test func edgesAreThoseOfARun() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Self.network(duration: 0), to: "none.json")
        let none = try run(folder, "run", "none.json", "-o", "none", "--quiet")
        #expect(none.status == 0, "\(none.errors)")
        for (name, file) in [("in->E", "in-to-E"), ("EE", "EE")] {
            let edges = try run(folder, "edges", "none.json", "--projection", name, "-o", "edges.h5")
            #expect(edges.status == 0 && edges.output.contains(" synapses: edges.h5"), "\(edges.errors)")
            let diff = try Command.run(["h5diff", folder.path("edges.h5"), folder.path("none/weights/\(file).h5")])
            #expect(diff.status == 0 || diff.status == 127, "\(diff.output)")
            #expect(try bytes(folder.path("edges.h5")).count > 2000)
        }
        #expect(try run(folder, "edges", "none.json", "--projection", "in-to-E", "-o", "again.h5").status == 0)
        let unknown = try run(folder, "edges", "none.json", "--projection", "X", "-o", "x.h5")
        #expect(unknown.status == 64 && unknown.errors.contains("there are in->E, EE"), "\(unknown.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("x.h5")))
    }

    /// A run of no steps maps and loads, and leaves the results of no steps; so does one that is told to.
    @Test(arguments: [1, 3]) func runsNoSteps(ranks: Int) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Self.network(duration: 0), to: "none.json")
        _ = try folder.write(Self.network(duration: 50), to: "some.json")
        for arguments in [["none.json"], ["some.json", "--duration", "0"]] {
            let result = try Command.run(
                [Command.spinnsim, "run"] + arguments
                    + ["-o", folder.path("none"), "--overwrite", "--ranks", "\(ranks)"], in: folder.url)
            #expect(result.status == 0, "\(result.errors)")
            let json = try JSONSerialization.jsonObject(with: try bytes(folder.path("none/run.json"))) as? [String: Any]
            #expect(json?["steps"] as? Int == 0 && json?["spikes"] as? Int == 0)
            for file in ["spikes.h5", "reports/E.v.h5", "weights/EE.h5", "report.html"] {
                #expect(FileManager.default.fileExists(atPath: folder.path("none/\(file)")), "\(file)")
            }
        }
        #expect(try run(folder, "run", "some.json", "--duration", "1e-9", "-o", "x").status == 64)
    }

    /// Without the page a run leaves the same data.
    @Test func leavesDataAlone() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Self.network(duration: 50), to: "some.json")
        for kind in ["data", "full"] {
            let result = try run(folder, "run", "some.json", "-o", kind, "--results", kind)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("report.html") == (kind == "full"))
            for page in ["report.html", "raster.svg"] {
                #expect(FileManager.default.fileExists(atPath: folder.path("\(kind)/\(page)")) == (kind == "full"))
            }
        }
        for file in ["spikes.h5", "reports/E.v.h5", "weights/EE.h5"] {
            #expect(try bytes(folder.path("data/\(file)")) == bytes(folder.path("full/\(file)")))
        }
        let client = try SessionClient(in: folder)
        for (kind, hasPage) in [("data", false), ("full", true)] {
            try client.ask("load", ["topology": "some.json", "results": kind])
            try client.ask("run", ["steps": 50])
            try client.ask("report", ["output": folder.path("serve-\(kind)")])
            #expect(FileManager.default.fileExists(atPath: folder.path("serve-\(kind)/report.html")) == hasPage)
            #expect(try bytes(folder.path("serve-\(kind)/spikes.h5")) == bytes(folder.path("full/spikes.h5")))
        }
    }

    /// What is forgotten takes up no more room, and what comes after is collected as ever.
    @Test func forgettingGivesRoomBack() throws {
        let folder = try TemporaryFolder()
        let text = Self.network(duration: 50).replacing(#""size": 30"#, with: #""size": 3000"#)
        let client = try SessionClient(in: folder)
        try client.ask("load", attachment: Array(text.utf8))
        func room() throws -> Int {
            let result = try Command.run(["du", "-sk", "--exclude=collect*", folder.url.path])
            return Int(result.output.prefix { $0.isNumber }) ?? 0
        }
        try client.ask("run", ["steps": 500])
        _ = try client.ask("collect")
        let before = try room()
        _ = try client.ask("collect", ["forget": true])
        let after = try room()
        #expect(before > 5800 && after < before - 5000, "\(before) kB and \(after) kB")
        try client.ask("run", ["steps": 20])
        let more = try client.ask("collect")
        #expect(more["since"] as? Int == 500 && more["step"] as? Int == 520)
        let again = try client.ask("collect", ["since": 510])
        let files = try #require(again["files"] as? [[String: Any]])
        #expect(files.first { $0["variable"] as? String == "v" }?["samples"] as? Int == 10, "\(again.members)")
        #expect(try client.ask("collect", ["since": 499]).errorCode == 64)
        try client.ask("reset")
        try client.ask("run", ["steps": 5])
        #expect(try client.ask("collect", ["since": 0])["step"] as? Int == 5)
    }
}
