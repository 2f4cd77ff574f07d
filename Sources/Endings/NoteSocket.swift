import Foundation

/// Notes between the processes of a launch on one host: datagrams to a name that is no file and goes with its owner.
enum NoteSocket {
    /// A socket under a name that one process can have at a time; -1 on failure.
    static func listen(_ name: String) -> Int32 {
        let descriptor = open()
        guard descriptor >= 0 else { return -1 }
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        if withAddress(name, { bind(descriptor, $0, $1) }) == 0 { return descriptor }
        close(descriptor)
        return -1
    }

    /// Sends to the socket of a name; whether somebody has it.
    ///
    /// Waits a third of a second where its owner does not read.
    static func tell(_ name: String, _ bytes: [UInt8]) -> Bool {
        let descriptor = open()
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 0, tv_usec: 300_000)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let sent = withAddress(name) { sendto(descriptor, bytes, bytes.count, 0, $0, $1) }
        return sent >= 0 || errno == EAGAIN
    }

    /// The notes that have come.
    static func read(_ descriptor: Int32) -> [Note] {
        var notes: [Note] = []
        var bytes = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count >= 0 else { return notes }
            if let note = Note(String(decoding: bytes.prefix(count), as: UTF8.self)) { notes.append(note) }
        }
    }

    private static func open() -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return descriptor
    }

    /// Calls `body` with the address of a name, which begins with a zero where a path would have its first letter.
    private static func withAddress<Result>(
        _ name: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        let letters = Array(name.utf8.prefix(room))
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (index, letter) in letters.enumerated() { path[index + 1] = letter }
        }
        let length = MemoryLayout.offset(of: \sockaddr_un.sun_path)! + 1 + letters.count
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
