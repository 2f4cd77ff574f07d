import Diagnostics
import StrictJSON
import Testing
import Topology

/// Options that stand in for values of a topology.
@Suite struct OverrideTests {
    private func read(
        _ simulation: String, _ overrides: SimulationOverrides
    ) throws(DocumentError) -> (network: Network, warnings: [DocumentWarning]) {
        let text = Sample.document(simulation: simulation)
        return try TopologyReader.read(bytes: Array(text.utf8), file: "topology.json", overrides: overrides)
    }

    @Test func standInBeforeAnythingIsChecked() throws {
        let long = #"{"duration": 1e12, "seed": 3}"#
        #expect(throws: DocumentError.self) { try read(long, SimulationOverrides()) }
        let network = try read(long, SimulationOverrides(duration: 50, seed: 7)).network
        #expect(network.simulation.steps == 50 && network.simulation.seed == 7)
        let warnings = try read(#"{"duration": 10}"#, SimulationOverrides(duration: 2.5)).warnings
        #expect(warnings.contains { $0.message.hasPrefix("duration 2.5 ms is not a multiple of the timestep") })
    }

    /// In the reader's words, and as a mistake in the command, not in the file.
    @Test(
        arguments: [
            (5e9, "more than 4294967295 steps of 1 ms; shorten it"), (-1, "duration must be at least 0, got -1"),
            (1e-9, "0 or at least one timestep, got 1e-09"),
            (.infinity, "more than 4294967295 steps|finite|at least 0"),
        ] as [(Double, String)])
    func areRefusedInTheReadersWords(_ duration: Double, _ words: String) throws {
        let error = #expect(throws: DocumentError.self) {
            try read(#"{"duration": 10}"#, SimulationOverrides(duration: duration))
        }
        let failure = try #require(error?.failure)
        #expect(failure.exitCode == .usage)
        #expect(failure.message.hasPrefix("--duration: duration "), "\(failure.message)")
        #expect(words.split(separator: "|").contains { failure.message.contains($0) }, "\(failure.message)")
    }
}
