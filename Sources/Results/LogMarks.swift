/// How far the logs of a run that goes on have been read, by path.
public struct LogMarks: Sendable {
    struct Spikes: Sendable {
        var position: SpillPosition
        /// Steps before it.
        var steps: Int
    }

    struct Frames: Sendable {
        var position: SpillPosition
        /// Rows before it, by signal.
        var rows: [Int]
    }

    var spikes: [String: Spikes] = [:]
    var frames: [String: Frames] = [:]
    /// Steps that have been read.
    public var step = 0

    /// The beginning.
    public init() {}
}
