import Diagnostics
import NetworkFiles
import TestSupport
import Testing
import Topology

private let integerTypes = ["i1", "u1", ">i2", "<u2", ">i4", "u4", "<i8", ">i8", "u8", ">u8"]

/// SONATA files as bmtk, PyNN, NEST's example, libsonata's tests and the specification's examples lay them out.
@Suite struct SonataLayoutTests {
    // MARK: - Edges

    private func read(_ script: String, synapse: String = #"{"weight": 0.5}"#, population: String? = nil) throws -> (
        rows: [String], warnings: [String]
    ) {
        let folder = try TemporaryFolder()
        try makeFile(script, at: folder.path("e.h5"))
        let choice = population.map { ", \"population\": \"\($0)\"" } ?? ""
        let text = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10},
             "populations": [{"name": "A", "size": 3, "model": "SpikeSourcePoisson"}, {"name": "B", "size": 3,
              "model": "IF_curr_exp"}],
             "projections": [{"pre": "A", "post": "B", "connector": {"type": "FromFile", "file": "e.h5"\(choice)},
              "synapse": \(synapse)}]}
            """
        var network = try TopologyReader.read(bytes: Array(text.utf8), file: "t.json").network
        let warnings = try network.resolve(of: folder.path("t.json"))
        let pattern = try #require(network.projections[0].connector.pattern)
        var rows: [String] = []
        for post in 0..<3 {
            pattern.forEachConnection(to: post) {
                rows.append("\($0)>\(post) \(pattern.weight($1)) \(pattern.delay($1))")
            }
        }
        return (rows, warnings)
    }

    private static func edges(_ type: String = "u8", in population: String = "A_to_B", more: String = "") -> String {
        """
        g = f.create_group('edges/\(population)')
        g['source_node_id'] = np.array([0, 2], dtype='\(type)')
        g['target_node_id'] = np.array([1, 2], dtype='\(type)')
        g['source_node_id'].attrs['node_population'] = np.bytes_('A')
        g['target_node_id'].attrs['node_population'] = 'B'
        g['edge_type_id'] = np.array([100, 100], dtype='\(type)')
        g['edge_group_id'] = np.array([0, 0], dtype='\(type)')
        g['edge_group_index'] = np.array([1, 0], dtype='\(type)')
        \(more)

        """
    }

    @Test(arguments: integerTypes) func everyIntegerWillDo(_ type: String) throws {
        let file = try read(
            Self.edges(
                type,
                more: """
                    g['0/syn_weight'] = np.array([3, 4], dtype='\(type)')
                    g['0/delay'] = np.array([5, 6], dtype='\(type)')
                    g['0/nsyns'] = np.array([1, 10], dtype='\(type)')
                    """))
        #expect(file.rows == ["0>1 40.0 6.0", "2>2 3.0 5.0"] && file.warnings.isEmpty, "\(file)")
    }

    /// Those without synapses are none, and the projection's own weight is multiplied where the file has none.
    @Test func edgesOfSeveralSynapsesHaveTheirWeightSoManyTimes() throws {
        let none = Self.edges(more: "g['0/nsyns'] = np.array([0, 4])")
        #expect(try read(none).rows == ["0>1 2.0 nan"])
        let ones = Self.drawn(nsyns: "1, 1")
        #expect(try read(ones.script, synapse: ones.synapse).rows == ["0>1 nan nan", "2>2 nan nan"])
        let many = Self.drawn(nsyns: "1, 2")
        let failure = #expect(throws: Failure.self) { try read(many.script, synapse: many.synapse) }
        #expect(failure?.message.contains("edge 0 has 2 synapses (nsyns) and no weight to multiply") == true)
    }

    private static func drawn(nsyns: String) -> (script: String, synapse: String) {
        (
            edges(more: "g['0/nsyns'] = np.array([\(nsyns)])"),
            #"{"weight": {"distribution": "uniform", "low": 0, "high": 1}}"#
        )
    }

    @Test func groupsEachHaveTheirColumns() throws {
        let file = try read(
            """
            g = f.create_group('edges/A_to_B')
            g['source_node_id'] = np.array([0, 1, 2])
            g['target_node_id'] = np.array([0, 1, 2])
            g['edge_group_id'] = np.array([1, 0, 1])
            g['edge_group_index'] = np.array([0, 0, 1])
            g.create_group('0')
            g['0/syn_weight'] = np.array([0.25])
            g['1/delay'] = np.array([3.0, 4.0])
            """)
        #expect(file.rows == ["0>0 nan 3.0", "1>1 0.25 nan", "2>2 nan 4.0"], "\(file)")
    }

    /// What changes a network and is not read is named, once each; places on a neuron are not.
    @Test func namesColumnsThatAreNotRead() throws {
        let file = try read(
            Self.edges(
                more: """
                    for name in ['weight', 'conductance', 'sec_id', 'sec_x', 'afferent_section_id', 'attr-X']:
                        g['0/' + name] = np.array([1.0, 2.0])
                    g['0/dynamics_params/tau'] = np.array([1.0, 2.0])
                    g['0/@library/names'] = ['a', 'b']
                    g['indices/source_to_target/range_to_edge_id'] = np.array([[0, 1]])
                    del g['edge_type_id']
                    g['edge_type_id'] = np.array([100, 101])
                    """))
        #expect(file.rows.count == 2)
        for name in ["weight", "conductance", "dynamics_params", "attr-X"] {
            #expect(file.warnings.filter { $0.contains("the column \(name) of") }.count == 1, "\(file.warnings)")
        }
        #expect(file.warnings.count == 5 && file.warnings.last?.contains("edge_type_id") == true, "\(file.warnings)")
    }

    @Test func populationsOfEdgesAreChosen() throws {
        let script =
            Self.edges(in: "A_to_B", more: "g['0/syn_weight'] = np.array([1.0, 2.0])")
            + Self.edges(in: "A->C", more: "g['0/syn_weight'] = np.array([3.0, 4.0])")
        #expect(try read(script, population: "A->C").rows == ["0>1 4.0 nan", "2>2 3.0 nan"])
        let unnamed = #expect(throws: Failure.self) { try read(script) }
        #expect(unnamed?.message.contains("choose one with \"population\": A->C, A_to_B") == true)
        let wrong = #expect(throws: Failure.self) { try read(script, population: "A_to_D") }
        #expect(wrong?.message.contains("has no population A_to_D; it has A->C, A_to_B") == true)
    }

    @Test(arguments: [
        ("g['source_node_id'] = np.array([2**64 - 1], dtype='u8')", "source_node_id[0] is 18446744073709551615"),
        ("g['source_node_id'] = np.array([-1], dtype='i2')", "got -1"),
        ("g['source_node_id'] = [0]; g['edge_group_index'] = [-1]; g['0/delay'] = [1.0]", "it is number -1"),
        ("g['source_node_id'] = [0]; g['0/nsyns'] = [-2]", "nsyns[0] is -2.0"),
        ("g['source_node_id'] = [0]; g['0/nsyns'] = [1.5]", "nsyns[0] is 1.5"),
        ("g['source_node_id'] = [0]; g['0/nsyns'] = [200000]", "the weight must be less than 65536"),
        ("g['source_node_id'] = [0]; g['0/syn_weight'] = ['a']", "does not hold numbers"),
        (
            "g['source_node_id'] = [0]; g['0/delay'] = [1.0]; g['0/delay'].attrs['units'] = 'fortnights'",
            "has the units fortnights, and only ms, s and us are read"
        ),
    ]) func refusesEdgesByValue(_ script: String, _ fragment: String) throws {
        let failure = #expect(throws: Failure.self) {
            try read("g = f.create_group('edges/e'); g['target_node_id'] = np.array([0]); " + script)
        }
        #expect(failure?.exitCode == .badInput)
        #expect(failure?.message.contains(fragment) == true, "\(String(describing: failure))")
    }

    // MARK: - Spikes

    private func spikes(_ script: String, population: String? = nil) throws -> [String] {
        let folder = try TemporaryFolder()
        try makeFile(script, at: folder.path("s.h5"))
        var spikes: [String] = []
        try SpikeFile(path: folder.path("s.h5"), population: population).read(size: 3) { spikes.append("\($1)@\($0)") }
        return spikes
    }

    private static let read = ["0@10.0", "1@20.5", "2@5.0"]

    @Test(arguments: integerTypes) func nodesAreOfAnyInteger(_ type: String) throws {
        let ids = "np.array([0, 1, 2], dtype='\(type)')"
        #expect(
            try spikes("f['spikes/a/node_ids'] = \(ids); f['spikes/a/timestamps'] = [10, 20.5, 5]") == Self.read)
        #expect(try spikes("f['spikes/gids'] = \(ids); f['spikes/timestamps'] = [10, 20.5, 5]") == Self.read)
        #expect(
            try spikes(
                """
                g = f.create_group('spikes/a')
                g.create_dataset('node_ids', data=\(ids), chunks=(2,), compression='gzip', shuffle=True)
                g.create_dataset('timestamps', data=np.array([10, 20, 5], dtype='\(type)'), maxshape=(None,))
                """) == ["0@10.0", "1@20.0", "2@5.0"])
    }

    @Test(arguments: [
        ("'ms'", 1.0), ("'msec'", 1), ("'milliseconds'", 1), ("'Millisecond'", 1), ("np.bytes_('ms ')", 1),
        ("['ms']", 1), ("np.array([b'milliseconds'])", 1), ("'s'", 0.001), ("'seconds'", 0.001), ("'us'", 1000),
        ("'\u{B5}s'", 1000), ("'\u{3BC}s'", 1000), ("'microseconds'", 1000),
    ]) func unitsAreWords(_ units: String, _ scale: Double) throws {
        #expect(
            try spikes(
                """
                g = f.create_group('spikes/a')
                g.attrs.create('sorting', 1, dtype=h5py.enum_dtype({'none': 0, 'by_id': 1, 'by_time': 2}, \
                basetype='u1'))
                g['node_ids'] = [0, 1, 2]
                g['timestamps'] = np.array([10, 20.5, 5]) * \(scale)
                g['timestamps'].attrs['units'] = \(units)
                """) == Self.read)
    }

    @Test(
        arguments: [
            (
                "f['spikes/gids'] = [0]; f['spikes/timestamps'] = [1.0]", "a",
                "SONATA's first layout, which names no populations"
            ),
            ("f['spikes/gids'] = [0, 1]; f['spikes/timestamps'] = [1.0]", nil, "has 1 timestamps and 2 gids"),
            (
                "f['spikes/a/node_ids'] = [3]; f['spikes/a/timestamps'] = [1.0]", nil,
                "node_ids[0] is 3, and there are 3"
            ),
            ("f['spikes/a/node_ids'] = [0.0]; f['spikes/a/timestamps'] = [1.0]", nil, "does not hold integers"),
            (
                "f['spikes/a/node_ids'] = [-7, 0]; f['spikes/a/timestamps'] = [1.0, -2.0]", nil,
                "timestamps[1] is -2.0, and a time must be at least 0 ms; "
            ),
            ("f['spikes/a/node_ids'] = [-7, 0]; f['spikes/a/timestamps'] = [1.0, -2.0]", nil, "node_ids[0] is -7"),
            (
                "f['spikes/a/node_ids'] = [0]; f['spikes/a/timestamps'] = [1.0]; "
                    + "f['spikes/a/timestamps'].attrs['units'] = 5",
                nil, "has units that are no text"
            ),
            (
                "f['spikes/a/node_ids'] = [0]; f['spikes/a/timestamps'] = [1.0]; "
                    + "f['spikes/a/timestamps'].attrs['units'] = 'ns'",
                nil, "has the units ns"
            ),
            ("f['spikes/a/node_ids'] = [0]; f.create_group('spikes/b')", nil, "choose one with \"population\": a, b"),
            ("f.create_group('spikes')", nil, "has no populations of spikes"),
        ] as [(String, String?, String)]) func refusesSpikesByValue(
            _ script: String, _ population: String?, _ fragment: String
        )
        throws
    {
        let failure = #expect(throws: Failure.self) { try spikes(script, population: population) }
        #expect(failure?.exitCode == .badInput)
        #expect(failure?.message.contains(fragment) == true, "\(String(describing: failure))")
    }
}
