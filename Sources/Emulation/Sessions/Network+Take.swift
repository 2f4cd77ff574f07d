import Sampling
import Topology

// What changes leave in the description of a network.
extension Network {
    /// Takes over new parameters, spike times and currents.
    mutating func take(_ change: NetworkChange) {
        for parameters in change.parameters {
            let index = parameters.population
            for (name, value) in parameters.values {
                populations[index].parameters[name] = merge(
                    value, into: populations[index].parameter(name), name: name, of: parameters)
            }
        }
        for spikes in change.spikes { take(spikes) }
        for current in change.currents { set(current) }
    }

    private mutating func take(_ change: NetworkChange.Spikes) {
        let population = populations[change.population]
        var lists: [[Double]] =
            switch population.spikeTimes {
            case nil: Array(repeating: [], count: population.size)
            case .shared(let times): Array(repeating: times, count: population.size)
            case .perSource(let lists): lists
            }
        let neurons = change.neurons.indices(size: population.size)
        for (place, neuron) in neurons.enumerated() { lists[neuron] = change.times[place] }
        populations[change.population].spikeTimes = .perSource(lists)
    }

    /// Takes a current for a new one, or in another's place.
    mutating func set(_ current: NetworkChange.Current) {
        if current.index < currents.count {
            currents[current.index] = current.source
        } else {
            currents.append(current.source)
        }
    }

    /// Values of all neurons of a population of which those named are new.
    func merge(
        _ value: ParameterValue, into old: ParameterValue, name: String, of change: NetworkChange.Parameters
    ) -> ParameterValue {
        guard change.neurons != .all else { return value }
        let population = populations[change.population]
        let seed = population.seed ?? simulation.seed
        let before = ParameterSampler(old, name: name, population: change.population, seed: seed)
        var list = (0..<population.size).map { before($0) }
        let neurons = change.neurons.indices(size: population.size)
        if case .list(let values) = value {
            for (place, neuron) in neurons.enumerated() { list[neuron] = values[place] }
        } else {
            let after = ParameterSampler(value, name: name, population: change.population, seed: seed)
            for neuron in neurons { list[neuron] = after(neuron) }
        }
        return .list(list)
    }
}
