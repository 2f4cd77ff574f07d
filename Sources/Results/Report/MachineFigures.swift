import Foundation

/// Pictures of the ranks, and small ones in tables.
enum MachineFigures {
    static let phaseColors = [
        "#2166ac", "#4aa3c7", "#1b9e77", "#c98a00", "#d6604d", "#8e63b5", "#9aa5b1", "#b0447c", "#6b7a1e",
    ]

    /// One stacked bar a rank; of many ranks an even choice.
    static func ranks(_ seconds: [[Double]], names: [String]) -> SVG? {
        guard !seconds.isEmpty, !names.isEmpty else { return nil }
        let limit = 64
        let ranks = seconds.count <= limit ? Array(seconds.indices) : (0..<limit).map { $0 * seconds.count / limit }
        let (left, right, row) = (64.0, 20.0, ranks.count > 24 ? 11.0 : 18.0)
        let width = 980.0
        let top = 30.0
        let plot = width - left - right
        let end = max(ranks.map { seconds[$0].reduce(0, +) }.max() ?? 0, 1e-9)
        var svg = SVG(width: width, height: top + row * Double(ranks.count) + 44)
        let bottom = top + row * Double(ranks.count)
        for tick in Numbers.ticks(to: end, count: 8) {
            let x = left + plot * tick / end
            svg.line(x, top, x, bottom + 4, color: Palette.grid)
            svg.text(Numbers.label(tick), x: x, y: bottom + 17, size: 11, color: Palette.faint, anchor: .middle)
        }
        svg.text("seconds", x: left + plot / 2, y: bottom + 35, size: 12, anchor: .middle)
        for (index, rank) in ranks.enumerated() {
            let y = top + row * Double(index)
            var x = left
            for (phase, value) in seconds[rank].enumerated() where phase < names.count && value > 0 {
                let length = plot * value / end
                svg.rectangle(
                    x: x, y: y + 1, width: length, height: row - 2, fill: phaseColors[phase % phaseColors.count],
                    title: "rank \(rank), \(names[phase]): \(Numbers.seconds(value))")
                x += length
            }
            if row >= 14 || index % 4 == 0 {
                svg.text(
                    index == 0 ? "rank \(rank)" : "\(rank)", x: left - 8, y: y + row / 2 + 4, size: 11,
                    color: Palette.faint, anchor: .end)
            }
        }
        var x = left
        for (phase, name) in names.enumerated() {
            svg.rectangle(x: x, y: 8, width: 11, height: 11, fill: phaseColors[phase % phaseColors.count], radius: 2)
            svg.text(name, x: x + 16, y: 18, size: 12)
            x += 36 + 7.2 * Double(name.count)
        }
        return svg
    }

    /// A row of bars without axes, for a table.
    static func spark(_ values: [Double], color: String) -> String {
        guard let most = values.max(), most > 0 else { return "" }
        let groups = min(60, values.count)
        var svg = SVG(width: 120, height: 22)
        for group in 0..<groups {
            let part = values[(group * values.count / groups)..<((group + 1) * values.count / groups)]
            let height = 20 * (part.max() ?? 0) / most
            svg.rectangle(
                x: 120 * Double(group) / Double(groups), y: 21 - height, width: 120 / Double(groups) - 0.4,
                height: height,
                fill: color)
        }
        return svg.document(label: "rate over time")
    }
}
