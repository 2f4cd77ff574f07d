// The exchange of ranks on several hosts: one message for each pair of hosts that has anything to say.
//
// Ranks write their packets into a window that the ranks of their host share, double-buffered as in `SharedSlots`. When
// all of a host have arrived, its first rank, the leader, sends each other host one message with the outboxes of those
// of its ranks that somebody there reads:
//
//     length            of the message in words, itself included
//     count, words…     of each such rank, ranks ascending
//
// What comes from the other hosts it receives straight into the window, where the ranks of its host read it in place,
// and then opens the barrier for them. So a packet that several ranks of a host need crosses the network once, and with
// h hosts of r ranks there are up to h (h − 1) messages in place of h (h − 1) r².
//
// Messages go in chunks whose size both leaders know (`MessageChunk`); a longer one's rest lands behind its first part.
// For that the window has addresses for the longest messages there can be, since ranks that read in place cannot be
// moved elsewhere; memory it takes only where something was written. The leader's own buffers are as long as its
// messages are.

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
        /// The leader's: what is agreed with the other leader on messages from there and to there.
        var received: MessageChunk
        var sent: MessageChunk
        /// The leader's: the message being put together, and words there is room for.
        var message: UnsafeMutablePointer<UInt32>?
        var room = 0

        init(leader: Int32, incoming: [Int], outgoing: [Int], capacity: Int) {
            self.leader = leader
            self.incoming = incoming
            self.outgoing = outgoing
            received = MessageChunk(most: Self.words(ranks: incoming.count, capacity: capacity))
            sent = MessageChunk(most: Self.words(ranks: outgoing.count, capacity: capacity))
        }

        /// Of the longest message.
        static func words(ranks: Int, capacity: Int) -> Int { 1 + ranks * (1 + capacity) }

        /// Room for a message of `length` words.
        mutating func reserve(_ length: Int) -> UnsafeMutablePointer<UInt32> {
            if let message, length <= room { return message }
            message?.deallocate()
            room = MessageChunk.rounded(length + length / 2)
            let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: room)
            message = larger
            return larger
        }
    }

    private let rank: Int
    private let capacity: Int
    /// World ranks of this host, ascending; the first is the leader.
    private let members: [Int]
    private let place: Int
    private let peers: UnsafeMutableBufferPointer<Peer>
    private let window: SharedWindow
    /// The leader's, by peer: receives of first parts and of rests, then sends of both.
    private let requests: UnsafeMutablePointer<MPI_Request?>
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
                outgoing: (outgoingPlaces[leader] ?? []).sorted(), capacity: capacity)
            peer.offset = words
            words += MessageChunk.rounded(Peer.words(ranks: peer.incoming.count, capacity: capacity))
            peers.append(peer)
        }
        self.peers = .allocate(capacity: peers.count)
        _ = self.peers.initialize(from: peers)
        let isLeader = place == 0
        // The leader's part also holds the barrier and what other hosts send.
        let own = 2 * (MessageChunk.least + MessageChunk.rounded(capacity))
        window = try SharedWindow(
            words: own + (isLeader ? 2 * MessageChunk.least + 2 * words : 0), zeroed: 2 * MessageChunk.least,
            ranks: members.count, host)
        requests = .allocate(capacity: max(1, 4 * peers.count))
        requests.initialize(repeating: cmpi_request_null(), count: max(1, 4 * peers.count))
        foreignWords = words
    }

    deinit {
        for peer in peers { peer.message?.deallocate() }
        peers.deinitialize().deallocate()
        requests.deallocate()
    }

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

    /// A member's half of this round: its count, and its packets a line further on.
    private func half(_ member: Int) -> UnsafeMutablePointer<UInt32> {
        let barrier = member == 0 ? 2 * MessageChunk.least : 0
        return window.slots[member] + barrier + Int(round & 1) * (MessageChunk.least + MessageChunk.rounded(capacity))
    }

    /// Where this round's message of a peer is received.
    private func foreign(_ peer: Peer) -> UnsafeMutablePointer<UInt32> {
        window.slots[0] + 2 * MessageChunk.least + 2 * (MessageChunk.least + MessageChunk.rounded(capacity))
            + Int(round & 1) * foreignWords + peer.offset
    }

    var outbox: UnsafeMutablePointer<UInt32> { half(place) + MessageChunk.least }
    var chunks: ChunkUse? { ChunkUse(peers.lazy.filter { !$0.incoming.isEmpty }.map(\.received)) }

    func publish(count: Int) throws(Failure) {
        precondition(count <= capacity, "more words published than the exchange was planned for")
        half(place)[0] = UInt32(count)
        if place == 0 {
            for i in peers.indices where !peers[i].incoming.isEmpty {
                try receive(i, from: 0, to: peers[i].received.words, requests + i)
            }
        }
        _ = cintrinsics_fetch_add(window.slots[0], 1)
    }

    func complete() throws(Failure) {
        let arrivals = window.slots[0]
        let opened = window.slots[0] + MessageChunk.least
        if place == 0 {
            wait(for: (round &+ 1) &* UInt32(members.count), at: arrivals)
            try exchangeWithPeers()
            cintrinsics_store_release(opened, round &+ 1)
        } else {
            wait(for: round &+ 1, at: opened)
        }
        for (member, rank) in members.enumerated() {
            let half = half(member)
            inboxes[rank] = UnsafeBufferPointer(start: half + MessageChunk.least, count: Int(half[0]))
        }
        for peer in peers where !peer.incoming.isEmpty {
            var at = foreign(peer) + 1
            for rank in peer.incoming {
                inboxes[rank] = UnsafeBufferPointer(start: at + 1, count: Int(at[0]))
                at += 1 + Int(at[0])
            }
        }
        round &+= 1
    }

    /// Sends every peer what it needs of this host, and waits until all has gone and come.
    private func exchangeWithPeers() throws(Failure) {
        for i in peers.indices where !peers[i].outgoing.isEmpty { try send(i) }
        // Rests are received before anybody waits for their being sent.
        try wait(requests, count: peers.count)
        for i in peers.indices where !peers[i].incoming.isEmpty {
            let first = peers[i].received.words
            let length = Int(foreign(peers[i])[0])
            peers[i].received.adapt(to: length)
            if length > first { try receive(i, from: first, to: length, requests + peers.count + i) }
        }
        try wait(requests, count: 4 * peers.count)
    }

    /// Puts together what a peer needs of this host and begins to send it.
    private func send(_ i: Int) throws(Failure) {
        let length = peers[i].outgoing.reduce(1) { $0 + 1 + Int(half($1)[0]) }
        let message = peers[i].reserve(length)
        message[0] = UInt32(length)
        var at = 1
        for member in peers[i].outgoing {
            let half = half(member)
            let count = Int(half[0])
            message[at] = half[0]
            (message + at + 1).update(from: half + MessageChunk.least, count: count)
            at += 1 + count
        }
        let first = min(length, peers[i].sent.words)
        peers[i].sent.adapt(to: length)
        for (start, end, kind) in [(0, first, 2), (first, length, 3)] where start < end {
            try check(
                MPI_Isend(
                    message + start, Int32(end - start), cmpi_uint32(), peers[i].leader, 3, cmpi_comm_world(),
                    requests + kind * peers.count + i), "MPI_Isend")
        }
    }

    private func receive(
        _ i: Int, from start: Int, to end: Int, _ request: UnsafeMutablePointer<MPI_Request?>
    ) throws(Failure) {
        try check(
            MPI_Irecv(
                foreign(peers[i]) + start, Int32(end - start), cmpi_uint32(), peers[i].leader, 3, cmpi_comm_world(),
                request), "MPI_Irecv")
    }

    /// Waits until `count` requests are done, and lets others have the processor now and then.
    private func wait(_ requests: UnsafeMutablePointer<MPI_Request?>, count: Int) throws(Failure) {
        var isDone: Int32 = 0
        var looks = 0
        while true {
            try check(MPI_Testall(Int32(count), requests, &isDone, cmpi_statuses_ignore()), "MPI_Testall")
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
