import ArgumentParser
import Foundation
import TestSupport
import Testing
import spinnsim

private func topology(_ name: String) -> String { Repository.root.appending(path: "Topologies/\(name).json").path }

/// Ranks that were not started alike, and processes that only look like ranks.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LaunchTests {
    /// Starts ranks of several command lines in one launch.
    private func launch(
        _ ranks: [[String]], in folder: TemporaryFolder, options: [[String]] = []
    ) throws -> CommandResult {
        var words = ["mpirun", "-q", "--oversubscribe"]
        for (place, arguments) in ranks.enumerated() {
            words += (place > 0 ? [":"] : []) + ["-n", "1"] + (place < options.count ? options[place] : [])
            words += [Command.spinnsim] + arguments
        }
        return try Command.run(words, in: folder.url, seconds: 60)
    }

    /// Every command says of itself whether it is one process's or all ranks'.
    @Test func everyCommandIsSerialOrRanked() {
        var commands: [any ParsableCommand.Type] = [Spinnsim.self]
        var leaves = 0
        while let command = commands.popLast() {
            let parts = command.configuration.subcommands
            commands += parts
            guard parts.isEmpty else { continue }
            leaves += 1
            #expect(
                command is any SerialCommand.Type != command is any RankedCommand.Type,
                "\(command) has to be a SerialCommand or a RankedCommand")
        }
        #expect(leaves > 10)
    }

    /// Variables of a launcher that is not there silence nothing.
    @Test(arguments: [
        ["PMI_RANK": "1"], ["OMPI_COMM_WORLD_RANK": "1"], ["PMIX_RANK": "1"],
        ["PMIX_RANK": "1", "PMIX_NAMESPACE": "1", "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2"],
        ["PMI_RANK": "3", "PMI_SIZE": "4"], ["SLURM_PROCID": "1", "PMI_RANK": "x"],
    ]) func aLeftOverVariableSilencesNothing(environment: [String: String]) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("{", to: "wrong.json")
        for (command, status) in [
            ("validate wrong.json", 65), ("map wrong.json", 65), ("conformance none.json", 66), ("gather none", 66),
            ("report none", 66), ("bench grow none.json -o x", 66), ("--nonsense x", 64),
        ] {
            let result = try Command.run(
                [Command.spinnsim] + command.split(separator: " ").map(String.init), in: folder.url,
                environment: environment, seconds: 30)
            #expect(result.status == status, "\(command): \(result.errors)")
            #expect(!result.errors.isEmpty, "\(command) said nothing")
        }
        let version = try Command.run([Command.spinnsim, "--version"], environment: environment)
        #expect(version.output.split(separator: "\n").count == 1)
    }

    /// A rank's script that has its own file checked gets its own answer.
    @Test func aScriptUnderALauncherGetsAnswers() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("{", to: "1.json")
        let result = try Command.run(
            [
                "mpirun", "-q", "--oversubscribe", "-n", "2", "bash", "-c",
                "\(Command.spinnsim) validate $OMPI_COMM_WORLD_RANK.json; echo status $?",
            ], in: folder.url, seconds: 60)
        #expect(result.output.split(separator: "\n").sorted() == ["status 65", "status 66"], "\(result.output)")
    }

    /// Whatever ranks differ in: one message that says so, one exit code, and no rank that waits.
    @Test(arguments: [
        ["validate a.json", "validate b.json"], ["run SYNFIRE -o o", "validate SYNFIRE"],
        ["SYNFIRE -o o --duration 10", "SYNFIRE -o o --duration 20"], ["SYNFIRE -o o", "SYNFIRE -o p"],
        ["SYNFIRE -o o", "SYNFIRE -o o --nonsense"], ["--nonsense", "SYNFIRE -o o"],
        ["SYNFIRE -o o", "none.json -o o"],
        ["SYNFIRE -o o", "SYNFIRE -o o", "SYNFIRE -o o --seed 3"], ["info", "--version"], ["SYNFIRE -o o", "--help"],
        ["SYNFIRE -o o --check --balance pilot", "SYNFIRE -o o --balance pilot"],
    ]) func ranksOfDifferentCommandLinesDoNothing(lines: [String]) throws {
        let folder = try TemporaryFolder()
        let ranks = lines.map { line in
            line.split(separator: " ").map { $0 == "SYNFIRE" ? topology("synfire") : String($0) }
        }
        let result = try launch(ranks, in: folder)
        #expect(result.status == 78, "\(result.errors)")
        let messages = result.errors.split(separator: "\n")
        #expect(messages.count == 1 && messages[0].contains("different command lines"), "\(result.errors)")
        #expect(result.output.isEmpty && !FileManager.default.fileExists(atPath: folder.path("o")))
    }

    @Test func ranksOfOtherSurroundingsDoNothing() throws {
        let folder = try TemporaryFolder()
        let run = [topology("synfire"), "-o", folder.path("out"), "--duration", "10"]
        let result = try launch([run, run], in: folder, options: [["-x", "SPINNSIM_RANKS_PER_HOST=1"]])
        #expect(result.status == 78 && result.errors.contains("SPINNSIM_RANKS_PER_HOST=1"), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
    }

    /// Ranks that would read other files by the same name: the topology itself, and one that it refers to.
    @Test(arguments: ["net.json", "pairs.txt"]) func ranksOfOtherFilesDoNothing(different: String) throws {
        let network = #"""
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10},
             "populations": [{"name": "a", "size": 10, "model": "IF_curr_exp"}],
             "projections": [{"pre": "a", "post": "a", "connector": {"type": "FromFile", "file": "pairs.txt"},
              "synapse": {"weight": 1, "delay": 1}}]}
            """#
        let folders = try [TemporaryFolder(), TemporaryFolder()]
        for (place, folder) in folders.enumerated() {
            for (name, text) in [("net.json", network), ("pairs.txt", "0 1 1.0 1.0\n")] {
                _ = try folder.write(place == 1 && name == different ? text + "\n" : text, to: name)
            }
        }
        let run = ["net.json", "-o", folders[0].path("out")]
        let options = folders.map { ["-wdir", $0.url.path] }
        let result = try launch([run, run], in: folders[0], options: options)
        #expect(result.status == 78, "\(result.errors)")
        #expect(result.errors.contains("\(different) is another file for rank 1"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folders[0].path("out")))
        let same = try launch([run, run], in: folders[0], options: [options[0], options[0]])
        #expect(same.status == 0, "\(same.errors)")
    }
}
