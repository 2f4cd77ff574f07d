import Machine

/// Hops between chips, faults aside, by the difference of their positions.
struct HopTable {
    /// By chip: its place in a grid wide enough for differences to be told apart.
    let position: [Int32]
    /// Hops by difference of positions, plus ``centre``.
    let hops: [UInt16]
    let centre: Int

    /// - Complexity: O(width × height).
    init(_ machine: Machine) {
        let (width, height) = (machine.width, machine.height)
        let stride = 2 * height - 1
        position = machine.chips.map { Int32($0.x * stride + $0.y) }
        centre = (width - 1) * stride + height - 1
        let origin = ChipCoordinate(0, 0)
        hops = (0..<(2 * width - 1) * stride).map { i in
            let (dx, dy) = (i / stride - (width - 1), i % stride - (height - 1))
            return UInt16(machine.distance(from: origin, to: ChipCoordinate(dx, dy)))
        }
    }

    /// - Complexity: O(1).
    func distance(_ a: Int, _ b: Int) -> Int { Int(hops[Int(position[a] - position[b]) + centre]) }
}
