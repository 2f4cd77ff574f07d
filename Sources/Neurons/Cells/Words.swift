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
}

/// No words at all.
@frozen
public struct NoWords: Words {
    @inlinable
    public init() {}
}

/// Records of a group, column by column: word `w` of record `i` is `base[w * stride + i]`.
@frozen
public struct Columns<Record: Words> {
    /// `[Record.count * stride]` words.
    public let base: UnsafeMutablePointer<Int32>
    /// Words from a column to the next; at least the number of records.
    public let stride: Int

    /// Views memory that the caller owns.
    @inlinable
    public init(base: UnsafeMutablePointer<Int32>, stride: Int) {
        self.base = base
        self.stride = stride
    }

    /// Record `i`.
    @inlinable
    public subscript(i: Int) -> Record {
        @inline(__always) get {
            var record = Record()
            withUnsafeMutableBytes(of: &record) { bytes in
                for word in 0..<Record.count {
                    bytes.storeBytes(of: base[word &* stride &+ i], toByteOffset: word &* 4, as: Int32.self)
                }
            }
            return record
        }
        @inline(__always) nonmutating set {
            withUnsafeBytes(of: newValue) { bytes in
                for word in 0..<Record.count {
                    base[word &* stride &+ i] = bytes.loadUnaligned(fromByteOffset: word &* 4, as: Int32.self)
                }
            }
        }
    }
}
