import Diagnostics
import Foundation
import HDF5

/// How the recorded weights of a projection are distributed, at the end and over time.
struct WeightFigure {
    private static let bins = 40
    /// Most samples that are drawn.
    private static let columns = 160

    let report: WeightReport
    private var units = ""
    private var low = 0.0
    private var high = 0.0
    private var mean = 0.0
    /// Synapses by bin at the end.
    private var counts = [Int](repeating: 0, count: bins)
    /// The same by drawn sample, and their times in ms.
    private var history: [[Int]] = []
    private var times: [Double] = []

    /// Reads a file of weights.
    ///
    /// - Parameter path: Of the file that `report` names.
    /// - Throws: `.noInput`, `.badInput`.
    init(_ report: WeightReport, path: String) throws(Failure) {
        self.report = report
        let file = try HDF5File(reading: path)
        _ = try file.openGroup("/edges")
        guard let name = try file.names(in: "/edges").first else { throw file.wrong("/edges", "holds no edges") }
        let group = "/edges/\(name)"
        let last = try HDF5Dataset(opening: "\(group)/0/syn_weight", in: file, type: .float32)
        guard last.extent.count == 1 else { throw file.wrong(last.path, "has more than one dimension") }
        units = file.text("units", of: last.handle) ?? ""
        var sum = 0.0
        var bounds: (low: Double, high: Double)?
        func widen(_ values: [Float]) {
            for value in values where value.isFinite {
                bounds = (min(bounds?.low ?? 0, Double(value)), max(bounds?.high ?? 0, Double(value)))
            }
        }
        try Self.forEachBlock(last) { values in
            widen(values)
            sum += values.reduce(0) { $0 + ($1.isFinite ? Double($1) : 0) }
        }
        mean = sum / Double(max(1, last.extent[0]))
        var samples: (data: HDF5Dataset, rows: [Int])?
        if try file.names(in: group).contains("history") {
            let time = try HDF5Dataset(opening: "\(group)/history/time", in: file, type: .float64)
            let data = try HDF5Dataset(opening: "\(group)/history/syn_weight", in: file, type: .float32)
            guard data.extent.count == 2, time.extent == [data.extent[0]], data.extent[1] == last.extent[0] else {
                throw file.wrong(data.path, "is not as long as its times and as wide as there are edges")
            }
            let count = min(data.extent[0], Self.columns)
            let rows = (0..<count).map { $0 * data.extent[0] / count }
            for row in rows {
                try Self.read(data, row, 1, widen)
                var value = [0.0]
                try Self.fill(&value, from: time, row, 1)
                times.append(value[0])
            }
            samples = (data, rows)
        }
        (low, high) = bounds ?? (0, 0)
        if !(high > low) { high = low + 1 }
        var counts = counts
        try Self.forEachBlock(last) { count($0, in: &counts) }
        self.counts = counts
        for row in samples?.rows ?? [] {
            var counts = [Int](repeating: 0, count: Self.bins)
            if let samples { try Self.read(samples.data, row, 1) { count($0, in: &counts) } }
            history.append(counts)
        }
    }

    private func count(_ values: [Float], in counts: inout [Int]) {
        let width = Double(Self.bins) / (high - low)
        for value in values where value.isFinite {
            counts[max(0, min(Self.bins - 1, Int((Double(value) - low) * width)))] += 1
        }
    }

    private static func forEachBlock(_ data: HDF5Dataset, _ body: ([Float]) -> Void) throws(Failure) {
        for start in stride(from: 0, to: data.extent[0], by: 1 << 16) {
            try read(data, start, min(1 << 16, data.extent[0] - start), body)
        }
    }

    private static func read(
        _ data: HDF5Dataset, _ start: Int, _ count: Int, _ body: ([Float]) -> Void
    ) throws(Failure) {
        var values = [Float](repeating: 0, count: data.extent.dropFirst().reduce(count, *))
        try fill(&values, from: data, start, count)
        body(values)
    }

    private static func fill<T>(
        _ values: inout [T], from data: HDF5Dataset, _ start: Int, _ count: Int
    ) throws(Failure) {
        var failure: Failure?
        values.withUnsafeMutableBytes { bytes in
            do throws(Failure) { try data.read(start, count, into: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    // MARK: - Drawing

    /// Says what the picture shows.
    var caption: String {
        let text =
            "\(report.projection): \(Numbers.grouped(report.synapses)) synapses, mean \(Numbers.short(mean)) \(units) "
            + "at the end"
        guard let last = times.last else { return text + "." }
        return text
            + "; on the right the share of synapses by weight at \(Numbers.grouped(report.samples)) times, until "
            + "\(Numbers.label(last)) ms, darker for more."
    }

    /// The picture: how many synapses have which weight at the end, and over time if there are several samples.
    func draw() -> SVG {
        let (left, top, plot, height) = (56.0, 10.0, 330.0, 130.0)
        var svg = SVG(width: 980, height: top + height + 44)
        let bottom = top + height
        let most = Double(max(1, counts.max() ?? 1))
        let bar = plot / Double(Self.bins)
        for tick in Numbers.ticks(to: most, count: 3) {
            let y = bottom - height * tick / most
            svg.line(left, y, left + plot, y, color: Palette.grid)
            svg.text(Numbers.label(tick), x: left - 7, y: y + 4, size: 11, color: Palette.faint, anchor: .end)
        }
        for (bin, count) in counts.enumerated() where count > 0 {
            let size = max(1, height * Double(count) / most)
            let from = low + (high - low) * Double(bin) / Double(Self.bins)
            svg.rectangle(
                x: left + bar * Double(bin) + 0.5, y: bottom - size, width: bar - 1, height: size,
                fill: Palette.population(0, of: 1),
                title: "from \(Numbers.short(from)) \(units): \(Numbers.grouped(count))")
        }
        svg.line(left, bottom, left + plot, bottom, color: Palette.frame)
        for (value, anchor) in [(low, SVG.Anchor.start), (high, .end)] {
            let x = left + plot * (value - low) / (high - low)
            svg.text(Numbers.short(value), x: x, y: bottom + 17, size: 11, color: Palette.faint, anchor: anchor)
        }
        svg.text("weight, \(units)", x: left + plot / 2, y: bottom + 34, size: 12, anchor: .middle)
        if history.count > 1 { drawHistory(&svg, left: 460, top: top, width: 500, height: height) }
        return svg
    }

    private func drawHistory(_ svg: inout SVG, left: Double, top: Double, width: Double, height: Double) {
        let (cell, row) = (width / Double(history.count), height / Double(Self.bins))
        for (column, counts) in history.enumerated() {
            let total = Double(max(1, counts.reduce(0, +)))
            for (bin, count) in counts.enumerated() where count > 0 {
                // The root shows small shares beside the large ones.
                svg.rectangle(
                    x: left + cell * Double(column), y: top + height - row * Double(bin + 1), width: cell + 0.3,
                    height: row + 0.3, fill: Palette.heat((Double(count) / total).squareRoot()))
            }
        }
        svg.line(left, top + height, left + width, top + height, color: Palette.frame)
        for (value, y) in [(low, top + height), (high, top + 9)] {
            svg.text(Numbers.short(value), x: left - 6, y: y, size: 11, color: Palette.faint, anchor: .end)
        }
        for (time, x, anchor) in [(times.first, left, SVG.Anchor.start), (times.last, left + width, .end)] {
            let text = Numbers.label(time ?? 0)
            svg.text(text, x: x, y: top + height + 17, size: 11, color: Palette.faint, anchor: anchor)
        }
        svg.text("time, ms", x: left + width / 2, y: top + height + 34, size: 12, anchor: .middle)
    }
}
