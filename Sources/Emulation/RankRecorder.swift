public import Diagnostics
import Neurons
public import Results
import Synapses
import Topology

/// Hands what a rank records to its logs.
public final class RankRecorder {
    private let spikes: SpikeSpillWriter
    private let frames: FrameSpillWriter?
    private let weights: WeightRecorder?
    private let rewiring: RewiringRecorder?
    private let recordsSpikes: [Bool]
    /// Neurons whose spikes are recorded, by population; `nil`: all.
    private let chosen: [[Bool]?]
    private let signals: [Signal]
    /// Packets per core.
    let arrivals: ArrivalRecorder
    private var scratch: [UInt32] = []
    private var values: [Float] = []
    private var failure: Failure?
    /// Who wants to know of spikes at once.
    var watch: SpikeWatch?
    /// Seconds spent since last set to zero, but for taking note of the spikes of a step, which takes less than a look
    /// at the clock.
    var seconds = 0.0

    /// One recorded variable of one group.
    private struct Signal {
        var number: Int
        var population: Int
        var variable: String
        var interval: Int
        /// Neurons, counted from the group's first.
        var neurons: [Int]
    }

    /// Opens the logs of a rank.
    ///
    /// - Parameters:
    ///   - rank: The number of the logs, from 0 to the description's ranks.
    ///   - start: The first step.
    public init(
        _ loaded: RankNetwork, rank: Int, run: RunDescription, folder: String, start: Int = 0
    ) throws(Failure) {
        recordsSpikes = loaded.network.populations.map { $0.recording("spikes") != nil }
        chosen = loaded.network.populations.map { population in
            guard let recording = population.recording("spikes"), recording.neurons != .all else { return nil }
            var isChosen = [Bool](repeating: false, count: population.size)
            for neuron in recording.neurons.indices(size: population.size) { isChosen[neuron] = true }
            return isChosen
        }
        var signals: [Signal] = []
        var descriptions: [FrameSignal] = []
        for group in loaded.groups {
            let population = loaded.network.populations[group.population]
            for recording in population.record
            where !["spikes", CellModel.packetsPerTimestep].contains(recording.variable) {
                let wanted = Set(recording.neurons.indices(size: population.size))
                var places: [Int] = []
                var neurons: [UInt32] = []
                for core in group.cores {
                    for (place, neuron) in core.slice.enumerated() where wanted.contains(neuron) {
                        places.append(core.firstNeuron - group.first + place)
                        neurons.append(UInt32(neuron))
                    }
                }
                guard !places.isEmpty else { continue }
                let timestep = loaded.network.simulation.timestep
                let interval = max(1, Int(((recording.interval ?? timestep) / timestep).rounded()))
                signals.append(
                    Signal(
                        number: descriptions.count, population: group.population, variable: recording.variable,
                        interval: interval, neurons: places))
                descriptions.append(
                    FrameSignal(
                        population: group.population, variable: recording.variable,
                        units: population.model.units(of: recording.variable),
                        interval: interval, neurons: neurons))
            }
        }
        self.signals = signals
        arrivals = ArrivalRecorder(loaded, numberedFrom: descriptions.count)
        descriptions += arrivals.descriptions
        spikes = try SpikeSpillWriter(folder: folder, rank: rank, run: run, start: start)
        let recordsFrames = loaded.network.populations.contains { $0.record.contains { $0.variable != "spikes" } }
        frames =
            recordsFrames
            ? try FrameSpillWriter(folder: folder, rank: rank, run: run, signals: descriptions, start: start) : nil
        weights = try WeightRecorder(loaded, rank: rank, run: run, folder: folder, start: start)
        rewiring = try RewiringRecorder(loaded.network, rank: rank, run: run, folder: folder, start: start)
    }

    /// Whether a population's spikes are recorded or listened to.
    func takesSpikes(_ population: Int) -> Bool {
        recordsSpikes[population] || watch?.populations.contains(population) == true
    }

    /// Logs neurons of a population that fired in a step.
    func recordSpikes(step: Int, population: Int, _ neurons: UnsafeBufferPointer<UInt32>) throws(Failure) {
        watch?.hear(step: step, population: population, neurons)
        guard recordsSpikes[population] else { return }
        guard let isChosen = chosen[population] else {
            watch?.count(population: population, neurons)
            try spikes.append(step: UInt32(truncatingIfNeeded: step), population: population, neurons: neurons)
            return
        }
        scratch.removeAll(keepingCapacity: true)
        for neuron in neurons where isChosen[Int(neuron)] { scratch.append(neuron) }
        watch?.count(population: population, scratch)
        try spikes.append(step: UInt32(truncatingIfNeeded: step), population: population, neurons: scratch)
    }

    /// Logs a source's spikes of a step, a repeated one as often.
    func recordSourceSpikes(
        _ source: SourceCore, step: Int, _ spiking: UnsafePointer<SourceSpikes>, _ active: Int
    ) throws(Failure) {
        scratch.removeAll(keepingCapacity: true)
        let isHeard = watch?.populations.contains(source.population) == true
        for i in 0..<active {
            let number = UInt32(truncatingIfNeeded: source.slice[Int(spiking[i].source)])
            if !isHeard, let isChosen = chosen[source.population], !isChosen[Int(number)] { continue }
            for _ in 0..<spiking[i].count { scratch.append(number) }
        }
        if isHeard {
            watch?.hear(step: step, population: source.population, scratch)
            guard recordsSpikes[source.population] else { return }
            if let isChosen = chosen[source.population] { scratch.removeAll { !isChosen[Int($0)] } }
        }
        watch?.count(population: source.population, scratch)
        try spikes.append(step: UInt32(truncatingIfNeeded: step), population: source.population, neurons: scratch)
    }

    /// Logs what is taken before a step's update: the membrane potential and other state of the membrane.
    func recordBeforeUpdate(_ group: NeuronGroup, step: Int) throws(Failure) {
        try record(group, step: step) { !group.takesInput($0) }
    }

    /// Logs what is taken after a step's input has arrived: the synaptic input.
    func recordInput(_ group: NeuronGroup, step: Int) throws(Failure) {
        try record(group, step: step) { group.takesInput($0) }
    }

    private func record(_ group: NeuronGroup, step: Int, _ wanted: (String) -> Bool) throws(Failure) {
        guard let frames, !signals.isEmpty else { return }
        for signal in signals
        where signal.population == group.population && step % signal.interval == 0 && wanted(signal.variable) {
            guard let state = group.values(signal.variable) else { continue }
            var watch = Stopwatch()
            values.removeAll(keepingCapacity: true)
            for place in signal.neurons { values.append(Float(state.value(at: place))) }
            try frames.append(signal: signal.number, step: UInt32(truncatingIfNeeded: step), values: values)
            seconds += watch.lap()
        }
    }

    /// The first step after `step` before which weights are recorded, the same on every rank; `nil`: none before the
    /// end.
    func nextWeights(after step: Int) -> Int? { weights?.nextSample(after: step) }

    /// Logs the weights that are recorded before this step, all earlier steps being delivered.
    func recordWeights(beforeStep step: Int) throws(Failure) { try weights?.sample(beforeStep: step) }

    /// Logs the packets that arrived in a step; what goes wrong is said by the next ``endStep(_:)``.
    func recordArrivals(step: Int) {
        guard let frames, failure == nil else { return }
        do throws(Failure) { try arrivals.endStep(step, frames) } catch { failure = error }
    }

    /// Logs the synapses that formed and went in a step; what goes wrong is said by the next ``endStep(_:)``.
    func recordRewiring(_ changes: [RewiringEvent]) {
        guard let rewiring, failure == nil else { return }
        do throws(Failure) { try rewiring.record(changes) } catch { failure = error }
    }

    /// Says that all of a step has been logged.
    func endStep(_ step: Int) throws(Failure) {
        if let failure { throw failure }
        var watch = Stopwatch()
        defer { seconds += watch.lap() }
        try spikes.endStep(UInt32(truncatingIfNeeded: step))
    }

    /// Logs the weights as they are when `step` is about to begin.
    func recordAllWeights(step: Int) throws(Failure) { try weights?.sampleAll(step: step) }

    /// Spikes logged.
    var spikesRecorded: Int { spikes.spikes }

    /// Writes out all that was logged, for who reads the logs while the run goes on.
    func flush() throws(Failure) {
        if let failure { throw failure }
        try spikes.flush()
        try frames?.flush()
        try rewiring?.flush()
    }

    /// Writes all of the steps done, and makes it durable.
    func sync() throws(Failure) {
        if let failure { throw failure }
        try spikes.sync()
        try frames?.sync()
        try weights?.sync()
        try rewiring?.sync()
    }

    /// Completes the logs after `steps` steps.
    public func finish(steps: Int) throws(Failure) {
        if let failure { throw failure }
        try spikes.finish(steps: UInt32(truncatingIfNeeded: steps))
        try frames?.finish(steps: UInt32(truncatingIfNeeded: steps))
        try weights?.finish(steps: steps)
        try rewiring?.finish()
    }
}
