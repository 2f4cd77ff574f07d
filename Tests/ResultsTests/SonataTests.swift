import Diagnostics
import Foundation
import Results
import Testing

/// Suites run side by side: this needs an HDF5 library built thread-safe, as Debian's is.
@Suite struct SonataTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A run directory with the logs of `run`.
    func directory(_ run: TestRun, ranks: Int = 3) throws -> RunDirectory {
        let directory = try RunDirectory(creating: folder.file("run"))
        try run.log(in: directory.working, ranks: ranks, blockSize: 4096) { Int($0.neuron) % ranks }
        return directory
    }

    @Test(arguments: [1.0, 0.1])
    func libsonataReadsTheSpikes(timestep: Double) throws {
        let run = TestRun(timestep: timestep)
        let directory = try directory(run)
        let merged = try directory.gatherSpikes()
        let script = """
            import sys
            reader = libsonata.SpikeReader(sys.argv[1])
            for name in sorted(reader.get_population_names()):
                population = reader[name]
                print(name, population.sorting, population.time_units if hasattr(population, 'time_units') else 'ms')
                for node, time in population.get():
                    print(node, repr(float(time)))
            """
        var expected = ""
        for (index, population) in TestRun.populations.enumerated().sorted(by: { $0.element.name < $1.element.name })
        where population.recordsSpikes {
            expected += "\(population.name) by_time ms\n"
            for spike in run.spikes.sorted() where spike.population == index {
                expected += "\(spike.neuron) \(Double(spike.step) * timestep)\n"
            }
        }
        let text = try Python.run(script, [directory.file("spikes.h5")], modules: ["libsonata"])
        #expect(text.replacing("SpikePopulation.Sorting.", with: "").replacing("_Sorting.", with: "") == expected)
        #expect(merged.spikes == run.spikes.count)
    }

    @Test func theFileHasTheStandardsTypes() throws {
        let directory = try directory(TestRun())
        _ = try directory.gatherSpikes()
        let script = """
            import sys
            f = h5py.File(sys.argv[1])
            print(int(f.attrs['magic']), f.attrs['magic'].dtype, list(f.attrs['version']), f.attrs['version'].dtype)
            print(sorted(f['spikes']))
            for name in ['E', 'quiet']:
                g = f['spikes'][name]
                a = h5py.h5a.open(g.id, b'sorting')
                print(h5py.check_enum_dtype(a.dtype), int(g.attrs['sorting']))
                for d in ['timestamps', 'node_ids']:
                    print(d, g[d].dtype, g[d].shape, g[d].maxshape, g[d].chunks is not None)
                print(g['timestamps'].attrs['units'])
            """
        let text = try Python.run(script, [directory.file("spikes.h5")], modules: ["h5py"])
        let count = TestRun().spikes.count { $0.population == 0 }
        #expect(
            text == """
                2682 uint32 [np.uint32(0), np.uint32(1)] uint32
                ['E', 'I.1', 'one', 'quiet']
                {'none': 0, 'by_id': 1, 'by_time': 2} 2
                timestamps float64 (\(count),) (None,) True
                node_ids uint64 (\(count),) (None,) True
                ms
                {'none': 0, 'by_id': 1, 'by_time': 2} 2
                timestamps float64 (0,) (None,) True
                node_ids uint64 (0,) (None,) True
                ms

                """)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        var run = TestRun(steps: 50, count: 120_000)
        // A step longer than the reader's pieces.
        run.spikes += (0..<40_000).map { Spike(step: 7, population: 0, neuron: UInt32($0 % 800)) }
        let directory = try directory(run)
        let merged = try directory.gatherSpikes()
        let collector = SpikeCollector()
        let read = try SonataSpikeReader(path: directory.file("spikes.h5")).read(into: [collector])
        #expect(collector.spikes == run.spikes.sorted())
        #expect(read.hash == merged.hash)
        #expect(read.spikes == merged.spikes)
    }

    @Test func equalSpikesGiveEqualFiles() throws {
        let run = TestRun()
        let one = try directory(run, ranks: 1)
        _ = try one.gatherSpikes()
        let first = try folder.bytes("run/spikes.h5")
        one.discard()
        #expect(folder.names.isEmpty)
        let five = try directory(run, ranks: 5)
        _ = try five.gatherSpikes()
        #expect(try folder.bytes("run/spikes.h5") == first)
    }

    @Test func damagedFilesAreBadInput() throws {
        let directory = try directory(TestRun())
        _ = try directory.gatherSpikes()
        let whole = try folder.bytes("run/spikes.h5")
        #expect(failure { _ = try SonataSpikeReader(path: folder.file("absent.h5")) }?.exitCode == .noInput)
        try folder.write("cut.h5", Array(whole.prefix(whole.count / 2)))
        #expect(failure { _ = try SonataSpikeReader(path: folder.file("cut.h5")) }?.exitCode == .badInput)
        try folder.write("text.h5", Array("spikes".utf8))
        #expect(failure { _ = try SonataSpikeReader(path: folder.file("text.h5")) }?.exitCode == .badInput)
    }

    @Test func libsonataReadsTheReports() throws {
        let directory = try RunDirectory(creating: folder.file("run"))
        let description = TestRun(steps: 1000, count: 0, timestep: 0.5).description(ranks: 3)
        // Rank 0 has the odd neurons of E, rank 1 the even ones; rank 2 records nothing.
        let neurons: [[UInt32]] = [[9, 3, 5], [2, 700], []]
        for rank in 0..<3 {
            let signals = [
                FrameSignal(population: 0, variable: "v", units: "mV", neurons: neurons[rank]),
                FrameSignal(population: 1, variable: "gsyn_exc", units: "uS", interval: 4, neurons: [UInt32(rank)]),
            ]
            let writer = try FrameSpillWriter(
                folder: directory.working, rank: rank, run: description, signals: signals, blockSize: 256)
            for step in 0..<UInt32(1000) {
                try writer.append(
                    signal: 0, step: step, values: neurons[rank].map { Float(step) * 1000 + Float($0) })
                if step % 4 == 0 {
                    try writer.append(signal: 1, step: step, values: [Float(step) + Float(rank) / 4])
                }
            }
            try writer.finish(steps: 1000)
        }
        let reports = try directory.gatherFrames()
        #expect(reports.map(\.file) == ["reports/E.v.h5", "reports/I.1.gsyn_exc.h5"])
        #expect(reports.map(\.neurons) == [5, 3])
        #expect(reports.map(\.samples) == [1000, 250])
        let script = """
            import sys
            for path, name in [(sys.argv[1], 'E'), (sys.argv[2], 'I.1')]:
                p = libsonata.ElementReportReader(path)[name]
                print(p.times, p.time_units, p.data_units, [int(i) for i in p.get_node_ids()], p.sorted)
                f = p.get(tstart=0, tstop=499)
                print(len(f.times), [float(t) for t in f.times[:3]], f.ids.tolist(), f.data[2].tolist(), \
                f.data[-1].tolist())
            """
        let text = try Python.run(script, reports.map { directory.file($0.file) }, modules: ["libsonata"])
        #expect(
            text == """
                (0.0, 500.0, 0.5) ms mV [2, 3, 5, 9, 700] True
                999 [0.0, 0.5, 1.0] [[2, 0], [3, 0], [5, 0], [9, 0], [700, 0]] \
                [2002.0, 2003.0, 2005.0, 2009.0, 2700.0] [998002.0, 998003.0, 998005.0, 998009.0, 998700.0]
                (0.0, 500.0, 2.0) ms uS [0, 1, 2] True
                250 [0.0, 2.0, 4.0] [[0, 0], [1, 0], [2, 0]] [8.0, 8.25, 8.5] [996.0, 996.25, 996.5]

                """)
    }

    @Test func framesOfAnInterruptedRunEndTogether() throws {
        let directory = try RunDirectory(creating: folder.file("run"))
        let description = TestRun(count: 0).description(ranks: 2)
        for rank in 0..<2 {
            let signal = FrameSignal(population: 0, variable: "v", units: "mV", neurons: [UInt32(rank)])
            let writer = try FrameSpillWriter(
                folder: directory.working, rank: rank, run: description, signals: [signal], blockSize: 64)
            for step in 0..<UInt32(100 + 50 * rank) { try writer.append(signal: 0, step: step, values: [1]) }
            try writer.flush()
        }
        #expect(failure { _ = try directory.gatherFrames() }?.exitCode == .outputFailed)
        #expect(try directory.gatherFrames(tolerant: true).map(\.samples) == [100])
    }

    @Test func rowsOutOfPlaceAreABug() throws {
        let signal = FrameSignal(population: 0, variable: "v", units: "mV", interval: 2, neurons: [1, 2])
        let writer = try FrameSpillWriter(
            folder: folder.path, rank: 0, run: TestRun().description(ranks: 1), signals: [signal])
        #expect(failure { try writer.append(signal: 0, step: 1, values: [1, 2]) }?.exitCode == .bug)
        #expect(failure { try writer.append(signal: 0, step: 0, values: [1]) }?.exitCode == .bug)
    }
}
