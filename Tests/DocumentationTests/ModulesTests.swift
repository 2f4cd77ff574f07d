import Foundation
import TestSupport
import Testing

/// Pages say of the modules what `Package.swift` does, and each module has a page.
@Suite struct ModulesTests {
    private let modules: Modules

    init() throws { modules = try Modules() }

    @Test func importsAreThoseOfThePackage() throws {
        let swiftModules = try modules.swiftModules
        #expect(swiftModules.count > 15)
        #expect(modules.described.keys.sorted() == swiftModules)
        for name in swiftModules {
            #expect(modules.described[name] == modules.imports[name], "\(name) in Documentation/Architecture.md")
        }
    }

    @Test func nothingForbiddenIsImported() {
        #expect(modules.forbidden.count > 5)
        for (importers, never) in modules.forbidden {
            for name in importers + never { #expect(modules.imports[name] != nil, "no module \(name)") }
            for name in importers { #expect(modules.reach(name).isDisjoint(with: never), "\(name)") }
        }
    }

    /// `Scripts/draw-modules` writes what a module imports into the picture.
    @Test func pictureIsOfThePackage() throws {
        let picture = try Pages.text(of: "Documentation/modules.svg")
        var drawn: [String: [String]] = [:]
        for title in picture.matches(of: /<title>(\w+) imports ([\w, ]+)<\/title>/) {
            let names = title.2.split(separator: ", ").map(String.init)
            drawn[String(title.1)] = names == ["nothing"] ? [] : names
        }
        #expect(drawn == modules.imports, "run Scripts/draw-modules")
    }

    @Test func everyModuleHasAPage() throws {
        for name in try modules.swiftModules {
            let page = try Pages.text(of: "Sources/\(name)/\(name).docc/\(name).md")
            #expect(page.hasPrefix("# \(name)\n"), "\(name)")
        }
    }

    /// A file that a page names is in the tree under that name.
    @Test func filesThatPagesNameAreThere() throws {
        let names = Set(try Pages.files { $0.hasSuffix(".swift") }.map { ($0 as NSString).lastPathComponent })
        var named = 0
        for (path, text) in try Pages().texts {
            for match in text.matches(of: /`(?:[\w\/]+\/)?([\w+]+\.swift)`/) {
                named += 1
                #expect(names.contains(String(match.1)), "\(path)")
            }
        }
        #expect(named > 100)
    }

    /// The page of the program lists every command and who does it, all ranks or one.
    @Test func everyCommandIsListed() throws {
        let rows = try Pages.text(of: "Sources/spinnsim/spinnsim.docc/spinnsim.md").split(separator: "\n")
        var found = 0
        for path in try Pages.files(where: { $0.hasPrefix("Sources/spinnsim/") && $0.hasSuffix(".swift") }) {
            let file = (path as NSString).lastPathComponent
            let source = try Pages.text(of: path)
            guard let command = source.firstMatch(of: /struct (\w+): (Serial|Ranked)Command/) else { continue }
            let name = source.firstMatch(of: /commandName: "(\w+)"/)?.1.lowercased() ?? command.1.lowercased()
            let kind = command.2.lowercased()
            found += 1
            let row = rows.first { $0.contains("`\(file)`") }
            #expect(row?.contains(name) == true, "\(file)")
            #expect(row?.hasSuffix("| \(kind) |") == true, "\(file)")
        }
        #expect(found > 8)
    }

    /// The page of the format lists every option of `run`.
    @Test func everyOptionOfRunIsListed() throws {
        let page = try Pages.text(of: "Documentation/TopologyFormat.md")
        var found = 0
        for file in ["Run.swift", "MappingArguments.swift"] {
            let source = try Pages.text(of: "Sources/spinnsim/\(file)")
            for match in source.matches(of: /@(?:Option|Flag)\((?:[^()]|\([^()]*\))*\)\s+(?:public )?var (\w+)/) {
                let name = match.1.map { $0.isUppercase ? "-\($0.lowercased())" : String($0) }.joined()
                found += 1
                let option = name == "output" ? "`-o " : "`--\(name)"
                #expect(page.contains(option), "\(option) of \(file)")
            }
        }
        #expect(found > 15)
    }

    /// The pages of mappings name every placer, router, layout of keys and compressor.
    @Test func everyAlgorithmOfMappingIsListed() throws {
        let source = try Pages.text(of: "Sources/Mapping/MappingOptions.swift")
        let names = source.matches(of: /\n        case (\w+)(?: = "([\w-]+)")?/).map { String($0.2 ?? $0.1) }
        #expect(names.count > 12)
        let pages = ["Sources/Mapping/Mapping.docc/Mapping.md", "Sources/MapReport/MapReport.docc/MappingReports.md"]
        for page in pages {
            let text = try Pages.text(of: page)
            for name in names {
                #expect(text.contains(try Regex("[` |]\(name)[`|]")), "\(page) does not name \(name)")
            }
        }
    }

    // MARK: - The reader itself

    private let example = Modules(
        package: """
            .systemLibrary(name: "CMPI"),
            .target(name: "A", swiftSettings: common),
            .target(
                name: "B", dependencies: ["CMPI", .product(name: "X", package: "x"), "A"], swiftSettings: common),
            .target(name: "C", dependencies: ["B"]),
            .target(name: "Support", dependencies: ["A"], path: "Tests/Support"),
            .testTarget(name: "ATests", dependencies: ["A"]),
            """,
        page: """
            | [`B`](B.md) | what; more | `CMPI` `A` |

            | never | imports | because |
            |---|---|---|
            | `A`, `B` | `C` | of that |

            """)

    @Test func packageAndPageAreRead() {
        #expect(example.imports == ["CMPI": [], "A": [], "B": ["A", "CMPI"], "C": ["B"]])
        #expect(example.described == ["B": ["A", "CMPI"]])
        #expect(example.forbidden.map(\.modules) == [["A", "B"]])
        #expect(example.forbidden.map(\.imports) == [["C"]])
        #expect(example.reach("C") == ["A", "B", "CMPI"])
    }
}
