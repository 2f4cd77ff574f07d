import Foundation
import TestSupport

/// A client of `spinnsim serve`, with the program it has started.
final class SessionClient {
    struct Message {
        var members: [String: Any]
        var attachment: [UInt8]

        subscript(key: String) -> Any? { members[key] }
        var errorCode: Int? { (members["error"] as? [String: Any])?["code"] as? Int }
        var errorPointer: String? { (members["error"] as? [String: Any])?["pointer"] as? String }
        var errorText: String { (members["error"] as? [String: Any])?["message"] as? String ?? "" }
    }

    struct Ended: Error {}

    let process = Process()
    let path: String
    private(set) var events: [Message] = []
    private var descriptor: Int32

    /// Starts the program and connects, within some seconds.
    init(ranks: Int = 1, in folder: TemporaryFolder, socket: String = "socket") throws {
        path = folder.path(socket)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let launch = ranks == 1 ? [] : ["--ranks", String(ranks)]
        process.arguments = ["timeout", "--kill-after=5", "200", Command.spinnsim, "serve", "--socket", path] + launch
        process.environment = ProcessInfo.processInfo.environment.merging([
            "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "SWIFT_BACKTRACE": "enable=no",
            "TMPDIR": folder.url.path,
        ]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.currentDirectoryURL = folder.url
        try process.run()
        descriptor = -1
        for _ in 0..<6000 where descriptor < 0 {
            descriptor = Self.connect(path)
            if descriptor < 0 {
                if !process.isRunning { throw Ended() }
                usleep(10_000)
            }
        }
        if descriptor < 0 { throw Ended() }
    }

    deinit {
        hangUp()
        if process.isRunning { process.terminate() }
    }

    private static func connect(_ path: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return -1
    }

    func hangUp() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Sends raw bytes.
    func write(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            done += count
        }
    }

    func send(_ command: String, _ members: [String: Any] = [:], attachment: [UInt8] = []) throws {
        var all = members.merging(["command": command]) { $1 }
        if !attachment.isEmpty { all["attachment"] = attachment.count }
        let json = try JSONSerialization.data(withJSONObject: all)
        write(withUnsafeBytes(of: UInt32(json.count).littleEndian, Array.init) + Array(json) + attachment)
    }

    /// The next answer; what is told meanwhile is kept in ``events``.
    func receive() throws -> Message {
        while true {
            let length = try read(4).withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
            let json = try JSONSerialization.jsonObject(with: Data(try read(length))) as? [String: Any] ?? [:]
            let message = Message(members: json, attachment: try read(json["attachment"] as? Int ?? 0))
            if json["event"] == nil { return message }
            events.append(message)
        }
    }

    @discardableResult
    func ask(_ command: String, _ members: [String: Any] = [:], attachment: [UInt8] = []) throws -> Message {
        try send(command, members, attachment: attachment)
        return try receive()
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes[done...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if got <= 0 { throw Ended() }
            done += got
        }
        return bytes
    }

    /// Whether the program ends by itself, and nothing of it is left.
    func endsCleanly(in folder: TemporaryFolder, within seconds: Double = 5) -> Bool {
        let start = ContinuousClock.now
        while (ContinuousClock.now - start) / .seconds(1) < seconds {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []
            if !process.isRunning, !names.contains("socket"), !names.contains(where: { $0.hasSuffix(".session") }) {
                return true
            }
            usleep(20_000)
        }
        return false
    }
}
