import Foundation
import Plasticity
import Synapses
import Testing

/// A small generator of test data.
private struct Draws {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}

/// One population of 4 neurons and one row onto it.
private final class Setup {
    let plasticity: Plasticity
    let table: PlasticRowTable
    let ringBuffers: RingBuffers
    let saturated: UnsafeMutablePointer<UInt32>

    init(
        _ timing: String, _ weight: String, ahead: Int, backpropDelay: Bool = true,
        _ arguments: [String: Double] = [:], leftShift: Int = 0
    ) throws {
        let defaults: [String: Double] = [
            "tau_plus": 20, "tau_minus": 30, "tau_x": 100, "tau_y": 110, "tau": 20, "alpha": 0.12, "w_min": 0,
            "w_max": 1,
            "A_plus": 0.05, "A_minus": 0.04, "A3_plus": 0.02, "A3_minus": 0.01, "mean_pre_window": 35,
            "mean_post_window": 35, "accumulator_depression": -2, "accumulator_potentiation": 2,
            "rate": 20, "a": 0.1, "tau_s": 10, "tau_f": 2, "tau_e": 60, "tau_Ca": 20, "C_pre": 0.7, "C_post": 0.9,
            "theta_p": 1.3, "theta_d": 1, "gamma_p": 0.05, "gamma_d": 0.03,
        ]
        let parameters = PlasticityParameters(
            arguments: defaults.merging(arguments) { $1 }, timestep: 1, weightScale: 1,
            leftShifts: [leftShift, leftShift], backpropDelay: backpropDelay)
        let histories = try #require(PostHistories(neurons: 4, ahead: ahead))
        plasticity = try #require(
            PlasticityCatalogue.plasticity(
                timing: timing, weight: weight, parameters, histories,
                WindowDraws(seed: 1, population: 0)))
        let row = (0..<8).map {
            RowSynapse(type: $0 % 2, neuron: $0 / 2, delay: 1 + $0 * 5 % 17, weight: UInt16(3000 * $0 + 1000))
        }
        table = try #require(PlasticRowTable(rows: [row], plasticity: plasticity, types: 2))
        ringBuffers = try RingBuffers(InputLayout(neurons: 4), steps: 20 + ahead, types: 2)
        saturated = .allocate(capacity: ringBuffers.stride)
        saturated.initialize(repeating: 0, count: ringBuffers.stride)
    }

    deinit { saturated.deallocate() }

    func pre(at step: Int) {
        table.deliver(
            [RowSpikes(row: 0)], count: 1, time: step, into: ringBuffers, saturated: saturated)
    }

    func post(_ neurons: [UInt32], at step: Int) {
        plasticity.targetsSpiked(neurons, numbers: neurons, count: neurons.count, at: step)
    }

    func teach(_ neurons: [UInt32], at step: Int) {
        plasticity.targetsTaught(neurons, neurons.map { $0 == 1 ? -1500 : 2048 }, count: neurons.count, at: step)
    }

    var weights: [UInt16] {
        var weights: [UInt16] = []
        table.forEach { weights.append($0.weight) }
        return weights
    }
}

private let everyRule = [
    ("SpikePair", "Additive"), ("SpikePair", "Multiplicative"), ("SpikeNearestPair", "Additive"),
    ("SpikeNearestPair", "Multiplicative"), ("PfisterSpikeTriplet", "AdditiveTriplet"), ("Vogels2011", "Additive"),
    ("Vogels2011", "Multiplicative"), ("Recurrent", "Additive"), ("Recurrent", "Multiplicative"),
    ("HebbianRate", "Additive"), ("ReSuMe", "Additive"), ("PSD", "Multiplicative"), ("EProp", "Additive"),
    ("GraupnerBrunel", "SoftBounds"),
]

@Suite struct PlasticityTests {
    /// Neurons that are up to 16 steps ahead of the spikes delivered leave weights as they would be step by step, with
    /// histories that overflow the chip's 15 spikes.
    @Test(arguments: everyRule, [1, 2, 5, 16]) func spikesToComeAreNotSeen(
        rule: (String, String), window: Int
    ) throws {
        for backpropDelay in [true, false] {
            let steps = try Setup(rule.0, rule.1, ahead: 2, backpropDelay: backpropDelay)
            let windows = try Setup(rule.0, rule.1, ahead: 2 * window, backpropDelay: backpropDelay)
            let start = steps.weights
            var draws = Draws(state: UInt64(window))
            var lessons = Draws(state: UInt64(window) + 100)
            for begin in stride(from: 0, to: 40 * window, by: window) {
                var sources: [Int] = []
                for step in begin..<(begin + window) {
                    // Neuron 3 spikes in nearly every step.
                    let fired = (0..<4).filter { draws.next(12) < ($0 == 3 ? 11 : 2) }.map { UInt32($0) }
                    steps.post(fired, at: step)
                    windows.post(fired, at: step)
                    if lessons.next(9) == 0 {
                        steps.teach([1, 3], at: step)
                        windows.teach([1, 3], at: step)
                    }
                    if draws.next(15) == 0 {
                        steps.pre(at: step)
                        sources.append(step)
                    }
                }
                for step in sources { windows.pre(at: step) }
                #expect(windows.weights == steps.weights)
            }
            #expect(steps.weights != start)
        }
    }

    /// Additive pair rule against exponentials in floating point.
    @Test func aPairMovesAWeightByItsExponential() throws {
        let setup = try Setup("SpikePair", "Additive", ahead: 1, ["w_max": 2])
        let start = setup.weights.map { Double($0) / 32768 }
        setup.pre(at: 100)
        setup.post([0, 1, 2, 3], at: 120)
        setup.pre(at: 150)
        var delays: [Int] = []
        setup.table.forEach { delays.append($0.delay) }
        for (i, weight) in setup.weights.enumerated() {
            let delay = Double(delays[i])
            let expected = start[i] + 0.05 * exp(-(20 + delay) / 20) - 0.04 * exp(-(30 - delay) / 30)
            #expect(abs(Double(weight) / 32768 - max(0, expected)) < 2e-4, "delay \(delay)")
        }
    }

    /// A row's second spike of a step comes after the first: nothing is between them but one more depression.
    @Test func repeatedSpikes() throws {
        let setup = try Setup("SpikePair", "Additive", ahead: 1)
        setup.post([0, 1, 2, 3], at: 10)
        setup.pre(at: 40)
        let once = setup.weights
        setup.pre(at: 40)
        #expect(zip(setup.weights, once).allSatisfy { $0 < $1 || $1 == 0 })
        #expect(setup.table.last(row: 0) == TracedSpike(time: 40, Traces(4096)))
    }

    /// The recurrent rule moves a weight by its whole amplitude, and only every few pairs.
    @Test func recurrentRuleCounts() throws {
        let setup = try Setup(
            "Recurrent", "Additive", ahead: 1,
            ["mean_pre_window": 1e4, "mean_post_window": 1e-3, "accumulator_potentiation": 3, "A_plus": 0.0625])
        let start = setup.weights
        var moved: [Int] = []
        for pair in 1...9 {
            setup.pre(at: 100 * pair)
            setup.post([0, 1, 2, 3], at: 100 * pair + 20)
            // The pair before is accounted for with this one's first spike.
            if setup.weights.first != start.first.map({ $0 + UInt16(2048 * moved.count) }) { moved.append(pair - 1) }
        }
        #expect(moved.first.map { $0 >= 3 } == true && moved.count <= 2)
    }

    @Test func saturationsAreCounted() throws {
        let setup = try Setup("SpikePair", "Additive", ahead: 1)
        for _ in 0..<70 { setup.pre(at: 5) }
        #expect((0..<4).reduce(0) { $0 + setup.saturated[$1] } > 0)
        #expect(setup.ringBuffers.slot(ofStep: 5 + 1, type: 0)[0] <= 65535)
    }
}
