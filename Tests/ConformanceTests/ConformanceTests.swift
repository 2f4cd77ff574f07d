import Conformance
import Diagnostics
import Foundation
import TestSupport
import Testing

@Suite struct ConformanceTests {
    /// Cases that have to pass and cases of functions that are not supported yet.
    @Test(arguments: [
        ("neuron_IF_curr_exp.json", 16, 0), ("derived_constants.json", 119, 0), ("math.json", 3595, 0),
        ("synapse_rows.json", 3, 0), ("poisson_source.json", 3, 0), ("rng.json", 14, 0), ("weight_scaling.json", 72, 0),
        ("synapse_exp_shifts.json", 7, 0), ("population_table.json", 2, 0), ("current_sources_IF_curr_exp.json", 4, 0),
        ("neuron_IF_cond_exp.json", 16, 0), ("neuron_IF_cond_exp_stoc.json", 1, 0), ("neuron_IF_curr_alpha.json", 5, 0),
        ("neuron_IF_curr_delta.json", 16, 0), ("neuron_IF_curr_exp_ca2_adaptive.json", 2, 0),
        ("neuron_IF_curr_exp_dual.json", 1, 0), ("neuron_IF_curr_exp_sEMD.json", 1, 0),
        ("neuron_IZK_cond_exp.json", 13, 0), ("neuron_IZK_cond_exp_dual.json", 1, 0),
        ("neuron_IZK_curr_exp.json", 13, 0),
        ("stdp_nearest_pair_additive.json", 5, 0), ("stdp_nearest_pair_multiplicative.json", 5, 0),
        ("stdp_pair_additive.json", 5, 0), ("stdp_pair_multiplicative.json", 5, 0),
        ("stdp_pfister_triplet_additive.json", 5, 0), ("stdp_vogels_2011_additive.json", 5, 0),
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

    /// A change of one unit in any column of a recorded neuron is found: no column is passed over.
    @Test(arguments: [
        "IF_cond_exp_stoc", "IF_curr_exp_ca2_adaptive", "IF_curr_exp_dual", "IF_curr_exp_sEMD", "IZK_cond_exp_dual",
        "IF_curr_alpha", "IF_curr_delta",
    ])
    func anyAlteredColumnIsFound(model: String) throws {
        let data = try Data(contentsOf: Repository.golden("neuron_\(model).json"))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let cases = try #require(file["cases"] as? [[String: Any]])
        let columns = try #require(cases[0]["columns"] as? [String])
        for (index, column) in columns.enumerated() where column != "t" {
            var (altered, neuron) = (file, cases[0])
            var rows = try #require(neuron["rows"] as? [[Int]])
            rows[7][index] += 1
            neuron["rows"] = rows
            altered["cases"] = [neuron]
            let url = try temporary(
                String(decoding: try JSONSerialization.data(withJSONObject: altered), as: UTF8.self))
            defer { try? FileManager.default.removeItem(at: url) }
            let report = try Conformance.check(fileAt: url.path)
            #expect(report.failed == 1)
            #expect(report.firstMismatch?.step == 7)
            #expect(report.firstMismatch?.field.hasPrefix(column) == true)
        }
    }

    @Test(
        arguments: [("synapse_rows", "t"), ("synapse_rows", "colour_delay"), ("stdp_pair_additive", "t")],
        [Int.max, Int.min, -1, 1 << 32])
    func stepsThatThereAreNotAreRefused(_ place: (file: String, key: String), value: Int) throws {
        let data = try Data(contentsOf: Repository.golden("\(place.file).json"))
        var file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var cases = try #require(file["cases"] as? [[String: Any]])
        var events = try #require(cases[0]["events"] as? [[String: Any]])
        let isThere = events[1][place.key] != nil
        try #require(isThere)
        events[1][place.key] = value
        cases[0]["events"] = events
        file["cases"] = cases
        let url = try temporary(String(decoding: try JSONSerialization.data(withJSONObject: file), as: UTF8.self))
        defer { try? FileManager.default.removeItem(at: url) }
        let failure = #expect(throws: Failure.self) { try Conformance.check(fileAt: url.path) }
        #expect(failure?.exitCode == .badInput, "\(String(describing: failure))")
    }

    @Test func otherModelsFailWithAReason() throws {
        let url = try temporary(#"{"format": "spinnaker-golden-neuron-1", "model": "XYZ", "cases": [{}, {}]}"#)
        defer { try? FileManager.default.removeItem(at: url) }
        let report = try Conformance.check(fileAt: url.path)
        #expect(report.failed == 2)
        #expect(report.notes == ["model XYZ: unknown, 2 cases failed"])
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
