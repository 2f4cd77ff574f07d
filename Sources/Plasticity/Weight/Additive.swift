/// Moves a weight by a fixed step: `w ∓ A·x`, clamped at the end it moves to.
///
/// The amplitudes are absolute, scaled as conductances are but not by `w_max`.
///
/// - Source: Documentation/Chip.md, "Weight rules".
@frozen
public struct Additive: WeightRule {
    @usableFromInline let minimum: Int32
    @usableFromInline let maximum: Int32
    @usableFromInline let plus: Int32
    @usableFromInline let minus: Int32

    public init(_ p: PlasticityParameters) {
        minimum = p.accum(p.argument("w_min") * p.weightScale)
        maximum = p.accum(p.argument("w_max") * p.weightScale)
        plus = p.accum(p.argument("A_plus") * p.weightScale)
        minus = p.accum(p.argument("A_minus") * p.weightScale)
    }

    public var words: [UInt32] { [minimum, maximum, plus, minus].map(UInt32.init(bitPattern:)) }

    @inlinable @inline(__always)
    public func depressed(_ weight: Int32, _ amount: Int32) -> Int32 {
        max(weight &- S411.scale(minus, by: amount), minimum)
    }

    @inlinable @inline(__always)
    public func potentiated(_ weight: Int32, _ amount: Int32) -> Int32 {
        min(weight &+ S411.scale(plus, by: amount), maximum)
    }
}
