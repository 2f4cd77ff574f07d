extension Accum {
    /// The chip's square root, `sqrtk`: the floor of the exact root of an accum, 0 for a negative one.
    ///
    /// - Source: read off the golden vectors, which are the floor in all cases.
    public static func squareRoot(_ x: Int32) -> Int32 {
        guard x > 0 else { return 0 }
        let square = UInt64(x) << 15
        var root: UInt64 = 0
        var bit: UInt64 = 1 << 22
        while bit != 0 {
            let trial = root | bit
            if trial * trial <= square { root = trial }
            bit >>= 1
        }
        return Int32(truncatingIfNeeded: root)
    }
}

/// A source of 32-bit uniform words.
public protocol UniformWords {
    /// The next word.
    mutating func next() -> UInt32
}

extension KISS64: UniformWords {}
extension KISS32: UniformWords {}

extension UniformWords {
    /// A standard exponential variate as an accum, by von Neumann's comparison of uniform words.
    ///
    /// Draws a run of words as long as it falls; a run of odd length starts anew with one added.
    ///
    /// - Source: Documentation/Chip.md, "Random numbers"; von Neumann 1951.
    @inlinable
    public mutating func exponential() -> Int32 {
        var whole: Int32 = 0
        while true {
            let first = next()
            var previous = first
            while true {
                let word = next()
                if previous < word { return whole &+ Accum.fromFraction(first) }
                previous = next()
                if previous >= word { break }
            }
            whole &+= Accum.one
        }
    }

    /// A standard normal variate as an accum: the quantile of one word's upper half.
    @inlinable
    public mutating func gaussian() -> Int32 { NormalQuantile.accum(ofUpperBits: next()) }

    /// A Poisson variate for a mean given as e^−λ in u0.32, by Knuth's product of uniform words.
    ///
    /// - Complexity: O(λ) draws.
    /// - Source: Documentation/Chip.md, "Poisson sources".
    @inlinable @inline(__always)
    public mutating func poisson(expMinusLambda: UInt32) -> UInt32 {
        var product = Accum.multiplyFractions(Accum.unitFraction, next())
        var count: UInt32 = 0
        while product > expMinusLambda {
            product = Accum.multiplyFractions(product, next())
            count &+= 1
        }
        return count
    }

    /// A Poisson variate for a mean given as an accum; e^−λ is formed with `expk`, so that it has 15 bits only.
    @inlinable
    public mutating func poisson(lambda: Int32) -> UInt32 {
        poisson(expMinusLambda: Accum.toFraction(Exponential.expk(0 &- lambda)))
    }
}
