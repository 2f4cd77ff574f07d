import Foundation
import TestSupport
import Testing
import Topology

/// The JSON Schema takes exactly the documents that the reader takes, as far as a schema can say it.
@Suite struct SchemaTests {
    private static let program = """
        import json, sys
        try:
            from jsonschema import Draft202012Validator
            from referencing import Registry, Resource
        except ImportError:
            sys.exit("the Python package jsonschema is missing: pip install jsonschema, or set SPINNSIM_PYTHON")
        schema = json.load(open(sys.argv[1], encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        topology = json.load(open(sys.argv[3], encoding="utf-8"))
        registry = Registry().with_resource("topology.schema.json", Resource.from_contents(topology))
        validator = Draft202012Validator(schema, registry=registry)
        documents = json.load(open(sys.argv[2], encoding="utf-8"))
        json.dump([validator.is_valid(json.loads(text)) for text in documents], sys.stdout)
        """

    static let schema = Repository.root.appending(path: "Topologies/topology.schema.json")
    private static let changesSchema = Repository.root.appending(path: "Topologies/changes.schema.json")

    /// What the schema says of documents: valid or not.
    private func verdicts(_ documents: [String], by schema: URL = Self.schema) throws -> [Bool] {
        let file = FileManager.default.temporaryDirectory.appending(path: "documents-\(UUID().uuidString).json")
        try JSONEncoder().encode(documents).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let python = ProcessInfo.processInfo.environment["SPINNSIM_PYTHON"] ?? "python3"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "-c", Self.program, schema.path, file.path, Self.schema.path]
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaint = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        try #require(
            process.terminationStatus == 0,
            "\(python) cannot validate with jsonschema; pip install jsonschema, or set SPINNSIM_PYTHON: \(complaint)")
        return try JSONDecoder().decode([Bool].self, from: answer)
    }

    @Test func takesWhatTheReaderTakes() throws {
        let folder = Repository.root.appending(path: "Topologies")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" && !$0.lastPathComponent.hasSuffix(".schema.json") }
        let documents = Acceptances.all + (try files.map { try String(contentsOf: $0, encoding: .utf8) })
        for (document, isValid) in zip(documents, try verdicts(documents)) {
            #expect(isValid, "the schema refuses \(document)")
            let error = refusal(Array(document.utf8))
            #expect(error == nil, "the reader refuses \(document): \(String(describing: error))")
        }
    }

    @Test func refusesWhatTheReaderRefuses() throws {
        let refusals = Refusal.all
        for (refused, isValid) in zip(refusals, try verdicts(refusals.map(\.text))) {
            #expect(isValid != refused.isSchemas, "the schema says valid: \(isValid) of \(refused.text)")
        }
    }

    /// Changes in a topology and in a document of their own.
    @Test func judgesChangesAsTheReaderDoes() throws {
        let refused = Changes.refused
        for (isValid, list) in zip(try verdicts(Changes.accepted.map(Changes.topology)), Changes.accepted) {
            #expect(isValid, "the schema refuses \(list)")
        }
        for (isValid, list) in zip(
            try verdicts(Changes.accepted.map(Changes.document), by: Self.changesSchema), Changes.accepted)
        {
            #expect(isValid, "the schema of changes refuses \(list)")
        }
        for verdicts in [
            try verdicts(refused.map { Changes.topology($0.list) }),
            try verdicts(refused.map { Changes.document($0.list) }, by: Self.changesSchema),
        ] {
            for (isValid, each) in zip(verdicts, refused) {
                #expect(isValid != each.isSchemas, "\(isValid): \(each.list)")
            }
        }
    }

    /// A whole number is an integer however it is written, for both: every one of every document, in five ways.
    @Test(arguments: [".0", ".000", "e0", "E+00", "0e-1"]) func takesWholeNumbersAnyhow(_ ending: String) throws {
        let documents = Acceptances.all.map { text in
            var result = ""
            var rest = text[...]
            var isString = false
            while let character = rest.first {
                if !isString, character.isNumber || character == "-" {
                    let number = rest.prefix { $0.isNumber || "-+.eE".contains($0) }
                    // Beyond 15 digits Python's validator sees another number.
                    let isFinal = number.count > 15 || number.contains { ".eE".contains($0) }
                    // 0 times ten is written 0: no number begins with two digits the first of which is 0.
                    let digits = number == "0" && ending.hasPrefix("0") ? "" : number
                    result += isFinal ? number : digits + ending
                    rest = rest.dropFirst(number.count)
                } else {
                    // No string of these documents holds an escaped quote.
                    if character == "\"" { isString.toggle() }
                    result.append(character)
                    rest = rest.dropFirst()
                }
            }
            return result
        }
        for (document, isValid) in zip(documents, try verdicts(documents)) {
            let error = refusal(Array(document.utf8))
            #expect(isValid && error == nil, "\(isValid), \(String(describing: error)): \(document)")
        }
    }

    /// Each model's unknown parameters, state and variables, and values out of range.
    @Test func knowsEveryModel() throws {
        var documents: [String] = []
        for model in CellModel.all {
            documents.append(Sample.model(model.name, #""parameters": {"surely_unknown": 1}"#))
            documents.append(Sample.model(model.name, #""initial": {"surely_unknown": 1}"#))
            documents.append(Sample.model(model.name, #""record": ["surely_unknown"]"#))
            for name in model.parameterNames {
                documents.append(Sample.model(model.name, "\"parameters\": {\"\(name)\": \"1\\u0000\"}"))
                documents.append(Sample.model(model.name, "\"parameters\": {\"\(name)\": -70000}"))
                documents.append(Sample.model(model.name, "\"parameters\": {\"\(name)\": true}"))
            }
        }
        for (document, isValid) in zip(documents, try verdicts(documents)) {
            #expect(!isValid, "the schema takes \(document)")
            #expect(refusal(Array(document.utf8)) != nil, "the reader takes \(document)")
        }
    }

    /// The schema's defaults, which editors show, are the program's.
    @Test func showsTheProgramsDefaults() throws {
        let schema = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: Self.schema)) as? [String: Any])
        let population = try #require((schema["$defs"] as? [String: Any])?["population"] as? [String: Any])
        let branches = try #require(population["allOf"] as? [[String: Any]])
        #expect(branches.count == CellModel.all.count)
        func properties(_ value: Any?) -> [String: Any] {
            ((value as? [String: Any])?["properties"] as? [String: Any]) ?? [:]
        }
        func defaults(_ value: Any?) -> [String: Double] {
            properties(value).compactMapValues { ($0 as? [String: Any])?["default"] as? Double }
        }
        for (branch, model) in zip(branches, CellModel.all) {
            let name = (properties(branch["if"])["model"] as? [String: Any])?["const"] as? String
            #expect(name == model.name)
            let then = properties(branch["then"])
            #expect(properties(then["parameters"]).keys.sorted() == model.parameterNames)
            #expect(defaults(then["parameters"]) == model.defaults, "\(model.name)")
            #expect(defaults(then["initial"]) == model.initialDefaults, "\(model.name)")
        }
    }
}
