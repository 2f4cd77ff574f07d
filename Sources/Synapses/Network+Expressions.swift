public import Diagnostics
public import Topology

extension Network {
    /// Synapses of a projection whose weights or delays are expressions.
    private static let mostSynapses = 1 << 28

    /// Replaces projections whose weights or delays are expressions by lists of connections.
    ///
    /// Pairs are those that the connector makes anyway; delays below a timestep become one.
    ///
    /// - Returns: What is legal but probably worth knowing.
    /// - Throws: `badInput` for a value that there cannot be, naming the pair; `doesNotFit` for too many synapses.
    /// - Complexity: O(synapses of these projections).
    /// - Determinism: The same on every rank.
    @discardableResult
    public mutating func evaluateExpressions() throws(Failure) -> [String] {
        var warnings: [String] = []
        for index in projections.indices {
            let synapse = projections[index].synapse
            guard synapse.weightExpression != nil || synapse.delayExpression != nil else { continue }
            warnings += try evaluateExpressions(of: index)
        }
        return warnings
    }

    private mutating func evaluateExpressions(of index: Int) throws(Failure) -> [String] {
        let projection = projections[index]
        if let pattern = projection.connector.pattern {
            for (name, has, rule) in [
                ("weight", pattern.hasWeights, projection.synapse.weightExpression),
                ("delay", pattern.hasDelays, projection.synapse.delayExpression),
            ] where has && rule != nil {
                throw Failure(
                    .badInput,
                    "projection \(projection.name): its connections have a \(name) each, and \(name) is an expression; "
                        + "leave one out")
            }
        }
        let expected = estimate().synapsesByProjection[index]
        guard expected <= Self.mostSynapses else {
            throw Failure(
                .doesNotFit,
                "projection \(projection.name): about \(expected) synapses given by expressions; at most "
                    + "\(Self.mostSynapses) can be")
        }
        let list = pairs(of: index)
        var weights: [Double] = []
        var warnings: [String] = []
        var delays = list.delays.map { Double($0) * simulation.timestep }
        if let rule = projection.synapse.weightExpression {
            weights = evaluate(rule, of: projection, list)
            warnings = try setReceptor(of: index, weights, list)
        }
        if let rule = projection.synapse.delayExpression {
            delays = evaluate(rule, of: projection, list)
            let longest = 65535 * simulation.timestep
            for (place, delay) in delays.enumerated() {
                guard delay >= 0, delay <= longest else {
                    throw wrong(projection, list, place, "delay", delay, "0 to \(longest) ms")
                }
                delays[place] = max(delay, simulation.timestep)
            }
        }
        projections[index].connector = .fixed(
            ConnectionTable(
                pre: list.sources.map { Int32(truncatingIfNeeded: $0) },
                post: list.targets.map { Int32(truncatingIfNeeded: $0) }, weights: ConnectionColumn(weights),
                delays: ConnectionColumn(delays)))
        projections[index].synapse.weightExpression = nil
        projections[index].synapse.delayExpression = nil
        return warnings.map { "projection \(projection.name): \($0)" }
    }

    /// The synapses of a projection, by target.
    private func pairs(of index: Int) -> SynapseList {
        // How weights are stored does not matter to pairs and delays.
        let scales = populations.map { population in
            population.receptors.map { _ in RingBufferScale(leftShift: 0, isConductance: false) }
        }
        let post = projections[index].post
        let all = TargetCore(
            core: 0, population: post, slice: NeuronSlice(0..<populations[post].size), firstNeuron: 0, delaySlots: 0)
        return SynapseRules(network: self, scales: scales).list(index, onto: [all]).list
    }

    private func evaluate(_ rule: PairExpression, of projection: Projection, _ list: SynapseList) -> [Double] {
        let evaluator = PairExpressionEvaluator(rule, of: projection, in: self)
        var values: [Double] = []
        values.reserveCapacity(list.count)
        var start = 0
        while start < list.count {
            let post = list.targets[start]
            var end = start + 1
            while end < list.count, list.targets[end] == post { end += 1 }
            values += evaluator.values(list.sources[start..<end], post: Int(post))
            start = end
        }
        return values
    }

    /// Sees whether weights can be, and has them choose the receptor where none is named.
    private mutating func setReceptor(
        of index: Int, _ weights: [Double], _ list: SynapseList
    ) throws(Failure) -> [String] {
        let projection = projections[index]
        var signs = WeightSigns()
        for (place, weight) in weights.enumerated() {
            guard weight.magnitude < 65536 else {
                throw wrong(projection, list, place, "weight", weight, "less than 65536 in magnitude")
            }
            signs.add(weight)
        }
        signs.complete(with: projection.synapse)
        let judged = signs.judge(
            onto: populations[projection.post].model,
            receptor: projection.hasDefaultReceptor ? nil : projection.receptor, of: projection.synapse)
        if let mistake = judged.mistake {
            throw Failure(.badInput, "projection \(projection.name): \(mistake)")
        }
        projections[index].receptor = judged.receptor
        return judged.warnings
    }

    private func wrong(
        _ projection: Projection, _ list: SynapseList, _ place: Int, _ name: String, _ value: Double, _ expected: String
    ) -> Failure {
        Failure(
            .badInput,
            "projection \(projection.name): the \(name) from \(list.sources[place]) to \(list.targets[place]) must be "
                + "\(expected), and the expression gives \(value)")
    }
}
