import Diagnostics
import Foundation
import Results
import Testing

@Suite struct RewiringTests {
    private let run = RunDescription(
        name: "test", ranks: 2, timestep: 0.5, steps: 100, seed: 1, topologySHA256: "abc",
        populations: TestRun.populations)
    private let signals = [
        RewiringSignal(name: "E-to-E", projection: "E->E", pre: 0, post: 0),
        RewiringSignal(name: "one-to-E", projection: "one->E", pre: 4, post: 0),
    ]

    /// Writes the logs of two ranks: at each even step the first forms and later eliminates, at each third the second.
    private func log(in folder: String, finish: Bool = true) throws {
        for rank in 0..<2 {
            let writer = try RewiringSpillWriter(folder: folder, rank: rank, run: run, signals: signals)
            for step in 0..<100 {
                if step % (2 + rank) == 0 {
                    for target in [700, 2] {
                        writer.append(
                            signal: rank, source: UInt32(step % 7 * (1 - rank)), target: UInt32(target + rank),
                            isFormed: step < 50)
                    }
                }
                try writer.endStep()
            }
            if finish { try writer.finish() }
        }
    }

    private func rows(_ folder: TemporaryFolder, _ name: String) throws -> [String] {
        let script = """
            g = h5py.File(sys.argv[1])["rewiring/" + sys.argv[2]]
            print(g["source_node_id"].attrs["node_population"], g["target_node_id"].attrs["node_population"])
            for row in zip(*[g[name][()] for name in ["timestamps", "source_node_id", "target_node_id", "formed"]]): \
            print(*row)
            """
        return try Python.run(
            script, [folder.file("run/rewiring/\(name).h5"), name], modules: ["h5py", "sys"]
        ).split(separator: "\n").map(String.init)
    }

    @Test func joinsTheRanks() throws {
        let folder = try TemporaryFolder()
        let directory = try RunDirectory(creating: folder.file("run"))
        try log(in: directory.working)
        let reports = try directory.gatherRewiring()
        #expect(reports.map(\.file) == ["rewiring/E-to-E.h5", "rewiring/one-to-E.h5"])
        #expect(reports.map(\.formed) == [50, 34] && reports.map(\.eliminated) == [50, 34])
        let rows = try rows(folder, "E-to-E")
        #expect(rows.count == 101 && rows[0] == "E E")
        #expect(rows[1] == "0.0 0 2 1" && rows[2] == "0.0 0 700 1" && rows[3] == "1.0 2 2 1")
        #expect(rows[100] == "49.0 0 700 0")
        #expect(try self.rows(folder, "one-to-E")[1] == "0.0 0 3 1")
    }

    /// Of a log that is cut short, all logs' complete steps remain; one that is damaged at its beginning leaves
    /// nothing.
    @Test func recoversWhatIsIntact() throws {
        let folder = try TemporaryFolder()
        let directory = try RunDirectory(creating: folder.file("run"))
        try log(in: directory.working)
        let path = "\(directory.working)/rewiring.1.spill"
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        try Data(bytes.dropLast(3)).write(to: URL(fileURLWithPath: path))
        #expect(failure { _ = try directory.gatherRewiring() }?.exitCode == .outputFailed)
        #expect(try directory.gatherRewiring(tolerant: true).map(\.formed) == [50, 34])
        bytes[bytes.count - 60] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try directory.gatherRewiring(tolerant: true).map(\.formed) == [0, 0])
        bytes[40] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try directory.gatherRewiring(tolerant: true).isEmpty)
    }
}
