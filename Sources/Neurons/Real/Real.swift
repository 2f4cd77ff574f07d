// Arithmetic of the models in double precision.
//
// A model's bits must not depend on the host. Additions, products, quotients and comparisons of IEEE 754 give the same
// bits on every processor, in vectors and one by one; the C library's functions do not, and a fused multiply-add does
// not round its product. So everything here is made of the four operations, written in the order in which they are to
// be done: Swift neither reorders them nor contracts a product and a sum into a fused multiply-add, whatever `-march`
// says. `RealCellTests` compares the bits of a run with recorded ones.

/// Functions in double precision with the same bits on every host.
public enum Real {
    /// e^x within two units of the last place; arguments beyond ±708 are taken as ±708.
    ///
    /// x = n·ln 2 + r with |r| ≤ ln 2 ÷ 2: a polynomial of degree 13 for e^r, and n added to the exponent. n is rounded
    /// by adding 1.5 · 2⁵², whose last bits then hold it.
    @inlinable @inline(__always)
    public static func exp(_ x: Double) -> Double {
        let bounded = x < -708 ? -708 : x > 708 ? 708 : x
        let shifted = bounded * 1.4426950408889634 + 0x1.8p52
        let n = shifted - 0x1.8p52
        // ln 2 in two parts, the first of which has room for a product with n.
        let r = (bounded - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33
        let square = r * r
        var even = 1 / 479_001_600.0
        even = even * square + 1 / 3_628_800.0
        even = even * square + 1 / 40320.0
        even = even * square + 1 / 720.0
        even = even * square + 1 / 24.0
        even = even * square + 0.5
        even = even * square + 1
        var odd = 1 / 6_227_020_800.0
        odd = odd * square + 1 / 39_916_800.0
        odd = odd * square + 1 / 362_880.0
        odd = odd * square + 1 / 5040.0
        odd = odd * square + 1 / 120.0
        odd = odd * square + 1 / 6.0
        odd = odd * square + 1
        return (even + odd * r) * Double(bitPattern: (shifted.bitPattern &+ 1023) &<< 52)
    }

    /// x ÷ (e^x − 1), which is 1 at 0, e^x being given.
    @inlinable @inline(__always)
    public static func bernoulli(_ x: Double, exponential: Double) -> Double {
        let isSmall = x < 1e-3 && x > -1e-3
        let direct = x / (exponential - 1)
        return isSmall ? 1 - 0.5 * x + x * x * (1 / 12.0) : direct
    }

    /// The nearest accum, ties to even; values out of range saturate, and what is not a number is 0.
    public static func accum(_ x: Double) -> Int32 {
        guard !x.isNaN else { return 0 }
        return Int32(max(min((x * 32768).rounded(.toNearestOrEven), 0x7FFF_FFFF), -0x8000_0000))
    }
}

/// A record of doubles and nothing else, each two words: the state of an equation or its constants.
public protocol Reals: Words {}

extension Reals {
    /// Each of the doubles plus `h` times its counterpart.
    @inlinable @inline(__always)
    func adding(_ other: Self, times h: Double) -> Self {
        var sum = self
        withUnsafeMutableBytes(of: &sum) { sum in
            withUnsafeBytes(of: other) { other in
                for index in 0..<(MemoryLayout<Self>.size / 8) {
                    let offset = index &* 8
                    sum.storeBytes(
                        of: sum.loadUnaligned(fromByteOffset: offset, as: Double.self)
                            + h * other.loadUnaligned(fromByteOffset: offset, as: Double.self),
                        toByteOffset: offset, as: Double.self)
                }
            }
        }
        return sum
    }
}

extension Words {
    /// The names of words that are doubles: each name is that of the low half, and the high half follows.
    public static func doubles(_ names: String...) -> [String] { names.flatMap { [$0, highHalf(of: $0)] } }

    /// The name of a double's second word.
    static func highHalf(of name: String) -> String { name + " (high half)" }
}
