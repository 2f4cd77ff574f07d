// What a machine looks like before anything in it is dead.
//
// A SpiNN-5 board carries 48 chips in a hexagon that fits into 8×8. Three such hexagons, rooted at (0, 0), (4, 8) and
// (8, 4), tile a 12×12 torus: a *triad*. A machine without wraps is a rectangle of w×h triads whose hexagons overhang
// by four chips, hence (12w+4)×(12h+4); the corners that no hexagon covers stay empty.

/// A perfect machine: the chips there are, the cores each has, and how the mesh closes.
public struct MachineLayout: Sendable {
    /// One chip of the layout.
    public struct Site: Sendable {
        public var coordinate: ChipCoordinate
        /// Cores that work, the monitor included.
        public var cores: Int
        /// Number of the board that carries the chip.
        public var board: Int
    }

    /// What to call the machine in messages.
    public var name: String
    public var width: Int
    public var height: Int
    public var wrapsHorizontally: Bool
    public var wrapsVertically: Bool
    public var boards: Int
    public var sites: [Site]
    /// Links that the mesh would have and the board has not, each seen from one end.
    public var missingLinks: [(chip: ChipCoordinate, link: Link)]

    /// Cores of a chip that tests well, the monitor included.
    public static let coresPerChip = 18
    /// Chips of a SpiNN-5 board.
    public static let chipsPerBoard = 48
    /// Worker cores of a typical SpiNN-5 board: 40 chips with 17 and 8 with 16 beside the monitor.
    public static let workersPerBoard = 808

    /// The 2×2 board, whose mesh closes vertically but lacks the links that would close it horizontally.
    ///
    /// - Source: Documentation/Chip.md, "Coordinates and boards".
    public static var spin3: MachineLayout {
        var layout = grid(width: 2, height: 2, wrap: true)
        layout.name = "spin3 board"
        for y in 0..<2 {
            layout.missingLinks += [(ChipCoordinate(0, y), .west), (ChipCoordinate(0, y), .southWest)]
        }
        return layout
    }

    /// `boards` 48-chip boards without wraps: one board is 8×8, more fill triads row by row.
    ///
    /// - Precondition: `boards > 0`.
    /// - Complexity: O(chips).
    /// - Source: Documentation/Chip.md, "Coordinates and boards".
    public static func spin5(boards: Int) -> MachineLayout {
        precondition(boards > 0, "a machine has at least one board")
        var layout = MachineLayout(
            name: boards == 1 ? "1 spin5 board" : "\(boards) spin5 boards", width: 8, height: 8,
            wrapsHorizontally: false, wrapsVertically: false, boards: boards, sites: [], missingLinks: [])
        let triads = (boards + 2) / 3
        var columns = 1
        while columns * columns < triads { columns += 1 }
        let rows = (triads + columns - 1) / columns
        if boards > 1 {
            layout.width = 12 * columns + 4
            layout.height = 12 * rows + 4
        }
        let rootsInTriad = [(0, 0), (4, 8), (8, 4)]
        layout.sites.reserveCapacity(boards * chipsPerBoard)
        for board in 0..<boards {
            let triad = board / 3
            let (dx, dy) = rootsInTriad[board % 3]
            let (x0, y0) = (triad % columns * 12 + dx, triad / columns * 12 + dy)
            for (x, rows) in hexagon.enumerated() {
                for y in rows {
                    let cores = shortChips.contains(ChipCoordinate(x, y)) ? coresPerChip - 1 : coresPerChip
                    layout.sites.append(
                        Site(coordinate: ChipCoordinate(x0 + x, y0 + y), cores: cores, board: board))
                }
            }
        }
        return layout
    }

    /// A full rectangle of chips.
    ///
    /// - Precondition: `width` and `height` are positive.
    /// - Complexity: O(chips).
    public static func grid(width: Int, height: Int, wrap: Bool) -> MachineLayout {
        precondition(width > 0 && height > 0, "a grid has at least one chip")
        var layout = MachineLayout(
            name: "\(width)×\(height) grid\(wrap ? " with wraps" : "")", width: width, height: height,
            wrapsHorizontally: wrap, wrapsVertically: wrap, boards: 1, sites: [], missingLinks: [])
        for x in 0..<width {
            for y in 0..<height {
                layout.sites.append(Site(coordinate: ChipCoordinate(x, y), cores: coresPerChip, board: 0))
            }
        }
        return layout
    }

    /// Rows of a 48-chip board, one range a column.
    private static let hexagon = [0...3, 0...4, 0...5, 0...6, 0...7, 1...7, 2...7, 3...7]

    /// Chips of a typical 48-chip board that have one core less.
    private static let shortChips = [
        ChipCoordinate(1, 1), ChipCoordinate(1, 3), ChipCoordinate(3, 1), ChipCoordinate(3, 3), ChipCoordinate(3, 5),
        ChipCoordinate(5, 2), ChipCoordinate(5, 4), ChipCoordinate(5, 6),
    ]
}

/// What is dead in a machine.
public struct MachineFaults: Sendable {
    public var chips: [ChipCoordinate]
    /// Virtual core numbers, from 1.
    public var cores: [(chip: ChipCoordinate, processor: Int)]
    /// Dead in both directions.
    public var links: [(chip: ChipCoordinate, link: Link)]

    public init(
        chips: [ChipCoordinate] = [], cores: [(chip: ChipCoordinate, processor: Int)] = [],
        links: [(chip: ChipCoordinate, link: Link)] = []
    ) {
        self.chips = chips
        self.cores = cores
        self.links = links
    }
}
