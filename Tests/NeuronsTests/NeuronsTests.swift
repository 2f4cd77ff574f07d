import FixedPoint
import Neurons
import Testing

/// One neuron as the chip's rules read, in `Int64`, with nothing clever.
private struct ReferenceNeuron: Equatable {
    var v: Int64
    var refractory: Int64
    var excitatory: Int64
    var inhibitory: Int64

    static func wrap(_ x: Int64) -> Int64 { Int64(Int32(truncatingIfNeeded: x)) }
    static func multiply(_ a: Int64, _ b: Int64) -> Int64 { wrap((a * b) >> 15) }

    /// x · d / 2³², floored.
    static func decay(_ x: Int64, _ d: UInt32) -> Int64 { wrap(Int64((Int128(x) * Int128(d)) >> 32)) }

    mutating func transfer(_ entries: (UInt16, UInt16), _ shifts: (UInt32, UInt32), _ p: LIFConstants) {
        let exc = Self.wrap(Int64(entries.0) << Int64(shifts.0))
        let inh = Self.wrap(Int64(entries.1) << Int64(shifts.1))
        if entries.0 != 0 { excitatory = Self.wrap(excitatory + Self.decay(exc, p.excitatoryInit)) }
        if entries.1 != 0 { inhibitory = Self.wrap(inhibitory + Self.decay(inh, p.inhibitoryInit)) }
    }

    mutating func advance(_ p: LIFConstants) -> Bool {
        let input = Self.wrap(excitatory - inhibitory + Int64(p.iOffset))
        if refractory > 0 {
            refractory -= 1
        } else {
            let alpha = Self.wrap(Self.multiply(input, Int64(p.resistance)) + Int64(p.vRest))
            v = Self.wrap(alpha - Self.multiply(Int64(p.membraneDecay), Self.wrap(alpha - v)))
        }
        let fires = v >= Int64(p.vThreshold)
        if fires {
            v = Int64(p.vReset)
            refractory = Int64(p.refractorySteps)
        }
        excitatory = Self.decay(excitatory, p.excitatoryDecay)
        inhibitory = Self.decay(inhibitory, p.inhibitoryDecay)
        return fires
    }
}

/// Memory of a group, freed with it.
private final class Group {
    let count: Int
    let state: IFCurrExpState
    let slot: RingSlot
    let fired: UnsafeMutablePointer<UInt8>
    let iOffset: UnsafeMutablePointer<Int32>
    let columns: LIFColumns
    private var blocks: [UnsafeMutableRawPointer] = []

    init(count: Int, shifts: (UInt32, UInt32)) {
        var blocks: [UnsafeMutableRawPointer] = []
        func array<Word>(_ value: Word, _ count: Int) -> UnsafeMutablePointer<Word> {
            let words = UnsafeMutablePointer<Word>.allocate(capacity: count)
            words.initialize(repeating: value, count: count)
            blocks.append(UnsafeMutableRawPointer(words))
            return words
        }
        let room = count + 8
        self.count = count
        state = IFCurrExpState(
            v: array(0, room), refractory: array(0, room), excitatory: array(0, room), inhibitory: array(0, room))
        slot = RingSlot(
            excitatory: array(0, room), inhibitory: array(0, room), excitatoryShift: shifts.0,
            inhibitoryShift: shifts.1)
        fired = array(0xAA, room)
        iOffset = array(0, room)
        columns = LIFColumns(base: array(0, LIFColumns.count * room), stride: room)
        self.blocks = blocks
    }

    deinit { for block in blocks { block.deallocate() } }
}

private func randomConstants(_ random: inout KISS64, extreme: Bool) -> LIFConstants {
    func word(_ magnitude: UInt32) -> S1615 { S1615(raw: Int32(bitPattern: random.next() % magnitude)) }
    func sign() -> Int32 { random.next() & 1 == 0 ? 1 : -1 }
    let limit: UInt32 = extreme ? 0x7FFF_FFFF : 100 << 15
    return LIFConstants(
        LIFParameters(
            tauMembrane: word(limit) + S1615(raw: 1), capacitance: word(limit) + S1615(raw: 1),
            vRest: S1615(raw: sign() &* word(limit).raw), vReset: S1615(raw: sign() &* word(limit).raw),
            vThreshold: S1615(raw: sign() &* word(limit).raw), refractoryPeriod: word(10 << 15),
            iOffset: S1615(raw: sign() &* word(limit).raw), tauExcitatory: word(limit) + S1615(raw: 1),
            tauInhibitory: word(limit) + S1615(raw: 1)),
        timestep: S1615(raw: extreme ? 3277 : 32768), subSteps: 1 + random.next() % 3)
}

@Suite struct IFCurrExpTests {
    enum Form: CaseIterable { case uniform, offsets, perNeuron }

    @Test(arguments: [0, 1, 15, 16, 17, 1000], Form.allCases)
    func kernelsAreThoseOfAnObviousReference(count: Int, form: Form) {
        for (seed, isFused, extreme) in [(1, true, false), (2, false, false), (3, true, true), (4, false, true)] {
            var random = KISS64(x: UInt32(seed), y: 77, z: 1, c: 1)
            let shifts = (random.next() % 17, random.next() % 17)
            let group = Group(count: count, shifts: shifts)
            let shared = randomConstants(&random, extreme: extreme)
            var constants = Array(repeating: shared, count: count)
            for i in 0..<count {
                if form == .perNeuron { constants[i] = randomConstants(&random, extreme: extreme) }
                if form == .offsets { constants[i].iOffset = Int32(bitPattern: random.next()) >> 12 }
                group.iOffset[i] = constants[i].iOffset
                group.columns.store(constants[i], at: i)
                group.state.v[i] = extreme ? Int32(bitPattern: random.next()) : shared.vRest
            }
            let parameters: LIFGroup =
                switch form {
                case .uniform: .uniform(shared)
                case .offsets: .offsets(shared, iOffset: group.iOffset)
                case .perNeuron: .perNeuron(group.columns)
                }
            var reference = (0..<count).map {
                ReferenceNeuron(v: Int64(group.state.v[$0]), refractory: 0, excitatory: 0, inhibitory: 0)
            }
            for step in 0..<40 {
                var expected: [UInt8] = []
                for i in 0..<count {
                    let full = random.next() & 15 == 0
                    group.slot.excitatory[i] = full ? 65535 : UInt16(truncatingIfNeeded: random.next() % 300)
                    group.slot.inhibitory[i] = random.next() & 3 == 0 ? UInt16(random.next() >> 20) : 0
                    reference[i].transfer((group.slot.excitatory[i], group.slot.inhibitory[i]), shifts, constants[i])
                    expected.append(reference[i].advance(constants[i]) ? 1 : 0)
                    if step % 3 == 2, reference[i].advance(constants[i]) { expected[i] += 1 }
                }
                if isFused {
                    updateIFCurrExp(
                        parameters, state: group.state, slot: group.slot, fired: group.fired, count: count)
                } else {
                    transferIFCurrExp(parameters, state: group.state, slot: group.slot, count: count)
                    advanceIFCurrExp(parameters, state: group.state, fired: group.fired, count: count)
                }
                if step % 3 == 2 {
                    advanceIFCurrExp(
                        parameters, state: group.state, fired: group.fired, accumulating: true, count: count)
                }
                let found = (0..<count).map {
                    ReferenceNeuron(
                        v: Int64(group.state.v[$0]), refractory: Int64(group.state.refractory[$0]),
                        excitatory: Int64(group.state.excitatory[$0]), inhibitory: Int64(group.state.inhibitory[$0]))
                }
                #expect(found == reference)
                #expect((0..<count).map { group.fired[$0] } == expected)
                #expect((0..<count).allSatisfy { group.slot.excitatory[$0] | group.slot.inhibitory[$0] == 0 })
                guard found == reference else { return }
            }
            // Nothing beyond the group is touched.
            #expect(group.fired[count] == 0xAA && group.state.v[count] == 0 && group.state.excitatory[count] == 0)
        }
    }

    @Test func hardwareFiguresComeOut() throws {
        // spinnaker-facts §11, `test_set_and_reset.py`: defaults with i_offset 1.
        func k(_ x: Double) throws -> S1615 { try #require(S1615(rounding: x)) }
        let constants = LIFConstants(
            LIFParameters(
                tauMembrane: try k(20), capacitance: try k(1), vRest: try k(-65), vReset: try k(-65),
                vThreshold: try k(-50), refractoryPeriod: try k(0.1), iOffset: try k(1), tauExcitatory: try k(5),
                tauInhibitory: try k(5)), timestep: try k(1))
        let group = Group(count: 1, shifts: (0, 0))
        for (start, figures) in [
            (-65.0, [-65, -64.024658203125, -63.09686279296875, -62.214324951171875, -61.37481689453125]),
            (-60.0, [-60, -59.26849365234375, -58.5726318359375, -57.91070556640625, -57.28106689453125]),
        ] {
            group.state.v[0] = try k(start).raw
            for figure in figures {
                #expect(S1615(raw: group.state.v[0]).doubleValue == figure)
                updateIFCurrExp(
                    .uniform(constants), state: group.state, slot: group.slot, fired: group.fired, count: 1)
            }
        }
    }
}

@Suite struct CollectFiredTests {
    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 1000])
    func listsWhatIsNotZero(count: Int) {
        var random = KISS64.compiledIn
        for density in [0, 1, 8, 255] as [UInt32] {
            let fired = (0..<count).map { _ in random.next() & 255 < density ? UInt8(1 + random.next() % 255) : 0 }
            var indices = Array(repeating: UInt32.max, count: count + 1)
            let written = fired.withUnsafeBufferPointer { bytes in
                indices.withUnsafeMutableBufferPointer { output -> Int in
                    guard let bytes = bytes.baseAddress, let output = output.baseAddress else { return 0 }
                    return collectFired(bytes, count: count, base: 1000, into: output)
                }
            }
            #expect(Array(indices.prefix(written)) == (0..<count).filter { fired[$0] != 0 }.map { UInt32($0) + 1000 })
            #expect(indices[count] == .max)
        }
    }
}
