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
                        'exchange', 'packets', 'overruns', 'synapses', 'synaptic_events', 'warnings', 'real_time_factor']:
                assert key in run, key
            assert list(run) == sorted(run)
            print('ok')
            """
        #expect(try Python.run(script, [folder.file("run.json")], modules: ["json"]) == "ok\n")
        #expect(try RunSummary(path: folder.file("run.json")) == summary)
    }

    @Test func aDamagedSummaryIsBadInput() throws {
        try folder.write("run.json", Array("{\"status\": \"complete\"".utf8))
        #expect(failure { _ = try RunSummary(path: folder.file("run.json")) }?.exitCode == .badInput)
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
