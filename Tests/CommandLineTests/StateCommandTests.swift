import Foundation
import TestSupport
import Testing

/// Runs that are stopped by signals, clocks and kills, under a real mpirun.
@Suite(.serialized, .timeLimit(.minutes(10))) struct StateCommandTests {
    private let network = """
        {"format": "spinnsim-topology/1", "name": "long", "simulation": {"duration": 100000000, "seed": 3},
         "populations": [{"name": "E", "size": 40, "model": "IF_curr_exp", "neurons_per_core": 10, "record": ["spikes"],
                          "parameters": {"i_offset": {"distribution": "uniform", "low": 0.8, "high": 1.2}}}],
         "projections": [{"pre": "E", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.2},
                          "synapse": {"weight": 0.05, "delay": {"distribution": "uniform", "low": 2, "high": 30}}}]}
        """

    /// Stops a run of ten thousand million steps and looks at how it ends.
    private func stop(_ before: [String], _ options: [String], _ look: (String) -> Void = { _ in }) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(network, to: "long.json")
        let state = folder.path("long.state")
        let result = try Command.run(
            before + [
                "mpirun", "--oversubscribe", "-n", "3", Command.spinnsim, "run", file, "-o", folder.path("out"),
                "--quiet",
                "--progress", "never", "--save-state", state,
            ] + options)
        #expect(result.status == 75, "\(result.errors)")
        let lines = result.errors.split(separator: "\n").filter { $0.contains("--resume") }
        #expect(lines.count == 1, "\(result.errors)")
        #expect(FileManager.default.fileExists(atPath: state))
        #expect(!FileManager.default.fileExists(atPath: "\(state).partial"))
        look(state)
        // It goes on, here to a stop of its own.
        let again = try Command.mpirun(
            ranks: 2,
            [
                "run", file, "-o", folder.path("out"), "--quiet", "--resume", state, "--save-state", state,
                "--max-hours", "0.0001",
            ])
        #expect(again.status == 75, "\(again.errors)")
    }

    /// Tests run with signals blocked, and so would what they start.
    private static let unblocked = [
        "python3", "-c",
        "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execvp(sys.argv[1], sys.argv[1:])",
    ]

    @Test func aSignalSavesAndStops() throws {
        try stop(Self.unblocked + ["timeout", "--preserve-status", "-s", "USR2", "15"], [])
    }

    /// SIGUSR1 saves and the run goes on, SIGUSR2 ends it; mpirun hands both to the ranks.
    @Test func aSignalSavesAndGoesOn() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(network, to: "long.json")
        let (state, output) = (folder.path("long.state"), folder.path("out"))
        let script = """
            mpirun --oversubscribe -n 3 "$0" run "$1" -o "$2" --quiet --progress never --save-state "$3" &
            await() { i=0; while [ ! -e "$1" ]; do i=$((i + 1)); [ $i -lt 300 ] || exit 3; sleep 0.1; done; }
            await "$2/.partial/spinnsim.log"
            sleep 1
            kill -USR1 $!
            await "$3"
            mv "$3" "$3.first"
            kill -USR1 $!
            await "$3"
            kill -USR2 $!
            wait $!
            """
        let result = try Command.run(Self.unblocked + ["sh", "-c", script, Command.spinnsim, file, output, state])
        #expect(result.status == 75, "\(result.errors)")
        for path in ["\(state).first", state, "\(state).previous"] {
            #expect(FileManager.default.fileExists(atPath: path), "\(path)")
        }
    }

    @Test func aClockSavesAndStops() throws {
        try stop([], ["--max-hours", "0.0004", "--checkpoint-every", "50"]) { state in
            #expect(FileManager.default.fileExists(atPath: "\(state).previous"))
        }
    }

    /// A few kills of random ranks; `Scripts/check-state` by itself makes many, of an hour of model time.
    @Test func killedRunsGoOn() throws {
        let result = try Command.run(
            [
                Repository.root.appending(path: "Scripts/check-state").path, "--program", Command.spinnsim, "--kills",
                "3",
                "--model-seconds", "30", "--ranks", "4",
            ], seconds: 400)
        #expect(result.status == 0, "\(result.output) \(result.errors)")
    }

    @Test(arguments: [
        ["--until", "5"], ["--checkpoint-every", "5"], ["--max-hours", "1"], ["--resume", "x", "--overwrite"],
        ["--save-state", "x", "--checkpoint-every", "0"], ["--save-state", "x", "--until", "-1"],
    ])
    func wrongOptionsAreRefused(options: [String]) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(network, to: "long.json")
        let result = try Command.run([Command.spinnsim, "run", file] + options, in: folder.url)
        #expect(result.status == 64, "\(result.errors)")
    }
}
