import Diagnostics
import FixedPoint
import Neurons
import Plasticity
import Sampling
import Synapses
import Topology

/// Where a rank's neurons find their input.
struct GroupInputs {
    let ringBuffers: RingBuffers
    let sums: InputSums
    /// By neuron, counts inputs that were cut, `[stride]`.
    let saturated: UnsafeMutablePointer<UInt32>
}

/// All neurons of one population on a rank: one kernel call a step.
final class NeuronGroup {
    let population: Int
    /// The group's neuron cores, ascending, side by side.
    let cores: [TargetCore]
    /// Index of the first neuron among the rank's neurons.
    let first: Int
    let count: Int
    /// Cores that take in the spikes of each neuron: the group's places stand `[copies, count]` among the rank's.
    let copies: Int
    /// A variable that the input changes is recorded, so transfer and advance are separate passes.
    let recordsInput: Bool
    /// How synapses onto the group learn, by their rules.
    let plasticities: [Plasticity]
    private let signals: LearningSignals?
    private(set) var cells: CellGroup
    private(set) var currents: InjectedCurrents?
    private let shifts: [UInt32]
    private let fired: UnsafeMutablePointer<UInt8>

    /// - Throws: `bug` for a model without a kernel.
    init(
        population index: Int, network: Network, cores: [TargetCore], copies: Int, scales: [RingBufferScale],
        plasticities: [Plasticity]
    ) throws(Failure) {
        let population = network.populations[index]
        guard let kind = CellCatalogue.all[population.model.name] else {
            throw Failure(.bug, "population \(population.name): the model \(population.model.name) has no kernel")
        }
        self.population = index
        self.plasticities = plasticities
        signals = LearningSignals(population, cores: cores, plasticities)
        self.cores = cores
        self.copies = copies
        first = cores[0].firstNeuron
        count = cores.reduce(0) { $0 + $1.slice.count }
        recordsInput = population.record.contains { kind.takesInput($0.variable) }
        shifts = scales.prefix(population.model.receptors.count).map { UInt32($0.leftShift) }
        cells = Self.makeCells(kind, index, network, cores)
        currents = Self.makeCurrents(index, network, cores)
        fired = .allocate(capacity: max(count, 1))
        fired.initialize(repeating: 0, count: max(count, 1))
    }

    /// The cells of a group as they begin.
    private static func makeCells(
        _ kind: CellKind, _ index: Int, _ network: Network, _ cores: [TargetCore]
    ) -> CellGroup {
        let population = network.populations[index]
        let count = cores.reduce(0) { $0 + $1.slice.count }
        let neurons = cores.flatMap { $0.slice }
        let seed = population.seed ?? network.simulation.seed
        let philox = Philox4x32(key: seed)

        func values(_ value: ParameterValue, _ name: String) -> CellValues {
            let sampler = ParameterSampler(value, name: name, population: index, seed: seed)
            return sampler.isConstant ? .same(sampler(0)) : .each { sampler(neurons[$0]) }
        }
        return CellGroup(
            kind, count: count, subSteps: population.subSteps,
            parameters: CellParameters(
                timestep: S1615(rounding: network.simulation.timestep) ?? .one, subSteps: population.subSteps,
                milliseconds: network.simulation.timestep,
                parameter: { name in
                    let isKnown = population.parameters[name] != nil || population.model.defaults[name] != nil
                    return isKnown ? values(population.parameter(name), name) : nil
                },
                initial: { name in
                    let isKnown = population.initial[name] != nil || population.model.initialDefaults[name] != nil
                    return isKnown ? values(population.initialValue(name), "initial " + name) : nil
                },
                seed: { position in
                    KISS64(
                        validatingSeed: philox.block(
                            UInt32(truncatingIfNeeded: neurons[position]), 1, UInt32(truncatingIfNeeded: index),
                            DrawPurpose.sourceSeed))
                }),
            cores: cores.map(\.slice.count), draws: draws(DrawPurpose.threshold, index, network, neurons))
    }

    /// The currents into a group as they begin; `nil`: none.
    private static func makeCurrents(_ index: Int, _ network: Network, _ cores: [TargetCore]) -> InjectedCurrents? {
        let population = network.populations[index]
        let neurons = cores.flatMap { $0.slice }
        let philox = Philox4x32(key: population.seed ?? network.simulation.seed)
        var attachments: [InjectedCurrents.Attachment] = []
        for (number, current) in network.currents.enumerated() where current.population == index {
            let chosen = Set(current.neurons.indices(size: population.size))
            attachments.append(
                InjectedCurrents.Attachment(
                    InjectedCurrent(current.kind, timestep: network.simulation.timestep),
                    to: neurons.indices.filter { chosen.contains(neurons[$0]) },
                    seed: { core in
                        KISS64(
                            validatingSeed: philox.block(
                                UInt32(truncatingIfNeeded: cores[core].slice.lowerBound),
                                UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: index),
                                DrawPurpose.currentSeed))
                    },
                    draws: draws(
                        DrawPurpose.current + UInt32(truncatingIfNeeded: number << 8), index, network, neurons),
                    number: number))
        }
        let injected = InjectedCurrents(
            attachments, count: neurons.count, subSteps: population.subSteps, cores: cores.map(\.slice.count))
        return injected.isEmpty ? nil : injected
    }

    /// Draws by neuron and step, where the topology asks for them.
    private static func draws(
        _ purpose: UInt32, _ index: Int, _ network: Network, _ neurons: [Int]
    ) -> NeuronDraws? {
        guard network.simulation.random == .counter else { return nil }
        return NeuronDraws(
            seed: network.populations[index].seed ?? network.simulation.seed,
            population: UInt32(truncatingIfNeeded: index), purpose: purpose,
            numbers: neurons.map { UInt32(truncatingIfNeeded: $0) })
    }

    deinit { fired.deallocate() }

    // MARK: - Changes

    /// Goes back to the beginning, with what the network has for the neurons.
    func begin(_ network: Network) {
        cells = Self.makeCells(cells.kind, population, network, cores)
        currents = Self.makeCurrents(population, network, cores)
    }

    /// Gives the cells the constants that the network has for them; their state stays.
    func changeParameters(_ network: Network) {
        let changed = Self.makeCells(cells.kind, population, network, cores)
        changed.takeState(of: cells)
        cells = changed
    }

    /// Sets state variables of some neurons to the initial values that the network has for them.
    ///
    /// - Parameter neurons: By index in the population, ascending.
    func setState(_ variables: [String], of neurons: [Int], as network: Network) {
        var isChosen = [Bool](repeating: false, count: network.populations[population].size)
        for neuron in neurons { isChosen[neuron] = true }
        let own = cores.flatMap { $0.slice }
        let places = own.indices.filter { isChosen[own[$0]] }
        cells.takeState(
            of: Self.makeCells(cells.kind, population, network, cores), variables: variables, at: places)
    }

    /// Gives the cells the currents that the network has for them.
    ///
    /// - Parameters:
    ///   - number: Of the current that is new or another.
    ///   - step: The step to come.
    func changeCurrents(_ network: Network, changed number: Int, at step: Int) {
        let changed = Self.makeCurrents(population, network, cores)
        changed?.takeState(of: currents, changed: number, at: UInt32(clamping: step))
        currents = changed
    }

    /// Takes a step's input out of the sums under way.
    private func slots(_ inputs: GroupInputs, _ time: Int) -> InputSlots {
        signals?.take(inputs, time)
        func slot(_ type: Int) -> UnsafeMutablePointer<UInt16> {
            let slot = inputs.ringBuffers.slot(ofStep: time, type: type) + first
            inputs.sums.take(
                step: time, type: type, first: first, count: copies * count, into: slot,
                saturated: inputs.saturated + first)
            if copies > 1 { addCopies(slot) }
            return slot
        }
        return shifts.count < 3
            ? InputSlots(slot(0), slot(1), leftShifts: (shifts[0], shifts[1]))
            : InputSlots(slot(0), slot(1), slot(2), leftShifts: (shifts[0], shifts[1], shifts[2]))
    }

    /// Adds the inputs of all synapse cores into the first copy and leaves the others zero.
    ///
    /// As on the chip two neighbours are added as one word, without saturation: what exceeds 65535 in the first of them
    /// carries over into the second.
    ///
    /// - Parameter slot: `[copies, count]`.
    /// - Source: Documentation/Chip.md, "Split cores".
    private func addCopies(_ slot: UnsafeMutablePointer<UInt16>) {
        let others = slot + count
        for copy in 0..<copies - 1 {
            let other = others + copy * count
            for core in cores {
                let (start, size) = (core.firstNeuron - first, core.slice.count)
                for i in stride(from: start, to: start + size - 1, by: 2) {
                    let sum = UInt32(slot[i]) &+ UInt32(other[i])
                    slot[i] = UInt16(truncatingIfNeeded: sum)
                    slot[i + 1] = slot[i + 1] &+ other[i + 1] &+ UInt16(truncatingIfNeeded: sum &>> 16)
                }
                if size % 2 != 0 { slot[start + size - 1] &+= other[start + size - 1] }
            }
            other.update(repeating: 0, count: count)
        }
    }

    /// Advances by a step, in one pass.
    func update(_ inputs: GroupInputs, time: Int) {
        cells.update(
            slots(inputs, time), currents: currents?.step(UInt32(truncatingIfNeeded: time)),
            currentsStride: currents?.stride ?? 0, fired: fired)
    }

    /// The first half of a step: the input is in, the membrane untouched.
    func transfer(_ inputs: GroupInputs, time: Int) { cells.transfer(slots(inputs, time)) }

    /// The second half of a step.
    func advance(time: Int) {
        cells.advance(
            currents: currents?.step(UInt32(truncatingIfNeeded: time)), currentsStride: currents?.stride ?? 0,
            fired: fired)
    }

    /// Lists the neurons that fired in the step just made, counted from the group's first; returns how many.
    func collect(_ indices: UnsafeMutablePointer<UInt32>) -> Int {
        collectFired(fired, count: count, base: 0, into: indices)
    }

    /// A variable is taken after a step's input has arrived, not before.
    func takesInput(_ variable: String) -> Bool { cells.kind.takesInput(variable) }

    /// A recorded variable of all neurons, as it is now.
    func values(_ variable: String) -> RecordedValues? { cells.values(of: variable) }
}

extension InjectedCurrent {
    /// A current of the topology, in steps and accums.
    fileprivate init(_ kind: CurrentSource.Kind, timestep: Double) {
        switch kind {
        case .dc(let amplitude, let start, let stop):
            self = .dc(amplitude: amplitude, start: start, stop: stop, timestep: timestep)
        case .ac(let amplitude, let offset, let frequency, let phase, let start, let stop):
            self = .ac(
                amplitude: amplitude, offset: offset, frequency: frequency, phase: phase, start: start, stop: stop,
                timestep: timestep)
        case .step(let times, let amplitudes):
            self = .step(times: times, amplitudes: amplitudes, timestep: timestep)
        case .noisy(let mean, let stdev, let start, let stop):
            self = .noisy(mean: mean, deviation: stdev, start: start, stop: stop, timestep: timestep)
        }
    }
}
