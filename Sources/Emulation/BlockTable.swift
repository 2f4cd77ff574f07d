/// Finds the incoming block of a source core by the core's base key.
///
/// Keys are spread over twice as many places by multiplication, and looked for from there on: one cache line and no
/// branch that cannot be foreseen, which a search by halves has many of.
struct BlockTable: ~Copyable {
    private struct Entry {
        var key: UInt32
        /// Negative: nothing is here.
        var block: Int32
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let mask: Int
    private let shift: UInt32

    /// - Parameter keys: `[blocks]`, each once.
    init(_ keys: [UInt32]) {
        var bits: UInt32 = 2
        while 1 << Int(bits) < 2 * keys.count { bits += 1 }
        mask = 1 << Int(bits) - 1
        shift = 32 - bits
        entries = .allocate(capacity: mask + 1)
        entries.initialize(repeating: Entry(key: 0, block: -1), count: mask + 1)
        for (block, key) in keys.enumerated() {
            var place = start(of: key)
            while entries[place].block >= 0 { place = (place + 1) & mask }
            entries[place] = Entry(key: key, block: Int32(block))
        }
    }

    deinit { entries.deallocate() }

    @inline(__always)
    private func start(of key: UInt32) -> Int { Int((key &* 0x9E37_79B1) &>> shift) }

    /// The block of a base key; `nil` when its packets do not come here.
    ///
    /// - Complexity: O(1) on average.
    @inline(__always)
    subscript(key: UInt32) -> Int? {
        var place = start(of: key)
        while entries[place].block >= 0 {
            if entries[place].key == key { return Int(entries[place].block) }
            place = (place &+ 1) & mask
        }
        return nil
    }
}
