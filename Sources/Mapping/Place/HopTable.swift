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
        hops = [UInt16](unsafeUninitializedCapacity: (2 * width - 1) * stride) { table, count in
            for dx in 1 - width..<width {
                // The way around the other side.
                let otherX = !machine.wrapsHorizontally ? dx : dx > 0 ? dx - width : dx + width
                for dy in 1 - height..<height {
                    let otherY = !machine.wrapsVertically ? dy : dy > 0 ? dy - height : dy + height
                    let least = min(
                        hexagonalDistance(dx: dx, dy: dy), hexagonalDistance(dx: otherX, dy: dy),
                        hexagonalDistance(dx: dx, dy: otherY), hexagonalDistance(dx: otherX, dy: otherY))
                    table.initializeElement(at: count, to: UInt16(least))
                    count += 1
                }
            }
        }
    }

    /// - Complexity: O(1).
    func distance(_ a: Int, _ b: Int) -> Int { Int(hops[Int(position[a] - position[b]) + centre]) }
}
