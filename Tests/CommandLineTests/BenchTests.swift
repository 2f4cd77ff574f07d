import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct BenchTests {
    private func lines(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// A line a run; strong scaling has one network, and two ranks of half of it have the same one again.
    @Test func measuresBothSeries() throws {
        let folder = try TemporaryFolder()
        let balanced = Repository.root.appending(path: "Topologies/balanced.json").path
        let result = try Command.run(
            [
                Command.spinnsim, "bench", "--ranks", "1,2", "--seeds", "1", "--duration", "60", "--neurons-per-rank",
                "5000",
                "-o", folder.path("lines.jsonl"), balanced,
            ], in: folder.url)
        #expect(result.status == 0, "\(result.errors)")
        let runs = try lines(result.output)
        #expect(runs.map { $0["scaling_type"] as? String } == ["strong", "strong", "weak", "weak"])
        #expect(runs.map { $0["num_nvp"] as? Int } == [1, 2, 1, 2])
        #expect(runs.map { $0["neurons"] as? Int } == [10_000, 10_000, 5000, 10_000])
        #expect(runs.map { $0["synapses"] as? Int } == [10_000_000, 10_000_000, 5_000_000, 10_000_000])
        let hashes = runs.map { $0["spike_hash"] as? String }
        #expect(hashes[0] == hashes[1] && hashes[0] == hashes[3] && hashes[0] != hashes[2])
        for run in runs {
            let number = { (name: String) throws -> Double in try #require(run[name] as? Double, "\(name)") }
            let parts = ["launch", "read", "create", "connect", "sim", "gather"]
            let sum = try parts.reduce(0) { try $0 + number("wall_time_\($1)") }
            #expect(abs(sum - (try number("wall_time_total"))) < 1e-6)
            #expect(try number("cpu_time_sim") >= number("cpu_time_sim_work"))
            #expect(try number("cpu_time_sim_work") > 0)
            #expect(try number("wall_time_phase_deliver_max") >= number("wall_time_phase_deliver"))
        }
        #expect(try String(contentsOfFile: folder.path("lines.jsonl"), encoding: .utf8) == result.output)
    }

    /// Tiles keep every neuron's number of inputs, and hear from two neighbours alone.
    @Test func tilesKeepInputs() throws {
        let folder = try TemporaryFolder()
        let balanced = Repository.root.appending(path: "Topologies/balanced.json").path
        let file = folder.path("tiled.json")
        let grown = try Command.run(
            [Command.spinnsim, "bench", "grow", "--factor", "0.125", "--tiles", "12", "-o", file, balanced])
        #expect(grown.status == 0, "\(grown.errors)")
        let text = try Data(contentsOf: URL(fileURLWithPath: file))
        let network = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let projections = try #require(network["projections"] as? [[String: Any]])
        var inputs: [String: Int] = [:]
        var sources: [String: Set<String>] = [:]
        for projection in projections {
            let post = try #require(projection["post"] as? String)
            let connector = try #require(projection["connector"] as? [String: Any])
            inputs[post, default: 0] += try #require(connector["n"] as? Int)
            sources[post, default: []].insert(try #require(projection["pre"] as? String))
        }
        #expect(inputs.count == 24 && inputs.values.allSatisfy { $0 == 1000 })
        #expect(sources["E.0.0"] == ["E.0.0", "I.0.0", "E.3.0", "E.0.2"])
        let run = try Command.mpirun(
            ranks: 3, [file, "--duration", "30", "-o", folder.path("out"), "--quiet", "--progress", "never"])
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test(arguments: [
        "--ranks=0", "--duration=-1", "--launcher=srun", "--neurons-per-rank=0",
        "--neurons-per-rank=9223372036854775807", "--duration=inf", "--duration=nan",
    ])
    func refuses(option: String) throws {
        let result = try Command.run([Command.spinnsim, "bench", option])
        #expect(result.status == 64, "\(result.errors)")
    }

    @Test(arguments: ["nan", "inf", "-1", "0", "1e300"]) func refusesToGrowBy(factor: String) throws {
        let folder = try TemporaryFolder()
        let file = Repository.root.appending(path: "Topologies/synfire.json").path
        let words = ["bench", "grow", "--factor=\(factor)", "-o", folder.path("y.json"), file]
        let result = try Command.run([Command.spinnsim] + words)
        #expect(result.status == 64 && result.errors.contains("--factor takes"), "\(result.errors)")
    }

    @Test func refusesMissingFiles() throws {
        #expect(try Command.run([Command.spinnsim, "bench", "missing.json"]).status == 66)
    }

    @Test func refusesToGrowLists() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            {"format": "spinnsim-topology/1", "name": "x", "simulation": {"duration": 1},
             "populations": [{"name": "A", "size": 2, "model": "IF_curr_exp", "parameters": {"i_offset": [1, 2]}}],
             "projections": []}
            """, to: "x.json")
        let result = try Command.run(
            [Command.spinnsim, "bench", "grow", "--factor", "2", "-o", folder.path("y.json"), file])
        #expect(result.status == 65 && result.errors.contains("i_offset of A"), "\(result.errors)")
    }
}
