import FixedPoint
import Mapping
import Neurons
import Sampling
internal import Snapshots
import Topology

/// A worker core that sends spikes of its own accord: a slice of a Poisson or array source.
final class SourceCore {
    /// Number of the core in the mapping.
    let core: Int
    let population: Int
    let key: UInt32
    /// Its spikes' weights go to a neuron core's memory, not its spikes as packets.
    let writesToMemory: Bool
    /// The sources, by index in the population.
    let slice: NeuronSlice
    /// Sources on the core.
    let count: Int
    private var poisson: PoissonCore?
    /// One for each range of the slice, ascending; empty for sources of other kinds.
    private var counterPoisson: [CounterPoissonCore]
    /// The same without reference counts, of which a step would take two a range.
    private let ranges: UnsafeMutableBufferPointer<Unmanaged<CounterPoissonCore>>
    private var array: SpikeArrayCore?
    private var arraySpikes: UnsafeMutablePointer<UInt32>

    /// - Parameters:
    ///   - fileSpikes: Those of a file, as ``SpikeArrayCore`` takes them.
    ///   - tables: The rank's.
    /// - Determinism: A stream of the chip's depends on (seed, population, first source of the slice), one of counters
    ///   not on the slice.
    init(
        core number: Int, _ core: WorkerCore, network: Network, fileSpikes: consuming [UInt64], tables: PoissonTables
    ) {
        self.core = number
        population = core.population
        key = core.key
        slice = core.slice
        writesToMemory = core.writesToMemory
        count = core.slice.count
        let source = network.populations[core.population]
        var counterPoisson: [CounterPoissonCore] = []
        switch source.model.kind {
        case .spikeSourceArray:
            let spikes =
                source.spikeFile == nil ? Self.listedSpikes(source, core.slice, network.simulation) : fileSpikes
            let array = SpikeArrayCore(count: core.slice.count, spikes: spikes)
            arraySpikes = .allocate(capacity: max(array.mostSpikesPerTick, 1))
            self.array = array
        case .spikeSourcePoisson, .neuron:
            arraySpikes = .allocate(capacity: 1)
            switch network.simulation.random {
            case .chip:
                poisson = Self.poisson(core.slice, core.population, network)
            case .counter:
                counterPoisson = Self.counterPoisson(core.slice, core.population, network, tables)
            }
        }
        self.counterPoisson = counterPoisson
        ranges = .allocate(capacity: counterPoisson.count)
        _ = ranges.initialize(from: counterPoisson.map(Unmanaged.passUnretained))
    }

    /// Sources that draw as the chip's do.
    private static func poisson(_ slice: NeuronSlice, _ index: Int, _ network: Network) -> PoissonCore {
        let source = network.populations[index]
        let seed = source.seed ?? network.simulation.seed
        let words = Philox4x32(key: seed).block(
            UInt32(truncatingIfNeeded: slice.lowerBound), 0, UInt32(truncatingIfNeeded: index), DrawPurpose.sourceSeed)
        return PoissonCore(
            rates: slice.map(rates(source, population: index, seed: seed)),
            timing: PoissonTiming(timestep: network.simulation.timestep), random: KISS64(validatingSeed: words))
    }

    /// Sources that draw from counters, one for each range of a slice.
    private static func counterPoisson(
        _ slice: NeuronSlice, _ index: Int, _ network: Network, _ tables: PoissonTables
    ) -> [CounterPoissonCore] {
        let source = network.populations[index]
        let seed = source.seed ?? network.simulation.seed
        let rates = rates(source, population: index, seed: seed)
        return slice.ranges.map { range in
            CounterPoissonCore(
                slice: range, size: source.size, timing: PoissonTiming(timestep: network.simulation.timestep),
                timestep: network.simulation.timestep, meanRate: source.usualPoissonRate, seed: seed,
                population: UInt32(truncatingIfNeeded: index), purpose: DrawPurpose.poisson, tables: tables,
                rates: rates)
        }
    }

    // MARK: - Changes

    /// Goes back to the beginning, with what the network has for the sources.
    ///
    /// - Parameter loaded: The network as it was loaded.
    func begin(_ network: Network, loaded: Network) {
        let source = network.populations[population]
        if array != nil {
            array?.restart()
            growRoom()
            guard source.spikeTimes != loaded.populations[population].spikeTimes,
                case .perSource(let lists) = source.spikeTimes
            else { return }
            replaceSpikes(of: Array(0..<source.size), lists, from: 0, network.simulation)
        } else if poisson != nil {
            poisson = Self.poisson(slice, population, network)
        } else {
            changeRates(of: [], in: network)
        }
    }

    /// Gives Poisson sources the rates that the network has for them.
    ///
    /// - Parameter neurons: By index in the population, ascending.
    func changeRates(of neurons: [Int], in network: Network) {
        let source = network.populations[population]
        if poisson != nil {
            let rates = Self.rates(source, population: population, seed: source.seed ?? network.simulation.seed)
            for neuron in neurons {
                if let place = slice.place(of: neuron) { poisson?.setRates(place, rates(neuron)) }
            }
        } else if let tables = counterPoisson.first?.tables {
            counterPoisson = Self.counterPoisson(slice, population, network, tables)
            for (place, range) in counterPoisson.enumerated() { ranges[place] = .passUnretained(range) }
        }
    }

    /// Replaces what is to come of array sources.
    ///
    /// - Parameters:
    ///   - neurons: By index in the population.
    ///   - lists: Times in ms of all sources of the population.
    func replaceSpikes(of neurons: [Int], _ lists: [[Double]], from step: Int, _ simulation: Simulation) {
        var isReplaced = [Bool](repeating: false, count: count)
        var spikes: [UInt64] = []
        for neuron in neurons {
            guard let place = slice.place(of: neuron) else { continue }
            isReplaced[place] = true
            for time in lists[neuron] {
                guard let step = simulation.step(ofSpikeAt: time) else { continue }
                spikes.append(SpikeArrayCore.spike(step: step, source: place))
            }
        }
        array?.replace(from: UInt32(clamping: step), isReplaced, with: spikes)
        growRoom()
    }

    /// Has sources spike at a step that is not over.
    ///
    /// - Parameter neurons: By index in the population; one that is there twice spikes twice.
    func addSpikes(of neurons: [Int], at step: Int, now: Int) {
        let places = neurons.compactMap { slice.place(of: $0) }.map { UInt32(truncatingIfNeeded: $0) }
        guard !places.isEmpty else { return }
        array?.add(places, at: UInt32(clamping: step), past: UInt32(clamping: now))
        growRoom()
    }

    private func growRoom() {
        arraySpikes.deallocate()
        arraySpikes = .allocate(capacity: max(array?.mostSpikesPerTick ?? 1, 1))
    }

    deinit {
        arraySpikes.deallocate()
        ranges.deallocate()
    }

    /// The rates of any source of a Poisson population, in order of their start.
    private static func rates(_ source: Population, population: Int, seed: UInt64) -> (Int) -> [PoissonRate] {
        if let schedule = source.rateSchedule {
            return { neuron in
                schedule.entries(of: neuron).compactMap {
                    PoissonRate(hertz: $0.rate, start: $0.start, duration: $0.duration)
                }
            }
        }
        guard source.parameters["rate"] != nil else { return { _ in [] } }
        func sampler(_ name: String) -> ParameterSampler {
            ParameterSampler(source.parameter(name), name: name, population: population, seed: seed)
        }
        let (rate, start, duration) = (sampler("rate"), sampler("start"), sampler("duration"))
        let isLimited = source.parameters["duration"] != nil
        return { neuron in
            let duration = isLimited ? duration(neuron) : nil
            let rate = PoissonRate(
                hertz: max(0, rate(neuron)), start: max(0, start(neuron)), duration: duration)
            return rate.map { [$0] } ?? []
        }
    }

    /// The spikes of a slice of an array source that fall into the run.
    private static func listedSpikes(_ source: Population, _ slice: NeuronSlice, _ simulation: Simulation) -> [UInt64] {
        var spikes: [UInt64] = []
        for (place, neuron) in slice.enumerated() {
            let times: [Double] =
                switch source.spikeTimes {
                case .none: []
                case .shared(let times): times
                case .perSource(let lists): lists[neuron]
                }
            for time in times {
                guard let step = simulation.step(ofSpikeAt: time) else { continue }
                spikes.append(SpikeArrayCore.spike(step: step, source: place))
            }
        }
        return spikes
    }

    /// Writes how often each source spikes in step `time`, `[count]`; `false`: they spike too rarely for that, ask
    /// ``step(_:_:)``.
    func stepDense(_ time: Int, _ output: UnsafeMutablePointer<UInt8>) -> Bool {
        var next = output
        for range in ranges {
            let count = range._withUnsafeGuaranteedRef { range in
                range.tickDense(UInt32(truncatingIfNeeded: time), into: next) ? range.count : -1
            }
            guard count >= 0 else { return false }
            next += count
        }
        return !ranges.isEmpty
    }

    /// Writes the sources that spike in step `time` and how often, ascending; returns how many.
    func step(_ time: Int, _ output: UnsafeMutablePointer<SourceSpikes>) -> Int {
        let tick = UInt32(truncatingIfNeeded: time)
        if poisson != nil { return poisson?.tick(tick, into: output) ?? 0 }
        if !counterPoisson.isEmpty { return stepRanges(tick, output) }
        let count = array?.tick(tick, into: arraySpikes) ?? 0
        var written = 0
        for i in 0..<count {
            if written > 0 && output[written - 1].source == arraySpikes[i] {
                output[written - 1].count += 1
            } else {
                output[written] = SourceSpikes(source: arraySpikes[i], count: 1)
                written += 1
            }
        }
        return written
    }

    private func stepRanges(_ tick: UInt32, _ output: UnsafeMutablePointer<SourceSpikes>) -> Int {
        var (written, first) = (0, UInt32(0))
        for range in counterPoisson {
            let spiked = range.tick(tick, into: output + written)
            for i in written..<written + (first > 0 ? spiked : 0) { output[i].source &+= first }
            written += spiked
            first += UInt32(truncatingIfNeeded: range.count)
        }
        return written
    }
}

extension SourceCore {
    /// Writes where the sources stand before a step; those whose spikes follow from the step alone write nothing.
    func encode(at step: Int, into writer: inout StateWriter) {
        poisson?.encode(into: &writer)
        array?.encode(from: step, into: &writer)
    }

    /// Takes back what ``encode(at:into:)`` wrote, of whichever step.
    func restore(from reader: inout StateReader) {
        poisson?.restore(from: &reader)
        array?.restore(from: &reader)
        growRoom()
        for range in counterPoisson { range.rewind() }
    }
}
