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

/// Fires at or above 30 mV, the threshold of every Izhikevich cell, unless a `v_thresh` is given.
public enum IzhikevichThreshold: ThresholdPart {
    public typealias State = NoWords

    public static var constantNames: [String] { StaticThreshold.constantNames }

    public static func constants(_ p: CellParameters) -> StaticThreshold.Constants {
        var k = StaticThreshold.Constants()
        k.v = p.accum("v_thresh", default: 30 << 15)
        return k
    }

    @inlinable @inline(__always)
    public static func fires(
        v: Int32, _ state: inout NoWords, draw: UInt32, _ k: StaticThreshold.Constants
    ) -> Bool { v >= k.v }
}

/// Fires with a probability that grows with the potential, after Maass and others.
///
/// The chip's scale of time is positive though it is named negative, so that the probability comes out negative as soon
/// as it is not 0, and a conversion makes it huge: in practice the cell fires once (tau_inv × k) × e^x reaches one raw
/// unit.
///
/// - Source: Documentation/Chip.md, "Stochastic cells".
public enum MaassThreshold: ThresholdPart {
    public typealias State = NoWords

    /// What the chip derives, accums.
    @frozen
    public struct Constants: Words {
        /// 1.0 ÷ du_th, per mV.
        public var steepness: Int32 = 0
        /// 1.0 ÷ tau_th, per ms.
        public var rate: Int32 = 0
        /// The potential, mV.
        public var v: Int32 = 0
        /// ts ÷ 10, ms.
        public var tenthOfStep: Int32 = 0

        @inlinable
        public init() {}
    }

    public static var constantNames: [String] { ["du_th_inv", "tau_th_inv", "v_thresh", "ts_div_10"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.steepness = Accum.divide(Accum.one, p.accum("du_th"))
        k.rate = Accum.divide(Accum.one, p.accum("tau_th"))
        k.v = p.accum("v_thresh")
        k.tenthOfStep = Accum.divide(p.step, byInteger: 10)
        return k
    }

    @inlinable
    public static var draws: Bool { true }

    /// The test; 5.0 is 163840 raw and 0.8 26214.
    @inlinable
    public static func fires(v: Int32, _ state: inout NoWords, draw: UInt32, _ k: Constants) -> Bool {
        let exponent = Accum.multiply(v &- k.v, k.steepness)
        var result: Int32 = 26214
        if exponent < 163_840 {
            let hazard = Accum.multiply(Accum.multiply(k.rate, k.tenthOfStep), Exponential.expk(exponent))
            result = Accum.multiply(Accum.one &- Exponential.expk(hazard), result)
        }
        return Accum.fromU1616(Accum.toU1616(result)) >= Accum.fromU1616(draw & 0xFFFF)
    }
}

/// Fires with a fixed probability at or above a potential; a neuron has its own generator.
///
/// - Source: Documentation/Chip.md, "Stochastic cells"; not covered by recorded vectors.
public enum FixedProbabilityThreshold: ThresholdPart {
    public typealias State = GeneratorWords

    /// The potential and the probability.
    @frozen
    public struct Constants: Words {
        /// Accum mV.
        public var v: Int32 = 0
        /// p · (2³² − 1).
        public var probability: UInt32 = 0

        @inlinable
        public init() {}
    }

    public static var stateNames: [String] { GeneratorWords.names }
    public static var constantNames: [String] { ["threshold_value", "prob"] }

    public static func constants(_ p: CellParameters) -> Constants {
        var k = Constants()
        k.v = p.accum("v_thresh")
        k.probability = UInt32(truncatingIfNeeded: (UInt64(p.u1616("p_thresh")) * 0xFFFF_FFFF) >> 16)
        return k
    }

    public static func initialState(_ p: CellParameters) -> GeneratorWords { GeneratorWords(p.generator()) }

    @inlinable @inline(__always)
    public static func fires(v: Int32, _ state: inout GeneratorWords, draw: UInt32, _ k: Constants) -> Bool {
        var generator = state.generator
        let word = generator.next()
        let tests = v >= k.v
        state = tests ? GeneratorWords(generator) : state
        return tests && word < k.probability
    }
}

/// A generator's state as words of a neuron's.
@frozen
public struct GeneratorWords: Words {
    public var x: UInt32 = 0
    public var y: UInt32 = 0
    public var z: UInt32 = 0
    public var c: UInt32 = 0

    @inlinable
    public init() {}

    /// A generator's state.
    @inlinable
    public init(_ generator: KISS64) {
        x = generator.x
        y = generator.y
        z = generator.z
        c = generator.c
    }

    /// The generator.
    @inlinable
    public var generator: KISS64 { KISS64(x: x, y: y, z: z, c: c) }

    static let names = ["random_seed[0]", "random_seed[1]", "random_seed[2]", "random_seed[3]"]
}
