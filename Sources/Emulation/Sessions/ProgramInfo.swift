import MapReport
import StrictJSON
import Topology

/// What this program is and can do, for programs that talk to it.
public enum ProgramInfo {
    /// One JSON object; its keys stay the same.
    ///
    /// - Parameter versions: Of the program and of what it stands on.
    public static func json(versions: [String: String]) -> String {
        JSONText.object(members(versions: versions)).text(lines: 2)
    }

    static func members(versions: [String: String]) -> [(String, JSONText)] {
        func strings(_ list: [String]) -> JSONText { .array(list.map { .string($0) }) }
        func values(_ values: [String: Double]) -> JSONText {
            .object(values.sorted { $0.key < $1.key }.map { ($0.key, .raw("\($0.value)")) })
        }
        let models = CellModel.all.map { model in
            JSONText.object([
                ("name", .string(model.name)), ("source", .bool(model.isSource)),
                ("parameters", values(model.defaults)),
                ("other_parameters", strings(model.otherParameters)), ("initial", values(model.initialDefaults)),
                ("receptors", strings(model.receptors)), ("recordable", strings(model.recordable)),
                (
                    "units",
                    .object(model.recordable.filter { $0 != "spikes" }.map { ($0, .string(model.units(of: $0))) })
                ), ("conductance_based", .bool(model.isConductanceBased)),
                ("beyond_spynnaker", .bool(model.isBeyondSPyNNaker)),
            ])
        }
        return [
            ("version", .string(versions["spinnsim"] ?? "")), ("protocol", .integer(SessionRequest.protocolNumber)),
            ("versions", .object(versions.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            ("formats", strings([TopologyReader.format])), ("models", .array(models)),
            (
                "rules",
                .object([
                    ("spynnaker", strings(LearningRules.ofSPyNNaker)),
                    ("structural", strings(LearningRules.structural)),
                    ("beyond_spynnaker", strings(LearningRules.beyondSPyNNaker)),
                ])
            ), ("connectors", strings(RuleNames.connectors)), ("currents", strings(RuleNames.currents)),
        ]
    }
}
