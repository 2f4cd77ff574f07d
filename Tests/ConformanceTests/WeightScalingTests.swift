import FixedPoint
import Synapses
import Testing
import Topology

@Suite struct WeightScalingTests {
    private func statistics(_ weight: Distribution, connections n: Int = 1000) -> ProjectionStatistics {
        let network = Network(
            name: "n", simulation: Simulation(duration: 1), machine: MachineRequest(),
            populations: [
                Population(name: "a", size: n, model: .ifCurrExp), Population(name: "b", size: n, model: .ifCurrExp),
            ],
            projections: [
                Projection(
                    name: "p", pre: 0, post: 1, connector: .oneToOne, synapse: Synapse(weight: .distribution(weight)))
            ])
        return ProjectionStatistics(network.projections[0], in: network)
    }

    /// Mean, variance and the value exceeded with probability 1e-5, from scipy 1.17 with the tool's arguments.
    @Test(arguments: [
        (Distribution.lognormal(mu: 0.5, sigma: 0.25), 1.3831484530668263, 0.3646958540123865, 8.685469682007296),
        (.gamma(k: 2, theta: 0.5), 2.5, 2.0, 14.736627712007888),
        (.exponential(beta: 0.3), 1.3, 1.0, 11.81292546497478),
        (.poisson(lambda: 4), 4, 4, 15), (.binomial(n: 20, p: 0.3), 6, 4.2, 15),
        (.uniformInt(low: 1, high: 11), 5.5, 8.25, 10),
        (
            .normalClipped(mu: 1, sigma: 0.5, low: 0, high: 1.5), 0.8851814104543355, 0.12994063480288348,
            1.4999830851279725
        ),
        (.normalClippedToBoundary(mu: -1, sigma: 0.5, low: -2, high: 0), 1, 0.1934353258874808, 1.9999116212305852),
    ])
    func distributionsAreThoseOfTheTool(weight: Distribution, mean: Double, variance: Double, maximum: Double) {
        let found = statistics(weight)
        #expect((found.weightMean - mean).magnitude < 1e-9 * max(mean, 1), "mean \(found.weightMean)")
        #expect((found.weightVariance - variance).magnitude < 1e-9, "variance \(found.weightVariance)")
        #expect((found.weightMaximum - maximum).magnitude < 1e-9 * maximum, "maximum \(found.weightMaximum)")
    }

    @Test func aLognormalThatTheToolCannotReckonIsNotANumber() {
        #expect(statistics(.lognormal(mu: -1, sigma: 0.5)).weightMaximum.isNaN)
    }

    @Test func hugeProjectionsAreQuickAndFinite() {
        let n = 1_000_000
        let network = Network(
            name: "n", simulation: Simulation(duration: 1), machine: MachineRequest(),
            populations: [Population(name: "a", size: n, model: .ifCurrExp)],
            projections: [
                Projection(
                    name: "p", pre: 0, post: 0,
                    connector: .fixedProbability(p: 0.001, allowSelfConnections: true),
                    synapse: Synapse(
                        weight: .distribution(.normal(mu: 0.1, sigma: 0.01)),
                        delay: .distribution(.uniform(low: 1, high: 8))))
            ])
        let clock = ContinuousClock()
        let time = clock.measure {
            let estimate = WeightScaling.estimates(network)[0][0]
            #expect(estimate.count > 1000 && estimate.count < 1400)
            #expect(estimate.expectedMaximum > 0 && estimate.expectedMaximum.isFinite)
        }
        #expect(time < .seconds(2))
    }

    @Test func sourcesHaveNoScales() {
        let network = Network(
            name: "n", simulation: Simulation(duration: 1), machine: MachineRequest(),
            populations: [
                Population(name: "s", size: 1, model: .spikeSourcePoisson),
                Population(name: "a", size: 1, model: .ifCurrExp),
            ], projections: [])
        let free = RingBufferScale(leftShift: 0, isConductance: false)
        #expect(WeightScaling.shifts(network) == [[], [free, free]])
    }

    @Test func hostAndMachineRoundDifferently() {
        #expect(WeightScaling.quantise(2.5, scale: 1) == 2)
        #expect(WeightScaling.quantiseOnMachine(S1615(raw: 5 << 14), scale: 1) == 3)
        #expect(WeightScaling.quantise(-0.3, scale: 8192) == 2458)
        #expect(WeightScaling.quantise(.infinity, scale: 1) == 0)
        #expect(WeightScaling.delaySteps(0.3, timestep: 0.1) == 3)
        #expect(WeightScaling.delaySteps(0.35, timestep: 0.1) == 4)
        #expect(S1615(rounding: 0.3).map { WeightScaling.delayStepsOnMachine($0, timestep: 0.1) } == 2)
        #expect(S1615(rounding: 2).map { WeightScaling.delayStepsOnMachine($0, timestep: 1) } == 2)
    }
}
