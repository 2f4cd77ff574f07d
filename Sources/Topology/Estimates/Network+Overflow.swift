import Glibc
import StrictJSON

extension Network {
    /// Products of parameters that leave the machine's s16.15 numbers, where they wrap around.
    ///
    /// A membrane of resistance R = tau_m ÷ cm moves towards v_rest + R · I. The sum of a step's inputs is not looked
    /// at.
    ///
    /// - Returns: a sentence for each population's currents and each projection's weights.
    /// - Complexity: O(populations + projections), and O(n) for lists.
    /// - Source: Documentation/Chip.md, "Leaky integrate-and-fire cells".
    public func overflows() -> [String] {
        var warnings: [String] = []
        for (index, population) in populations.enumerated() {
            guard let membrane = MembraneReach(population) else { continue }
            var worst = (text: "i_offset", current: 0.0, potential: 0.0)
            func look(_ text: String, _ injected: Double) {
                let (current, potential) = membrane.farthest(injected: injected)
                if potential > worst.potential { worst = (text, current, potential) }
            }
            look("i_offset", 0)
            for source in currents where source.population == index {
                look("i_offset and the current \(source.kind.name)", source.kind.peak)
            }
            guard worst.potential >= ValueRange.fixedPointLimit else { continue }
            warnings.append(
                "population \(population.name): tau_m ÷ cm times the current is \(Self.millivolts(worst.potential)) "
                    + "mV, and the machine's numbers end at 65536 mV and wrap around there; \(worst.text) reaches "
                    + "\(Wording.number(worst.current)) nA")
        }
        for projection in projections where !projection.synapse.modulates {
            let population = populations[projection.post]
            guard !population.model.isConductanceBased, let membrane = MembraneReach(population),
                !LearningRules.receptors.contains(projection.receptor)
            else { continue }
            let weight = projection.largestWeight
            let input = weight * membrane.gain(of: projection.receptor, timestep: simulation.timestep)
            guard input * membrane.resistance >= ValueRange.fixedPointLimit else { continue }
            warnings.append(
                "projection \(projection.name): tau_m ÷ cm times the input of one weight of \(Wording.number(weight)) "
                    + "nA is \(Self.millivolts(input * membrane.resistance)) mV, and the machine's numbers end at "
                    + "65536 mV and wrap around there")
        }
        return warnings
    }

    private static func millivolts(_ potential: Double) -> String {
        potential < 1e15 ? Wording.number(potential.rounded()) : "\(potential)"
    }
}

/// How far currents can move the membranes of a population.
public struct MembraneReach {
    private let population: Population
    /// Largest of all neurons, MΩ.
    public let resistance: Double

    /// - Returns: `nil` for a model without tau_m and cm.
    public init?(_ population: Population) {
        guard population.model.defaults["tau_m"] != nil, population.model.defaults["cm"] != nil else { return nil }
        self.population = population
        resistance = Self.forEach(population, ["tau_m", "cm"]) { $0[0].upperBound / $0[1].lowerBound }
    }

    /// The largest value of a function of parameters, each the range that it can have in a neuron.
    ///
    /// - Complexity: O(neurons) where one is a list, else O(1).
    private static func forEach(
        _ population: Population, _ names: [String], _ body: ([ClosedRange<Double>]) -> Double
    ) -> Double {
        let values = names.map { population.parameter($0) }
        let hasLists = values.contains { if case .list = $0 { true } else { false } }
        var largest = 0.0
        for neuron in 0..<(hasLists ? population.size : 1) {
            let ranges = values.map { value in
                if case .list(let list) = value { list[neuron]...list[neuron] } else { value.bounds }
            }
            largest = max(largest, body(ranges))
        }
        return largest
    }

    /// The largest current and the farthest potential from 0 or from rest, nA and mV.
    ///
    /// - Parameter injected: magnitude of a current beside i_offset, nA.
    func farthest(injected: Double) -> (current: Double, potential: Double) {
        func magnitude(_ range: ClosedRange<Double>) -> Double {
            max(range.lowerBound.magnitude, range.upperBound.magnitude)
        }
        let current = Self.forEach(population, ["i_offset"]) { magnitude($0[0]) + injected }
        let potential = Self.forEach(population, ["tau_m", "cm", "i_offset", "v_rest"]) { ranges in
            let resistance = ranges[0].upperBound / ranges[1].lowerBound
            let rest = ranges[3]
            return [ranges[2].lowerBound - injected, ranges[2].upperBound + injected].map { current in
                let shift = resistance * current
                return max(shift.magnitude, magnitude(shift + rest.lowerBound...shift + rest.upperBound))
            }.max() ?? 0
        }
        return (current, potential)
    }

    /// What a weight of 1 nA is as an input of the step it arrives in.
    ///
    /// Exponential synapses spread it over the step: (τ ÷ dt)(1 − e^(−dt ÷ τ)).
    public func gain(of receptor: String, timestep: Double) -> Double {
        let name = ["excitatory": "tau_syn_E", "excitatory2": "tau_syn_E2", "inhibitory": "tau_syn_I"][receptor] ?? ""
        guard population.model.defaults[name] != nil, population.model.initialDefaults["isyn_exc"] != nil else {
            return 1
        }
        let steps = population.parameter(name).bounds.upperBound / (timestep / Double(population.subSteps))
        return steps > 0 ? steps * (1 - exp(-1 / steps)) : 1
    }
}

extension Projection {
    /// The largest magnitude that a weight has or can learn, nA or µS.
    fileprivate var largestWeight: Double {
        let own = connector.pattern?.weightBounds ?? synapse.weight.bounds
        var largest = max(own.lowerBound.magnitude, own.upperBound.magnitude)
        if let structural = synapse.structural { largest = max(largest, structural.initialWeight.magnitude) }
        if let changeable = synapse.changeable { largest = max(largest, changeable.maximum) }
        if case .number(let limit)? = synapse.stdp?.weightDependence.arguments["w_max"] {
            largest = max(largest, limit)
        }
        return largest
    }
}

extension CurrentSource.Kind {
    /// Its type in a topology file.
    fileprivate var name: String {
        switch self {
        case .dc: "DC"
        case .ac: "AC"
        case .step: "Step"
        case .noisy: "Noisy"
        }
    }

    /// The largest magnitude, nA; of noise three deviations from the mean.
    fileprivate var peak: Double {
        switch self {
        case .dc(let amplitude, _, _): amplitude.magnitude
        case .ac(let amplitude, let offset, _, _, _, _): amplitude.magnitude + offset.magnitude
        case .step(_, let amplitudes): amplitudes.map(\.magnitude).max() ?? 0
        case .noisy(let mean, let stdev, _, _): mean.magnitude + 3 * stdev
        }
    }
}
