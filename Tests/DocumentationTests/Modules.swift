import Foundation
import TestSupport

/// The modules of this package, and what pages say of them.
struct Modules {
    /// By name what each imports of this package, ascending, as `Package.swift` has it; without tests.
    let imports: [String: [String]]
    /// The same as a page's table has it, `| module | holds | imports |`.
    let described: [String: [String]]
    /// Modules that must not import others, by `| never | imports | because |` of the page.
    let forbidden: [(modules: [String], imports: [String])]

    /// - Parameters:
    ///   - package: The text of `Package.swift`.
    ///   - page: The text of the page.
    init(package: String, page: String) {
        imports = Self.imports(package)
        var described: [String: [String]] = [:]
        for row in page.matches(of: /\| \[`(\w+)`\]\([^)]+\) \|[^|\n]*\|([^|\n]*)\|/) {
            described[String(row.1)] = Self.names(row.2)
        }
        self.described = described
        let never = page.firstMatch(of: /\| never \| imports \|.*\n\|[-|]+\n((?:\|.*\n)*)/)?.1 ?? ""
        forbidden = never.split(separator: "\n").map { line in
            let cells = line.split(separator: "|")
            return (Self.names(cells[0]), Self.names(cells[1]))
        }
    }

    init() throws {
        self.init(
            package: try Pages.text(of: "Package.swift"), page: try Pages.text(of: "Documentation/Architecture.md"))
    }

    /// Modules with Swift code, which have a page each.
    var swiftModules: [String] {
        get throws {
            let sources = try Pages.files { $0.hasPrefix("Sources/") && $0.hasSuffix(".swift") }
            return Set(sources.map { String($0.split(separator: "/")[1]) }).sorted()
        }
    }

    /// What a module imports directly or through others.
    func reach(_ module: String) -> Set<String> {
        var found: Set<String> = []
        var open = imports[module] ?? []
        while let next = open.popLast() {
            if found.insert(next).inserted { open += imports[next] ?? [] }
        }
        return found
    }

    private static func names(_ cell: Substring) -> [String] {
        cell.matches(of: /`(\w+)`/).map { String($0.1) }.sorted()
    }

    private static func imports(_ package: String) -> [String: [String]] {
        var imports: [String: [String]] = [:]
        let heads = package.matches(of: /\.(target|executableTarget|systemLibrary|testTarget)\(\s*name: "(\w+)"/)
        for (place, head) in heads.enumerated() where head.1 != "testTarget" {
            let end = place + 1 < heads.count ? heads[place + 1].range.lowerBound : package.endIndex
            let target = package[head.range.upperBound..<end].replacing(/\.product\([^)]*\)/, with: "")
            if target.contains("path: \"Tests/") { continue }
            let list = target.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
            imports[String(head.2)] = list.matches(of: /"(\w+)"/).map { String($0.1) }.sorted()
        }
        return imports
    }
}
