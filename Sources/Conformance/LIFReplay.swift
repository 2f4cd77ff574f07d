import FixedPoint
import Neurons

/// A recorded neuron replayed by the production kernels.
///
/// The neuron is put 19 times side by side, so that the vector body and the remainder of every loop run it, and all copies
/// have to agree with the record.
struct LIFReplay {
    /// The forms of the constants.
    enum Form: String, CaseIterable { case uniform, offsets, perNeuron }

    private static let copies = 19

    let neuron: LIFCase
    let form: Form
    let isFused: Bool

    init(_ neuron: LIFCase, form: Form, isFused: Bool) {
        self.neuron = neuron
        self.form = form
        self.isFused = isFused
    }

    /// Runs all recorded steps and compares every column.
    func run(_ check: inout CaseCheck) {
        let n = LIFReplay.copies
        let constants = neuron.constants
        func array<Word>(_ value: Word, _ count: Int) -> UnsafeMutablePointer<Word> {
            let words = UnsafeMutablePointer<Word>.allocate(capacity: count)
            words.initialize(repeating: value, count: count)
            return words
        }
        let state = IFCurrExpState(
            v: array(neuron.initial[0], n), refractory: array(neuron.initial[1], n),
            excitatory: array(neuron.initial[2], n), inhibitory: array(neuron.initial[3], n))
        let slot = RingSlot(
            excitatory: array(0, n), inhibitory: array(0, n), excitatoryShift: neuron.shifts[0],
            inhibitoryShift: neuron.shifts[1])
        let fired = array(UInt8(0), n)
        let iOffset = array(constants.iOffset, n)
        let columns = LIFColumns(base: array(0, LIFColumns.count * n), stride: n)
        for i in 0..<n { columns.store(constants, at: i) }
        defer {
            for words in [state.v, state.refractory, state.excitatory, state.inhibitory, iOffset, columns.base] {
                words.deallocate()
            }
            slot.excitatory.deallocate()
            slot.inhibitory.deallocate()
            fired.deallocate()
        }
        let group: LIFGroup =
            switch form {
            case .uniform: .uniform(constants)
            case .offsets: .offsets(constants, iOffset: iOffset)
            case .perNeuron: .perNeuron(columns)
            }

        for (step, row) in neuron.rows.enumerated() where check.holds {
            let time = neuron.columns.firstIndex(of: "t").map { row[$0] } ?? step
            let input = neuron.inputs[time] ?? [0, 0]
            for i in 0..<n {
                slot.excitatory[i] = input[0]
                slot.inhibitory[i] = input[1]
            }
            var found: [[String: Int]] = (0..<n).map { ["t": time, "rec_v": Int(state.v[$0])] }
            if isFused {
                updateIFCurrExp(group, state: state, slot: slot, fired: fired, count: n)
            } else {
                transferIFCurrExp(group, state: state, slot: slot, count: n)
                for i in 0..<n {
                    found[i]["in_isyn_exc"] = Int(state.excitatory[i])
                    found[i]["in_isyn_inh"] = Int(state.inhibitory[i])
                    found[i]["rec_gsyn_exc"] = found[i]["in_isyn_exc"]
                    found[i]["rec_gsyn_inh"] = found[i]["in_isyn_inh"]
                }
                advanceIFCurrExp(group, state: state, fired: fired, count: n)
            }
            for _ in 1..<max(neuron.subSteps, 1) {
                advanceIFCurrExp(group, state: state, fired: fired, accumulating: true, count: n)
            }
            for i in 0..<n {
                found[i]["n_spikes"] = Int(fired[i])
                found[i]["out_V_membrane"] = Int(state.v[i])
                found[i]["out_refract_timer"] = Int(state.refractory[i])
                found[i]["out_isyn_exc"] = Int(state.excitatory[i])
                found[i]["out_isyn_inh"] = Int(state.inhibitory[i])
                for (name, expected) in zip(neuron.columns, row) {
                    if let value = found[i][name] {
                        check.compare("\(name) (\(label), copy \(i))", step: time, expected: expected, found: value)
                    } else if !isFused {
                        check.fail("column \(name)", expected: "a known column", found: "not supported yet")
                    }
                }
                check.compare(
                    "emptied ring buffer (\(label), copy \(i))", step: time, expected: 0,
                    found: slot.excitatory[i] | slot.inhibitory[i])
            }
        }
    }

    private var label: String { "\(isFused ? "fused" : "split"), \(form.rawValue)" }
}
