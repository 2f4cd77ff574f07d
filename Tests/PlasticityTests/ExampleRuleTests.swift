import Foundation
import Plasticity
import Synapses
import TestSupport
import Testing

// The worked example of Sources/Plasticity/Plasticity.docc/PlasticityRules.md.

/// Every pair of spikes within `window` counts the same, whichever comes first.
struct RectangularWindow: TimingRule {
    typealias Amount = Int32
    typealias Synapse = WeightOnly

    /// Steps.
    let window: UInt32

    init(_ p: PlasticityParameters) { window = UInt32(p.argument("window") / p.timestep) }

    var words: [UInt32] { [window] }
    var tables: [String: DecayTable] { [:] }
    static var preTraces: Int { 0 }
    static var postTraces: Int { 0 }

    func preTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces { Traces() }
    func postTraces(at time: UInt32, last: TracedSpike, draw: @autoclosure () -> UInt32) -> Traces { Traces() }

    func postSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after pre: TracedSpike, previousPost: UInt32, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        if time - pre.time <= window { weight = rule.potentiated(weight, S411.one) }
    }

    func preSpike<Rule: WeightRule>(
        at time: UInt32, _ traces: Traces, after post: TracedSpike, _ weight: inout Int32,
        _ synapse: inout WeightOnly, _ rule: Rule
    ) where Rule.Amount == Int32 {
        if time - post.time <= window { weight = rule.depressed(weight, S411.one) }
    }
}

@Suite struct ExampleRuleTests {
    @Test func aRuleOfOnesOwnRuns() throws {
        let parameters = PlasticityParameters(
            arguments: ["window": 20, "A_plus": 0.25, "A_minus": 0.125, "w_max": 1], timestep: 1, weightScale: 1,
            leftShifts: [0], backpropDelay: false)
        let histories = try #require(PostHistories(neurons: 1, ahead: 1))
        let plasticity = Plasticity(
            RectangularWindow.self, Additive.self, parameters, histories, WindowDraws(seed: 1, population: 0))
        let table = try #require(
            PlasticRowTable(
                rows: [[RowSynapse(type: 0, neuron: 0, delay: 1, weight: 16384)]], plasticity: plasticity, types: 1))
        let ringBuffers = try RingBuffers(InputLayout(neurons: 1), steps: 4, types: 1)
        let saturated = UnsafeMutablePointer<UInt32>.allocate(capacity: ringBuffers.stride)
        saturated.initialize(repeating: 0, count: ringBuffers.stride)
        defer { saturated.deallocate() }
        func source(at step: Int) -> Double {
            table.deliver([RowSpikes(row: 0)], count: 1, time: step, into: ringBuffers, saturated: saturated)
            var weight = 0.0
            table.forEach { weight = Double($0.weight) / 32768 }
            return weight
        }
        #expect(source(at: 100) == 0.5)
        plasticity.targetsSpiked([0], numbers: [0], count: 1, at: 115)
        // Strengthened by the spike 15 steps later; 35 steps are too many to weaken it.
        #expect(source(at: 150) == 0.75)
        plasticity.targetsSpiked([0], numbers: [0], count: 1, at: 190)
        // 40 steps are too many, 10 are not.
        #expect(source(at: 200) == 0.625)
    }

    /// The page shows the rule as it is here.
    @Test func thePageShowsIt() throws {
        let page = try String(
            contentsOf: Repository.root.appending(path: "Sources/Plasticity/Plasticity.docc/PlasticityRules.md"),
            encoding: .utf8)
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let shown = try #require(
            page.split(separator: "```swift\n", omittingEmptySubsequences: false).dropFirst().first)
        let code = try #require(shown.split(separator: "```").first)
        #expect(code.contains("struct RectangularWindow: TimingRule"))
        #expect(source.contains(code))
    }
}
