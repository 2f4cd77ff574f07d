public import Diagnostics
import Foundation
import Logging

/// What a run says: on the terminal and in `spinnsim.log`, from one rank.
///
/// Lines go through swift-log, so that a program around the run can have them elsewhere. A terminal that is gone or
/// full does not end a run; a log file that cannot be written is a failure of ``close()``.
public final class RunLog {
    private let sink: Sink
    private let logger: Logger

    /// - Parameter quiet: Nothing on the terminal but warnings and errors.
    public init(isSpeaker: Bool, quiet: Bool) {
        let sink = Sink(isSpeaker: isSpeaker, quiet: quiet)
        self.sink = sink
        logger = Logger(label: "spinnsim") { _ in Handler(sink: sink) }
    }

    /// Also writes to a file from here on, what was said before first.
    ///
    /// - Parameter file: `RunDirectory.log`; must not exist.
    /// - Parameter appending: The file may be there, and goes on.
    /// - Throws: `cannotCreate`.
    public func open(file: String, appending: Bool = false) throws(Failure) {
        try sink.open(file, appending: appending)
    }

    /// Completes the file; what is said later goes to the terminal alone.
    ///
    /// - Throws: `outputFailed` when any of the file could not be written.
    public func close() throws(Failure) { try sink.close() }

    public func info(_ line: String) { logger.info("\(line)") }
    public func warning(_ line: String) { logger.warning("\(line)") }

    /// Where lines end up.
    private final class Sink: @unchecked Sendable {
        private let lock = NSLock()
        private let isSpeaker: Bool
        private let quiet: Bool
        private var said = ""
        private var path = ""
        private var descriptor: Int32 = -1
        private var problem: String?

        init(isSpeaker: Bool, quiet: Bool) {
            self.isSpeaker = isSpeaker
            self.quiet = quiet
        }

        deinit { if descriptor >= 0 { Foundation.close(descriptor) } }

        func open(_ path: String, appending: Bool) throws(Failure) {
            lock.lock()
            defer { lock.unlock() }
            guard isSpeaker else { return }
            descriptor = Foundation.open(
                path, O_WRONLY | O_CREAT | (appending ? O_APPEND : O_EXCL) | O_NOFOLLOW | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw Failure(.cannotCreate, "cannot create \(path): \(errnoText())")
            }
            self.path = path
            append(said)
            said = ""
        }

        func close() throws(Failure) {
            lock.lock()
            defer { lock.unlock() }
            guard descriptor >= 0 else { return }
            if Foundation.close(descriptor) != 0 { problem = problem ?? errnoText() }
            descriptor = -1
            if let problem { throw Failure(.outputFailed, "cannot write \(path): \(problem)") }
        }

        func write(_ line: String, level: Logger.Level) {
            lock.lock()
            defer { lock.unlock() }
            guard isSpeaker else { return }
            let text = (level >= .warning ? "\(level): \(line)" : line) + "\n"
            if level >= .warning { Console.complain(text) } else if !quiet { Console.say(text) }
            if descriptor >= 0 { append(text) } else { said += text }
        }

        private func append(_ text: String) {
            guard problem == nil else { return }
            var text = text
            text.withUTF8 { bytes in
                var done = 0
                while done < bytes.count {
                    let written = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                    if written < 0 && errno == EINTR { continue }
                    guard written >= 0 else {
                        problem = errnoText()
                        return
                    }
                    done += written
                }
            }
        }
    }

    private struct Handler: LogHandler {
        let sink: Sink
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { sink.write("\(event.message)", level: event.level) }
    }
}
