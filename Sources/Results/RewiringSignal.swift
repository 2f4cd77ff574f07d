/// A projection of which is recorded how its synapses form and go, as every rank describes it.
public struct RewiringSignal: Codable, Sendable, Equatable {
    /// Names the file and its group.
    public var name: String
    /// The projection's name in the network.
    public var projection: String
    /// Numbers of the populations.
    public var pre: Int
    public var post: Int

    public init(name: String, projection: String, pre: Int, post: Int) {
        self.name = name
        self.projection = projection
        self.pre = pre
        self.post = post
    }
}

/// A synapse that formed or went, in a log.
struct RewiringEntry: Equatable {
    var step: UInt32
    var signal: Int
    /// Indices in the populations.
    var source: UInt32
    var target: UInt32
    var isFormed: Bool

    static let words = 4
    private static let formedFlag: UInt32 = 1 << 31

    init(step: UInt32, signal: Int, source: UInt32, target: UInt32, isFormed: Bool) {
        self.step = step
        self.signal = signal
        self.source = source
        self.target = target
        self.isFormed = isFormed
    }

    /// Reads the entry that begins at a byte.
    init(_ bytes: [UInt8], at offset: Int) {
        step = bytes.littleEndianWord(at: offset)
        let second = bytes.littleEndianWord(at: offset + 4)
        isFormed = second & Self.formedFlag != 0
        signal = Int(second & ~Self.formedFlag)
        source = bytes.littleEndianWord(at: offset + 8)
        target = bytes.littleEndianWord(at: offset + 12)
    }

    /// The entry's words, as they stand in the file.
    var encoded: [UInt32] {
        [
            step.littleEndian, (UInt32(signal) | (isFormed ? Self.formedFlag : 0)).littleEndian, source.littleEndian,
            target.littleEndian,
        ]
    }
}
