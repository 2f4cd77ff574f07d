import Synapses
import Topology

/// What a session wants to know at once of a rank's spikes: those of the populations it listens to, and how many each
/// recorded neuron has had.
final class SpikeWatch {
    /// Spikes of one population in one step.
    struct Heard {
        var step: Int
        var population: Int
        var neurons: [UInt32]
    }

    /// Numbers of the populations that are listened to.
    var populations: Set<Int> = []
    /// Heard and not taken yet: step, population, number of spikes and the neurons, one after the other.
    private var heard: [UInt32] = []
    /// Spikes by population, of its neurons from `first` to the last on this rank.
    private var counts: [(first: Int, spikes: [UInt32])]

    /// - Complexity: O(recorded neurons of the rank).
    init(_ loaded: RankNetwork) {
        var ranges = [Range<Int>?](repeating: nil, count: loaded.network.populations.count)
        for (population, slice) in loaded.groups.flatMap({ group in group.cores.map { (group.population, $0.slice) } })
            + loaded.sources.map({ ($0.population, $0.slice) })
        {
            guard let first = slice.first, let last = slice.last else { continue }
            let known = ranges[population] ?? first..<last + 1
            ranges[population] = min(known.lowerBound, first)..<max(known.upperBound, last + 1)
        }
        counts = loaded.network.populations.enumerated().map { index, population in
            guard population.recording("spikes") != nil, let range = ranges[index] else { return (0, []) }
            return (range.lowerBound, Array(repeating: 0, count: range.count))
        }
    }

    /// Takes note of neurons that fired, if their population is listened to.
    func hear(step: Int, population: Int, _ neurons: some Collection<UInt32>) {
        guard populations.contains(population), !neurons.isEmpty else { return }
        heard.append(UInt32(truncatingIfNeeded: step))
        heard.append(UInt32(truncatingIfNeeded: population))
        heard.append(UInt32(truncatingIfNeeded: neurons.count))
        heard += neurons
    }

    /// Counts recorded spikes.
    func count(population: Int, _ neurons: some Collection<UInt32>) {
        let first = counts[population].first
        for neuron in neurons { counts[population].spikes[Int(neuron) - first] += 1 }
    }

    /// What was heard since the last call, as it goes to another rank.
    func take() -> [UInt8] {
        defer { heard.removeAll(keepingCapacity: true) }
        return heard.withUnsafeBytes(Array.init)
    }

    /// The counts of a population, as they go to another rank.
    func counted(population: Int) -> [UInt8] {
        let own = counts[population]
        return ([UInt32(truncatingIfNeeded: own.first)] + own.spikes).withUnsafeBytes(Array.init)
    }

    /// Puts what several ranks heard together.
    ///
    /// - Returns: By step and population; neurons ascending.
    static func merge(_ parts: [[UInt8]]) -> [Heard] {
        var places: [UInt64: Int] = [:]
        var all: [Heard] = []
        for part in parts {
            let words = words(part)
            var at = 0
            while at + 3 <= words.count {
                let (step, population) = (Int(words[at]), Int(words[at + 1]))
                let end = at + 3 + Int(words[at + 2])
                let key = UInt64(step) << 32 | UInt64(population)
                let place = places[key] ?? all.count
                if place == all.count {
                    places[key] = place
                    all.append(Heard(step: step, population: population, neurons: []))
                }
                all[place].neurons += words[at + 3..<end]
                at = end
            }
        }
        for place in all.indices { all[place].neurons.sort() }
        return all.sorted { ($0.step, $0.population) < ($1.step, $1.population) }
    }

    /// Adds up what several ranks counted, `[size]`.
    static func sum(_ parts: [[UInt8]], size: Int) -> [UInt32] {
        var sums = [UInt32](repeating: 0, count: size)
        for part in parts {
            let words = words(part)
            guard let first = words.first else { continue }
            for (place, spikes) in words.dropFirst().enumerated() { sums[Int(first) + place] += spikes }
        }
        return sums
    }

    private static func words(_ bytes: [UInt8]) -> [UInt32] {
        (0..<bytes.count / 4).map { bytes.word(at: 4 * $0) }
    }
}
