import Conformance
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct ConformanceTests {
    /// Cases that have to pass and cases of functions that are not supported yet.
    @Test(arguments: [
        ("neuron_IF_curr_exp.json", 16, 0), ("derived_constants.json", 79, 0), ("math.json", 3595, 0),
        ("synapse_rows.json", 3, 0), ("poisson_source.json", 3, 0), ("rng.json", 14, 0), ("weight_scaling.json", 72, 0),
        ("synapse_exp_shifts.json", 7, 0),
    ])
    func recordedVectorsComeOut(file: String, passed: Int, unsupported: Int) throws {
        let report = try Conformance.check(fileAt: Repository.golden(file).path)
        #expect(report.passed == passed)
        #expect(report.failed == unsupported)
        #expect(report.firstMismatch == nil, "\(report.firstMismatch?.description ?? "")")
        #expect(report.lines[0] == "\(file): passed \(passed), failed \(unsupported)")
    }

    private func temporary(_ text: String) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "conformance-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        return url
    }

    @Test func aWrongValueIsNamed() throws {
        let url = try temporary(
            #"{"format": "spinnaker-golden-math-1", "functions": {"mul": {"cases": [[32768, 5, 5], [2, 65536, 5]]}}}"#)
        defer { try? FileManager.default.removeItem(at: url) }
        let report = try Conformance.check(fileAt: url.path)
        #expect(report.passed == 1 && report.failed == 1)
        #expect(report.firstMismatch?.description == "case mul[1], mul(2, 65536): expected 5, found 4")
    }

    @Test func anAlteredNeuronIsFound() throws {
        let golden = try String(contentsOf: Repository.golden("neuron_IF_curr_exp.json"), encoding: .utf8)
        let altered = golden.replacingOccurrences(of: "\"T_refract\":1}", with: "\"T_refract\":2}")
        let isAltered = altered != golden
        try #require(isAltered)
        let url = try temporary(altered)
        defer { try? FileManager.default.removeItem(at: url) }
        let report = try Conformance.check(fileAt: url.path)
        #expect(report.failed > 0)
        #expect(report.firstMismatch?.field == "neuron.T_refract after init")
    }

    @Test func otherModelsFailWithAReason() throws {
        let url = try temporary(#"{"format": "spinnaker-golden-neuron-1", "model": "XYZ", "cases": [{}, {}]}"#)
        defer { try? FileManager.default.removeItem(at: url) }
        let report = try Conformance.check(fileAt: url.path)
        #expect(report.failed == 2)
        #expect(report.notes == ["model XYZ: not supported yet, 2 cases failed"])
    }

    @Test(arguments: [
        (#"{"format": "spinnaker-golden-math-2"}"#, ExitCode.badInput), ("{", .badInput), ("[]", .badInput),
        (#"{"format": "spinnaker-golden-math-1", "functions": {"mul": {"cases": [[1]]}}}"#, .badInput),
        (#"{"format": "spinnaker-golden-math-1", "functions": {"mul": {"cases": [[1, 2, 0.5]]}}}"#, .badInput),
        (#"{"format": "spinnaker-golden-rows-1"}"#, .badInput),
        (#"{"format": "spinnaker-golden-poisson-1", "cases": [{"case": "a"}]}"#, .badInput),
    ])
    func malformedFilesAreRefused(text: String, code: ExitCode) throws {
        let url = try temporary(text)
        defer { try? FileManager.default.removeItem(at: url) }
        let failure = #expect(throws: Failure.self) { try Conformance.check(fileAt: url.path) }
        #expect(failure?.exitCode == code)
    }

    @Test func unreadableFilesAreRefused() {
        let failure = #expect(throws: Failure.self) { try Conformance.check(fileAt: "/nowhere/x.json") }
        #expect(failure?.exitCode == .noInput)
    }
}
