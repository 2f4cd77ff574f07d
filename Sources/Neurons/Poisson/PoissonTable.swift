/// Poisson counts of one mean by inversion of their distribution, mostly by one load.
///
/// 16 bits of a uniform choose a count; their upper 13 choose a cell of a table. In nearly all cells there is one count only.
/// In the others 32 bits more decide, so that counts have their probabilities to 2⁻⁴⁸.
///
/// - Determinism: made with the four basic operations alone, so the same on every host.
final class PoissonTable {
    static let cellBits: UInt16 = 13
    /// In a cell with more than one count.
    static let varies = UInt16.max

    /// Smallest count that is given.
    let lowest: UInt32
    /// By cell: the count less ``lowest``.
    let cells: UnsafeMutablePointer<UInt16>
    /// The uniforms' upper 16 bits below this give a count of 0.
    let certainZero: UInt16
    /// `[highest − lowest + 1]`: 2⁴⁸ times the probability of at most that count.
    private let sums: [UInt64]

    /// A table for a mean of 0 ..< 2³¹.
    init(mean: Double) {
        // Probabilities relative to that of the mode: no power or exponential of the mean is formed.
        let mode = Int(mean)
        var above: [Double] = [1]
        var weight = 1.0
        while weight > 0x1p-70 {
            weight *= mean / Double(mode + above.count)
            above.append(weight)
        }
        var below: [Double] = []
        weight = 1
        while below.count < mode, weight > 0x1p-70 {
            weight *= Double(mode - below.count) / mean
            below.append(weight)
        }
        let weights = below.reversed() + above
        let total = weights.reduce(0, +)
        var sum = 0.0
        var sums = weights.map { weight in
            sum += weight
            return UInt64((sum / total * 0x1p48).rounded())
        }
        sums[sums.count - 1] = 1 << 48
        lowest = UInt32(mode - below.count)
        self.sums = sums
        certainZero = lowest == 0 ? UInt16(clamping: sums[0] >> 32) : 0

        let count = 1 << Int(PoissonTable.cellBits)
        cells = .allocate(capacity: count)
        let bits = 48 - UInt64(PoissonTable.cellBits)
        var value = 0
        for cell in 0..<count {
            while sums[value] <= UInt64(cell) << bits { value += 1 }
            let isConstant = sums[value] >= UInt64(cell + 1) << bits && value < Int(PoissonTable.varies)
            cells[cell] = isConstant ? UInt16(value) : PoissonTable.varies
        }
    }

    deinit { cells.deallocate() }

    /// The count, less ``lowest``, of a uniform of 16 and then 32 bits.
    func count(_ upper: UInt16, _ lower: UInt32) -> UInt32 {
        let uniform = UInt64(upper) << 32 | UInt64(lower)
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] <= uniform { low = middle + 1 } else { high = middle }
        }
        return UInt32(low)
    }
}

/// The tables of a rank, one for each mean.
public final class PoissonTables {
    private var tables: [UInt64: PoissonTable] = [:]

    public init() {}

    /// The table of a mean; made when it is asked for first.
    func table(mean: Double) -> PoissonTable {
        if let table = tables[mean.bitPattern] { return table }
        let table = PoissonTable(mean: mean)
        tables[mean.bitPattern] = table
        return table
    }
}
