public import Diagnostics

/// The collective operations between the ranks of a run.
///
/// Every method is entered by every rank, also by one that has no work; a rank that fails locally goes on taking part
/// until the next ``agree(_:)``, so that nobody waits for it.
public protocol Transport: AnyObject {
    /// This rank, from 0.
    var rank: Int { get }
    /// Number of ranks.
    var size: Int { get }
    /// Number of hosts the ranks run on.
    var hosts: Int { get }
    /// All ranks are leaving with the same failure; a failure thrown while this is false is this rank's alone, and the
    /// others may be waiting for it.
    var hasAgreedOnFailure: Bool { get set }

    /// Waits until every rank is here.
    func barrier() throws(Failure)
    /// The bytes of rank `root`, on every rank; the argument counts on `root` only.
    func broadcast(_ bytes: [UInt8], root: Int) throws(Failure) -> [UInt8]
    /// The same where the root may take any time to come: the others leave their processors to others meanwhile.
    func awaitBroadcast(_ bytes: [UInt8], root: Int) throws(Failure) -> [UInt8]
    /// The bytes of every rank by rank, on rank 0; empty elsewhere.
    func gather(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]]
    /// Combines `values` `[n]` of all ranks element by element; the same result on every rank.
    func reduce(_ values: [Int64], _ operation: Reduction) throws(Failure) -> [Int64]
    /// Sets up the exchange of packets of a run.
    func makeExchange(_ plan: ExchangePlan) throws(Failure) -> any PacketExchange
}

/// How values of all ranks are combined; integers only, so the result cannot depend on the order.
public enum Reduction: Sendable {
    case sum
    case minimum
    case maximum
}

/// What packets travel by.
public enum ExchangeMode: String, Sendable, CaseIterable {
    /// A shared window where all ranks are on one host; on several, one on each, and a message per pair of hosts.
    case auto
    /// Memory that all ranks of a host share.
    case window
    /// Messages between all ranks that need each other's packets.
    case messages
}

/// Who sends packets to whom, and how many at most.
public struct ExchangePlan: Sendable {
    /// The same on every rank.
    public var mode: ExchangeMode
    /// Ranks whose packets this rank reads, ascending, without itself.
    public var sources: [Int]
    /// Ranks that read this rank's packets, ascending, without itself.
    public var destinations: [Int]
    /// Most words that any rank publishes at once; the same on every rank.
    public var capacity: Int

    public init(sources: [Int], destinations: [Int], capacity: Int, mode: ExchangeMode = .auto) {
        self.mode = mode
        self.sources = sources
        self.destinations = destinations
        self.capacity = capacity
    }
}

/// The exchange of packets between ranks, one round per window of ticks.
///
/// A round is: write into ``outbox``, ``publish(count:)``, do local work, ``complete()``, read ``inbox(from:)``.
/// What was read stays valid until the next ``publish(count:)``.
public protocol PacketExchange: AnyObject {
    /// What carries the packets, for the run's summary.
    var kind: String { get }
    /// Room for `capacity` words; written by this rank before ``publish(count:)``.
    var outbox: UnsafeMutablePointer<UInt32> { get }
    /// Hands the first `count` words of ``outbox`` to the other ranks without waiting for them.
    func publish(count: Int) throws(Failure)
    /// Waits until the packets of all sources are here.
    func complete() throws(Failure)
    /// The words published by `rank` in this round; this rank's own included.
    func inbox(from rank: Int) -> UnsafeBufferPointer<UInt32>
    /// When the last of all ranks published in the round that ``complete()`` ended, in nanoseconds of the clock that
    /// ranks of a host share; the same on every rank, until this rank publishes again. `nil` where ranks do not know of
    /// one another's clocks.
    var completedAt: UInt64? { get }
    /// What the chunks of messages came to; `nil` where no messages are sent. The same kind on every rank.
    var chunks: ChunkUse? { get }
}

extension PacketExchange {
    public var completedAt: UInt64? { nil }
    public var chunks: ChunkUse? { nil }
}

extension Transport {
    public func awaitBroadcast(_ bytes: [UInt8], root: Int) throws(Failure) -> [UInt8] {
        try broadcast(bytes, root: root)
    }

    /// Ends a phase: if any rank failed, throws the lowest failing rank's failure on every rank.
    ///
    /// - Throws: The agreed failure, the same on every rank.
    public func agree(_ failure: Failure?) throws(Failure) {
        let lowest = try reduce([Int64(failure == nil ? size : rank)], .minimum)[0]
        guard lowest < Int64(size) else { return }
        let root = Int(lowest)
        var bytes: [UInt8] = []
        if rank == root, let failure {
            let code = UInt32(bitPattern: failure.exitCode.rawValue)
            bytes = [UInt8(truncatingIfNeeded: code)] + Array(failure.message.utf8)
        }
        bytes = try broadcast(bytes, root: root)
        hasAgreedOnFailure = true
        throw Failure(
            ExitCode(rawValue: Int32(bytes.first ?? 70)) ?? .bug, String(decoding: bytes.dropFirst(), as: UTF8.self))
    }

    /// Runs a phase on this rank and agrees on its outcome with the others.
    ///
    /// - Throws: The agreed failure, the same on every rank.
    public func phase<Result>(_ body: () throws -> Result) throws(Failure) -> Result {
        var failure: Failure?
        var result: Result?
        do {
            result = try body()
        } catch let error as Failure {
            failure = error
        } catch {
            failure = Failure(.bug, "rank \(rank): \(error)")
        }
        try agree(failure)
        guard let result else { throw Failure(.bug, "rank \(rank): a phase ended without result and without failure") }
        return result
    }
}
