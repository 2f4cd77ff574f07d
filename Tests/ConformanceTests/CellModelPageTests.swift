import Conformance
import Foundation
import TestSupport
import Testing
import Topology

/// The table of `Neurons.docc/CellModels.md` says what the files hold: every model, its cases, and how many of them
/// pass.
@Suite struct CellModelPageTests {
    private struct Row {
        var models: [String]
        var files: [String]
        var cases: String
        var passed: String
    }

    /// Rows of the tables whose header names the columns `cases` and `passed`.
    private func rows() throws -> [Row] {
        let page = try String(
            contentsOf: Repository.root.appending(path: "Sources/Neurons/Neurons.docc/CellModels.md"), encoding: .utf8)
        var rows: [Row] = []
        var isTable = false
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                isTable = false
                continue
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            if cells.suffix(2) == ["cases", "passed"] { isTable = true }
            guard isTable, cells.count == 5, cells[3] != "cases", !cells[3].hasPrefix("-") else { continue }
            let words = cells[2].split(whereSeparator: { "` ,;()".contains($0) }).map(String.init)
            rows.append(
                Row(
                    models: cells[0].components(separatedBy: ", "), files: words.filter { $0.hasSuffix(".json") },
                    cases: cells[3], passed: cells[4]))
        }
        return rows
    }

    @Test func everyModelHasARow() throws {
        let named = try rows().flatMap(\.models)
        let models = CellModel.all.filter { !$0.isSource }.map(\.name)
        #expect(named.sorted() == models.sorted())
    }

    @Test func everyNumberIsThatOfTheFiles() throws {
        let rows = try rows()
        #expect(rows.count > 20)
        var listed: Set<String> = []
        for row in rows {
            var cases = 0
            for file in row.files {
                listed.insert(file)
                let data = try Data(contentsOf: Repository.golden(file))
                let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                let all = try #require(document["cases"] as? [[String: Any]])
                if document["model"] != nil {
                    cases += all.count
                    let report = try Conformance.check(fileAt: Repository.golden(file).path)
                    #expect(report.passed == all.count, "\(file)")
                } else {
                    cases += all.filter { row.models.contains($0["model"] as? String ?? "") }.count
                }
            }
            #expect(row.cases == (cases == 0 ? "–" : "\(cases)"), "\(row.models)")
            #expect(row.passed == row.cases, "\(row.models)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.golden("").path)
        #expect(files.filter { $0.hasPrefix("neuron_") }.allSatisfy(listed.contains))
    }
}
