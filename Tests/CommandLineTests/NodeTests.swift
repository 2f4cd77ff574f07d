import Foundation
import TestSupport
import Testing

/// Ranks of one host that take themselves for ranks of several; `Scripts/test-nodes` does it with network namespaces
/// and TCP.
@Suite(.serialized, .timeLimit(.minutes(5))) struct NodeTests {
    private func run(
        _ topology: String, ranks: Int, perHost: Int?, _ arguments: [String] = [], in folder: TemporaryFolder
    ) throws -> [String: Any] {
        let result = try Command.run(
            [
                "mpirun", "--oversubscribe", "-n", String(ranks), Command.spinnsim,
                Repository.root.appending(path: "Topologies/\(topology).json").path, "-o", folder.path("out"),
                "--overwrite", "--quiet", "--progress", "never",
            ] + arguments,
            environment: perHost.map { ["SPINNSIM_RANKS_PER_HOST": String($0)] } ?? [:])
        #expect(result.status == 0, "\(result.errors)")
        let data = try Data(contentsOf: folder.url.appending(path: "out/run.json"))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(arguments: ["synfire", "vogels-abbott", "microcircuit-10pct"])
    func spikesDoNotDependOnHosts(name: String) throws {
        let folder = try TemporaryFolder()
        let duration = ["--duration", "60"]
        let expected = try run(name, ranks: 1, perHost: nil, duration, in: folder)["spike_hash"] as? String
        for (ranks, perHost) in [(2, 1), (4, 2), (7, 3), (8, 3), (16, 4)] {
            let summary = try run(name, ranks: ranks, perHost: perHost, duration, in: folder)
            #expect(summary["spike_hash"] as? String == expected, "\(ranks) ranks, \(perHost) a host")
            let exchange = try #require(summary["exchange"] as? [String: Any])
            #expect(exchange["kind"] as? String == "shared windows, a message per pair of hosts")
        }
    }

    /// Bursts a thousand rounds apart: each finds the chunks grown by the one before shrunk again, and takes a second
    /// part.
    ///
    /// - Parameter messages: Of which each round has as many: between ranks, or between leaders of three hosts.
    @Test(arguments: [("messages", nil, 12), ("auto", "2", 6), ("auto", "1", 12)] as [(String, String?, Int)])
    func chunksGrowAndShrink(exchange: String, perHost: String?, messages: Int) throws {
        for (words, burst) in [(2, 3000), (0, 400_000)] {
            let result = try Command.run(
                [
                    "mpirun", "--oversubscribe", "-n", perHost == "2" ? "6" : "4", Command.spinnsim, "bench",
                    "exchange",
                    "--exchange", exchange, "--words", String(words), "--burst", String(burst), "--rounds", "2000",
                ], environment: perHost.map { ["SPINNSIM_RANKS_PER_HOST": $0] } ?? [:])
            #expect(result.status == 0, "\(result.errors)")
            let line = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            // Rounds 0, 1000 and 2000 of 2200.
            #expect(line["chunk_overflows"] as? Int == 3 * messages)
            let least = try #require(line["chunk_words"] as? Int)
            #expect(least > burst)
        }
    }

    @Test(arguments: [1, 2]) func spikesDoNotDependOnMessages(perHost: Int) throws {
        let folder = try TemporaryFolder()
        let duration = ["--duration", "60"]
        let expected = try run("synfire", ranks: 1, perHost: nil, duration, in: folder)["spike_hash"] as? String
        for ranks in 2...7 {
            for mode in ["auto", "messages"] where mode == "messages" || ranks > perHost {
                let summary = try run(
                    "synfire", ranks: ranks, perHost: perHost, duration + ["--exchange", mode], in: folder)
                #expect(summary["spike_hash"] as? String == expected, "\(ranks) ranks, \(mode)")
                let exchange = try #require(summary["exchange"] as? [String: Any])
                let parameters = try #require(exchange["parameters"] as? [String: Double])
                #expect(try #require(parameters["chunk_words"]) >= 16)
                #expect(try #require(parameters["chunk_overflows"]) >= 0)
            }
        }
    }

    @Test func aWindowIsForOneHost() throws {
        let folder = try TemporaryFolder()
        let result = try Command.run(
            [
                "mpirun", "-q", "--oversubscribe", "-n", "2", Command.spinnsim,
                Repository.root.appending(path: "Topologies/synfire.json").path, "-o", folder.path("out"), "--exchange",
                "window", "--quiet",
            ], environment: ["SPINNSIM_RANKS_PER_HOST": "1"])
        #expect(result.status == 78 && result.errors.contains("leave --exchange at auto"), "\(result.errors)")
    }
}
