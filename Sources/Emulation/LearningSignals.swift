import FixedPoint
import Plasticity
import Synapses
import Topology

/// What arrives at the receptors of a group that teach: each step's input is noted in the histories of its synapses.
///
/// - Determinism: The input of a step is complete when the step is made, so histories do not depend on ranks or
///   windows.
final class LearningSignals {
    private struct Receptor {
        /// Synapse type.
        var type: Int
        /// 1 strengthens, −1 weakens.
        var sign: Int32
    }

    private let receptors: [Receptor]
    private let plasticities: [Plasticity]
    private let first: Int
    private let count: Int
    private let neurons: UnsafeMutablePointer<UInt32>
    private let amounts: UnsafeMutablePointer<Int32>

    /// - Returns: `nil` where nothing teaches.
    init?(_ population: Population, cores: [TargetCore], _ plasticities: [Plasticity]) {
        guard !population.learningReceptors.isEmpty, !plasticities.isEmpty else { return nil }
        receptors = population.learningReceptors.enumerated().map { place, name in
            Receptor(type: population.model.receptors.count + place, sign: name == "critic" ? -1 : 1)
        }
        self.plasticities = plasticities
        first = cores[0].firstNeuron
        count = cores.reduce(0) { $0 + $1.slice.count }
        neurons = .allocate(capacity: max(count, 1))
        amounts = .allocate(capacity: max(count, 1))
        amounts.initialize(repeating: 0, count: max(count, 1))
    }

    deinit {
        neurons.deallocate()
        amounts.deallocate()
    }

    /// Takes the step's input out of the sums under way and notes it.
    func take(_ inputs: GroupInputs, _ time: Int) {
        for receptor in receptors {
            let slot = inputs.ringBuffers.slot(ofStep: time, type: receptor.type) + first
            inputs.sums.take(
                step: time, type: receptor.type, first: first, count: count, into: slot,
                saturated: inputs.saturated + first)
            for i in 0..<count {
                amounts[i] &+= receptor.sign &* min(Int32(slot[i]), S411.largest)
                slot[i] = 0
            }
        }
        var listed = 0
        for i in 0..<count where amounts[i] != 0 {
            neurons[listed] = UInt32(truncatingIfNeeded: i)
            amounts[listed] = amounts[i]
            if i != listed { amounts[i] = 0 }
            listed += 1
        }
        guard listed > 0 else { return }
        for plasticity in plasticities {
            plasticity.targetsTaught(neurons, amounts, count: listed, at: time)
        }
        for i in 0..<listed { amounts[i] = 0 }
    }
}
