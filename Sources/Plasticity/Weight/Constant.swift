/// Weights that no amount moves.
@frozen
public struct Constant: WeightRule {
    public init(_ p: PlasticityParameters) {}

    public var words: [UInt32] { [] }

    @inlinable @inline(__always)
    public func depressed(_ weight: Int32, _ amount: Int32) -> Int32 { weight }

    @inlinable @inline(__always)
    public func potentiated(_ weight: Int32, _ amount: Int32) -> Int32 { weight }
}
