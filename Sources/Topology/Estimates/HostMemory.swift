import Glibc

/// The memory this process may use.
public enum HostMemory {
    /// The least of what the kernel calls available, what the control groups (version 2) of this process have left, and
    /// what the limits of the address space and of data (`ulimit -v`, `-d`) leave to so many processes like this one.
    ///
    /// - Parameter processes: Processes on this host that share the work.
    /// - Returns: bytes; `nil` where none can be found out.
    public static func available(processes: Int = 1) -> Int? {
        var limits: [Int] = []
        if let kibibytes = kibibytes("MemAvailable", in: "/proc/meminfo") {
            limits.append(kibibytes.multipliedClamped(by: 1024))
        }
        limits += controlGroupLimits()
        limits += processLimits().map { $0.multipliedClamped(by: max(1, processes)) }
        return limits.min()
    }

    /// What `setrlimit` leaves of the address space and of data, less what this process has of them.
    private static func processLimits() -> [Int] {
        var result: [Int] = []
        for (resource, used) in [(RLIMIT_AS, "VmSize"), (RLIMIT_DATA, "VmData")] {
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0,
                let most = Int(exactly: limit.rlim_cur)
            else { continue }
            let held = (kibibytes(used, in: "/proc/self/status") ?? 0).multipliedClamped(by: 1024)
            result.append(max(0, most - held))
        }
        return result
    }

    /// The number behind a key, as `/proc` writes its tables.
    private static func kibibytes(_ key: String, in path: String) -> Int? {
        for line in lines(path) where line.hasPrefix(key + ":") {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
        }
        return nil
    }

    /// What `memory.max` leaves beside `memory.current`, of the group of this process and of every group above it.
    ///
    /// File pages that nobody has used lately count as free: the kernel drops them before it refuses memory.
    private static func controlGroupLimits() -> [Int] {
        guard let group = lines("/proc/self/cgroup").first(where: { $0.hasPrefix("0::") }) else { return [] }
        var parts = group.dropFirst(3).split(separator: "/")
        var limits: [Int] = []
        while true {
            let folder = (["/sys/fs/cgroup"] + parts.map(String.init)).joined(separator: "/")
            if let limit = number(folder + "/memory.max") {
                let idle = lines(folder + "/memory.stat").first { $0.hasPrefix("inactive_file ") }
                    .flatMap { Int($0.dropFirst(14)) }
                let used = max(0, (number(folder + "/memory.current") ?? 0) - (idle ?? 0))
                limits.append(max(0, limit - used))
            }
            if parts.popLast() == nil { return limits }
        }
    }

    /// The number that a file holds; `nil` for the word `max` too.
    private static func number(_ path: String) -> Int? { lines(path).first.flatMap { Int($0) } }

    private static func lines(_ path: String) -> [String] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
