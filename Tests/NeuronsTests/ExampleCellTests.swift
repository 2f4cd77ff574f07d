import FixedPoint
import Neurons
import Testing

// The worked example of Sources/Neurons/Neurons.docc/CellModels.md.

/// A threshold that every spike raises and that relaxes exponentially.
enum RisingThreshold: ThresholdPart {
    struct State: Words {
        /// What is added to the threshold, accum mV.
        var rise: Int32 = 0
    }

    struct Constants: Words {
        var v: Int32 = 0
        var decay: Int32 = 0
        var increment: Int32 = 0
    }

    static var stateNames: [String] { ["threshold_rise"] }
    static var constantNames: [String] { ["threshold_value", "threshold_decay", "threshold_increment"] }

    static func constants(_ p: CellParameters) -> Constants {
        Constants(
            v: p.accum("v_thresh"),
            decay: Exponential.expk(0 &- Accum.divide(p.step, p.accum("tau_thresh"))),
            increment: p.accum("d_thresh"))
    }

    static func initialState(_ p: CellParameters) -> State { State() }

    static func fires(v: Int32, _ state: inout State, draw: UInt32, _ k: Constants) -> Bool {
        let fires = v >= k.v &+ state.rise
        let relaxed = Accum.multiply(state.rise, k.decay)
        state.rise = fires ? relaxed &+ k.increment : relaxed
        return fires
    }
}

typealias RisingThresholdCell = Assembled<
    ExponentialSynapse, CurrentInput, LeakyMembrane, RisingThreshold, NoAdditionalInput
>

@Suite struct ExampleCellTests {
    @Test func aCellOfOnesOwnRuns() throws {
        let parameters: [String: Double] = [
            "tau_m": 20, "cm": 1, "v_rest": -65, "v_reset": -65, "v_thresh": -50, "tau_refrac": 1, "i_offset": 2,
            "tau_syn_E": 5, "tau_syn_I": 5, "tau_thresh": 100, "d_thresh": 3,
        ]
        let group = CellGroup(
            CellKind(RisingThresholdCell.self), count: 3,
            parameters: CellParameters(
                timestep: .one, subSteps: 1, parameter: { parameters[$0].map { .same($0) } },
                initial: { $0 == "v" ? .same(-65) : nil }, seed: { _ in .compiledIn }))
        let memory = StepMemory(count: 3, types: 2)
        var spikes: [Int] = []
        for step in 0..<200 {
            group.update(memory.slots([0, 0]), fired: memory.fired)
            if memory.fired[2] > 0 { spikes.append(step) }
        }
        let intervals = zip(spikes.dropFirst(), spikes).map { $0 - $1 }
        #expect(intervals.count > 3)
        #expect(zip(intervals.dropFirst(), intervals).allSatisfy { $0 >= $1 })
    }
}
