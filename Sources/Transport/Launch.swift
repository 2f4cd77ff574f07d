import Foundation

/// How this process was started, as far as its surroundings tell.
///
/// Variables of an MPI launcher may be left over in an environment, inherited by a script that is itself a rank, or set
/// by hand; so they say that there may be other ranks, and the parent process says whether they are the launcher's for
/// this process.
public struct Launch: Sendable, Equatable {
    /// Variables say that a launcher started this process or one before it.
    public let isClaimed: Bool
    /// An MPI launcher is the parent, hence started this very process as a rank.
    public let isDirect: Bool
    /// The launcher is Open MPI's, which this program is linked with.
    public let isOpenMPI: Bool
    /// The rank that variables claim, 0 without.
    public let claimedRank: Int

    /// - Parameters:
    ///   - environment: Variables by name.
    ///   - parent: The parent's command name.
    public init(environment: [String: String], parent: String) {
        isClaimed = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"].contains { environment[$0] != nil }
        let isOurs = Self.openMPI.contains { parent.hasPrefix($0) } && environment["PMIX_NAMESPACE"] != nil
        isOpenMPI = isClaimed && isOurs
        isDirect = isClaimed && (isOurs || Self.others.contains { parent.hasPrefix($0) })
        claimedRank =
            ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].lazy
            .compactMap { environment[$0].flatMap { Int($0) } }.first ?? 0
    }

    /// Command names of the processes that start ranks: the launcher on its own host, its daemon on others.
    private static let openMPI = ["mpirun", "mpiexec", "orterun", "orted", "prterun", "prted"]
    private static let others = ["hydra", "slurmstepd", "srun", "pmi_proxy", "mpispawn"]

    /// This process.
    public static let current = Launch(
        environment: ProcessInfo.processInfo.environment, parent: commandName(of: getppid()))

    /// The command name of a process, up to 15 characters; empty when it cannot be seen.
    static func commandName(of process: pid_t) -> String {
        guard let file = fopen("/proc/\(process)/comm", "r") else { return "" }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 64)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
