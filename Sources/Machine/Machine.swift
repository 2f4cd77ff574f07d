public import Diagnostics

/// A SpiNNaker machine: its chips, cores and links, without what is dead.
///
/// Chips are numbered densely by coordinate, x first; passes index flat arrays by that number.
public struct Machine: Sendable {
    /// What to call the machine in messages.
    public let name: String
    public let width: Int
    public let height: Int
    public let wrapsHorizontally: Bool
    public let wrapsVertically: Bool
    /// Boards the machine was built from.
    public let boards: Int
    /// Coordinates by chip number, ascending.
    public let chips: [ChipCoordinate]
    /// `[chips × 6]`: the number of the chip behind each link, −1 where there is none.
    public let neighbours: [Int32]
    /// By chip number: the worker cores that work, as bits 1…17.
    public let workers: [UInt32]
    /// By chip number: the board that carries the chip.
    public let board: [Int32]
    /// Shared memory of a chip for applications, bytes.
    public let sdram: Int
    /// Multicast entries a chip has for users.
    public let routerEntries: Int
    /// `[width × height]`, column after column: the chip's number, −1 where there is none.
    private let numbers: [Int32]

    /// SDRAM of a chip that applications can use, bytes (Documentation/Chip.md, "Chip").
    public static let defaultSDRAM = 123_469_792
    /// Table entries of a chip that are not the monitor's (Documentation/Chip.md, "Chip").
    public static let defaultRouterEntries = 1023

    /// A mesh of perfect chips without wraps.
    ///
    /// - Precondition: `width` and `height` are positive.
    public init(width: Int, height: Int) {
        self.init(perfect: .grid(width: width, height: height, wrap: false))
    }

    /// The machine that `layout` describes, with nothing dead.
    public init(
        perfect layout: MachineLayout, sdram: Int = Machine.defaultSDRAM,
        routerEntries: Int = Machine.defaultRouterEntries
    ) {
        self.init(
            assembling: layout, workers: layout.sites.map { Self.workerMask(cores: $0.cores) },
            deadLinks: layout.missingLinks, sdram: sdram, routerEntries: routerEntries)
    }

    /// The machine that is left of `layout` when what `faults` names is dead.
    ///
    /// A link is dead in both directions. Chips that cannot be reached from most of the machine are left out: of
    /// several islands the largest stays, of equal ones the one with the lowest chip.
    ///
    /// - Throws: `.badInput` when a fault names something outside the layout or nothing is left.
    /// - Complexity: O(chips + faults).
    public init(
        _ layout: MachineLayout, faults: MachineFaults, sdram: Int = Machine.defaultSDRAM,
        routerEntries: Int = Machine.defaultRouterEntries
    ) throws(Failure) {
        var site = [Int](repeating: -1, count: layout.width * layout.height)
        for (i, s) in layout.sites.enumerated() { site[s.coordinate.x * layout.height + s.coordinate.y] = i }
        func index(_ chip: ChipCoordinate, _ what: String) throws(Failure) -> Int {
            guard (0..<layout.width).contains(chip.x), (0..<layout.height).contains(chip.y),
                site[chip.x * layout.height + chip.y] >= 0
            else {
                throw Failure(
                    .badInput,
                    "faulty \(what): there is no chip \(chip) in the machine (\(layout.name), "
                        + "\(layout.width)×\(layout.height)); remove the fault or choose a larger machine")
            }
            return site[chip.x * layout.height + chip.y]
        }
        var workers = layout.sites.map { Self.workerMask(cores: $0.cores) }
        var alive = [Bool](repeating: true, count: layout.sites.count)
        for chip in faults.chips { alive[try index(chip, "chip")] = false }
        for (chip, processor) in faults.cores {
            let i = try index(chip, "core")
            guard (1..<MachineLayout.coresPerChip).contains(processor) else {
                throw Failure(
                    .badInput,
                    "faulty core: chip \(chip) has no worker core \(processor); worker cores are numbered 1 to "
                        + "\(MachineLayout.coresPerChip - 1), and a chip without a monitor is a faulty chip")
            }
            workers[i] &= ~(1 << UInt32(processor))
        }
        for (chip, _) in faults.links { _ = try index(chip, "link") }

        func part(_ keep: [Int]) -> Machine {
            var rest = layout
            rest.sites = keep.map { layout.sites[$0] }
            return Machine(
                assembling: rest, workers: keep.map { workers[$0] }, deadLinks: layout.missingLinks + faults.links,
                sdram: sdram, routerEntries: routerEntries)
        }
        let standing = layout.sites.indices.filter { alive[$0] }
        let whole = part(standing)
        let island = whole.largestIsland()
        guard !island.isEmpty else {
            throw Failure(.badInput, "all \(layout.sites.count) chips of the machine (\(layout.name)) are faulty")
        }
        if island.count == whole.chips.count {
            self = whole
        } else {
            let kept = Set(island.map { whole.chips[$0] })
            self = part(standing.filter { kept.contains(layout.sites[$0].coordinate) })
        }
    }

    private init(
        assembling layout: MachineLayout, workers: [UInt32], deadLinks: [(chip: ChipCoordinate, link: Link)],
        sdram: Int, routerEntries: Int
    ) {
        name = layout.name
        width = layout.width
        height = layout.height
        wrapsHorizontally = layout.wrapsHorizontally
        wrapsVertically = layout.wrapsVertically
        boards = layout.boards
        self.sdram = sdram
        self.routerEntries = routerEntries

        let order = layout.sites.indices.sorted { layout.sites[$0].coordinate < layout.sites[$1].coordinate }
        chips = order.map { layout.sites[$0].coordinate }
        board = order.map { Int32(layout.sites[$0].board) }
        self.workers = order.map { workers[$0] }
        var numbers = [Int32](repeating: -1, count: width * height)
        for (number, chip) in chips.enumerated() { numbers[chip.x * height + chip.y] = Int32(number) }
        self.numbers = numbers

        var neighbours = [Int32](repeating: -1, count: 6 * chips.count)
        for (number, chip) in chips.enumerated() {
            for link in Link.allCases {
                var (x, y) = (chip.x + link.vector.dx, chip.y + link.vector.dy)
                if layout.wrapsHorizontally { x = (x + width) % width }
                if layout.wrapsVertically { y = (y + height) % height }
                guard (0..<width).contains(x), (0..<height).contains(y) else { continue }
                let other = numbers[x * height + y]
                // On a machine one chip wide a wrap would lead back to where it starts.
                if other != Int32(number) { neighbours[6 * number + link.rawValue] = other }
            }
        }
        for (chip, link) in deadLinks {
            let number = numbers[chip.x * height + chip.y]
            guard number >= 0 else { continue }
            let wire = 6 * Int(number) + link.rawValue
            if neighbours[wire] >= 0 { neighbours[6 * Int(neighbours[wire]) + link.opposite.rawValue] = -1 }
            neighbours[wire] = -1
        }
        self.neighbours = neighbours
    }

    /// Bits 1…17 of a chip whose core 0 is the monitor.
    private static func workerMask(cores: Int) -> UInt32 { ((1 << UInt32(cores)) - 1) & ~1 }

    /// Numbers of the chips of the largest connected part, ascending.
    private func largestIsland() -> [Int] {
        var seen = [Bool](repeating: false, count: chips.count)
        var best: [Int] = []
        for root in chips.indices where !seen[root] {
            var island = [root]
            seen[root] = true
            var next = 0
            while next < island.count {
                for link in 0..<6 {
                    let other = Int(neighbours[6 * island[next] + link])
                    if other >= 0, !seen[other] {
                        seen[other] = true
                        island.append(other)
                    }
                }
                next += 1
            }
            if island.count > best.count { best = island }
        }
        return best.sorted()
    }
}

extension Machine {
    /// The number of the chip at a coordinate; `nil` when there is none.
    ///
    /// - Complexity: O(1).
    public func number(of chip: ChipCoordinate) -> Int? {
        guard (0..<width).contains(chip.x), (0..<height).contains(chip.y) else { return nil }
        let number = numbers[chip.x * height + chip.y]
        return number < 0 ? nil : Int(number)
    }

    /// The chip behind a link; `nil` when the link is dead or leads off the machine.
    ///
    /// - Complexity: O(1).
    public func neighbour(of chip: ChipCoordinate, over link: Link) -> ChipCoordinate? {
        guard let number = number(of: chip), let other = neighbour(of: number, over: link) else { return nil }
        return chips[other]
    }

    /// The number of the chip behind a link of chip number `chip`; `nil` when there is none.
    ///
    /// - Complexity: O(1).
    public func neighbour(of chip: Int, over link: Link) -> Int? {
        let other = neighbours[6 * chip + link.rawValue]
        return other < 0 ? nil : Int(other)
    }

    /// Worker cores of the whole machine.
    ///
    /// - Complexity: O(chips).
    public var workerCount: Int { workers.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Worker cores of a chip, ascending virtual core numbers.
    public func processors(ofChip number: Int) -> [Int] {
        (1..<MachineLayout.coresPerChip).filter { workers[number] >> UInt32($0) & 1 != 0 }
    }

    /// The shortest way between two chips, faults aside, as steps in x and y.
    ///
    /// Where a wrap makes several ways equally short, the one that wraps least wins.
    ///
    /// - Complexity: O(1).
    /// - Source: Documentation/Chip.md, "Coordinates and boards".
    public func vector(from a: ChipCoordinate, to b: ChipCoordinate) -> (dx: Int, dy: Int) {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        var best = (dx: dx, dy: dy)
        var shortest = hexagonalDistance(dx: dx, dy: dy)
        func consider(_ wx: Int, _ wy: Int) {
            let hops = hexagonalDistance(dx: dx + wx, dy: dy + wy)
            if hops < shortest {
                shortest = hops
                best = (dx + wx, dy + wy)
            }
        }
        func considerRows(_ wx: Int) {
            consider(wx, 0)
            guard wrapsVertically else { return }
            consider(wx, -height)
            consider(wx, height)
        }
        considerRows(0)
        if wrapsHorizontally {
            considerRows(-width)
            considerRows(width)
        }
        return best
    }

    /// Hops between two chips, faults aside.
    ///
    /// - Complexity: O(1).
    public func distance(from a: ChipCoordinate, to b: ChipCoordinate) -> Int {
        let (dx, dy) = vector(from: a, to: b)
        return hexagonalDistance(dx: dx, dy: dy)
    }
}
