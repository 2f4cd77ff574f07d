import Diagnostics
import Neurons
import Sampling
import Topology

extension Session {
    /// Has changes act when their steps come, those of the present step at once; entered by all.
    ///
    /// - Parameter changes: None of a step that is over.
    func schedule(_ changes: [NetworkChange]) {
        for change in changes {
            for current in change.currents { plannedNetwork.set(current) }
            if change.step <= step {
                apply(change)
            } else {
                let place = scheduled.firstIndex { $0.step > change.step } ?? scheduled.count
                scheduled.insert(change, at: place)
            }
        }
    }

    /// Makes the changes that are due before `step`.
    func applyDue(before step: Int) {
        while let change = scheduled.first, change.step <= step {
            scheduled.removeFirst()
            apply(change)
        }
    }

    /// Makes a change: constants are derived as when the network is loaded, all that is under way stays.
    ///
    /// - Determinism: Depends on the change and the step, not on ranks.
    func apply(_ change: NetworkChange) {
        for parameters in change.parameters { apply(parameters) }
        for state in change.state { setState(state) }
        for spikes in change.spikes { apply(spikes) }
        for current in change.currents { apply(current) }
    }

    private func apply(_ change: NetworkChange.Parameters) {
        let index = change.population
        for (name, value) in change.values {
            let population = changedNetwork.populations[index]
            changedNetwork.populations[index].parameters[name] = merge(
                value, into: population.parameter(name), name: name, of: change)
        }
        for group in loaded.groups where group.population == index { group.changeParameters(changedNetwork) }
        let neurons = change.neurons.indices(size: changedNetwork.populations[index].size)
        for source in loaded.sources where source.population == index {
            source.changeRates(of: neurons, in: changedNetwork)
        }
    }

    /// Values of all neurons of which those named are new.
    private func merge(
        _ value: ParameterValue, into old: ParameterValue, name: String, of change: NetworkChange.Parameters
    ) -> ParameterValue {
        guard change.neurons != .all else { return value }
        let population = changedNetwork.populations[change.population]
        let seed = population.seed ?? changedNetwork.simulation.seed
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

    private func setState(_ change: NetworkChange.Parameters) {
        var network = changedNetwork
        let index = change.population
        for (name, value) in change.values {
            let population = network.populations[index]
            network.populations[index].initial[name] = merge(
                value, into: population.initialValue(name), name: "initial " + name, of: change)
        }
        let neurons = change.neurons.indices(size: network.populations[index].size)
        for group in loaded.groups where group.population == index {
            group.setState(change.values.keys.sorted(), of: neurons, as: network)
        }
    }

    private func apply(_ change: NetworkChange.Spikes) {
        let population = changedNetwork.populations[change.population]
        var lists: [[Double]] =
            switch population.spikeTimes {
            case nil: Array(repeating: [], count: population.size)
            case .shared(let times): Array(repeating: times, count: population.size)
            case .perSource(let lists): lists
            }
        let neurons = change.neurons.indices(size: population.size)
        for (place, neuron) in neurons.enumerated() { lists[neuron] = change.times[place] }
        changedNetwork.populations[change.population].spikeTimes = .perSource(lists)
        for source in loaded.sources where source.population == change.population {
            source.replaceSpikes(of: neurons, lists, from: step, changedNetwork.simulation)
        }
    }

    private func apply(_ change: NetworkChange.Current) {
        changedNetwork.set(change)
        for group in loaded.groups where group.population == change.source.population {
            group.changeCurrents(changedNetwork, changed: change.index, at: step)
        }
    }

    /// Has a source of spikes send at a step that is not over; entered by all.
    func inject(population: Int, _ neurons: [Int], step: Int) {
        for source in loaded.sources where source.population == population {
            source.addSpikes(of: neurons, at: step, now: self.step)
        }
    }

    /// Spikes of sources that a session tells to spike can come in at any step.
    var hasInjectors: Bool { network.populations.contains { $0.model.name == CellModel.spikeInjector } }
}

extension Network {
    /// Takes a current for a new one, or in another's place.
    fileprivate mutating func set(_ current: NetworkChange.Current) {
        if current.index < currents.count {
            currents[current.index] = current.source
        } else {
            currents.append(current.source)
        }
    }
}

/// Makes changes when their steps come.
final class ChangeGate: StepGate {
    private let session: Session

    init(_ session: Session) { self.session = session }

    func next(from step: Int) -> Int { max(step, session.scheduled.first?.step ?? .max) }

    func enter(_ step: Int) -> Bool {
        session.applyDue(before: step)
        return true
    }
}
