/// Words for messages: input made safe to print, and suggestions.
public enum Wording {
    /// Text from a file, safe for a terminal and cut to `limit` characters.
    public static func printable(_ text: String, limit: Int = 60) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return result + "…" }
            count += 1
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The same for a few lines: their ends stay.
    public static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0), limit: 400) }
            .joined(separator: "\n")
    }

    /// Text from a file in quotes, safe for a terminal.
    public static func quoted(_ text: String) -> String { "\"" + printable(text) + "\"" }

    /// A number as a person would write it: without `.0`.
    public static func number(_ value: Double) -> String {
        Int(exactly: value).map { String($0) } ?? "\(value)"
    }

    /// A word of a key as `0x0012FFFF`.
    public static func hexadecimal(_ word: UInt32) -> String {
        let digits = String(word, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// `a, b or c`.
    public static func choices(_ names: some Collection<String>, limit: Int = 12) -> String {
        guard names.count <= limit else { return names.prefix(limit).joined(separator: ", ") + ", …" }
        guard let last = names.suffix(1).first, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    /// The name most like `wrong`, if it is like any.
    public static func nearest(_ wrong: String, of names: some Sequence<String>) -> String? {
        guard wrong.utf8.count <= 64 else { return nil }
        var best: (name: String, distance: Int)?
        for name in names where name.utf8.count <= 64 {
            let distance = distance(wrong, name)
            guard distance <= max(1, min(wrong.utf8.count, name.utf8.count) / 2 - (name.utf8.count > 5 ? 1 : 0))
            else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
        }
        return best?.name
    }

    /// `; did you mean "x"?`, or nothing.
    public static func suggestion(for wrong: String, of names: some Sequence<String>) -> String {
        nearest(wrong, of: names).map { "; did you mean \(quoted($0))?" } ?? ""
    }

    /// Edit distance with insertion, deletion, replacement and exchange of neighbours, ignoring case.
    public static func distance(_ first: String, _ second: String) -> Int {
        let a = Array(first.lowercased().utf8)
        let b = Array(second.lowercased().utf8)
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            row.reserveCapacity(b.count + 1)
            for j in 1...b.count {
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
