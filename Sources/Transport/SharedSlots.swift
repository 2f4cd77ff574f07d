import CIntrinsics
internal import Diagnostics

/// Memory that all ranks of a host see: one double-buffered slot per rank, and one barrier.
///
/// A rank writes its packets into the half of its slot that belongs to the round, arrives at the barrier, and reads
/// the others' halves once everybody has arrived. Two halves make one barrier a round enough: nobody can write a half
/// again before all have arrived at the next barrier, hence have read it.
struct SharedSlots {
    /// Words before the packets of a half: how many there are, padded to a cache line.
    static let headerWords = 16
    /// Words of the barrier at the start of rank 0's slot: arrivals, generation and sleepers, each on a line of its own.
    static let barrierWords = 48

    /// Start of each rank's slot.
    let slots: [UnsafeMutablePointer<UInt32>]
    let rank: Int
    let capacity: Int
    /// Looks at the generation this often before it sleeps.
    let spins: Int
    private(set) var round: UInt32 = 0

    /// Words of one rank's slot for packets of up to `capacity` words.
    static func words(capacity: Int) -> Int { barrierWords + 2 * (headerWords + roundedToLine(capacity)) }

    private static func roundedToLine(_ words: Int) -> Int { (words + 15) / 16 * 16 }

    /// - Parameters:
    ///   - slots: `[ranks]`, each of ``words(capacity:)`` words, zeroed.
    ///   - oversubscribed: More ranks than processors on this host: sleep at once.
    init(slots: [UnsafeMutablePointer<UInt32>], rank: Int, capacity: Int, oversubscribed: Bool) {
        self.slots = slots
        self.rank = rank
        self.capacity = capacity
        spins = oversubscribed ? 1 : 20_000
    }

    private func half(_ owner: Int) -> UnsafeMutablePointer<UInt32> {
        let size = Self.headerWords + Self.roundedToLine(capacity)
        return slots[owner] + Self.barrierWords + Int(round & 1) * size
    }

    var outbox: UnsafeMutablePointer<UInt32> { half(rank) + Self.headerWords }

    func inbox(from owner: Int) -> UnsafeBufferPointer<UInt32> {
        // The round has been advanced by `complete`: what was published lies in the other half.
        let size = Self.headerWords + Self.roundedToLine(capacity)
        let half = slots[owner] + Self.barrierWords + Int((round &- 1) & 1) * size
        return UnsafeBufferPointer(start: half + Self.headerWords, count: Int(half[0]))
    }

    func publish(count: Int) {
        precondition(count <= capacity, "more words published than the exchange was planned for")
        half(rank)[0] = UInt32(count)
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

    /// Waits for the last to arrive: in the open first, then asleep, so that a rank that has its work still to do gets the
    /// processor.
    private func waitForAll() {
        let target = round &+ 1
        var looks = 0
        while true {
            let seen = cintrinsics_load_acquire(generation)
            guard Int32(bitPattern: seen &- target) < 0 else { return }
            looks += 1
            if looks < spins {
                cintrinsics_pause()
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
