/// A record made of 32-bit words and nothing else: the state of a part or its constants.
///
/// Groups keep records as columns, one array a word, and loops load and store whole records; both compile to one vector
/// access a word.
public protocol Words: BitwiseCopyable, Sendable {
    /// All words zero.
    init()
}

extension Words {
    /// Number of words.
    @inlinable
    public static var count: Int { MemoryLayout<Self>.size / 4 }

    /// Reads words that lie side by side.
    @inlinable
    static func load(_ words: UnsafePointer<Int32>) -> Self {
        var record = Self()
        withUnsafeMutableBytes(of: &record) { bytes in
            for word in 0..<count { bytes.storeBytes(of: words[word], toByteOffset: word &* 4, as: Int32.self) }
        }
        return record
    }

    /// Writes the words `stride` apart.
    @inlinable
    func store(_ words: UnsafeMutablePointer<Int32>, _ stride: Int) {
        withUnsafeBytes(of: self) { bytes in
            for word in 0..<Self.count {
                words[word &* stride] = bytes.loadUnaligned(fromByteOffset: word &* 4, as: Int32.self)
            }
        }
    }
}

/// No words at all.
@frozen
public struct NoWords: Words {
    @inlinable
    public init() {}
}

/// Records of up to 512 neurons, column by column: word `w` of record `i` is `base[w * stride + i]`.
///
/// Groups are cut into such chunks, so that the compiler knows the distance between columns: it then sees that they do
/// not overlap. With a distance known only at run time it would compare every pair of columns before each vector loop.
@frozen
public struct Columns<Record: Words> {
    /// `[Record.count * stride]` words.
    public let base: UnsafeMutablePointer<Int32>

    /// Views memory that the caller owns.
    @inlinable
    public init(base: UnsafeMutablePointer<Int32>) { self.base = base }

    /// The columns that follow these in a chunk.
    @inlinable @inline(__always)
    func next<Next: Words>(_ type: Next.Type) -> Columns<Next> {
        Columns<Next>(base: base + Record.count &* Chunk.stride)
    }

    /// Record `i`.
    @inlinable
    public subscript(i: Int) -> Record {
        @inline(__always) get {
            var record = Record()
            withUnsafeMutableBytes(of: &record) { bytes in
                Record.forEachWord { word in
                    bytes.storeBytes(of: base[word &* Chunk.stride &+ i], toByteOffset: word &* 4, as: Int32.self)
                }
            }
            return record
        }
        @inline(__always) nonmutating set {
            withUnsafeBytes(of: newValue) { bytes in
                Record.forEachWord { word in
                    base[word &* Chunk.stride &+ i] = bytes.loadUnaligned(fromByteOffset: word &* 4, as: Int32.self)
                }
            }
        }
    }
}

extension Words {
    /// Calls `body` with the number of each word.
    ///
    /// Without a loop for up to 64 words: the compiler unrolls loops over few words only, and keeps a record in memory,
    /// one neuron after the other, where it does not.
    @inlinable @inline(__always)
    static func forEachWord(_ body: (Int) -> Void) {
        forEachOfEight(from: 0, body)
        if count > 8 { forEachOfEight(from: 8, body) }
        if count > 16 { forEachOfEight(from: 16, body) }
        if count > 24 { forEachOfEight(from: 24, body) }
        if count > 32 { forEachOfEight(from: 32, body) }
        if count > 40 { forEachOfEight(from: 40, body) }
        if count > 48 { forEachOfEight(from: 48, body) }
        if count > 56 { forEachOfEight(from: 56, body) }
        for word in 64..<max(count, 64) { body(word) }
    }

    @inlinable @inline(__always)
    static func forEachOfEight(from word: Int, _ body: (Int) -> Void) {
        if word < count { body(word) }
        if word &+ 1 < count { body(word &+ 1) }
        if word &+ 2 < count { body(word &+ 2) }
        if word &+ 3 < count { body(word &+ 3) }
        if word &+ 4 < count { body(word &+ 4) }
        if word &+ 5 < count { body(word &+ 5) }
        if word &+ 6 < count { body(word &+ 6) }
        if word &+ 7 < count { body(word &+ 7) }
    }
}

/// The neurons that a loop runs over at once.
@frozen
public enum Chunk {
    /// Neurons in a chunk.
    @inlinable
    public static var neurons: Int { 512 }
    /// Words from a column of a chunk to the next: a few more, so that columns fall into different cache sets.
    @inlinable
    public static var stride: Int { 528 }
}
