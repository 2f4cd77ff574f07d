internal import CProcess
import Foundation

/// What ranks of a launch tell the one who speaks for them when a run ends before its time.
package enum Note: Equatable {
    /// A rank is there, under a process number.
    case rank(Int, process: Int32)
    /// Results are recorded in a folder from here on.
    case recording(String)
    /// A signal that was meant for a rank ended it.
    case ended(Int, signal: Int32)
    /// A rank is ended by its launcher, or has lost it.
    case dismissed(Int)
    /// A rank ends with a failure that it has told itself.
    case failed(Int)

    package var text: String {
        switch self {
        case .rank(let rank, let process): "rank \(rank) \(process)"
        case .recording(let folder): "recording \(folder)"
        case .ended(let rank, let signal): "ended \(rank) \(signal)"
        case .dismissed(let rank): "dismissed \(rank)"
        case .failed(let rank): "failed \(rank)"
        }
    }

    /// Reads back ``text``; `nil` for anything else.
    package init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2 else { return nil }
        let numbers = words[1].split(separator: " ").map { Int32($0) }
        switch (words[0], numbers.count) {
        case ("recording", _): self = .recording(String(words[1]))
        case ("rank", 2):
            guard let rank = numbers[0], let process = numbers[1], process > 0 else { return nil }
            self = .rank(Int(rank), process: process)
        case ("ended", 2):
            guard let rank = numbers[0], let signal = numbers[1] else { return nil }
            self = .ended(Int(rank), signal: signal)
        case ("dismissed", 1), ("failed", 1):
            guard let rank = numbers[0] else { return nil }
            self = words[0] == "failed" ? .failed(Int(rank)) : .dismissed(Int(rank))
        default: return nil
        }
    }
}

/// What has come of ``Note``s.
package struct Account {
    package private(set) var processes: [Int: Int32] = [:]
    package private(set) var folder: String?
    package private(set) var ended: (rank: Int, signal: Int32)?
    package private(set) var dismissed: Set<Int> = []
    /// A rank has told why the run ends.
    package private(set) var hasFailed = false
    /// Ranks that were gone when the first was dismissed.
    package private(set) var gone: [Int]?

    package init() {}

    package mutating func take(_ note: Note) {
        switch note {
        case .rank(let rank, let process): processes[rank] = process
        case .recording(let folder): self.folder = folder
        case .ended(let rank, let signal): if ended == nil { ended = (rank, signal) }
        case .dismissed(let rank):
            dismissed.insert(rank)
            if gone == nil { lookWhoIsGone() }
        case .failed: hasFailed = true
        }
    }

    /// Notes that a rank was gone first of all.
    mutating func miss(_ rank: Int) { gone = [rank] }

    /// Notes which ranks do not run any more: the others have a while yet when a launcher dismisses them.
    package mutating func lookWhoIsGone() {
        gone = processes.filter { !dismissed.contains($0.key) && kill($0.value, 0) != 0 }.map(\.key).sorted()
    }

    /// The rank whose end ended the others, when that is known.
    package var culprit: Int? {
        if let ended { return ended.rank }
        if let gone { return gone.count == 1 ? gone[0] : nil }
        let silent = processes.keys.filter { !dismissed.contains($0) }
        return silent.count == 1 ? silent.first : nil
    }
}

/// The words in which the end of a run is told.
package enum EndingText {
    package static func name(ofSignal signal: Int32) -> String {
        let names: [Int32: String] = [
            SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
            SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
            SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
            SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ",
        ]
        return names[signal] ?? "signal \(signal)"
    }

    /// - Parameters:
    ///   - who: Such as `the run` or `rank 2`.
    ///   - how: Such as `SIGTERM`.
    ///   - folder: Where results were being recorded, if any were.
    package static func message(_ who: String, _ how: String, folder: String?) -> String {
        let rest =
            folder.map { "'spinnsim gather \($0)' recovers what there is" } ?? "nothing had been recorded"
        return "error: \(who) was ended by \(how); \(rest)\n"
    }

    /// A signal, with what may have sent one that nobody has to.
    package static func cause(_ signal: Int32) -> String {
        name(ofSignal: signal)
            + (signal == SIGKILL ? " (from a person or a batch system, or from the system for want of memory)" : "")
    }
}
