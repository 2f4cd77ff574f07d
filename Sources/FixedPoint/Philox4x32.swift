// Philox4x32-10: a counter-based generator.
//
// A block of four words is a function of a 128-bit counter and a 64-bit key, with no state: any block can be computed
// at any time, on any rank, in any order. Ten rounds each multiply two counter words by constants to 64 bits and mix
// the halves with the other two words and the key; the key is bumped by two Weyl constants between rounds.

/// Counter-based random blocks, Philox4x32 with 10 rounds.
///
/// - Determinism: a block depends on key and counter alone, never on a rank or an order of evaluation.
/// - Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
@frozen
public struct Philox4x32: Sendable, Hashable {
    /// The low key word.
    public var k0: UInt32
    /// The high key word.
    public var k1: UInt32

    /// A stream for a 64-bit key; the low word is the paper's `key[0]`.
    @inlinable
    public init(key: UInt64) {
        k0 = UInt32(truncatingIfNeeded: key)
        k1 = UInt32(truncatingIfNeeded: key &>> 32)
    }

    /// The block at counter `(c0, c1, c2, c3)`, four independent words.
    @inlinable @inline(__always)
    public func block(
        _ c0: UInt32, _ c1: UInt32, _ c2: UInt32, _ c3: UInt32
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        Philox4x32.rounds(c0, c1, c2, c3, k0, k1)
    }

    /// Ten rounds.
    @inlinable @inline(__always)
    static func rounds(
        _ c0: UInt32, _ c1: UInt32, _ c2: UInt32, _ c3: UInt32, _ k0: UInt32, _ k1: UInt32
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        let w0: UInt32 = 0x9E37_79B9
        let w1: UInt32 = 0xBB67_AE85
        var r = (c0, c1, c2, c3)
        r = round(r, k0, k1)
        r = round(r, k0 &+ w0, k1 &+ w1)
        r = round(r, k0 &+ 2 &* w0, k1 &+ 2 &* w1)
        r = round(r, k0 &+ 3 &* w0, k1 &+ 3 &* w1)
        r = round(r, k0 &+ 4 &* w0, k1 &+ 4 &* w1)
        r = round(r, k0 &+ 5 &* w0, k1 &+ 5 &* w1)
        r = round(r, k0 &+ 6 &* w0, k1 &+ 6 &* w1)
        r = round(r, k0 &+ 7 &* w0, k1 &+ 7 &* w1)
        r = round(r, k0 &+ 8 &* w0, k1 &+ 8 &* w1)
        return round(r, k0 &+ 9 &* w0, k1 &+ 9 &* w1)
    }

    /// One round.
    @inlinable @inline(__always)
    static func round(
        _ c: (UInt32, UInt32, UInt32, UInt32), _ k0: UInt32, _ k1: UInt32
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        let p0 = UInt64(0xD251_1F53) &* UInt64(c.0)
        let p1 = UInt64(0xCD9E_8D57) &* UInt64(c.2)
        return (
            UInt32(truncatingIfNeeded: p1 &>> 32) ^ c.1 ^ k0, UInt32(truncatingIfNeeded: p1),
            UInt32(truncatingIfNeeded: p0 &>> 32) ^ c.3 ^ k1, UInt32(truncatingIfNeeded: p0)
        )
    }

    /// The blocks at counters `(start + i, c1, c2, c3)` for `i` in `0..<count`, as four arrays.
    ///
    /// The first counter word wraps modulo 2³². The loop vectorises.
    ///
    /// - Parameters:
    ///   - c1: second counter word.
    ///   - c2: third counter word.
    ///   - c3: fourth counter word.
    ///   - start: first value of the first counter word.
    ///   - count: number of blocks.
    ///   - r0: `[count]` first words; the four outputs do not overlap.
    ///   - r1: `[count]` second words.
    ///   - r2: `[count]` third words.
    ///   - r3: `[count]` fourth words.
    @inline(never)
    public func fill(
        c1: UInt32, c2: UInt32, c3: UInt32, from start: UInt32, count: Int,
        into r0: UnsafeMutablePointer<UInt32>, _ r1: UnsafeMutablePointer<UInt32>,
        _ r2: UnsafeMutablePointer<UInt32>, _ r3: UnsafeMutablePointer<UInt32>
    ) {
        let k0 = k0
        let k1 = k1
        for i in 0..<max(count, 0) {
            let counter = start &+ UInt32(truncatingIfNeeded: i)
            let block = Philox4x32.rounds(counter, c1, c2, c3, k0, k1)
            r0[i] = block.0
            r1[i] = block.1
            r2[i] = block.2
            r3[i] = block.3
        }
    }
}
