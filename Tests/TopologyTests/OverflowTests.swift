import Testing
import Topology

/// Products that leave s16.15 are told before a run begins.
@Suite struct OverflowTests {
    private static func population(_ parameters: String, more: String = "", model: String = "IF_curr_exp") -> String {
        Sample.document(
            populations: [
                #"{"name": "in", "size": 2, "model": "SpikeSourcePoisson"}"#,
                "{\"name\": \"N\", \"size\": 2, \"model\": \"\(model)\", \"parameters\": {\(parameters)}}",
            ], more: more.isEmpty ? nil : more)
    }

    private static func projection(_ weight: String, _ parameters: String = #""tau_m": 20, "cm": 1"#) -> String {
        population(
            parameters,
            more:
                "\"projections\": [{\"pre\": \"in\", \"post\": \"N\", \"connector\": {\"type\": \"AllToAll\"}, "
                + "\"synapse\": {\(weight)}}]"
        )
    }

    private static func current(_ current: String) -> String {
        population(#""tau_m": 20, "cm": 1"#, more: "\"currents\": [{\"population\": \"N\", \(current)}]")
    }

    @Test(arguments: [
        population(#""tau_m": 20, "cm": 0.25, "i_offset": 5000"#),
        population(#""tau_m": 20, "cm": 0.25, "i_offset": -5000"#),
        population(#""tau_m": 20, "cm": 1, "i_offset": [0, 3277]"#),
        population(#""tau_m": 20, "cm": [1, 0.001], "i_offset": [0, 5]"#),
        population(#""tau_m": 20, "cm": 1, "i_offset": {"distribution": "uniform", "low": 0, "high": 4000}"#),
        population(#""tau_m": 20, "cm": 1, "i_offset": 4000"#, model: "IF_cond_exp"),
        current(#""type": "DC", "amplitude": 4000"#), current(#""type": "DC", "amplitude": -4000"#),
        current(#""type": "AC", "amplitude": 2000, "offset": 2000, "frequency": 5"#),
        current(#""type": "Step", "times": [0, 5], "amplitudes": [1, 4000]"#),
        current(#""type": "Noisy", "mean": 3000, "stdev": 200"#),
        projection(#""weight": 3620"#), projection(#""weight": -3620"#),
        projection(#""weight": {"distribution": "uniform", "low": 1, "high": 4000}"#),
        projection(
            #""weight": 1, "type": "STDP", "timing": {"type": "SpikePair"}, "#
                + #""weight_dependence": {"type": "Additive", "w_max": 4000}"#
        ),
    ]) func saysSo(_ text: String) throws {
        let found = try read(text).network.overflows()
        #expect(found.count == 1 && found[0].contains("tau_m ÷ cm times the"), "\(found)")
    }

    @Test(arguments: [
        population(#""tau_m": 20, "cm": 1, "i_offset": 3270"#),
        population(#""tau_m": 20, "cm": [1, 0.001], "i_offset": [3000, 1]"#),
        projection(#""weight": 3610"#), current(#""type": "DC", "amplitude": 3270"#),
        population(#""i_offset": 60000"#, model: "Izhikevich"),
    ]) func saysNothingOfWhatFits(_ text: String) throws {
        #expect(try read(text).network.overflows() == [])
    }
}
