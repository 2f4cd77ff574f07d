/// Poisson counts of one mean by inversion of their distribution, mostly by one load.
///
/// 16 bits of a uniform choose a count; their upper 11 choose a cell of a table. In nearly all cells there is one count
/// only. The others have 32 parts, which the lower 5 bits choose; in parts with more than one count 32 bits more
/// decide, so that counts have their probabilities to 2⁻⁴⁸.
///
/// - Determinism: made with the four basic operations alone, so the same on every host.
final class PoissonTable {
    static let cellBits: UInt16 = 11
    /// From here on a cell's value less this is the number of its parts.
    static let hasParts: UInt16 = 0x8000
    /// In a part with more than one count.
    static let varies = UInt16.max

    /// Smallest and largest count that are given.
    let lowest: UInt32
    let highest: UInt32
    /// By cell: the count less ``lowest``, or where its parts are; behind the cells the parts, 32 a cell.
    let cells: UnsafeMutablePointer<UInt16>
    /// The uniforms' upper 16 bits below this give a count of 0.
    let certainZero: UInt16
    /// `[limitCount]`: 16 bits that equal none of these give a count of ``limitBase`` and one more for each that they
    /// exceed; empty where there are too many to look at each.
    let limits: UnsafeMutablePointer<UInt16>
    let limitCount: Int
    let limitBase: UInt8
    /// Most ``limits``: as many comparisons take as long as looking the count up.
    private static let mostLimits = 32
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
        highest = lowest + UInt32(weights.count - 1)
        self.sums = sums
        certainZero = lowest == 0 ? UInt16(clamping: sums[0] >> 32) : 0

        // All that begin with the first 16 bits are exceeded together, none that begins with the last ever is.
        let upper = sums.map { UInt16(clamping: $0 >> 32) }
        let atZero = upper.count { $0 == 0 }
        let limits = (atZero > 0 ? [0] : []) + upper.filter { 0 < $0 && $0 < .max } + [.max]
        let isCountable = highest <= 255 && limits.count <= Self.mostLimits
        limitCount = isCountable ? limits.count : 0
        self.limits = .allocate(capacity: max(limitCount, 1))
        for i in 0..<limitCount { self.limits[i] = limits[i] }
        limitBase = isCountable ? UInt8(Int(lowest) + max(0, atZero - 1)) : 0

        let count = 1 << Int(PoissonTable.cellBits)
        let parts = 1 << (16 - Int(PoissonTable.cellBits))
        let bits = 48 - UInt64(PoissonTable.cellBits)
        var value = 0
        var table: [UInt16] = []
        var fine: [UInt16] = []
        for cell in 0..<UInt64(count) {
            if let one = Self.one(sums, &value, from: cell << bits, bits) {
                table.append(one)
                continue
            }
            table.append(Self.hasParts + UInt16(fine.count / parts))
            for part in 0..<UInt64(parts) {
                fine.append(Self.one(sums, &value, from: cell << bits + part << 32, 32) ?? Self.varies)
            }
        }
        cells = .allocate(capacity: table.count + fine.count)
        for (i, entry) in (table + fine).enumerated() { cells[i] = entry }
    }

    /// The only value of 2^`bits` uniforms, if they have one; `value` is that of the first from then on.
    private static func one(_ sums: [UInt64], _ value: inout Int, from first: UInt64, _ bits: UInt64) -> UInt16? {
        while sums[value] <= first { value += 1 }
        return sums[value] >= first + (1 << bits) && value < Int(hasParts) ? UInt16(value) : nil
    }

    deinit {
        cells.deallocate()
        limits.deallocate()
    }

    /// The entry in ``cells`` of 16 bits whose cell has parts.
    @inline(__always)
    static func part(_ cell: UInt16, _ half: UInt16) -> Int {
        let lower = half & (1 &<< (16 &- cellBits) &- 1)
        return 1 &<< Int(cellBits) &+ Int(cell &- hasParts) &<< Int(16 &- cellBits) &+ Int(lower)
    }

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
