import Synapses
import Testing
import Topology

/// What is said of weights that 16 bits change.
@Suite struct WeightLossTests {
    private func warnings(
        _ weight: ParameterValue, model: String = "IF_curr_exp",
        connector: Connector = .allToAll(allowSelfConnections: true),
        more: [Double] = []
    ) throws -> [String] {
        let model = try #require(CellModel.named(model))
        let projections = ([weight] + more.map { .number($0) }).enumerated().map { number, weight in
            Projection(
                name: "p\(number)", pre: 0, post: 1,
                connector: number == 0 ? connector : .allToAll(allowSelfConnections: true),
                synapse: Synapse(weight: weight))
        }
        let network = Network(
            name: "w", simulation: Simulation(duration: 10), machine: MachineRequest(),
            populations: [
                Population(name: "pre", size: 100, model: .spikeSourceArray),
                Population(name: "post", size: 2, model: model),
            ], projections: projections)
        return SynapseRules(network: network, scales: WeightScaling.shifts(network)).warnings.filter {
            $0.contains("p0")
        }
    }

    /// The generator on the machine holds 2⁻¹⁵ µS, and a list keeps more.
    @Test(arguments: [(1e-5, "1e-05 is stored as 0"), (2e-5, "2e-05 is stored as 3.0517578125e-05")])
    func namesTheGenerator(_ weight: Double, _ fragment: String) throws {
        let found = try warnings(.number(weight), model: "IF_cond_exp")
        #expect(found.count == 1 && found[0].contains("changes the weight by more than 5 %: \(fragment)"), "\(found)")
        #expect(found[0].contains("in steps of 3.0517578125e-05") && found[0].contains("a list are made by the host"))
        let list = (0..<100).map { ListedConnection(pre: $0, post: 0, weight: weight, delay: 1) }
        #expect(try warnings(.number(0), model: "IF_cond_exp", connector: .fromList(list)) == [])
    }

    /// A large weight on the same receptor makes the unit coarse.
    @Test func namesTheUnit() throws {
        #expect(try warnings(.number(0.5)) == [])
        let small = try warnings(.number(0.5), more: [500])
        #expect(
            small.count == 1 && small[0].contains("the weight")
                && small[0].contains("The unit of excitatory of post is"), "\(small)")
        let nothing = try warnings(.number(0.01), more: [500])
        #expect(nothing.count == 1 && nothing[0].contains("0.01 is stored as 0"), "\(nothing)")
    }

    /// Small weights count although the largest is exact.
    @Test func looksAtTheWholeRange() throws {
        let list = (0..<100).map { ListedConnection(pre: $0, post: 0, weight: $0 < 10 ? 0.0004 : 1, delay: 1) }
        let listed = try warnings(.number(0), connector: .fromList(list))
        #expect(listed.count == 1 && listed[0].contains("10 % of the weights"), "\(listed)")
        let drawn = try warnings(.distribution(.uniform(low: 1e-5, high: 4e-4)), model: "IF_cond_exp")
        #expect(drawn.count == 1 && drawn[0].contains("% of the weights"), "\(drawn)")
        #expect(try warnings(.distribution(.uniform(low: 0.1, high: 0.5))) == [])
        #expect(try warnings(.distribution(.normal(mu: 0.0878, sigma: 0.00878))) == [])
    }

    @Test func sumsOfAStepAreLookedAt() throws {
        func said(_ weight: Double) throws -> [String] {
            let network = Network(
                name: "s", simulation: Simulation(duration: 10), machine: MachineRequest(),
                populations: [
                    Population(name: "pre", size: 100, model: .spikeSourceArray),
                    Population(name: "post", size: 2, model: .ifCurrExp),
                ],
                projections: [
                    Projection(
                        name: "p", pre: 0, post: 1, connector: .allToAll(allowSelfConnections: true),
                        synapse: Synapse(weight: .number(weight)))
                ])
            return SynapseRules(network: network, scales: WeightScaling.shifts(network)).warnings
        }
        #expect(try said(30) == [])
        // 100 × 40 nA × 20 MΩ × 0.906.
        let potential = try said(40)
        #expect(potential.count == 1 && potential[0].contains("72508"), "\(potential)")
        let ring = try said(700)
        #expect(ring.contains { $0.contains("70000") && $0.contains("32 bits") }, "\(ring)")
    }
}
