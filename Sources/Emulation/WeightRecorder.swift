import Diagnostics
import Results
import Synapses
import Topology

/// Hands the weights that a rank records to its log.
final class WeightRecorder {
    /// Synapses that are put in order at once.
    private static let atOnce = 1 << 20

    /// One recorded projection.
    private struct Track {
        var signal: Int
        var projection: Int
        var isPlastic: Bool
        var isStructural: Bool
        var interval: Int?
        var hasPending: Bool
        /// The rank's target cores, ascending, as many together as are handled at once.
        var parts: [[TargetCore]]
        /// Where the synapses of each part stand and how many each run has, kept from the first sample on for those to
        /// come.
        var places: [(places: [PlasticPlace], runs: [Int])] = []
        var hasSynapses = false
        /// Step of the last sample.
        var last = -1
    }

    private let loaded: RankNetwork
    private let writer: WeightSpillWriter
    private var tracks: [Track] = []

    /// Opens the log of a rank; `nil` when no weights are recorded.
    convenience init?(
        _ loaded: RankNetwork, rank: Int, run: RunDescription, folder: String, start: Int
    ) throws(Failure) {
        let recordings = loaded.network.projections.map(\.recordedWeights)
        guard recordings.contains(where: { $0 != nil }) else { return nil }
        try self.init(loaded, recordings, rank: rank, run: run, folder: folder, start: start)
    }

    /// Opens a log of the weights of some projections.
    ///
    /// - Parameters:
    ///   - recordings: By projection.
    ///   - start: The first step.
    init(
        _ loaded: RankNetwork, _ recordings: [WeightRecording?], rank: Int, run: RunDescription, folder: String,
        start: Int = 0
    ) throws(Failure) {
        let network = loaded.network
        let names = network.projectionFileNames
        var signals: [WeightSignal] = []
        for (index, projection) in network.projections.enumerated() {
            guard let recording = recordings[index] else { continue }
            let target = network.populations[projection.post]
            let isConductance = target.model.isConductanceBased
            let isNegative = projection.receptor == "inhibitory" && !isConductance
            let scale = loaded.scales[projection.post][loaded.rules.synapseType(projection)].weightScale
            let interval = recording.interval.map { max(1, Int(($0 / network.simulation.timestep).rounded())) }
            let isPlastic = projection.synapse.isPlastic
            let isStructural = projection.synapse.structural != nil
            tracks.append(
                Track(
                    signal: signals.count, projection: index, isPlastic: isPlastic, isStructural: isStructural,
                    interval: interval, hasPending: recording.appliesPending,
                    parts: Self.parts(loaded, projection)))
            signals.append(
                WeightSignal(
                    name: names[index], projection: projection.name, pre: projection.pre, post: projection.post,
                    units: isConductance ? "uS" : "nA", scale: isNegative ? -scale : scale, interval: interval,
                    hasPending: recording.appliesPending, isStructural: isStructural))
        }
        self.loaded = loaded
        writer = try WeightSpillWriter(folder: folder, rank: rank, run: run, signals: signals, start: start)
    }

    /// The target cores of a projection on this rank, in groups that have not too many synapses.
    private static func parts(_ loaded: RankNetwork, _ projection: Projection) -> [[TargetCore]] {
        var parts: [[TargetCore]] = []
        var synapses = 0
        let counts = (projection.synapse.isPlastic ? loaded.plasticSynapsesOnto : loaded.synapsesOnto)[projection.pre]
        for (place, target) in loaded.targets.enumerated()
        where target.population == projection.post && target.copy == 0 {
            let count = projection.synapse.structural.map { $0.mostSynapses * target.slice.count } ?? counts[place]
            // Cores without synapses make a group as well: their weights are none, which is recorded.
            if parts.isEmpty || synapses + count > atOnce {
                parts.append([])
                synapses = 0
            }
            parts[parts.count - 1].append(target)
            synapses += count
        }
        return parts
    }

    /// The first step after `step` before which weights are recorded, the same on every rank; `nil`: none before the
    /// end.
    func nextSample(after step: Int) -> Int? {
        tracks.compactMap { track in track.interval.map { (step / $0 + 1) * $0 } }.min()
    }

    /// Logs the samples that are due when `step` is about to begin.
    func sample(beforeStep step: Int) throws(Failure) {
        for (number, track) in tracks.enumerated() {
            if let interval = track.interval, step % interval == 0 { try sample(number, step: step) }
        }
    }

    /// Makes durable what has been logged.
    func sync() throws(Failure) { try writer.sync() }

    /// Logs the weights at the end and completes the log.
    func finish(steps: Int) throws(Failure) {
        try sampleAll(step: steps)
        try writer.finish(steps: UInt32(truncatingIfNeeded: steps))
    }

    /// Logs a sample of all weights, taken when `step` is about to begin.
    func sampleAll(step: Int) throws(Failure) {
        for i in tracks.indices { try sample(i, step: step) }
    }

    private func sample(_ number: Int, step: Int) throws(Failure) {
        let track = tracks[number]
        guard track.last < step else { return }
        tracks[number].last = step
        for (part, cores) in track.parts.enumerated() {
            if track.isStructural {
                guard let rows = loaded.structuralRows else { continue }
                let found = rows.synapses(of: track.projection, onto: cores, at: step, pending: track.hasPending)
                try append(found.list, of: track)
                try writer.appendWeights(
                    signal: track.signal, found.weights, pending: found.pending, runs: found.list.runs)
                continue
            }
            guard track.isPlastic else {
                let (list, weights) = loaded.rules.synapses(of: track.projection, onto: cores)
                try append(list, of: track)
                try writer.appendWeights(signal: track.signal, weights, pending: [], runs: list.runs)
                continue
            }
            let own: (places: [PlasticPlace], runs: [Int])
            if track.hasSynapses {
                own = track.places[part]
            } else {
                let found = loaded.plasticRows.synapses(of: track.projection, onto: cores)
                try append(found.list, of: track)
                own = (found.places, found.list.runs)
                if track.interval != nil { tracks[number].places.append(own) }
            }
            try writer.appendWeights(
                signal: track.signal, loaded.plasticRows.weights(at: own.places),
                pending: track.hasPending ? loaded.plasticRows.pendingWeights(at: own.places, time: step) : [],
                runs: own.runs)
        }
        tracks[number].hasSynapses = true
        try writer.endSample(signal: track.signal, step: UInt32(truncatingIfNeeded: step))
    }

    private func append(_ list: SynapseList, of track: Track) throws(Failure) {
        try writer.appendSynapses(
            signal: track.signal, sources: list.sources, targets: list.targets, delays: list.delays,
            runs: list.runs)
    }
}
