import FixedPoint
import Neurons
import Sampling
import Synapses
import Topology

/// All neurons of one population on a rank: one kernel call a step.
final class NeuronGroup {
    let population: Int
    /// The group's cores, ascending, side by side.
    let cores: [TargetCore]
    /// Index of the first neuron among the rank's neurons.
    let first: Int
    let count: Int
    /// Synaptic input is recorded, so transfer and advance are separate passes.
    let recordsInput: Bool
    let state: IFCurrExpState
    private let memory: UnsafeMutablePointer<Int32>
    private let columns: UnsafeMutablePointer<Int32>?
    private let constants: LIFGroup
    private let shifts: (excitatory: UInt32, inhibitory: UInt32)
    let fired: UnsafeMutablePointer<UInt8>

    init(population index: Int, network: Network, cores: [TargetCore], scales: [RingBufferScale]) {
        let population = network.populations[index]
        self.population = index
        self.cores = cores
        first = cores[0].firstNeuron
        count = cores.reduce(0) { $0 + $1.slice.count }
        recordsInput = population.record.contains { $0.variable == "gsyn_exc" || $0.variable == "gsyn_inh" }
        shifts = (UInt32(scales[0].leftShift), UInt32(scales[1].leftShift))

        let padded = (count + 15) / 16 * 16
        memory = UnsafeMutableRawPointer.allocate(byteCount: padded * 16, alignment: 64)
            .bindMemory(to: Int32.self, capacity: padded * 4)
        memory.initialize(repeating: 0, count: padded * 4)
        state = IFCurrExpState(
            v: memory, refractory: memory + padded, excitatory: memory + 2 * padded, inhibitory: memory + 3 * padded)
        fired = .allocate(capacity: padded)
        fired.initialize(repeating: 0, count: padded)

        let seed = population.seed ?? network.simulation.seed
        func initial(_ name: String) -> ParameterSampler {
            ParameterSampler(population.initialValue(name), name: "initial " + name, population: index, seed: seed)
        }
        func parameter(_ name: String) -> ParameterSampler {
            ParameterSampler(population.parameter(name), name: name, population: index, seed: seed)
        }
        let starts = (v: initial("v"), exc: initial("isyn_exc"), inh: initial("isyn_inh"))
        let names = [
            "tau_m", "cm", "v_rest", "v_reset", "v_thresh", "tau_refrac", "tau_syn_E", "tau_syn_I", "i_offset",
        ]
        let samplers = names.map(parameter)
        let timestep = S1615(nearest: network.simulation.timestep)
        func lif(_ neuron: Int) -> LIFConstants {
            let p = samplers.map { S1615(nearest: $0(neuron)) }
            return LIFConstants(
                LIFParameters(
                    tauMembrane: p[0], capacitance: p[1], vRest: p[2], vReset: p[3], vThreshold: p[4],
                    refractoryPeriod: p[5], iOffset: p[8], tauExcitatory: p[6], tauInhibitory: p[7]),
                timestep: timestep)
        }
        let neurons = cores.flatMap { $0.slice }
        for (i, neuron) in neurons.enumerated() {
            state.v[i] = S1615(nearest: starts.v(neuron)).raw
            state.excitatory[i] = S1615(nearest: starts.exc(neuron)).raw
            state.inhibitory[i] = S1615(nearest: starts.inh(neuron)).raw
        }
        if samplers.allSatisfy(\.isConstant) {
            columns = nil
            constants = .uniform(lif(0))
        } else if samplers.dropLast().allSatisfy(\.isConstant) {
            let offsets = UnsafeMutablePointer<Int32>.allocate(capacity: padded)
            offsets.initialize(repeating: 0, count: padded)
            for (i, neuron) in neurons.enumerated() { offsets[i] = S1615(nearest: samplers[8](neuron)).raw }
            columns = offsets
            constants = .offsets(lif(neurons[0]), iOffset: offsets)
        } else {
            let base = UnsafeMutablePointer<Int32>.allocate(capacity: padded * LIFColumns.count)
            base.initialize(repeating: 0, count: padded * LIFColumns.count)
            let table = LIFColumns(base: base, stride: padded)
            for (i, neuron) in neurons.enumerated() { table.store(lif(neuron), at: i) }
            columns = base
            constants = .perNeuron(table)
        }
    }

    deinit {
        memory.deallocate()
        columns?.deallocate()
        fired.deallocate()
    }

    private func slot(_ ringBuffers: RingBuffers, _ time: Int) -> RingSlot {
        RingSlot(
            excitatory: ringBuffers.slot(ofStep: time, type: 0) + first,
            inhibitory: ringBuffers.slot(ofStep: time, type: 1) + first, excitatoryShift: shifts.excitatory,
            inhibitoryShift: shifts.inhibitory)
    }

    /// Advances by a step, in one pass.
    func update(_ ringBuffers: RingBuffers, time: Int) {
        updateIFCurrExp(constants, state: state, slot: slot(ringBuffers, time), fired: fired, count: count)
    }

    /// The first half of a step: the input is in, the membrane untouched.
    func transfer(_ ringBuffers: RingBuffers, time: Int) {
        transferIFCurrExp(constants, state: state, slot: slot(ringBuffers, time), count: count)
    }

    /// The second half of a step.
    func advance() { advanceIFCurrExp(constants, state: state, fired: fired, count: count) }

    /// Lists the neurons that fired in the step just made, counted from the group's first; returns how many.
    func collect(_ indices: UnsafeMutablePointer<UInt32>) -> Int {
        collectFired(fired, count: count, base: 0, into: indices)
    }

    /// The array of a recorded variable.
    func values(_ variable: String) -> UnsafeMutablePointer<Int32>? {
        switch variable {
        case "v": state.v
        case "gsyn_exc": state.excitatory
        case "gsyn_inh": state.inhibitory
        default: nil
        }
    }
}

extension S1615 {
    /// The nearest value; validated input is always in range, so an overflow saturates.
    init(nearest value: Double) {
        self = S1615(rounding: value) ?? S1615(raw: value < 0 ? Int32.min : Int32.max)
    }
}
