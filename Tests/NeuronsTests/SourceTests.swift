import FixedPoint
import Neurons
import Testing

extension PoissonCore {
    /// One tick's counts by source.
    fileprivate mutating func counts(_ tick: UInt32) -> [UInt32] {
        let output = UnsafeMutablePointer<SourceSpikes>.allocate(capacity: max(count, 1))
        defer { output.deallocate() }
        var counts = Array(repeating: UInt32(0), count: count)
        let written = self.tick(tick, into: output)
        for i in 0..<written {
            #expect(output[i].count > 0)
            #expect(i == 0 || output[i - 1].source < output[i].source)
            counts[Int(output[i].source)] = output[i].count
        }
        return counts
    }
}

@Suite struct PoissonCoreTests {
    private let timing = PoissonTiming(timestep: 1)

    @Test func classesFollowTheRatePerTick() throws {
        func rate(_ hertz: Double) throws -> [PoissonRate] { [try #require(PoissonRate(hertz: hertz))] }
        let core = PoissonCore(
            rates: [try rate(9.9), try rate(10), try rate(10000), try rate(12000), try rate(0), []], timing: timing,
            random: .compiledIn)
        #expect((0..<6).map { core.source($0).isFast } == [false, true, true, true, false, false])
        #expect(core.source(0).meanInterval == 101)
        #expect(core.source(2).expMinusLambda == 131_072)
        #expect(core.source(3).sqrtLambda == 227_022)
    }

    /// Sources one by one and sources in runs draw the same words: a source that changes every few ticks, placed last
    /// and silent, forces the other way without drawing.
    @Test func runsAndSingleSourcesAgree() throws {
        var random = KISS64(x: 5, y: 6, z: 7, c: 8)
        var rates: [[PoissonRate]] = []
        for _ in 0..<150 {
            let hertz = [0, 3, 8, 50, 2000, 15000][Int(random.next() % 6)] as Double
            let start = Double(random.next() % 3 == 0 ? random.next() % 300 : 0)
            let duration = random.next() % 3 == 0 ? Double(random.next() % 300) : nil
            rates.append([try #require(PoissonRate(hertz: hertz, start: start, duration: duration))])
        }
        var expected = PoissonCore(rates: rates, timing: timing, random: .compiledIn)
        // A normal source that starts after the end of the test and has a new rate every tick: no draws, an event a
        // tick.
        let events = try (0..<400).map {
            try #require(PoissonRate(hertz: 20000, start: Double($0), duration: 0))
        }
        var found = PoissonCore(rates: rates + [events], timing: timing, random: .compiledIn)
        for tick in 0..<400 as Range<UInt32> {
            #expect(found.counts(tick) == expected.counts(tick) + [0], "tick \(tick)")
            #expect(found.random == expected.random, "tick \(tick)")
        }
    }

    @Test(arguments: [(5.0, 0.1), (20, 1), (2000, 1), (20000, 1)])
    func ratesComeOut(hertz: Double, timestep: Double) throws {
        let rate = try #require(PoissonRate(hertz: hertz))
        let n = 500
        let ticks = 2000
        var core = PoissonCore(
            rates: Array(repeating: [rate], count: n), timing: PoissonTiming(timestep: timestep), random: .compiledIn)
        var spikes = 0.0
        for tick in 0..<UInt32(ticks) { spikes += Double(core.counts(tick).reduce(0, +)) }
        let expected = hertz * timestep / 1000 * Double(n * ticks)
        // Half the squared half-normal of the fastest class adds a quarter spike a tick.
        let bias = hertz * timestep / 1000 >= 10 ? 0.25 * Double(n * ticks) : 0
        #expect((spikes - expected - bias).magnitude < 5 * expected.squareRoot() + 0.01 * expected)
    }

    @Test func startAndDurationBoundTheSpikes() throws {
        let rate = try #require(PoissonRate(hertz: 5000, start: 20, duration: 30))
        var core = PoissonCore(rates: [[rate]], timing: timing, random: .compiledIn)
        for tick in 0..<100 as Range<UInt32> where core.counts(tick)[0] > 0 {
            #expect((20..<50).contains(tick))
        }
    }

    @Test func outOfRangeRatesAreRefused() {
        #expect(PoissonRate(hertz: -1) == nil)
        // What is below 65536 stays there when rounded, and times beyond 2³² ms are as long as a run can be.
        #expect(PoissonRate(hertz: 65536.0.nextDown)?.rate == 65536 << 32 - 1)
        #expect(PoissonRate(hertz: 1, start: 1e10, duration: 1e300)?.start == .max)
        #expect(PoissonRate(hertz: 1, duration: 1e10)?.duration == .max)
        #expect(PoissonTiming(timestep: 1000).secondsPerTick == .max)
        #expect(PoissonTiming(timestep: 1e300).ticksPerMillisecond == 0)
        #expect(PoissonTiming(timestep: 1e-300).ticksPerMillisecond == .max)
        #expect(PoissonRate(hertz: 0x1p32) == nil)
        #expect(PoissonRate(hertz: .nan) == nil)
        #expect(PoissonRate(hertz: 1, start: -1) == nil)
        #expect(PoissonRate(hertz: 1, duration: .infinity) == nil)
    }
}

@Suite struct SpikeArrayCoreTests {
    private func emitted(_ core: inout SpikeArrayCore, _ tick: UInt32) -> [UInt32] {
        let output = UnsafeMutablePointer<UInt32>.allocate(capacity: max(core.mostSpikesPerTick, 1))
        defer { output.deallocate() }
        let written = core.tick(tick, into: output)
        return (0..<written).map { output[$0] }
    }

    @Test func emitsAscendingSourcesAndRepeats() {
        let spikes = [(5, 0), (2, 0), (2, 0), (9, 2), (2, 2), (0, 2)].map { SpikeArrayCore.spike(step: $0, source: $1) }
        var core = SpikeArrayCore(count: 3, spikes: spikes)
        #expect(core.count == 3)
        #expect(core.mostSpikesPerTick == 3)
        #expect((0..<12).map { emitted(&core, $0) } == [[2], [], [0, 0, 2], [], [], [0], [], [], [], [2], [], []])
        #expect(emitted(&core, 2) == [0, 0, 2])
        #expect(emitted(&core, 2) == [0, 0, 2])
        #expect(emitted(&core, 9) == [2])
    }

    @Test func emptySourcesAreSilent() {
        var core = SpikeArrayCore(count: 0, spikes: [])
        #expect(core.count == 0 && core.mostSpikesPerTick == 0)
        #expect(emitted(&core, 0).isEmpty)
    }
}
