import Diagnostics
import Results
internal import Snapshots
import Synapses
import Topology
import Transport

extension Session {
    // MARK: - Saving

    /// Writes the state of all ranks before the step to be made next; entered by all.
    ///
    /// - Parameter header: What the file says of it.
    /// - Throws: The agreed failure, the same on every rank.
    func save(to file: String, _ header: StateHeader) throws(Failure) {
        try transport.phase {
            // What is not recorded must not be left behind as if it were.
            if let failure = emulation.failure { throw failure }
            try recorder.sync()
        }
        let writer = try transport.phase { transport.rank == 0 ? try StateFileWriter(file, header) : nil }
        let gathering = StateGathering(writer, on: transport)
        var failure: Failure?
        do throws(Failure) { try encode(into: gathering) } catch { failure = error }
        try gathering.finish()
        failure = failure ?? gathering.failure
        if failure == nil {
            do throws(Failure) { try writer?.finish() } catch { failure = error }
        }
        try transport.agree(failure)
    }

    private func encode(into sink: some StateSink) throws(Failure) {
        if transport.rank == 0 { try SavedChanges(of: self).put(into: sink) }
        for projection in weighted.sorted() {
            for core in loaded.cores(of: projection) {
                var writer = StateWriter()
                let weights = loaded.rules.list(projection, onto: [core]).weights
                writer.append(weights.count)
                weights.withUnsafeBufferPointer { weights in
                    if let base = weights.baseAddress { writer.append(base, count: weights.count) }
                }
                try sink.put(StateKey(.weights, core: core.core, number: projection), writer.words)
            }
        }
        try emulation.encodeState(at: step, into: sink)
    }

    // MARK: - Taking back

    /// Takes a state in place of the present one; entered by all.
    ///
    /// - Throws: The agreed failure, the same on every rank; where the state does not fit, the network is not to be
    ///   run.
    func restore(at step: Int, from source: some StateSource) throws(Failure) {
        let saved = try transport.phase { try SavedChanges(from: source) }
        changedNetwork = saved.made.changing(network)
        resetNetwork = saved.madeForReset.changing(network)
        plannedNetwork = changedNetwork
        begin(changedNetwork)
        let before = weighted
        weighted = Set(saved.weighted)
        try transport.phase {
            if !weighted.isEmpty || !before.isEmpty { try emulation.changeRows(try savedRules(from: source)) }
            try emulation.restoreState(at: step, from: source)
        }
        scheduled = []
        for each in saved.scheduled {
            try schedule(try prepare([each.change], isOfTopology: each.isOfTopology).changes)
        }
    }

    /// Has neurons and sources as they begin.
    func begin(_ network: Network) {
        for group in loaded.groups { group.begin(network) }
        for source in loaded.sources { source.begin(network, loaded: self.network) }
    }

    /// The rules of the network as it was loaded, with the weights that static synapses were given until the state was
    /// saved.
    private func savedRules(from source: some StateSource) throws(Failure) -> SynapseRules {
        var rules = SynapseRules(network: network, scales: loaded.scales)
        for projection in weighted.sorted() {
            let cores = loaded.cores(of: projection)
            var weights: [UInt16] = []
            for core in cores {
                let key = StateKey(.weights, core: core.core, number: projection)
                guard let words = try source.words(key) else { throw StateMismatch.missing(key) }
                var reader = StateReader(words)
                let count = reader.number()
                guard (0...2 * words.count).contains(count) else { throw StateMismatch.unfit(key) }
                var own = [UInt16](repeating: 0, count: count)
                own.withUnsafeMutableBufferPointer { own in
                    if let base = own.baseAddress { reader.read(base, count: count) }
                }
                guard reader.isExact else { throw StateMismatch.unfit(key) }
                weights += own
            }
            guard weights.count == rules.list(projection, onto: cores).weights.count else {
                throw StateMismatch.unfit(StateKey(.weights, core: 0, number: projection))
            }
            rules = rules.giving(projection, WeightPatch(weights), onto: cores)
        }
        return rules
    }
}
