/// Two amounts of a triplet rule: that of the pair, and that of the three spikes.
@frozen
public struct TwoAmounts: Sendable {
    public var pair: Int32
    public var triplet: Int32

    @inlinable @inline(__always)
    public init(pair: Int32, triplet: Int32) {
        self.pair = pair
        self.triplet = triplet
    }
}

/// Moves a weight by two fixed steps, then clamps it at the end it moves to; amplitudes are parts of `w_max`.
///
/// - Source: Documentation/Chip.md, "Weight rules".
@frozen
public struct AdditiveTriplet: WeightRule {
    @usableFromInline let minimum: Int32
    @usableFromInline let maximum: Int32
    @usableFromInline let pairPlus: Int32
    @usableFromInline let pairMinus: Int32
    @usableFromInline let tripletPlus: Int32
    @usableFromInline let tripletMinus: Int32

    public init(_ p: PlasticityParameters) {
        func amplitude(_ name: String) -> Int32 { p.accum(p.argument(name) * p.argument("w_max") * p.weightScale) }
        minimum = p.accum(p.argument("w_min") * p.weightScale)
        maximum = p.accum(p.argument("w_max") * p.weightScale)
        pairPlus = amplitude("A_plus")
        pairMinus = amplitude("A_minus")
        tripletPlus = amplitude("A3_plus")
        tripletMinus = amplitude("A3_minus")
    }

    public var words: [UInt32] {
        [minimum, maximum, pairPlus, pairMinus, tripletPlus, tripletMinus].map(UInt32.init(bitPattern:))
    }

    @inlinable @inline(__always)
    public func depressed(_ weight: Int32, _ amount: TwoAmounts) -> Int32 {
        max(
            weight &- S411.scale(pairMinus, by: amount.pair) &- S411.scale(tripletMinus, by: amount.triplet), minimum)
    }

    @inlinable @inline(__always)
    public func potentiated(_ weight: Int32, _ amount: TwoAmounts) -> Int32 {
        min(weight &+ S411.scale(pairPlus, by: amount.pair) &+ S411.scale(tripletPlus, by: amount.triplet), maximum)
    }
}
