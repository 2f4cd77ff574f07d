import ArgumentParser
import Bench
import Diagnostics
import Foundation
import Transport

/// `spinnsim bench exchange`: what a tick's exchange costs by itself.
struct BenchExchange: RankedCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Measures rounds of the exchange alone, all ranks reading all others' words.",
        discussion: """
            Prints a line of JSON; times are in seconds a round: of batches of 200 rounds, the least, the median and \
            the \
            most. More ranks than cores show what it costs to take turns.
            """)

    @Option(help: "Start mpirun with this many ranks.")
    var ranks: Int?

    @Option(help: "Words a rank publishes in a round; a packet is one, and a core that sends any adds two.")
    var words = 8

    @Option(help: "Words it publishes instead in one round of every 1000.")
    var burst: Int?

    @Option(help: "Rounds that are timed.")
    var rounds = 4000

    @Option(help: "auto, window or messages; see `spinnsim run --help`.")
    var exchange = "auto"

    /// The line.
    private struct Line: Encodable {
        let benchmark = "exchange"
        let ranks: Int
        let hosts: Int
        let coresPerNode: Int
        let cpu: String
        let exchange: String
        let words: Int
        let burst: Int?
        /// Of messages: words of this rank's largest chunk at the end, and how many of all ranks' took two.
        let chunkWords: Int?
        let chunkOverflows: Int?
        let rounds: Int
        let least: Double
        let median: Double
        let most: Double
    }

    private static let batch = 200

    func validate() throws {
        if let ranks, ranks < 1 || ranks > 100_000 { throw ValidationError("--ranks takes 1 to 100000, not \(ranks)") }
        for (option, count) in [("words", words), ("burst", burst ?? 0)] where count < 0 || count > 1_000_000 {
            throw ValidationError("--\(option) takes 0 to 1000000, not \(count)")
        }
        if rounds < Self.batch { throw ValidationError("--rounds takes \(Self.batch) or more, not \(rounds)") }
        if ExchangeMode(rawValue: exchange) == nil {
            let modes = ExchangeMode.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--exchange takes \(modes), not \(exchange)")
        }
    }

    func run(on ranks: MPITransport?) throws {
        if let count = self.ranks, ranks == nil { try Launcher.run(ranks: count) }
        guard let transport = ranks else {
            throw ValidationError("an exchange needs ranks: use --ranks 64, or start this with mpirun")
        }
        let others = (0..<transport.size).filter { $0 != transport.rank }
        let packets = try transport.makeExchange(
            ExchangePlan(
                sources: others, destinations: others, capacity: max(words, burst ?? 0, 1),
                mode: ExchangeMode(rawValue: exchange) ?? .auto))
        var times: [Double] = []
        var isWrong = 0
        for batch in 0...rounds / Self.batch {
            try transport.barrier()
            let start = DispatchTime.now().uptimeNanoseconds
            for round in batch * Self.batch..<(batch + 1) * Self.batch {
                let count = round % 1000 == 0 ? burst ?? words : words
                for i in 0..<count { packets.outbox[i] = UInt32(truncatingIfNeeded: round + transport.rank) }
                try packets.publish(count: count)
                try packets.complete()
                for other in others {
                    let inbox = packets.inbox(from: other)
                    if inbox.count != count || !inbox.allSatisfy({ $0 == UInt32(truncatingIfNeeded: round + other) }) {
                        isWrong = 1
                    }
                }
            }
            // The first batch finds everything cold.
            if batch > 0 {
                times.append(Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 / Double(Self.batch))
            }
        }
        try transport.agree(
            isWrong > 0 ? Failure(.bug, "the exchange delivered words that were not sent; please report this") : nil)
        let chunks = packets.chunks
        let overflows = try transport.reduce([Int64(chunks?.overflows ?? 0)], .sum)[0]
        times.sort()
        if transport.rank == 0 {
            let line = Line(
                ranks: transport.size, hosts: transport.hosts,
                coresPerNode: ProcessInfo.processInfo.activeProcessorCount, cpu: processorName(),
                exchange: packets.kind, words: words, burst: burst,
                chunkWords: chunks?.words, chunkOverflows: chunks.map { _ in Int(overflows) },
                rounds: times.count * Self.batch, least: times[0],
                median: times[times.count / 2], most: times[times.count - 1])
            try Console.output(try jsonLine(line))
        }
    }
}
