import Diagnostics
import Emulation
import Foundation
import Results
import Snapshots
import TestSupport
import Testing
import Transport

/// Runs a topology file on in-process ranks with a state to go on from, to save, or both.
private func emulate(
    _ file: String, ranks: Int, output: String, resume: String? = nil, save: String? = nil, until: Double? = nil,
    _ change: (inout RunOptions) -> Void = { _ in }
) throws {
    var options = RunOptions(file: file)
    options.output = output
    options.quiet = true
    options.progress = .never
    options.resumed = resume
    options.stateFile = save
    options.until = until
    change(&options)
    let final = options
    for result in InProcessTransport.run(ranks: ranks, { try Run(final, on: $0).run() }) { try result.get() }
}

/// All records of a state file.
private func records(_ path: String) throws -> [StateKey: [UInt32]] {
    let reader = try StateFileReader(path, verifying: true)
    var records: [StateKey: [UInt32]] = [:]
    for key in reader.keys { records[key] = try reader.words(key) }
    return records
}

/// The results of a run that must not depend on how it was made.
private func results(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for part in ["spikes.h5"]
        + ["reports", "weights", "rewiring"].flatMap({ sub in
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(sub)")) ?? []).map { "\(sub)/\($0)" }
        })
    {
        files[part] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(part)"))
    }
    return files
}

/// Runs straight, and in three pieces on 1, 7 and 3 ranks; everything has to be the same, the state in between
/// included.
private func checkPieces(
    _ file: String, in folder: TemporaryFolder, at times: (Double, Double), applying changes: String? = nil,
    _ change: (inout RunOptions) -> Void = { _ in }
) throws {
    func begin(_ options: inout RunOptions) {
        change(&options)
        options.changes = changes
    }
    let (a, b) = (folder.path("a.state"), folder.path("b.state"))
    try emulate(file, ranks: 2, output: folder.path("straight"), begin)
    try emulate(file, ranks: 1, output: folder.path("pieces"), save: a, until: times.0, begin)
    try emulate(file, ranks: 7, output: folder.path("pieces"), resume: a, save: b, until: times.1, change)
    // The state at the second stop is that of a run that never stopped before.
    let direct = folder.path("direct.state")
    try emulate(file, ranks: 3, output: folder.path("direct"), save: direct, until: times.1, begin)
    let (resumed, straight) = (try records(b), try records(direct))
    #expect(Set(resumed.keys) == Set(straight.keys))
    for key in straight.keys.sorted() { #expect(resumed[key] == straight[key], "\(key)") }
    try emulate(file, ranks: 3, output: folder.path("pieces"), resume: b, change)

    let one = try RunSummary(path: folder.path("straight/run.json"))
    let other = try RunSummary(path: folder.path("pieces/run.json"))
    #expect(one.spikes > 0)
    #expect(other.spikeHash == one.spikeHash)
    #expect(other.synapticEvents == one.synapticEvents)
    #expect(other.packets["sent"] == one.packets["sent"])
    #expect(other.saturations == one.saturations)
    let (files, others) = (try results(folder.path("straight")), try results(folder.path("pieces")))
    #expect(files.keys.sorted() == others.keys.sorted())
    for (name, data) in files { #expect(others[name] == data, "\(name)") }
}

@Suite(.timeLimit(.minutes(10))) struct StateTests {
    @Test(arguments: ["chip", "counter"]) func everythingGoesOnFromAState(random: String) throws {
        let folder = try TemporaryFolder()
        for (name, text) in Everything.files { _ = try folder.write(text, to: name) }
        let file = try folder.write(try Everything.topology(random: random), to: "everything.json")
        try checkPieces(file, in: folder, at: (17, 36))
        // Its cores are so small that no delay is too long for their ring buffers.
        let sections = Set(try records(folder.path("b.state")).keys.map(\.section))
        #expect(sections == Set(StateKey.Section.allCases).subtracting([.delays, .changes, .weights]))
    }

    @Test func mixedNetworkGoesOnFromAState() throws {
        let folder = try TemporaryFolder()
        try checkPieces(try folder.write(mixedNetwork, to: "mixed.json"), in: folder, at: (49, 101))
        #expect(try records(folder.path("b.state")).keys.contains { $0.section == .delays })
    }

    /// Changes of the topology and others act before the first state, between the two and after them; a state has what
    /// they have made of the network and those to come.
    @Test func changedNetworkGoesOnFromAState() throws {
        let folder = try TemporaryFolder()
        func list(_ a: Int, _ b: Int, _ c: Int) -> String {
            #"""
            [{"at": \#(a),
              "weights": [{"projection": "noise->E", "value": {"distribution": "uniform", "low": 0, "high": 1}}],
              "parameters": [{"population": "noise", "neurons": "0:30", "set": {"rate": 150}}],
              "currents": [{"new": {"type": "Step", "population": "E", "times": [20, 60, 100], "amplitudes": [1, 2, 3],
                                    "neurons": "10:90"}}]},
             {"at": \#(b), "state": [{"population": "E", "neurons": [3, 50], "set": {"v": -51}}],
              "spike_times": [{"population": "array", "neurons": [1], "times": [[70, 80, 120, 140]]}],
              "parameters": [{"population": "I", "set": {"tau_m": {"distribution": "normal", "mu": 12, "sigma": 1}}}],
              "weights": [{"projection": "noise->E", "value": 0.3},
                          {"projection": "array->silent", "file": "list.txt"}]},
             {"at": \#(c), "parameters": [{"population": "fast", "set": {"rate": 9000}}],
              "weights": [{"projection": "fast->I", "value": 0.002}]}]
            """#
        }
        _ = try folder.write("2 6 20 300\n", to: "list.txt")
        let own = mixedNetwork.replacing("\"projections\":", with: "\"changes\": \(list(0, 48, 90)), \"projections\":")
        let changes = #"{"format": "spinnsim-changes/1", "changes": \#(list(7, 60, 101))}"#
        try checkPieces(
            try folder.write(own, to: "mixed.json"), in: folder, at: (49, 101),
            applying: try folder.write(changes, to: "changes.json"))
        let sections = Set(try records(folder.path("b.state")).keys.map(\.section))
        #expect(sections.isSuperset(of: [.changes, .weights, .delays]))
    }

    /// Networks of the repository that learn or have sub-millisecond steps, a little of them.
    @Test(
        arguments: [
            ("balanced", 30), ("vogels-abbott", 30), ("inhibitory-balance", 60), ("topographic-map", 300),
            ("reward-learning", 210), ("resume-pattern", 210),
        ] as [(String, Double)])
    func exampleGoesOnFromAState(name: String, duration: Double) throws {
        let folder = try TemporaryFolder()
        let file = Repository.root.appending(path: "Topologies/\(name).json").path
        try checkPieces(file, in: folder, at: (duration / 3, duration * 2 / 3)) { $0.duration = duration }
    }

    /// A run that was killed has recorded more than its last state knows of; the rest counts no more.
    @Test func recordingsAfterTheStateDoNotCount() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(mixedNetwork, to: "mixed.json")
        let (early, late) = (folder.path("early.state"), folder.path("late.state"))
        try emulate(file, ranks: 1, output: folder.path("straight"))
        try emulate(file, ranks: 2, output: folder.path("run"), save: early, until: 40)
        try emulate(file, ranks: 3, output: folder.path("run"), resume: early, save: late, until: 120)
        try emulate(file, ranks: 2, output: folder.path("run"), resume: early, save: late, until: 80)
        #expect(FileManager.default.fileExists(atPath: "\(late).previous"))
        try emulate(file, ranks: 1, output: folder.path("run"), resume: early)
        #expect(
            try RunSummary(path: folder.path("run/run.json")).spikeHash
                == RunSummary(path: folder.path("straight/run.json")).spikeHash)
    }

    /// States at every multiple of an interval, the last of which a run goes on from; a longer duration makes the run
    /// longer.
    @Test func checkpointsAndLongerRuns() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(mixedNetwork, to: "mixed.json")
        let state = folder.path("run.state")
        try emulate(file, ranks: 2, output: folder.path("straight")) { $0.duration = 200 }
        try emulate(file, ranks: 2, output: folder.path("run"), save: state, until: 150) { $0.checkpointInterval = 30 }
        #expect(try StateFileReader("\(state).previous", verifying: true).header.step == 120)
        #expect(try StateFileReader(state, verifying: true).header.step == 150)
        try emulate(file, ranks: 3, output: folder.path("run"), resume: state) { $0.duration = 200 }
        #expect(
            try RunSummary(path: folder.path("run/run.json")).spikeHash
                == RunSummary(path: folder.path("straight/run.json")).spikeHash)
    }
}

@Suite(.timeLimit(.minutes(5))) struct StateRefusalTests {
    private let folder: TemporaryFolder
    private let file: String
    private let state: String

    init() throws {
        folder = try TemporaryFolder()
        file = try folder.write(mixedNetwork, to: "mixed.json")
        state = folder.path("run.state")
        try emulate(file, ranks: 2, output: folder.path("run"), save: state, until: 10)
    }

    /// What a run that goes on from the state says.
    private func refusal(_ file: String? = nil, _ change: (inout RunOptions) -> Void = { _ in }) -> Failure? {
        do {
            try emulate(file ?? self.file, ranks: 2, output: folder.path("run"), resume: state, change)
            return nil
        } catch { return error as? Failure }
    }

    @Test func otherRunsAreRefused() throws {
        let seed = try #require(refusal { $0.seed = 6 })
        #expect(seed.exitCode == .badInput && seed.message.contains("seed is 5, this run's is 6"), "\(seed)")
        let version = try #require(refusal { $0.versions = ["spinnsim": "0.0.1"] })
        #expect(version.exitCode == .badInput && version.message.contains("program version"), "\(version)")
        let other = try folder.write(mixedNetwork.replacing("0.42", with: "0.43"), to: "other.json")
        let topology = try #require(refusal(other))
        #expect(topology.exitCode == .badInput && topology.message.contains("topology (SHA-256)"), "\(topology)")
        let short = try #require(refusal { $0.duration = 5 })
        #expect(short.exitCode == .badInput && short.message.contains("the run ends at 5.0 ms"), "\(short)")
    }

    @Test func everyFlippedBitIsRefused() throws {
        let url = URL(fileURLWithPath: state)
        let good = try Data(contentsOf: url)
        for part in 0..<200 {
            var bad = good
            bad[part * (good.count - 1) / 199] ^= 1 << UInt8(part % 8)
            try bad.write(to: url)
            let failure = #expect(throws: Failure.self) { try StateFileReader(state, verifying: true) }
            #expect(failure?.exitCode == .badInput)
        }
        for length in [0, 100, 512, good.count / 2, good.count - 1] {
            try good.prefix(length).write(to: url)
            let failure = #expect(throws: Failure.self) { try StateFileReader(state, verifying: true) }
            #expect(failure?.exitCode == .badInput)
        }
        try good.write(to: url)
        #expect(refusal() == nil)
    }

    @Test func foldersWithoutTheRecordingsAreRefused() throws {
        let missing = try #require(refusal { $0.output = folder.path("elsewhere") })
        #expect(missing.exitCode == .noInput)
        #expect(!FileManager.default.fileExists(atPath: folder.path("elsewhere")))
        #expect(refusal() == nil)
        let complete = try #require(refusal())
        #expect(complete.exitCode == .noInput && complete.message.contains("recordings of an unfinished run"))
    }
}
