import Diagnostics
import Foundation
import NetworkFiles
import StrictJSON
import TestSupport
import Testing
import Topology

/// What is said of rows does not depend on whether a list, a text or an HDF5 file holds them.
@Suite struct RowSourceTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var rows: [[Double]]
        var synapse = #"{"weight": 0.5}"#
        var receptor: String?
        var model = "IF_curr_exp"
        /// Part of the error or of a warning; `nil`: nothing is said.
        var says: String?
        var isError = false
        /// Where the rows go, if they are taken.
        var goesTo = "excitatory"
        var testDescription: String { "\(rows) \(synapse) \(receptor ?? "-") \(model)" }
    }

    private static let structural = """
        {"type": "StructuralStatic", "initial_weight": 1, "partner_selection": {"type": "RandomSelection"},
         "formation": {"type": "DistanceDependentFormation"},
         "elimination": {"type": "RandomByWeightElimination", "threshold": 0.5}}
        """
    private static let learning =
        #"{"type": "STDP", "timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive"}}"#

    static let examples: [Example] = [
        Example(rows: [[0, 0, 0.5, 1], [1, 1, 0.25, 2]]),
        Example(rows: [[0, 0, 0.5, 1], [1, 1, -0.5, 1]], says: "of both signs, 1 of them negative", isError: true),
        Example(
            rows: [[0, 0, 0.5, 1], [1, 1, -0.5, 1]], receptor: "excitatory", says: "of both signs", isError: true),
        Example(
            rows: [[0, 0, 0.5, 1], [1, 1, -0.5, 1]], receptor: "inhibitory", says: "of both signs", isError: true),
        Example(rows: [[0, 0, -0.5, 1], [1, 1, -0.25, 2]], goesTo: "inhibitory"),
        Example(rows: [[0, 0, -0.5, 1]], receptor: "inhibitory", goesTo: "inhibitory"),
        Example(rows: [[0, 0, -0.5, 1]], receptor: "excitatory", says: "keeps magnitudes only"),
        Example(rows: [[0, 0, -0.5, 1]], synapse: #"{"weight": 1}"#, goesTo: "inhibitory"),
        Example(rows: [[0, 0, 0.5, 1]], synapse: #"{"weight": -1}"#),
        Example(rows: [[0, 0], [1, 1]], synapse: #"{"weight": -1}"#, goesTo: "inhibitory"),
        Example(rows: [[0, 0, -0.5, 1]], model: "IF_cond_exp", says: "at least 0, got -0.5", isError: true),
        Example(rows: [[0, 0, 0, 1], [1, 1, 0, 1]], says: "the weight is 0"),
        Example(rows: [[0, 0, 0, 1], [1, 1, 0, 1]], synapse: learning),
        Example(rows: [[0, 0, 0.5, 1.4], [1, 1, 0.5, 3]], says: "1 delays are not multiples of the timestep 1 ms"),
        Example(rows: [[0, 0, 0.5, 0.3], [1, 1, 0.5, 3]], says: "1 delays are below one timestep and become 1 ms"),
        Example(rows: [[0, 0, 0.5, 0]], says: "the delay must be greater than 0 ms, got 0", isError: true),
        Example(rows: [[0, 0, 0.5, -1]], says: "the delay must be greater than 0 ms, got -1", isError: true),
        Example(rows: [[0, 0, 0.5, 65536]], says: "at most 65535 timesteps (65535 ms), got 65536", isError: true),
        Example(rows: [[0, 0, 70000, 1]], says: "the weight must be less than 65536", isError: true),
        Example(rows: [[0, 0, -70000, 1]], says: "the weight must be at least -65536", isError: true),
        Example(rows: [[10, 0]], says: "the source must be a neuron of A, 0 to 9, got 10", isError: true),
        Example(rows: [[0, -1]], says: "the target must be a neuron of B, 0 to 19, got -1", isError: true),
        Example(rows: [[0, 0, 0.5, 1], [0, 0, 0.5, 1], [0, 0, 0.5, 1]]),
        Example(rows: [], says: "has no rows; this projection has no synapses"),
        Example(rows: [], synapse: structural),
    ]

    private func text(_ example: Example, connector: String) -> [UInt8] {
        let receptor = example.receptor.map { ", \"receptor\": \"\($0)\"" } ?? ""
        return Array(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10},
             "populations": [{"name": "A", "size": 10, "model": "SpikeSourcePoisson"},
              {"name": "B", "size": 20, "model": "\(example.model)", "record": ["spikes"]}],
             "projections": [{"pre": "A", "post": "B", "connector": {\(connector)},
              "synapse": \(example.synapse)\(receptor)}]}
            """.utf8)
    }

    /// What is said, whether it was an error, and what was made of it.
    private func outcome(
        _ example: Example, connector: String, in folder: TemporaryFolder
    ) throws -> (said: [String], isError: Bool, projection: Projection?) {
        do {
            var (network, warnings) = try TopologyReader.read(
                bytes: text(example, connector: connector), file: folder.path("t.json"))
            let more = try network.resolve(of: folder.path("t.json"))
            return (warnings.map(\.message) + more, false, network.projections[0])
        } catch let error as DocumentError {
            return ([error.message], true, nil)
        } catch let error as Failure {
            #expect(error.exitCode == .badInput)
            return ([error.message], true, nil)
        }
    }

    private func connections(_ projection: Projection) throws -> [[Double]] {
        let pattern = try #require(projection.connector.pattern)
        var rows: [[Double]] = []
        for post in 0..<20 {
            pattern.forEachConnection(to: post) { pre, value in
                rows.append([Double(pre), Double(post), pattern.weight(value), pattern.delay(value)])
            }
        }
        return rows
    }

    @Test(arguments: examples) func listTextAndSonataAgree(_ example: Example) throws {
        let folder = try TemporaryFolder()
        let lines = example.rows.map { $0.map { "\($0)" }.joined(separator: ",") }
        _ = try folder.write(lines.joined(separator: "\n"), to: "c.csv")
        func column(_ number: Int) -> String { "[" + example.rows.map { "\($0[number])" }.joined(separator: ",") + "]" }
        var script = """
            f['edges/e/source_node_id'] = np.array(\(column(0)), dtype='i8')
            f['edges/e/target_node_id'] = np.array(\(column(1)), dtype='i8')
            """
        if example.rows.first?.count == 4 {
            script +=
                "\nf['edges/e/0/syn_weight'] = np.array(\(column(2)))\nf['edges/e/0/delay'] = np.array(\(column(3)))"
        }
        try makeFile(script, at: folder.path("c.h5"))
        var found: [[[Double]]] = []
        for connector in [
            #""type": "FromList", "conn_list": [\#(lines.map { "[\($0)]" }.joined(separator: ","))]"#,
            #""type": "FromFile", "file": "c.csv""#, #""type": "FromFile", "file": "c.h5""#,
        ] {
            let (said, isError, projection) = try outcome(example, connector: connector, in: folder)
            #expect(isError == example.isError, "\(connector): \(said)")
            #expect(said.count == (example.says == nil ? 0 : 1), "\(connector): \(said)")
            if let says = example.says { #expect(said.first?.contains(says) == true, "\(connector): \(said)") }
            if let projection {
                #expect(projection.receptor == example.goesTo, "\(connector)")
                found.append(try connections(projection))
            }
        }
        if let first = found.first {
            #expect(found.allSatisfy { "\($0)" == "\(first)" } && first.count == example.rows.count, "\(found)")
        }
    }
}
