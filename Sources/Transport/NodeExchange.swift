// The exchange of ranks on several hosts: one message for each pair of hosts that has anything to say.
//
// Ranks write their packets into a window that the ranks of their host share, double-buffered as in `SharedSlots`. When all of a
// host have arrived, its first rank, the leader, sends each other host one message with the outboxes of those of its ranks
// that somebody there reads:
//
//     count, words…     of each such rank, ranks ascending
//
// What comes from the other hosts it receives straight into the window, where the ranks of its host read it in place, and then
// opens the barrier for them. So a packet that several ranks of a host need crosses the network once, and with h hosts of r
// ranks there are up to h (h − 1) messages in place of h (h − 1) r².

import CIntrinsics
import CMPI
internal import Diagnostics
import Foundation

/// Packets between ranks of several hosts, through shared windows and the hosts' leaders.
final class NodeExchange: PacketExchange {
    let kind = "shared windows, a message per pair of hosts"

    /// Another host: which of its ranks some rank here reads, and which ranks here some rank there reads.
    private struct Peer {
        var leader: Int32
        /// World ranks of the other host, ascending.
        var incoming: [Int]
        /// Places on this host, ascending.
        var outgoing: [Int]
        /// Words of the window where its messages are received, from the start of a half.
        var offset = 0

        func words(capacity: Int) -> Int { incoming.count * (1 + capacity) }
    }

    private static let lineWords = 16

    private let rank: Int
    private let capacity: Int
    /// World ranks of this host, ascending; the first is the leader.
    private let members: [Int]
    private let place: Int
    private let peers: [Peer]
    private let window: SharedWindow
    /// The leader's: messages being put together, by peer.
    private let outgoing: [UnsafeMutablePointer<UInt32>]
    private var requests: [MPI_Request?]
    private var statuses: [MPI_Status]
    private let spins: Int
    /// Words of a half that other hosts' messages take.
    private let foreignWords: Int
    private var round: UInt32 = 0
    /// Where the words of each rank that may be read lie in this round.
    private var inboxes: [Int: UnsafeBufferPointer<UInt32>] = [:]

    /// Sets up the windows; entered by all ranks.
    ///
    /// - Parameters:
    ///   - host: The ranks of this host, numbered as in the world.
    ///   - oversubscribed: More ranks than processors on this host.
    init(rank: Int, plan: ExchangePlan, host: MPI_Comm?, oversubscribed: Bool) throws(Failure) {
        self.rank = rank
        capacity = plan.capacity
        spins = oversubscribed ? 1 : 2000
        members = try Self.gather([Int32(rank)], host).map { Int($0[0]) }
        place = members.firstIndex(of: rank) ?? 0
        let leaders = try Self.gather([Int32(members[0])], cmpi_comm_world()).map { $0[0] }
        let sources = try Self.gather(plan.sources.map(Int32.init), host)
        let destinations = try Self.gather(plan.destinations.map(Int32.init), host)

        var incoming: [Int32: Set<Int>] = [:]
        for source in Set(sources.joined()) where leaders[Int(source)] != leaders[rank] {
            incoming[leaders[Int(source)], default: []].insert(Int(source))
        }
        var outgoingPlaces: [Int32: Set<Int>] = [:]
        for (member, list) in destinations.enumerated() {
            for destination in list where leaders[Int(destination)] != leaders[rank] {
                outgoingPlaces[leaders[Int(destination)], default: []].insert(member)
            }
        }
        var peers: [Peer] = []
        var words = 0
        for leader in Set(incoming.keys).union(outgoingPlaces.keys).sorted() {
            var peer = Peer(
                leader: leader, incoming: (incoming[leader] ?? []).sorted(),
                outgoing: (outgoingPlaces[leader] ?? []).sorted())
            peer.offset = words
            words += Self.rounded(peer.words(capacity: capacity))
            peers.append(peer)
        }
        self.peers = peers
        let isLeader = place == 0
        // The leader's part also holds the barrier and what other hosts send.
        let own = 2 * (Self.lineWords + Self.rounded(capacity))
        window = try SharedWindow(
            words: own + (isLeader ? 2 * Self.lineWords + 2 * words : 0), ranks: members.count, host)
        outgoing =
            isLeader
            ? peers.map { .allocate(capacity: max(1, $0.outgoing.count * (1 + plan.capacity))) } : []
        requests = Array(repeating: cmpi_request_null(), count: 2 * peers.count)
        statuses = Array(repeating: MPI_Status(), count: 2 * peers.count)
        foreignWords = words
    }

    deinit { for buffer in outgoing { buffer.deallocate() } }

    /// The `Int32`s of every rank of a communicator, on every rank of it.
    private static func gather(_ values: [Int32], _ ranks: MPI_Comm?) throws(Failure) -> [[Int32]] {
        var size: Int32 = 0
        try check(MPI_Comm_size(ranks, &size), "MPI_Comm_size")
        var count = Int32(values.count)
        var counts = [Int32](repeating: 0, count: Int(size))
        try check(MPI_Allgather(&count, 1, cmpi_uint32(), &counts, 1, cmpi_uint32(), ranks), "MPI_Allgather")
        var offsets = [Int32](repeating: 0, count: Int(size))
        for i in 1..<max(1, Int(size)) { offsets[i] = offsets[i - 1] + counts[i - 1] }
        let total = counts.reduce(0) { $0 + Int($1) }
        var all = [Int32](repeating: 0, count: total)
        try check(
            MPI_Allgatherv(values, count, cmpi_uint32(), &all, counts, offsets, cmpi_uint32(), ranks),
            "MPI_Allgatherv")
        return (0..<Int(size)).map { Array(all[Int(offsets[$0])..<Int(offsets[$0] + counts[$0])]) }
    }

    private static func rounded(_ words: Int) -> Int { (words + lineWords - 1) / lineWords * lineWords }

    /// A member's half of this round: its count, and its packets a line further on.
    private func half(_ member: Int) -> UnsafeMutablePointer<UInt32> {
        let barrier = member == 0 ? 2 * Self.lineWords : 0
        return window.slots[member] + barrier + Int(round & 1) * (Self.lineWords + Self.rounded(capacity))
    }

    /// Where this round's message of a peer is received.
    private func foreign(_ peer: Peer) -> UnsafeMutablePointer<UInt32> {
        window.slots[0] + 2 * Self.lineWords + 2 * (Self.lineWords + Self.rounded(capacity))
            + Int(round & 1) * foreignWords + peer.offset
    }

    var outbox: UnsafeMutablePointer<UInt32> { half(place) + Self.lineWords }

    func publish(count: Int) throws(Failure) {
        precondition(count <= capacity, "more words published than the exchange was planned for")
        half(place)[0] = UInt32(count)
        if place == 0 {
            for (i, peer) in peers.enumerated() where !peer.incoming.isEmpty {
                try check(
                    MPI_Irecv(
                        foreign(peer), Int32(peer.words(capacity: capacity)), cmpi_uint32(), peer.leader, 3,
                        cmpi_comm_world(), &requests[i]), "MPI_Irecv")
            }
        }
        _ = cintrinsics_fetch_add(window.slots[0], 1)
    }

    func complete() throws(Failure) {
        let arrivals = window.slots[0]
        let opened = window.slots[0] + Self.lineWords
        if place == 0 {
            wait(for: (round &+ 1) &* UInt32(members.count), at: arrivals)
            try exchangeWithPeers()
            cintrinsics_store_release(opened, round &+ 1)
        } else {
            wait(for: round &+ 1, at: opened)
        }
        for (member, rank) in members.enumerated() {
            let half = half(member)
            inboxes[rank] = UnsafeBufferPointer(start: half + Self.lineWords, count: Int(half[0]))
        }
        for peer in peers {
            var at = foreign(peer)
            for rank in peer.incoming {
                inboxes[rank] = UnsafeBufferPointer(start: at + 1, count: Int(at[0]))
                at += 1 + Int(at[0])
            }
        }
        round &+= 1
    }

    /// Sends every peer what it needs of this host, and waits until all has gone and come.
    private func exchangeWithPeers() throws(Failure) {
        for (i, peer) in peers.enumerated() where !peer.outgoing.isEmpty {
            var at = 0
            for member in peer.outgoing {
                let half = half(member)
                let count = Int(half[0])
                outgoing[i][at] = half[0]
                (outgoing[i] + at + 1).update(from: half + Self.lineWords, count: count)
                at += 1 + count
            }
            try check(
                MPI_Isend(
                    outgoing[i], Int32(at), cmpi_uint32(), peer.leader, 3, cmpi_comm_world(),
                    &requests[peers.count + i]), "MPI_Isend")
        }
        var isDone: Int32 = 0
        var looks = 0
        while true {
            try check(MPI_Testall(Int32(requests.count), &requests, &isDone, &statuses), "MPI_Testall")
            if isDone != 0 { return }
            // A look goes through MPI and takes as long as some pauses.
            looks += 1
            if looks * 64 >= spins { sched_yield() }
        }
    }

    private func wait(for target: UInt32, at counter: UnsafeMutablePointer<UInt32>) {
        var looks = 0
        while Int32(bitPattern: cintrinsics_load_acquire(counter) &- target) < 0 {
            looks += 1
            if looks >= spins {
                sched_yield()
                looks = 0
            } else {
                cintrinsics_pause()
            }
        }
    }

    func inbox(from rank: Int) -> UnsafeBufferPointer<UInt32> {
        inboxes[rank] ?? UnsafeBufferPointer(start: nil, count: 0)
    }
}
