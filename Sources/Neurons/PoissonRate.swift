import FixedPoint

/// A rate of a Poisson source and when it holds, in the words that Python writes.
public struct PoissonRate: Sendable, Hashable {
    /// Spikes per second, u32.32.
    public var rate: UInt64
    /// First millisecond, u32.32.
    public var start: UInt64
    /// Milliseconds, u32.32; `nil`: to the end.
    public var duration: UInt64?

    /// A rate as raw words.
    public init(rate: UInt64, start: UInt64 = 0, duration: UInt64? = nil) {
        self.rate = rate
        self.start = start
        self.duration = duration
    }

    /// A rate in PyNN's units, encoded as u32.32 rounded half to even.
    ///
    /// - Parameters:
    ///   - hertz: spikes per second, 0 ..< 2³².
    ///   - start: first ms, 0 ..< 2³².
    ///   - duration: ms, 0 ..< 2³²; `nil`: to the end.
    /// - Returns: `nil` when a value is out of range.
    public init?(hertz: Double, start: Double = 0, duration: Double? = nil) {
        func word(_ value: Double) -> UInt64? {
            let scaled = (value * 0x1p32).rounded(.toNearestOrEven)
            return scaled >= 0 && scaled < 0x1p64 ? UInt64(scaled) : nil
        }
        guard let rate = word(hertz), let start = word(start) else { return nil }
        self.init(rate: rate, start: start)
        if let duration {
            guard let duration = word(duration) else { return nil }
            self.duration = duration
        }
    }
}

/// The constants of a core of Poisson sources, in the words that Python writes.
public struct PoissonTiming: Sendable, Hashable {
    /// Seconds in a tick, u0.32.
    public var secondsPerTick: UInt32
    /// Ticks in a millisecond, u16.16.
    public var ticksPerMillisecond: UInt32
    /// Rates per tick below this draw intervals, u16.16.
    public var slowCutoff: UInt32
    /// Rates per tick from this on draw normal variates, u16.16.
    public var fastCutoff: UInt32

    /// Constants as raw words; the cut-offs default to sPyNNaker 7.4.1's 0.01 and 10 spikes per tick.
    public init(
        secondsPerTick: UInt32, ticksPerMillisecond: UInt32, slowCutoff: UInt32 = 655, fastCutoff: UInt32 = 655_360
    ) {
        self.secondsPerTick = secondsPerTick
        self.ticksPerMillisecond = ticksPerMillisecond
        self.slowCutoff = slowCutoff
        self.fastCutoff = fastCutoff
    }

    /// Constants for a timestep in ms, encoded with rounding half to even.
    ///
    /// - Parameter timestep: ms, more than 1/65536 and less than 1000.
    public init(timestep: Double) {
        self.init(
            secondsPerTick: UInt32((timestep / 1000 * 0x1p32).rounded(.toNearestOrEven)),
            ticksPerMillisecond: UInt32((1 / timestep * 65536).rounded(.toNearestOrEven)))
    }

    /// Milliseconds in u32.32 to ticks, truncated; the largest tick when they exceed it.
    func ticks(_ milliseconds: UInt64) -> UInt32 {
        let product = milliseconds.multipliedFullWidth(by: UInt64(ticksPerMillisecond))
        let ticks = product.high << 16 | product.low >> 48
        return UInt32(clamping: ticks)
    }
}
