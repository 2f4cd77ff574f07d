import Foundation
import Results
import TestSupport
import Testing

private let (sources, targets, perCore) = (5, 30, 10)

/// Ways for some or all of the three cores of a target to have no synapse from the source.
private let sparse: [(connector: String, synapses: Int?)] = [
    (#""type": "FromList", "conn_list": []"#, 0),
    (#""type": "FromFile", "file": "none.txt""#, 0),
    (#""type": "FixedProbability", "p_connect": 0"#, 0),
    (#""type": "FixedNumberPre", "n": 0"#, 0),
    (#""type": "FixedNumberPost", "n": 0"#, 0),
    (#""type": "FixedTotalNumber", "n": 0"#, 0),
    (#""type": "Array", "array": \#([[Int]](repeating: [Int](repeating: 0, count: targets), count: sources))"#, 0),
    (#""type": "CSA", "cset": "full - full""#, 0),
    (#""type": "FromList", "conn_list": [[0, 0]]"#, 1),
    (#""type": "FromList", "conn_list": [[4, 15]]"#, 1),
    (#""type": "FromList", "conn_list": [[2, 29], [3, 29], [2, 29]]"#, 3),
    (#""type": "FromList", "conn_list": [[2, 0], [3, 29]]"#, 2),
    (#""type": "FixedTotalNumber", "n": 1"#, 1),
    (#""type": "FixedTotalNumber", "n": 2"#, 2),
    (#""type": "FixedProbability", "p_connect": 0.02"#, nil),
    (#""type": "IndexBasedProbability", "index_expression": "j > 27""#, nil),
]

private let records = [
    #"["weights"]"#, #"{"weights": {"interval": 2}}"#, #"{"weights": {"apply_pending": true}}"#,
    #"{"weights": {"interval": 3, "apply_pending": true}}"#,
]

/// Every kind of synapse whose weights are recorded, each form of record onto a population of its own.
private func network(_ connector: String) -> String {
    let rule = #""timing": {"type": "SpikePair"}, "weight_dependence": {"type": "Additive", "w_max": 2}"#
    let kinds = [
        ("static", #"{"weight": 0.5, "delay": 2}"#),
        ("stdp", #"{"type": "STDP", "weight": 0.5, "delay": 2, \#(rule)}"#),
        ("modulated", #"{"type": "STDP", "weight": 0.5, "delay": 2, \#(rule)}"#),
        ("changeable", #"{"type": "WeightChangeable", "weight": 0.5, "delay": 2, "w_min": 0, "w_max": 2}"#),
    ]
    var populations = [
        #"{"name": "a", "size": \#(sources), "model": "SpikeSourcePoisson", "parameters": {"rate": 200}}"#,
        #"{"name": "d", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [3]}}"#,
    ]
    var projections: [String] = []
    for (kind, synapse) in kinds {
        for (number, record) in records.enumerated() {
            let name = "\(kind)\(number)"
            populations.append(
                #"{"name": "\#(name)", "size": \#(targets), "model": "IF_curr_exp", "neurons_per_core": \#(perCore)}"#)
            projections.append(
                #"{"name": "\#(name)", "pre": "a", "post": "\#(name)", "connector": {\#(connector)}, "#
                    + #""synapse": \#(synapse), "record": \#(record)}"#)
            if kind == "modulated" {
                projections.append(
                    #"{"pre": "d", "post": "\#(name)", "receptor": "reward", "connector": {"type": "AllToAll"}, "#
                        + #""synapse": {"type": "Neuromodulation", "weight": 0.1, "w_max": 2}}"#)
            }
            if kind == "changeable" {
                projections.append(
                    #"{"pre": "a", "post": "\#(name)", "connector": {\#(connector)}, "synapse": "#
                        + #"{"type": "WeightChanger", "weight_change": 0.125, "projection": "\#(name)"}}"#)
            }
        }
    }
    return """
        {"format": "spinnsim-topology/1", "simulation": {"duration": 7, "seed": 3},
         "populations": [\(populations.joined(separator: ",\n"))],
         "projections": [\(projections.joined(separator: ",\n"))]}
        """
}

@Suite(.timeLimit(.minutes(5))) struct EmptyWeightTests {
    /// Weights are recorded where a core, a rank or all of them have none, and files do not depend on ranks.
    @Test(arguments: sparse.indices) func coresWithoutSynapsesAreRecorded(member: Int) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("# nothing\n", to: "none.txt")
        let text = network(sparse[member].connector)
        var files: [[Data]] = []
        for ranks in [1, 2, 3, 7] {
            let summary = try emulate(text, ranks: ranks, in: folder)
            #expect(summary.weights.count == 16)
            // Static ones are recorded once; the others at steps 0, 2, 4, 6 or 0, 3, 6 and at the end.
            #expect(
                summary.weights.map(\.samples)
                    == [1, 1, 1, 1] + Array(repeating: [1, 5, 1, 4], count: 3).flatMap { $0 })
            if let synapses = sparse[member].synapses {
                #expect(summary.weights.allSatisfy { $0.synapses == synapses }, "\(ranks) ranks")
            }
            files.append(
                try summary.weights.map { try Data(contentsOf: URL(fileURLWithPath: folder.path("run/\($0.file)"))) })
            #expect(files.last == files.first, "\(ranks) ranks")
        }
    }

    /// The file of the list that runs on one rank holds the row that was listed.
    @Test(arguments: [1, 3]) func theOnlySynapseIsThere(ranks: Int) throws {
        let folder = try TemporaryFolder()
        let summary = try emulate(
            """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 3},
             "populations": [
              {"name": "a", "size": 1, "model": "SpikeSourceArray", "parameters": {"spike_times": [1]}},
              {"name": "b", "size": 300, "model": "IF_curr_exp", "neurons_per_core": 100}],
             "projections": [{"name": "p", "pre": "a", "post": "b", "record": ["weights"],
              "connector": {"type": "FromList", "conn_list": [[0, 0, 1.0, 1]]}}]}
            """, ranks: ranks, in: folder)
        #expect(summary.weights == [WeightReport(file: "weights/p.h5", projection: "p", synapses: 1, samples: 1)])
    }
}
