import Foundation

/// The raster of all recorded populations with their rates under it, on one time axis.
struct RasterFigure {
    private let statistics: SpikeStatistics
    /// Numbers of the recorded populations.
    private let shown: [Int]
    private let left = 116.0
    private let right = 26.0
    private let width = 980.0
    private let top = 12.0
    private let gap = 26.0
    private let rateHeight = 130.0
    private let rasterHeight: Double
    private let bands: [(top: Double, height: Double)]
    /// Model time in the axis' unit.
    private let duration: Double
    private let unit: String

    init(_ statistics: SpikeStatistics) {
        self.statistics = statistics
        let run = statistics.run
        shown = run.populations.indices.filter { run.populations[$0].recordsSpikes }
        let milliseconds = max(run.timestep, Double(run.steps) * run.timestep)
        unit = milliseconds > 10_000 ? "s" : "ms"
        duration = unit == "s" ? milliseconds / 1000 : milliseconds
        // Heights by size, but every population wide enough for its name.
        let count = Double(max(1, shown.count))
        let least = min(16, max(12, 320 / count))
        let spacing = shown.count > 1 ? 2.0 : 0
        let height = max(320, count * (least + spacing))
        let sizes = shown.map { Double(run.populations[$0].size) }
        let total = max(1, sizes.reduce(0, +))
        let free = height - count * (least + spacing)
        var y = top
        bands = sizes.map { size in
            let band = (top: y, height: least + free * size / total)
            y += band.height + spacing
            return band
        }
        rasterHeight = height
    }

    private var plotWidth: Double { width - left - right }
    private var rateTop: Double { top + rasterHeight + gap }
    private var height: Double { rateTop + rateHeight + 40 }

    /// The picture.
    func draw() -> SVG {
        var svg = SVG(width: width, height: height)
        drawTimeAxis(&svg)
        drawBands(&svg)
        drawDots(&svg)
        drawRates(&svg)
        return svg
    }

    /// What the raster leaves out.
    var caption: String {
        var parts: [String] = []
        if statistics.neuronShare < 1 {
            parts.append("one neuron in \(Numbers.short((1 / statistics.neuronShare).rounded()))")
        }
        if statistics.spikeShare < 0.999 {
            parts.append("\(Numbers.percent(statistics.spikeShare, of: 1)) of their spikes, chosen at random")
        }
        let bin = Numbers.label(Double(statistics.binSteps) * statistics.run.timestep)
        let what = parts.isEmpty ? "All spikes of all recorded neurons" : "Spikes of " + parts.joined(separator: "; ")
        return "\(what). Rates in bins of \(bin) ms."
    }

    private func color(_ index: Int) -> String { Palette.population(index, of: shown.count) }

    private func x(_ step: Double) -> Double {
        left + plotWidth * step / Double(max(1, statistics.run.steps))
    }

    private func drawTimeAxis(_ svg: inout SVG) {
        let bottom = rateTop + rateHeight
        for tick in Numbers.ticks(to: duration, count: 10) {
            let x = left + plotWidth * tick / duration
            svg.line(x, top, x, top + rasterHeight, color: Palette.grid)
            svg.line(x, rateTop, x, bottom, color: Palette.grid)
            svg.line(x, bottom, x, bottom + 4, color: Palette.frame)
            svg.text(Numbers.label(tick), x: x, y: bottom + 17, size: 11, color: Palette.faint, anchor: .middle)
        }
        svg.text("time (\(unit))", x: left + plotWidth / 2, y: bottom + 34, size: 12, anchor: .middle)
    }

    private func drawBands(_ svg: inout SVG) {
        for (index, population) in shown.enumerated() {
            let band = bands[index]
            let name = statistics.run.populations[population].name
            let size = statistics.run.populations[population].size
            svg.rectangle(
                x: left, y: band.top, width: plotWidth, height: band.height, fill: color(index), opacity: 0.05)
            svg.rectangle(x: left - 5, y: band.top, width: 3, height: band.height, fill: color(index))
            let middle = band.top + band.height / 2
            let title = "\(name): \(Numbers.grouped(size)) neurons"
            let label = name.count > 14 ? "\(name.prefix(13))…" : name
            if band.height >= 32 {
                svg.text(
                    label, x: left - 12, y: middle - 1, size: 13, color: color(index), anchor: .end, weight: 600,
                    title: title)
                svg.text(
                    "\(Numbers.grouped(size))", x: left - 12, y: middle + 14, size: 11, color: Palette.faint,
                    anchor: .end)
            } else {
                svg.text(
                    label, x: left - 12, y: middle + 4, size: min(12, band.height), color: color(index), anchor: .end,
                    weight: 600, title: title)
            }
        }
        if shown.isEmpty {
            svg.text(
                "no population records spikes", x: left + plotWidth / 2, y: top + rasterHeight / 2, size: 14,
                color: Palette.faint, anchor: .middle)
        }
    }

    private func drawDots(_ svg: inout SVG) {
        let numbers = Dictionary(uniqueKeysWithValues: shown.enumerated().map { ($1, $0) })
        var paths = shown.map { _ in "" }
        // Dense pictures get finer marks.
        let mark = statistics.dots.count > 12_000 ? 1.3 : statistics.dots.count > 3000 ? 1.7 : 2.2
        let columns = plotWidth / Double(max(1, statistics.run.steps))
        let stroke = max(mark, min(3, columns * 0.6))
        for dot in statistics.dots {
            guard let index = numbers[dot.population] else { continue }
            let band = bands[index]
            let size = Double(max(1, statistics.run.populations[dot.population].size))
            let row = band.height / size
            let x = SVG.number(x(Double(dot.step) + 0.5))
            let y = band.top + row * (Double(dot.neuron) + 0.5)
            // Few neurons are drawn as strokes, many as dots.
            let half = row > 4 ? min(row * 0.4, 10) : 0
            paths[index] += "M\(x) \(SVG.number(y - half))" + (half > 0 ? "v\(SVG.number(2 * half))" : "h0")
        }
        for (index, path) in paths.enumerated() {
            svg.path(path, stroke: color(index), width: stroke, opacity: 0.85, round: true)
        }
        svg.path(box(top, rasterHeight), stroke: Palette.frame)
    }

    private func drawRates(_ svg: inout SVG) {
        let curves = shown.map { statistics.rates($0) }
        // Many populations: each faint, and the mean over all neurons on top.
        let isCrowded = shown.count > 8
        let peak = curves.flatMap { $0 }.max() ?? 0
        let end = peak > 0 ? Numbers.ticks(to: Numbers.nice(peak / 4) * 5, count: 5) : [0, 1]
        let top = (end.first { $0 >= peak * 1.02 } ?? end.last) ?? 1
        func y(_ rate: Double) -> Double { rateTop + rateHeight * (1 - rate / max(top, 1e-9)) }
        for tick in Numbers.ticks(to: top, count: 4) {
            svg.line(left, y(tick), left + plotWidth, y(tick), color: Palette.grid)
            svg.text(Numbers.label(tick), x: left - 9, y: y(tick) + 4, size: 11, color: Palette.faint, anchor: .end)
        }
        svg.text(
            "rate (Hz per neuron)", x: left - 62, y: rateTop + rateHeight / 2, size: 12, anchor: .middle, rotate: -90)
        // Large populations last: theirs are the smooth curves.
        let sizes = shown.map { statistics.run.populations[$0].size }
        let total = sizes.reduce(0, +)
        for index in shown.indices.sorted(by: { sizes[$0] < sizes[$1] }) {
            let isFaint = isCrowded || sizes[index] * 20 < total
            svg.path(
                steps(curves[index], y), stroke: color(index), width: isFaint ? 1 : 1.6, opacity: isFaint ? 0.4 : 0.95,
                round: true)
        }
        if isCrowded { svg.path(steps(meanRate(curves), y), stroke: Palette.text, width: 2, round: true) }
        if isCrowded {
            svg.text(
                "black: mean of all neurons", x: left + plotWidth - 6, y: rateTop + 14, size: 11, color: Palette.faint,
                anchor: .end)
        }
        svg.path(box(rateTop, rateHeight), stroke: Palette.frame)
    }

    private func meanRate(_ curves: [[Double]]) -> [Double] {
        let sizes = shown.map { Double(statistics.run.populations[$0].recordedNeurons) }
        let total = max(1, sizes.reduce(0, +))
        var mean = [Double](repeating: 0, count: curves.first?.count ?? 0)
        for (curve, size) in zip(curves, sizes) {
            for bin in mean.indices { mean[bin] += curve[bin] * size / total }
        }
        return mean
    }

    private func steps(_ curve: [Double], _ y: (Double) -> Double) -> String {
        var path = ""
        for (bin, rate) in curve.enumerated() {
            let from = x(Double(bin * statistics.binSteps))
            let to = x(Double(min((bin + 1) * statistics.binSteps, max(1, statistics.run.steps))))
            path += "\(bin == 0 ? "M\(SVG.number(from)) " : "V")\(SVG.number(y(rate)))H\(SVG.number(to))"
        }
        return path
    }

    private func box(_ top: Double, _ height: Double) -> String {
        let (width, height) = (SVG.number(plotWidth), SVG.number(height))
        return "M\(SVG.number(left)) \(SVG.number(top))h\(width)v\(height)h-\(width)z"
    }
}
