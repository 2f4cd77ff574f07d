import CMPI
internal import Diagnostics

/// An exchange by non-blocking sends between the ranks that need each other's packets.
///
/// A message is its length in words, itself included, and the packets; it goes in chunks whose size both ends know, see
/// ``MessageChunk``.
final class NeighbourExchange: PacketExchange {
    let kind = "neighbour sends"

    /// What one other rank sends here.
    private struct Source {
        let rank: Int
        var chunk: MessageChunk
        var message: UnsafeMutablePointer<UInt32>
        /// Words there is room for.
        var room: Int

        var length: Int { Int(message[0]) }

        /// Makes room for `words`, keeping the first `kept`.
        mutating func resize(_ words: Int, keeping kept: Int) {
            let other = UnsafeMutablePointer<UInt32>.allocate(capacity: words)
            other.update(from: message, count: kept)
            message.deallocate()
            message = other
            room = words
        }
    }

    private let rank: Int
    private let plan: ExchangePlan
    private let message: UnsafeMutablePointer<UInt32>
    /// Of what this rank sends: all destinations get the same, and see the same lengths.
    private var chunk: MessageChunk
    private let sources: UnsafeMutableBufferPointer<Source>
    /// Receives of first parts and of rests by source, then sends of both by destination.
    private let requests: UnsafeMutablePointer<MPI_Request?>
    private var requestCount: Int { 2 * (plan.sources.count + plan.destinations.count) }

    init(rank: Int, plan: ExchangePlan) {
        self.rank = rank
        self.plan = plan
        message = .allocate(capacity: 1 + plan.capacity)
        message[0] = 1
        let chunk = MessageChunk(most: 1 + plan.capacity)
        self.chunk = chunk
        sources = .allocate(capacity: plan.sources.count)
        _ = sources.initialize(
            from: plan.sources.map {
                let message = UnsafeMutablePointer<UInt32>.allocate(capacity: chunk.words)
                message.initialize(repeating: 0, count: chunk.words)
                return Source(rank: $0, chunk: chunk, message: message, room: chunk.words)
            })
        let requestCount = 2 * (plan.sources.count + plan.destinations.count)
        requests = .allocate(capacity: max(1, requestCount))
        requests.initialize(repeating: cmpi_request_null(), count: max(1, requestCount))
    }

    deinit {
        message.deallocate()
        for source in sources { source.message.deallocate() }
        sources.deallocate()
        requests.deallocate()
    }

    var outbox: UnsafeMutablePointer<UInt32> { message + 1 }
    var chunks: ChunkUse? { ChunkUse(sources.lazy.map(\.chunk)) }

    func publish(count: Int) throws(Failure) {
        precondition(count <= plan.capacity, "more words published than the exchange was planned for")
        let length = 1 + count
        message[0] = UInt32(length)
        for i in sources.indices {
            // What was read of the last round is no longer needed.
            if sources[i].room != sources[i].chunk.words { sources[i].resize(sources[i].chunk.words, keeping: 0) }
            try receive(i, from: 0, to: sources[i].chunk.words, requests + i)
        }
        let sends = requests + 2 * sources.count
        for (i, destination) in plan.destinations.enumerated() {
            try send(from: 0, to: min(length, chunk.words), destination, sends + i)
            if length > chunk.words {
                try send(from: chunk.words, to: length, destination, sends + plan.destinations.count + i)
            }
        }
        chunk.adapt(to: length)
    }

    func complete() throws(Failure) {
        // Rests are received before anybody waits for their being sent.
        try check(MPI_Waitall(Int32(sources.count), requests, cmpi_statuses_ignore()), "MPI_Waitall")
        for i in sources.indices {
            let first = sources[i].chunk.words
            let length = sources[i].length
            sources[i].chunk.adapt(to: length)
            guard length > first else { continue }
            sources[i].resize(sources[i].chunk.words, keeping: first)
            try receive(i, from: first, to: length, requests + sources.count + i)
        }
        try check(MPI_Waitall(Int32(requestCount), requests, cmpi_statuses_ignore()), "MPI_Waitall")
    }

    private func receive(
        _ source: Int, from start: Int, to end: Int, _ request: UnsafeMutablePointer<MPI_Request?>
    ) throws(Failure) {
        try check(
            MPI_Irecv(
                sources[source].message + start, Int32(end - start), cmpi_uint32(), Int32(sources[source].rank), 1,
                cmpi_comm_world(), request), "MPI_Irecv")
    }

    private func send(
        from start: Int, to end: Int, _ destination: Int, _ request: UnsafeMutablePointer<MPI_Request?>
    ) throws(Failure) {
        try check(
            MPI_Isend(
                message + start, Int32(end - start), cmpi_uint32(), Int32(destination), 1, cmpi_comm_world(), request),
            "MPI_Isend")
    }

    func inbox(from rank: Int) -> UnsafeBufferPointer<UInt32> {
        if rank == self.rank { return UnsafeBufferPointer(start: outbox, count: Int(message[0]) - 1) }
        // Sources ascend.
        var (low, high) = (0, sources.count)
        while low < high {
            let middle = (low + high) / 2
            if sources[middle].rank < rank { low = middle + 1 } else { high = middle }
        }
        guard low < sources.count, sources[low].rank == rank else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        return UnsafeBufferPointer(start: sources[low].message + 1, count: sources[low].length - 1)
    }
}
