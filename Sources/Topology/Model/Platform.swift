import Glibc

extension Distribution {
    /// eˣ, never NaN for finite x.
    static func exponential(_ x: Double) -> Double { exp(x) }
}
