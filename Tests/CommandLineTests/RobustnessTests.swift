import Foundation
import TestSupport
import Testing

private func topology(_ name: String) -> String { Repository.root.appending(path: "Topologies/\(name).json").path }

/// Surroundings that break: terminals, disks, launchers, folders.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RobustnessTests {
    /// Runs a command line with `$S` for the program.
    private func shell(_ line: String, in folder: TemporaryFolder, seconds: Int = 60) throws -> CommandResult {
        try Command.run(
            ["bash", "-c", line], in: folder.url, environment: ["S": Command.spinnsim], seconds: seconds)
    }

    @Test(arguments: ["2>&-", "2>/dev/full", "2>&- >&- <&-"]) func aMessageNobodyCanReadIsNoCrash(streams: String)
        throws
    {
        let folder = try TemporaryFolder()
        for command in ["none.json", "conformance none.json", "validate none.json", "map none.json"] {
            let result = try shell("$S \(command) \(streams)", in: folder)
            #expect(result.status == 66, "\(command) \(streams)")
        }
    }

    @Test(arguments: [">&-", "2>&-", ">&- 2>&- <&-", ">/dev/full 2>/dev/full", "| true", "2>&1 | head -1"])
    func aTerminalThatIsGoneDoesNotEndARun(streams: String) throws {
        let folder = try TemporaryFolder()
        let run = "$S \(topology("synfire")) --duration 50 -o out --progress always"
        let result = try shell("set -o pipefail; \(run) \(streams)", in: folder)
        #expect(result.status == 0, "\(result.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
        #expect(
            names == ["provenance.sqlite3", "raster.svg", "report.html", "run.json", "spikes.h5", "spinnsim.log"])
        // No file of ours took the number of a closed stream.
        let log = try String(contentsOfFile: folder.path("out/spinnsim.log"), encoding: .utf8)
        #expect(log.hasPrefix("spinnsim ") && !log.contains("ETA"))
    }

    @Test func resultsThatCannotBePrintedAreAFailure() throws {
        let folder = try TemporaryFolder()
        #expect(try shell("$S map \(topology("synfire")) --json >/dev/full", in: folder).status == 74)
        #expect(try shell("set -o pipefail; $S map \(topology("synfire")) --json | head -c 1", in: folder).status == 0)
    }

    @Test func aLimitOnFileSizesIsAMessage() throws {
        let folder = try TemporaryFolder()
        let result = try shell(
            "ulimit -f 100; $S \(topology("balanced")) --duration 3000 -o out --quiet", in: folder)
        #expect(result.status == 74)
        #expect(result.errors.contains("out/.partial/spikes.0.spill after 102400 bytes: File too large"))
    }

    @Test(arguments: [
        ("--nonsense x.json", 64, "nonsense"), ("run --ranks 0 x.json", 64, "--ranks takes"), ("--version", 0, ""),
        ("--help", 0, "OVERVIEW"), ("validate none.json", 66, "none.json"), ("gather none", 66, "none"),
    ]) func oneProcessSpeaksForAll(command: String, status: Int32, words: String) throws {
        let result = try Command.mpirun(ranks: 4, command.split(separator: " ").map(String.init), seconds: 20)
        #expect(result.status == status)
        let text = result.output + result.errors
        if words.isEmpty {
            #expect(result.output.split(separator: "\n").count == 1, "\(result.output)")
        } else {
            let lines = text.split(separator: "\n").filter {
                $0.hasPrefix("Error:") || $0.hasPrefix("error") || $0.hasPrefix("OVERVIEW")
            }
            #expect(lines.count == 1 && lines[0].contains(words), "\(text)")
        }
    }

    /// An earlier run stays until the new one is known to fit.
    @Test func overwritingNeedsARunThatFits() throws {
        let folder = try TemporaryFolder()
        #expect(try shell("$S \(topology("synfire")) --duration 50 -o out --quiet", in: folder).status == 0)
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
        // Found out by the mapping: two neurons a core on a machine of four chips.
        let file = try folder.write(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10}, "machine": {"board": "spin3"},
             "populations": [{"name": "a", "size": 2000, "model": "IF_curr_exp", "neurons_per_core": 2}],
              "projections": []}
            """, to: "large.json")
        let result = try shell("$S \(file) -o out --overwrite", in: folder)
        #expect(result.status == 69, "\(result.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted() == before)
        #expect(try shell("$S gather out", in: folder).status == 0)

        try FileManager.default.createDirectory(
            at: folder.url.appending(path: "mine"), withIntermediateDirectories: false)
        #expect(try shell("$S \(file) -o mine", in: folder).status == 69)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("mine")).isEmpty)

        try FileManager.default.createSymbolicLink(
            atPath: folder.path("out/reports"), withDestinationPath: folder.path("mine"))
        let blocked = try shell("$S \(topology("synfire")) --duration 50 -o out --overwrite", in: folder)
        #expect(blocked.status == 73 && blocked.errors.contains("out/reports is in the way"), "\(blocked.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.path("out/run.json")))
    }

    @Test func gatherSaysWhenNothingIsMissing() throws {
        let folder = try TemporaryFolder()
        // Ends after the logs are complete: the merged file does not fit.
        let run = "ulimit -f 130; $S \(topology("balanced")) --duration 200 -o out --quiet"
        let result = try shell(run, in: folder)
        #expect(result.status == 74, "\(result.errors)")
        #expect(result.errors == "error: cannot write out/.partial/spikes.h5: File too large\n")
        let gathered = try shell("$S gather out", in: folder)
        #expect(gathered.status == 0)
        #expect(gathered.output.contains("all ranks: complete; no spikes are missing"), "\(gathered.output)")
        #expect(FileManager.default.fileExists(atPath: folder.path("out/spinnsim.log")))
        let refused = try shell("mkdir d; $S gather out --format csv -o d", in: folder)
        #expect(refused.status == 73 && refused.errors.contains("d is a folder"), "\(refused.errors)")
    }
}
