import Foundation

/// Numbers as people read them.
enum Numbers {
    /// 1234567 as `1,234,567`.
    static func grouped(_ value: Int) -> String {
        var out = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0 && index % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return (value < 0 ? "-" : "") + String(out.reversed())
    }

    /// Three significant digits, without exponent where that is short.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        if value == 0 { return "0" }
        let size = abs(value)
        if size >= 1000 && size < 1e9 { return grouped(Int(value.rounded())) }
        return String(format: "%.3g", value)
    }

    /// Seconds in a unit that suits them.
    static func seconds(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let size = abs(value)
        if size == 0 { return "0 s" }
        if size < 1e-3 { return String(format: "%.3g µs", value * 1e6) }
        if size < 1 { return String(format: "%.3g ms", value * 1e3) }
        if size < 1000 || size >= 1e9 { return String(format: "%.3g s", value) }
        return grouped(Int(value.rounded())) + " s"
    }

    /// Bytes in a unit that suits them.
    static func bytes(_ value: Double) -> String {
        var value = value
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1024 { return "\(String(format: "%.3g", value)) \(unit)" }
            value /= 1024
        }
        return "\(String(format: "%.4g", value)) TiB"
    }

    /// The part of `whole` that `part` is.
    static func percent(_ part: Double, of whole: Double) -> String {
        whole > 0 ? String(format: "%.0f %%", 100 * part / whole) : "–"
    }

    /// About `count` round numbers from 0 to `end`.
    static func ticks(to end: Double, count: Int = 6) -> [Double] {
        guard end > 0, end.isFinite else { return [0] }
        let step = nice(end / Double(count))
        return (0...Int((end / step + 1e-9).rounded(.down))).map { Double($0) * step }
    }

    /// The next number of the form 1, 2 or 5 times a power of ten that is not less than `value`.
    static func nice(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 1 }
        let power = pow(10, log10(value).rounded(.down))
        for factor in [1.0, 2, 5] where value <= factor * power * (1 + 1e-9) { return factor * power }
        return 10 * power
    }

    /// A tick's label.
    static func label(_ value: Double) -> String {
        guard abs(value) < 1e15 else { return String(format: "%.3g", value) }
        return abs(value) >= 1000
            ? grouped(Int(value.rounded())) : String(format: "%.10g", (value * 1e9).rounded() / 1e9)
    }
}
