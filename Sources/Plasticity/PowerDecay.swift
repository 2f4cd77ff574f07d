import Glibc

/// Exponential decay over whole steps, in double precision: a table of d^(2^k), of which elapsed steps choose.
///
/// For rules beyond the chip's, where s4.11 is too coarse. Products of IEEE 754 alone, so that every host has the same
/// bits.
@frozen
public struct PowerDecay: @unchecked Sendable {
    /// `[32]`: of 1, 2, 4 … steps.
    @usableFromInline let powers: UnsafePointer<Double>

    init(_ powers: UnsafePointer<Double>) { self.powers = powers }

    /// The factor after `elapsed` steps.
    @inlinable
    public subscript(elapsed: UInt32) -> Double {
        var factor = 1.0
        var rest = elapsed
        var power = 0
        while rest != 0 {
            if rest & 1 != 0 { factor *= powers[power] }
            rest &>>= 1
            power &+= 1
        }
        return factor
    }

    /// Steps, at most `most`, at whose begin what starts as `value` is above `threshold`.
    @inlinable
    public func steps(_ value: Double, above threshold: Double, most: UInt32) -> UInt32 {
        guard value > threshold else { return 0 }
        var left = value
        var steps: UInt32 = 0
        var power = 16
        while power >= 0 {
            let after = left * powers[power]
            if after > threshold {
                left = after
                steps &+= 1 &<< UInt32(truncatingIfNeeded: power)
            }
            power &-= 1
        }
        return min(steps &+ 1, most)
    }

    /// The powers of a factor a step.
    static func powers(tau: Double, timestep: Double) -> [Double] {
        var powers = [exp(-timestep / tau)]
        while powers.count < 32 { powers.append(powers[powers.count - 1] * powers[powers.count - 1]) }
        return powers
    }
}
