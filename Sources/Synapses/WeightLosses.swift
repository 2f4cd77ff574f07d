import FixedPoint
import Topology

/// What 16-bit weights do to the weights asked for.
struct WeightLosses {
    /// Share of a weight that may be lost without a word.
    private static let tolerance = 0.05
    /// Weights of a table that are looked at.
    private static let most = 1_000_000

    private let projection: Projection
    private let rounding: WeightRounding
    /// Where the weights go, for the remedy.
    private let receptor: String

    init(_ projection: Projection, _ rounding: WeightRounding, onto population: Population) {
        self.projection = projection
        self.rounding = rounding
        receptor = "\(projection.receptor) of \(population.name)"
    }

    /// Weights over the whole range of the projection: those of its rows or numbers, or hundredths of its distribution.
    private var weights: [Double] {
        var own: [Double] = []
        if let pattern = projection.connector.pattern, pattern.hasWeights {
            if let table = pattern as? ConnectionTable {
                own = stride(from: 0, to: table.count, by: max(1, table.count / Self.most)).map { table.weight($0) }
                    .filter { !$0.isNaN }
            } else if let bounds = pattern.weightBounds {
                own = [bounds.lowerBound, bounds.upperBound]
            }
            if pattern.hasAllWeights { return own }
        }
        switch projection.synapse.weight {
        case .number(let weight): return own + [weight]
        case .list(let list): return own + list
        case .distribution(let distribution):
            return own + (0..<100).map { distribution.quantile(UInt32((Double($0) + 0.5) / 100 * 0x1p32)) }
        }
    }

    /// Sentences about weights that are too large for 16 bits, and about those that rounding changes by more than 5 %.
    var warnings: [String] {
        var warnings: [String] = []
        let weights = weights.map(\.magnitude).filter { $0 > 0 }
        let unit = 1 / rounding.scale
        let bounds = projection.connector.pattern?.weightBounds ?? projection.synapse.weight.bounds
        let largest = max(bounds.lowerBound.magnitude, bounds.upperBound.magnitude)
        if largest * rounding.scale >= 65535.5 {
            warnings.append(
                "weights above \(65535 * unit) wrap around in 16 bits, as on the machine; they reach \(largest)")
        }
        let changed = weights.filter { $0 * rounding.scale < 65535.5 && change($0) > Self.tolerance }
        if let worst = changed.max(by: { change($0) < change($1) }) {
            let stored = Double(rounding.stored(worst)) * unit
            let share =
                weights.count == 1 ? "the weight" : "\(max(1, changed.count * 100 / weights.count)) % of the weights"
            warnings.append(
                "rounding changes \(share) by more than 5 %: \(worst) is stored as \(stored == 0 ? "0" : "\(stored)"). "
                    + cause(of: worst))
        }
        let initial = projection.synapse.structural?.initialWeight.magnitude ?? 0
        if initial > 0, Double(WeightScaling.quantise(initial, scale: rounding.scale)) * unit == 0 {
            warnings.append("the initial_weight \(initial) is stored as 0. \(coarseUnit)")
        }
        return warnings.map { "projection \(projection.name): \($0)" }
    }

    private func change(_ weight: Double) -> Double {
        (Double(rounding.stored(weight)) / rounding.scale - weight).magnitude / weight
    }

    /// Which step lost a weight, and what helps.
    private func cause(of weight: Double) -> String {
        let host = Double(WeightScaling.quantise(weight, scale: rounding.scale)) / rounding.scale
        let isGenerators = rounding.onMachine && (host - weight).magnitude / weight < change(weight) / 2
        guard isGenerators else { return coarseUnit }
        return
            "Synapses that the machine makes have weights in steps of \(0x1p-15) (2⁻¹⁵) first; those of a list are "
            + "made by the host without that step and keep \(host)"
    }

    private var coarseUnit: String {
        "The unit of \(receptor) is \(1 / rounding.scale), for the largest sum expected there in a step; fewer or "
            + "smaller large weights there make it finer"
    }
}
