/// The chip's per-core generator `mars_kiss64`: 32-bit words from a 128-bit state.
///
/// - Determinism: the sequence depends on the state alone.
/// - Source: Marsaglia's KISS; Documentation/Chip.md, "Random numbers".
@frozen
public struct KISS64: Sendable, Hashable {
    /// The congruential word.
    public var x: UInt32
    /// The shift-register word, never 0.
    public var y: UInt32
    /// The multiply-with-carry word.
    public var z: UInt32
    /// The carry, 1 … 698769068 after seed validation.
    public var c: UInt32

    /// A state taken as it is.
    @inlinable
    public init(x: UInt32, y: UInt32, z: UInt32, c: UInt32) {
        self.x = x
        self.y = y
        self.z = z
        self.c = c
    }

    /// A state from four seed words after the chip's validation: a zero `y` becomes 13031301, `c` becomes
    /// c mod 698769068 + 1.
    @inlinable
    public init(validatingSeed seed: (UInt32, UInt32, UInt32, UInt32)) {
        self.init(x: seed.0, y: seed.1 == 0 ? 13_031_301 : seed.1, z: seed.2, c: seed.3 % 698_769_068 + 1)
    }

    /// The state compiled into `mars_kiss64_simp`.
    @inlinable
    public static var compiledIn: KISS64 { KISS64(x: 123_456_789, y: 987_654_321, z: 43_219_876, c: 6_543_217) }

    /// The next 32-bit word.
    @inlinable @inline(__always)
    public mutating func next() -> UInt32 {
        x = 314_527_869 &* x &+ 1_234_567
        y ^= y &<< 5
        y ^= y &>> 7
        y ^= y &<< 22
        let t = 4_294_584_393 &* UInt64(z) &+ UInt64(c)
        c = UInt32(truncatingIfNeeded: t &>> 32)
        z = UInt32(truncatingIfNeeded: t)
        return x &+ y &+ z
    }
}

/// The chip's generator without multiplications, `mars_kiss32`, which exists with a compiled-in state only.
///
/// - Source: Marsaglia's 32-bit KISS; constants as published with spinn_common, confirmed on the golden vectors.
@frozen
public struct KISS32: Sendable, Hashable {
    @usableFromInline var x: UInt32 = 123_456_789
    @usableFromInline var y: UInt32 = 234_567_891
    @usableFromInline var z: UInt32 = 345_678_912
    @usableFromInline var w: UInt32 = 456_789_123
    @usableFromInline var c: UInt32 = 0

    /// The compiled-in state.
    @inlinable
    public init() {}

    /// The next 32-bit word.
    @inlinable
    public mutating func next() -> UInt32 {
        y ^= y &<< 5
        y ^= y &>> 7
        y ^= y &<< 22
        let t = z &+ w &+ c
        z = w
        c = t &>> 31
        w = t & 0x7FFF_FFFF
        x = x &+ 1_411_392_427
        return x &+ y &+ w
    }
}
