import Foundation

/// An SVG picture being drawn; all text is escaped.
struct SVG {
    let width: Double
    let height: Double
    private var body = ""

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    /// A coordinate with at most two decimals.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let scaled = (value * 100).rounded() / 100
        if scaled == scaled.rounded() && abs(scaled) < 1e9 { return String(Int(scaled)) }
        var text = String(format: "%.2f", scaled)
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }

    /// `text` with the characters that mean something to XML replaced, scalar by scalar.
    static func escape(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
            case "'": out.append(contentsOf: "&#39;".unicodeScalars)
            case "\t", "\n": out.append(" ")
            // Not allowed in XML at all.
            case _ where scalar.value < 32: out.append("\u{FFFD}")
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, fill: String, radius: Double = 0, title: String? = nil,
        opacity: Double = 1
    ) {
        body += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0, width)))\""
        body += " height=\"\(Self.number(max(0, height)))\" fill=\"\(fill)\""
        if radius > 0 { body += " rx=\"\(Self.number(radius))\"" }
        if opacity < 1 { body += " opacity=\"\(Self.number(opacity))\"" }
        body += title.map { "><title>\(Self.escape($0))</title></rect>\n" } ?? "/>\n"
    }

    mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Double = 1
    ) {
        body += "<path d=\"M\(Self.number(x1)) \(Self.number(y1))L\(Self.number(x2)) \(Self.number(y2))\""
        body += " stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\" fill=\"none\"/>\n"
    }

    mutating func path(
        _ data: String, stroke: String = "none", width: Double = 1, fill: String = "none", opacity: Double = 1,
        round: Bool = false, title: String? = nil
    ) {
        guard !data.isEmpty else { return }
        body += "<path d=\"\(data)\" stroke=\"\(stroke)\" stroke-width=\"\(Self.number(width))\" fill=\"\(fill)\""
        if opacity < 1 { body += " opacity=\"\(Self.number(opacity))\"" }
        if round { body += " stroke-linecap=\"round\" stroke-linejoin=\"round\"" }
        body += title.map { "><title>\(Self.escape($0))</title></path>\n" } ?? "/>\n"
    }

    enum Anchor: String { case start, middle, end }

    mutating func text(
        _ text: String, x: Double, y: Double, size: Double = 12, color: String = Palette.text, anchor: Anchor = .start,
        weight: Int = 400, rotate: Double = 0, title: String? = nil, halo: String? = nil
    ) {
        body += "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\""
        body += " fill=\"\(color)\""
        if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
        if weight != 400 { body += " font-weight=\"\(weight)\"" }
        if let halo {
            body += " stroke=\"\(halo)\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\""
        }
        if rotate != 0 { body += " transform=\"rotate(\(Self.number(rotate)) \(Self.number(x)) \(Self.number(y)))\"" }
        body += ">\(title.map { "<title>\(Self.escape($0))</title>" } ?? "")\(Self.escape(text))</text>\n"
    }

    /// The picture; `alone` gives a file of its own with a background.
    func document(label: String, alone: Bool = false) -> String {
        let size = "\(Self.number(width)) \(Self.number(height))"
        var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\""
        if alone { text += " width=\"\(Self.number(width))\" height=\"\(Self.number(height))\"" }
        text += " role=\"img\" aria-label=\"\(Self.escape(label))\" font-family=\"\(Palette.font)\">\n"
        if alone { text += "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n" }
        return text + body + "</svg>\n"
    }
}

/// Colours and type of all pictures.
enum Palette {
    static let text = "#1f2933"
    static let faint = "#66727f"
    static let grid = "#e4e8ec"
    static let frame = "#c3cbd3"
    static let band = "#f6f8fa"
    static let card = "#ffffff"
    /// A chip that no packet passed.
    static let idle = "#e9edf1"
    static let board = "#7b8794"
    static let font = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

    /// Distinguishable on white, also with common colour blindness.
    private static let few = [
        "#2166ac", "#d6604d", "#1b9e77", "#8e63b5", "#c98a00", "#4aa3c7", "#b0447c", "#6b7a1e",
    ]

    /// The colour of population `index` of `count`.
    static func population(_ index: Int, of count: Int) -> String {
        if count <= few.count { return few[index % few.count] }
        // Hues a golden angle apart, so neighbours differ.
        let hue = (Double(index) * 137.508 + 212).truncatingRemainder(dividingBy: 360)
        return "hsl(\(Int(hue)),\(index % 2 == 0 ? 58 : 48)%,\([40, 50, 33][index % 3])%)"
    }

    /// From light to dark as `share` goes from 0 to 1, as on the page of `spinnsim map --html`.
    static func heat(_ share: Double) -> String {
        let stops: [(Double, Double, Double)] = [
            (198, 226, 236), (108, 182, 208), (52, 127, 176), (52, 76, 148), (62, 24, 94),
        ]
        let position = max(0, min(1, share)) * Double(stops.count - 1)
        let index = min(stops.count - 2, Int(position))
        let (a, b, t) = (stops[index], stops[index + 1], position - Double(index))
        func mix(_ p: Double, _ q: Double) -> Int { Int((p + (q - p) * t).rounded()) }
        return "rgb(\(mix(a.0, b.0)),\(mix(a.1, b.1)),\(mix(a.2, b.2)))"
    }
}
