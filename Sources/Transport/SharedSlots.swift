import CIntrinsics
internal import Diagnostics
import Glibc

/// Memory that all ranks of a host see: one double-buffered slot per rank, one barrier, and where the words of each
/// rank are.
///
/// A rank writes its packets into the half of its slot that belongs to the round, arrives at the barrier, and reads
/// the others' halves once everybody has arrived. Two halves make one barrier a round enough: nobody can write a half
/// again before all have arrived at the next barrier, hence have read it.
///
/// Few words are copied to a board that all write to, as it lies on a page or two: a page of its own for each rank to
/// read from would be an address translation each, which processes that take turns on a processor find forgotten every
/// time.
struct SharedSlots {
    /// Words at the start of rank 0's slot: arrivals, generation, sleepers and words taken of the board, each on a line
    /// of its own.
    private static let headWords = 64
    /// Words of a half of the board.
    private static let boardWords = 8192
    /// Most words that are copied to the board.
    private static let mostCopied = 64
    /// In place of a place on the board: the words are in the rank's slot.
    private static let inSlot = UInt32.max
    /// Looks at the generation that give the processor away before the rank sleeps: others that are ready come first,
    /// and waking so many sleepers takes longer than letting them all look again.
    private static let mostYields = 200

    /// Start of each rank's halves, `[ranks]`.
    private let halves: [UnsafeMutablePointer<UInt32>]
    private let head: UnsafeMutablePointer<UInt32>
    let rank: Int
    let capacity: Int
    /// Looks at the generation this often before it gives the processor away.
    let spins: Int
    private(set) var round: UInt32 = 0

    /// Words of a rank's slot for packets of up to `capacity` words; what all share is in rank 0's.
    static func words(of rank: Int, ranks: Int, capacity: Int) -> Int {
        (rank == 0 ? sharedWords(ranks) : 0) + 2 * roundedToLine(capacity)
    }

    private static func sharedWords(_ ranks: Int) -> Int { headWords + 2 * (roundedToLine(2 * ranks) + boardWords) }

    private static func roundedToLine(_ words: Int) -> Int { (words + 15) / 16 * 16 }

    /// - Parameters:
    ///   - slots: `[ranks]`, each of ``words(of:ranks:capacity:)`` words, zeroed.
    ///   - oversubscribed: More ranks than processors on this host: yield at once.
    init(slots: [UnsafeMutablePointer<UInt32>], rank: Int, capacity: Int, oversubscribed: Bool) {
        halves = slots.enumerated().map { $0 == 0 ? $1 + Self.sharedWords(slots.count) : $1 }
        head = slots[0]
        self.rank = rank
        self.capacity = capacity
        spins = oversubscribed ? 0 : 2000
    }

    /// How many words each rank has published and where on the board they are, `[ranks, 2]`, side by side: most have
    /// little or nothing.
    private func published(_ parity: UInt32) -> UnsafeMutablePointer<UInt32> {
        head + Self.headWords + Int(parity & 1) * Self.roundedToLine(2 * halves.count)
    }

    private func board(_ parity: UInt32) -> UnsafeMutablePointer<UInt32> {
        head + Self.headWords + 2 * Self.roundedToLine(2 * halves.count) + Int(parity & 1) * Self.boardWords
    }

    private func half(_ owner: Int, _ parity: UInt32) -> UnsafeMutablePointer<UInt32> {
        halves[owner] + Int(parity & 1) * Self.roundedToLine(capacity)
    }

    var outbox: UnsafeMutablePointer<UInt32> { half(rank, round) }

    /// What a rank has published in the round that ``complete()`` ended.
    @inline(__always)
    func inbox(from owner: Int) -> UnsafeBufferPointer<UInt32> {
        let entry = published(round &- 1) + 2 &* owner
        guard entry[0] > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
        let words = entry[1] == Self.inSlot ? half(owner, round &- 1) : board(round &- 1) + Int(entry[1])
        return UnsafeBufferPointer(start: words, count: Int(entry[0]))
    }

    func publish(count: Int) {
        precondition(count <= capacity, "more words published than the exchange was planned for")
        let entry = published(round) + 2 * rank
        entry[0] = UInt32(count)
        entry[1] = Self.inSlot
        if 0 < count && count <= Self.mostCopied {
            let place = cintrinsics_fetch_add(taken, UInt32(Self.roundedToLine(count)))
            if Int(place) + count <= Self.boardWords {
                (board(round) + Int(place)).update(from: outbox, count: count)
                entry[1] = place
            }
        }
        arrive()
    }

    mutating func complete() {
        waitForAll()
        round &+= 1
    }

    private var arrivals: UnsafeMutablePointer<UInt32> { head }
    private var generation: UnsafeMutablePointer<UInt32> { head + 16 }
    private var sleepers: UnsafeMutablePointer<UInt32> { head + 32 }
    private var taken: UnsafeMutablePointer<UInt32> { head + 48 }
    /// On the line of the generation, which all read anyway.
    private var opened: UnsafeMutablePointer<UInt64> {
        UnsafeMutableRawPointer(head + 18).assumingMemoryBound(to: UInt64.self)
    }

    /// When the last to arrive opened the barrier that ``complete()`` passed.
    var completedAt: UInt64 { opened.pointee }

    /// Counts this rank in; the last to arrive opens the barrier.
    private func arrive() {
        let ranks = UInt32(halves.count)
        let target = (round &+ 1) &* ranks
        if cintrinsics_fetch_add(arrivals, 1) &+ 1 == target {
            taken.pointee = 0
            opened.pointee = Stopwatch.now()
            cintrinsics_store_ordered(generation, round &+ 1)
            if cintrinsics_load_acquire(sleepers) > 0 { cintrinsics_wake_all(generation) }
        }
    }

    /// Waits for the last to arrive: in the open, then letting others go first, and asleep where it takes long.
    private func waitForAll() {
        let target = round &+ 1
        var looks = 0
        while true {
            let seen = cintrinsics_load_acquire(generation)
            guard Int32(bitPattern: seen &- target) < 0 else { return }
            looks += 1
            if looks <= spins {
                cintrinsics_pause()
            } else if looks <= spins + Self.mostYields {
                sched_yield()
            } else {
                _ = cintrinsics_fetch_add(sleepers, 1)
                cintrinsics_sleep_while(generation, seen)
                _ = cintrinsics_fetch_add(sleepers, .max)
            }
        }
    }
}

/// An exchange through memory that all ranks see.
final class SharedMemoryExchange: PacketExchange {
    let kind: String
    private var slots: SharedSlots
    /// Keeps the memory alive.
    private let owner: AnyObject

    init(kind: String, slots: SharedSlots, owner: AnyObject) {
        self.kind = kind
        self.slots = slots
        self.owner = owner
    }

    var outbox: UnsafeMutablePointer<UInt32> { slots.outbox }
    func publish(count: Int) { slots.publish(count: count) }
    func complete() { slots.complete() }
    func inbox(from rank: Int) -> UnsafeBufferPointer<UInt32> { slots.inbox(from: rank) }
    var completedAt: UInt64? { slots.completedAt }
}
