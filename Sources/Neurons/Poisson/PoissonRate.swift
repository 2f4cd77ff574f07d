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
    ///   - hertz: spikes per second, 0 ..< 2³²; the chip uses the lower 16 bits of whole ones, and what is below 65536
    ///     stays below.
    ///   - start: first ms, at least 0; from 2³² on the largest that fits, 50 days.
    ///   - duration: ms, at least 0, as `start`; `nil`: to the end.
    /// - Returns: `nil` when a value is out of range.
    public init?(hertz: Double, start: Double = 0, duration: Double? = nil) {
        func word(_ value: Double) -> UInt64? {
            guard value.isFinite else { return nil }
            let scaled = (value * 0x1p32).rounded(.toNearestOrEven)
            guard scaled >= 0 else { return nil }
            return scaled < 0x1p64 ? UInt64(scaled) : .max
        }
        guard hertz < 0x1p32, var rate = word(hertz), let start = word(start) else { return nil }
        if hertz < 65536 { rate = min(rate, 65536 << 32 - 1) }
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
    /// - Parameter timestep: ms, more than 1/65536 and less than 1000; beyond, the words saturate.
    public init(timestep: Double) {
        func word(_ value: Double) -> UInt32 {
            let rounded = value.rounded(.toNearestOrEven)
            return UInt32(exactly: rounded) ?? (rounded > 0 ? .max : 0)
        }
        self.init(
            secondsPerTick: word(timestep / 1000 * 0x1p32), ticksPerMillisecond: word(1 / timestep * 65536))
    }

    /// Milliseconds in u32.32 to ticks, truncated; the largest tick when they exceed it.
    func ticks(_ milliseconds: UInt64) -> UInt32 {
        let product = milliseconds.multipliedFullWidth(by: UInt64(ticksPerMillisecond))
        let ticks = product.high << 16 | product.low >> 48
        return UInt32(clamping: ticks)
    }
}
