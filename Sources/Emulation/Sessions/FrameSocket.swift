public import Diagnostics
import Foundation
import Topology

/// One message of a session: a JSON text and the bytes it announces.
struct Frame: Sendable {
    var json: [UInt8]
    var attachment: [UInt8] = []
}

/// The engine's end of a session's Unix socket: takes one client.
///
/// A frame is the length of its JSON as a little-endian u32, the JSON, and as many bytes as its key `attachment` says.
public final class FrameSocket {
    /// Most bytes of a JSON, and of an attachment.
    static let mostJSON = 256 << 20
    static let mostAttachment = 1 << 32

    let path: String
    private var listening: Int32
    private var client: Int32 = -1
    /// Received and not handed out yet.
    private var received: [UInt8] = []
    private var start = 0
    /// The client has gone, or what it sends cannot be told apart any more.
    private(set) var hasEnded = false

    /// Makes the socket, readable and writable by its owner alone.
    ///
    /// - Throws: `cannotCreate` where something is in the way, be it the socket of a process that is there.
    public init(path: String) throws(Failure) {
        self.path = path
        guard var address = Self.address(path) else {
            throw Failure(
                .usage,
                "the socket's path must have 1 to \(Self.longestPath) bytes, got \(path.utf8.count); use a shorter one")
        }
        listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listening >= 0 else { throw Failure(.cannotCreate, "cannot make a socket: \(errnoText())") }
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFSOCK, !Self.isAlive(&address) else {
                close(listening)
                throw Failure(.cannotCreate, "\(path) is there already; name another path with --socket")
            }
            unlink(path)
        }
        let mask = umask(0o177)
        let bound = Self.withAddress(&address) { bind(listening, $0, $1) }
        let problem = errno
        umask(mask)
        guard bound == 0, listen(listening, 1) == 0 else {
            let problem = bound == 0 ? errno : problem
            close(listening)
            throw Failure(.cannotCreate, "cannot make the socket \(path): \(errnoText(problem))")
        }
    }

    deinit {
        if client >= 0 { close(client) }
        if listening >= 0 { close(listening) }
    }

    // MARK: - The client

    /// Waits for the client; no other is taken.
    func accept() throws(Failure) {
        while client < 0 {
            client = Foundation.accept(listening, nil, nil)
            if client < 0 && errno != EINTR && errno != ECONNABORTED {
                throw Failure(.noInput, "cannot take a client on \(path): \(errnoText())")
            }
        }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        close(listening)
        listening = -1
    }

    /// The descriptor of the client, for who watches over it.
    var descriptor: Int32 { client }

    /// Ends the connection and removes the socket's name.
    public func end() {
        if client >= 0 { close(client) }
        client = -1
        if listening >= 0 { close(listening) }
        listening = -1
        unlink(path)
    }

    // MARK: - Receiving

    /// The next frame, waited for; `nil` when the client has gone.
    func next() -> Frame? {
        while true {
            if let frame = takeFrame() { return frame }
            guard !hasEnded, receive(waiting: true) else { return nil }
        }
    }

    /// The next frame if it is here already.
    func nextIfHere() -> Frame? {
        while true {
            if let frame = takeFrame() { return frame }
            guard !hasEnded, receive(waiting: false) else { return nil }
        }
    }

    /// Takes a whole frame from what was received.
    private func takeFrame() -> Frame? {
        let count = received.count - start
        guard count >= 4 else { return nil }
        let length = received.withUnsafeBytes {
            Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
        }
        guard length <= Self.mostJSON else {
            hasEnded = true
            send(
                #"{"error":{"code":65,"message":"a frame of \#(length) bytes is more than "#
                    + #"\#(Self.mostJSON)"},"fatal":true}"#
            )
            return nil
        }
        guard count >= 4 + length else { return nil }
        let json = Array(received[(start + 4)..<(start + 4 + length)])
        let attached = SessionRequestHead(json).attachment
        guard attached <= Self.mostAttachment else {
            hasEnded = true
            send(#"{"error":{"code":65,"message":"an attachment of \#(attached) bytes is too large"},"fatal":true}"#)
            return nil
        }
        guard count >= 4 + length + attached else { return nil }
        let end = start + 4 + length + attached
        let attachment = Array(received[(start + 4 + length)..<end])
        if end == received.count {
            received.removeAll(keepingCapacity: received.count < 1 << 20)
            start = 0
        } else {
            start = end
        }
        return Frame(json: json, attachment: attachment)
    }

    /// Receives what there is; `false`: nothing, or the client has gone.
    private func receive(waiting: Bool) -> Bool {
        guard client >= 0 else { return false }
        if start > 1 << 20 {
            received.removeFirst(start)
            start = 0
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes {
                recv(client, $0.baseAddress, $0.count, waiting ? 0 : Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                received += chunk[..<count]
                return true
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { return false }
            hasEnded = true
            return false
        }
    }

    // MARK: - Sending

    /// Sends a frame; a client that has gone is noticed by the next ``next()``.
    func send(_ json: String, attachment: [UInt8] = []) {
        var bytes: [UInt8] = []
        let text = Array(json.utf8)
        withUnsafeBytes(of: UInt32(text.count).littleEndian) { bytes += $0 }
        bytes += text
        write(bytes)
        if !attachment.isEmpty { write(attachment) }
    }

    /// Sends a frame that may as well be left out, if the client has room for it.
    func offer(_ json: String) {
        var waiting = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
        if poll(&waiting, 1, 0) == 1 && waiting.revents & Int16(POLLOUT) != 0 { send(json) }
    }

    private func write(_ bytes: [UInt8]) {
        var done = 0
        while client >= 0 && done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(client, $0.baseAddress.map { $0 + done }, $0.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                return
            }
            done += count
        }
    }

    // MARK: - Addresses

    private static let longestPath = 107

    private static func address(_ path: String) -> sockaddr_un? {
        let bytes = Array(path.utf8)
        guard (1...longestPath).contains(bytes.count), !bytes.contains(0) else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Somebody listens there.
    private static func isAlive(_ address: inout sockaddr_un) -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(probe) }
        return withAddress(&address) { connect(probe, $0, $1) } == 0 || errno != ECONNREFUSED
    }
}
