import Diagnostics

/// What the report shows of spikes, gathered in one pass and bounded memory.
final class SpikeStatistics: SpikeSink {
    /// A dot of the raster.
    struct Dot {
        var step: UInt32
        var population: Int
        var neuron: UInt32
        /// Decides which dots go when there are too many.
        var ticket: UInt64
    }

    /// The intervals of a population's neurons: an array where enough of them can spike, since a size is only a claim.
    private struct IntervalTable {
        private var dense: [Intervals] = []
        private var sparse: [UInt32: Intervals] = [:]

        init(size: Int, spikes: Int) {
            if size <= 1 << 16 || size / 4 <= spikes { dense = Array(repeating: Intervals(), count: size) }
        }

        mutating func note(_ step: UInt32, _ neuron: UInt32) {
            if dense.isEmpty { sparse[neuron, default: Intervals()].note(step) } else { dense[Int(neuron)].note(step) }
        }

        /// Of the neurons that spiked, in an order that depends on nothing else.
        var spiking: [Intervals] {
            dense.isEmpty
                ? sparse.sorted { $0.key < $1.key }.map(\.value) : dense.filter { $0.count > 0 }
        }
    }

    /// Spike intervals of one neuron.
    private struct Intervals {
        var last: UInt32 = 0
        var count: UInt32 = 0
        var sum = 0.0
        var squares = 0.0

        mutating func note(_ step: UInt32) {
            if count > 0 {
                let interval = Double(step - last)
                sum += interval
                squares += interval * interval
            }
            last = step
            count += 1
        }
    }

    let run: RunDescription
    /// Steps of a bin of the histograms.
    let binSteps: Int
    /// Spikes by population and bin.
    private(set) var bins: [[Int]]
    /// Spikes by population.
    private(set) var counts: [Int]
    /// The raster, at most `dotLimit` after `finish`.
    private(set) var dots: [Dot] = []
    /// Share of neurons in the raster.
    let neuronShare: Double
    /// Share of those neurons' spikes in the raster.
    var spikeShare: Double { dotsSeen > 0 ? Double(dots.count) / Double(dotsSeen) : 1 }

    private let dotLimit: Int
    private var dotsSeen = 0
    private var ticketLimit = UInt64.max
    private var intervals: [IntervalTable]

    /// - Parameters:
    ///   - expected: spikes that will come, which decides how many neurons the raster shows.
    ///   - dotLimit: most dots of the raster.
    init(run: RunDescription, expected: Int, dotLimit: Int = 20_000) {
        self.run = run
        self.dotLimit = dotLimit
        neuronShare = expected > dotLimit ? Double(dotLimit) / Double(expected) : 1
        let recorded = run.populations.count { $0.recordsSpikes }
        let binSteps = SpikeStatistics.binSteps(
            steps: run.steps, timestep: run.timestep, most: recorded > 8 ? 50 : 200)
        let binCount = (max(1, run.steps) + binSteps - 1) / binSteps
        self.binSteps = binSteps
        bins = run.populations.map { $0.recordsSpikes ? [Int](repeating: 0, count: binCount) : [] }
        counts = run.populations.map { _ in 0 }
        intervals = run.populations.map { population in
            IntervalTable(size: population.recordsSpikes ? population.size : 0, spikes: expected)
        }
    }

    /// A round time of which at most `most` make the run.
    private static func binSteps(steps: Int, timestep: Double, most: Int) -> Int {
        guard steps > most else { return 1 }
        return max(1, Int((Numbers.nice(Double(steps) * timestep / Double(most)) / timestep).rounded()))
    }

    func take(step: UInt32, population: Int, neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        let bin = min(Int(step) / binSteps, bins[population].count - 1)
        bins[population][bin] += neurons.count
        counts[population] += neurons.count
        for neuron in neurons {
            intervals[population].note(step, neuron)
            if isShown(Int(neuron)) { add(step: step, population: population, neuron: neuron) }
        }
    }

    func finish() throws(Failure) {
        guard dots.count > dotLimit else { return }
        dots.sort { $0.ticket < $1.ticket }
        dots.removeLast(dots.count - dotLimit)
    }

    /// Mean over neurons of the coefficient of variation of their spike intervals; of neurons with three spikes or
    /// more.
    func irregularity(_ population: Int) -> Double? {
        var sum = 0.0
        var count = 0
        for neuron in intervals[population].spiking where neuron.count >= 3 {
            let n = Double(neuron.count - 1)
            let mean = neuron.sum / n
            guard mean > 0 else { continue }
            sum += (max(0, neuron.squares / n - mean * mean)).squareRoot() / mean
            count += 1
        }
        return count > 0 ? sum / Double(count) : nil
    }

    /// Neurons that spiked.
    func active(_ population: Int) -> Int { intervals[population].spiking.count }

    /// Rates in Hz per neuron and bin.
    func rates(_ population: Int) -> [Double] {
        let size = Double(max(1, run.populations[population].recordedNeurons))
        return bins[population].enumerated().map { index, count in
            let steps = min(binSteps, max(1, run.steps - index * binSteps))
            return Double(count) / size / (Double(steps) * run.timestep / 1000)
        }
    }

    /// Evenly spread neurons, the first of a population always.
    private func isShown(_ neuron: Int) -> Bool {
        (Double(neuron + 1) * neuronShare).rounded(.up) > (Double(neuron) * neuronShare).rounded(.up)
    }

    private func add(step: UInt32, population: Int, neuron: UInt32) {
        dotsSeen += 1
        let ticket = mix(UInt64(step) << 40 ^ UInt64(population) << 32 ^ UInt64(neuron))
        guard ticket <= ticketLimit else { return }
        dots.append(Dot(step: step, population: population, neuron: neuron, ticket: ticket))
        while dots.count > 2 * dotLimit {
            ticketLimit /= 2
            dots.removeAll { $0.ticket > ticketLimit }
        }
    }

    private func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
