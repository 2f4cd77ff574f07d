// A Hilbert curve passes every point of a square of 2ⁿ×2ⁿ points in steps of one, and points that are near on the curve
// are near in the square. Filling chips in its order keeps a population on a compact patch without looking at traffic.

public import Diagnostics
public import Machine

/// Places cores in the order of their populations along a Hilbert curve over the machine.
///
/// - Parameter populations: Their order; without it that of the file.
/// - Throws: `.doesNotFit` when cores or shared memory run out, naming need and supply.
/// - Complexity: O(cores + chips · log chips + the square around them).
/// - Determinism: a function of its arguments.
/// - Source: D. Hilbert, Ueber die stetige Abbildung einer Linie auf ein Flächenstück, 1891.
public func placeHilbert(
    _ partition: Partition, on machine: Machine, order populations: [Int]? = nil
) throws(Failure) -> [Placement] {
    var side = 1
    while side < max(machine.width, machine.height) { side *= 2 }
    var chipAt = [Int32](repeating: -1, count: side * side)
    for (number, chip) in machine.chips.enumerated() { chipAt[positionOnCurve(chip, side: side)] = Int32(number) }
    let order = chipAt.filter { $0 >= 0 }
    var next = 0
    return try fill(partition, machine, in: populations) {
        defer { next += 1 }
        return next < order.count ? Int(order[next]) : nil
    }
}

/// How far along the curve over a square of `side` a coordinate is.
///
/// - Precondition: `side` is a power of two.
/// - Complexity: O(log side).
func positionOnCurve(_ chip: ChipCoordinate, side: Int) -> Int {
    var (x, y, distance) = (chip.x, chip.y, 0)
    var half = side / 2
    while half > 0 {
        let (right, upper) = (x & half != 0, y & half != 0)
        distance += half * half * (right ? (upper ? 2 : 3) : (upper ? 1 : 0))
        // The lower quarters are mirrored at a diagonal.
        if !upper {
            if right { (x, y) = (side - 1 - x, side - 1 - y) }
            (x, y) = (y, x)
        }
        half /= 2
    }
    return distance
}
