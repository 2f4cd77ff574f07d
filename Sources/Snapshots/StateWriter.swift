/// Words of 32 bits in a row, to which parts of a run append what they have to remember.
///
/// Little-endian by meaning: a number of 64 bits comes with its lower half first.
public struct StateWriter {
    public private(set) var words: [UInt32] = []

    public init() {}

    /// Forgets the words, and keeps their memory.
    public mutating func removeAll() { words.removeAll(keepingCapacity: true) }

    public mutating func append(_ word: UInt32) { words.append(word) }

    public mutating func append(_ number: Int) {
        let bits = UInt64(bitPattern: Int64(number))
        words.append(UInt32(truncatingIfNeeded: bits))
        words.append(UInt32(truncatingIfNeeded: bits >> 32))
    }

    public mutating func append(_ number: Float) { words.append(number.bitPattern) }

    public mutating func append(_ number: Double) { append(Int(bitPattern: UInt(number.bitPattern))) }

    /// Appends words as they lie in memory.
    public mutating func append(_ pointer: UnsafePointer<UInt32>, count: Int) {
        words.append(contentsOf: UnsafeBufferPointer(start: pointer, count: count))
    }

    /// Appends words as they lie in memory.
    public mutating func append(_ pointer: UnsafePointer<Int32>, count: Int) {
        pointer.withMemoryRebound(to: UInt32.self, capacity: count) { append($0, count: count) }
    }

    /// Appends halves of words, two a word, and a zero half where their number is odd.
    public mutating func append(_ pointer: UnsafePointer<UInt16>, count: Int) {
        for i in stride(from: 0, to: count &- 1, by: 2) {
            words.append(UInt32(pointer[i]) | UInt32(pointer[i &+ 1]) &<< 16)
        }
        if count % 2 != 0 { words.append(UInt32(pointer[count - 1])) }
    }

    /// Appends bytes, four a word, and zero bytes to the end of a word.
    public mutating func append(bytes: UnsafeRawBufferPointer) {
        let whole = bytes.count / 4
        words.reserveCapacity(words.count + whole + 1)
        for i in 0..<whole { words.append(bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self).littleEndian) }
        guard bytes.count % 4 != 0 else { return }
        var rest: UInt32 = 0
        for i in 4 * whole..<bytes.count { rest |= UInt32(bytes[i]) << UInt32(8 * (i % 4)) }
        words.append(rest)
    }
}
