import FixedPoint
import Glibc

/// Splits a fixed number of synapses over targets, top down, so that a rank finds the counts of its own targets
/// without those of the others.
///
/// The targets 0 ..< n form a binary tree. At each inner node the number of synapses below it is divided between its
/// halves: binomially with replacement, hypergeometrically without. The draw at a node depends on (seed, projection,
/// node) alone, so every rank that passes a node sees the same division.
public struct CountSplitting: Sendable {
    private let philox: Philox4x32
    private let projection: UInt32
    private let targets: Int
    private let total: Int
    /// Pairs possible per target; `nil`: with replacement, any number.
    private let capacity: Int?

    public init(total: Int, targets: Int, capacity: Int?, projection: Int, seed: UInt64) {
        self.total = total
        self.targets = targets
        self.capacity = capacity
        self.projection = UInt32(truncatingIfNeeded: projection)
        philox = Philox4x32(key: seed)
    }

    /// The counts of the targets `range`.
    ///
    /// - Complexity: O(`range.count` + log `targets`) draws.
    public func counts(_ range: Range<Int>) -> [Int] {
        var result = [Int](repeating: 0, count: range.count)
        descend(0..<targets, total, range, &result)
        return result
    }

    private func descend(_ node: Range<Int>, _ count: Int, _ range: Range<Int>, _ result: inout [Int]) {
        guard node.overlaps(range) else { return }
        if node.count == 1 {
            result[node.lowerBound - range.lowerBound] = count
            return
        }
        let middle = node.lowerBound + node.count / 2
        let block = philox.block(
            UInt32(truncatingIfNeeded: node.lowerBound), UInt32(truncatingIfNeeded: node.upperBound), projection,
            DrawPurpose.split)
        let bits = UInt64(block.0) << 21 ^ UInt64(block.1)
        let uniform = (Double(bits & ((1 << 53) - 1)) + 0.5) * 0x1p-53
        let left = middle - node.lowerBound
        let share: Int
        if let capacity {
            share = hypergeometric(
                good: left * capacity, bad: (node.count - left) * capacity, draws: count, uniform)
        } else {
            share = binomial(count, Double(left) / Double(node.count), uniform)
        }
        descend(node.lowerBound..<middle, share, range, &result)
        descend(middle..<node.upperBound, count - share, range, &result)
    }
}

/// A binomial draw by inversion from the mode outwards.
///
/// - Complexity: O(standard deviation).
public func binomial(_ n: Int, _ p: Double, _ uniform: Double) -> Int {
    if n == 0 || p <= 0 { return 0 }
    if p >= 1 { return n }
    let mode = min(n, Int((Double(n) + 1) * p))
    let logMass =
        lgamma(Double(n) + 1) - lgamma(Double(mode) + 1) - lgamma(Double(n - mode) + 1) + Double(mode) * log(p)
        + Double(n - mode) * log1p(-p)
    let odds = p / (1 - p)
    return invertFromMode(
        mode, 0...n, mass: exp(logMass), uniform,
        up: { Double(n - $0) / Double($0 + 1) * odds }, down: { Double($0) / (Double(n - $0 + 1) * odds) })
}

/// How many of `draws` distinct items are good, by inversion from the mode outwards.
///
/// - Complexity: O(standard deviation).
func hypergeometric(good: Int, bad: Int, draws: Int, _ uniform: Double) -> Int {
    let low = max(0, draws - bad)
    let high = min(good, draws)
    if low == high { return low }
    let g = Double(good)
    let b = Double(bad)
    let d = Double(draws)
    let mode = min(max(Int((d + 1) * (g + 1) / (g + b + 2)), low), high)
    let m = Double(mode)
    func logChoose(_ n: Double, _ k: Double) -> Double { lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) }
    let mass = exp(logChoose(g, m) + logChoose(b, d - m) - logChoose(g + b, d))
    return invertFromMode(
        mode, low...high, mass: mass, uniform,
        up: { (g - Double($0)) * (d - Double($0)) / ((Double($0) + 1) * (b - d + Double($0) + 1)) },
        down: { Double($0) * (b - d + Double($0)) / ((g - Double($0) + 1) * (d - Double($0) + 1)) })
}

/// Inverts a unimodal discrete distribution, visiting mode, mode+1, mode−1, … until the uniform is used up.
private func invertFromMode(
    _ mode: Int, _ range: ClosedRange<Int>, mass: Double, _ uniform: Double, up: (Int) -> Double, down: (Int) -> Double
) -> Int {
    var rest = uniform - mass
    if rest <= 0 { return mode }
    var high = mode
    var low = mode
    var highMass = mass
    var lowMass = mass
    while high < range.upperBound || low > range.lowerBound {
        if high < range.upperBound {
            highMass *= up(high)
            high += 1
            rest -= highMass
            if rest <= 0 { return high }
        }
        if low > range.lowerBound {
            lowMass *= down(low)
            low -= 1
            rest -= lowMass
            if rest <= 0 { return low }
        }
        if highMass < 1e-18 && lowMass < 1e-18 { break }
    }
    return mode
}
