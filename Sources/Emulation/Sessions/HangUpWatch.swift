import Foundation

/// Ends the process when the client goes while it works on something that it cannot leave.
enum HangUpWatch {
    /// The process is the session's own.
    nonisolated(unsafe) static var isWanted = false
    /// A request is being done; set by the thread that serves.
    nonisolated(unsafe) static var isBusy = false

    /// Watches a connected socket for as long as the process lives.
    static func start(_ descriptor: Int32) {
        Thread.detachNewThread {
            while true {
                // POLLRDHUP: the other side has gone, or writes no more.
                var client = pollfd(fd: descriptor, events: 0x2000, revents: 0)
                guard poll(&client, 1, -1) > 0 else {
                    if errno == EINTR { continue }
                    return
                }
                // Who is between two requests or in a run sees it himself.
                for _ in 0..<20 {
                    usleep(50_000)
                    if !isBusy { return }
                }
                _exit(0)
            }
        }
    }
}
