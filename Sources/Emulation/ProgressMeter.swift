import Diagnostics
import Foundation

/// How much of a long phase is done: a line that rewrites itself on a terminal, a line per 10 % elsewhere.
public final class ProgressMeter {
    public enum Mode: String, Sendable, CaseIterable { case auto, always, never }

    private enum Style { case bar, lines, silent }

    private let style: Style
    private let label: String
    private let begin = Stopwatch.now()
    private var lastShown: UInt64 = 0
    private var tenths = 0
    private var needsNewline = false

    public init(_ label: String, mode: Mode, isSpeaker: Bool) {
        self.label = label
        let isTerminal = isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        style =
            !isSpeaker || mode == .never ? .silent : isTerminal ? .bar : .lines
    }

    /// Shows the share done, in 0...1; cheap to call often.
    public func update(_ share: Double, _ detail: @autoclosure () -> String = "") {
        switch style {
        case .silent: return
        case .bar:
            let now = Stopwatch.now()
            guard now - lastShown > 100_000_000 || share >= 1 else { return }
            lastShown = now
            let width = 30
            let filled = min(width, Int(share * Double(width)))
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            show("\r\(label) \(bar) \(percent(share)) \(remaining(share)) \(detail())\u{1B}[K")
            needsNewline = true
        case .lines:
            while Double(tenths + 1) / 10 <= share + 1e-12 && tenths < 10 {
                tenths += 1
                show("\(label) \(tenths * 10) % \(tenths < 10 ? remaining(share) : elapsed)\n")
            }
        }
    }

    /// Ends the meter's line.
    public func finish() {
        if needsNewline { show("\r\u{1B}[K") }
        needsNewline = false
    }

    private func show(_ text: String) { Console.complain(text) }

    private func percent(_ share: Double) -> String { "\(Int(share * 100)) %" }

    private var seconds: Double { Double(Stopwatch.now() - begin) * 1e-9 }

    private var elapsed: String { "in \(Self.duration(seconds))" }

    private func remaining(_ share: Double) -> String {
        share > 0 ? "ETA \(Self.duration(seconds * (1 - share) / share))" : ""
    }

    /// A duration for people.
    static func duration(_ seconds: Double) -> String {
        // Also turns -0 into 0; a century is long enough for any number to be an integer.
        let seconds = min(max(0, seconds), 3.2e9) + 0
        if seconds < 59.95 { return "\((seconds * 10).rounded() / 10) s" }
        let whole = Int(seconds.rounded())
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
