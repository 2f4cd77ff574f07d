/// A way to a place between the ends, and the share of it that is gone; both in parts of 2³⁰.
@frozen
public struct Approach: Sendable {
    /// 0: `w_min`, ``one``: `w_max`.
    public var place: Int32
    public var share: Int32

    /// The whole.
    @inlinable
    public static var one: Int32 { 1 << 30 }

    @inlinable @inline(__always)
    public init(place: Int32, share: Int32) {
        self.place = place
        self.share = share
    }
}

/// Moves a weight towards a place between `w_min` and `w_max`, ever slower the nearer it is.
///
/// - Source: the exact step of a linear differential equation; beyond sPyNNaker.
@frozen
public struct SoftBounds: WeightRule {
    @usableFromInline let minimum: Int32
    @usableFromInline let maximum: Int32

    public init(_ p: PlasticityParameters) {
        minimum = p.accum(p.argument("w_min") * p.weightScale)
        maximum = p.accum(p.argument("w_max") * p.weightScale)
    }

    public var words: [UInt32] { [minimum, maximum].map(UInt32.init(bitPattern:)) }

    @inlinable @inline(__always)
    func moved(_ weight: Int32, _ amount: Approach) -> Int32 {
        let range = Int64(maximum) &- Int64(minimum)
        let goal = Int64(minimum) &+ ((range &* Int64(amount.place) &+ 0x2000_0000) &>> 30)
        let way = ((goal &- Int64(weight)) &* Int64(amount.share) &+ 0x2000_0000) &>> 30
        return Int32(truncatingIfNeeded: Int64(weight) &+ way)
    }

    @inlinable @inline(__always)
    public func depressed(_ weight: Int32, _ amount: Approach) -> Int32 { moved(weight, amount) }

    @inlinable @inline(__always)
    public func potentiated(_ weight: Int32, _ amount: Approach) -> Int32 { moved(weight, amount) }
}
