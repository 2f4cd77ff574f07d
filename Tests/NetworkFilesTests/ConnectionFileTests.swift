import Diagnostics
import Foundation
import NetworkFiles
import TestSupport
import Testing
import Topology

private struct Row: Hashable, CustomStringConvertible {
    var pre: Int
    var post: Int
    var weight: Double?
    var delay: Double?
    var description: String { "\(pre)>\(post) \(weight ?? .nan) \(delay ?? .nan)" }
}

/// A network of 10 sources and 20 neurons joined by a file.
private func network(file: String, to model: String = "IF_curr_exp", more: String = "") throws -> Network {
    let text = """
        {"format": "spinnsim-topology/1", "simulation": {"duration": 10},
         "populations": [{"name": "A", "size": 10, "model": "SpikeSourcePoisson"}, {"name": "B", "size": 20,
          "model": "\(model)"}],
         "projections": [{"pre": "A", "post": "B", "connector": {"type": "FromFile", "file": "\(file)"}\(more)}]}
        """
    return try TopologyReader.read(bytes: Array(text.utf8), file: "t.json").network
}

/// The connections that a file of a folder gives, by target.
private func rows(_ file: String, in folder: TemporaryFolder, to model: String = "IF_curr_exp") throws -> [Row] {
    var network = try network(file: file, to: model)
    try network.resolve(of: folder.path("t.json"))
    let pattern = try #require(network.projections[0].connector.pattern)
    var rows: [Row] = []
    for post in 0..<20 {
        pattern.forEachConnection(to: post) { pre, value in
            let (weight, delay) = (pattern.weight(value), pattern.delay(value))
            rows.append(
                Row(pre: pre, post: post, weight: weight.isNaN ? nil : weight, delay: delay.isNaN ? nil : delay))
        }
    }
    #expect(rows.count == pattern.count)
    return rows
}

private func failure(_ text: String, to model: String = "IF_curr_exp", more: String = "") throws -> Failure? {
    let folder = try TemporaryFolder()
    _ = try folder.write(text, to: "c.csv")
    var network = try network(file: "c.csv", to: model, more: more)
    do throws(Failure) {
        try network.resolve(of: folder.path("t.json"))
        return nil
    } catch { return error }
}

@Suite struct TextConnectionTests {
    @Test(arguments: [
        "3,0,0.5,1\n9,19,0.25,2.5\n0,0,1e-2,3\n", "pre,post,weight,delay\n3,0,0.5,1\n9,19,0.25,2.5\n0,0,0.01,3",
        "# a comment\r\n3 0 0.5 1\r\n\r\n9\t19\t.25\t2.5\r\n0  0  0.01  3\r\n",
        "# columns = ['j', 'i', 'delay', 'weight']\n0 3 1 0.5\n19 9 2.5 0.25\n0 0 3 0.01\n",
        "\u{FEFF}\"i\", \"delay\", \"j\", \"weight\"\n 3 , 1 , 0 , +0.5\n9,2.5,19,0.250000000000000000\n0,3.0,0,0.01",
    ]) func readsRows(_ text: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(text, to: "c.csv")
        // By target, in the file's order.
        #expect(
            try rows("c.csv", in: folder) == [
                Row(pre: 3, post: 0, weight: 0.5, delay: 1), Row(pre: 0, post: 0, weight: 0.01, delay: 3),
                Row(pre: 9, post: 19, weight: 0.25, delay: 2.5),
            ])
    }

    @Test func readsPairsAlone() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("0,1\n1,1\n0,1\n", to: "c.csv")
        #expect(try rows("c.csv", in: folder) == [Row(pre: 0, post: 1), Row(pre: 1, post: 1), Row(pre: 0, post: 1)])
        _ = try folder.write("i j weight\n1 2 -3\n", to: "c.csv")
        #expect(try rows("c.csv", in: folder) == [Row(pre: 1, post: 2, weight: -3)])
        _ = try folder.write("", to: "c.csv")
        #expect(try rows("c.csv", in: folder).isEmpty)
    }

    /// Numbers come out as the C library and the language read them.
    @Test func numbersAreExact() throws {
        let texts = (0..<2000).map { k in
            let x = Double(k) * 0.123456789 + 1e-7
            return k % 3 == 0 ? "\(x)" : k % 3 == 1 ? String(format: "%.6f", x) : String(format: "%.17e", x)
        }
        let folder = try TemporaryFolder()
        _ = try folder.write(texts.map { "0,0,\($0),1" }.joined(separator: "\n"), to: "c.csv")
        #expect(try rows("c.csv", in: folder).map(\.weight) == texts.map { Double($0) })
    }

    @Test(arguments: [
        ("0,0\n10,0\n", ":2: the source must be a neuron of A, 0 to 9, got 10"),
        ("0,20\n", ":1: the target must be a neuron of B, 0 to 19, got 20"), ("-1,0\n", "got -1"),
        ("0.5,0\n", "the source must be a whole number, got 0.5"), ("1e300,0\n", "the source must be a whole number"),
        ("0,0,nan,1\n", "\"nan\" is not a number"), ("0,0,inf,1\n", "\"inf\" is not a number"),
        ("0,0,1e999,1\n", "is not a number"), ("0,0,1,0\n", "the delay must be greater than 0"),
        ("0,0,1,1e9\n", "at most 65535 timesteps"), ("0,0,70000,1\n", "the weight must be less than 65536"),
        ("0,0,1\n", ":1: expected 2 columns (pre, post) or 4"),
        ("0,0\n\n0,0,1,1\n", ":3: expected 2 columns like the lines"),
        ("0,0,1,1\n0,0,1", ":2: expected 4 columns"), ("0,\n", "ends with a comma"), ("0,,1\n", "\"\" is not a number"),
        ("x,0\n", "there is no column \"x\""), ("pre,pre\n", "\"pre\" is there twice"),
        ("pre,weight\n", "must name pre and post"),
        ("0,0\npre,post\n", "\"pre\" is not a number"),
        ("0,0\n# columns = ['i','j']\n", ":2: a header must stand before"),
        ("0,0x1\n", "\"0x1\" is not a number"), ("0,0,--1,1\n", "is not a number"),
        ("0,0,1.2.3,1\n", "is not a number"),
        ("0,0,.,1\n", "is not a number"), ("0,0,1e,1\n", "is not a number"), ("\u{0}\u{1},0\n", "is not a number"),
        (String(repeating: "1", count: 5000), "longer than 4096 bytes"), ("0,0,-1,1\n1,0,1,1\n", "of both signs"),
    ])
    func refusesWithFileAndLine(_ text: String, _ fragment: String) throws {
        let failure = try #require(try failure(text), "\(text)")
        #expect(failure.exitCode == .badInput)
        #expect(failure.message.contains(fragment) && failure.message.contains("c.csv"), "\(failure)")
        #expect(failure.message.utf8.allSatisfy { $0 >= 0x20 })
    }

    @Test func signsChooseTheReceptor() throws {
        #expect(try failure("0,0,-1,1\n", to: "IF_cond_exp")?.message.contains("must be at least 0, got -1") == true)
        let folder = try TemporaryFolder()
        _ = try folder.write("0,0,-1,1\n", to: "c.csv")
        var network = try network(file: "c.csv")
        try network.resolve(of: folder.path("t.json"))
        #expect(network.projections[0].receptor == "inhibitory")
    }

    @Test func filesStayInTheFolder() throws {
        let folder = try TemporaryFolder()
        let outside = try TemporaryFolder()
        _ = try outside.write("0,0\n", to: "c.csv")
        let files = FileManager.default
        try files.createSymbolicLink(atPath: folder.path("link.csv"), withDestinationPath: outside.path("c.csv"))
        try files.createSymbolicLink(atPath: folder.path("way"), withDestinationPath: outside.url.path)
        try files.createDirectory(atPath: folder.path("folder"), withIntermediateDirectories: true)
        for (file, fragment) in [
            ("link.csv", "it is a link"), ("way/c.csv", "it is a link"), ("folder", "not a regular file"),
            ("missing.csv", "No such file"), ("folder/missing.csv", "No such file"),
        ] {
            var network = try network(file: file)
            let failure = #expect(throws: Failure.self) { try network.resolve(of: folder.path("t.json")) }
            #expect(
                failure?.exitCode == .noInput && failure?.message.contains(fragment) == true,
                "\(String(describing: failure))")
        }
    }
}

@Suite struct SonataEdgeTests {
    private func make(_ script: String, in folder: TemporaryFolder) throws {
        let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
        let program = """
            import h5py, numpy as np, sys
            with h5py.File(sys.argv[1], "w") as f:
                g = f.create_group("edges/A_to_B")
            \(script.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            """
        let result = try Command.run([python, "-c", program, folder.path("e.h5")])
        try #require(result.status == 0, "\(result.errors)")
    }

    private static let ids = """
        g["source_node_id"] = np.array([3, 9, 0], dtype="u8")
        g["target_node_id"] = np.array([0, 19, 0], dtype="u8")
        """

    @Test func readsEdges() throws {
        let folder = try TemporaryFolder()
        try make(Self.ids, in: folder)
        #expect(try rows("e.h5", in: folder) == [Row(pre: 3, post: 0), Row(pre: 0, post: 0), Row(pre: 9, post: 19)])
        try make(
            Self.ids + "\n" + """
                g["edge_type_id"] = np.array([1, 1, 1], dtype="i4")
                g["edge_group_id"] = np.zeros(3, dtype="u8")
                g["edge_group_index"] = np.array([2, 1, 0], dtype="u8")
                g["0/syn_weight"] = np.array([0.01, 0.25, 0.5], dtype="f4")
                g["0"].create_dataset("delay", data=np.array([3.0, 2.5, 1.0]), compression="gzip")
                """, in: folder)
        #expect(
            try rows("e.h5", in: folder) == [
                Row(pre: 3, post: 0, weight: 0.5, delay: 1),
                Row(pre: 0, post: 0, weight: Double(Float(0.01)), delay: 3),
                Row(pre: 9, post: 19, weight: 0.25, delay: 2.5),
            ])
    }

    @Test(arguments: [
        ("g['source_node_id'] = np.array([1, 2])", "target_node_id is missing"),
        (
            "g['source_node_id'] = np.array([10]); g['target_node_id'] = np.array([0])",
            "edge 0: the source must be a neuron of A"
        ),
        ("g['source_node_id'] = np.array([-1]); g['target_node_id'] = np.array([0])", "got -1"),
        (
            "g['source_node_id'] = np.array([0]); g['target_node_id'] = np.array([0, 1])",
            "has 2 values, and there are 1 edges"
        ),
        ("g['source_node_id'] = np.array([0.5]); g['target_node_id'] = np.array([0])", "does not hold integers"),
        ("g['source_node_id'] = np.array([[0]]); g['target_node_id'] = np.array([0])", "has 2 dimensions"),
        (
            "g['source_node_id'] = np.array([0]); g['target_node_id'] = np.array([0]); g['edge_group_id'] = "
                + "np.array([1], dtype='u8')",
            "has edge 0 in the group 1, which is missing"
        ),
        (
            "g['source_node_id'] = np.array([0]); g['target_node_id'] = np.array([0]); g['0/syn_weight'] = "
                + "np.array([])",
            "edge 0: there are 0 values, and it is number 0"
        ),
        (
            "g['source_node_id'] = np.array([0]); g['target_node_id'] = np.array([0]); g['0/syn_weight'] = "
                + "np.array([np.nan])",
            "the weight must be a number"
        ),
        (
            "g['source_node_id'] = h5py.SoftLink('/x'); g['target_node_id'] = np.array([0])", "is a soft link"
        ),
        (
            "g['source_node_id'] = h5py.ExternalLink('/etc/passwd', '/x'); g['target_node_id'] = np.array([0])",
            "a link to another file"
        ),
        ("f.create_group('edges/other')", "has 2 populations of edges; choose one with \"population\": A_to_B, other"),
        (
            "g.create_dataset('source_node_id', shape=(1 << 40,), dtype='u8', chunks=(1024,), compression='gzip'); "
                + "g['target_node_id'] = np.array([0])",
            "claims"
        ),
    ])
    func refusesWhatCannotBe(_ script: String, _ fragment: String) throws {
        let folder = try TemporaryFolder()
        try make(script, in: folder)
        let failure = #expect(throws: Failure.self) { try rows("e.h5", in: folder) }
        #expect(failure?.exitCode == .badInput, "\(String(describing: failure))")
        #expect(failure?.message.contains(fragment) == true, "\(String(describing: failure))")
    }

    @Test func refusesDamage() throws {
        let folder = try TemporaryFolder()
        try make(Self.ids, in: folder)
        let bytes = try Data(contentsOf: folder.url.appending(path: "e.h5"))
        for count in stride(from: 8, to: bytes.count, by: 97) {
            try bytes.prefix(count).write(to: folder.url.appending(path: "e.h5"))
            #expect(throws: Failure.self) { try rows("e.h5", in: folder) }
        }
    }
}
