import Glibc

/// The memory this process may use.
public enum HostMemory {
    /// The smaller of what the kernel calls available and what the control groups (version 2) of this process allow.
    ///
    /// - Returns: bytes; `nil` where neither can be found out.
    public static func available() -> Int? {
        var limits: [Int] = []
        if let kibibytes = meminfo("MemAvailable") { limits.append(kibibytes * 1024) }
        limits += controlGroupLimits()
        return limits.min()
    }

    private static func meminfo(_ key: String) -> Int? {
        for line in lines("/proc/meminfo") where line.hasPrefix(key + ":") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        }
        return nil
    }

    /// `memory.max` of the group of this process and of every group above it.
    private static func controlGroupLimits() -> [Int] {
        guard let group = lines("/proc/self/cgroup").first(where: { $0.hasPrefix("0::") }) else { return [] }
        var parts = group.dropFirst(3).split(separator: "/")
        var limits: [Int] = []
        while true {
            let folder = (["/sys/fs/cgroup"] + parts.map(String.init)).joined(separator: "/")
            if let limit = lines(folder + "/memory.max").first.flatMap({ Int($0) }) { limits.append(limit) }
            if parts.popLast() == nil { return limits }
        }
    }

    private static func lines(_ path: String) -> [String] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
