import Foundation
import TestSupport
import Testing

private func topology(_ name: String) -> String { Repository.root.appending(path: "Topologies/\(name).json").path }

@Suite(.timeLimit(.minutes(2))) struct MapCommandTests {
    private func map(_ arguments: String..., in folder: TemporaryFolder) throws -> CommandResult {
        try Command.run([Command.spinnsim, "map"] + arguments, in: folder.url, seconds: 60)
    }

    /// The contract's keys, wherever the flag stands.
    @Test func jsonGoesToStandardOutputOrAFile() throws {
        let folder = try TemporaryFolder()
        let file = topology("synfire")
        for arguments in [[file, "--json"], ["--json", file], [file, "--json", "-"], [file, "--json=-"]] {
            let result = try Command.run([Command.spinnsim, "map"] + arguments, in: folder.url)
            #expect(result.status == 0, "\(result.errors)")
            let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            for key in [
                "chips_used", "boards", "cores", "tree_links", "tree_links_x_atoms", "max_trees_per_link",
                "entries_uncompressed", "entries", "max_entries_per_chip", "seconds",
            ] { #expect(json?[key] != nil, "\(key)") }
            #expect((json?["seconds"] as? [String: Double])?["total"] != nil)
        }
        let result = try map(file, "--json", "out.json", "--html", "page.html", "--export", "official", in: folder)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("what limits"))
        let json = try Data(contentsOf: folder.url.appending(path: "out.json"))
        #expect(try JSONSerialization.jsonObject(with: json) is [String: Any])
        #expect(try String(contentsOfFile: folder.path("page.html"), encoding: .utf8).hasPrefix("<!DOCTYPE html>"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("official")).sorted()
        #expect(names == ["machine.json", "placements.json", "routing_keys.json", "routing_tables.json"])
        // Once more over what is there.
        #expect(try map(file, "--html", "page.html", "--export", "official", in: folder).status == 0)
    }

    @Test func outputsThatCannotBeAreFailures() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(try String(contentsOfFile: topology("synfire"), encoding: .utf8), to: "net.json")
        for arguments in [
            ["--html", "no/such/folder.html"], ["--html", "."], ["--export", "net.json"], ["--json", "/dev/full"],
        ] {
            let result = try Command.run([Command.spinnsim, "map", file] + arguments, in: folder.url)
            #expect(result.status == 73, "\(arguments): \(result.errors)")
            #expect(result.errors.hasPrefix("error: "))
        }
        let before = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(try map(file, "--json", "net.json", in: folder).status == 64)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == before)
    }

    @Test(arguments: [
        ["--boards", "0"], ["--boards", "5..1"], ["--boards", ""], ["--boards", "1,,2"], ["--boards", "1..1201"],
        ["--boards", "1..2..3"], ["--boards", "99999999999999999999"], ["--neurons-per-core", "0"],
        ["--boards", "2", "--html", "x.html"], ["--boards", "2", "--export", "x"],
    ]) func nonsenseIsAUsageError(arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let result = try Command.run([Command.spinnsim, "map", topology("synfire")] + arguments, in: folder.url)
        #expect(result.status == 64, "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }

    @Test func whatIfTabulates() throws {
        let folder = try TemporaryFolder()
        let result = try map(
            topology("vogels-abbott"), "--boards", "1,2..3", "--neurons-per-core", "1,50", "--json", in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let cases = try #require(json?["cases"] as? [[String: Any]])
        #expect(cases.map { $0["boards"] as? Int } == [1, 2, 3, 1, 2, 3])
        #expect(cases.map { $0["fits"] as? Bool } == [false, false, false, true, true, true])
        #expect(try map(topology("vogels-abbott"), "--boards", "1", in: folder).output.contains("yes"))
    }

    /// Every algorithm by name, on `map` and on `run`, with the same spikes.
    @Test func algorithmsAreChosenByName() throws {
        let folder = try TemporaryFolder()
        var hashes: Set<String> = []
        for choice in [
            ["--placer", "sequential"], ["--router", "ldf", "--compressor", "ordered-covering"],
            ["--keys", "global", "--placer", "application"], ["--keys", "packed", "--effort", "0"],
        ] {
            let result = try Command.run([Command.spinnsim, "map", topology("synfire"), "--check"] + choice)
            #expect(result.status == 0 && result.output.contains("every key arrives"), "\(choice): \(result.errors)")
            let run = try Command.run(
                [
                    Command.spinnsim, "run", topology("synfire"), "--duration", "100", "--overwrite", "-o",
                    folder.path("out"),
                ]
                    + choice)
            #expect(run.status == 0, "\(run.errors)")
            let summary =
                try JSONSerialization.jsonObject(
                    with: Data(contentsOf: folder.url.appending(path: "out/run.json"))) as? [String: Any]
            hashes.insert(try #require(summary?["spike_hash"] as? String))
        }
        #expect(hashes.count == 1)
        for (option, name) in [
            ("--placer", "hilbert"), ("--router", "ner"), ("--keys", "global"), ("--compressor", "pair"),
        ] {
            let result = try Command.run([Command.spinnsim, "map", topology("synfire"), option, "nonsense"])
            #expect(result.status == 64 && result.errors.contains(name), "\(result.errors)")
        }
        #expect(try Command.run([Command.spinnsim, "map", topology("synfire"), "--effort", "-1"]).status == 64)
    }

    @Test func aTopologyIsNeeded() throws {
        let result = try Command.run([Command.spinnsim, "map"])
        #expect(result.status == 64 && result.errors.contains("topology"))
    }
}
