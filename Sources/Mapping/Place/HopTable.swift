import Machine

/// Hops between chips, faults aside, by the difference of their positions.
final class HopTable {
    /// By chip: its place in a grid wide enough for differences to be told apart.
    let position: UnsafeMutablePointer<Int32>
    /// Hops by difference of positions, plus ``centre``.
    let hops: UnsafeMutablePointer<UInt16>
    let centre: Int
    let chips: Int

    /// - Complexity: O(width × height).
    init(_ machine: Machine) {
        let (width, height) = (machine.width, machine.height)
        let stride = 2 * height - 1
        chips = machine.chips.count
        position = .allocate(capacity: max(1, chips))
        for (number, chip) in machine.chips.enumerated() {
            (position + number).initialize(to: Int32(chip.x * stride + chip.y))
        }
        centre = (width - 1) * stride + height - 1
        hops = .allocate(capacity: (2 * width - 1) * stride)
        let (wrapsX, wrapsY) = (machine.wrapsHorizontally, machine.wrapsVertically)
        var count = 0
        for dx in 1 - width..<width {
            // The way around the other side.
            let otherX = dx > 0 ? dx - width : dx + width
            for dy in 1 - height..<height {
                let otherY = dy > 0 ? dy - height : dy + height
                var least = hexagonalDistance(dx: dx, dy: dy)
                if wrapsX { least = min(least, hexagonalDistance(dx: otherX, dy: dy)) }
                if wrapsY { least = min(least, hexagonalDistance(dx: dx, dy: otherY)) }
                if wrapsX, wrapsY { least = min(least, hexagonalDistance(dx: otherX, dy: otherY)) }
                (hops + count).initialize(to: UInt16(truncatingIfNeeded: least))
                count += 1
            }
        }
    }

    deinit {
        position.deallocate()
        hops.deallocate()
    }

    /// - Complexity: O(1).
    func distance(_ a: Int, _ b: Int) -> Int { Int(hops[Int(position[a] - position[b]) + centre]) }
}
