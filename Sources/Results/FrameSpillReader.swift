import Diagnostics

/// The recorded variables of one rank's log.
///
/// The whole log is checked when it is opened; rows are then read in order, each signal on its own.
final class FrameSpillReader {
    /// Where a signal's rows are.
    struct Track {
        var blocks: [(block: SpillBlock, offset: Int)] = []
        /// Rows that an earlier part or an earlier reading has had.
        var first = 0
        /// Rows of the log.
        var rows: Int { blocks.last.map { Int($0.block.end) } ?? first }
        /// The block at hand and its values.
        var next = 0
        var values: [UInt8] = []
        var position = 0
    }

    let input: SpillInput
    let signals: [FrameSignal]
    private(set) var tracks: [Track]
    /// What the log has of this step and later ones does not count; `nil`: all counts.
    private let limit: Int?

    /// Opens the log at `path` and looks through it.
    ///
    /// - Parameters:
    ///   - limit: What the log has of this step and later ones does not count; `nil`: all counts.
    ///   - mark: Where an earlier reading ended; `nil`: the beginning.
    init(path: String, limit: Int? = nil, from mark: LogMarks.Frames? = nil) throws(Failure) {
        self.limit = limit
        input = try SpillInput(path: path, kind: .frames, at: mark?.position)
        signals = input.header.signals ?? []
        let start = input.header.start ?? 0
        tracks = signals.map { Track(first: $0.rows(before: start)) }
        if let mark, mark.rows.count == tracks.count {
            for (signal, rows) in mark.rows.enumerated() { tracks[signal].first = rows }
        }
        while true {
            let offset = input.offset
            guard let (block, payload) = try input.next() else { break }
            let signal = Int(block.tag)
            guard signal < signals.count, Int(block.first) == tracks[signal].rows,
                block.end - block.first == block.count,
                payload.count == Int(block.count) * signals[signal].neurons.count * 4
            else {
                input.reject("the block before it makes no sense")
                break
            }
            tracks[signal].blocks.append((block, offset))
        }
    }

    /// The row after the last of a signal that counts.
    func rows(of signal: Int) -> Int {
        min(tracks[signal].rows, limit.map { signals[signal].rows(before: $0) } ?? Int.max)
    }

    /// The log came to its end, or to where the next begins.
    var isComplete: Bool {
        guard let limit else { return input.isComplete }
        return signals.indices.allSatisfy { rows(of: $0) == signals[$0].rows(before: limit) }
    }

    /// The next row of a signal, four bytes a value.
    func nextRow(of signal: Int) throws(Failure) -> ArraySlice<UInt8> {
        let length = signals[signal].neurons.count * 4
        if length == 0 { return [] }
        if tracks[signal].position == tracks[signal].values.count {
            let (block, offset) = tracks[signal].blocks[tracks[signal].next]
            tracks[signal].values = try input.payload(of: block, at: offset)
            tracks[signal].next += 1
            tracks[signal].position = 0
        }
        let start = tracks[signal].position
        tracks[signal].position += length
        return tracks[signal].values[start..<(start + length)]
    }
}
