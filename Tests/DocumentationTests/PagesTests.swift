import Foundation
import TestSupport
import Testing

/// Every page that is cited or linked is there, with the heading that is named.
@Suite struct PagesTests {
    private let pages: Pages

    init() throws { pages = try Pages() }

    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: Repository.root.appending(path: path).path)
    }

    @Test func linksLeadSomewhere() {
        #expect(pages.texts.count > 10)
        for page in pages.texts.keys.sorted() {
            let dead = pages.deadLinks(of: page, exists: exists)
            #expect(dead.isEmpty, "\(page)")
        }
    }

    @Test func commentsCitePagesThatAreThere() throws {
        var citing = 0
        let files = try Pages.files { path in
            path.hasPrefix("Sources/") && path.hasSuffix(".swift") || path == "Package.swift"
                || path.hasPrefix("Tests/") && path.hasSuffix(".swift") && !path.hasPrefix("Tests/DocumentationTests/")
                || path.hasPrefix("Scripts/")
        }
        for path in files {
            guard let source = try? Pages.text(of: path) else { continue }
            if source.contains("Documentation/Chip.md") { citing += 1 }
            let dead = pages.deadCitations(in: source)
            #expect(dead.isEmpty, "\(path)")
        }
        #expect(citing > 40)
    }

    /// Where a formula comes from is a page or a publication, not a paragraph of a document that is elsewhere.
    @Test func noParagraphsOfAbsentDocuments() throws {
        let isTold = { (path: String) in path.hasSuffix(".swift") || path.hasSuffix(".md") }
        for path in try Pages.files(where: { isTold($0) && !$0.hasPrefix("Tests/DocumentationTests/") }) {
            #expect(!(try Pages.text(of: path)).contains("§"), "\(path)")
        }
    }

    // MARK: - The finder itself

    private let example = Pages(texts: [
        "Documentation/A.md": """
        # A page

        ## Rows, and more

        ```
        # no heading
        [no](link.md)
        ```
        [up](../B.md#one-two)
        """,
        "B.md": """
        ## One two
        [down](Documentation/A.md#rows-and-more) [gone](C.md) [lost](#three) <doc:A> `Sources/none`
        """,
    ])

    @Test func deadLinksAreFound() {
        let exists = { (path: String) in ["Documentation/A.md", "B.md"].contains(path) }
        #expect(example.deadLinks(of: "Documentation/A.md", exists: exists) == [])
        #expect(example.deadLinks(of: "B.md", exists: exists) == ["<doc:A>", "C.md", "#three", "Sources/none"])
    }

    @Test(arguments: [
        ("/// - Source: Documentation/A.md, \"A page\" and \"Rows, and more\".", []),
        ("/// - Source: A.md,\n    ///   \"A page\".", []),
        ("/// - Source: A.md, \"no heading\".", ["A.md, \"no heading\""]),
        ("# See Documentation/Z.md.", ["Documentation/Z.md"]),
    ])
    func deadCitationsAreFound(_ comment: String, _ dead: [String]) {
        #expect(example.deadCitations(in: comment) == dead)
    }
}
