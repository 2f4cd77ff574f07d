import FixedPoint
import Mapping
import Neurons
import Sampling
import Topology

/// A worker core that sends spikes of its own accord: a slice of a Poisson or array source.
final class SourceCore {
    /// Number of the core in the mapping.
    let core: Int
    let population: Int
    let key: UInt32
    /// First source of the slice, counted in the population.
    let firstSource: Int
    /// Sources on the core.
    let count: Int
    private var poisson: PoissonCore?
    private var array: SpikeArrayCore?
    private let arraySpikes: UnsafeMutablePointer<UInt32>

    /// - Determinism: The stream depends on (seed, population, first source of the slice).
    init(core number: Int, _ core: WorkerCore, network: Network) {
        self.core = number
        population = core.population
        key = core.key
        firstSource = core.slice.lowerBound
        count = core.slice.count
        let source = network.populations[core.population]
        let seed = source.seed ?? network.simulation.seed
        switch source.model.kind {
        case .spikeSourceArray:
            let array = Self.array(source, core.slice, network.simulation)
            arraySpikes = .allocate(capacity: max(array.mostSpikesPerTick, 1))
            self.array = array
        case .spikeSourcePoisson, .neuron:
            arraySpikes = .allocate(capacity: 1)
            func sampler(_ name: String) -> ParameterSampler {
                ParameterSampler(source.parameter(name), name: name, population: core.population, seed: seed)
            }
            let (rate, start, duration) = (sampler("rate"), sampler("start"), sampler("duration"))
            let isLimited = source.parameters["duration"] != nil
            let words = Philox4x32(key: seed).block(
                UInt32(truncatingIfNeeded: core.slice.lowerBound), 0, UInt32(truncatingIfNeeded: core.population),
                DrawPurpose.sourceSeed)
            poisson = PoissonCore(
                rates: core.slice.map { neuron in
                    let duration = isLimited ? duration(neuron) : nil
                    let rate = PoissonRate(
                        hertz: max(0, rate(neuron)), start: max(0, start(neuron)), duration: duration)
                    return rate.map { [$0] } ?? []
                },
                timing: PoissonTiming(timestep: network.simulation.timestep), random: KISS64(validatingSeed: words))
        }
    }

    deinit { arraySpikes.deallocate() }

    /// The spikes of a slice of an array source that fall into the run.
    private static func array(_ source: Population, _ slice: Range<Int>, _ simulation: Simulation) -> SpikeArrayCore {
        func steps(_ times: [Double]) -> [UInt32] {
            times.compactMap { simulation.step(ofSpikeAt: $0).map { UInt32(truncatingIfNeeded: $0) } }
        }
        var offsets = [0]
        var spikes: [UInt32] = []
        for neuron in slice {
            switch source.spikeTimes {
            case .none: break
            case .shared(let times): spikes += steps(times)
            case .perSource(let lists): spikes += steps(lists[neuron])
            }
            offsets.append(spikes.count)
        }
        return SpikeArrayCore(offsets: offsets, spikes: spikes)
    }

    /// Writes the sources that spike in step `time` and how often, ascending; returns how many.
    func step(_ time: Int, _ output: UnsafeMutablePointer<SourceSpikes>) -> Int {
        let tick = UInt32(truncatingIfNeeded: time)
        if poisson != nil { return poisson?.tick(tick, into: output) ?? 0 }
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
}
