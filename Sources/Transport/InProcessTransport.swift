import Diagnostics
import Foundation

/// Ranks as threads of one process: what tests run on, and what a run without `mpirun` uses as its single rank.
public final class InProcessTransport: Transport {
    private let world: World
    public let rank: Int
    public var hasAgreedOnFailure = false
    public var size: Int { world.size }
    public var hosts: Int { 1 }

    private init(world: World, rank: Int) {
        self.world = world
        self.rank = rank
    }

    /// The only rank of a run.
    public static func alone() -> InProcessTransport { InProcessTransport(world: World(size: 1), rank: 0) }

    /// Runs `body` once per rank, each on a thread of its own, and returns what they returned, by rank.
    public static func run<Result: Sendable>(
        ranks: Int, _ body: @escaping @Sendable (InProcessTransport) throws -> Result
    ) -> [Swift.Result<Result, any Error>] {
        let world = World(size: ranks)
        let results = Results<Result>(count: ranks)
        let group = DispatchGroup()
        for rank in 0..<ranks {
            group.enter()
            let thread = Thread {
                let transport = InProcessTransport(world: world, rank: rank)
                results.set(rank, Swift.Result { try body(transport) })
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        return results.values.compactMap { $0 }
    }

    public func barrier() { _ = world.share([], from: rank) }

    public func broadcast(_ bytes: [UInt8], root: Int) -> [UInt8] { world.share(bytes, from: rank)[root] }

    public func gather(_ bytes: [UInt8]) -> [[UInt8]] {
        let all = world.share(bytes, from: rank)
        return rank == 0 ? all : []
    }

    public func reduce(_ values: [Int64], _ operation: Reduction) -> [Int64] {
        let bytes = values.withUnsafeBytes(Array.init)
        let all = world.share(bytes, from: rank)
        var result = values
        for (other, bytes) in all.enumerated() where other != rank {
            bytes.withUnsafeBytes { raw in
                for i in result.indices {
                    let value = raw.loadUnaligned(fromByteOffset: 8 * i, as: Int64.self)
                    switch operation {
                    case .sum: result[i] &+= value
                    case .minimum: result[i] = min(result[i], value)
                    case .maximum: result[i] = max(result[i], value)
                    }
                }
            }
        }
        return result
    }

    public func makeExchange(_ plan: ExchangePlan) -> any PacketExchange {
        let words = SharedSlots.words(of: 0, ranks: size, capacity: plan.capacity)
        let memory = world.exchangeMemory(wordsPerRank: words, rank: rank)
        let slots = (0..<size).map { memory.words + $0 * words }
        return SharedMemoryExchange(
            kind: size == 1 ? "none" : "shared memory of threads",
            slots: SharedSlots(slots: slots, rank: rank, capacity: plan.capacity, oversubscribed: true), owner: memory)
    }
}

/// What the threads of an in-process run share: a board of byte strings behind a barrier.
private final class World: @unchecked Sendable {
    let size: Int
    private let condition = NSCondition()
    private var board: [[UInt8]]
    private var snapshot: [[UInt8]] = []
    private var arrived = 0
    private var generation = 0
    private var memory: WordMemory?

    init(size: Int) {
        self.size = size
        board = Array(repeating: [], count: size)
    }

    /// Puts `bytes` on the board, waits for everybody, and returns all.
    func share(_ bytes: [UInt8], from rank: Int) -> [[UInt8]] {
        condition.lock()
        defer { condition.unlock() }
        board[rank] = bytes
        arrived += 1
        let mine = generation
        if arrived == size {
            arrived = 0
            generation += 1
            snapshot = board
            condition.broadcast()
        } else {
            while generation == mine { condition.wait() }
        }
        return snapshot
    }

    func exchangeMemory(wordsPerRank: Int, rank: Int) -> WordMemory {
        condition.lock()
        if rank == 0 { memory = WordMemory(count: wordsPerRank * size) }
        condition.unlock()
        _ = share([], from: rank)
        condition.lock()
        let result = memory ?? WordMemory(count: 0)
        condition.unlock()
        _ = share([], from: rank)
        return result
    }
}

private final class WordMemory: @unchecked Sendable {
    let words: UnsafeMutablePointer<UInt32>

    init(count: Int) {
        words = .allocate(capacity: max(count, 1))
        words.initialize(repeating: 0, count: max(count, 1))
    }

    deinit { words.deallocate() }
}

private final class Results<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var storage: [Swift.Result<Value, any Error>?]

    init(count: Int) { storage = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ value: Swift.Result<Value, any Error>) {
        lock.lock()
        storage[index] = value
        lock.unlock()
    }

    var values: [Swift.Result<Value, any Error>?] {
        lock.lock()
        defer { lock.unlock() }
        return storage
    }
}
