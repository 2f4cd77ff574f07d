import FixedPoint
import Neurons
import Testing

@Suite struct InjectedCurrentTests {
    private func attach(_ current: InjectedCurrent, _ neurons: [Int]) -> InjectedCurrents.Attachment {
        .init(current, to: neurons, seed: { KISS64(x: 9, y: 8, z: 7, c: 6 + UInt32($0)) })
    }

    private func values(_ currents: InjectedCurrents, _ time: UInt32, count: Int, subStep: Int = 0) -> [Int32] {
        let words = currents.step(time) + subStep * currents.stride
        return (0..<count).map { words[$0] }
    }

    /// PyNN's units become the words of golden `current_sources_IF_curr_exp.json`.
    @Test func unitsBecomeTheRecordedWords() {
        #expect(
            InjectedCurrent.dc(amplitude: 1.3, start: 20, stop: 90, timestep: 1)
                == .dc(amplitude: 42598, start: 20, stop: 90))
        #expect(
            InjectedCurrent.ac(
                amplitude: 0.5, offset: 0.2, frequency: 20, phase: 90, start: 0, stop: 200, timestep: 1)
                == .ac(amplitude: 16384, offset: 6554, frequency: 4118, phase: 51472, start: 0, stop: 200))
        #expect(
            InjectedCurrent.step(times: [0.3, 12.7], amplitudes: [0.3, -0.2], timestep: 0.1)
                == .step(times: [3, 127], amplitudes: [9830, -6554]))
        #expect(
            InjectedCurrent.noisy(mean: 0.1, deviation: 0.3, start: 1, stop: nil, timestep: 0.1)
                == .noisy(mean: 3277, deviation: 9830, start: 10, stop: .max))
    }

    @Test func startIsInAndStopIsOut() {
        let currents = InjectedCurrents([attach(.dc(amplitude: 5, start: 2, stop: 4), [0, 2])], count: 3)
        let expected: [[Int32]] = [[0, 0, 0], [0, 0, 0], [5, 0, 5], [5, 0, 5], [0, 0, 0], [0, 0, 0]]
        let found = (0..<6).map { values(currents, UInt32($0), count: 3) }
        #expect(found == expected)
    }

    /// After the last time the chip reads beyond its array; here the last amplitude stays.
    @Test func stepsHoldAndSourcesAdd() {
        let currents = InjectedCurrents(
            [
                attach(.step(times: [1, 3], amplitudes: [7, -2]), [0, 1]),
                attach(.dc(amplitude: .max, start: 0, stop: .max), [1]),
            ], count: 2)
        let top = Int32.max
        let expected: [[Int32]] = [[0, top], [7, top &+ 7], [7, top &+ 7], [-2, top - 2], [-2, top - 2]]
        let found = (0..<5).map { values(currents, UInt32($0), count: 2) }
        #expect(found == expected)
    }

    /// A core's copy draws for its neurons in order, for each its sub-steps in turn.
    @Test func noiseIsDrawnNeuronByNeuron() {
        let currents = InjectedCurrents(
            [attach(.noisy(mean: 1000, deviation: 32768, start: 1, stop: 9), [0, 2, 3])], count: 4, subSteps: 2,
            cores: [1, 3])
        var expected = [[Int32]](repeating: [0, 0, 0, 0], count: 2)
        for (core, neurons) in [[0], [2, 3]].enumerated() {
            var generator = KISS64(x: 9, y: 8, z: 7, c: 6 + UInt32(core))
            for neuron in neurons {
                for subStep in 0..<2 {
                    expected[subStep][neuron] = 1000 &+ NormalQuantile.accum(ofUpperBits: generator.next())
                }
            }
        }
        #expect(values(currents, 0, count: 4) == [0, 0, 0, 0])
        let words = currents.step(1)
        let found = (0..<2).map { subStep in (0..<4).map { words[subStep * currents.stride + $0] } }
        #expect(found == expected)
    }

    @Test(arguments: [[], [1], [1, 1, 1, 0, 1, 0, 0, 0, 5], [1, 1, 5, 0, 0, 0, 0, 0], [1, 1, 3, 0, 0, 0, 1, 0, 9]])
    func regionsThatLackWordsAreRefused(words: [UInt32]) {
        #expect(InjectedCurrents.sources(ofRegion: words) == nil)
    }

    @Test func noSourcesAreEmpty() {
        #expect(InjectedCurrents([], count: 3).isEmpty)
        #expect(InjectedCurrents([attach(.dc(amplitude: 1, start: 0, stop: 1), [])], count: 3).isEmpty)
    }
}
