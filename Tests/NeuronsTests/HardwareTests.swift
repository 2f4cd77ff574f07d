import FixedPoint
import Neurons
import Testing

/// Figures recorded on SpiNNaker boards (Documentation/Chip.md, "Figures recorded on boards").
@Suite struct HardwareTests {
    private func group(_ model: String, _ parameters: [String: Double], _ initial: [String: Double]) throws -> CellGroup
    {
        CellGroup(
            try #require(CellCatalogue.all[model]), count: 1,
            parameters: CellParameters(
                timestep: .one, subSteps: 1, parameter: { parameters[$0].map { .same($0) } },
                initial: { initial[$0].map { .same($0) } }, seed: { _ in .compiledIn }))
    }

    /// `test_set_and_reset.py`: IF_curr_exp defaults with i_offset 1, from −65 and from −60 mV.
    @Test(arguments: [
        [-65, -64.024658203125, -63.09686279296875, -62.214324951171875, -61.37481689453125],
        [-60, -59.26849365234375, -58.5726318359375, -57.91070556640625, -57.28106689453125],
    ])
    func leakyMembraneCharges(figures: [Double]) throws {
        let group = try group(
            "IF_curr_exp",
            [
                "tau_m": 20, "cm": 1, "v_rest": -65, "v_reset": -65, "v_thresh": -50, "tau_refrac": 0.1, "i_offset": 1,
                "tau_syn_E": 5, "tau_syn_I": 5,
            ], ["v": figures[0]])
        let memory = StepMemory(count: 1, types: 2)
        for figure in figures {
            let v = try #require(group.values(of: "v"))
            #expect(Double(v.words[0]) * v.scale == figure)
            group.update(memory.slots([0, 0]), fired: memory.fired)
        }
    }

    /// `test_set_toffset_izk.py`: i_offset 0, 2 and 4 from 0, 1000 and 2000 ms.
    @Test func izhikevichSpikesWhenTheBoardDid() throws {
        let group = try group(
            "Izhikevich", ["a": 0.02, "b": 0.2, "c": -65, "d": 8, "tau_syn_E": 5, "tau_syn_I": 5], ["v": -75, "u": 0])
        let currents = InjectedCurrents(
            [
                .init(
                    .step(times: [1000, 2000], amplitudes: [2, 4], timestep: 1), to: [0], seed: { _ in .compiledIn })
            ], count: 1)
        let memory = StepMemory(count: 1, types: 2)
        var spikes: [Int] = []
        for step in 0..<3000 {
            group.update(
                memory.slots([0, 0]), currents: currents.step(UInt32(step)), currentsStride: currents.stride,
                fired: memory.fired)
            if memory.fired[0] > 0 { spikes.append(step) }
        }
        #expect(spikes == [2011, 2148, 2288, 2427, 2565, 2703, 2844, 2982])
    }
}
