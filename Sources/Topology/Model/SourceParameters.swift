/// Lists of numbers of sources: one for all, or one for each.
public enum SourceLists: Sendable, Equatable {
    case shared([Double])
    case perSource([[Double]])

    /// The list of a source.
    public subscript(source: Int) -> [Double] {
        switch self {
        case .shared(let list): list
        case .perSource(let lists): lists[source]
        }
    }

    /// Lists that differ: all, or the one that is shared.
    var distinct: [[Double]] {
        switch self {
        case .shared(let list): [list]
        case .perSource(let lists): lists
        }
    }
}

/// The rates of `SpikeSourcePoissonVariable`, one after another.
public struct RateSchedule: Sendable, Equatable {
    /// Hz.
    public var rates: SourceLists
    /// ms, ascending.
    public var starts: SourceLists
    /// ms; `nil`: each to the start of the next.
    public var durations: SourceLists?

    public init(rates: SourceLists, starts: SourceLists, durations: SourceLists? = nil) {
        self.rates = rates
        self.starts = starts
        self.durations = durations
    }

    /// The rates of a source in order of their start.
    public func entries(of source: Int) -> [(rate: Double, start: Double, duration: Double?)] {
        let (rates, starts, durations) = (rates[source], starts[source], durations?[source])
        return rates.indices.map { (rates[$0], starts[$0], durations?[$0]) }
    }

    /// The rate of a source in the mean over a run of `duration` ms, and over all sources: Hz.
    ///
    /// - Complexity: O(values of the lists).
    public func meanRate(size: Int, duration: Double) -> Double {
        var isShared = true
        for lists in [rates, starts, durations] { if case .perSource = lists { isShared = false } }
        let sources = isShared ? min(size, 1) : size
        var spikes = 0.0
        for source in 0..<sources {
            let entries = entries(of: source)
            for (index, entry) in entries.enumerated() {
                let next = index + 1 < entries.count ? entries[index + 1].start : duration
                let end = min(next, duration, entry.duration.map { entry.start + $0 } ?? duration)
                spikes += entry.rate * max(0, end - entry.start)
            }
        }
        return spikes / max(duration, .leastNonzeroMagnitude) / Double(max(sources, 1))
    }
}

/// The file of a `SpikeSourceFromFile`.
public struct SpikeFileReference: Sendable, Equatable {
    /// Relative to the topology's folder.
    public var reference: String
    /// The file's population whose spikes are sent; `nil`: the only one.
    public var population: String?
    /// Where it is, and about how many spikes are in it, once it has been looked for.
    public var path: String?
    public var spikes = 0

    public init(reference: String, population: String? = nil) {
        self.reference = reference
        self.population = population
    }
}

extension Population {
    /// Hz of a Poisson source, roughly: the mean of the rates that are written, whenever they hold.
    public var usualPoissonRate: Double {
        guard let rates = rateSchedule?.rates.distinct.joined() else { return max(0, parameter("rate").mean) }
        return rates.reduce(0, +) / Double(max(1, rates.count))
    }

    /// Spikes per second of a Poisson source in the mean over all sources and a run of `duration` ms.
    ///
    /// - Complexity: O(values of lists).
    public func meanPoissonRate(duration: Double) -> Double {
        rateSchedule?.meanRate(size: size, duration: duration) ?? max(0, parameter("rate").mean)
    }
}

extension ParameterValue {
    /// The mean of what can come of it; of a clipped distribution that of the unclipped one, brought into its bounds.
    ///
    /// - Complexity: O(values of a list).
    public var mean: Double {
        switch self {
        case .number(let value): return value
        case .list(let values): return values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        case .distribution(let distribution):
            return min(distribution.bounds.upperBound, max(distribution.bounds.lowerBound, distribution.mean))
        }
    }
}
