import Testing
import Transport

@Suite struct MessageChunkTests {
    @Test func startsAtALineAndKeepsWhatFits() {
        var chunk = MessageChunk(most: 10_000)
        #expect(chunk.words == 16)
        for length in 1...16 { chunk.adapt(to: length) }
        #expect(chunk.words == 16 && chunk.overflows == 0)
    }

    @Test func growsByWhatDidNotFitAndHalfAsMuch() {
        var chunk = MessageChunk(most: 10_000)
        chunk.adapt(to: 17)
        #expect(chunk.words == 32 && chunk.overflows == 1)
        chunk.adapt(to: 1000)
        #expect(chunk.words == 1504 && chunk.overflows == 2)
        chunk.adapt(to: 1504)
        #expect(chunk.words == 1504 && chunk.overflows == 2)
    }

    @Test func growsNoLongerThanTheLongestMessage() {
        var chunk = MessageChunk(most: 100)
        chunk.adapt(to: 100)
        #expect(chunk.words == 112)
        chunk.adapt(to: 100)
        #expect(chunk.overflows == 1)
    }

    /// A chunk that is full now and then stays; one that is not is halved, and halved again.
    @Test func shrinksSlowly() {
        var chunk = MessageChunk(most: 10_000)
        chunk.adapt(to: 1000)
        for message in 1...1000 { chunk.adapt(to: message % 100 == 0 ? 400 : 2) }
        #expect(chunk.words == 1504)
        // The last message of 400 was the last of those.
        for _ in 0..<255 { chunk.adapt(to: 2) }
        #expect(chunk.words == 1504)
        chunk.adapt(to: 2)
        #expect(chunk.words == 752)
        for _ in 0..<256 { chunk.adapt(to: 2) }
        #expect(chunk.words == 384)
        for _ in 0..<(256 * 20) { chunk.adapt(to: 2) }
        #expect(chunk.words == 16 && chunk.overflows == 1)
    }
}
