import FixedPoint

/// Inputs that are currents.
public enum CurrentInput: InputPart {
    public typealias State = NoWords
    public typealias Constants = NoWords

    @inlinable @inline(__always)
    public static func scaled(_ input: Int32) -> Int32 { input }

    @inlinable @inline(__always)
    public static func excitatory(_ input: Int32, v: Int32, _ k: NoWords) -> Int32 { input }

    @inlinable @inline(__always)
    public static func inhibitory(_ input: Int32, v: Int32, _ k: NoWords) -> Int32 { input }
}

/// Inputs that are conductances: recorded and used shifted right by 10, as their weights are scaled by 1024.
///
/// The current is g × (E − V); an inhibitory one is (−g) × (E − V), to be subtracted. Each product is floored on its
/// own, and a second excitatory input has the first's reversal potential.
///
/// - Source: Documentation/Chip.md, "Order within a step".
public enum ConductanceInput: InputPart {
    public typealias State = NoWords

    /// Reversal potentials, accum mV.
    @frozen
    public struct Constants: Words {
        public var excitatory: Int32 = 0
        public var inhibitory: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var constantNames: [String] { ["V_rev_E", "V_rev_I"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.excitatory = p.accum("e_rev_E")
        k.inhibitory = p.accum("e_rev_I")
        return k
    }

    @inlinable @inline(__always)
    public static func scaled(_ input: Int32) -> Int32 { Accum.shiftRight(input, by: 10) }

    @inlinable @inline(__always)
    public static func excitatory(_ input: Int32, v: Int32, _ k: Constants) -> Int32 {
        Accum.multiply(input, k.excitatory &- v)
    }

    @inlinable @inline(__always)
    public static func inhibitory(_ input: Int32, v: Int32, _ k: Constants) -> Int32 {
        Accum.multiply(0 &- input, k.inhibitory &- v)
    }
}

/// Inputs that are charges: multiplied by 1.0 ÷ ts, so that a sub-step's current carries them.
///
/// - Source: Documentation/Chip.md, "Order within a step".
public enum DeltaInput: InputPart {
    public typealias State = NoWords

    /// The factor, accum.
    @frozen
    public struct Constants: Words {
        public var factor: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var constantNames: [String] { ["scale_factor"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.factor = Accum.divide(Accum.one, p.step)
        return k
    }

    @inlinable @inline(__always)
    public static func scaled(_ input: Int32) -> Int32 { input }

    @inlinable @inline(__always)
    public static func excitatory(_ input: Int32, v: Int32, _ k: Constants) -> Int32 {
        Accum.multiply(input, k.factor)
    }

    @inlinable @inline(__always)
    public static func inhibitory(_ input: Int32, v: Int32, _ k: Constants) -> Int32 {
        Accum.multiply(input, k.factor)
    }
}
