import Glibc

/// Wall-clock seconds that do not jump.
public struct Stopwatch {
    private var last: UInt64

    public init() { last = Self.now() }

    /// Nanoseconds of the monotonic clock, which all processes of a machine share.
    public static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// Nanoseconds of processor time that this thread has had.
    ///
    /// - Complexity: some 2 µs on a virtual machine, where it takes a system call.
    public static func processorTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// Seconds since the last lap.
    public mutating func lap() -> Double {
        let now = Self.now()
        defer { last = now }
        return Double(now &- last) * 1e-9
    }
}
