import FixedPoint
import Foundation
import Neurons
import TestSupport
import Testing

/// Models that no chip has run, beside NEST, closed forms and equations solved here.
@Suite struct BeyondSPyNNakerTests {
    // MARK: - NEST

    /// A case of `Tests/Golden/nest_cells.json`, written by `Scripts/nest-cells`.
    private struct Trace: Decodable, CustomTestStringConvertible {
        var `case`: String
        var model: String
        /// NEST's step, ms.
        var resolution: Double
        var parameters: [String: Double]
        var initial: [String: Double]
        var duration: Double
        var excitatory: [[Double]]
        var inhibitory: [[Double]]
        var spikes: [Double]
        var times: [Double]
        var state: [String: [Double]]

        var testDescription: String { "\(model), \(self.case)" }
        /// The model is one of fixed point, with spikes on the grid of steps.
        var isFixedPoint: Bool { resolution > 0.01 }
    }

    private static let traces: [Trace] = {
        struct File: Decodable { var cases: [Trace] }
        guard let data = try? Data(contentsOf: Repository.golden("nest_cells.json")),
            let file = try? JSONDecoder().decode(File.self, from: data)
        else { return [] }
        return file.cases
    }()

    /// Largest difference from NEST between spikes, by variable.
    private static let tolerances = [
        "v": 0.2, "w": 0.0005, "g_s": 0.01, "g_r": 0.01, "m": 0.001, "h": 0.001, "n": 0.001,
    ]

    /// Double precision: spikes within 0.05 ms beside the step they are counted in, the state between spikes as in the
    /// table, with steps of 0.1 and of 1 ms.
    @Test(arguments: traces.filter { !$0.isFixedPoint }, [0.1, 1])
    private func followsNEST(trace: Trace, timestep: Double) throws {
        let cell = SingleCell(
            try #require(CellCatalogue.all[trace.model]), trace.parameters, initial: trace.initial, timestep: timestep,
            duration: trace.duration, weights: [trace.excitatory, trace.inhibitory], unit: 1024,
            recording: Array(trace.state.keys))
        #expect(cell.spikes.count == trace.spikes.count)
        for (found, expected) in zip(cell.spikes, trace.spikes) {
            #expect(found - expected > -0.05 && found - expected < timestep + 0.05, "\(found) and not \(expected)")
        }
        for (variable, values) in trace.state {
            let tolerance = try #require(Self.tolerances[variable])
            let found = try #require(cell.traces[variable])
            for (time, value) in zip(trace.times, values) where !trace.spikes.contains(where: { abs($0 - time) < 2.5 })
            {
                let difference = abs(found[Int((time / timestep).rounded())] - value)
                #expect(difference < tolerance, "\(variable) at \(time) ms")
            }
        }
    }

    /// Fixed point, in NEST's steps of 0.1 ms: subthreshold traces within 0.05 mV, up to 25 spikes within 0.35 ms.
    @Test(arguments: traces.filter(\.isFixedPoint))
    private func followsNESTInFixedPoint(trace: Trace) throws {
        let cell = SingleCell(
            try #require(CellCatalogue.all[trace.model]), trace.parameters, initial: trace.initial, timestep: 0.1,
            duration: trace.duration, weights: [trace.excitatory, trace.inhibitory], unit: 1024, recording: ["v"])
        #expect(cell.spikes.count == trace.spikes.count)
        for (found, expected) in zip(cell.spikes, trace.spikes) {
            #expect(abs(found - expected) < 0.35, "\(found) and not \(expected)")
        }
        guard trace.spikes.isEmpty else { return }
        for (time, value) in zip(trace.times, try #require(trace.state["v"])) {
            #expect(abs(try #require(cell.traces["v"])[Int((time * 10).rounded())] - value) < 0.05, "at \(time) ms")
        }
    }

    /// Every maximum above the level counts once V has been below it, however short the interval.
    @Test(arguments: [5, 10, 20, 30, 40, 400], [0.01, 0.05])
    func fastHodgkinHuxleyCellsCountEveryPeak(current: Double, timestep: Double) throws {
        let kind = try #require(CellCatalogue.all["HH_cond_exp"])
        let cell = SingleCell(
            kind,
            [
                "gbar_Na": 20, "gbar_K": 6, "g_leak": 0.01, "cm": 0.2, "v_offset": -63, "e_rev_Na": 50, "e_rev_K": -90,
                "e_rev_leak": -65, "e_rev_E": 0, "e_rev_I": -80, "tau_syn_E": 0.2, "tau_syn_I": 2, "i_offset": current,
            ], initial: ["v": -65, "m": 0, "h": 1, "n": 0], timestep: timestep, duration: 100, weights: [[], []],
            unit: 1024, recording: ["v"])
        let trace = try #require(cell.traces["v"])
        var (isArmed, peaks) = (true, 0)
        for (before, after) in zip(trace, trace.dropFirst()) {
            if after < -33 { isArmed = true }
            if isArmed, after >= -33, after < before { (isArmed, peaks) = (false, peaks + 1) }
        }
        // The last update has no sample after it.
        #expect((0...1).contains(cell.spikes.count - peaks))
        let counts = [20: 58, 40: 73]
        if let count = counts[Int(current)], timestep == 0.01 { #expect(cell.spikes.count == count) }
    }

    @Test func everyModelWithATraceIsThere() {
        #expect(Set(Self.traces.map(\.model)).count == 6 && Self.traces.count == 16)
    }

    // MARK: - Equations solved here

    /// Weights of 0.5 at these times, ms.
    private static let weights = [[[20, 0.5], [21, 0.5], [60, 0.5], [150, 0.5]], [[100, 0.5]]]

    /// The state every ms and the upward crossings of 1, with steps of a thousandth of a ms.
    private func solve(
        _ start: [Double], duration: Int, _ derivative: ([Double], Double) -> [Double]
    ) -> (states: [[Double]], crossings: [Double]) {
        let steps = 1000
        let h = 1 / Double(steps)
        func current(_ time: Double) -> Double {
            var sum = 0.40625
            for (sign, rows) in zip([1.0, -1], Self.weights) {
                for row in rows where row[0] <= time + 1e-9 { sum += sign * row[1] * exp((row[0] - time) / 5) }
            }
            return sum
        }
        func sum(_ a: [Double], _ b: [Double], _ scale: Double) -> [Double] { zip(a, b).map { $0 + scale * $1 } }
        var y = start
        var (states, crossings): ([[Double]], [Double]) = ([], [])
        for millisecond in 0..<duration {
            states.append(y)
            for step in 0..<steps {
                let time = Double(millisecond) + Double(step) * h
                // What arrives at the end of a step acts from the next one on.
                let (begin, middle, end) = (current(time), current(time + h / 2), current(time + h - 1e-7))
                let k1 = derivative(y, begin)
                let k2 = derivative(sum(y, k1, h / 2), middle)
                let k3 = derivative(sum(y, k2, h / 2), middle)
                let k4 = derivative(sum(y, k3, h), end)
                let next = sum(sum(sum(sum(y, k1, h / 6), k2, h / 3), k3, h / 3), k4, h / 6)
                if next[0] >= 1, y[0] < 1 { crossings.append(time + h) }
                y = next
            }
        }
        return (states, crossings)
    }

    private func expect(
        _ model: String, _ parameters: [String: Double], _ initial: KeyValuePairs<String, Double>,
        spikes: ClosedRange<Int>, _ derivative: ([Double], Double) -> [Double]
    ) throws {
        let duration = 200
        let (states, crossings) = solve(initial.map(\.value), duration: duration, derivative)
        #expect(spikes.contains(crossings.count))
        for timestep in [0.1, 1] {
            let cell = SingleCell(
                try #require(CellCatalogue.all[model]),
                parameters.merging(["tau_syn_E": 5, "tau_syn_I": 5, "v_thresh": 1, "i_offset": 0.40625]) { own, _ in own
                },
                initial: Dictionary(uniqueKeysWithValues: initial.map { ($0.key, $0.value) }), timestep: timestep,
                duration: Double(duration), weights: Self.weights, unit: 1, recording: initial.map(\.key))
            #expect(cell.spikes.count == crossings.count)
            for (found, expected) in zip(cell.spikes, crossings) {
                #expect(found - expected > -0.01 && found - expected < timestep + 0.06)
            }
            for (index, variable) in initial.enumerated() {
                for (time, state) in states.enumerated() {
                    let found = try #require(cell.traces[variable.key])[Int((Double(time) / timestep).rounded())]
                    #expect(abs(found - state[index]) < 1e-3, "\(variable.key) at \(time) ms")
                }
            }
        }
    }

    @Test func fitzHughNagumoFollowsItsEquations() throws {
        try expect(
            "FitzHughNagumo", ["a": 0.7, "b": 0.8, "phi": 0.08], ["v": -1.2, "w": -0.625], spikes: 3...10
        ) { y, current in
            [y[0] - y[0] * y[0] * y[0] / 3 - y[1] + current, 0.08 * (y[0] + 0.7 - 0.8 * y[1])]
        }
    }

    @Test func hindmarshRoseFollowsItsEquations() throws {
        try expect(
            "HindmarshRose", ["a": 1, "b": 3, "c": 1, "d": 5, "r": 0.001, "s": 4, "x1": -1.6],
            ["v": -1.6, "y": -11.8, "z": 0], spikes: 3...30
        ) { y, current in
            [
                y[1] - y[0] * y[0] * y[0] + 3 * y[0] * y[0] - y[2] + current, 1 - 5 * y[0] * y[0] - y[1],
                0.001 * (4 * (y[0] + 1.6) - y[2]),
            ]
        }
    }

    // MARK: - Closed forms

    @Test(arguments: [0.1, 1]) func aCellWithoutLeakSumsChargesUp(timestep: Double) throws {
        let cell = SingleCell(
            try #require(CellCatalogue.all["IF_nonleaky_curr_exp"]),
            ["cm": 0.5, "v_reset": -65, "v_thresh": -50, "tau_syn_E": 5, "tau_syn_I": 10], initial: ["v": -65],
            timestep: timestep, duration: 120, weights: [[[10, 1]], [[60, 0.25]]], unit: 1, recording: ["v"])
        for (step, v) in try #require(cell.traces["v"]).enumerated() {
            let time = Double(step) * timestep
            func charge(_ start: Double, _ weight: Double, _ tau: Double) -> Double {
                time < start ? 0 : weight * tau * (1 - exp((start - time) / tau))
            }
            // Constants are truncated, by up to a hundredth at 0.1 ms.
            let moved = (charge(10, 1, 5) + charge(60, 0.25, 10)) / 0.5
            let expected = -65 + (charge(10, 1, 5) - charge(60, 0.25, 10)) / 0.5
            #expect(abs(v - expected) < 0.001 + 0.01 * moved, "at \(time) ms")
        }
    }

    @Test func aCellWithoutLeakFiresAtARateInProportionToItsCurrent() throws {
        for (current, period) in [(0.5, 32.0), (1, 17), (2.5, 8)] {
            let cell = SingleCell(
                try #require(CellCatalogue.all["IF_nonleaky_curr_exp"]),
                [
                    "cm": 1, "v_reset": -65, "v_thresh": -50, "tau_refrac": 2, "i_offset": current, "tau_syn_E": 5,
                    "tau_syn_I": 5,
                ],
                initial: ["v": -65], timestep: 1, duration: 200, weights: [], unit: 1, recording: [])
            #expect(zip(cell.spikes.dropFirst(), cell.spikes).allSatisfy { $0 - $1 == period }, "\(current) nA")
            #expect(cell.spikes.count >= 6)
        }
    }

    /// What acts in a step is the alpha function's mean over it, also where the time constant is shorter than the step.
    @Test(arguments: [(0.1, 0.3), (0.1, 5), (1, 0.3), (1, 5)])
    func alphaFunctionsActWithTheirMean(timestep: Double, tau: Double) throws {
        let cell = SingleCell(
            try #require(CellCatalogue.all["IF_cond_alpha"]),
            [
                "tau_m": 20, "cm": 1, "v_rest": -65, "v_thresh": 0, "tau_syn_E": tau, "tau_syn_I": tau, "e_rev_E": 0,
                "e_rev_I": -70,
            ], initial: ["v": -65], timestep: timestep, duration: 50, weights: [[[10, 0.25]], [[20, 0.125]]],
            unit: 1024,
            recording: ["gsyn_exc", "gsyn_inh"])
        for (variable, start, weight) in [("gsyn_exc", 10.0, 0.25), ("gsyn_inh", 20, 0.125)] {
            for (step, found) in try #require(cell.traces[variable]).enumerated() {
                // The input of a step arrives after the trace is taken.
                let begin = max(Double(step) * timestep - start, 0) / tau
                let end = max(Double(step + 1) * timestep - start, 0) / tau
                guard abs(Double(step) * timestep - start) > 1e-6 else { continue }
                let integral = (exp(1 - begin) * (begin + 1) - exp(1 - end) * (end + 1)) * weight * tau
                #expect(abs(found - integral / timestep) < 2e-3 * weight, "\(variable) at step \(step)")
            }
        }
    }

    // MARK: - Arithmetic

    @Test func exponentialsAreRightToTwoUnits() {
        var random = KISS64.compiledIn
        for _ in 0..<100_000 {
            let x = (Double(random.next()) / 4_294_967_296 - 0.5) * (random.next() & 1 == 0 ? 1400 : 8)
            let expected = Foundation.exp(x)
            #expect(abs(Real.exp(x) - expected) <= 2 * expected.ulp, "\(x)")
        }
        #expect(Real.exp(0) == 1 && Real.exp(-.infinity) > 0 && Real.exp(.infinity).isFinite && Real.exp(.nan).isNaN)
        for exponent in -12...2 {
            for x in [pow(10, Double(exponent)), -pow(10, Double(exponent))] {
                let found = Real.bernoulli(x, exponential: Real.exp(x))
                #expect(abs(found / (x / expm1(x)) - 1) < 1e-12, "\(x)")
            }
        }
    }

    /// The same bits on every host: those of a run on another, with vectors of every length and one neuron after the
    /// other.
    @Test(arguments: [
        ("IF_cond_exp_gsfa_grr", 0x67A2_B495_50C7_4A6B as UInt64), ("EIF_cond_exp_isfa_ista", 0x5BC9_F89B_F0CE_4EE0),
        ("EIF_cond_alpha_isfa_ista", 0x1E7A_53A3_74F0_846D),
        ("HH_cond_exp", 0xDF77_8809_F2ED_B401), ("FitzHughNagumo", 0x0832_E7E0_052D_2DFC),
        ("HindmarshRose", 0xF48C_8272_9007_24C6),
    ])
    func bitsAreThoseRecorded(model: String, recorded: UInt64) throws {
        let kind = try #require(CellCatalogue.all[model])
        let isReduced = ["FitzHughNagumo", "HindmarshRose"].contains(model)
        let parameters: [String: Double] = [
            "tau_m": 9, "cm": 0.2, "v_rest": -65, "v_reset": -65, "v_thresh": isReduced ? 1 : -50, "tau_refrac": 2,
            "tau_syn_E": 2, "tau_syn_I": 5, "e_rev_E": 0, "e_rev_I": -70, "a": isReduced ? 0.7 : 4, "b": 0.08, "c": 1,
            "d": 5,
            "v_spike": -40, "delta_T": 2, "tau_w": 144, "tau_sfa": 100, "tau_rr": 2, "q_sfa": 15, "q_rr": 3000,
            "e_rev_sfa": -75, "e_rev_rr": -75, "gbar_Na": 20, "gbar_K": 6, "g_leak": 0.01, "v_offset": -63,
            "e_rev_Na": 50, "e_rev_K": -90, "e_rev_leak": -65, "phi": 0.08, "r": 0.001, "s": 4, "x1": -1.6,
        ]
        let count = 37
        for form in CellGroup.Form.allCases {
            let group = CellGroup(
                kind, count: count,
                parameters: CellParameters(
                    timestep: .one, subSteps: 1,
                    parameter: { name in
                        name == "i_offset" ? .each { Double($0) / 32 } : parameters[name].map { .same($0) }
                    }, initial: { $0 == "v" ? .same(isReduced ? -1 : -65) : nil }, seed: { _ in .compiledIn }),
                least: form)
            let memory = StepMemory(count: count, types: 2)
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            func add(_ word: UInt32) { hash = (hash ^ UInt64(word)) &* 0x100_0000_01B3 }
            for step in 0..<40 {
                for i in 0..<(2 * count) { memory.entries[i] = UInt16((i * 37 + step * 101) % 512) }
                group.update(memory.slots([5, 4]), fired: memory.fired)
                for i in 0..<count { add(UInt32(memory.fired[i])) }
            }
            for name in kind.stateNames {
                let values = try #require(group.values(of: name))
                for i in 0..<count { add(UInt32(bitPattern: values.words[i])) }
            }
            #expect(hash == recorded, "\(model) \(form.rawValue): \(String(hash, radix: 16))")
        }
    }
}
