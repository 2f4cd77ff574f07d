import Glibc

/// Wall-clock seconds that do not jump.
struct Stopwatch {
    private var last: UInt64

    init() { last = Self.now() }

    /// Nanoseconds of the monotonic clock.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// Nanoseconds of processor time that this thread has had.
    ///
    /// - Complexity: some 2 µs on a virtual machine, where it takes a system call.
    static func processorTime() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// Seconds since the last lap.
    mutating func lap() -> Double {
        let now = Self.now()
        defer { last = now }
        return Double(now &- last) * 1e-9
    }
}
