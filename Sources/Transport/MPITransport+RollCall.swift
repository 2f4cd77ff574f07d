import CIntrinsics
import CMPI
public import Diagnostics
import Foundation

extension MPITransport {
    /// Seconds that the ranks of a launch may take to answer one another at the start.
    private static let patience = 30.0
    private static let answerTag: Int32 = 90
    private static let verdictTag: Int32 = 91

    /// Sees whether all ranks were started alike, before they do anything collective; every rank of this program calls
    /// it.
    ///
    /// Messages from rank to rank under a time limit, not a collective operation: another program on another rank may
    /// answer with anything or not at all.
    ///
    /// - Parameter arguments: The command line without the program's name.
    /// - Throws: `mpiSetUp` on every rank when any differs.
    public func callRoll(arguments: [String]) throws(Failure) {
        guard size > 1 else { return }
        let environment = ProcessInfo.processInfo.environment
        let mine = RollCall(
            build: Self.build, variables: environment[Self.ranksPerHost].map { ["\(Self.ranksPerHost)=\($0)"] } ?? [],
            arguments: arguments, host: HostName.current
        ).bytes
        if rank == 0 {
            var difference: String?
            for other in 1..<size {
                let answer = try receive(from: other, tag: Self.answerTag)
                difference = difference ?? RollCall.difference(mine, answer, rank: other)
            }
            var verdict = [UInt8](repeating: 0, count: RollCall.size)
            for (place, byte) in (difference ?? "").utf8.prefix(RollCall.size - 1).enumerated() {
                verdict[place] = byte
            }
            for other in 1..<size { try send(verdict, to: other, tag: Self.verdictTag) }
            if let difference { throw agreed(difference) }
        } else {
            try send(mine, to: 0, tag: Self.answerTag)
            let verdict = try receive(from: 0, tag: Self.verdictTag)
            if verdict[0] != 0 { throw agreed(String(decoding: verdict.prefix { $0 != 0 }, as: UTF8.self)) }
        }
    }

    private func agreed(_ message: String) -> Failure {
        hasAgreedOnFailure = true
        return Failure(.mpiSetUp, message)
    }

    private func send(_ bytes: [UInt8], to other: Int, tag: Int32) throws(Failure) {
        let code = bytes.withUnsafeBytes {
            MPI_Send($0.baseAddress, Int32($0.count), cmpi_byte(), Int32(other), tag, cmpi_comm_world())
        }
        try check(code, "MPI_Send")
    }

    private func receive(from other: Int, tag: Int32) throws(Failure) -> [UInt8] {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: RollCall.size, alignment: 16)
        buffer.initializeMemory(as: UInt8.self, repeating: 0, count: RollCall.size)
        var request: MPI_Request? = cmpi_request_null()
        try check(
            MPI_Irecv(
                buffer, Int32(RollCall.size), cmpi_byte(), Int32(other), tag, cmpi_comm_world(), &request), "MPI_Irecv")
        var isDone: Int32 = 0
        var watch = Stopwatch()
        var waited = 0.0
        while true {
            try check(MPI_Test(&request, &isDone, cmpi_status_ignore()), "MPI_Test")
            if isDone != 0 { break }
            waited += watch.lap()
            // The buffer stays MPI's: the launch ends with this failure.
            guard waited < Self.patience else {
                throw Failure(
                    .mpiSetUp,
                    "rank \(rank) waited \(Int(Self.patience)) s for rank \(other), which does not run this program, "
                        + "or another version of it; start all ranks of a launch with the same program")
            }
            usleep(waited < 0.05 ? 50 : 1000)
        }
        defer { buffer.deallocate() }
        return Array(UnsafeRawBufferPointer(start: buffer, count: RollCall.size))
    }

    /// Identifies the code of this program: what the linker computed of it.
    private static var build: String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = Int(cintrinsics_build_id(&bytes, Int32(bytes.count)))
        return bytes.prefix(max(0, count)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
