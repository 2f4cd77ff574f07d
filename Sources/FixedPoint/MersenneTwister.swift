/// The generator of NumPy's `RandomState`, from which sPyNNaker draws seeds: 32-bit words of MT19937.
///
/// - Determinism: the sequence depends on the seed alone.
/// - Source: Matsumoto and Nishimura, "Mersenne Twister", ACM Transactions on Modeling and Computer Simulation 8, 1998.
public struct MersenneTwister: Sendable {
    private static let size = 624
    private var state: [UInt32]
    private var next = MersenneTwister.size

    public init(seed: UInt32) {
        state = [seed]
        for i in 1..<Self.size {
            let last = state[i - 1]
            state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(i))
        }
    }

    /// The next 32-bit word.
    public mutating func word() -> UInt32 {
        if next == Self.size { twist() }
        var y = state[next]
        next += 1
        y ^= y >> 11
        y ^= y << 7 & 0x9D2C_5680
        y ^= y << 15 & 0xEFC6_0000
        return y ^ y >> 18
    }

    /// The next word that is not the largest one.
    public mutating func wordBelowLargest() -> UInt32 {
        while true {
            let drawn = word()
            if drawn < UInt32.max { return drawn }
        }
    }

    private mutating func twist() {
        for i in 0..<Self.size {
            let y = state[i] & 0x8000_0000 | state[(i + 1) % Self.size] & 0x7FFF_FFFF
            state[i] = state[(i + 397) % Self.size] ^ y >> 1 ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
        }
        next = 0
    }
}
