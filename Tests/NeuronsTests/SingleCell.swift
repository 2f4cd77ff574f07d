import FixedPoint
import Neurons

/// One neuron with inputs at given times: its spikes and its state over time.
struct SingleCell {
    /// Ends of the steps in which it fired, ms.
    private(set) var spikes: [Double] = []
    /// Recorded variables at the beginning of each step.
    private(set) var traces: [String: [Double]] = [:]

    /// Runs a cell.
    ///
    /// - Parameters:
    ///   - timestep: ms; times of weights are its multiples.
    ///   - weights: for each receptor times in ms and weights in nA or µS.
    ///   - unit: what a weight is multiplied with before it is encoded: 1024 for conductances.
    init(
        _ kind: CellKind, _ parameters: [String: Double], initial: [String: Double], timestep: Double, duration: Double,
        weights: [[[Double]]], unit: Double, recording variables: [String]
    ) {
        let group = CellGroup(
            kind, count: 1,
            parameters: CellParameters(
                timestep: S1615(rounding: timestep) ?? .one, subSteps: 1, milliseconds: timestep,
                parameter: { parameters[$0].map { .same($0) } }, initial: { initial[$0].map { .same($0) } },
                seed: { _ in .compiledIn }))
        let steps = Int((duration / timestep).rounded())
        var inputs = weights.map { _ in [Double](repeating: 0, count: steps) }
        for (type, rows) in weights.enumerated() {
            for row in rows { inputs[type][Int((row[0] / timestep).rounded())] += row[1] * unit }
        }
        // The smallest shift that takes the largest input.
        let largest = inputs.joined().max() ?? 0
        var shift: UInt32 = 0
        while largest * 32768 / Double(1 << shift) > 65535 { shift += 1 }
        let memory = UnsafeMutablePointer<UInt16>.allocate(capacity: 2)
        let fired = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        defer {
            memory.deallocate()
            fired.deallocate()
        }
        for step in 0..<steps {
            for variable in variables {
                traces[variable, default: []].append(group.values(of: variable)?.value(at: 0) ?? .nan)
            }
            for type in 0..<2 {
                let entry = type < inputs.count ? inputs[type][step] : 0
                memory[type] = UInt16((entry * 32768 / Double(1 << shift)).rounded())
            }
            group.update(InputSlots(memory, memory + 1, leftShifts: (shift, shift)), fired: fired)
            if fired[0] > 0 { spikes.append(Double(step + 1) * timestep) }
        }
    }
}
