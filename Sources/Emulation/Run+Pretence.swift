import Diagnostics
import Mapping
import Results
import Synapses
import Topology
import Transport

extension Run {
    /// The exchange with ranks that are not there, where a user asked for one rank of many.
    func pretendOthers(
        _ loaded: RankNetwork, _ ranks: [Int32], _ description: RunDescription
    ) throws(Failure) -> PretendedExchange? {
        guard let pretence = options.pretence else { return nil }
        let others = try PretendedRanks(pretence, of: loaded, ranks: ranks, run: description)
        return PretendedExchange(
            others, sources: loaded.sourceRanks, rank: pretence.rank, steps: loaded.window,
            capacity: loaded.outboxCapacity)
    }

    /// Marks a summary as that of one rank whose others were pretended.
    func fill(_ summary: inout RunSummary, _ exchange: PretendedExchange, _ loaded: RankNetwork) {
        guard let pretence = options.pretence else { return }
        let isReplay = pretence.replayed != nil
        summary.status = "pretended"
        summary.pretended = RunSummary.Pretended(
            ranks: pretence.ranks, rank: pretence.rank, spikes: isReplay ? "replayed" : "drawn",
            rate: isReplay ? nil : pretence.rate,
            cores: loaded.targets.count + loaded.sources.count + loaded.extensions.count,
            neurons: loaded.groups.reduce(0) { $0 + $1.count } + loaded.sources.reduce(0) { $0 + $1.count },
            networkMemory: loaded.memory, pretendingSeconds: exchange.seconds)
        let warning =
            "rank \(pretence.rank) of \(pretence.ranks) was run without the others, whose spikes were "
            + (isReplay ? "replayed" : "drawn: its own mean nothing")
        summary.warnings.append(warning)
        log.warning(warning)
    }
}

extension PhaseSeconds {
    /// Takes out what making up the others' packets took.
    mutating func exclude(_ exchange: PretendedExchange) {
        simulate -= exchange.seconds
        timers.wait -= exchange.seconds
        processor -= exchange.processorSeconds
        timers.sampledWait = 0
    }
}
