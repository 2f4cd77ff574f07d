import FixedPoint
import Testing

@Suite struct PhiloxTests {
    @Test func knownAnswers() {
        func check(_ block: (UInt32, UInt32, UInt32, UInt32), _ expected: [UInt32]) {
            #expect([block.0, block.1, block.2, block.3] == expected)
        }
        check(Philox4x32(key: 0).block(0, 0, 0, 0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        check(
            Philox4x32(key: .max).block(.max, .max, .max, .max), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        check(
            Philox4x32(key: 0x299f_31d0_a409_3822).block(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000])
    func fillGivesTheBlocks(count: Int) {
        let philox = Philox4x32(key: 0x0123_4567_89ab_cdef)
        let start = UInt32.max - 7
        let words = UnsafeMutablePointer<UInt32>.allocate(capacity: 4 * count + 4)
        defer { words.deallocate() }
        words.initialize(repeating: 0xdead_beef, count: 4 * count + 4)
        let columns = (0..<4).map { words + $0 * (count + 1) }
        philox.fill(
            c1: 1, c2: 2, c3: 3, from: start, count: count, into: columns[0], columns[1], columns[2], columns[3])
        for i in 0..<count {
            let block = philox.block(start &+ UInt32(i), 1, 2, 3)
            #expect(
                [columns[0][i], columns[1][i], columns[2][i], columns[3][i]] == [block.0, block.1, block.2, block.3])
        }
        for column in columns { #expect(column[count] == 0xdead_beef) }
    }
}

@Suite struct KISSTests {
    @Test func validationReplacesZeroAndBoundsTheCarry() {
        let random = KISS64(validatingSeed: (1, 0, 3, 698_769_068))
        #expect(random == KISS64(x: 1, y: 13_031_301, z: 3, c: 1))
    }

    @Test func quantilesAreOddAndBounded() {
        for s in 1...32767 as ClosedRange<Int32> {
            #expect(NormalQuantile.accum(of: s) == -NormalQuantile.accum(of: -s))
        }
        #expect(NormalQuantile.accum(of: -32768) == -229_376)
        #expect(NormalQuantile.accum(ofUpperBits: 0x8000_1234) == -229_376)
        #expect(NormalQuantile.accum(of: 0) == 0)
    }

    @Test func variatesHaveTheirMeans() {
        var random = KISS64.compiledIn
        let n = 200_000
        var exponential = 0.0
        var poisson = 0.0
        var square = 0.0
        for _ in 0..<n {
            exponential += Double(random.exponential()) / 32768
            poisson += Double(random.poisson(lambda: 3 * 32768))
            let gaussian = Double(random.gaussian()) / 32768
            square += gaussian * gaussian
        }
        #expect((exponential / Double(n) - 1).magnitude < 0.01)
        #expect((poisson / Double(n) - 3).magnitude < 0.02)
        #expect((square / Double(n) - 1).magnitude < 0.02)
    }
}
