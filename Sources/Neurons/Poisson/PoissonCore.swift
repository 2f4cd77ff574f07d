// The Poisson sources of one core.
//
// All sources of a core draw from one generator in index order, so that their trains depend on which sources share a
// core. A source is in one of three classes by its rate per tick:
//
//   slow    keeps the time to its next spike in thousandths of a tick, and draws an interval when it spikes;
//   fast    draws a Poisson count each tick by Knuth's product of uniform words;
//   normal  draws a count each tick as the square of a normal variate, (N/2 + √λ)².
//
// A source's rates follow one another: at the tick where the next begins, the source is set up anew, just before its
// own turn, and draws an interval if it is slow, even at rate 0.
//
// Ticks at which some source starts, stops or changes its rate go through the sources one by one. In between, sources
// of one class lie in runs, and each run is one loop.

import FixedPoint

/// How many spikes a source sent in a tick.
@frozen
public struct SourceSpikes: Sendable, Hashable {
    /// Index of the source.
    public var source: UInt32
    /// Number of spikes, at least 1; one packet with this payload on the machine.
    public var count: UInt32

    /// A pair.
    @inlinable
    public init(source: UInt32, count: UInt32) {
        self.source = source
        self.count = count
    }
}

/// The state of the Poisson sources of one core, advanced by the chip's algorithm.
///
/// - Determinism: the trains depend on the rates, the order of the sources and the generator's state alone.
/// - Source: Documentation/Chip.md, "Poisson sources".
public struct PoissonCore: Sendable {
    /// The state of one source, by the names the chip uses.
    public struct Source: Sendable, Hashable {
        /// First tick of the current rate.
        public var startTicks: UInt32
        /// Tick after the last of the current rate.
        public var endTicks: UInt32
        /// First tick of the next rate; `UInt32.max` without one.
        public var nextTicks: UInt32
        /// Fast or normal rather than slow.
        public var isFast: Bool
        /// e^−λ of a fast source, u0.32, 0 otherwise.
        public var expMinusLambda: UInt32
        /// √λ of a normal source, u16.16, 0 otherwise.
        public var sqrtLambda: UInt32
        /// Mean interval of a slow source, in ticks.
        public var meanInterval: UInt32
        /// Thousandths of a tick to the next spike of a slow source.
        public var timeToSpike: UInt32
    }

    enum Kind: UInt8 { case silent, slow, fast, normal }

    struct Run {
        var kind: Kind
        var start: Int
        var end: Int
    }

    /// The generator shared by the sources.
    public internal(set) var random: KISS64
    /// Number of sources.
    public let count: Int
    let timing: PoissonTiming
    private(set) var rates: [[PoissonRate]]
    var current: [Int]
    var startTicks: [UInt32]
    var endTicks: [UInt32]
    var nextTicks: [UInt32]
    var kinds: [Kind]
    /// e^−λ of a fast source, √λ of a normal one, mean interval of a slow one.
    var parameter: [UInt32]
    var timeToSpike: [UInt32]
    var runs: [Run] = []
    /// The next tick at which a source starts, stops or changes its rate.
    var nextEvent: UInt32 = 0

    /// Sets up the sources in index order; each slow one draws its first interval.
    ///
    /// - Parameters:
    ///   - rates: by source, in order of their start; a source without rates is silent.
    ///   - timing: the core's constants.
    ///   - random: the generator's state, already validated as a seed.
    public init(rates: [[PoissonRate]], timing: PoissonTiming, random: KISS64) {
        self.rates = rates
        self.timing = timing
        self.random = random
        count = rates.count
        current = Array(repeating: 0, count: count)
        startTicks = Array(repeating: 0, count: count)
        endTicks = startTicks
        nextTicks = Array(repeating: .max, count: count)
        kinds = Array(repeating: .silent, count: count)
        parameter = startTicks
        timeToSpike = startTicks
        for source in 0..<count where !rates[source].isEmpty { setUp(source) }
    }

    /// Gives a source other rates, which draws an interval anew if it is slow; the same rates change nothing.
    public mutating func setRates(_ index: Int, _ list: [PoissonRate]) {
        guard list != rates[index] else { return }
        rates[index] = list
        current[index] = 0
        nextEvent = 0
        if list.isEmpty {
            (kinds[index], startTicks[index], endTicks[index], nextTicks[index]) = (.silent, 0, 0, .max)
        } else {
            setUp(index)
        }
    }

    /// The state of one source.
    public func source(_ index: Int) -> Source {
        let kind = kinds[index]
        return Source(
            startTicks: startTicks[index], endTicks: endTicks[index], nextTicks: nextTicks[index],
            isFast: kind == .fast || kind == .normal, expMinusLambda: kind == .fast ? parameter[index] : 0,
            sqrtLambda: kind == .normal ? parameter[index] : 0, meanInterval: kind == .slow ? parameter[index] : 0,
            timeToSpike: timeToSpike[index])
    }

    /// Derives a source's state from its current rate.
    private mutating func setUp(_ index: Int) {
        let list = rates[index]
        let rate = list[current[index]]
        startTicks[index] = timing.ticks(rate.start)
        endTicks[index] = .max
        if let duration = rate.duration {
            let (end, overflow) = startTicks[index].addingReportingOverflow(timing.ticks(duration))
            endTicks[index] = overflow ? .max : end
        }
        let next = current[index] + 1
        nextTicks[index] = next < list.count ? timing.ticks(list[next].start) : .max

        let perSecond = UInt32(truncatingIfNeeded: rate.rate >> 16)
        let perTick = Accum.multiplyFractions(perSecond, timing.secondsPerTick)
        timeToSpike[index] = 0
        if perTick < timing.slowCutoff {
            kinds[index] = .slow
            let ticksPerSecond = UInt64(timing.ticksPerMillisecond) * 1000
            parameter[index] = perSecond == 0 ? 0 : UInt32(truncatingIfNeeded: ticksPerSecond / UInt64(perSecond))
            timeToSpike[index] = PoissonCore.interval(mean: parameter[index], &random)
        } else if perTick < timing.fastCutoff {
            kinds[index] = .fast
            parameter[index] = Exponential.expuk(0 &- Accum.fromU1616(perTick)) &<< 16
        } else {
            kinds[index] = .normal
            parameter[index] = Accum.toU1616(Accum.squareRoot(Accum.fromU1616(perTick)))
        }
    }

    /// An interval of a slow source, in thousandths of a tick.
    @inline(__always)
    static func interval(mean: UInt32, _ random: inout KISS64) -> UInt32 {
        UInt32(bitPattern: Accum.roundedToInteger(random.exponential() &* 1000)) &* mean
    }

    /// A count of a normal source.
    @inline(__always)
    static func normalCount(sqrtLambda: UInt32, _ random: inout KISS64) -> UInt32 {
        let x = Accum.multiply(random.gaussian(), 0x4000) &+ Accum.fromU1616(sqrtLambda)
        return UInt32(bitPattern: Accum.roundedToInteger(Accum.multiply(x, x)))
    }

    /// Advances the sources by one tick.
    ///
    /// - Parameters:
    ///   - tick: the tick; each call names a later one than the call before.
    ///   - output: receives a pair for every source that spiked, ascending; room for ``count``.
    /// - Returns: the number of pairs written.
    /// - Complexity: O(``count``); no allocation between starts, stops and changes of rates.
    public mutating func tick(_ tick: UInt32, into output: UnsafeMutablePointer<SourceSpikes>) -> Int {
        guard tick < nextEvent else { return eventTick(tick, into: output) }
        var written = 0
        for run in runs {
            switch run.kind {
            case .silent: break
            case .slow: written = slow(run, output, written)
            case .fast: written = fast(run, output, written)
            case .normal: written = normal(run, output, written)
            }
        }
        return written
    }

    /// A tick at which some source starts, stops or changes its rate: one source at a time.
    private mutating func eventTick(_ tick: UInt32, into output: UnsafeMutablePointer<SourceSpikes>) -> Int {
        var written = 0
        for index in 0..<count {
            if tick >= nextTicks[index] {
                current[index] += 1
                setUp(index)
            }
            let run = Run(kind: kind(of: index, at: tick), start: index, end: index + 1)
            switch run.kind {
            case .silent: break
            case .slow: written = slow(run, output, written)
            case .fast: written = fast(run, output, written)
            case .normal: written = normal(run, output, written)
            }
        }
        findRuns(after: tick)
        return written
    }

    private func kind(of index: Int, at tick: UInt32) -> Kind {
        guard startTicks[index] <= tick, tick < endTicks[index] else { return .silent }
        return kinds[index] == .slow && parameter[index] == 0 ? .silent : kinds[index]
    }

    /// Joins neighbours of one class into runs, and finds the tick up to which they stay.
    private mutating func findRuns(after tick: UInt32) {
        runs.removeAll(keepingCapacity: true)
        nextEvent = .max
        for index in 0..<count {
            let kind = kind(of: index, at: tick)
            if let last = runs.last, last.kind == kind {
                runs[runs.count - 1].end = index + 1
            } else {
                runs.append(Run(kind: kind, start: index, end: index + 1))
            }
            for event in [startTicks[index], endTicks[index], nextTicks[index]] where event > tick {
                nextEvent = min(nextEvent, event)
            }
        }
    }
}
