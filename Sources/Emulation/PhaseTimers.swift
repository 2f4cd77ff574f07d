/// Seconds a rank spent in the parts of the simulation.
public struct PhaseTimers: Sendable {
    public var update = 0.0
    public var deliver = 0.0
    public var exchange = 0.0
    public var wait = 0.0
    public var record = 0.0
    /// Nanoseconds of processor time in the windows that were sampled, and in the waiting of these.
    public var sampledAll: UInt64 = 0
    public var sampledWait: UInt64 = 0

    /// The part of the processor time that went into waiting.
    public var waitShare: Double { sampledAll > 0 ? Double(sampledWait) / Double(sampledAll) : 0 }
}
