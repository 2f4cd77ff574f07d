import FixedPoint

/// Moves a weight by a share of what is left to the end it moves to; no clamp.
///
/// - Source: Documentation/Chip.md, "Weight rules".
@frozen
public struct Multiplicative: WeightRule {
    @usableFromInline let minimum: Int32
    @usableFromInline let maximum: Int32
    @usableFromInline let plus: Int32
    @usableFromInline let minus: Int32

    public init(_ p: PlasticityParameters) {
        minimum = p.accum(p.argument("w_min") * p.weightScale)
        maximum = p.accum(p.argument("w_max") * p.weightScale)
        plus = p.accum(p.argument("A_plus"))
        minus = p.accum(p.argument("A_minus"))
    }

    public var words: [UInt32] { [minimum, maximum, plus, minus].map(UInt32.init(bitPattern:)) }

    @inlinable @inline(__always)
    public func depressed(_ weight: Int32, _ amount: Int32) -> Int32 {
        weight &- S411.scale(Accum.multiply(weight &- minimum, minus), by: amount)
    }

    @inlinable @inline(__always)
    public func potentiated(_ weight: Int32, _ amount: Int32) -> Int32 {
        weight &+ S411.scale(Accum.multiply(maximum &- weight, plus), by: amount)
    }
}
