/// A non-decreasing function of a 32-bit uniform with small integer values, tabulated without changing a single value.
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

    /// - Parameter function: Non-decreasing or non-increasing over all uniforms, values below 2³¹.
    /// - Complexity: 2¹⁴ + 1 evaluations of `function`.
    public init(_ function: @escaping @Sendable (UInt32) -> UInt32) {
        let count = 1 << Int(Self.cellBits)
        var cells = [UInt32](repeating: 0, count: count)
        var first = function(0)
        for i in 0..<count {
            let last = i + 1 < count ? function(UInt32(i + 1) << (32 - Self.cellBits)) : function(UInt32.max)
            cells[i] = first == last ? first : Self.varies
            first = last
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
