import Plasticity
import Synapses
import Testing

/// Rows that are learnt in blocks against synapses that are taken through their spikes one by one.
@Suite struct TabledLearningTests {
    private static let neurons = 40
    private static let steps = 1200

    private static func parameters(backpropDelay: Bool) -> PlasticityParameters {
        PlasticityParameters(
            arguments: [
                "tau_plus": 20, "tau_minus": 30, "tau": 20, "alpha": 0.12, "w_min": 0.1, "w_max": 1, "A_plus": 0.008,
                "A_minus": 0.006,
            ], timestep: 1, weightScale: 1, leftShifts: [1], backpropDelay: backpropDelay)
    }

    /// Weights after `sources`, worked out from whole spike trains.
    private func weights<Timing: TabledTimingRule, Weight: WeightRule>(
        _: Timing.Type, _: Weight.Type, _ row: [RowSynapse], targets: [[UInt32]], sources: [UInt32],
        backpropDelay: Bool
    ) -> [UInt16] where Weight.Amount == Int32 {
        let parameters = Self.parameters(backpropDelay: backpropDelay)
        let (timing, rule) = (Timing(parameters), Weight(parameters))
        let trains = targets.map { times in
            var last = TracedSpike()
            return times.map { time in
                last = TracedSpike(time: time, timing.postTraces(at: time, last: last, draw: 0))
                return last
            }
        }
        return row.map { place in
            var synapse = WeightOnly(weight: place.weight)
            var last = TracedSpike()
            let back = backpropDelay ? UInt32(place.delay) : 0
            for time in sources {
                let now = TracedSpike(time: time, timing.preTraces(at: time, last: last, draw: 0))
                // The sentinel at step 0 makes room for 15.
                let known = [TracedSpike()] + trains[place.neuron].filter { $0.time <= time }.suffix(15)
                let arrived = known.filter { $0.time + back <= max(time, back) }
                var weight = synapse.loaded(1)
                for (i, spike) in arrived.enumerated().dropFirst() where spike.time + back > max(last.time, back) {
                    timing.postSpike(
                        at: spike.time + back, spike.traces, after: last, previousPost: arrived[i - 1].time, &weight,
                        &synapse, rule)
                }
                if let post = arrived.dropFirst().last {
                    timing.preSpike(
                        at: time, now.traces, after: TracedSpike(time: post.time + back, post.traces), &weight,
                        &synapse, rule)
                }
                synapse.store(weight, 1)
                last = now
            }
            return synapse.weight
        }
    }

    private func check<Timing: TabledTimingRule, Weight: WeightRule>(
        _ timing: Timing.Type, _ weight: Weight.Type, ahead: Int
    ) throws where Weight.Amount == Int32 {
        for backpropDelay in [true, false] {
            let histories = try #require(PostHistories(neurons: Self.neurons, ahead: ahead))
            let plasticity = Plasticity(
                timing, weight, Self.parameters(backpropDelay: backpropDelay), histories,
                WindowDraws(seed: 1, population: 0))
            let row = (0..<300).map {
                RowSynapse(
                    type: 0, neuron: $0 * 7 % Self.neurons, delay: 1 + $0 * 5 % 16,
                    weight: UInt16(6000 + 37 * $0 % 9000))
            }
            let table = try #require(PlasticRowTable(rows: [row], plasticity: plasticity, types: 1))
            let ring = try RingBuffers(InputLayout(neurons: Self.neurons), steps: 20 + ahead, types: 1)
            var saturated = [UInt32](repeating: 0, count: ring.stride)
            var generator = Draws(state: 7)
            // From silent neurons to ones that spike far more often than the source.
            let targets = (0..<Self.neurons).map { neuron in
                (1..<UInt32(Self.steps)).filter { _ in generator.next() % 4000 < UInt64(neuron * neuron) }
            }
            let sources = (1..<UInt32(Self.steps)).filter { _ in generator.next() % 25 == 0 }
            var left = targets.map { $0[...] }
            for step in 1..<UInt32(Self.steps) {
                // The neurons are some steps ahead of their sources.
                for neuron in 0..<Self.neurons {
                    while let time = left[neuron].first, time < step + UInt32(ahead) {
                        plasticity.targetsSpiked([UInt32(neuron)], numbers: [UInt32(neuron)], count: 1, at: Int(time))
                        left[neuron].removeFirst()
                    }
                }
                guard sources.contains(step) else { continue }
                table.deliver([RowSpikes(row: 0)], count: 1, time: Int(step), into: ring, saturated: &saturated)
            }
            var learnt: [RowSynapse] = []
            table.forEach {
                learnt.append(RowSynapse(type: 0, neuron: $0.neuron, delay: $0.delay, weight: $0.weight))
            }
            // Rows keep an order of their own.
            let expected = weights(
                timing, weight, row, targets: targets, sources: sources, backpropDelay: backpropDelay)
            let byPlace = Dictionary(
                grouping: zip(row, expected), by: { [$0.0.neuron, $0.0.delay] }
            ).mapValues { $0.map(\.1).sorted() }
            let learntByPlace = Dictionary(grouping: learnt, by: { [$0.neuron, $0.delay] })
                .mapValues { $0.map(\.weight).sorted() }
            #expect(learntByPlace == byPlace)
            #expect(learnt.count == row.count && Set(learnt.map(\.weight)).count > 20)
        }
    }

    @Test(arguments: [1, 6]) func blocksAreWhatSynapsesAreByThemselves(ahead: Int) throws {
        try check(SpikePair.self, Additive.self, ahead: ahead)
        try check(SpikePair.self, Multiplicative.self, ahead: ahead)
        try check(SpikeNearestPair.self, Additive.self, ahead: ahead)
        try check(SpikeNearestPair.self, Multiplicative.self, ahead: ahead)
        try check(Vogels2011.self, Additive.self, ahead: ahead)
        try check(Vogels2011.self, Multiplicative.self, ahead: ahead)
    }
}

/// A small generator of test data.
private struct Draws {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
}
