import FixedPoint
import Testing

/// Interesting words: extremes, neighbours of powers of two, and a fixed pseudo-random set.
let words: [Int32] = {
    var words: [Int32] = [0, 1, -1, 2, -2, 32767, 32768, 32769, -32768, .max, .min, .max - 1, .min + 1]
    var random = KISS64.compiledIn
    for _ in 0..<200 { words.append(Int32(bitPattern: random.next()) >> Int32(random.next() % 31)) }
    return words
}()

@Suite struct AccumTests {
    @Test func productsAreThoseOfAnObviousReference() {
        for a in words {
            for b in words {
                let product = Int64(a) * Int64(b)
                let floored = product >= 0 ? product / 32768 : -((-product + 32767) / 32768)
                #expect(Accum.multiply(a, b) == Int32(truncatingIfNeeded: floored))
            }
        }
    }

    @Test func decayIsTheFloorOfTheFullProduct() {
        for a in words {
            for b in words {
                let d = UInt32(bitPattern: b)
                let (high, low) = Int128(a).multipliedReportingOverflow(by: Int128(d)).partialValue.floorDivided()
                #expect(Accum.decay(a, by: d) == Int32(truncatingIfNeeded: high), "\(a) \(d) \(low)")
            }
        }
    }

    @Test func decayEndsAtZeroFromAboveOnly() {
        var value: Int32 = -1_000_000
        var positive: Int32 = 1_000_000
        for _ in 0..<1000 {
            value = Accum.decay(value, by: 3_516_490_311)
            positive = Accum.decay(positive, by: 3_516_490_311)
        }
        #expect(value == -5)
        #expect(positive == 0)
    }

    @Test func wrapsInsteadOfTrapping() {
        #expect(S1615(raw: .max) + S1615(raw: 1) == S1615(raw: .min))
        #expect(S1615(raw: .min) - S1615(raw: 1) == S1615(raw: .max))
        #expect(-S1615(raw: .min) == S1615(raw: .min))
        #expect(S1615(raw: .max) * S1615(raw: .max) == S1615(raw: Int32(truncatingIfNeeded: (1 << 47) - (1 << 17))))
        #expect(Accum.input(65535, leftShift: 16) == -65536)
        #expect(Accum.roundedToInteger(.max) == -65536)
    }

    @Test func divisionsTruncate() {
        #expect(Accum.divide(32768, 655_360) == 1638)
        #expect(Accum.divide(3277, byInteger: 3) == 1092)
        #expect(Accum.divide(0, 0) == 0)
        #expect(Accum.divide(5, 0) == -1)
        #expect(Accum.divide(5, byInteger: 0) == -1)
        #expect(Accum.roundedUp(32768) == 1)
        #expect(Accum.roundedUp(32769) == 2)
        #expect(Accum.roundedUp(.max) == 65536)
    }

    @Test func squareRootIsTheFloor() {
        for word in words where word > 0 {
            let root = UInt64(Accum.squareRoot(word))
            let square = UInt64(word) << 15
            #expect(root * root <= square && (root + 1) * (root + 1) > square)
        }
        #expect(Accum.squareRoot(-5) == 0)
    }

    @Test func conversionsKeepOrDropTheStatedBits() {
        #expect(Accum.toFraction(32768) == 0)
        #expect(Accum.toFraction(32767) == 4_294_836_224)
        #expect(Accum.fromFraction(.max) == 32767)
        #expect(Accum.toU1616(-1) == 0xFFFF_FFFE)
        #expect(Accum.fromU1616(0xFFFF_FFFE) == 0x7FFF_FFFF)
        #expect(Accum.multiplyS411(2048, -2048) == -2048)
        #expect(Accum.multiplyS411(0x1_0001, 1) == 0)
    }
}

extension Int128 {
    /// Floor of a division by 2³², and the remainder.
    fileprivate func floorDivided() -> (Int128, Int128) {
        let quotient = self >> 32
        return (quotient, self - (quotient << 32))
    }
}

@Suite struct ExponentialTests {
    @Test func zeroIsExactAndWrapsAsAFraction() {
        #expect(Exponential.expk(0) == 32768)
        #expect(Exponential.expulr(0) == 0)
        #expect(Exponential.expuk(0) == 65536)
    }

    @Test func saturatesAtBothEnds() {
        #expect(Exponential.expk(363_409) == .max)
        #expect(Exponential.expk(363_408) < .max)
        #expect(Exponential.expk(-340_696) == 0)
        #expect(Exponential.expk(-340_695) == 0 || Exponential.expk(-340_695) == 1)
        #expect(Exponential.expulr(.max) == 0x7FFF_FFFF)
        #expect(Exponential.expulr(.min) == 0)
    }

    @Test func decaysOfTheFactsComeOutExactly() {
        // τ = 5 ms at 1 ms: Documentation/Chip.md, "Synapse shapes".
        let decay = Exponential.expulr(-Accum.divide(32768, 163_840))
        #expect(decay == 3_516_490_311)
        #expect(Accum.decayToFraction(Accum.divide(163_840, 32768), by: .max - decay) == 3_892_384_920)
    }
}

@Suite struct EncodingTests {
    @Test(arguments: [(0.1, 3277), (-65, -2_129_920), (0.76, 24904), (1e-5, 0), (2.5 / 32768, 2), (3.5 / 32768, 4)])
    func valuesRoundHalfToEven(value: Double, raw: Int32) {
        #expect(S1615(rounding: value)?.raw == raw)
        #expect(S1615(rounding: -value)?.raw == -raw)
    }

    @Test func valuesOutOfRangeAreRefused() {
        #expect(S1615(rounding: 65536) == nil)
        #expect(S1615(rounding: 65535.99998) == nil)
        #expect(S1615(rounding: 65535.999969482421875)?.raw == .max)
        #expect(S1615(rounding: -65536)?.raw == .min)
        #expect(S1615(rounding: -65536.0001) == nil)
        #expect(S1615(rounding: .nan) == nil)
        #expect(S1615(rounding: .infinity) == nil)
    }

    @Test func aTieIsDecidedByTheShortestDecimalText() {
        // Python's Decimal(str(x)) * 32768 of (2 k + 1) / 65536 with more than 17 digits.
        // 50000.0000152587890625 prints as 50000.00001525879, above the tie to the even 1638400000.
        #expect("\(50000.0000152587890625)" == "50000.00001525879")
        #expect(S1615(rounding: 50000.0000152587890625)?.raw == 1_638_400_001)
        #expect(S1615(rounding: -50000.0000152587890625)?.raw == -1_638_400_001)
        // A tie that its text gives exactly goes to even.
        #expect(S1615(rounding: 1.52587890625e-05)?.raw == 0)
        #expect(S1615(rounding: 4.57763671875e-05)?.raw == 2)
    }

    @Test func roundTripsThroughDouble() {
        for word in words { #expect(S1615(rounding: S1615(raw: word).doubleValue)?.raw == word) }
    }
}

@Suite struct SineTests {
    @Test func isWithinARawUnitButForTheChipsQuirk() {
        // −1 where the true value rounds to 1 just before π/2 and after whole turns.
        #expect(Sine.sink(51_470) == -32768)
        #expect(Sine.sink(51_473) == 32768)
        #expect(Sine.sink(0) == 0)
        #expect(Sine.sink(-1) == -2)
        // Angles of a whole circle in 32768ths: sin² + cos² within rounding, cos as a shifted sine.
        for x in stride(from: Int32(0), to: 205_887, by: 7) {
            let (s, c) = (Int64(Sine.sink(x)), Int64(Sine.sink(x + 51_472)))
            #expect((s * s + c * c - 1 << 30).magnitude < 1 << 18, "\(x)")
        }
    }

    @Test(arguments: words)
    func anyArgumentIsReduced(x: Int32) { #expect(Sine.sink(x).magnitude <= 32768) }
}
