import Foundation
import TestSupport

/// The Markdown pages of this repository, their headings, links and citations.
struct Pages {
    /// By path from the repository's root: the page's text without fenced code.
    let texts: [String: String]

    init(texts: [String: String]) { self.texts = texts }

    /// Reads all pages.
    init() throws {
        var texts: [String: String] = [:]
        for path in try Self.files(where: { $0.hasSuffix(".md") }) { texts[path] = try Self.text(of: path) }
        self.init(texts: texts)
    }

    static let folders = [".ci", "Benchmarks", "Documentation", "Scripts", "Sources", "Tests", "Topologies"]

    /// Paths from the root, ascending.
    static func files(where isWanted: (String) -> Bool) throws -> [String] {
        var paths = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
        for folder in folders {
            let inside = FileManager.default.enumerator(atPath: Repository.root.appending(path: folder).path)
            paths += inside?.compactMap { ($0 as? String).map { "\(folder)/\($0)" } } ?? []
        }
        return paths.filter(isWanted).sorted()
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
    }

    /// The page's headings as they read.
    func headings(of page: String) -> [String] {
        withoutFences(texts[page] ?? "").split(separator: "\n").compactMap { line in
            guard let match = line.prefixMatch(of: /#{1,6} +(.+)/) else { return nil }
            return String(match.1)
        }
    }

    /// The anchors that a code-hosting site gives the page's headings.
    func anchors(of page: String) -> Set<String> {
        Set(
            headings(of: page).map { heading in
                String(
                    heading.lowercased().compactMap { character -> Character? in
                        if character == " " { return "-" }
                        return character.isLetter || character.isNumber || "-_".contains(character) ? character : nil
                    })
            })
    }

    private func withoutFences(_ text: String) -> String { text.replacing(/(?s)```.*?```/, with: "") }

    // MARK: - Faults

    /// Links of a page that lead nowhere: files that are not there, anchors that no heading has, links of other tools.
    ///
    /// - Parameter exists: whether there is a file or folder at a path from the root.
    func deadLinks(of page: String, exists: (String) -> Bool) -> [String] {
        let text = withoutFences(texts[page] ?? "")
        var dead = text.matches(of: /<doc:[^>]*>/).map { String($0.output) }
        for match in text.replacing(/`[^`\n]*`/, with: "").matches(of: /\]\(([^()\s]+)\)/) {
            let link = String(match.1)
            if link.hasPrefix("http://") || link.hasPrefix("https://") { continue }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let target = parts[0].isEmpty ? page : Self.path(String(parts[0]), from: page)
            if !exists(target) || parts.count == 2 && !anchors(of: target).contains(String(parts[1])) {
                dead.append(link)
            }
        }
        // Paths in code font, whole names only.
        for match in text.matches(of: /`((?:Sources|Scripts|Tests|Topologies|Documentation|Benchmarks)\/[\w.\/-]+)`/) {
            let target = String(match.1)
            if !exists(target.hasSuffix("/") ? String(target.dropLast()) : target) { dead.append(target) }
        }
        return dead
    }

    /// A relative link's target as a path from the root.
    private static func path(_ link: String, from page: String) -> String {
        var parts = page.split(separator: "/").dropLast().map(String.init)
        for part in link.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    /// What comments of a file cite and nobody who clones the repository has: pages, and headings of pages.
    ///
    /// A citation is a page's path, or the end of one that is unique, and perhaps headings: `Page.md, "Heading" and
    /// "Another"`.
    func deadCitations(in source: String) -> [String] {
        let joined = source.replacing(/\n[ \t]*(?:\/\/\/?|#)[ \t]?/, with: " ")
        var dead: [String] = []
        for match in joined.matches(of: /([\w.\/-]+\.md)\b((?:(?:,| and) "[^"\n]+")*)/) {
            let name = String(match.1)
            let pages = texts.keys.filter { $0 == name || $0.hasSuffix("/" + name) }
            guard let page = pages.contains(name) ? name : pages.count == 1 ? pages.first : nil else {
                dead.append(name)
                continue
            }
            let known = headings(of: page)
            for heading in match.2.matches(of: /"([^"]+)"/) where !known.contains(String(heading.1)) {
                dead.append("\(name), \"\(heading.1)\"")
            }
        }
        return dead
    }
}
