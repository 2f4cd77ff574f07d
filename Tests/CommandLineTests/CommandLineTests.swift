import Foundation
import TestSupport
import Testing

/// What `run.json` says of a run.
private func summary(_ folder: TemporaryFolder, _ run: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.url.appending(path: "\(run)/run.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
}

private func topology(_ name: String) -> String { Repository.root.appending(path: "Topologies/\(name).json").path }

/// Process numbers of the ranks of a run, ascending.
private func ranks(writingTo folder: String) -> [Int32] {
    let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init)
    return processes.filter { process in
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return false }
        let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return words.first == Command.spinnsim && words.contains(folder)
    }.sorted()
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct MultiRankTests {
    /// The main promise: the same spikes on every number of ranks, through real MPI.
    @Test(arguments: ["synfire", "balanced", "vogels-abbott"]) func spikeHashDoesNotDependOnRanks(name: String) throws {
        let folder = try TemporaryFolder()
        let duration = name == "vogels-abbott" ? "100" : "200"
        var hashes: [Int: String] = [:]
        for ranks in [1, 2, 3, 4, 7, 16] {
            let result = try Command.mpirun(
                ranks: ranks,
                [
                    topology(name), "--duration", duration, "-o", folder.path("out"), "--overwrite", "--quiet",
                    "--progress", "never",
                ])
            #expect(result.status == 0, "\(ranks) ranks: \(result.errors)")
            let summary = try summary(folder, "out")
            #expect(summary["status"] as? String == "complete")
            #expect(summary["ranks"] as? Int == ranks)
            #expect(try #require(summary["spikes"] as? Int) > 0)
            hashes[ranks] = summary["spike_hash"] as? String
        }
        #expect(hashes.count == 6 && Set(hashes.values).count == 1, "\(hashes)")
    }

    /// A pilot run changes who emulates what and nothing else.
    @Test func pilotKeepsTheSpikes() throws {
        let folder = try TemporaryFolder()
        var hashes: Set<String> = []
        for balance in ["expected", "pilot"] {
            let result = try Command.mpirun(
                ranks: 3,
                [
                    topology("balanced"), "--duration", "100", "-o", folder.path("out"), "--overwrite", "--progress",
                    "never", "--balance", balance,
                ])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("by \(balance) load: fullest rank"), "\(result.output)")
            let summary = try summary(folder, "out")
            let found = try #require(summary["balance"] as? [String: Any])
            #expect(found["method"] as? String == balance)
            #expect(try #require(found["imbalance"] as? Double) < 0.2)
            hashes.insert(try #require(summary["spike_hash"] as? String))
        }
        #expect(hashes.count == 1)
    }

    /// All models, connectors, rules and currents in one network.
    @Test func everythingAtOnceDoesNotDependOnRanks() throws {
        let folder = try TemporaryFolder()
        for (name, text) in Everything.files { _ = try folder.write(text, to: name) }
        let file = try folder.write(try Everything.topology(random: "counter"), to: "everything.json")
        var hashes: Set<String> = []
        var frames: [[String: Data]] = []
        for ranks in [1, 5] {
            let result = try Command.mpirun(
                ranks: ranks, [file, "-o", folder.path("out"), "--overwrite", "--quiet", "--progress", "never"])
            #expect(result.status == 0, "\(ranks) ranks: \(result.errors)")
            hashes.insert(try #require(try summary(folder, "out")["spike_hash"] as? String))
            let reports = folder.path("out/reports")
            frames.append(
                Dictionary(
                    uniqueKeysWithValues: try FileManager.default.contentsOfDirectory(atPath: reports).map {
                        ($0, try Data(contentsOf: URL(fileURLWithPath: "\(reports)/\($0)")))
                    }))
        }
        #expect(hashes.count == 1 && frames[0] == frames[1])
    }

    /// Every population fires at NEST's rate, within 10 %.
    @Test(arguments: ["balanced", "balanced-0.1ms", "vogels-abbott", "microcircuit-10pct", "synfire"])
    func ratesAreThoseOfNEST(name: String) throws {
        let folder = try TemporaryFolder()
        let run = try Command.mpirun(
            ranks: 2, [topology(name), "-o", folder.path("out"), "--quiet", "--progress", "never"])
        #expect(run.status == 0, "\(run.errors)")
        let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
        let script = Repository.root.appending(path: "Scripts/check-rates").path
        let check = try Command.run([python, script, folder.path("out")])
        #expect(check.status == 0, "\(check.output)\(check.errors)")
        #expect(check.output.contains("NEST"))
    }

    /// Packets by messages, as between hosts, make the same spikes as packets by shared memory.
    @Test func exchangesAreEqual() throws {
        let folder = try TemporaryFolder()
        var hashes: [String: String] = [:]
        for mode in ["window", "messages"] {
            let result = try Command.mpirun(
                ranks: 3,
                [
                    topology("vogels-abbott"), "--duration", "100", "--exchange", mode, "-o", folder.path(mode),
                    "--quiet",
                ])
            #expect(result.status == 0, "\(result.errors)")
            let summary = try summary(folder, mode)
            let exchange = try #require(summary["exchange"] as? [String: Any])
            #expect(exchange["kind"] as? String == (mode == "window" ? "shared window" : "neighbour sends"))
            hashes[mode] = summary["spike_hash"] as? String
        }
        #expect(hashes["window"] != nil && hashes["window"] == hashes["messages"])
    }

    @Test func fiveNeuronsOnSixtyFourRanks() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            {"format": "spinnsim-topology/1", "name": "five", "simulation": {"duration": 100},
             "populations": [{"name": "a", "size": 5, "model": "IF_curr_exp", "parameters": {"i_offset": 2},
              "record": ["spikes"]}],
             "projections": [{"pre": "a", "post": "a", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.2}}]}
            """, to: "five.json")
        var hashes: Set<String> = []
        for ranks in [1, 64] {
            let result = try Command.mpirun(ranks: ranks, [file, "-o", folder.path("out"), "--overwrite", "--quiet"])
            #expect(result.status == 0, "\(result.errors)")
            hashes.insert(try #require(try summary(folder, "out")["spike_hash"] as? String))
        }
        #expect(hashes.count == 1)
    }

    @Test func badInputIsOneMessageAndItsExitCodeOnAnyRanks() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            #"{"format": "spinnsim-topology/1", "simulation": {"duration": 10}, "populatons": []}"#, to: "bad.json")
        for ranks in [1, 4] {
            let result = try Command.mpirun(ranks: ranks, [file, "-o", folder.path("out")], seconds: 20)
            #expect(result.status == 65)
            #expect(result.errors.components(separatedBy: "bad.json:1:").count == 2, "\(result.errors)")
            #expect(result.errors.contains("populations"))
        }
        let missing = try Command.mpirun(ranks: 2, [folder.path("none.json")], seconds: 20)
        #expect(missing.status == 66)
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }

    /// A killed rank ends the job, and what had been logged is recovered.
    @Test func killedRankLosesOnlyTheRest() throws {
        let folder = try TemporaryFolder()
        let process = try startRun(topology("balanced"), in: folder, until: 200_000) { $0.hasPrefix("spikes.") }
        let victim = try #require(ranks(writingTo: folder.path("out")).last)
        kill(victim, SIGKILL)
        let killed = ContinuousClock.now
        process.waitUntilExit()
        #expect(ContinuousClock.now - killed < .seconds(10))
        #expect(process.terminationStatus != 0)
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/run.json")))

        let gathered = try Command.run([Command.spinnsim, "gather", folder.path("out"), "--format", "csv"])
        #expect(gathered.status == 0, "\(gathered.errors)")
        let csv = try String(contentsOfFile: folder.path("out/spikes.csv"), encoding: .utf8)
        let rows = csv.split(separator: "\n").count - 1
        #expect(rows > 1000)
        #expect(gathered.output.contains("recovered \(rows) spikes"), "\(gathered.output)")
    }

    /// Weights learnt are the same files on every number of ranks, through real MPI.
    @Test func recordedWeightsDoNotDependOnRanks() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(learning(duration: 150), to: "learning.json")
        try expectSameOnAllRanks(file, in: folder, ["weights/in-to-E.h5", "weights/E-to-E.h5"])
    }

    /// Runs a topology on several numbers of ranks and expects the same spikes and the same bytes in `files` of its
    /// results.
    private func expectSameOnAllRanks(
        _ file: String, in folder: TemporaryFolder, _ files: [String],
        _ check: ([String: Any]) throws -> Void = { _ in }
    ) throws {
        var hashes: Set<String> = []
        var contents: Set<[Data]> = []
        for ranks in [1, 2, 3, 7, 16] {
            let result = try Command.mpirun(
                ranks: ranks, [file, "-o", folder.path("out"), "--overwrite", "--quiet", "--progress", "never"])
            #expect(result.status == 0, "\(ranks) ranks: \(result.errors)")
            let summary = try summary(folder, "out")
            hashes.insert(try #require(summary["spike_hash"] as? String))
            try check(summary)
            contents.insert(
                try files.map { try Data(contentsOf: URL(fileURLWithPath: folder.path("out/\($0)"))) })
        }
        #expect(hashes.count == 1 && contents.count == 1)
    }

    /// Synapses that come and go, and how they do, are the same files on every number of ranks, through real MPI.
    @Test func rewiringDoesNotDependOnRanks() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(rewiring(duration: 150), to: "rewiring.json")
        try expectSameOnAllRanks(file, in: folder, ["weights/in-to-E.h5", "rewiring/in-to-E.h5"]) { summary in
            let counts = try #require((summary["rewiring"] as? [[String: Any]])?.first)
            #expect((counts["formed"] as? Int ?? 0) > 100 && (counts["eliminated"] as? Int ?? 0) > 100)
        }
    }

    /// A killed rank leaves a file of what all ranks have logged of synapses that formed and went.
    @Test func killedRankLosesOnlyTheLastRewiring() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(rewiring(duration: 1_000_000), to: "rewiring.json")
        let process = try startRun(file, in: folder, until: 100_000) { $0.hasPrefix("rewiring.") }
        kill(try #require(ranks(writingTo: folder.path("out")).last), SIGKILL)
        process.waitUntilExit()
        let gathered = try Command.run([Command.spinnsim, "gather", folder.path("out")])
        #expect(gathered.status == 0, "\(gathered.errors)")
        let recovered = try #require(
            gathered.output.split(separator: "\n").first { $0.contains(" eliminated synapses: ") })
        #expect(recovered.contains(folder.path("out/rewiring/in-to-E.h5")), "\(gathered.output)")
        #expect(!recovered.contains(" 0 formed"))
        #expect(FileManager.default.fileExists(atPath: folder.path("out/rewiring/in-to-E.h5")))
    }

    /// A small network whose synapses come and go, recorded.
    private func rewiring(duration: Int) -> String {
        """
        {"format": "spinnsim-topology/1", "name": "rewiring", "simulation": {"duration": \(duration), "seed": 3},
         "populations": [
          {"name": "in", "size": 60, "model": "SpikeSourcePoisson", "parameters": {"rate": 40}, "neurons_per_core": 13},
          {"name": "E", "size": 80, "model": "IF_curr_exp", "record": ["spikes"], "neurons_per_core": 5}],
         "projections": [
          {"pre": "in", "post": "E", "connector": {"type": "FixedNumberPre", "n": 8}, "record": {"rewiring": true,
           "weights": {"interval": 50}},
           "synapse": {"type": "StructuralSTDP", "weight": 1, "delay": 2, "initial_weight": 1, "initial_delay": [2, 6],
            "s_max": 16,
            "partner_selection": {"type": "LastNeuronSelection"},
            "formation": {"type": "DistanceDependentFormation", "grid": [8, 8], "p_form_forward": 0.8},
            "elimination": {"type": "RandomByWeightElimination", "threshold": 1, "prob_elim_depressed": 0.5,
             "prob_elim_potentiated": 0.2},
            "timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive", "w_max": 2}}}]}
        """
    }

    /// A killed rank leaves no file of weights that is not whole, and the samples logged are recovered.
    @Test func killedRankLosesOnlyTheLastWeights() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(learning(duration: 1_000_000), to: "learning.json")
        let process = try startRun(file, in: folder, until: 400_000) { $0.hasPrefix("weights.") }
        kill(try #require(ranks(writingTo: folder.path("out")).last), SIGKILL)
        process.waitUntilExit()
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/weights")))
        let gathered = try Command.run([Command.spinnsim, "gather", folder.path("out")])
        #expect(gathered.status == 0, "\(gathered.errors)")
        #expect(gathered.output.contains(" weights: \(folder.path("out/weights/in-to-E.h5"))"), "\(gathered.output)")
        #expect(FileManager.default.fileExists(atPath: folder.path("out/weights/E-to-E.h5")))
    }

    /// A small network that learns, its weights recorded.
    private func learning(duration: Int) -> String {
        let rule =
            #""timing": {"type": "SpikePair", "A_plus": 0.05, "A_minus": 0.04}, "#
            + #""weight_dependence": {"type": "Additive", "w_max": 2}"#
        return """
            {"format": "spinnsim-topology/1", "name": "learning", "simulation": {"duration": \(duration), "seed": 3},
             "populations": [
              {"name": "in", "size": 60, "model": "SpikeSourcePoisson", "parameters": {"rate": 40},
               "neurons_per_core": 13},
              {"name": "E", "size": 80, "model": "IF_curr_exp", "record": ["spikes"], "neurons_per_core": 5}],
             "projections": [
              {"pre": "in", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.5},
               "synapse": {"type": "STDP", "weight": 0.8, "delay": {"distribution": "uniform", "low": 2,
                "high": 40}, \(rule)},
               "record": {"weights": {"interval": 25, "apply_pending": true}}},
              {"pre": "E", "post": "E", "connector": {"type": "FixedNumberPre", "n": 20, "with_replacement": true},
               "synapse": {"type": "STDP", "weight": 0.2, "delay": 3, \(rule)},
                "record": {"weights": {"interval": 50}}}]}
            """
    }

    /// Starts a run on three ranks and waits until each has logged `bytes` in a log that `isLog`.
    private func startRun(
        _ file: String, in folder: TemporaryFolder, until bytes: Int, _ isLog: (String) -> Bool
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "timeout", "100", "mpirun", "--oversubscribe", "-n", "3", Command.spinnsim, file, "--duration", "1000000",
            "-o", folder.path("out"), "--quiet", "--progress", "never",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        ]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let log = folder.path("out/.partial")
        func logged() -> Int {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: log)) ?? []
            let sizes = names.filter { $0.hasSuffix(".spill") && isLog($0) }.compactMap {
                try? FileManager.default.attributesOfItem(atPath: log + "/" + $0)[.size] as? Int
            }
            return sizes.count < 3 ? 0 : sizes.min() ?? 0
        }
        let patience = ContinuousClock.now + .seconds(60)
        while logged() < bytes && ContinuousClock.now < patience { Thread.sleep(forTimeInterval: 0.1) }
        #expect(logged() >= bytes)
        return process
    }

    @Test func runStartsMpirunItself() throws {
        let folder = try TemporaryFolder()
        let result = try Command.run([
            Command.spinnsim, "run", "--ranks", "4", topology("synfire"), "--duration", "50", "-o", folder.path("out"),
        ])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("4 ranks on 1 host"))
        #expect(try summary(folder, "out")["ranks"] as? Int == 4)
        for file in ["spikes.h5", "provenance.sqlite3", "report.html", "raster.svg", "spinnsim.log"] {
            #expect(FileManager.default.fileExists(atPath: folder.path("out/\(file)")), "\(file)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out/.partial")))
    }
}

@Suite(.timeLimit(.minutes(2))) struct LimitTests {
    @Test(arguments: [
        #"{"name": "a", "size": 2000000000, "model": "IF_curr_exp"}, {"name": "b", "size": 2000000000, "#
            + #""model": "IF_curr_exp"}"#,
        #"{"name": "a", "size": 1000000, "model": "IF_curr_exp"}"#,
    ]) func hugeNetworksAreRefusedAtOnce(populations: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10}, "populations": [\(populations)],
             "projections": [{"pre": "a", "post": "a", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.1}}]}
            """, to: "huge.json")
        for command in [["validate", file], ["run", file, "-o", folder.path("out")]] {
            let result = try Command.run([Command.spinnsim] + command, seconds: 10)
            #expect(result.status == 69)
            #expect(result.seconds < 1)
            #expect(result.errors.contains("does not fit"), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }

    @Test func usageErrorsAre64() throws {
        #expect(try Command.run([Command.spinnsim, "run", "--nonsense", "x.json"]).status == 64)
        #expect(try Command.run([Command.spinnsim, "--version"]).status == 0)
    }
}
