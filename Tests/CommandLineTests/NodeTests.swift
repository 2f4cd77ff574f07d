import Foundation
import TestSupport
import Testing

/// Ranks of one host that take themselves for ranks of several; `Scripts/test-nodes` does it with network namespaces and TCP.
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
