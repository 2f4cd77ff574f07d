public import Diagnostics
public import Topology

/// New stored weights of some synapses of a projection, by their places in ``SynapseRules/list(_:onto:)``.
public struct WeightPatch: Sendable {
    public private(set) var places: [Int] = []
    public private(set) var weights: [UInt16] = []

    init() {}

    /// The weights of all synapses of a list, as they are stored.
    public init(_ weights: [UInt16]) {
        places = Array(weights.indices)
        self.weights = weights
    }

    mutating func add(_ weight: UInt16, at place: Int) {
        places.append(place)
        weights.append(weight)
    }
}

// Weights that are given after the network was loaded.
extension SynapseRules {
    /// The synapses of a projection onto cores of this rank with the weights they are generated with, those of a pair
    /// that
    /// have the same delay in the order in which they are generated.
    ///
    /// - Parameter cores: Cores of the target population, ascending.
    /// - Complexity: As generating them.
    public func list(_ projection: Int, onto cores: [TargetCore]) -> (list: SynapseList, weights: [UInt16]) {
        final class Found {
            var entries: [SynapseList.Entry] = []
            var weights: [UInt16] = []
        }
        let found = Found()
        generator(projection, network: network).generate(cores) { _, batch in
            for i in 0..<batch.count {
                var entry = SynapseList.Entry(source: batch.pre[i], delay: batch.delay[i], neuron: batch.neuron[i])
                entry.place = PlasticPlace(row: 0, number: UInt32(truncatingIfNeeded: found.weights.count))
                found.entries.append(entry)
                found.weights.append(batch.weight[i])
            }
        }
        let list = SynapseList(&found.entries, onto: cores)
        return (list, found.entries.map { found.weights[Int($0.place.number)] })
    }

    /// The same rules with other weights of a projection; pairs and delays stay.
    ///
    /// - Parameters:
    ///   - value: nA or µS; what 16 bits cannot hold is cut.
    ///   - cores: This rank's cores of the target population, ascending.
    /// - Determinism: Draws are those of a network that is loaded with these weights, unless the connector has
    ///   weights of
    /// its own, or would then be another's to generate: the k-th synapse of a target, by source and delay, has the
    /// k-th draw.
    public func giving(_ projection: Int, _ value: ParameterValue, onto cores: [TargetCore]) -> SynapseRules {
        var changed = self
        let before = network.projections[projection]
        changed.saturating.insert(projection)
        changed.network.projections[projection].synapse.weight = value
        let after = changed.network.projections[projection]
        if before.connector.pattern?.hasWeights == true || before.isGeneratedOnMachine != after.isGeneratedOnMachine {
            let table = table(list(projection, onto: cores).list, weights: [])
            changed.network.projections[projection].connector = .fixed(table)
        }
        return changed
    }

    /// The same rules with new weights of some synapses of a projection.
    ///
    /// - Parameter cores: This rank's cores of the target population, ascending; what the patch is about.
    public func giving(_ projection: Int, _ patch: WeightPatch, onto cores: [TargetCore]) -> SynapseRules {
        guard !patch.places.isEmpty else { return self }
        var changed = self
        var (list, weights) = list(projection, onto: cores)
        for (place, weight) in zip(patch.places, patch.weights) { weights[place] = weight }
        let scale = weightRounding(projection).scale
        let table = table(list, weights: weights.map { Double($0) / scale })
        changed.network.projections[projection].connector = .fixed(table)
        return changed
    }

    private func table(_ list: SynapseList, weights: [Double]) -> ConnectionTable {
        let timestep = network.simulation.timestep
        return ConnectionTable(
            pre: list.sources.map { Int32(truncatingIfNeeded: $0) },
            post: list.targets.map { Int32(truncatingIfNeeded: $0) }, weights: ConnectionColumn(weights),
            delays: ConnectionColumn(list.delays.map { Double($0) * timestep }))
    }

    /// What becomes of new weights that 16 bits cannot hold; `nil`: all can be held.
    ///
    /// - Parameter bounds: Of the weights, nA or µS.
    public func cut(_ projection: Int, _ bounds: ClosedRange<Double>) -> String? {
        let scale = weightRounding(projection).scale
        let largest = max(bounds.lowerBound.magnitude, bounds.upperBound.magnitude)
        guard largest * scale >= 65535.5 else { return nil }
        return
            "projection \(network.projections[projection].name): new weights above \(65535 / scale) are cut to it, the "
            + "largest for the scale chosen at loading; they reach \(largest)"
    }

    // MARK: - Files

    /// Finds the synapses that a file gives weights.
    ///
    /// - Parameters:
    ///   - table: What the file says, with weights.
    ///   - file: Its name for messages.
    /// - cores: This rank's cores of the target population, ascending; what the file says of other targets is left
    ///     out.
    /// - Throws: `badInput` for a synapse that there is not.
    public func patch(
        _ projection: Int, _ table: ConnectionTable, file: String, onto cores: [TargetCore]
    ) throws(Failure) -> WeightPatch {
        let list = list(projection, onto: cores).list
        var matcher = WeightMatcher(self, projection, list, table, file: file)
        for core in cores {
            for post in core.slice { try matcher.match(post) }
        }
        return matcher.patch
    }
}

/// Finds the synapses of a list that a table gives weights, target by target.
private struct WeightMatcher {
    private struct Row {
        var pre: UInt32
        /// Steps; 0 where the table has no delays.
        var delay: UInt32
        var value: Int
    }

    private let projection: Projection
    private let list: SynapseList
    private let table: ConnectionTable
    private let file: String
    private let timestep: Double
    private let rounding: WeightRounding
    /// Where the synapses of the next target begin.
    private var at = 0
    private(set) var patch = WeightPatch()

    init(_ rules: SynapseRules, _ number: Int, _ list: SynapseList, _ table: ConnectionTable, file: String) {
        projection = rules.network.projections[number]
        timestep = rules.network.simulation.timestep
        // A file is the host's, whoever generated the synapses.
        rounding = WeightRounding(scale: rules.weightRounding(number).scale, onMachine: false, saturates: true)
        (self.list, self.table, self.file) = (list, table, file)
    }

    mutating func match(_ post: Int) throws(Failure) {
        let start = at
        while at < list.count, list.targets[at] == UInt32(post) { at += 1 }
        let delays = DelayRounding(timestep: timestep, onMachine: false)
        var rows: [Row] = []
        table.forEachConnection(to: post) { pre, value in
            rows.append(
                Row(
                    pre: UInt32(truncatingIfNeeded: pre),
                    delay: table.hasDelays ? UInt32(truncatingIfNeeded: delays.steps(table.delay(value))) : 0,
                    value: value))
        }
        rows.sort { ($0.pre, $0.delay, $0.value) < ($1.pre, $1.delay, $1.value) }
        var synapse = start
        var first = 0
        while first < rows.count {
            var end = first + 1
            while end < rows.count, rows[end].pre == rows[first].pre, rows[end].delay == rows[first].delay { end += 1 }
            let found = find(rows[first], from: &synapse)
            guard found.count == end - first else {
                throw refusal(rows[first], post, rows: end - first, synapses: found.count, start)
            }
            for row in first..<end {
                let weight = table.weight(rows[row].value)
                guard weight >= 0 || projection.receptor == "inhibitory" else {
                    throw wrong("the weight from \(rows[row].pre) to \(post) must not be negative, got \(weight)")
                }
                patch.add(rounding.stored(weight), at: found.lowerBound + row - first)
            }
            first = end
        }
    }

    /// The synapses of the row's source and delay, looked for from a place that moves with ascending rows.
    private func find(_ row: Row, from synapse: inout Int) -> Range<Int> {
        func key(_ place: Int) -> (UInt32, UInt32) { (list.sources[place], table.hasDelays ? list.delays[place] : 0) }
        while synapse < at, key(synapse) < (row.pre, row.delay) { synapse += 1 }
        var end = synapse
        while end < at, key(end) == (row.pre, row.delay) { end += 1 }
        return synapse..<end
    }

    private func refusal(_ row: Row, _ post: Int, rows: Int, synapses: Int, _ start: Int) -> Failure {
        if synapses > 0 {
            return wrong(
                "it has \(rows) of the \(synapses) synapses from \(row.pre) to \(post) that have the same delay; "
                    + "give each a weight"
            )
        }
        if let other = (start..<at).first(where: { list.sources[$0] == row.pre }) {
            return wrong(
                "the synapse from \(row.pre) to \(post) has a delay of "
                    + "\(Double(list.delays[other]) * timestep) ms, not \(Double(row.delay) * timestep); delays do "
                    + "not change"
            )
        }
        return wrong("there is no synapse from \(row.pre) to \(post), and new ones cannot be made")
    }

    private func wrong(_ message: String) -> Failure {
        Failure(.badInput, "\(file), new weights of \(projection.name): \(message)")
    }
}
