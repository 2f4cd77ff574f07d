/// How long the messages of one direction between two ranks are, known to both ends without being told.
///
/// A message's first word is its length. What fits into the chunk travels as the first part, for which the receiver has
/// posted just so much; a longer message's rest follows as a second part, whose length the receiver has read by then.
/// Both ends then give the length to ``adapt(to:)``, and so agree on the next chunk. A receiver's memory follows the
/// traffic, not the most that could ever come.
///
/// - Determinism: A function of the lengths seen.
package struct MessageChunk {
    /// Words of the smallest chunk: a line.
    package static let least = 16
    /// Messages in a row that have to leave three quarters of the chunk empty before it is halved.
    package static let patience = 256

    /// Words of the first part, at most.
    package private(set) var words = Self.least
    /// Messages that took two parts.
    package private(set) var overflows = 0
    private let most: Int
    private var nearlyEmpty = 0

    /// - Parameter most: Words of the longest message there can be.
    package init(most: Int) { self.most = max(Self.least, Self.rounded(most)) }

    /// Words to a whole number of lines.
    package static func rounded(_ words: Int) -> Int { (words + least - 1) / least * least }

    /// Takes note of a message's `length` in words: grows to half as much again as did not fit, shrinks where it stays
    /// far too large.
    package mutating func adapt(to length: Int) {
        if length > words {
            overflows += 1
            nearlyEmpty = 0
            words = min(most, Self.rounded(length + length / 2))
        } else if 4 * length <= words, words > Self.least {
            nearlyEmpty += 1
            guard nearlyEmpty == Self.patience else { return }
            nearlyEmpty = 0
            words = Self.rounded(words / 2)
        } else {
            nearlyEmpty = 0
        }
    }
}

/// What an exchange by messages came to, for the run's summary.
public struct ChunkUse: Sendable, Equatable {
    /// Words of the largest chunk that this rank receives, as it is now.
    public var words = 0
    /// Messages that this rank received in two parts.
    public var overflows = 0

    init(_ chunks: some Sequence<MessageChunk>) {
        for chunk in chunks {
            words = max(words, chunk.words)
            overflows += chunk.overflows
        }
    }
}
