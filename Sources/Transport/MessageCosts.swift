import CMPI
public import Diagnostics
import Glibc

/// What messages between two ranks cost, in the terms of LogGP, and what operations of all ranks cost.
///
/// - Source: Alexandrov, Ionescu, Schauser, Scheiman, LogGP, 1995.
public struct MessageCosts: Sendable, Codable {
    /// Seconds a short message is on its way, without the processors' parts.
    public var latency = 0.0
    /// Seconds a processor is busy with sending, and with receiving, a short message.
    public var sendOverhead = 0.0
    public var receiveOverhead = 0.0
    /// Seconds between short messages sent in a row.
    public var gap = 0.0
    /// Seconds for each further byte of a long message.
    public var gapPerByte = 0.0
    /// Bytes of the messages that went to and fro, and seconds one way.
    public var bytes: [Int] = []
    public var oneWay: [Double] = []
    /// Seconds of operations of all ranks.
    public var barrier = 0.0
    public var reduction = 0.0

    public init() {}
}

extension MPITransport {
    /// Measures messages between rank 0 and the last rank, and operations of all; entered by all ranks.
    ///
    /// Each figure is the least of several batches: what the machine costs, not what else it was doing.
    ///
    /// - Throws: `mpiSetUp` for fewer than two ranks.
    public func measureMessages() throws(Failure) -> MessageCosts {
        guard size > 1 else { throw Failure(.mpiSetUp, "messages need two ranks: start this with --ranks 2 or mpirun") }
        var costs = MessageCosts()
        for exponent in 0...20 {
            let bytes = 1 << exponent
            costs.bytes.append(bytes)
            costs.oneWay.append(
                try least(batches: 10) { () throws(Failure) in
                    try roundTrips(bytes, count: bytes < 16384 ? 200 : 20) / 2
                })
        }
        costs.sendOverhead = try least(batches: 10) { () throws(Failure) in try burst(200).posting }
        costs.gap = try least(batches: 10) { () throws(Failure) in try burst(200).total }
        costs.receiveOverhead = try least(batches: 20) { () throws(Failure) in try lateReceive() }
        costs.latency = max(0, costs.oneWay[3] - costs.sendOverhead - costs.receiveOverhead)
        // A line through the long messages.
        let long = costs.bytes.indices.filter { costs.bytes[$0] >= 1 << 16 }
        let (x, y) = (long.map { Double(costs.bytes[$0]) }, long.map { costs.oneWay[$0] })
        let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        costs.gapPerByte =
            zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) } / x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
        costs.barrier = try least(batches: 10) { () throws(Failure) in
            try timed(50) { () throws(Failure) in try barrier() }
        }
        costs.reduction = try least(batches: 10) { () throws(Failure) in
            try timed(50) { () throws(Failure) in _ = try reduce([1], .maximum) }
        }
        return costs
    }

    private var last: Int { size - 1 }

    private func least(batches: Int, _ body: () throws(Failure) -> Double) throws(Failure) -> Double {
        var result = Double.infinity
        for _ in 0..<batches {
            try barrier()
            result = min(result, try body())
        }
        return result
    }

    /// Seconds of one of `count` calls.
    private func timed(_ count: Int, _ body: () throws(Failure) -> Void) throws(Failure) -> Double {
        let start = MPI_Wtime()
        for _ in 0..<count { try body() }
        return (MPI_Wtime() - start) / Double(count)
    }

    /// Seconds of a message to the last rank and back; meaningful on rank 0.
    private func roundTrips(_ bytes: Int, count: Int) throws(Failure) -> Double {
        var buffer = [UInt8](repeating: 0, count: bytes)
        guard rank == 0 || rank == last else { return 0 }
        return try timed(count) { () throws(Failure) in
            if rank == 0 {
                try send(&buffer, to: last)
                try receive(&buffer, from: last)
            } else {
                try receive(&buffer, from: 0)
                try send(&buffer, to: 0)
            }
        }
    }

    /// Seconds a message takes rank 0 to post, and until a burst of them has arrived, each divided by their number.
    private func burst(_ count: Int) throws(Failure) -> (posting: Double, total: Double) {
        var buffer = [UInt8](repeating: 0, count: 8)
        guard rank == 0 || rank == last else { return (0, 0) }
        let start = MPI_Wtime()
        var posting = 0.0
        for _ in 0..<count { try rank == 0 ? send(&buffer, to: last) : receive(&buffer, from: 0) }
        posting = MPI_Wtime() - start
        try rank == 0 ? receive(&buffer, from: last) : send(&buffer, to: 0)
        return (posting / Double(count), (MPI_Wtime() - start) / Double(count))
    }

    /// Seconds it takes rank 0 to receive a short message that is already there.
    private func lateReceive() throws(Failure) -> Double {
        var buffer = [UInt8](repeating: 0, count: 8)
        guard rank == 0 || rank == last else { return 0 }
        let count = 16
        if rank == last {
            for _ in 0..<count { try send(&buffer, to: 0) }
            return 0
        }
        usleep(2000)
        // The first call also takes in what the network holds.
        try receive(&buffer, from: last)
        return try timed(count - 1) { () throws(Failure) in try receive(&buffer, from: last) }
    }

    private func send(_ buffer: inout [UInt8], to other: Int) throws(Failure) {
        let count = Int32(buffer.count)
        let code = buffer.withUnsafeMutableBytes {
            MPI_Send($0.baseAddress, count, cmpi_byte(), Int32(other), 2, cmpi_comm_world())
        }
        try check(code, "MPI_Send")
    }

    private func receive(_ buffer: inout [UInt8], from other: Int) throws(Failure) {
        let count = Int32(buffer.count)
        var status = MPI_Status()
        let code = buffer.withUnsafeMutableBytes {
            MPI_Recv($0.baseAddress, count, cmpi_byte(), Int32(other), 2, cmpi_comm_world(), &status)
        }
        try check(code, "MPI_Recv")
    }
}
