import Foundation
import Plasticity
import Synapses
import Testing

/// What happens at one synapse, a step after the other.
private enum Event {
    case source, target
    case signal(Double)
}

/// A train of everything at once: steps with what happens in them, in the order of the engine.
private func events(steps: Int, seed: UInt64, signals: Bool) -> [(step: Int, events: [Event])] {
    var state = seed
    func draw(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
    return (1..<steps).compactMap { step in
        var here: [Event] = []
        if signals, draw(23) == 0 { here.append(.signal(draw(3) == 0 ? -0.75 : 1)) }
        if draw(19) == 0 { here.append(.target) }
        if draw(12) == 0 { here.append(.source) }
        return here.isEmpty ? nil : (step, here)
    }
}

/// One synapse of a rule, through the engine.
private final class OneSynapse {
    static let start = 0.5
    /// Binary digits of a weight unit's value in nA; the ring-buffer unit is 2^(shift − 15).
    let shift: Int
    private let plasticity: Plasticity
    private let table: PlasticRowTable
    private let ringBuffers: RingBuffers
    private let saturated: UnsafeMutablePointer<UInt32>

    init(_ timing: String, _ weight: String, _ arguments: [String: Double], shift: Int = 4) throws {
        self.shift = shift
        let parameters = PlasticityParameters(
            arguments: ["w_min": 0, "w_max": 1].merging(arguments) { $1 }, timestep: 1, weightScale: 1,
            leftShifts: [shift], backpropDelay: false)
        let histories = try #require(PostHistories(neurons: 1, ahead: 2))
        plasticity = try #require(
            PlasticityCatalogue.plasticity(
                timing: timing, weight: weight, parameters, histories, WindowDraws(seed: 1, population: 0)))
        let start = UInt16(Self.start * exp2(Double(15 - shift)))
        table = try #require(
            PlasticRowTable(
                rows: [[RowSynapse(type: 0, neuron: 0, delay: 1, weight: start)]], plasticity: plasticity, types: 1))
        ringBuffers = try RingBuffers(InputLayout(neurons: 1), steps: 4, types: 1)
        saturated = .allocate(capacity: ringBuffers.stride)
        saturated.initialize(repeating: 0, count: ringBuffers.stride)
    }

    deinit { saturated.deallocate() }

    /// The weight, nA.
    var weight: Double {
        var weight = 0.0
        table.forEach { weight = Double($0.weight) * exp2(Double(shift - 15)) }
        return weight
    }

    /// Takes the synapse through a step; what arrived of a source's spike, nA.
    @discardableResult
    func take(_ event: Event, at step: Int) -> Double {
        switch event {
        case .target: plasticity.targetsSpiked([0], numbers: [0], count: 1, at: step)
        case .signal(let amount): plasticity.targetsTaught([0], [Int32(amount * 2048)], count: 1, at: step)
        case .source:
            let slot = ringBuffers.slot(ofStep: step + 1, type: 0)
            slot[0] = 0
            table.deliver(
                [RowSpikes(row: 0)], count: 1, time: step, into: ringBuffers, saturated: saturated)
            return Double(slot[0]) * exp2(Double(shift - 15))
        }
        return 0
    }
}

/// The rules that sPyNNaker does not have, each beside the equations of its page, written out step by step in floating
/// point.
@Suite struct BeyondSPyNNakerTests {
    /// Runs engine and reference side by side; `step` is told the steps that passed and what happened then.
    private func compare(
        _ timing: String, _ weight: String, _ arguments: [String: Double], signals: Bool = false, tolerance: Double,
        seed: UInt64 = 1, reference: (inout Double, Int, Event?) -> Void
    ) throws {
        let synapse = try OneSynapse(timing, weight, arguments)
        let train = Dictionary(
            uniqueKeysWithValues: events(steps: 1500, seed: seed, signals: signals).map { ($0.step, $0.events) })
        var expected = OneSynapse.start
        var furthest = 0.0
        for step in 0..<1500 {
            reference(&expected, step, nil)
            for event in train[step] ?? [] {
                reference(&expected, step, event)
                synapse.take(event, at: step)
                guard case .source = event else { continue }
                #expect(abs(synapse.weight - expected) < tolerance, "step \(step): \(synapse.weight), \(expected)")
                furthest = max(furthest, abs(expected - OneSynapse.start))
            }
        }
        #expect(furthest > 20 * tolerance, "the weight hardly moves: \(furthest)")
    }

    /// NEST's tsodyks2_synapse and the rule, at regular and irregular spikes, depressing and facilitating.
    @Test(arguments: [(0.5, 100.0, 0.0), (0.05, 50, 600), (1, 800, 0), (0.2, 20, 100)])
    func shortTermPlasticity(use: Double, recovery: Double, facilitation: Double) throws {
        let synapse = try OneSynapse(
            "TsodyksMarkram", "Constant", ["U": use, "tau_rec": recovery, "tau_facil": facilitation], shift: 2)
        var (x, u) = (1.0, use)
        var last: Int?
        for (step, events) in events(steps: 3000, seed: 7, signals: false) {
            for event in events {
                let arrived = synapse.take(event, at: step)
                guard case .source = event else { continue }
                if let last {
                    let elapsed = Double(step - last)
                    x = 1 + (x - x * u - 1) * exp(-elapsed / recovery)
                    u = use + u * (1 - use) * (facilitation > 0 ? exp(-elapsed / facilitation) : 0)
                }
                last = step
                #expect(abs(arrived - OneSynapse.start * x * u) < 2e-4, "step \(step)")
            }
        }
        #expect(synapse.weight == OneSynapse.start)
    }

    /// Several spikes of a source in a step use up one after the other.
    @Test func shortTermPlasticityWithinAStep() throws {
        let synapse = try OneSynapse("TsodyksMarkram", "Constant", ["U": 0.5, "tau_rec": 100], shift: 2)
        #expect(abs(synapse.take(.source, at: 10) - 0.25) < 1e-4)
        #expect(abs(synapse.take(.source, at: 10) - 0.125) < 1e-4)
    }

    @Test func ratesThatRiseTogether() throws {
        var y = 0.0
        try compare(
            "HebbianRate", "Additive", ["tau": 60, "rate": 40, "A_plus": 0.02, "A_minus": 0.015], tolerance: 8e-3
        ) { weight, _, event in
            switch event {
            case nil: y *= exp(-1.0 / 60)
            case .target?: y += 1
            case .source?:
                let above = y - 40 * 0.06
                weight = above > 0 ? min(1, weight + 0.02 * above) : max(0, weight + 0.015 * above)
            case .signal?: break
            }
        }
    }

    /// The order within a step is signal, target, source: a source's spike does not count for those.
    @Test(arguments: [1, 2, 3]) func remoteSupervision(seed: UInt64) throws {
        var x = 0.0
        try compare(
            "ReSuMe", "Additive", ["tau": 10, "a": 0.1, "A_plus": 0.02, "A_minus": 0.02], signals: true,
            tolerance: 1.5e-3, seed: seed
        ) { weight, _, event in
            switch event {
            case nil: x *= exp(-1.0 / 10)
            case .source?: x += 1
            case .target?: weight = max(0, weight - 0.02 * (0.1 + x))
            case .signal(let amount)?:
                weight += 0.02 * amount * (0.1 + x)
                weight = amount > 0 ? min(1, weight) : max(0, weight)
            }
        }
    }

    @Test(arguments: [1, 2, 3]) func preciseSpikes(seed: UInt64) throws {
        var (slow, fast) = (0.0, 0.0)
        // The peak of the difference, found by looking.
        let peak = stride(from: 0.0, to: 20, by: 1e-3).map { exp(-$0 / 10) - exp(-$0 / 2.5) }.max() ?? 0
        try compare(
            "PSD", "Additive", ["tau_s": 10, "tau_f": 2.5, "A_plus": 0.03, "A_minus": 0.03], signals: true,
            tolerance: 2e-3, seed: seed
        ) { weight, _, event in
            switch event {
            case nil:
                slow *= exp(-1.0 / 10)
                fast *= exp(-1.0 / 2.5)
            case .source?:
                slow += 1
                fast += 1
            case .target?: weight = max(0, weight - 0.03 * (slow - fast) / peak)
            case .signal(let amount)?:
                weight += 0.03 * amount * (slow - fast) / peak
                weight = amount > 0 ? min(1, weight) : max(0, weight)
            }
        }
    }

    @Test(arguments: [1, 2, 3]) func threeFactors(seed: UInt64) throws {
        var (x, eligibility) = (0.0, 0.0)
        try compare(
            "EProp", "Additive", ["tau_plus": 20, "tau_e": 40, "A_plus": 0.01, "A_minus": 0.02], signals: true,
            tolerance: 3e-3, seed: seed
        ) { weight, _, event in
            switch event {
            case nil:
                x *= exp(-1.0 / 20)
                eligibility *= exp(-1.0 / 40)
            case .source?: x += 1
            case .target?: eligibility += x
            case .signal(let amount)?:
                weight =
                    amount > 0
                    ? min(1, weight + 0.01 * amount * eligibility) : max(0, weight + 0.02 * amount * eligibility)
            }
        }
    }

    /// Calcium and weight, step by step; with the thresholds in either order.
    @Test(arguments: [(1.3, 1.0), (0.6, 1.2)]) func calcium(potentiation: Double, depression: Double) throws {
        let arguments = [
            "tau_Ca": 20, "C_pre": 0.6, "C_post": 1.1, "theta_p": potentiation, "theta_d": depression, "gamma_p": 300,
            "gamma_d": 200, "tau": 60_000.0,
        ]
        var c = 0.0
        try compare("GraupnerBrunel", "SoftBounds", arguments, tolerance: 3e-3) { weight, _, event in
            switch event {
            case nil:
                // The step before: its begin decides.
                let (up, down) = (c > potentiation ? 300.0 : 0, c > depression ? 200.0 : 0)
                if up + down > 0 {
                    let goal = up / (up + down)
                    weight = goal + (weight - goal) * exp(-(up + down) / 60_000)
                }
                c *= exp(-1.0 / 20)
            case .source?: c += 0.6
            case .target?: c += 1.1
            case .signal?: break
            }
        }
    }

    /// What a rule of the chip would lose below a ring-buffer unit adds up.
    @Test func smallChangesAddUp() throws {
        // The unit is 2⁻⁸; each pair moves the weight by 2⁻¹¹.
        let synapse = try OneSynapse("ReSuMe", "Additive", ["tau": 10, "a": 1, "A_plus": exp2(-11)], shift: 7)
        for step in 1...64 {
            synapse.take(.signal(1), at: 100 * step)
            synapse.take(.source, at: 100 * step + 50)
        }
        #expect(abs(synapse.weight - OneSynapse.start - 64 * exp2(-11)) < exp2(-8))
    }
}
