import Expressions
import Testing

/// The probability of each pair, `[sources][targets]`.
private func probabilities(_ text: String, _ sources: Int = 6, _ targets: Int = 6) throws -> [[Double]] {
    guard case .pairs(let expression) = try ConnectionSet(text).kind else { return [] }
    return (0..<sources).map { i in (0..<targets).map { j in expression([Double(i), Double(j)]) } }
}

/// The same by a rule for each pair.
private func table(_ sources: Int = 6, _ targets: Int = 6, _ rule: (Int, Int) -> Double) -> [[Double]] {
    (0..<sources).map { i in (0..<targets).map { j in rule(i, j) } }
}

private func mistake(_ text: String) -> String? {
    do throws(ExpressionError) {
        _ = try ConnectionSet(text)
        return nil
    } catch { return error.message }
}

@Suite struct ConnectionSetTests {
    @Test func masks() throws {
        #expect(try probabilities("full") == table { _, _ in 1 })
        #expect(try probabilities("empty") == table { _, _ in 0 })
        #expect(try probabilities("oneToOne", 3, 6) == table(3, 6) { i, j in i == j ? 1 : 0 })
        #expect(try probabilities("random(0.25)") == table { _, _ in 0.25 })
        #expect(try probabilities("csa.random(p=1e-3)") == table { _, _ in 1e-3 })
        #expect(
            try probabilities("cross(range(1, 6, 2), [0, 4])")
                == table { i, j in [1, 3, 5].contains(i) && [0, 4].contains(j) ? 1 : 0 })
        #expect(
            try probabilities("cross(xrange(2), range(3, 5))") == table { i, j in i < 2 && (3..<5).contains(j) ? 1 : 0 }
        )
    }

    /// Sums and differences bind less than products, complements most; operators act on the next mask alone.
    @Test func operators() throws {
        #expect(try probabilities("cset(random(0.1) * (full - oneToOne))") == table { i, j in i == j ? 0 : 0.1 })
        #expect(try probabilities("full - random(0.25)") == table { _, _ in 0.75 })
        #expect(try probabilities("random(0.5) * random(0.5)") == table { _, _ in 0.25 })
        #expect(try probabilities("~oneToOne") == table { i, j in i == j ? 0 : 1 })
        #expect(try probabilities("~oneToOne * random(0.5)") == table { i, j in i == j ? 0 : 0.5 })
        #expect(try probabilities("block(2, 3) * oneToOne") == table { i, j in i / 2 == j / 3 ? 1 : 0 })
        #expect(try probabilities("block(2) * oneToOne * random(0.5)") == table { i, j in i / 2 == j / 2 ? 0.5 : 0 })
        #expect(
            try probabilities("shift(1, 2) * oneToOne") == table { i, j in i >= 1 && j >= 2 && i - 1 == j - 2 ? 1 : 0 })
        #expect(
            try probabilities("shift(0, -1) * cross([0], [0, 3])") == table { i, j in i == 0 && j == 2 ? 1 : 0 })
        #expect(
            try probabilities("transpose * cross([1], range(3))") == table { i, j in j == 1 && i < 3 ? 1 : 0 })
        #expect(
            try probabilities("block(2) * transpose * cross([1], [0])")
                == table { i, j in i / 2 == 0 && j / 2 == 1 ? 1 : 0 })
        #expect(
            try probabilities("oneToOne + shift(0, 1) * oneToOne") == table { i, j in i == j || i == j - 1 ? 1 : 0 })
    }

    @Test func drawsFromAllPairs() throws {
        #expect(try ConnectionSet("random(N=12)").kind == .total(12))
        #expect(try ConnectionSet("random(fanIn=3) * full").kind == .fanIn(3))
        #expect(try ConnectionSet("(random(fanOut=4))").kind == .fanOut(4))
    }

    /// What a sum has twice is where its overlaps are not 0.
    @Test func overlaps() throws {
        let disjoint = try ConnectionSet("oneToOne + shift(0, 1) * oneToOne")
        #expect(disjoint.overlaps.count == 1)
        #expect(disjoint.overlaps[0]([2, 2]) == 0 && disjoint.overlaps[0]([2, 3]) == 0)
        let common = try ConnectionSet("block(2) * (oneToOne + cross([0], range(2)))")
        #expect(common.overlaps[0]([1, 0]) == 1 && common.overlaps[0]([1, 2]) == 0)
    }

    @Test(arguments: [
        ("", "is empty"), ("full full", "expected an operator or the end"),
        ("full *", "expected a mask, found the end"),
        ("block(2)", "expected \"*\" and a mask after an operator"),
        ("block(0) * full", "block must be a whole number of 1"),
        ("random(2)", "p must be a number of 0 to 1"), ("random(q=1)", "random has no \"q\""),
        ("random(fanIn=-1)", "fanIn must be a whole number"), ("numpy.full", "\"numpy\" has no parts; csa. may stand"),
        ("cross(full, full)", "expected range(…) or a list"),
        ("disc(0.1) * full", "sets of positions are not supported"),
        ("~block(2) * full", "a complement is of a mask"), ("range(3)", "there is no \"range\""),
        ("random(N=3) - oneToOne", "they stand alone"), ("cross(range(0, 4, 0), [1])", "the step of a range"),
        ("(" + String(repeating: "~", count: 30) + "full)", "at most 24 masks"),
    ])
    func refuses(_ text: String, _ message: String) {
        #expect(mistake(text)?.contains(message) == true, "\(mistake(text) ?? "accepted")")
    }
}
