/// JSON being written, members in the order given.
public indirect enum JSONText {
    case integer(Int)
    case real(Double)
    case string(String)
    case bool(Bool)
    case array([JSONText])
    case object([(String, JSONText)])
    case null
    /// JSON that is written already.
    case raw(String)

    public static func integers(_ values: some Sequence<some BinaryInteger>) -> JSONText {
        .array(values.map { .integer(Int($0)) })
    }

    /// The text; objects are broken into lines down to a depth, below that they stay on one line.
    public func text(lines depth: Int = 0) -> String {
        var out = ""
        write(to: &out, depth, indent: "")
        return out
    }

    private func write(to out: inout String, _ depth: Int, indent: String) {
        switch self {
        case .integer(let value): out += "\(value)"
        case .real(let value): out += Self.number(value)
        case .string(let text): Self.quote(text, to: &out)
        case .null: out += "null"
        case .raw(let text): out += text
        case .bool(let value): out += value ? "true" : "false"
        case .array(let elements):
            Self.list("[", "]", elements.indices, to: &out, depth, indent) { index, out, depth, indent in
                elements[index].write(to: &out, depth, indent: indent)
            }
        case .object(let members):
            Self.list("{", "}", members.indices, to: &out, depth, indent) { index, out, depth, indent in
                Self.quote(members[index].0, to: &out)
                out += ": "
                members[index].1.write(to: &out, depth, indent: indent)
            }
        }
    }

    private static func list(
        _ open: String, _ close: String, _ indices: Range<Int>, to out: inout String, _ depth: Int, _ indent: String,
        _ body: (Int, inout String, Int, String) -> Void
    ) {
        out += open
        let inner = depth > 0 ? indent + "  " : indent
        for index in indices {
            if index > indices.lowerBound { out += depth > 0 ? "," : ", " }
            if depth > 0 { out += "\n" + inner }
            body(index, &out, depth - 1, inner)
        }
        if depth > 0 && !indices.isEmpty { out += "\n" + indent }
        out += close
    }

    /// Six digits behind the point, no more than are needed; what is not finite becomes null.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        guard abs(value) < 1e9 else { return "\(value)" }
        let rounded = (value * 1e6).rounded() / 1e6
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    /// A string literal that is safe inside a page's script element.
    private static func quote(_ text: String, to out: inout String) {
        out += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\0"..."\u{1F}", "<", ">", "&", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        out += "\""
    }
}
