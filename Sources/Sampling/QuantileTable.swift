/// A function of a 32-bit uniform with small integer values, tabulated without changing a single value.
///
/// The uniform's top bits choose a cell. In most cells the function is constant, because its values are few; there the
/// table answers. Where it takes one step in a cell, the table knows at which uniform. In the others the function
/// itself is asked. So a draw costs a load or two, and the result is what the function gives.
public struct QuantileTable: Sendable {
    static let cellBits: UInt32 = 14
    /// Set in a cell where the function is not constant; the other bits are the place in ``steps``, or all set.
    @usableFromInline static let varies: UInt32 = 1 << 31

    /// Two values that a cell has, and the first uniform that has the second.
    @usableFromInline struct Step: Sendable {
        @usableFromInline var first: UInt32
        @usableFromInline var below: UInt32
        @usableFromInline var above: UInt32
    }

    @usableFromInline let cells: [UInt32]
    @usableFromInline let steps: [Step]
    @usableFromInline let function: @Sendable (UInt32) -> UInt32

    /// A table of a function that is non-decreasing or non-increasing over all uniforms.
    ///
    /// A function that is neither, such as the magnitude of a value of either sign or 16 bits of a larger one, needs
    /// ``init(quantile:encode:isMonotone:)``: here a cell whose ends agree by chance would answer for what is between.
    ///
    /// - Parameter function: Monotone, values below 2³¹.
    /// - Complexity: 2¹⁴ + 1 evaluations of `function`, and up to 20 for each cell with one step.
    public init(_ function: @escaping @Sendable (UInt32) -> UInt32) {
        // The ends' order is not asked for: only their values are compared.
        self.init(quantile: { Double($0) }, encode: { function(UInt32($0)) }, isMonotone: { _ in true }, function)
    }

    /// A table of an integer made of a quantile, by a function that may be monotone only in pieces.
    ///
    /// - Parameters:
    ///   - quantile: Non-decreasing over all uniforms.
    ///   - encode: The integer for a quantile, below 2³¹.
    ///   - isMonotone: Whether `encode` is non-decreasing or non-increasing over a range; false when in doubt, which
    ///     costs
    ///     time and nothing else.
    /// - Complexity: 2¹⁴ + 1 evaluations of `quantile` and `encode`, and up to 20 for each cell with one step.
    public init(
        quantile: @escaping @Sendable (UInt32) -> Double, encode: @escaping @Sendable (Double) -> UInt32,
        isMonotone: (ClosedRange<Double>) -> Bool
    ) {
        self.init(quantile: quantile, encode: encode, isMonotone: isMonotone) { encode(quantile($0)) }
    }

    private init(
        quantile: (UInt32) -> Double, encode: (Double) -> UInt32, isMonotone: (ClosedRange<Double>) -> Bool,
        _ function: @escaping @Sendable (UInt32) -> UInt32
    ) {
        let count = 1 << Int(Self.cellBits)
        var cells = [UInt32](repeating: .max, count: count)
        var steps: [Step] = []
        var low = quantile(0)
        var first = encode(low)
        for i in 0..<count {
            // The first uniform of the next cell: what is constant up to there is constant in the cell.
            let end = i + 1 < count ? UInt32(i + 1) << (32 - Self.cellBits) : UInt32.max
            let high = quantile(end)
            let last = encode(high)
            if first < Self.varies, last < Self.varies, low <= high, isMonotone(low...high) {
                if first == last {
                    cells[i] = first
                } else if max(first, last) - min(first, last) == 1 {
                    // There is nothing between the two.
                    var (below, above) = (UInt32(i) << (32 - Self.cellBits), end)
                    while above - below > 1 {
                        let middle = below + (above - below) / 2
                        if encode(quantile(middle)) == first { below = middle } else { above = middle }
                    }
                    cells[i] = Self.varies | UInt32(steps.count)
                    steps.append(Step(first: above, below: first, above: last))
                }
            }
            (low, first) = (high, last)
        }
        self.cells = cells
        self.steps = steps
        self.function = function
    }

    /// The function's value at `r`.
    @inlinable
    public func callAsFunction(_ r: UInt32) -> UInt32 {
        let cell = cells[Int(r >> 18)]
        if cell & Self.varies == 0 { return cell }
        if cell == .max { return function(r) }
        let step = steps[Int(cell & ~Self.varies)]
        return r < step.first ? step.below : step.above
    }
}
