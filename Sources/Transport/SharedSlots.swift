import CIntrinsics
internal import Diagnostics
import Glibc

/// Memory that all ranks of a host see: one double-buffered slot per rank, one barrier, and how much each slot holds.
///
/// A rank writes its packets into the half of its slot that belongs to the round, arrives at the barrier, and reads
/// the others' halves once everybody has arrived. Two halves make one barrier a round enough: nobody can write a half
/// again before all have arrived at the next barrier, hence have read it.
struct SharedSlots {
    /// Words of the barrier at the start of rank 0's slot: arrivals, generation and sleepers, each on a line of its own.
    static let barrierWords = 48
    /// Looks at the generation that give the processor away before the rank sleeps: others that are ready come first, and
    /// waking so many sleepers takes longer than letting them all look again.
    private static let mostYields = 200

    /// Start of each rank's slot.
    let slots: [UnsafeMutablePointer<UInt32>]
    let rank: Int
    let capacity: Int
    /// Looks at the generation this often before it gives the processor away.
    let spins: Int
    private(set) var round: UInt32 = 0

    /// Words of one rank's slot for packets of up to `capacity` words.
    static func words(capacity: Int, ranks: Int) -> Int {
        barrierWords + 2 * roundedToLine(ranks) + 2 * roundedToLine(capacity)
    }

    private static func roundedToLine(_ words: Int) -> Int { (words + 15) / 16 * 16 }

    /// - Parameters:
    ///   - slots: `[ranks]`, each of ``words(capacity:)`` words, zeroed.
    ///   - oversubscribed: More ranks than processors on this host: yield at once.
    init(slots: [UnsafeMutablePointer<UInt32>], rank: Int, capacity: Int, oversubscribed: Bool) {
        self.slots = slots
        self.rank = rank
        self.capacity = capacity
        spins = oversubscribed ? 0 : 2000
    }

    /// How many words each rank has published, `[ranks]`, side by side in rank 0's slot: most have little or nothing, and a look at
    /// each slot would be a cache miss a rank.
    private func counts(_ parity: UInt32) -> UnsafeMutablePointer<UInt32> {
        slots[0] + Self.barrierWords + Int(parity & 1) * Self.roundedToLine(slots.count)
    }

    private func half(_ owner: Int, _ parity: UInt32) -> UnsafeMutablePointer<UInt32> {
        slots[owner] + Self.barrierWords + 2 * Self.roundedToLine(slots.count)
            + Int(parity & 1) * Self.roundedToLine(capacity)
    }

    var outbox: UnsafeMutablePointer<UInt32> { half(rank, round) }

    /// What a rank has published in the round that ``complete()`` ended.
    func inbox(from owner: Int) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(start: half(owner, round &- 1), count: Int(counts(round &- 1)[owner]))
    }

    func publish(count: Int) {
        precondition(count <= capacity, "more words published than the exchange was planned for")
        counts(round)[rank] = UInt32(count)
        arrive()
    }

    mutating func complete() {
        waitForAll()
        round &+= 1
    }

    private var arrivals: UnsafeMutablePointer<UInt32> { slots[0] }
    private var generation: UnsafeMutablePointer<UInt32> { slots[0] + 16 }
    private var sleepers: UnsafeMutablePointer<UInt32> { slots[0] + 32 }

    /// Counts this rank in; the last to arrive opens the barrier.
    private func arrive() {
        let ranks = UInt32(slots.count)
        let target = (round &+ 1) &* ranks
        if cintrinsics_fetch_add(arrivals, 1) &+ 1 == target {
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
}
