import Diagnostics
import Emulation
import Foundation
import Results
import TestSupport
import Testing
import Transport

/// What a Python expression says of an HDF5 file `f`.
private func h5(_ path: String, _ expression: String) throws -> String {
    let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
    let script = "import h5py, sys\nwith h5py.File(sys.argv[1], 'r') as f:\n    print(\(expression))"
    let result = try Command.run([python, "-c", script, path])
    try #require(result.status == 0, "\(result.errors)")
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// The failure of a run.
private func failure(_ topology: String, in folder: TemporaryFolder, ranks: Int = 2) throws -> Failure? {
    var options = RunOptions(file: try folder.write(topology, to: "bad.json"))
    options.output = folder.path("bad")
    options.quiet = true
    let final = options
    var found: Failure?
    for result in InProcessTransport.run(ranks: ranks, { try Run(final, on: $0).run() }) {
        do { _ = try result.get() } catch let error as Failure { found = error }
    }
    return found
}

@Suite(.timeLimit(.minutes(3))) struct SourceTests {
    private func poisson(_ random: String, perCore: Int, rates: String) -> String {
        """
        {"format": "spinnsim-topology/1", "simulation": {"duration": 200, "seed": 4, "random": "\(random)"},
         "populations": [
          {"name": "p", "size": 200, "model": "SpikeSourcePoisson", "neurons_per_core": \(perCore),
           "record": ["spikes"],
           "parameters": {"rate": {"distribution": "uniform", "low": 0, "high": 150},
                          "start": {"distribution": "uniform", "low": 0, "high": 50}}},
          {"name": "v", "size": 90, "model": "SpikeSourcePoissonVariable", "neurons_per_core": \(perCore),
           "record": {"spikes": {"neurons": "10:90:3"}}, "parameters": \(rates)},
          {"name": "n", "size": 60, "model": "IF_cond_exp", "neurons_per_core": \(perCore), "record": ["spikes"],
           "parameters": {"cm": 0.5}},
          {"name": "s", "size": 40, "model": "IFCondExpStoc", "neurons_per_core": \(perCore), "record": ["spikes"],
           "parameters": {"v_reset": -45}}],
         "projections": [
          {"pre": "p", "post": "n", "connector": {"type": "FixedProbability", "p_connect": 0.2},
           "synapse": {"weight": 0.02, "delay": 3}},
          {"pre": "v", "post": "s", "connector": {"type": "FixedProbability", "p_connect": 0.2},
           "synapse": {"weight": 0.05, "delay": 2}}],
         "currents": [{"type": "Noisy", "population": "n", "mean": 0.2, "stdev": 0.8, "start": 0, "stop": 200}]}
        """
    }

    private let rates = #"{"rates": [100, 0, 300], "starts": [10, 60, 100], "durations": [20, 10, 80]}"#

    @Test func counterStreamsDependNeitherOnRanksNorOnCores() throws {
        let folder = try TemporaryFolder()
        let one = try emulate(poisson("counter", perCore: 50, rates: rates), in: folder)
        #expect(try one.populations.allSatisfy { try #require($0.spikes) > 20 })
        for (perCore, ranks) in [(50, 3), (17, 1), (23, 4)] {
            let other = try emulate(poisson("counter", perCore: perCore, rates: rates), ranks: ranks, in: folder)
            #expect(other.spikeHash == one.spikeHash, "\(perCore) a core, \(ranks) ranks")
        }
        let chip = try emulate(poisson("chip", perCore: 50, rates: rates), in: folder)
        #expect(chip.spikeHash != one.spikeHash)
    }

    /// Frequent sources that are recorded send packets one by one, others send counts: the same inputs, packets and
    /// events.
    @Test(arguments: [0.8, 10, 60, 65]) func countsAreWhatSingleSpikesAre(spikesPerStep: Double) throws {
        // So many spikes that 16 bits could not count them.
        let duration = spikesPerStep == 65 ? 1100 : 100
        func topology(_ record: String) -> String {
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": \(duration), "seed": 4, "random": "counter"},
             "populations": [
              {"name": "p", "size": 150, "model": "SpikeSourcePoisson", "neurons_per_core": 37, "record": [\(record)],
               "parameters": {"rate": \(spikesPerStep * 1000)}},
              {"name": "q", "size": 150, "model": "SpikeSourcePoissonVariable", "neurons_per_core": 37,
               "parameters": {"rates": [900, 0, 1200], "starts": [5, 20, 25], "durations": [10, 5, 50]}},
              {"name": "n", "size": 150, "model": "IF_curr_exp", "neurons_per_core": 50, "record": ["spikes"]},
              {"name": "m", "size": 20, "model": "IF_curr_exp", "neurons_per_core": 10, "record": ["spikes"]}],
             "projections": [
              {"pre": "p", "post": "n", "connector": {"type": "OneToOne"},
               "synapse": {"weight": {"distribution": "uniform", "low": 0, "high": \(6 / spikesPerStep)}, "delay": 3}},
              {"pre": "q", "post": "n", "receptor": "inhibitory", "connector": {"type": "OneToOneOffset", "offset": 5},
               "synapse": {"weight": -0.8, "delay": 150}},
              {"pre": "q", "post": "n", "connector": {"type": "OneToOne"}, "synapse": {"weight": 2, "delay": 4}},
              {"pre": "p", "post": "m", "connector": {"type": "FixedProbability", "p_connect": 0.1},
               "synapse": {"weight": \(2 / spikesPerStep), "delay": 1}}]}
            """
        }
        let folder = try TemporaryFolder()
        let counted = try emulate(topology(""), in: folder)
        let single = try emulate(topology(#""spikes""#), in: folder)
        #expect(try #require(counted.populations[2].spikes) > 100)
        #expect(counted.packets == single.packets && counted.synapticEvents == single.synapticEvents)
        for number in 2...3 { #expect(counted.populations[number].spikes == single.populations[number].spikes) }
        for ranks in [2, 3, 7] {
            let other = try emulate(topology(""), ranks: ranks, in: folder)
            #expect(other.spikeHash == counted.spikeHash && other.synapticEvents == counted.synapticEvents)
        }
    }

    /// Rates that follow one another, in both modes: spikes in their times and as many as there should be.
    @Test(arguments: ["chip", "counter"]) func variableRates(random: String) throws {
        let folder = try TemporaryFolder()
        _ = try emulate(poisson(random, perCore: 40, rates: rates), ranks: 2, in: folder)
        let rows = try spikes(folder).map { $0.split(separator: ",") }.filter { $0[1] == "v" }
        let times = rows.map { Double($0[0]) ?? -1 }
        #expect(times.allSatisfy { (10..<30).contains($0) || (100..<180).contains($0) })
        #expect(Set(rows.map { (Int($0[2]) ?? 0) % 3 }) == [1])
        // 27 sources are recorded.
        for (range, hertz) in [(10.0..<30.0, 100.0), (100.0..<180.0, 300.0)] {
            let expected = hertz / 1000 * (range.upperBound - range.lowerBound) * 27
            let found = Double(times.count { range.contains($0) })
            #expect((found - expected).magnitude < 5 * expected.squareRoot(), "\(range): \(found), not \(expected)")
        }
    }

    @Test func aListOfRatesForEachSource() throws {
        let folder = try TemporaryFolder()
        let lists = (0..<90).map { $0 % 2 == 0 ? "[400]" : "[]" }.joined(separator: ", ")
        let starts = (0..<90).map { $0 % 2 == 0 ? "[\($0)]" : "[]" }.joined(separator: ", ")
        for random in ["chip", "counter"] {
            _ = try emulate(
                poisson(random, perCore: 40, rates: #"{"rates": [\#(lists)], "starts": [\#(starts)]}"#), in: folder)
            let rows = try spikes(folder).map { $0.split(separator: ",") }.filter { $0[1] == "v" }
            #expect(rows.count > 500)
            for row in rows {
                let source = try #require(Int(row[2]))
                #expect(source % 2 == 0 && (Double(row[0]) ?? 0) >= Double(source))
            }
        }
    }

    // MARK: - Spikes of files

    private func fromFile(_ file: String, population: String? = nil, size: Int = 200, duration: Int = 200) -> String {
        let name = population.map { #", "population": "\#($0)""# } ?? ""
        return """
            {"format": "spinnsim-topology/1", "simulation": {"duration": \(duration)},
             "populations": [{"name": "p", "size": \(size), "model": "SpikeSourceFromFile", "neurons_per_core": 30,
               "record": ["spikes"], "parameters": {"spike_times": "\(file)"\(name)}}]}
            """
    }

    /// What a run leaves in any format is what sources of that file send.
    @Test func spikesOfARunAreSentAgain() throws {
        let folder = try TemporaryFolder()
        _ = try emulate(poisson("chip", perCore: 50, rates: rates), in: folder, name: "made")
        let expected = try spikes(folder, "made").filter { $0.contains(",p,") }
        #expect(expected.count > 1000)
        let directory = try RunDirectory(opening: folder.path("made"))
        _ = try directory.export(.nest, to: folder.path("made.dat"))
        // The first population of the run has the first senders.
        let nest = try String(contentsOfFile: folder.path("made.dat"), encoding: .utf8).split(separator: "\n")
            .filter { line in line.split(separator: "\t").first.flatMap { Int($0) }.map { $0 <= 200 } ?? true }
        _ = try folder.write(nest.joined(separator: "\n"), to: "p.dat")
        for (file, population) in [("made/spikes.h5", "p"), ("made.csv", "p"), ("p.dat", nil)] {
            for ranks in [1, 3] {
                _ = try emulate(fromFile(file, population: population), ranks: ranks, in: folder)
                #expect(try spikes(folder) == expected, "\(file) on \(ranks) ranks")
            }
        }
        // What is behind the end of the run is not sent.
        _ = try emulate(fromFile("made/spikes.h5", population: "p", duration: 50), in: folder)
        #expect(try spikes(folder) == expected.filter { (Double($0.split(separator: ",")[0]) ?? 0) < 50 })
    }

    @Test func badSpikeFilesAreOneClearFailure() throws {
        let folder = try TemporaryFolder()
        _ = try emulate(poisson("chip", perCore: 50, rates: rates), in: folder, name: "made")
        let outside = try TemporaryFolder().write("time_ms,population,neuron\n", to: "x.csv")
        try FileManager.default.createSymbolicLink(atPath: folder.path("link.csv"), withDestinationPath: outside)
        _ = try folder.write("time_ms,population,neuron\n1,p,0\n2,p,x\n", to: "letters.csv")
        _ = try folder.write("time_ms,population,neuron\n1,p,0\n-2,p,1\n", to: "negative.csv")
        _ = try folder.write("time_ms,population,neuron\n1,p,0\n2,q,1\n", to: "two.csv")
        _ = try folder.write("time_ms,population,neuron\n1,p,200\n", to: "large.csv")
        _ = try folder.write("sender\ttime_ms\n0\t1\n", to: "zero.dat")
        _ = try folder.write("1 2 3\n", to: "other.txt")
        _ = try folder.write("", to: "empty.csv")
        _ = try folder.write("time_ms,population,neuron\n" + String(repeating: "1", count: 5000), to: "long.csv")
        try Data([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0]).write(
            to: folder.url.appending(path: "damaged.h5"))
        for (topology, code, fragment) in [
            (fromFile("nowhere.csv"), ExitCode.noInput, "No such file"),
            (fromFile("made"), .noInput, "not a regular file"),
            (fromFile("link.csv"), .noInput, "it is a link"),
            (fromFile("made/spikes.h5"), .badInput, "has 4 populations"),
            (fromFile("made/spikes.h5", population: "q"), .badInput, "has no population q"),
            (fromFile("made/spikes.h5", population: "p", size: 50), .badInput, "and there are 50 sources"),
            (fromFile("letters.csv"), .badInput, ":3: a neuron must be an integer"),
            (fromFile("negative.csv"), .badInput, ":3: a time must be"),
            (fromFile("two.csv"), .badInput, ":3: another population"),
            (fromFile("large.csv"), .badInput, "neuron 200, and there are 200 sources"),
            (fromFile("zero.dat"), .badInput, "sender 0, and there are 200 sources, from 1"),
            (fromFile("other.txt"), .badInput, ":1: expected"), (fromFile("empty.csv"), .badInput, "has no line"),
            (fromFile("long.csv"), .badInput, ":2: is longer than 4096 bytes"),
            (fromFile("damaged.h5"), .badInput, "HDF5"),
        ] {
            let failure = try #require(try failure(topology, in: folder), "\(fragment)")
            #expect(failure.exitCode == code && failure.message.contains(fragment), "\(failure)")
            #expect(failure.message.hasPrefix("population p: "))
            #expect(!FileManager.default.fileExists(atPath: folder.path("bad")))
        }
    }

    // MARK: - Packets

    /// Packets that arrive at a core in a step are its value of the next, whatever window and ranks.
    @Test func packetsPerTimestep() throws {
        let folder = try TemporaryFolder()
        func topology(_ delay: Int) -> String {
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 12},
             "populations": [
              {"name": "s", "size": 3, "model": "SpikeSourceArray",
               "parameters": {"spike_times": [[0, 3, 3, 8, 11], [3], [4, 8]]}},
              {"name": "a", "size": 8, "model": "IF_curr_exp", "neurons_per_core": 4,
               "record": {"packets-per-timestep": true}},
              {"name": "b", "size": 5, "model": "IF_curr_exp", "neurons_per_core": 2,
               "record": {"packets-per-timestep": {"interval": 2}}}],
             "projections": [
              {"pre": "s", "post": "a", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.1,
               "delay": \(delay)}},
              {"pre": "s", "post": "b", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.1,
               "delay": \(delay)}}]}
            """
        }
        let each = [0, 1, 0, 0, 2, 1, 0, 0, 0, 2, 0, 0]
        for (delay, ranks) in [(1, 1), (4, 1), (4, 3)] {
            _ = try emulate(topology(delay), ranks: ranks, in: folder)
            let path = folder.path("run/reports/a.packets-per-timestep.h5")
            let rows = each.map { "[\($0), \($0)]" }.joined(separator: ", ")
            #expect(try h5(path, "f['report/a/data'][:].astype(int).tolist()") == "[\(rows)]")
            #expect(try h5(path, "f['report/a/mapping/node_ids'][:].tolist()") == "[0, 1]")
            #expect(try h5(path, "f['report/a/data'].attrs['units']") == "packets")
            let other = folder.path("run/reports/b.packets-per-timestep.h5")
            let half = stride(from: 0, to: 12, by: 2).map { "[\(each[$0]), \(each[$0]), \(each[$0])]" }
            #expect(
                try h5(other, "f['report/b/data'][:].astype(int).tolist()") == "[\(half.joined(separator: ", "))]")
            #expect(try h5(other, "f['report/b/mapping/time'][:].tolist()") == "[0.0, 12.0, 2.0]")
        }
    }
}
