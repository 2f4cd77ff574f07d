// Connections as text: a row a line, numbers between commas, spaces or tabs.
//
// The columns are pre, post, weight and delay, or the first two; a header of names may put them in another order, as a
// line of its own or as PyNN writes it, `# columns = ["i", "j", "weight", "delay"]`. Other lines that begin with # are
// comments.

import Diagnostics
import Glibc
import Topology

/// Parses connections written as text.
struct TextConnections {
    private enum Column: Int { case pre, post, weight, delay }

    private static let names: [String: Column] = [
        "pre": .pre, "i": .pre, "source": .pre, "source_node_id": .pre, "post": .post, "j": .post, "target": .post,
        "target_node_id": .post, "weight": .weight, "syn_weight": .weight, "delay": .delay,
    ]

    private let file: String
    private var rows: ConnectionRows
    private var columns: [Column] = []
    private var line = 0
    /// Values of a row, by column.
    private var values: [Double] = []

    /// Parses a whole file.
    ///
    /// - Throws: `badInput` with file and line of the first mistake.
    static func parse(_ bytes: [UInt8], file: String, _ limits: ConnectionRows.Limits) throws(Failure)
        -> ConnectionRows
    {
        var parser = TextConnections(file: file, rows: ConnectionRows(limits))
        // A row has seven characters or more, unless it has few neurons.
        parser.rows.reserve(bytes.count / 16)
        var failure: Failure?
        bytes.withUnsafeBufferPointer { buffer in
            do throws(Failure) { try parser.parse(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return parser.rows
    }

    private init(file: String, rows: ConnectionRows) {
        self.file = file
        self.rows = rows
    }

    private func wrong(_ message: String) -> Failure { Failure(.badInput, "error \(file):\(line): \(message)") }

    private mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            line += 1
            var last = end
            if last > start, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
            try parseLine(UnsafeBufferPointer(rebasing: bytes[start..<last]))
            start = end + 1
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private mutating func parseLine(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
        var at = 0
        while at < bytes.count, Self.isBlank(bytes[at]) { at += 1 }
        guard at < bytes.count else { return }
        guard bytes.count <= 4096 else { throw wrong("the line is longer than 4096 bytes") }
        switch bytes[at] {
        case UInt8(ascii: "#"): return try readComment(bytes)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "\""):
            // `nan` and `inf` are no headers.
            if columns.isEmpty { return try readHeader(String(decoding: bytes, as: UTF8.self)) }
        default: break
        }
        values.removeAll(keepingCapacity: true)
        while true {
            let field = at
            while at < bytes.count, bytes[at] != UInt8(ascii: ","), !Self.isBlank(bytes[at]) { at += 1 }
            values.append(try number(UnsafeBufferPointer(rebasing: bytes[field..<at])))
            var hasComma = false
            while at < bytes.count, Self.isBlank(bytes[at]) || (bytes[at] == UInt8(ascii: ",") && !hasComma) {
                if bytes[at] == UInt8(ascii: ",") { hasComma = true }
                at += 1
            }
            guard at < bytes.count else {
                if hasComma { throw wrong("the line ends with a comma") }
                break
            }
        }
        if columns.isEmpty {
            guard values.count == 2 || values.count == 4 else {
                throw wrong(
                    "expected 2 columns (pre, post) or 4 (pre, post, weight, delay), got \(values.count); "
                        + "a header line can name others")
            }
            columns = Array([Column.pre, .post, .weight, .delay].prefix(values.count))
        }
        guard values.count == columns.count else {
            throw wrong("expected \(columns.count) columns like the lines before, got \(values.count)")
        }
        var (pre, post) = (0, 0)
        var weight: Double?
        var delay: Double?
        for (column, value) in zip(columns, values) {
            switch column {
            case .pre: pre = try index(value, "source")
            case .post: post = try index(value, "target")
            case .weight: weight = value
            case .delay: delay = value
            }
        }
        if let mistake = rows.add(pre: pre, post: post, weight: weight, delay: delay) { throw wrong(mistake.message) }
    }

    private func index(_ value: Double, _ what: String) throws(Failure) -> Int {
        guard let index = Int(exactly: value) else { throw wrong("the \(what) must be a whole number, got \(value)") }
        return index
    }

    // MARK: - Headers

    /// `# columns = ["i", "j", …]`, or any other comment.
    private mutating func readComment(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) {
        let text = String(decoding: bytes, as: UTF8.self).drop { $0 == "#" || $0 == " " || $0 == "\t" }
        guard text.hasPrefix("columns"), let equals = text.firstIndex(of: "=") else { return }
        let list = text[text.index(after: equals)...].filter { !"[]()".contains($0) }
        try readHeader(String(list))
    }

    private mutating func readHeader(_ text: String) throws(Failure) {
        guard columns.isEmpty else { throw wrong("a header must stand before the first connection, and once") }
        let words = text.split { ",;".contains($0) || $0.isWhitespace }.map { word in
            word.trimmingQuotes().lowercased()
        }
        var found: [Column] = []
        for word in words {
            guard let column = Self.names[word] else {
                throw wrong("there is no column \"\(safe(word))\"; there are pre (or i), post (or j), weight and delay")
            }
            guard !found.contains(column) else { throw wrong("the column \"\(safe(word))\" is there twice") }
            found.append(column)
        }
        guard found.contains(.pre), found.contains(.post) else { throw wrong("the header must name pre and post") }
        columns = found
    }

    private func safe(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(40).map {
                $0.isASCII && $0.value >= 0x20 && $0.value < 0x7F ? Character($0) : "?"
            })
    }

    // MARK: - Numbers

    /// A decimal number; of up to 15 digits and a small exponent by one exact operation, else by the C library.
    private func number(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Double {
        var at = 0
        var isNegative = false
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
            isNegative = bytes[at] == UInt8(ascii: "-")
            at += 1
        }
        var digits = 0
        var fraction = 0
        var mantissa: UInt64 = 0
        var hasPoint = false
        while at < bytes.count {
            let byte = bytes[at]
            if byte >= 0x30, byte <= 0x39 {
                digits += 1
                mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                if hasPoint { fraction += 1 }
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            at += 1
        }
        if at == bytes.count, digits > 0, digits <= 15 {
            let value = Double(mantissa) / Self.powersOfTen[fraction]
            return isNegative ? -value : value
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
        guard isPlain, digits > 0, let value = Double(text), value.isFinite else {
            throw wrong("\"\(safe(text))\" is not a number")
        }
        return value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
}

extension Substring {
    fileprivate func trimmingQuotes() -> Substring {
        let quotes: Set<Character> = ["\"", "'"]
        return drop { quotes.contains($0) }.prefix { !quotes.contains($0) }
    }
}
