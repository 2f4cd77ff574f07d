import Diagnostics
import Neurons
import Synapses
import Topology
import Transport

extension Session {
    /// Has changes act when their steps come, those of the present step at once; entered by all.
    ///
    /// - Parameter changes: None of a step that is over.
    /// - Throws: The agreed failure where memory is short.
    func schedule(_ changes: [PreparedChange]) throws(Failure) {
        for prepared in changes {
            for current in prepared.change.currents { plannedNetwork.set(current) }
            if prepared.change.step <= step {
                try apply(prepared)
            } else {
                let place = scheduled.firstIndex { $0.change.step > prepared.change.step } ?? scheduled.count
                scheduled.insert(prepared, at: place)
            }
        }
    }

    /// Makes the changes that are due before `step`; entered by all.
    func applyDue(before step: Int) throws(Failure) {
        while let prepared = scheduled.first, prepared.change.step <= step {
            scheduled.removeFirst()
            try apply(prepared)
        }
    }

    /// Makes a change: constants are derived as when the network is loaded, all that is under way stays; entered by
    /// all.
    ///
    /// - Throws: The agreed failure where memory is short.
    /// - Determinism: Depends on the change and the step, not on ranks.
    func apply(_ prepared: PreparedChange) throws(Failure) {
        let change = prepared.change
        changedNetwork.take(change)
        if !prepared.isOfTopology { resetNetwork.take(change) }
        for parameters in change.parameters { apply(parameters) }
        for state in change.state { setState(state) }
        for spikes in change.spikes { apply(spikes) }
        for current in change.currents { apply(current) }
        var rules = loaded.rules
        var isStatic = false
        for (weights, new) in zip(change.weights, prepared.weights) {
            guard network.projections[weights.projection].synapse.isFixed else {
                loaded.changePlastic(weights.projection, new)
                continue
            }
            isStatic = true
            weighted.insert(weights.projection)
            let cores = loaded.cores(of: weights.projection)
            switch new {
            case .value(let value): rules = rules.giving(weights.projection, value, onto: cores)
            case .patch(let patch): rules = rules.giving(weights.projection, patch, onto: cores)
            }
        }
        guard isStatic else { return }
        let changed = rules
        try transport.phase { try emulation.changeRows(changed) }
    }

    private func apply(_ change: NetworkChange.Parameters) {
        let index = change.population
        for group in loaded.groups where group.population == index { group.changeParameters(changedNetwork) }
        let neurons = change.neurons.indices(size: changedNetwork.populations[index].size)
        for source in loaded.sources where source.population == index {
            source.changeRates(of: neurons, in: changedNetwork)
        }
    }

    private func setState(_ change: NetworkChange.Parameters) {
        var network = changedNetwork
        let index = change.population
        for (name, value) in change.values {
            let population = network.populations[index]
            network.populations[index].initial[name] = network.merge(
                value, into: population.initialValue(name), name: "initial " + name, of: change)
        }
        let neurons = change.neurons.indices(size: network.populations[index].size)
        for group in loaded.groups where group.population == index {
            group.setState(change.values.keys.sorted(), of: neurons, as: network)
        }
    }

    private func apply(_ change: NetworkChange.Spikes) {
        let population = changedNetwork.populations[change.population]
        guard case .perSource(let lists) = population.spikeTimes else { return }
        let neurons = change.neurons.indices(size: population.size)
        for source in loaded.sources where source.population == change.population {
            source.replaceSpikes(of: neurons, lists, from: step, changedNetwork.simulation)
        }
    }

    private func apply(_ change: NetworkChange.Current) {
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

/// Makes changes when their steps come.
final class ChangeGate: StepGate {
    private let session: Session

    init(_ session: Session) { self.session = session }

    func next(from step: Int) -> Int { max(step, session.scheduled.first?.change.step ?? .max) }

    func enter(_ step: Int) throws(Failure) -> Bool {
        try session.applyDue(before: step)
        return true
    }
}
