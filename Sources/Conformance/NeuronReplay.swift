import FixedPoint
import Neurons

/// A recorded neuron replayed by the production kernels.
///
/// The neuron is put 19 times side by side, so that the vector body and the remainder of every loop run it, and all
/// copies have to agree with the record.
struct NeuronReplay {
    private static let copies = 19

    let neuron: NeuronCase
    let form: CellGroup.Form
    let isFused: Bool

    init(_ neuron: NeuronCase, form: CellGroup.Form, isFused: Bool) {
        self.neuron = neuron
        self.form = form
        self.isFused = isFused
    }

    /// Runs all recorded steps and compares every column.
    func run(_ check: inout CaseCheck) {
        let n = Self.copies
        let group = neuron.group(count: n, form: form)
        let currents = InjectedCurrents(
            neuron.currents.map { source in .init(source.current, to: Array(0..<n), seed: { _ in source.seed }) },
            count: n, subSteps: neuron.subSteps, cores: Array(repeating: 1, count: n))
        let types = neuron.kind.receptors
        let entries = UnsafeMutablePointer<UInt16>.allocate(capacity: types * n)
        let fired = UnsafeMutablePointer<UInt8>.allocate(capacity: n)
        entries.initialize(repeating: 0, count: types * n)
        fired.initialize(repeating: 0, count: n)
        defer {
            entries.deallocate()
            fired.deallocate()
        }
        let s = neuron.shifts
        let slots =
            types == 3
            ? InputSlots(entries, entries + n, entries + 2 * n, leftShifts: (s[0], s[1], s[2]))
            : InputSlots(entries, entries + n, leftShifts: (s[0], s[1]))
        for name in neuron.columns where !isKnown(name, group) {
            check.fail("column \(name)", expected: "a known column", found: "none")
        }

        for (step, row) in neuron.rows.enumerated() where check.holds {
            let time = neuron.columns.firstIndex(of: "t").map { row[$0] } ?? step
            for (type, entry) in (neuron.inputs[time] ?? []).enumerated() {
                (entries + type * n).update(repeating: entry, count: n)
            }
            // V is the same before and after the transfer.
            compare(row, time, ["rec_v": "v"], group, &check)
            let offsets = currents.isEmpty ? nil : currents.step(UInt32(truncatingIfNeeded: time))
            if isFused {
                group.update(slots, currents: offsets, currentsStride: currents.stride, fired: fired)
            } else {
                group.transfer(slots)
                compare(row, time, transferred, group, &check)
                group.advance(currents: offsets, currentsStride: currents.stride, fired: fired)
            }
            compare(row, time, advanced, group, &check)
            for i in 0..<n {
                if let column = neuron.columns.firstIndex(of: "n_spikes") {
                    check.compare(
                        "n_spikes (\(label), copy \(i))", step: time, expected: row[column], found: Int(fired[i]))
                }
                for type in 0..<types {
                    check.compare(
                        "emptied ring buffer \(type) (\(label), copy \(i))", step: time, expected: 0,
                        found: entries[type * n + i])
                }
            }
        }
    }

    private var label: String { "\(isFused ? "fused" : "split"), \(form.rawValue)" }

    /// Columns after the transfer, with the group's names.
    private var transferred: [String: String] {
        names(prefix: "in_").merging(["rec_v": "v", "rec_gsyn_exc": "gsyn_exc", "rec_gsyn_inh": "gsyn_inh"]) { $1 }
    }

    /// Columns after the advance.
    private var advanced: [String: String] { names(prefix: "out_") }

    private func names(prefix: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: neuron.kind.stateNames.map { (prefix + $0, $0) })
    }

    private func isKnown(_ column: String, _ group: CellGroup) -> Bool {
        ["t", "n_spikes"].contains(column) || transferred[column] != nil || advanced[column] != nil
    }

    private func compare(
        _ row: [Int], _ time: Int, _ names: [String: String], _ group: CellGroup, _ check: inout CaseCheck
    ) {
        for (column, expected) in zip(neuron.columns, row) {
            guard let name = names[column], let values = group.values(of: name) else { continue }
            for i in 0..<group.count {
                check.compare(
                    "\(column) (\(label), copy \(i))", step: time, expected: expected, found: Int(values.words[i]))
            }
        }
    }
}
