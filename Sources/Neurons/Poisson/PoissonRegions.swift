import FixedPoint

/// The two memory regions from which a core of Poisson sources starts, as Python writes them.
///
/// Parameters: 2 words of key, seconds per tick, ticks per ms, slow and fast cut-off, first source, number of sources,
/// most spikes a tick, colour bits, 4 words of seed. Rates, per source: number of rates, index of the current one, then
/// rate, start and duration as u32.32, low word first; an upper duration word of all ones means no end.
///
/// - Source: read off golden `poisson_source.json`.
public struct PoissonRegions: Sendable, Hashable {
    /// The core's constants.
    public var timing: PoissonTiming
    /// The generator's state.
    public var seed: KISS64
    /// Rates by source.
    public var rates: [[PoissonRate]]

    /// Decodes the two regions.
    ///
    /// - Returns: `nil` when there are fewer words than the counts in them ask for.
    public init?(parameters: [UInt32], rates words: [UInt32]) {
        guard parameters.count >= 14 else { return nil }
        timing = PoissonTiming(
            secondsPerTick: parameters[2], ticksPerMillisecond: parameters[3], slowCutoff: parameters[4],
            fastCutoff: parameters[5])
        seed = KISS64(x: parameters[10], y: parameters[11], z: parameters[12], c: parameters[13])
        rates = []
        var rest = words[...]
        func pair(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(high) << 32 | UInt64(low) }
        for _ in 0..<parameters[7] {
            guard rest.count >= 2 else { return nil }
            let header = rest.prefix(2)
            rest = rest.dropFirst(2)
            var list: [PoissonRate] = []
            for _ in 0..<header[header.startIndex] {
                guard rest.count >= 6 else { return nil }
                let w = Array(rest.prefix(6))
                rest = rest.dropFirst(6)
                list.append(
                    PoissonRate(
                        rate: pair(w[0], w[1]), start: pair(w[2], w[3]),
                        duration: w[5] == .max ? nil : pair(w[4], w[5])))
            }
            let current = Int(header[header.startIndex + 1])
            rates.append(Array(list.dropFirst(current)))
        }
    }
}
