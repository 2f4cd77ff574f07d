import FixedPoint
import Neurons
import Testing

/// Ring-buffer slots and spikes of a group, freed with it, with guard words behind.
final class StepMemory {
    let count: Int
    let types: Int
    let entries: UnsafeMutablePointer<UInt16>
    let fired: UnsafeMutablePointer<UInt8>

    init(count: Int, types: Int) {
        self.count = count
        self.types = types
        entries = .allocate(capacity: types * count + 8)
        entries.initialize(repeating: 0, count: types * count + 8)
        fired = .allocate(capacity: count + 8)
        fired.initialize(repeating: 0xAA, count: count + 8)
    }

    deinit {
        entries.deallocate()
        fired.deallocate()
    }

    func slots(_ s: [UInt32]) -> InputSlots {
        types == 3
            ? InputSlots(entries, entries + count, entries + 2 * count, leftShifts: (s[0], s[1], s[2]))
            : InputSlots(entries, entries + count, leftShifts: (s[0], s[1]))
    }
}

/// Parameters that make every branch of every model happen.
struct RandomParameters {
    var random: KISS64
    private(set) var values: [String: [Double]] = [:]

    init(seed: UInt32, count: Int, perNeuron: Bool, extreme: Bool) {
        random = KISS64(x: seed, y: 77, z: 1, c: 1)
        let ranges: [String: (Double, Double)] =
            extreme
            ? [
                "tau_m": (0.001, 30000), "cm": (0.001, 100), "v_rest": (-60000, 60000), "v_reset": (-60000, 60000),
                "v_thresh": (-60000, 60000), "tau_refrac": (0, 9), "tau_syn_E": (0.01, 30000),
                "tau_syn_E2": (0.01, 200),
                "tau_syn_I": (0.01, 30000), "e_rev_E": (-60000, 60000), "e_rev_I": (-60000, 60000), "a": (-9, 9),
                "b": (-9, 9), "c": (-300, 300), "d": (-300, 300), "tau_ca2": (0.01, 3000), "i_alpha": (-900, 900),
                "du_th": (0.01, 50), "tau_th": (0.01, 50), "scaling_factor": (-900, 900), "p_thresh": (0, 1),
                "i_offset": (-60000, 60000),
            ]
            : [
                "tau_m": (5, 30), "cm": (0.2, 2), "v_rest": (-70, -60), "v_reset": (-75, -60), "v_thresh": (-58, -50),
                "tau_refrac": (0, 4), "tau_syn_E": (0.5, 9), "tau_syn_E2": (0.5, 9), "tau_syn_I": (0.5, 9),
                "e_rev_E": (-5, 5), "e_rev_I": (-90, -70), "a": (0.02, 0.1), "b": (0.2, 0.25), "c": (-65, -50),
                "d": (0.05, 8), "tau_ca2": (10, 80), "i_alpha": (0, 0.3), "du_th": (0.3, 2), "tau_th": (10, 30),
                "scaling_factor": (1, 40), "p_thresh": (0.2, 0.9), "i_offset": (0, 3), "v_spike": (-45, -40),
                "delta_T": (1, 3), "tau_w": (50, 200), "tau_sfa": (50, 200), "tau_rr": (1, 4), "q_sfa": (5, 20),
                "q_rr": (1000, 4000), "e_rev_sfa": (-80, -70), "e_rev_rr": (-80, -70), "gbar_Na": (10, 20),
                "gbar_K": (5, 7), "g_leak": (0.01, 0.05), "v_offset": (-65, -60), "e_rev_Na": (45, 55),
                "e_rev_K": (-95, -85), "e_rev_leak": (-70, -60), "phi": (0.05, 0.1), "r": (0.001, 0.01), "s": (3, 5),
                "x1": (-1.7, -1.5),
            ]
        for name in ranges.keys.sorted() {
            guard let (low, high) = ranges[name] else { continue }
            let shared = draw(low, high)
            values[name] = (0..<max(count, 1)).map { _ in
                perNeuron || (name == "i_offset" && seed & 1 == 0) ? draw(low, high) : shared
            }
        }
        for name in ["v", "u", "isyn_exc", "isyn_exc2", "isyn_inh", "i_ca2", "gsyn_exc", "gsyn_inh"] {
            let scale: Double = extreme ? 60000 : name == "v" ? 70 : name == "u" ? 20 : 1
            values["initial " + name] = (0..<max(count, 1)).map { _ in
                name == "v" && !extreme ? -draw(50, scale) : draw(-scale, scale)
            }
        }
    }

    private mutating func draw(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(random.next()) / 4_294_967_296
    }

    func seed(_ index: Int) -> KISS64 { KISS64(x: UInt32(index), y: 5, z: 7, c: 11) }

    func parameters(timestep: Int32, subSteps: Int, from first: Int = 0) -> CellParameters {
        let values = values
        func find(_ name: String) -> CellValues? {
            values[name].map { all in
                all.allSatisfy { $0 == all[0] } ? .same(all[0]) : .each { all[first + $0] }
            }
        }
        return CellParameters(
            timestep: S1615(raw: timestep), subSteps: subSteps, parameter: find, initial: { find("initial " + $0) },
            seed: { self.seed(first + $0) })
    }
}

@Suite struct CellGroupTests {
    /// A group beside reference neurons, in both forms of a step, with sub-steps, currents and extreme values.
    @Test(arguments: ReferenceCell.models.keys.sorted(), CellGroup.Form.allCases)
    func kernelsAreThoseOfAnObviousReference(model: String, form: CellGroup.Form) throws {
        let kind = try #require(CellCatalogue.all[model])
        let parts = try #require(ReferenceCell.models[model])
        for count in [0, 1, 15, 16, 17, 1000] {
            for (seed, isFused, extreme) in [(1, true, false), (2, false, false), (3, true, true), (4, false, true)] {
                let subSteps = 1 + seed % 3
                let parameters = RandomParameters(
                    seed: UInt32(seed), count: count, perNeuron: form == .perNeuron, extreme: extreme)
                let cores = count < 16 ? [count] : [count / 3, count - count / 3]
                let group = CellGroup(
                    kind, count: count, subSteps: subSteps,
                    parameters: parameters.parameters(timestep: seed == 2 ? 3277 : 32768, subSteps: subSteps),
                    cores: cores, least: form)
                #expect(form == .uniform || count == 0 || group.form == form)
                var cells = (0..<count).map { i in
                    ReferenceCell(
                        parts: parts,
                        k: Dictionary(
                            uniqueKeysWithValues: kind.constantNames.map { ($0, Int64(group.constant($0, of: i) ?? 0)) }
                        ),
                        s: Dictionary(
                            uniqueKeysWithValues: kind.stateNames.map { name in
                                (name, Int64(group.values(of: name)?.words[i] ?? 0))
                            }),
                        generator: parameters.seed(i))
                }
                let ok = run(
                    group, &cells, parts, cores, steps: count == 1000 ? 6 : 30, isFused: isFused, extreme: extreme,
                    random: parameters.random)
                #expect(ok, "\(model), \(form), \(count) neurons, seed \(seed)")
                guard ok else { return }
            }
        }
    }

    private func run(
        _ group: CellGroup, _ cells: inout [ReferenceCell], _ parts: ReferenceCell.Parts, _ cores: [Int], steps: Int,
        isFused: Bool, extreme: Bool, random: KISS64
    ) -> Bool {
        var random = random
        let (count, types, subSteps) = (group.count, group.kind.receptors, group.subSteps)
        let memory = StepMemory(count: count, types: types)
        let stride = count + 3
        let currents = UnsafeMutablePointer<Int32>.allocate(capacity: stride * subSteps)
        defer { currents.deallocate() }
        let scale: UInt32 = parts.input == .conductance ? 10 : 0
        var shared = cores.map { _ in KISS64.compiledIn }
        for step in 0..<steps {
            let shifts = (0..<3).map { _ in random.next() % (extreme ? 17 : 3 + scale) }
            for i in 0..<(types * count) {
                let word = random.next()
                memory.entries[i] = word & 15 == 0 ? 65535 : word & 3 == 0 ? UInt16(word >> 20) : 0
            }
            let injects = step % 3 == 1
            for i in 0..<(stride * subSteps) {
                currents[i] = injects ? Int32(bitPattern: random.next()) >> (extreme ? 0 : 15) : 0
            }
            var (recorded, fired): ([[Int64]], [UInt8]) = ([], [])
            var first = 0
            for (core, size) in cores.enumerated() {
                for i in first..<(first + size) {
                    cells[i].transfer((0..<types).map { memory.entries[$0 * count + i] }, shifts)
                    recorded.append(cells[i].recorded())
                    var spikes: UInt8 = 0
                    if parts.threshold == .maass { cells[i].generator = shared[core] }
                    for subStep in 0..<subSteps
                    where cells[i].advance(current: Int64(group.offset(of: i)) + Int64(currents[subStep * stride + i]))
                    {
                        spikes += 1
                    }
                    if parts.threshold == .maass { shared[core] = cells[i].generator }
                    fired.append(spikes)
                }
                first += size
            }
            let offsets = injects ? UnsafePointer(currents) : nil
            if isFused {
                group.update(memory.slots(shifts), currents: offsets, currentsStride: stride, fired: memory.fired)
            } else {
                group.transfer(memory.slots(shifts))
                for (column, name) in ["v", "gsyn_exc", "gsyn_inh"].enumerated() {
                    guard let values = group.values(of: name) else { return false }
                    guard (0..<count).allSatisfy({ Int64(values.words[$0]) == recorded[$0][column] }) else {
                        return false
                    }
                }
                group.advance(currents: offsets, currentsStride: stride, fired: memory.fired)
            }
            guard (0..<count).allSatisfy({ memory.fired[$0] == fired[$0] }), memory.fired[count] == 0xAA,
                (0..<(types * count)).allSatisfy({ memory.entries[$0] == 0 })
            else { return false }
            for name in group.kind.stateNames where !name.hasPrefix("random_seed") {
                guard let values = group.values(of: name),
                    (0..<count).allSatisfy({ Int64(values.words[$0]) == cells[$0].s[name] })
                else { return false }
            }
        }
        return true
    }

    /// What a neuron does depends on nothing but itself: a group is as many groups of one, and is cut into cores at
    /// will.
    @Test(arguments: CellCatalogue.all.keys.sorted())
    func aGroupIsItsNeurons(model: String) throws {
        let kind = try #require(CellCatalogue.all[model])
        let count = 600
        var random = KISS64(x: 3, y: 1, z: 4, c: 1)
        let parameters = RandomParameters(seed: 9, count: count, perNeuron: true, extreme: false)
        let whole = CellGroup(
            kind, count: count, subSteps: 2, parameters: parameters.parameters(timestep: 32768, subSteps: 2),
            cores: Array(repeating: 1, count: count))
        let singles = [0, 1, 511, 512, 599]
        let single = singles.map {
            CellGroup(
                kind, count: 1, subSteps: 2, parameters: parameters.parameters(timestep: 32768, subSteps: 2, from: $0))
        }
        let memory = StepMemory(count: count, types: kind.receptors)
        let one = StepMemory(count: 1, types: kind.receptors)
        for _ in 0..<50 {
            for i in 0..<(kind.receptors * count) {
                memory.entries[i] = UInt16(truncatingIfNeeded: random.next() % 900)
            }
            let entries = singles.map { neuron in (0..<kind.receptors).map { memory.entries[$0 * count + neuron] } }
            whole.update(memory.slots([3, 3, 3]), fired: memory.fired)
            for (position, neuron) in singles.enumerated() {
                for type in 0..<kind.receptors { one.entries[type] = entries[position][type] }
                single[position].transfer(one.slots([3, 3, 3]))
                single[position].advance(fired: one.fired)
                #expect(one.fired[0] == memory.fired[neuron])
                for name in kind.stateNames {
                    #expect(single[position].values(of: name)?.words[0] == whole.values(of: name)?.words[neuron])
                }
            }
        }
    }
}
