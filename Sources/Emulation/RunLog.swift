public import Diagnostics
import Foundation
import Logging

/// What a run says: on the terminal and in `spinnsim.log`, from one rank.
///
/// Lines go through swift-log, so that a program around the run can have them elsewhere.
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
    /// - Throws: `cannotCreate`.
    public func open(file: String) throws(Failure) { try sink.open(file) }

    public func info(_ line: String) { logger.info("\(line)") }
    public func warning(_ line: String) { logger.warning("\(line)") }

    /// Where lines end up.
    private final class Sink: @unchecked Sendable {
        private let lock = NSLock()
        private let isSpeaker: Bool
        private let quiet: Bool
        private var said = ""
        private var file: FileHandle?

        init(isSpeaker: Bool, quiet: Bool) {
            self.isSpeaker = isSpeaker
            self.quiet = quiet
        }

        func open(_ path: String) throws(Failure) {
            lock.lock()
            defer { lock.unlock() }
            guard isSpeaker else { return }
            guard FileManager.default.createFile(atPath: path, contents: Data(said.utf8)),
                let handle = FileHandle(forWritingAtPath: path)
            else { throw Failure(.cannotCreate, "cannot create \(path)") }
            _ = try? handle.seekToEnd()
            file = handle
        }

        func write(_ line: String, level: Logger.Level) {
            lock.lock()
            defer { lock.unlock() }
            guard isSpeaker else { return }
            let text = (level >= .warning ? "\(level): \(line)" : line) + "\n"
            if level >= .warning {
                FileHandle.standardError.write(Data(text.utf8))
            } else if !quiet {
                print(text, terminator: "")
                fflush(nil)
            }
            if let file { try? file.write(contentsOf: Data(text.utf8)) } else { said += text }
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
