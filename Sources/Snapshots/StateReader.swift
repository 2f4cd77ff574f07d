/// Takes words apart that a ``StateWriter`` has put in a row.
///
/// Reading past the end gives zeros; whoever has read all asks ``isExact`` whether the words were as many as expected.
public struct StateReader {
    private let words: [UInt32]
    private var position = 0
    private var isShort = false

    public init(_ words: [UInt32]) { self.words = words }

    /// All words have been read, and no more.
    public var isExact: Bool { !isShort && position == words.count }

    public mutating func word() -> UInt32 {
        guard position < words.count else {
            isShort = true
            return 0
        }
        defer { position += 1 }
        return words[position]
    }

    public mutating func number() -> Int {
        let low = UInt64(word())
        return Int(Int64(bitPattern: UInt64(word()) << 32 | low))
    }

    /// A number of things of which each has at least one word; 0 where there are not as many words left.
    public mutating func count() -> Int {
        let count = number()
        guard count >= 0, count <= words.count - position else {
            isShort = true
            return 0
        }
        return count
    }

    public mutating func float() -> Float { Float(bitPattern: word()) }

    public mutating func double() -> Double { Double(bitPattern: UInt64(UInt(bitPattern: number()))) }

    /// Reads words into memory.
    public mutating func read(_ pointer: UnsafeMutablePointer<UInt32>, count: Int) {
        guard count <= words.count - position else {
            isShort = true
            return
        }
        words.withUnsafeBufferPointer { words in
            guard let base = words.baseAddress else { return }
            pointer.update(from: base + position, count: count)
        }
        position += count
    }

    /// Reads words into memory.
    public mutating func read(_ pointer: UnsafeMutablePointer<Int32>, count: Int) {
        pointer.withMemoryRebound(to: UInt32.self, capacity: count) { read($0, count: count) }
    }

    /// Reads halves of words into memory.
    public mutating func read(_ pointer: UnsafeMutablePointer<UInt16>, count: Int) {
        var i = 0
        while i < count {
            let word = word()
            pointer[i] = UInt16(truncatingIfNeeded: word)
            if i + 1 < count { pointer[i + 1] = UInt16(truncatingIfNeeded: word >> 16) }
            i += 2
        }
    }

    /// Reads bytes into memory.
    public mutating func read(bytes: UnsafeMutableRawBufferPointer) {
        var i = 0
        while i < bytes.count {
            let word = word()
            for k in 0..<min(4, bytes.count - i) { bytes[i + k] = UInt8(truncatingIfNeeded: word >> UInt32(8 * k)) }
            i += 4
        }
    }
}
