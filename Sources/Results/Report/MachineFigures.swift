import Foundation

/// Pictures of the ranks and of the emulated machine.
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

    /// The chips of the machine, darker the more packets their routers saw; y grows upwards as on the machine.
    static func chips(_ packets: [(x: Int, y: Int, packets: Double)]) -> SVG? {
        guard let width = packets.map(\.x).max(), let height = packets.map(\.y).max(), width < 1024, height < 1024
        else {
            return nil
        }
        let cell = max(3, min(34, 420 / Double(max(width, height) + 1)))
        let (left, top) = (34.0, 8.0)
        let most = max(1, packets.map(\.packets).max() ?? 1)
        let plotHeight = cell * Double(height + 1)
        var svg = SVG(width: left + cell * Double(width + 1) + 12, height: top + plotHeight + 62)
        for chip in packets {
            svg.rectangle(
                x: left + cell * Double(chip.x), y: top + cell * Double(height - chip.y), width: cell - 1,
                height: cell - 1, fill: Palette.heat((chip.packets / most).squareRoot()), radius: min(3, cell / 8),
                title: "chip \(chip.x), \(chip.y): \(Numbers.short(chip.packets)) packets")
        }
        let every = Int(Numbers.nice(max(1, 18 / cell)).rounded())
        for x in stride(from: 0, through: width, by: every) {
            svg.text(
                "\(x)", x: left + cell * (Double(x) + 0.5), y: top + plotHeight + 14, size: 10.5, color: Palette.faint,
                anchor: .middle)
        }
        for y in stride(from: 0, through: height, by: every) {
            svg.text(
                "\(y)", x: left - 6, y: top + cell * (Double(height - y) + 0.5) + 4, size: 10.5, color: Palette.faint,
                anchor: .end)
        }
        let legend = top + plotHeight + 30
        let scale = min(160, cell * Double(width + 1))
        for part in 0..<32 {
            svg.rectangle(
                x: left + scale * Double(part) / 32, y: legend, width: scale / 32 + 0.5, height: 8,
                fill: Palette.heat((Double(part) / 31)))
        }
        svg.text("0", x: left, y: legend + 21, size: 10.5, color: Palette.faint)
        svg.text(
            "\(Numbers.short(most)) packets", x: left + scale, y: legend + 21, size: 10.5, color: Palette.faint,
            anchor: .end)
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
