import Diagnostics
import Foundation
import MapReport
import StrictJSON
import Topology
import Transport

/// What a client may do while a run goes on, brought to all ranks at the same steps.
///
/// Rank 0 looks whether something has come and tells the others, together with how many steps to make until the next
/// look: as many as take some milliseconds, or one where spikes go in and out.
final class RunControl {
    /// What ended a run before its time.
    enum End: UInt8 { case request = 1, interrupt, client }

    private let transport: any Transport
    private let socket: FrameSocket?
    /// Steps of a run without an end that are made at least between two looks.
    private static let mostInterval = 1000
    /// Nanoseconds between two looks, about.
    private static let period: UInt64 = 10_000_000
    /// Nanoseconds between two words of progress.
    private static let progressPeriod: UInt64 = 100_000_000

    /// Steps until the next look.
    private(set) var interval = 1
    /// Requests that wait for the run's end, on rank 0.
    private(set) var waiting: [Frame] = []
    private var lastLook: UInt64 = 0
    private var lastProgress: UInt64 = 0

    init(transport: any Transport, socket: FrameSocket?) {
        self.transport = transport
        self.socket = socket
    }

    /// Begins a run.
    func begin() {
        lastLook = Stopwatch.now()
        lastProgress = lastLook
    }

    /// A request that came while an earlier run went on.
    func takeWaiting() -> Frame? { waiting.isEmpty ? nil : waiting.removeFirst() }

    /// Says how far the run is, not too often.
    func progress(_ step: Int, of steps: Int?) {
        guard let socket else { return }
        let now = Stopwatch.now()
        guard now &- lastProgress >= Self.progressPeriod else { return }
        lastProgress = now
        socket.offer(
            JSONText.object([
                ("event", .string("progress")), ("phase", .string("run")), ("step", .integer(step)),
                ("steps", steps.map { .integer($0) } ?? .null),
            ]).text())
    }

    /// Looks for requests; entered by all.
    ///
    /// - Parameter everyStep: Spikes go in or out.
    /// - Returns: Why the run has to end here, if it has to, and the requests that act now.
    func look(everyStep: Bool) throws(Failure) -> (end: End?, requests: [Frame]) {
        var message: [UInt8] = []
        if let socket {
            var end: End?
            var acting: [Frame] = []
            while let frame = socket.nextIfHere() {
                switch SessionRequestHead(frame.json).command {
                case "stop": end = .request
                case "inject": acting.append(frame)
                default: waiting.append(frame)
                }
            }
            if socket.hasEnded { end = .client }
            if end == nil && Interrupt.take() { end = .interrupt }
            message = [end?.rawValue ?? 0]
            message.append(word: UInt32(adapt(everyStep)))
            for frame in acting { message.append(frame: frame) }
        }
        message = try transport.broadcast(message, root: 0)
        interval = Int(message.word(at: 1))
        var requests: [Frame] = []
        var at = 5
        while at < message.count { requests.append(message.frame(at: &at)) }
        return (End(rawValue: message[0]), requests)
    }

    private func adapt(_ everyStep: Bool) -> Int {
        let now = Stopwatch.now()
        let took = now &- lastLook
        lastLook = now
        if everyStep { return 1 }
        if took < Self.period / 2 { return min(2 * interval, Self.mostInterval) }
        return took > 2 * Self.period ? max(1, interval / 2) : interval
    }
}

/// The terminal's request to stop, or that of another process.
enum Interrupt {
    nonisolated(unsafe) private static var isPending: sig_atomic_t = 0

    /// Lets SIGINT and SIGUSR2 stop a run instead of ending the process.
    ///
    /// A process may inherit them blocked from whoever started it.
    static func watch() {
        var numbers = sigset_t()
        sigemptyset(&numbers)
        for number in [SIGINT, SIGUSR2] {
            signal(number) { _ in Interrupt.isPending = 1 }
            sigaddset(&numbers, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &numbers, nil)
    }

    /// Whether there was a request since the last call.
    static func take() -> Bool {
        defer { isPending = 0 }
        return isPending != 0
    }
}

extension [UInt8] {
    mutating func append(word: UInt32) { Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) } }

    func word(at offset: Int) -> UInt32 {
        withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }

    /// Appends a frame for the other ranks.
    mutating func append(frame: Frame) {
        append(word: UInt32(frame.json.count))
        append(word: UInt32(frame.attachment.count))
        append(contentsOf: frame.json)
        append(contentsOf: frame.attachment)
    }

    /// The frame at an offset, which moves behind it.
    func frame(at offset: inout Int) -> Frame {
        let (json, attachment) = (Int(word(at: offset)), Int(word(at: offset + 4)))
        let start = offset + 8
        offset = start + json + attachment
        return Frame(json: Array(self[start..<start + json]), attachment: Array(self[start + json..<offset]))
    }
}
