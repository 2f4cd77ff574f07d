import CMPI
public import Diagnostics
import Foundation

/// Ranks as MPI processes.
///
/// Inside one host packets go through a shared-memory window with a barrier that yields; between hosts in one
/// message for each pair of hosts.
public final class MPITransport: Transport {
    public let rank: Int
    public let size: Int
    public private(set) var hosts = 1
    public var hasAgreedOnFailure = false
    private var ranksOnHost = 1
    /// The ranks of this host.
    private var host: MPI_Comm?

    /// Environment variable that makes so many ranks a host each, however many there are: for trying on one machine
    /// what happens between hosts.
    public static let ranksPerHost = "SPINNSIM_RANKS_PER_HOST"

    /// Initialises MPI; next come ``callRoll(arguments:)`` and ``findHosts()``, and ``finalize()`` before the process
    /// ends.
    ///
    /// - Throws: `mpiSetUp` when MPI fails, or when the launcher started several processes that do not see each other.
    public init() throws(Failure) {
        var provided: Int32 = 0
        // MPI waits for every process of the launch, for ever where one does not run an MPI program.
        signal(SIGALRM) { _ in
            let text: StaticString =
                """
                error: MPI has waited two minutes for the other processes of this launch; do all of them run this \
                program?

                """
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            _exit(ExitCode.mpiSetUp.rawValue)
        }
        alarm(120)
        try check(MPI_Init_thread(nil, nil, Int32(MPI_THREAD_FUNNELED), &provided), "MPI_Init_thread")
        alarm(0)
        signal(SIGALRM, SIG_DFL)
        try check(MPI_Comm_set_errhandler(cmpi_comm_world(), cmpi_errors_return()), "MPI_Comm_set_errhandler")
        var rank: Int32 = 0
        var size: Int32 = 0
        try check(MPI_Comm_rank(cmpi_comm_world(), &rank), "MPI_Comm_rank")
        try check(MPI_Comm_size(cmpi_comm_world(), &size), "MPI_Comm_size")
        self.rank = Int(rank)
        self.size = Int(size)

        let environment = ProcessInfo.processInfo.environment
        let launched = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"].compactMap { environment[$0].flatMap(Int.init) }.max() ?? 1
        if launched > 1 && size == 1 {
            throw Failure(
                .mpiSetUp,
                """
                \(launched) processes were started, but each is alone in its MPI world: the launcher belongs to \
                another MPI than this program (Open MPI); use Open MPI's mpirun, or without any launcher remove its \
                variables \
                (OMPI_COMM_WORLD_SIZE, PMI_SIZE) from the environment
                """)
        }
    }

    /// Finds out which ranks share a host; collective, before any exchange is made.
    ///
    /// - Throws: `mpiSetUp` when MPI fails.
    public func findHosts() throws(Failure) {
        let environment = ProcessInfo.processInfo.environment
        var node: MPI_Comm? = cmpi_comm_null()
        try check(
            MPI_Comm_split_type(cmpi_comm_world(), cmpi_type_shared(), Int32(rank), cmpi_info_null(), &node),
            "MPI_Comm_split_type")
        var nodeRank: Int32 = 0
        var nodeSize: Int32 = 0
        if let most = environment[Self.ranksPerHost].flatMap(Int32.init), most > 0 {
            try check(MPI_Comm_rank(node, &nodeRank), "MPI_Comm_rank")
            var part: MPI_Comm? = cmpi_comm_null()
            try check(MPI_Comm_split(node, nodeRank / most, nodeRank, &part), "MPI_Comm_split")
            try check(MPI_Comm_free(&node), "MPI_Comm_free")
            node = part
        }
        try check(MPI_Comm_rank(node, &nodeRank), "MPI_Comm_rank")
        try check(MPI_Comm_size(node, &nodeSize), "MPI_Comm_size")
        host = node
        ranksOnHost = Int(nodeSize)
        var first: Int64 = nodeRank == 0 ? 1 : 0
        var total: Int64 = 0
        try check(
            MPI_Allreduce(&first, &total, 1, cmpi_int64(), cmpi_sum(), cmpi_comm_world()), "MPI_Allreduce")
        hosts = Int(total)
    }

    /// Ends MPI; every rank calls it.
    public func finalize() { _ = MPI_Finalize() }

    /// Ends the whole job at once, for a failure that leaves no way to tell the others.
    public static func abort(_ code: ExitCode) { _ = MPI_Abort(cmpi_comm_world(), code.rawValue) }

    /// The MPI library's own name and version.
    public static var libraryVersion: String {
        var text = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING))
        var length: Int32 = 0
        guard MPI_Get_library_version(&text, &length) == MPI_SUCCESS else { return "unknown" }
        let full = String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return full.split(separator: ",").first.map(String.init) ?? full
    }

    public func barrier() throws(Failure) { try check(MPI_Barrier(cmpi_comm_world()), "MPI_Barrier") }

    public func broadcast(_ bytes: [UInt8], root: Int) throws(Failure) -> [UInt8] {
        var count = Int64(bytes.count)
        try check(MPI_Bcast(&count, 1, cmpi_int64(), Int32(root), cmpi_comm_world()), "MPI_Bcast")
        var buffer = rank == root ? bytes : [UInt8](repeating: 0, count: Int(count))
        var offset = 0
        while offset < Int(count) {
            // MPI counts are 32-bit.
            let chunk = min(Int(count) - offset, 1 << 30)
            let code = buffer.withUnsafeMutableBytes {
                MPI_Bcast($0.baseAddress.map { $0 + offset }, Int32(chunk), cmpi_byte(), Int32(root), cmpi_comm_world())
            }
            try check(code, "MPI_Bcast")
            offset += chunk
        }
        return buffer
    }

    /// Bytes that travel with the number of bytes.
    private static let bytesAtOnce = 1016

    public func awaitBroadcast(_ bytes: [UInt8], root: Int) throws(Failure) -> [UInt8] {
        let head = UnsafeMutableRawBufferPointer.allocate(byteCount: 8 + Self.bytesAtOnce, alignment: 8)
        defer { head.deallocate() }
        head.initializeMemory(as: UInt8.self, repeating: 0)
        if rank == root {
            head.storeBytes(of: Int64(bytes.count), as: Int64.self)
            UnsafeMutableRawBufferPointer(rebasing: head[8...]).copyBytes(from: bytes.prefix(Self.bytesAtOnce))
        }
        var request: MPI_Request?
        try check(
            MPI_Ibcast(head.baseAddress, Int32(head.count), cmpi_byte(), Int32(root), cmpi_comm_world(), &request),
            "MPI_Ibcast")
        var isDone: Int32 = 0
        var looks = 0
        while true {
            try check(MPI_Test(&request, &isDone, cmpi_status_ignore()), "MPI_Test")
            if isDone != 0 { break }
            looks += 1
            // What follows a moment ago comes soon; what does not may take hours.
            if looks < 100 { sched_yield() } else { usleep(UInt32(min(2000, 50 + 10 * (looks - 100)))) }
        }
        let count = Int(head.load(as: Int64.self))
        guard count > Self.bytesAtOnce else { return Array(head[8..<(8 + count)]) }
        return try broadcast(bytes, root: root)
    }

    public func gather(_ bytes: [UInt8]) throws(Failure) -> [[UInt8]] {
        var count = Int32(clamping: bytes.count)
        var counts = [Int32](repeating: 0, count: size)
        try check(
            MPI_Gather(&count, 1, cmpi_uint32(), &counts, 1, cmpi_uint32(), 0, cmpi_comm_world()), "MPI_Gather")
        var offsets = [Int32](repeating: 0, count: size)
        var total = 0
        for i in 0..<size {
            offsets[i] = Int32(clamping: total)
            total += Int(counts[i])
        }
        guard total <= Int(Int32.max) else {
            throw Failure(.bug, "more than 2 GiB gathered on rank 0 at once (\(total) bytes)")
        }
        var all = [UInt8](repeating: 0, count: rank == 0 ? total : 0)
        let code = bytes.withUnsafeBytes { source in
            all.withUnsafeMutableBytes { target in
                MPI_Gatherv(
                    source.baseAddress, count, cmpi_byte(), target.baseAddress, counts, offsets, cmpi_byte(), 0,
                    cmpi_comm_world())
            }
        }
        try check(code, "MPI_Gatherv")
        guard rank == 0 else { return [] }
        return (0..<size).map { Array(all[Int(offsets[$0])..<(Int(offsets[$0]) + Int(counts[$0]))]) }
    }

    public func reduce(_ values: [Int64], _ operation: Reduction) throws(Failure) -> [Int64] {
        var result = values
        let op: MPI_Op? =
            switch operation {
            case .sum: cmpi_sum()
            case .minimum: cmpi_min()
            case .maximum: cmpi_max()
            }
        let code = values.withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                MPI_Allreduce(
                    source.baseAddress, target.baseAddress, Int32(values.count), cmpi_int64(), op, cmpi_comm_world())
            }
        }
        try check(code, "MPI_Allreduce")
        return result
    }

    public func makeExchange(_ plan: ExchangePlan) throws(Failure) -> any PacketExchange {
        if plan.mode == .window && hosts > 1 {
            // All ranks find so.
            hasAgreedOnFailure = true
            throw Failure(
                .mpiSetUp, "the ranks are on \(hosts) hosts, which share no memory: leave --exchange at auto")
        }
        if plan.mode == .messages { return NeighbourExchange(rank: rank, plan: plan) }
        let isOversubscribed = ranksOnHost > ProcessInfo.processInfo.activeProcessorCount
        if hosts > 1 {
            return try NodeExchange(rank: rank, plan: plan, host: host, oversubscribed: isOversubscribed)
        }
        let words = SharedSlots.words(of: rank, ranks: size, capacity: plan.capacity)
        let window = try SharedWindow(words: words, zeroed: words, ranks: size, cmpi_comm_world())
        return SharedMemoryExchange(
            kind: "shared window",
            slots: SharedSlots(
                slots: window.slots, rank: rank, capacity: plan.capacity, oversubscribed: isOversubscribed),
            owner: window)
    }
}

/// Throws when an MPI call did not succeed, with MPI's own words.
func check(_ code: Int32, _ function: String) throws(Failure) {
    guard code != MPI_SUCCESS else { return }
    var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
    var length: Int32 = 0
    _ = MPI_Error_string(code, &text, &length)
    let words = String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    throw Failure(.mpiSetUp, "\(function): \(words)")
}

/// Memory shared by ranks of one host, one slot a rank.
///
/// The window lives until the process ends: freeing it is collective, and an error may have taken other ranks
/// elsewhere.
final class SharedWindow {
    let slots: [UnsafeMutablePointer<UInt32>]

    /// - Parameters:
    ///   - words: Of this rank's slot.
    ///   - zeroed: The first of these that are set to zero; the others take no memory before they are written.
    ///   - ranks: Number of ranks of `communicator`, all on one host; all enter.
    init(words: Int, zeroed: Int, ranks: Int, _ communicator: MPI_Comm?) throws(Failure) {
        var info: MPI_Info?
        try check(MPI_Info_create(&info), "MPI_Info_create")
        try check(MPI_Info_set(info, "alloc_shared_noncontig", "true"), "MPI_Info_set")
        var base: UnsafeMutableRawPointer?
        var window: MPI_Win?
        let code = withUnsafeMutableBytes(of: &base) {
            MPI_Win_allocate_shared(
                words * 4, 4, info, communicator, $0.baseAddress, &window)
        }
        try check(code, "MPI_Win_allocate_shared")
        _ = MPI_Info_free(&info)
        base?.initializeMemory(as: UInt32.self, repeating: 0, count: zeroed)
        var slots: [UnsafeMutablePointer<UInt32>] = []
        for rank in 0..<ranks {
            var size: MPI_Aint = 0
            var unit: Int32 = 0
            var start: UnsafeMutableRawPointer?
            let code = withUnsafeMutableBytes(of: &start) {
                MPI_Win_shared_query(window, Int32(rank), &size, &unit, $0.baseAddress)
            }
            try check(code, "MPI_Win_shared_query")
            guard let start else { throw Failure(.mpiSetUp, "MPI_Win_shared_query: no memory for rank \(rank)") }
            slots.append(start.assumingMemoryBound(to: UInt32.self))
        }
        self.slots = slots
        try check(MPI_Barrier(communicator), "MPI_Barrier")
    }
}
