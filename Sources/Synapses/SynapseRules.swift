import FixedPoint
import Glibc
import Sampling
import Synchronization
public import Topology

/// How the synapses of a network are stored: synapse types, 16-bit weights and delays in steps, as the chip has them.
///
/// - Source: Documentation/Chip.md, "Weight scaling" and "Synapses made on the machine".
public struct SynapseRules: Sendable {
    public internal(set) var network: Network
    /// Projections whose weights are cut at 16 bits instead of wrapping around.
    var saturating: Set<Int> = []
    /// Per population and synapse type.
    public let scales: [[RingBufferScale]]
    private let delays: [ClosedRange<Int>]
    private let tables = TableCache()

    /// - Parameter scales: Ring-buffer scales per population and synapse type.
    public init(network: Network, scales: [[RingBufferScale]]) {
        self.network = network
        self.scales = scales
        let timestep = network.simulation.timestep
        delays = network.projections.map { projection in
            let rule = DelayRounding(timestep: timestep, onMachine: projection.isGeneratedOnMachine)
            let bounds = projection.delayBounds(timestep: timestep)
            return rule.steps(bounds.lowerBound)...rule.steps(bounds.upperBound)
        }
    }

    /// What 16-bit weights and ring buffers do to the weights asked for and their sums, a sentence each.
    public var warnings: [String] {
        network.projections.indices.flatMap { index in
            let projection = network.projections[index]
            return WeightLosses(projection, weightRounding(index), onto: network.populations[projection.post]).warnings
        } + sumWarnings
    }

    /// Sums of a step that leave the machine's numbers in a ring buffer or in a membrane.
    private var sumWarnings: [String] {
        let limit = 65536.0
        // A shift bounds the sum that it was chosen for, so that most networks need no second estimate.
        let isFar = network.populations.enumerated().contains { index, population in
            let gains = sumGains(population)
            return zip(scales[index], gains).contains { exp2(Double($0.leftShift)) * max(1, $1) >= limit }
        }
        guard isFar else { return [] }
        var warnings: [String] = []
        for (population, estimates) in zip(network.populations, WeightScaling.estimates(network)) {
            for (type, (estimate, gain)) in zip(estimates, sumGains(population)).enumerated() {
                let sum = estimate.expectedMaximum
                let start =
                    "population \(population.name): the largest sum that its receptor "
                    + "\(population.model.receptors[type]) can expect in a step, "
                    + "\(sum)\(population.model.isConductanceBased ? " nS" : " nA"),"
                if sum >= limit { warnings.append("\(start) is beyond 32 bits of the machine and wraps around") }
                guard sum * gain >= limit, estimate.biggest * gain < limit else { continue }
                warnings.append(
                    "\(start) times tau_m ÷ cm is \((sum * gain).rounded()) mV, and the machine's numbers end at "
                        + "65536 mV and wrap around there")
            }
        }
        return warnings
    }

    /// By receptor: mV that an input of 1 nA moves the membrane by in the end; 0 where that is not a product.
    private func sumGains(_ population: Population) -> [Double] {
        population.model.receptors.map { receptor in
            guard !population.model.isConductanceBased, let membrane = MembraneReach(population) else { return 0 }
            return membrane.resistance * membrane.gain(of: receptor, timestep: network.simulation.timestep)
        }
    }

    /// Number of the synapse type that a projection's receptor is.
    public func synapseType(_ projection: Projection) -> Int {
        network.populations[projection.post].receptors.firstIndex(of: projection.receptor) ?? 0
    }

    /// Shortest and longest delay of a projection, in steps.
    public func delayBounds(_ projection: Int) -> ClosedRange<Int> { delays[projection] }

    /// The stored weight that all synapses of a projection have, if it is one.
    func constantWeight(_ index: Int) -> UInt16? {
        let projection = network.projections[index]
        if let pattern = projection.connector.pattern, let own = pattern.weightBounds {
            guard pattern.hasAllWeights, own.lowerBound == own.upperBound else { return nil }
            return weightRounding(index).stored(own.lowerBound)
        }
        guard case .number(let weight) = projection.synapse.weight else { return nil }
        return weightRounding(index).stored(weight)
    }

    /// The generator of a projection's synapses.
    func generator(_ index: Int, network: Network) -> SynapseGenerator {
        let projection = network.projections[index]
        let weights = weightRounding(index)
        let delays = DelayRounding(
            timestep: network.simulation.timestep, onMachine: projection.isGeneratedOnMachine)
        let weight: SynapseGenerator.Code =
            switch projection.synapse.weight {
            case .number(let value): .constant(UInt32(weights.stored(value)))
            case .list(let list): .constant(UInt32(weights.stored(list.first ?? 0)))
            case .distribution(let distribution):
                .table(
                    tables.table("weight \(distribution) \(weights)") {
                        // The stored weight is a magnitude in 16 bits: monotone on either side of zero, until it wraps.
                        QuantileTable(
                            quantile: { distribution.quantile($0) }, encode: { UInt32(weights.stored($0)) },
                            isMonotone: { range in
                                let largest = max(abs(range.lowerBound), abs(range.upperBound))
                                return (range.lowerBound >= 0 || range.upperBound <= 0)
                                    && largest * weights.scale < 65535
                            })
                    })
            }
        let delay: SynapseGenerator.Code =
            switch projection.synapse.delay ?? .number(network.simulation.timestep) {
            case .number(let value): .constant(UInt32(delays.steps(value)))
            case .list(let list): .constant(UInt32(delays.steps(list.first ?? 0)))
            case .distribution(let distribution):
                .table(
                    tables.table("delay \(distribution) \(delays)") {
                        QuantileTable { UInt32(delays.steps(distribution.quantile($0))) }
                    })
            }
        let seed = projection.seed ?? network.simulation.seed
        return SynapseGenerator(
            network: network, projection: projection, index: index, preSize: network.populations[projection.pre].size,
            postSize: network.populations[projection.post].size, weight: weight, delay: delay,
            ownWeight: { UInt32(weights.stored($0)) }, ownDelay: { UInt32(delays.steps($0)) },
            philox: Philox4x32(key: seed), seed: seed)
    }

    func weightRounding(_ index: Int) -> WeightRounding {
        var rounding = weightRoundingAtLoading(index)
        rounding.saturates = saturating.contains(index)
        return rounding
    }

    private func weightRoundingAtLoading(_ index: Int) -> WeightRounding {
        let projection = network.projections[index]
        // Concentrations are s4.11.
        if projection.synapse.neuromodulation != nil { return WeightRounding(scale: 2048, onMachine: false) }
        let scale = scales[projection.post][synapseType(projection)]
        if projection.synapse.changer != nil {
            return WeightRounding(scale: scale.weightScale, onMachine: false, truncates: true)
        }
        return WeightRounding(scale: scale.weightScale, onMachine: projection.isGeneratedOnMachine)
    }
}

/// Weight to stored 16-bit weight.
struct WeightRounding {
    let scale: Double
    let onMachine: Bool
    /// As the chip's host does with changes of weights.
    var truncates = false
    /// Cuts what 16 bits cannot hold instead of keeping its lower bits.
    var saturates = false

    func stored(_ weight: Double) -> UInt16 {
        if saturates && weight.magnitude * scale >= 65535.5 { return .max }
        if truncates { return UInt16(truncatingIfNeeded: Int64(weight.magnitude * scale)) }
        if onMachine, let raw = S1615(rounding: weight) {
            return WeightScaling.quantiseOnMachine(raw, scale: scale)
        }
        return WeightScaling.quantise(weight, scale: scale)
    }
}

/// Delay in ms to steps, at least 1.
struct DelayRounding {
    let timestep: Double
    let onMachine: Bool

    func steps(_ delay: Double) -> Int {
        if onMachine, let raw = S1615(rounding: delay) {
            return max(1, WeightScaling.delayStepsOnMachine(raw, timestep: timestep))
        }
        return max(1, WeightScaling.delaySteps(delay, timestep: timestep))
    }
}

/// Tables of quantiles by what they tabulate, made once.
private final class TableCache: Sendable {
    private let tables = Mutex<[String: QuantileTable]>([:])

    func table(_ name: String, _ make: () -> QuantileTable) -> QuantileTable {
        tables.withLock { known in
            if let table = known[name] { return table }
            let table = make()
            known[name] = table
            return table
        }
    }
}
