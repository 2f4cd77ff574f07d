// Update cost of every cell model, ns per neuron and step: best of 60 trials of 200 steps. Run by Scripts/bench-cells.

import FixedPoint
import Glibc
import Neurons

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2048
let parameters: [String: Double] = [
    "tau_m": 20, "cm": 1, "v_rest": -65, "v_reset": -65, "v_thresh": -50, "tau_refrac": 2, "i_offset": 0.7,
    "tau_syn_E": 5, "tau_syn_E2": 5, "tau_syn_I": 5, "e_rev_E": 0, "e_rev_I": -70, "a": 0.02, "b": 0.2, "c": -65,
    "d": 2, "tau_ca2": 50, "i_alpha": 0.1, "du_th": 0.5, "tau_th": 20, "scaling_factor": 1, "p_thresh": 1, "tau": 10,
    "alpha": 1, "v_spike": -40, "delta_T": 2, "tau_w": 144, "tau_sfa": 100, "tau_rr": 2, "q_sfa": 15, "q_rr": 3000,
    "e_rev_sfa": -75, "e_rev_rr": -75, "gbar_Na": 20, "gbar_K": 6, "g_leak": 0.01, "v_offset": -63, "e_rev_Na": 50,
    "e_rev_K": -90, "e_rev_leak": -65, "phi": 0.08, "r": 0.001, "s": 4, "x1": -1.6,
]

func array<Word>(_ zero: Word) -> UnsafeMutablePointer<Word> {
    let words = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Word>.size + 256, alignment: 64)
        .bindMemory(to: Word.self, capacity: count)
    words.initialize(repeating: zero, count: count)
    return words
}

func nanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

func best(_ step: () -> Void) -> String {
    var best = Double.infinity
    for _ in 0..<60 {
        let start = nanoseconds()
        for _ in 0..<200 { step() }
        best = min(best, (nanoseconds() - start) / 200 / Double(count))
    }
    return "\((best * 1000).rounded() / 1000)"
}

let entries = (array(UInt16(0)), array(UInt16(0)), array(UInt16(0)))
let fired = array(UInt8(0))
for (name, kind) in CellCatalogue.all.sorted(by: { $0.key < $1.key }) {
    for form in CellGroup.Form.allCases {
        let group = CellGroup(
            kind, count: count,
            parameters: CellParameters(
                timestep: .one, subSteps: 1, parameter: { parameters[$0].map { .same($0) } },
                initial: { $0 == "v" ? .same(-65) : nil }, seed: { KISS64(x: UInt32($0), y: 1, z: 2, c: 3) }),
            least: form)
        let slots =
            kind.receptors == 3
            ? InputSlots(entries.0, entries.1, entries.2, leftShifts: (3, 3, 3))
            : InputSlots(entries.0, entries.1, leftShifts: (3, 3))
        let fused = best { group.update(slots, fired: fired) }
        let split = best {
            group.transfer(slots)
            group.advance(fired: fired)
        }
        print("\(name) \(form.rawValue): fused \(fused), transfer and advance \(split)")
    }
}
