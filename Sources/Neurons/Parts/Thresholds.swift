import FixedPoint

/// Fires at or above a potential.
public enum StaticThreshold: ThresholdPart {
    public typealias State = NoWords

    /// The potential, accum mV.
    @frozen
    public struct Constants: Words {
        public var v: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var constantNames: [String] { ["threshold_value"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.v = p.accum("v_thresh")
        return k
    }

    @inlinable @inline(__always)
    public static func fires(v: Int32, _ state: inout NoWords, draw: UInt32, _ k: Constants) -> Bool { v >= k.v }
}

/// Fires at or above 30 mV, the threshold of every Izhikevich cell.
public enum IzhikevichThreshold: ThresholdPart {
    public typealias State = NoWords

    public static var constantNames: [String] { StaticThreshold.constantNames }

    public static func constants(_ p: CellParameters) -> StaticThreshold.Constants {
        var k = StaticThreshold.Constants()
        k.v = 30 << 15
        return k
    }

    @inlinable @inline(__always)
    public static func fires(
        v: Int32, _ state: inout NoWords, draw: UInt32, _ k: StaticThreshold.Constants
    ) -> Bool { v >= k.v }
}
