import Foundation
import TestSupport
import Testing

/// The page of the format has every key and every name that the schema accepts.
@Suite struct FormatPageTests {
    private let schema: [String: Any]

    init() throws {
        let file = Repository.root.appending(path: "Topologies/topology.schema.json")
        schema = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    }

    /// Keys, and texts that a key may be, anywhere in a part of the schema; not within the keys `hidden`.
    private func words(in part: Any, without hidden: Set<String> = []) -> Set<String> {
        if let list = part as? [Any] {
            return list.reduce(into: []) { $0.formUnion(words(in: $1, without: hidden)) }
        }
        guard let object = part as? [String: Any] else { return [] }
        var found: Set<String> = []
        for (key, value) in object {
            if key == "properties", let properties = value as? [String: Any] {
                found.formUnion(properties.keys)
                let open = properties.filter { !hidden.contains($0.key) }
                found.formUnion(words(in: Array(open.values), without: hidden))
            } else if key == "enum", let names = value as? [Any] {
                found.formUnion(names.compactMap { $0 as? String })
            } else {
                found.formUnion(words(in: value, without: hidden))
            }
        }
        return found
    }

    /// Words that no page has in code font, alone or within a longer piece of it.
    private func missing(_ words: Set<String>, from page: String) throws -> [String] {
        let text = try Pages.text(of: page)
        var present: Set<String> = []
        for code in text.matches(of: /`([^`\n]+)`|```json([^`]*)```/) {
            let part = code.1 ?? code.2 ?? ""
            let names = part.split { !($0.isLetter || $0.isNumber || "_-$".contains($0)) }
            present.formUnion(names.map(String.init))
        }
        return words.subtracting(present).sorted()
    }

    @Test func everyKeyIsOnThePage() throws {
        var definitions = try #require(schema["$defs"] as? [String: Any])
        var population = try #require(definitions["population"] as? [String: Any])
        let models = try #require(population["allOf"] as? [[String: Any]])
        // Cells, connectors and changes have pages of their own; sources are on this one.
        population["allOf"] = models.filter { name(of: $0)?.hasPrefix("SpikeSource") == true }
        var properties = try #require(population["properties"] as? [String: Any])
        properties["model"] = [:] as [String: Any]
        population["properties"] = properties
        definitions["population"] = population
        for part in ["connector", "space", "structure", "volume", "connectionList"] { definitions[part] = nil }
        for part in Self.changes { definitions[part] = nil }
        let keys = words(in: [schema["properties"] ?? [:], definitions])
        #expect(keys.count > 150)
        let absent = try missing(keys, from: "Documentation/TopologyFormat.md")
        #expect(absent.isEmpty)
    }

    @Test func everyConnectorIsOnItsPage() throws {
        let definitions = try #require(schema["$defs"] as? [String: Any])
        let parts = ["connector", "space", "structure", "volume"].compactMap { definitions[$0] }
        // Single axes are written within words such as `xyz`.
        let keys = words(in: parts).subtracting(["x", "y", "z", "xy", "yz", "xz"])
        #expect(keys.count > 60)
        let absent = try missing(keys, from: "Sources/Synapses/Synapses.docc/Connectors.md")
        #expect(absent.isEmpty)
    }

    /// Parts of the schema that describe what changes on the way.
    private static let changes = ["changes", "newParameters", "newState", "newSpikeTimes", "newCurrent", "newWeights"]

    @Test func everyChangeIsOnItsPage() throws {
        let definitions = try #require(schema["$defs"] as? [String: Any])
        // What is set are words of cells, sources and currents.
        let keys = words(in: try Self.changes.map { try #require(definitions[$0]) }, without: ["set"])
        #expect(keys.count > 12)
        let absent = try missing(keys, from: "Documentation/Sessions.md")
        #expect(absent.isEmpty)
    }

    private func name(of model: [String: Any]) -> String? {
        let condition = model["if"] as? [String: Any]
        let constant = (condition?["properties"] as? [String: Any])?["model"] as? [String: Any]
        return constant?["const"] as? String
    }

    @Test func everyCellIsListedWithParametersAndDefaults() throws {
        let definitions = try #require(schema["$defs"] as? [String: Any])
        let population = try #require(definitions["population"] as? [String: Any])
        let page = try Pages.text(of: "Sources/Neurons/Neurons.docc/CellModels.md")
        var cells = 0
        for model in try #require(population["allOf"] as? [[String: Any]]) {
            let name = try #require(self.name(of: model))
            if name.hasPrefix("Spike") { continue }
            cells += 1
            let then = (model["then"] as? [String: Any])?["properties"] as? [String: Any]
            let columns = try ["parameters", "initial"].map { part in
                let values = try #require((then?[part] as? [String: Any])?["properties"] as? [String: [String: Any]])
                return try Set(
                    values.map { key, value in
                        let number = try #require(value["default"] as? NSNumber)
                        return "`\(key)` \(number)".replacing("-", with: "−")
                    })
            }
            let row = try #require(page.firstMatch(of: try Regex("\\| \(name) \\| (`[^|]*)\\|([^|]*)\\|")), "\(name)")
            for (place, expected) in columns.enumerated() {
                let cell = row.output[place + 1].substring?.trimmingCharacters(in: .whitespaces) ?? ""
                #expect(Set(cell.components(separatedBy: ", ")) == expected, "\(name)")
            }
        }
        #expect(cells > 25)
    }
}
