import Diagnostics
import Foundation
import Synapses
import Testing
import Topology

/// Weights and delays that are expressions of their pairs.
@Suite struct PairExpressionTests {
    private func network(_ projection: String, model: String = "IF_curr_exp") throws -> Network {
        let text = """
            {"format": "spinnsim-topology/1", "simulation": {"duration": 10, "timestep": 0.5}, "populations": [
              {"name": "S", "size": 7, "model": "SpikeSourcePoisson",
               "positions": {"structure": "Line", "dx": 2, "x0": 1}},
              {"name": "T", "shape": [3, 4], "model": "\(model)", "neurons_per_core": 5}],
             "projections": [{"pre": "S", "post": "T", \(projection)}]}
            """
        return try TopologyReader.read(bytes: Array(text.utf8), file: "pairs.json").network
    }

    private struct Synapse: Hashable { var pre, post: Int, weight, delay: Double }

    private func synapses(_ network: Network) throws -> [Synapse] {
        let pattern = try #require(network.projections[0].connector.pattern)
        var found: [Synapse] = []
        for post in 0..<12 {
            pattern.forEachConnection(to: post) { pre, value in
                found.append(
                    Synapse(pre: pre, post: post, weight: pattern.weight(value), delay: pattern.delay(value)))
            }
        }
        return found
    }

    /// Sources are on a line 2 apart from x = 1, targets on a grid of 3 by 4, 1 apart.
    private func distance(_ pre: Int, _ post: Int, axes: [Int] = [0, 1]) -> Double {
        let along = [Double(2 * pre + 1 - post / 4), Double(post % 4)]
        return axes.map { along[$0] * along[$0] }.reduce(0, +).squareRoot()
    }

    @Test func evaluatesEveryPair() throws {
        var network = try network(
            #""connector": {"type": "AllToAll"}, "#
                + #""synapse": {"weight": {"expression": "1 + 2*exp(-d)"},"#
                + #" "delay": {"expression": "d[0] + 0.1*i + j"}}"#
        )
        try network.evaluateExpressions()
        let found = try synapses(network)
        #expect(found.count == 84)
        for synapse in found {
            let d = distance(synapse.pre, synapse.post)
            #expect(abs(synapse.weight - (1 + 2 * exp(-d))) < 1e-12)
            let delay =
                distance(synapse.pre, synapse.post, axes: [0]) + 0.1 * Double(synapse.pre) + Double(synapse.post)
            #expect(abs(synapse.delay - max(delay, 0.5)) < 1e-12, "delays below a timestep become one")
        }
    }

    /// The pairs are those that the connector makes with any weight, and so are delays that are drawn.
    @Test(arguments: [
        #""type": "FixedProbability", "p_connect": 0.4"#, #""type": "FixedNumberPost", "n": 3"#,
        #""type": "DistanceDependentProbability", "d_expression": "exp(-d/3)""#,
        #""type": "FromList", "conn_list": [[0, 1], [3, 2], [0, 1], [6, 11]]"#,
    ])
    func keepsThePairs(_ connector: String) throws {
        let delay = #""delay": {"distribution": "uniform_int", "low": 1, "high": 9}"#
        var network = try network(
            #""connector": {\#(connector)}, "synapse": {"weight": {"expression": "i + 100*j"}, \#(delay)}"#)
        var plain = network
        plain.projections[0].synapse.weightExpression = nil
        plain.projections[0].synapse.weight = .number(1)
        try network.evaluateExpressions()
        let cores = [TargetCore(core: 0, population: 1, slice: NeuronSlice(0..<12), firstNeuron: 0, delaySlots: 64)]
        let lists = [network, plain].map {
            SynapseRules(network: $0, scales: WeightScaling.shifts($0)).list(0, onto: cores).list
        }
        #expect(lists[0].sources == lists[1].sources && lists[0].targets == lists[1].targets)
        #expect(lists[0].delays == lists[1].delays && lists[0].count > 3)
        for synapse in try synapses(network) { #expect(synapse.weight == Double(synapse.pre + 100 * synapse.post)) }
    }

    /// Of parts, indices are places in the parts; distances are those of the neurons.
    @Test func countsWithinParts() throws {
        var network = try network(
            #""connector": {"type": "AllToAll"}, "pre_neurons": "2:5", "post_neurons": [4, 9], "#
                + #""synapse": {"weight": {"expression": "i + 10*j + 100*d[0]"}}"#)
        try network.evaluateExpressions()
        for synapse in try synapses(network) {
            let places = Double(synapse.pre - 2) + (synapse.post == 9 ? 10 : 0)
            #expect(synapse.weight == places + 100 * distance(synapse.pre, synapse.post, axes: [0]))
        }
        #expect(try synapses(network).count == 6)
    }

    @Test func choosesTheReceptor() throws {
        var network = try network(
            #""connector": {"type": "OneToOne"}, "synapse": {"weight": {"expression": "-1 - i"}}"#)
        try network.evaluateExpressions()
        #expect(network.projections[0].receptor == "inhibitory")
        for (expression, model, fragment) in [
            ("i - 3", "IF_curr_exp", "the weights are of both signs"), ("1/(i - 2)", "IF_curr_exp", "from 2 to 2"),
            ("-i", "IF_cond_exp", "are conductances"),
        ] {
            var network = try self.network(
                #""connector": {"type": "OneToOne"}, "synapse": {"weight": {"expression": "\#(expression)"}}"#,
                model: model)
            let failure = #expect(throws: Failure.self) { try network.evaluateExpressions() }
            #expect(
                failure?.exitCode == .badInput && failure?.message.contains(fragment) == true,
                "\(String(describing: failure))")
        }
        var late = try self.network(
            #""connector": {"type": "OneToOne"}, "synapse": {"delay": {"expression": "1 - i"}}"#)
        #expect(throws: Failure.self) { try late.evaluateExpressions() }
    }
}
