import FixedPoint
import Foundation
import Neurons
import Testing

/// Models whose firing is random and has no recorded vectors: their probabilities.
@Suite struct StochasticCellTests {
    private static let count = 20_000

    /// Spikes of each neuron, step by step.
    private func spikes(
        _ model: String, _ parameters: [String: Double], _ initial: [String: Double] = [:], steps: Int = 1,
        input: UInt16 = 0
    ) throws -> [[UInt8]] {
        let count = Self.count
        let kind = try #require(CellCatalogue.all[model])
        let group = CellGroup(
            kind, count: count,
            parameters: CellParameters(
                timestep: .one, subSteps: 1, parameter: { parameters[$0].map { .same($0) } },
                initial: { initial[$0].map { .same($0) } },
                seed: { index in
                    var seeds = KISS64(x: UInt32(index), y: 1234, z: 5, c: 6)
                    for _ in 0..<8 { _ = seeds.next() }
                    return KISS64(validatingSeed: (seeds.next(), seeds.next(), seeds.next(), seeds.next()))
                }))
        let memory = StepMemory(count: count, types: 2)
        return (0..<steps).map { _ in
            for i in 0..<count { memory.entries[i] = input }
            group.update(memory.slots([15, 15]), fired: memory.fired)
            return (0..<count).map { memory.fired[$0] }
        }
    }

    private func expectRate(_ fired: [UInt8], _ p: Double) {
        let rate = Double(fired.filter { $0 > 0 }.count) / Double(fired.count)
        let sigma = (p * (1 - p) / Double(fired.count)).squareRoot()
        #expect(abs(rate - p) <= 4 * sigma + 1e-4, "\(rate) and not \(p)")
    }

    @Test(arguments: [(0.0, 0), (-2.5, 0), (1.25, 0), (3.25, 0), (-1, 2), (4, 0)] as [(Double, UInt16)])
    func stocExpFiresWithTwoToTheInput(bias: Double, input: UInt16) throws {
        let fired = try spikes("StocExp", ["tau": 10, "bias": bias], input: input)
        expectRate(fired[0], min(exp2(bias + Double(input)) / 10, 1))
    }

    @Test func stocExpFiresThroughItsRefractoryPeriod() throws {
        let fired = try spikes("StocExp", ["tau": 3, "bias": -1], steps: 8)
        for neuron in 0..<Self.count {
            let first = fired.firstIndex { $0[neuron] > 0 }
            if let first, first + 2 < 8 { #expect(fired[first + 1][neuron] == 1 && fired[first + 2][neuron] == 1) }
        }
        expectRate(fired[0], 1.0 / 6)
    }

    @Test(arguments: [(0.05, 1.5), (0.5, 0.25), (1.5, -20), (0.25, -1.5)])
    func stocExpStableFiresWithTauTimesTwoToThePotential(tau: Double, v: Double) throws {
        let fired = try spikes(
            "StocExpStable", ["tau": tau, "tau_refrac": 1, "v_reset": -30, "bias": 0], ["v": v])
        expectRate(fired[0], tau > 1.0443 ? 1 : min(tau * exp2(v), 1))
    }

    @Test(arguments: [(1, 0), (1, 2.5), (0.5, -3), (2, 1), (1, 20), (1, -20)])
    func stocSigmaFiresWithADoubleExponential(alpha: Double, bias: Double) throws {
        let fired = try spikes("StocSigma", ["alpha": alpha, "bias": bias, "tau_refrac": 1])
        expectRate(fired[0], exp2(-exp2(-alpha * bias)))
    }

    @Test(arguments: [0, 0.25, 0.9, 1])
    func aFixedProbabilityCountsAboveTheThresholdOnly(p: Double) throws {
        let parameters = [
            "tau_m": 1e-4, "cm": 1e-4, "v_rest": 0, "v_reset": 0, "v_thresh": 1, "p_thresh": p, "tau_refrac": 0,
        ]
        expectRate(try spikes("IFCurrDeltaFixedProb", parameters, input: 2)[0], p)
        expectRate(try spikes("IFCurrDeltaFixedProb", parameters, input: 0)[0], 0)
    }

    @Test func aTruncatedCellSumsItsInputsDownToItsReset() throws {
        let kind = try #require(CellCatalogue.all["IFTruncDelta"])
        let parameters: [String: Double] = [
            "tau_m": 1, "cm": 1, "v_reset": 0, "v_thresh": 5, "tau_refrac": 1, "i_offset": 0,
        ]
        let group = CellGroup(
            kind, count: 1,
            parameters: CellParameters(
                timestep: .one, subSteps: 1, parameter: { parameters[$0].map { .same($0) } }, initial: { _ in nil },
                seed: { _ in .compiledIn }))
        let memory = StepMemory(count: 1, types: 2)
        var (potentials, spikes): ([Int32], [UInt8]) = ([], [])
        for (excitatory, inhibitory) in [(2, 0), (0, 7), (3, 1), (2, 0), (4, 0), (9, 0), (1, 0)] as [(UInt16, UInt16)] {
            (memory.entries[0], memory.entries[1]) = (excitatory, inhibitory)
            group.update(memory.slots([15, 15]), fired: memory.fired)
            potentials.append((group.values(of: "v")?.words[0] ?? 0) >> 15)
            spikes.append(memory.fired[0])
        }
        #expect(potentials == [2, 0, 2, 4, 0, 0, 1])
        #expect(spikes == [0, 0, 0, 0, 1, 0, 0])
    }
}
