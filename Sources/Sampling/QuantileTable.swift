/// A function of a 32-bit uniform with small integer values, tabulated without changing a single value.
///
/// The uniform's top bits choose a cell. In most cells the function is constant, because its values are few; there
/// the table answers. In the others the function itself is asked. So a draw costs a load, and the result is what the
/// function gives.
public struct QuantileTable: Sendable {
    static let cellBits: UInt32 = 14
    /// Set in a cell where the function is not constant.
    @usableFromInline static let varies: UInt32 = 1 << 31

    @usableFromInline let cells: [UInt32]
    @usableFromInline let function: @Sendable (UInt32) -> UInt32

    /// A table of a function that is non-decreasing or non-increasing over all uniforms.
    ///
    /// A function that is neither, such as the magnitude of a value of either sign or 16 bits of a larger one, needs
    /// ``init(quantile:encode:isMonotone:)``: here a cell whose ends agree by chance would answer for what is between.
    ///
    /// - Parameter function: Monotone, values below 2³¹.
    /// - Complexity: 2¹⁴ + 1 evaluations of `function`.
    public init(_ function: @escaping @Sendable (UInt32) -> UInt32) {
        // The ends' order is not asked for: only their values are compared.
        self.init(quantile: { Double($0) }, encode: { function(UInt32($0)) }, isMonotone: { _ in true }, function)
    }

    /// A table of an integer made of a quantile, by a function that may be monotone only in pieces.
    ///
    /// - Parameters:
    ///   - quantile: Non-decreasing over all uniforms.
    ///   - encode: The integer for a quantile, below 2³¹.
    ///   - isMonotone: Whether `encode` is non-decreasing or non-increasing over a range; false when in doubt, which costs
    ///     time and nothing else.
    /// - Complexity: 2¹⁴ + 1 evaluations of `quantile` and `encode`.
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
        var cells = [UInt32](repeating: Self.varies, count: count)
        var low = quantile(0)
        var first = encode(low)
        for i in 0..<count {
            // The first uniform of the next cell: what is constant up to there is constant in the cell.
            let high = quantile(i + 1 < count ? UInt32(i + 1) << (32 - Self.cellBits) : UInt32.max)
            let last = encode(high)
            if first == last, first < Self.varies, low <= high, isMonotone(low...high) { cells[i] = first }
            (low, first) = (high, last)
        }
        self.cells = cells
        self.function = function
    }

    /// The function's value at `r`.
    @inlinable
    public func callAsFunction(_ r: UInt32) -> UInt32 {
        let cell = cells[Int(r >> 18)]
        return cell & Self.varies == 0 ? cell : function(r)
    }
}
