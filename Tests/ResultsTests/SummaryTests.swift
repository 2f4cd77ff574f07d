import Diagnostics
import Foundation
import Results
import Testing

@Suite struct SummaryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var merged: MergedSpikes {
        var merged = MergedSpikes()
        merged.spikes = 1200
        merged.perPopulation = [800, 400, 0, 0, 0]
        merged.hash = "00ff"
        return merged
    }

    @Test func theJSONHasTheContractsNames() throws {
        var summary = RunSummary(run: TestRun().description(ranks: 4), merged: merged)
        let spread = Spread([1, 2, 6])
        summary.phases.simulate = Phase(
            spread,
            parts: Dictionary(
                uniqueKeysWithValues: ["update", "deliver", "exchange", "wait", "record"].map { ($0, spread) }))
        summary.realTimeFactor = .infinity
        try folder.write("run.json", try summary.json())
        let script = """
            import sys
            run = json.load(open(sys.argv[1]))
            assert run['status'] == 'complete' and run['spikes'] == 1200 and run['spike_hash'] == '00ff'
            assert run['phases']['simulate']['update'] == {'min': 1, 'mean': 3, 'max': 6}, run['phases']
            assert run['phases']['simulate']['max'] == 6
            assert list(run['phases']['read']) == ['max', 'mean', 'min']
            assert run['peak_rss'] == {'min': 0, 'mean': 0, 'max': 0}
            assert run['populations'][0] == {
                'name': 'E', 'size': 800, 'model': 'IF_curr_exp', 'spikes': 800, 'recorded': 800,
                'rate': 800 / 800 / 0.3}
            assert 'spikes' not in run['populations'][3]
            for key in ['format', 'name', 'ranks', 'hosts', 'versions', 'seed', 'topology_sha256', 'steps', 'timestep',
                        'exchange', 'packets', 'overruns', 'synapses', 'synaptic_events', 'warnings', \
                        'real_time_factor']:
                assert key in run, key
            assert list(run) == sorted(run)
            print('ok')
            """
        #expect(try Python.run(script, [folder.file("run.json")], modules: ["json"]) == "ok\n")
        #expect(try RunSummary(path: folder.file("run.json")) == summary)
    }

    @Test func aDamagedSummaryIsBadInput() throws {
        try folder.write("run.json", Array("{\"status\": \"complete\"".utf8))
        let problem = failure { _ = try RunSummary(path: folder.file("run.json")) }
        #expect(problem?.exitCode == .badInput)
        #expect(problem?.message.contains("line 1, column") == true, "\(problem?.message ?? "none")")
    }

    @Test(arguments: [
        ("run['steps'] = -1", "'steps' is -1"),
        ("run['timestep'] = 0", "'timestep' is 0.0"),
        ("run['format'] = 'spinnsim-run/2'", "spinnsim-run/2"),
        ("run['ranks'] = 0", "'ranks' is 0"),
        ("run['synapses'] = -5", "'synapses' is -5"),
        ("run['packets'] = {'sent': -2}", "'packets.sent' is -2"),
        ("run['populations'][1]['size'] = -3", "'populations[1].size' is -3"),
        ("run['populations'][1]['recorded'] = 300", "'populations[1].recorded' is 300 of 200"),
        ("run['populations'][1]['size'] = 'many'", "'populations[1].size'"),
        ("del run['populations'][0]['model']", "'populations[0].model' is missing"),
        ("del run['phases']['map']['mean']", "'phases.map.mean' is missing"),
        ("run['phases']['map']['mean'] = 'NaN'", "'phases.map' is 0.0, nan"),
        ("run['rank_phases'] = [[1], [1e300]]", "'rank_phases[1]'"),
        ("run['seed'] = 1.5", "where an integer belongs"),
        ("run['name'] = None", "'name' is null"),
        ("run = []", "is not the summary of a run: "),
    ]) func nonsenseIsNamed(change: String, message: String) throws {
        try folder.write("run.json", try RunSummary(run: TestRun().description(ranks: 4), merged: merged).json())
        let script = """
            import sys
            run = json.load(open(sys.argv[1]))
            \(change)
            json.dump(run, open(sys.argv[1], 'w'))
            """
        _ = try Python.run(script, [folder.file("run.json")], modules: ["json"])
        let problem = failure { _ = try RunSummary(path: folder.file("run.json")) }
        #expect(problem?.exitCode == .badInput)
        #expect(
            problem?.message.contains("run.json") == true && problem?.message.contains(message) == true,
            "\(problem?.message ?? "none")")
    }

    /// What is written is read; a field that is added and forgotten in one of the two is missed here.
    @Test func everyFieldComesBack() throws {
        var summary = RunSummary(run: TestRun().description(ranks: 4), merged: merged)
        let spread = Spread([1, 2, 6])
        summary.format = "spinnsim-run/1"
        summary.status = "pretended"
        (summary.seed, summary.topologySHA256, summary.timestep) = (.max, "ab", 0.5)
        (summary.synapses, summary.synapticEvents, summary.saturations, summary.overruns) = (11, 12, 13, 14)
        summary.packets = ["local": 15, "external": 16]
        summary.machine = RunSummary.Machine(width: 8, height: 9, boards: 1, chips: 48, chipsUsed: 3, cores: 17)
        summary.pretended = RunSummary.Pretended(
            ranks: 64, rank: 5, spikes: "drawn", rate: 2.5, cores: 6, neurons: 7, networkMemory: 8,
            pretendingSeconds: 0.25)
        summary.hosts = ["one", "two"]
        summary.balance = RunSummary.Balance(method: "pilot", imbalance: 0.1, cut: 0.2, hostCut: 0.3)
        summary.exchange = RunSummary.Exchange(kind: "shared", parameters: ["window": 4])
        summary.phases.simulate = Phase(spread, parts: ["update": spread])
        (summary.rankPhaseNames, summary.rankPhases) = (["read"], [[1], [2], [3], [4]])
        (summary.realTimeFactor, summary.peakRSS) = (.infinity, spread)
        summary.processorSeconds = ["wait": 1.5]
        summary.versions = ["spinnsim": "1"]
        summary.reports = [FrameReport(file: "v.h5", population: "E", variable: "v", neurons: 3, samples: 4)]
        summary.weights = [WeightReport(file: "w.h5", projection: "p", synapses: 5, samples: 6)]
        summary.rewiring = [RewiringReport(file: "r.csv", projection: "p", formed: 7, eliminated: 8)]
        summary.warnings = ["careful"]

        let empty = Dictionary(
            uniqueKeysWithValues: Mirror(reflecting: RunSummary()).children.map { ($0.label ?? "", "\($0.value)") })
        for (label, value) in Mirror(reflecting: summary).children where label != "format" {
            #expect("\(value)" != empty[label ?? ""], "\(label ?? "") is not set by this test")
        }
        try folder.write("run.json", try summary.json())
        #expect(try RunSummary(path: folder.file("run.json")) == summary)
    }

    /// Summaries and logs of before these counts were kept.
    @Test func earlierSummariesAreRead() throws {
        let summary = RunSummary(run: TestRun().description(ranks: 4), merged: merged)
        try folder.write("run.json", try summary.json())
        let script = """
            import sys
            run = json.load(open(sys.argv[1]))
            assert run.pop('saturations') == 0
            for population in run['populations']:
                population.pop('recorded', None)
            json.dump(run, open(sys.argv[1], 'w'))
            """
        _ = try Python.run(script, [folder.file("run.json")], modules: ["json"])
        let read = try RunSummary(path: folder.file("run.json"))
        #expect(read.saturations == 0 && read.populations[0].recorded == nil && read.populations[0].spikes == 800)
        let old = #"{"name": "E", "size": 7, "model": "m", "recordsSpikes": true}"#
        let population = try JSONDecoder().decode(RunDescription.Population.self, from: Data(old.utf8))
        #expect(population.recordedNeurons == 7)
    }

    @Test func ratesAreOfRecordedNeurons() {
        var run = TestRun().description(ranks: 4)
        run.populations[0].recordedNeurons = 8
        #expect(RunSummary(run: run, merged: merged).populations[0].rate == 800 / 8 / 0.3)
    }

    @Test func provenanceAnswersSQL() throws {
        var provenance = Provenance()
        provenance.versions = [("spinnsim", "0.1.0"), ("1.10", "1.10")]
        provenance.routers = [
            Provenance.Router(x: 1, y: 2, description: "Local_Multicast_Packets", value: 30),
            Provenance.Router(x: 0, y: 0, description: "Dropped'); DROP TABLE core_provenance; --", value: 1),
        ]
        provenance.cores = [Provenance.Core(x: 1, y: 2, p: 3, description: "Late_Packets", value: 4)]
        provenance.placements = [Provenance.Placement(name: "E:0-99", x: 1, y: 2, p: 3)]
        provenance.links = (0..<20).map { Provenance.Link(x: 0, y: 0, link: $0 % 6, packets: $0) }
        provenance.timers = [
            Provenance.Timer(category: "map", algorithm: "place", timeTaken: 1.5),
            Provenance.Timer(category: "map", algorithm: "route", timeTaken: 2),
            Provenance.Timer(category: "load", algorithm: "rows", timeTaken: 4),
        ]
        provenance.connectors = [
            Provenance.Connector(pre: "E", post: "I", type: "FixedProbability", description: "synapses", value: 9)
        ]
        try provenance.write(to: folder.file("p.sqlite3"))
        let script = """
            import sys
            db = sqlite3.connect(sys.argv[1])
            for query in ['SELECT x, y, description, the_value, expected FROM router_provenance',
                          'SELECT core_name, description, the_value FROM core_provenance NATURAL JOIN core_mapping',
                          'SELECT description, the_value FROM version_provenance',
                          'SELECT category, algorithm, t.time_taken, c.time_taken FROM timer_provenance t '
                          'JOIN category_timer_provenance c USING (category_id) ORDER BY timer_id',
                          'SELECT packets FROM link_provenance ORDER BY packets DESC LIMIT 2',
                          'SELECT pre_population, post_population, the_type, the_value FROM connector_provenance']:
                print(db.execute(query).fetchall())
            """
        #expect(
            try Python.run(script, [folder.file("p.sqlite3")], modules: ["sqlite3"]) == """
                [(1, 2, 'Local_Multicast_Packets', 30.0, 1), \
                (0, 0, "Dropped'); DROP TABLE core_provenance; --", 1.0, 1)]
                [('E:0-99', 'Late_Packets', 4)]
                [('spinnsim', '0.1.0'), ('1.10', '1.10')]
                [('map', 'place', 1.5, 3.5), ('map', 'route', 2.0, 3.5), ('load', 'rows', 4.0, 4.0)]
                [(19,), (18,)]
                [('E', 'I', 'FixedProbability', 9.0)]

                """)
        #expect(failure { try provenance.write(to: folder.file("p.sqlite3")) }?.exitCode == .cannotCreate)
    }
}
