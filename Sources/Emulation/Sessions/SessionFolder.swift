import Diagnostics
import Foundation
import Transport

/// The temporary folder of a session, seen by all ranks and gone with the session.
final class SessionFolder {
    let path: String
    private let isOwner: Bool
    private var numbers: [String: Int] = [:]
    /// Written to by nobody: its end tells who watches that this process has ended.
    private var leash: Int32 = -1

    /// Makes the folder; entered by all.
    ///
    /// - Parameter socket: Goes with it, however the process ends.
    init(on transport: any Transport, socket: String?) throws(Failure) {
        isOwner = transport.rank == 0
        var mine: [UInt8] = []
        try transport.phase {
            guard transport.rank == 0 else { return }
            let base = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
            var template = Array("\(base)/spinnsim-XXXXXX.session".utf8CString)
            guard mkstemps(&template, 8) >= 0 else {
                throw Failure(.cannotCreate, "cannot create a folder in \(base): \(errnoText())")
            }
            mine = template.dropLast().map { UInt8(bitPattern: $0) }
            let path = String(decoding: mine, as: UTF8.self)
            guard unlink(path) == 0, mkdir(path, 0o700) == 0 else {
                throw Failure(.cannotCreate, "cannot create \(path): \(errnoText())")
            }
        }
        path = String(decoding: try transport.broadcast(mine, root: 0), as: UTF8.self)
        if isOwner { watchOver([path] + (socket.map { [$0] } ?? [])) }
    }

    /// A new path in the folder; the same on all ranks that ask for the same.
    func next(_ name: String) -> String {
        numbers[name, default: 0] += 1
        return "\(path)/\(name).\(numbers[name] ?? 0)"
    }

    /// Removes the folder and all in it.
    func remove() {
        guard isOwner else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Has another process remove what is left when this one has ended, be it killed.
    private func watchOver(_ paths: [String]) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        for stream in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // In a group of its own, it outlives what is sent to this one.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF))
        let words = ["sh", "-c", "read x; rm -rf -- \"$@\"", "spinnsim-sweeper"] + paths.map(Self.absolute)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        var process: pid_t = 0
        if posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environ) == 0 { leash = ends[1] }
        close(ends[0])
        if leash < 0 { close(ends[1]) }
        for argument in arguments { free(argument) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
}
