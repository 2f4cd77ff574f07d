import Diagnostics
import Emulation
import Foundation
import Results
import TestSupport
import Testing
import Transport

/// Runs a topology on in-process ranks and reads the results back.
func emulate(
    _ topology: String, ranks: Int = 1, in folder: TemporaryFolder, name: String = "run", realTime: Bool = false
) throws -> RunSummary {
    let file = try folder.write(topology, to: "\(name).json")
    var options = RunOptions(file: file)
    options.output = folder.path(name)
    options.overwrite = true
    options.check = true
    options.quiet = true
    options.progress = .never
    options.realTime = realTime
    let final = options
    for result in InProcessTransport.run(ranks: ranks, { try Run(final, on: $0).run() }) { try result.get() }
    return try RunSummary(path: folder.path("\(name)/run.json"))
}

/// All spikes of a run as "step population neuron", from the CSV that `gather` would write.
func spikes(_ folder: TemporaryFolder, _ name: String = "run") throws -> [String] {
    let directory = try RunDirectory(opening: folder.path(name))
    _ = try directory.export(.csv, to: folder.path("\(name).csv"))
    let text = try String(contentsOfFile: folder.path("\(name).csv"), encoding: .utf8)
    return text.split(separator: "\n").dropFirst().map(String.init)
}

/// Several populations, models, connectors, delays and receptors at once, in chaotic activity.
let mixedNetwork = """
    {"format": "spinnsim-topology/1", "name": "mixed", "simulation": {"duration": 150, "timestep": 1.0, "seed": 5},
     "populations": [
      {"name": "E", "size": 150, "model": "IF_curr_exp", "neurons_per_core": 80, "record": ["spikes"],
       "parameters": {"tau_m": 10, "cm": 0.25, "tau_syn_E": 2, "tau_syn_I": 2, "tau_refrac": 2,
                      "i_offset": {"distribution": "uniform", "low": 0.3, "high": 0.5}},
       "initial": {"v": {"distribution": "uniform", "low": -65, "high": -50}}},
      {"name": "I", "size": 40, "model": "IF_curr_exp", "neurons_per_core": 16, "record": ["spikes"],
       "parameters": {"tau_m": 10, "cm": 0.25, "i_offset": 0.42, "v_thresh": {"distribution": "normal", "mu": -50,
        "sigma": 1}}},
      {"name": "noise", "size": 60, "model": "SpikeSourcePoisson", "neurons_per_core": 25, "record": ["spikes"],
       "parameters": {"rate": {"distribution": "uniform", "low": 0, "high": 200}}},
      {"name": "fast", "size": 5, "model": "SpikeSourcePoisson", "parameters": {"rate": 12000}, "record": ["spikes"]},
      {"name": "array", "size": 3, "model": "SpikeSourceArray", "record": ["spikes"],
       "parameters": {"spike_times": [[1, 5, 5, 90], [], [10, 20, 30]]}},
      {"name": "silent", "size": 7, "model": "IF_curr_exp", "record": ["spikes"]}],
     "projections": [
      {"pre": "E", "post": "E", "connector": {"type": "FixedProbability", "p_connect": 0.1},
       "synapse": {"weight": {"distribution": "uniform", "low": 0.0, "high": 0.1},
                   "delay": {"distribution": "uniform", "low": 2, "high": 20}}},
      {"pre": "E", "post": "I", "connector": {"type": "FixedNumberPre", "n": 30}, "synapse": {"weight": 0.05,
       "delay": 2}},
      {"pre": "I", "post": "E", "receptor": "inhibitory", "connector": {"type": "FixedNumberPost", "n": 20},
       "synapse": {"weight": -0.1, "delay": {"distribution": "uniform", "low": 2, "high": 150}}},
      {"pre": "I", "post": "I", "receptor": "inhibitory", "connector": {"type": "FixedTotalNumber", "n": 300},
       "synapse": {"weight": -0.1, "delay": 3}},
      {"pre": "noise", "post": "E", "connector": {"type": "OneToOne"}, "synapse": {"weight": 0.5, "delay": 2}},
      {"pre": "fast", "post": "I", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.001, "delay": 2}},
      {"pre": "array", "post": "silent", "connector": {"type": "FromList",
       "conn_list": [[0, 0, 0.2, 4], [2, 6, 30, 300]]}, "synapse": {"weight": 0.2, "delay": 4}}]}
    """

@Suite(.timeLimit(.minutes(3))) struct RankInvarianceTests {
    @Test func spikesDoNotDependOnTheRanks() throws {
        let folder = try TemporaryFolder()
        let one = try emulate(mixedNetwork, in: folder)
        #expect(one.spikes > 500)
        #expect(try one.populations.allSatisfy { try #require($0.spikes) > 0 || $0.name == "silent" })
        for ranks in [2, 3, 4, 7, 16] {
            let other = try emulate(mixedNetwork, ranks: ranks, in: folder)
            #expect(other.spikeHash == one.spikeHash, "\(ranks) ranks")
            #expect(other.synapticEvents == one.synapticEvents)
            #expect(other.packets["sent"] == one.packets["sent"])
            #expect(other.packets["link_crossings"] == one.packets["link_crossings"])
        }
    }

    /// Delays of at least 5 steps between many cores: one exchange serves 5 steps, and nothing arrives late.
    @Test func aWindowOfSeveralSteps() throws {
        let folder = try TemporaryFolder()
        let network = """
            {"format": "spinnsim-topology/1", "name": "window", "simulation": {"duration": 203},
             "populations": [{"name": "a", "size": 200, "model": "IF_curr_exp", "neurons_per_core": 20,
              "parameters": {"cm": 0.25, "i_offset": {"distribution": "uniform", "low": 0.0, "high": 0.6}},
              "record": {"spikes": {"neurons": "0:150"}, "v": {"neurons": "3:9:3", "interval": 7}}}],
             "projections": [{"pre": "a", "post": "a", "connector": {"type": "FixedProbability", "p_connect": 0.2},
              "synapse": {"weight": 0.06, "delay": {"distribution": "uniform", "low": 5, "high": 12}}}]}
            """
        let one = try emulate(network, in: folder)
        #expect(one.exchange.parameters["steps_per_exchange"] == 5)
        #expect(one.spikes > 300)
        let neurons = try spikes(folder).compactMap { Int($0.split(separator: ",")[2]) }
        let largest = try #require(neurons.max())
        #expect((100..<150).contains(largest))
        for ranks in [2, 3, 7] {
            let other = try emulate(network, ranks: ranks, in: folder)
            #expect(other.spikeHash == one.spikeHash, "\(ranks) ranks")
            #expect(other.reports == one.reports)
        }
        #expect(try emulate(network, ranks: 3, in: folder, realTime: true).spikeHash == one.spikeHash)
    }

    /// Steps of a microsecond, which nobody keeps pace with: what is late goes together, five steps an exchange.
    @Test func lateStepsGoTogether() throws {
        let folder = try TemporaryFolder()
        let network = """
            {"format": "spinnsim-topology/1", "name": "late", "simulation": {"duration": 0.203, "timestep": 0.001},
             "populations": [{"name": "a", "size": 200, "model": "IF_curr_exp", "neurons_per_core": 20,
              "record": ["spikes"],
              "parameters": {"cm": 0.25, "v_thresh": -64.9, "tau_m": 0.1, "tau_refrac": 0.001,
                             "i_offset": {"distribution": "uniform", "low": 0.0, "high": 60}}}],
             "projections": [{"pre": "a", "post": "a", "connector": {"type": "FixedProbability", "p_connect": 0.2},
              "synapse": {"weight": 0.06, "delay": {"distribution": "uniform", "low": 0.005, "high": 0.012}}}]}
            """
        let free = try emulate(network, in: folder)
        #expect(free.spikes > 1000)
        #expect(free.overruns == 0)
        #expect(free.exchange.parameters["exchanges"] == 41)
        for ranks in [1, 3, 7] {
            let late = try emulate(network, ranks: ranks, in: folder, realTime: true)
            #expect(late.spikeHash == free.spikeHash, "\(ranks) ranks")
            // The clock begins with the second step.
            #expect(late.overruns == 201)
            // That and the first by themselves, 201 by fives.
            #expect(late.exchange.parameters["exchanges"] == 43)
        }
    }

    @Test func moreRanksThanCoresAndNeurons() throws {
        let folder = try TemporaryFolder()
        let tiny = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 50},
             "populations": [{"name": "a", "size": 5, "model": "IF_curr_exp", "parameters": {"i_offset": 2},
                              "record": ["spikes"]}],
             "projections": [{"pre": "a", "post": "a", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.1,
              "delay": 3}}]}
            """
        let one = try emulate(tiny, in: folder)
        #expect(one.spikes > 0)
        #expect(try emulate(tiny, ranks: 8, in: folder).spikeHash == one.spikeHash)
    }

    @Test func nothingToDoIsNotAnError() throws {
        let folder = try TemporaryFolder()
        for populations in ["", #"{"name": "a", "size": 3, "model": "IF_curr_exp", "record": ["spikes"]}"#] {
            let text = """
                {"format": "spinnsim-topology/1", "simulation": {"duration": 5}, "populations": [\(populations)],
                 "projections": []}
                """
            let one = try emulate(text, in: folder)
            let three = try emulate(text, ranks: 3, in: folder)
            #expect(one.spikes == 0 && one.spikeHash == three.spikeHash)
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct TimingTests {
    /// A spike of step t with delay d is first seen in gsyn of step t + d and in v of step t + d + 1, and a delay
    /// longer than the ring buffers acts when it should.
    @Test(arguments: [1, 2, 15, 16, 31, 32, 33, 64, 100, 127, 128, 129, 300]) func delayIsWhatWasAsked(delay: Int)
        throws
    {
        let folder = try TemporaryFolder()
        _ = try emulate(
            """
            {"format": "spinnsim-topology/1", "name": "delay", "simulation": {"duration": 400},
             "populations": [
              {"name": "s", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [3]},
               "record": ["spikes"]},
              {"name": "n", "size": 2, "model": "IF_curr_exp", "parameters": {"tau_refrac": 200},
               "record": ["spikes", "v", "gsyn_exc"]}],
             "projections": [{"pre": "s", "post": "n", "connector": {"type": "FromList", "conn_list": [[0, 1]]},
               "synapse": {"weight": 40, "delay": \(delay)}}]}
            """, ranks: 2, in: folder)
        // 40 nA take the cell over its threshold in the very step in which they arrive.
        #expect(try spikes(folder) == ["3.0,s,0", "\(3 + delay).0,n,1"])
    }

    /// Recorded on hardware by `test_set_and_reset.py`: Documentation/Chip.md, "Figures recorded on boards".
    @Test func recordedPotentialIsTheMachines() throws {
        let folder = try TemporaryFolder()
        _ = try emulate(
            """
            {"format": "spinnsim-topology/1", "name": "v", "simulation": {"duration": 5},
             "populations": [{"name": "a", "size": 3, "model": "IF_curr_exp", "parameters": {"i_offset": 1},
                              "record": ["v"]},
                             {"name": "b", "size": 1, "model": "IF_curr_exp", "parameters": {"i_offset": 1},
                              "initial": {"v": -60}, "record": ["v"]}],
             "projections": []}
            """, ranks: 2, in: folder)
        func values(_ population: String) throws -> String {
            let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
            let script = """
                import h5py, sys
                with h5py.File(sys.argv[1]) as f:
                    print([float(x) for x in f['report/\(population)/data'][:, 0]])
                """
            let result = try Command.run([python, "-c", script, folder.path("run/reports/\(population).v.h5")])
            try #require(result.status == 0, "\(result.errors)")
            return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        #expect(
            try values("a")
                == "[-65.0, -64.024658203125, -63.09686279296875, -62.214324951171875, -61.37481689453125]")
        #expect(
            try values("b")
                == "[-60.0, -59.26849365234375, -58.5726318359375, -57.91070556640625, -57.28106689453125]")
    }
}

@Suite(.timeLimit(.minutes(5))) struct FailureTests {
    @Test(arguments: [1, 3]) func aBadFileIsOneFailureOnAllRanksAndLeavesNothing(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let bad = #"{"format": "spinnsim-topology/1", "simulation": {"duration": -1}, "populations": []}"#
        let file = try folder.write(bad, to: "bad.json")
        var options = RunOptions(file: file)
        options.output = folder.path("out")
        options.quiet = true
        let final = options
        for result in InProcessTransport.run(ranks: ranks, { try Run(final, on: $0).run() }) {
            let failure = #expect(throws: Failure.self) { try result.get() }
            #expect(failure?.exitCode == .badInput)
            #expect(failure?.message.contains("/simulation/duration") == true)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }

    @Test func aResultsFolderInUseIsRefused() throws {
        let folder = try TemporaryFolder()
        let good =
            #"{"format": "spinnsim-topology/1", "simulation": {"duration": 1}, "populations": [], "projections": []}"#
        _ = try emulate(good, in: folder)
        var options = RunOptions(file: folder.path("run.json"))
        options.output = folder.path("run")
        options.quiet = true
        let final = options
        for result in InProcessTransport.run(ranks: 2, { try Run(final, on: $0).run() }) {
            let failure = #expect(throws: Failure.self) { try result.get() }
            #expect(failure?.exitCode == .cannotCreate)
        }
        #expect(FileManager.default.fileExists(atPath: folder.path("run/run.json")))
    }
}
