import Glibc

/// Tells when what was recorded has waited long enough to be written, so that a run that is killed loses a second.
///
/// It is asked every step, so it looks at the clock that the kernel advances with its ticks, a few milliseconds at a
/// time.
struct SpillClock {
    private static let wait = 1_000_000_000
    private var last = now()

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    var isDue: Bool { Self.now() - last > Self.wait }

    mutating func restart() { last = Self.now() }
}
