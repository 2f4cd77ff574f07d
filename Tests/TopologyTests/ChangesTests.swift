import StrictJSON
import TestSupport
import Testing
import Topology

/// Changes as a topology has them and as a document of their own: the same words, and the same mistakes.
enum Changes {
    private static let projections = [
        #"{"name": "EE", "pre": "E", "post": "E", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.5}}"#,
        #"{"pre": "in", "post": "C", "receptor": "inhibitory", "connector": {"type": "OneToOne"}, "#
            + #""synapse": {"weight": 1}}"#,
        #"{"name": "R", "pre": "E", "post": "E", "connector": {"type": "AllToAll"}, "synapse": {"weight": 0.5, "#
            + #""type": "StructuralStatic", "partner_selection": {"type": "RandomSelection"}, "#
            + #""formation": {"type": "DistanceDependentFormation"}, "#
            + #""elimination": {"type": "RandomByWeightElimination", "threshold": 1}}}"#,
    ]
    private static let populations =
        Sample.populations + [
            #"{"name": "times", "size": 3, "model": "SpikeSourceArray", "parameters": {"spike_times": [1]}}"#,
            #"{"name": "X", "size": 2, "model": "StocExp"}"#,
        ]
    private static let currents =
        #"{"type": "DC", "population": "E", "amplitude": 1}, {"type": "Step", "population": "E", "#
        + #""times": [1], "amplitudes": [1]}"#

    /// A topology with a list of changes.
    static func topology(_ list: String) -> String {
        Sample.document(
            populations: populations, projections: projections,
            more: "\"currents\": [\(currents)], \"changes\": \(list)")
    }

    /// A document with a list of changes.
    static func document(_ list: String) -> String { #"{"format": "spinnsim-changes/1", "changes": \#(list)}"# }

    static let accepted = [
        "[]", "[{}]", #"[{"at": 0}, {"at": 100}]"#,
        #"[{"at": 5, "parameters": [{"population": "in", "set": {"rate": 50, "start": 1, "duration": 9}}]}]"#,
        #"[{"at": 5, "parameters": [{"population": "E", "neurons": "0:2", "#
            + #""set": {"i_offset": [0.1, 0.2], "tau_m": 9}}]}]"#,
        #"[{"parameters": [{"population": "E", "set": {}}], "state": []}]"#,
        #"[{"at": 5, "state": [{"population": "E", "neurons": [3], "set": {"v": -62, "isyn_exc": [1]}}]}]"#,
        #"[{"state": [{"population": "E", "set": {"v": {"distribution": "uniform", "low": -65, "high": -60}}}]}]"#,
        #"[{"at": 5, "spike_times": [{"population": "times", "neurons": [1], "times": [[7, 8]]}]}]"#,
        #"[{"spike_times": [{"population": "times", "times": [7, 8]}]}]"#,
        #"[{"currents": [{"index": 0, "set": {"amplitude": 2, "stop": 9}}, "#
            + #"{"index": 1, "set": {"amplitudes": [2]}}]}]"#,
        #"[{"currents": [{"new": {"type": "AC", "population": "E"}}, {"index": 2, "set": {"phase": 90}}]}]"#,
        #"[{"weights": [{"projection": "EE", "value": 0.25}, {"projection": "in->C", "value": 0}]}]"#,
        #"[{"weights": [{"projection": "EE", "value": {"distribution": "uniform", "low": 0, "high": 1}}]}]"#,
        #"[{"at": 1, "weights": [{"projection": "EE", "file": "a/ee.h5"}]}]"#,
        #"[{"at": 1, "weights": [{"projection": "EE", "file": "ee.h5", "population": "E -> E"}]}]"#,
    ]

    /// List, what is said of it, the end of the pointer, and whether a schema can know.
    static let refused: [(list: String, fragment: String, pointer: String, isSchemas: Bool)] = [
        ("{}", "changes must be an array", "", true), ("[3]", "must be an object", "/0", true),
        (#"[{"when": 1}]"#, "has no key \"when\"", "/0/when", true),
        (#"[{"at": -1}]"#, "at must be", "/0/at", true),
        (#"[{"at": 0.5}]"#, "multiple of the timestep", "/0/at", false),
        (#"[{"at": 5}, {"at": 5}]"#, "must ascend", "/1/at", false),
        (#"[{"at": 5}, {}]"#, "needs the key \"at\"", "/1", false),
        (#"[{"parameters": [{"population": "E"}]}]"#, "needs the key \"set\"", "/0/parameters/0", true),
        (#"[{"parameters": [{"population": "e", "set": {}}]}]"#, "which does not exist", "/population", false),
        (#"[{"parameters": [{"population": "E", "set": {"rate": 1}}]}]"#, "has no key \"rate\"", "/set/rate", false),
        (#"[{"parameters": [{"population": "E", "set": {"tau_mm": 1}}]}]"#, "did you mean", "/set/tau_mm", true),
        (#"[{"parameters": [{"population": "E", "set": {"tau_m": 0}}]}]"#, "tau_m must be", "/set/tau_m", true),
        (
            #"[{"parameters": [{"population": "E", "neurons": "0:2", "set": {"cm": [1]}}]}]"#, "cm has 1 values",
            "/set/cm", false
        ),
        (#"[{"parameters": [{"population": "times", "set": {}}]}]"#, "stand under spike_times", "/population", false),
        (#"[{"state": [{"population": "E", "set": {"u": 1}}]}]"#, "has no key \"u\"", "/set/u", false),
        (#"[{"state": [{"population": "X", "set": {"v": 1}}]}]"#, "made of its input", "/set/v", false),
        (#"[{"state": [{"population": "E", "set": {"v": 70000}}]}]"#, "v must be", "/set/v", true),
        (#"[{"spike_times": [{"population": "E", "times": []}]}]"#, "not a SpikeSourceArray", "/population", false),
        (#"[{"currents": [{"index": 2, "set": {}}]}]"#, "index must be", "/index", false),
        (#"[{"currents": [{"index": 0, "set": {"mean": 1}}]}]"#, "has no key \"mean\"", "/set/mean", false),
        (#"[{"currents": [{"index": 0, "new": {"type": "DC", "population": "E"}}]}]"#, "either new", "/index", true),
        (#"[{"currents": [{"index": 0}]}]"#, "needs the key \"set\"", "/0/currents/0", true),
        (#"[{"weights": [{"projection": "EF", "value": 1}]}]"#, "did you mean \"EE\"", "/projection", false),
        (#"[{"weights": [{"projection": "R", "value": 1}]}]"#, "form and are eliminated", "/projection", false),
        (#"[{"weights": [{"projection": "EE"}]}]"#, "need the key \"value\" or \"file\"", "/0/weights/0", true),
        (#"[{"weights": [{"projection": "EE", "value": 1, "file": "a"}]}]"#, "either from a file", "/value", true),
        (
            #"[{"weights": [{"projection": "EE", "value": 1, "population": "a"}]}]"#, "population is of a file",
            "/population", true
        ),
        (#"[{"weights": [{"projection": "EE", "file": "a", "population": ""}]}]"#, "not be empty", "/population", true),
        (#"[{"weights": [{"projection": "EE", "value": [1]}]}]"#, "a number or a distribution", "/value", true),
        (#"[{"weights": [{"projection": "EE", "value": -1}]}]"#, "must not be negative", "/value", false),
        (#"[{"weights": [{"projection": "in->C", "value": -1}]}]"#, "value must be", "/value", false),
        (#"[{"weights": [{"projection": "EE", "file": "../ee.h5"}]}]"#, "leaves the folder", "/file", true),
    ]
}

@Suite struct ChangesTests {
    private func refusalOfDocument(_ list: String) throws -> DocumentError? {
        let network = try read(Changes.topology("[]")).network
        do throws(DocumentError) {
            _ = try ChangesReader.read(
                bytes: Array(Changes.document(list).utf8), file: "changes.json", of: network, from: 0)
            return nil
        } catch { return error }
    }

    @Test func readsBothWays() throws {
        for list in Changes.accepted {
            #expect(try refusalOfDocument(list) == nil, "\(list)")
            let network = try read(Changes.topology(list)).network
            #expect(network.changes.isEmpty == (list == "[]"))
        }
        let changes = try read(Changes.topology(Changes.accepted[2])).network.changes
        #expect(changes.map(\.step) == [0, 100])
    }

    @Test func refusesBothWays() throws {
        for (list, fragment, pointer, _) in Changes.refused {
            for error in [try refusalOfDocument(list), refusal(Array(Changes.topology(list).utf8))] {
                #expect(error?.message.contains(fragment) == true, "\(list): \(String(describing: error?.message))")
                #expect(
                    error?.pointer.hasPrefix("/changes") == true && error?.pointer.hasSuffix(pointer) == true, "\(list)"
                )
            }
        }
        #expect(try refusalOfDocument("[]") == nil)
    }

    @Test func warnsOfWhatComesTooLate() throws {
        let text = Changes.topology(#"[{"at": 100}]"#)
        #expect(try read(text).warnings.contains { $0.message.contains("not before the end of the run") })
    }
}
