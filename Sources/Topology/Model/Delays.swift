import StrictJSON

/// Delays as the chip can have them.
enum Delays {
    /// Longest delay in timesteps.
    static let longest = 65535.0

    /// What is wrong with a delay in ms, if anything.
    static func mistake(_ delay: Double, timestep: Double) -> String? {
        // Not-a-number is no delay, and an infinite one is too long.
        guard delay > 0 else {
            return "the delay must be greater than 0 ms, got \(Wording.number(delay))"
        }
        let most = longest * timestep
        guard delay <= most else {
            return
                "the delay must be at most 65535 timesteps (\(Wording.number(most)) ms), got \(Wording.number(delay))"
        }
        return nil
    }

    /// A time is a whole number of timesteps, but for the noise of its decimal notation.
    static func isWholeSteps(_ time: Double, of timestep: Double) -> Bool {
        let steps = time / timestep
        return abs(steps - steps.rounded()) <= 1e-6 * max(1, steps.magnitude * 1e-6)
    }
}
