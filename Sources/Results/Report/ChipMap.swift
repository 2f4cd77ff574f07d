import Machine

/// The emulated machine as a picture: chips as hexagons in the machine's triangular coordinates, x to the right and y
/// to the upper left, and on their edges the links, both directions of one side by side.
///
/// `spinnsim map --html` draws machines in the same way.
struct ChipMap {
    /// Packets that passed a chip's router.
    struct Chip {
        var x: Int
        var y: Int
        var packets: Double
    }

    /// Packets that left a chip by a link.
    struct Wire {
        var x: Int
        var y: Int
        /// The hardware's number.
        var link: Int
        var packets: Int
    }

    /// Machines with more chips are drawn without links, and chips without the texts that a pointer shows.
    static let mostDetailed = 2500
    /// Shades of colour.
    private static let levels = 32

    private let chips: [Chip]
    private let wires: [Wire]
    /// Edges between a board and what is beside it, from corner to corner of a chip.
    private let edges: [(x: Int, y: Int, link: Int)]
    /// Between the middles of neighbouring chips.
    private let scale: Double
    /// Where the chip (0, 0) is.
    private let origin: (x: Double, y: Double)
    private let size: (width: Double, height: Double)
    /// Corners of a hexagon around its middle, anticlockwise, in units of ``scale``; the side towards link l lies
    /// between corners l − 1 and l.
    private static let corners = [(0.5, -1), (0, -2), (-0.5, -1), (-0.5, 1), (0, 2), (0.5, 1)].map {
        (x: $0.0, y: $0.1 / 12.0.squareRoot())
    }

    /// A map of chips with coordinates from 0 to 1023; `nil` where there are none or others.
    ///
    /// - Parameter layout: The machine without faults, where it is known: chips that no packet passed are drawn, too,
    ///   and so are the edges of boards.
    init?(_ chips: [Chip], _ wires: [Wire], on layout: MachineLayout? = nil) {
        let seen = Set(chips.map { ChipCoordinate($0.x, $0.y) })
        let idle = (layout?.sites ?? []).map(\.coordinate).filter { !seen.contains($0) }
        let chips = chips + idle.map { Chip(x: $0.x, y: $0.y, packets: 0) }
        guard !chips.isEmpty, chips.allSatisfy({ (0..<1024).contains($0.x) && (0..<1024).contains($0.y) }) else {
            return nil
        }
        self.chips = chips
        self.wires = chips.count > Self.mostDetailed ? [] : wires.filter { (0..<6).contains($0.link) }
        edges = layout.map { Self.edges(of: $0) } ?? []
        let middles = chips.map { Self.middle(Double($0.x), Double($0.y)) }
        let (left, right) = (middles.map(\.x).min() ?? 0, middles.map(\.x).max() ?? 0)
        let (top, bottom) = (middles.map(\.y).min() ?? 0, middles.map(\.y).max() ?? 0)
        scale = min(62, 960 / (right - left + 1.2), 620 / (bottom - top + 1.3))
        origin = (x: scale * (0.6 - left), y: scale * (0.65 - top))
        size = (width: scale * (right - left + 1.2), height: scale * (bottom - top + 1.3))
    }

    /// The middle of a place in chip coordinates, in units of the distance between chips; y downwards.
    private static func middle(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        (x: x - y / 2, y: -y * 0.75.squareRoot())
    }

    private static func edges(of layout: MachineLayout) -> [(x: Int, y: Int, link: Int)] {
        let boards = Dictionary(layout.sites.map { ($0.coordinate, $0.board) }, uniquingKeysWith: { a, _ in a })
        return layout.sites.flatMap { site in
            Link.allCases.compactMap { link in
                let (x, y) = (site.coordinate.x, site.coordinate.y)
                let other = boards[ChipCoordinate(x + link.vector.dx, y + link.vector.dy)]
                return other == site.board ? nil : (x: x, y: y, link: link.rawValue)
            }
        }
    }

    private func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let middle = Self.middle(x, y)
        return (x: origin.x + scale * middle.x, y: origin.y + scale * middle.y)
    }

    private var mostPackets: Double { max(1, chips.map(\.packets).max() ?? 1) }
    private var mostOnALink: Int { max(1, wires.map(\.packets).max() ?? 1) }

    /// What the colours mean.
    var caption: String {
        let chips = "Multicast packets through each chip's router, up to \(Numbers.short(mostPackets))"
        return wires.isEmpty
            ? chips + "." : chips + ", and over each link, up to \(Numbers.short(Double(mostOnALink))): light to dark."
    }

    /// The picture.
    ///
    /// - Complexity: O(chips + links).
    func draw() -> SVG {
        var svg = SVG(width: max(size.width, 200), height: size.height + 40)
        drawChips(&svg)
        let outline = edges.map { edge in
            let at = point(Double(edge.x), Double(edge.y))
            let ends = [Self.corners[(edge.link + 5) % 6], Self.corners[edge.link]].map {
                SVG.number(at.x + scale * $0.x) + " " + SVG.number(at.y + scale * $0.y)
            }
            return "M" + ends.joined(separator: "L")
        }
        svg.path(outline.joined(), stroke: Palette.board, width: max(0.6, min(2.2, scale / 10)), round: true)
        drawWires(&svg)
        if scale >= 30 {
            for chip in chips {
                let at = point(Double(chip.x), Double(chip.y))
                svg.text(
                    "\(chip.x), \(chip.y)", x: at.x, y: at.y + 0.44 * scale, size: min(11, scale / 4.5),
                    anchor: .middle,
                    halo: Palette.card)
            }
        }
        let legend = size.height + 8
        for part in 0..<Self.levels {
            svg.rectangle(
                x: 8 + 5 * Double(part), y: legend, width: 5.5, height: 8,
                fill: Palette.heat(Double(part) / Double(Self.levels - 1)))
        }
        svg.text("0", x: 8, y: legend + 22, size: 10.5, color: Palette.faint)
        svg.text("most", x: 8 + 5 * Double(Self.levels), y: legend + 22, size: 10.5, color: Palette.faint, anchor: .end)
        return svg
    }

    private func drawChips(_ svg: inout SVG) {
        var shades = [String](repeating: "", count: Self.levels)
        var idle = ""
        let most = mostPackets
        for chip in chips {
            let outline = hexagon(chip)
            let level = min(Self.levels - 1, Int(Double(Self.levels) * chip.packets / most))
            if chips.count <= Self.mostDetailed {
                svg.path(
                    outline, fill: chip.packets > 0 ? shade(level) : Palette.idle,
                    title: "chip \(chip.x), \(chip.y): \(Numbers.short(chip.packets)) packets")
            } else if chip.packets > 0 {
                shades[level] += outline
            } else {
                idle += outline
            }
        }
        svg.path(idle, fill: Palette.idle)
        for (level, outlines) in shades.enumerated() { svg.path(outlines, fill: shade(level)) }
    }

    private func shade(_ level: Int) -> String { Palette.heat(Double(level) / Double(Self.levels - 1)) }

    private func hexagon(_ chip: Chip) -> String {
        let at = point(Double(chip.x), Double(chip.y))
        let corners = Self.corners.map {
            SVG.number(at.x + 0.94 * scale * $0.x) + " " + SVG.number(at.y + 0.94 * scale * $0.y)
        }
        return "M" + corners.joined(separator: "L") + "Z"
    }

    /// Half of each link, from its chip to the edge, a little to the right of its way.
    private func drawWires(_ svg: inout SVG) {
        guard scale >= 9 else { return }
        var shades = [String](repeating: "", count: Self.levels)
        var all = ""
        let most = mostOnALink
        for wire in wires where wire.packets > 0 {
            guard let vector = Link(rawValue: wire.link)?.vector else { continue }
            let at = point(Double(wire.x), Double(wire.y))
            let way = Self.middle(Double(vector.dx), Double(vector.dy))
            let ends = [0.2, 0.5].map { part in
                SVG.number(at.x + scale * (part * way.x - 0.07 * way.y)) + " "
                    + SVG.number(at.y + scale * (part * way.y + 0.07 * way.x))
            }
            let line = "M" + ends.joined(separator: "L")
            all += line
            shades[min(Self.levels - 1, Self.levels * wire.packets / most)] += line
        }
        svg.path(all, stroke: Palette.card, width: 0.14 * scale)
        for (level, lines) in shades.enumerated() {
            let part = Double(level) / Double(Self.levels - 1)
            svg.path(lines, stroke: shade(level), width: (0.05 + 0.05 * part) * scale)
        }
    }
}
