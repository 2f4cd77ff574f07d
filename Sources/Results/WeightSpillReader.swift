import Diagnostics

/// The recorded weights of one rank's log.
///
/// The whole log is checked when it is opened; blocks are then read one by one.
final class WeightSpillReader {
    /// A block of synapses: where it is, and where it belongs.
    struct Synapses {
        var block: SpillBlock
        var offset: Int
        var firstTarget: UInt32
    }

    /// A complete sample: its step, and a block of weights for each block of its synapses.
    struct Sample {
        var step: UInt32
        var synapses: [Synapses]
        var weights: [(block: SpillBlock, offset: Int)]
    }

    let input: SpillInput
    let signals: [WeightSignal]
    private(set) var samples: [[Sample]]
    /// The log came to its end, or to where the next begins.
    private(set) var isComplete = false

    /// Opens the log at `path` and looks through it.
    ///
    /// - Parameter limit: What the log has of this step and later ones does not count; `nil`: all counts.
    init(path: String, limit: Int? = nil) throws(Failure) {
        input = try SpillInput(path: path, kind: .weights)
        signals = input.header.weights ?? []
        var synapses = signals.map { _ in [Synapses]() }
        samples = signals.map { _ in [] }
        let start = input.header.start ?? 0
        let earlier = signals.map { $0.samples(before: start) }
        var open = signals.map { _ in [(block: SpillBlock, offset: Int)]() }
        while true {
            let offset = input.offset
            guard let (block, payload) = try input.next() else { break }
            let signal = Int(block.tag / 2)
            guard signal < signals.count, Int(block.first) == earlier[signal] + samples[signal].count else {
                input.reject("the block before it makes no sense")
                break
            }
            let isSense: Bool
            if block.tag % 2 == 0 {
                isSense =
                    block.count > 0 && payload.count == 12 * Int(block.count)
                    && (samples[signal].isEmpty || signals[signal].isStructural)
                if isSense {
                    synapses[signal].append(
                        Synapses(
                            block: block, offset: offset,
                            firstTarget: payload.littleEndianWord(at: 4 * Int(block.count))))
                }
            } else if block.end > block.first {
                isSense = payload.count == 4 && open[signal].count == synapses[signal].count
                if isSense {
                    samples[signal].append(
                        Sample(
                            step: payload.littleEndianWord(at: 0), synapses: synapses[signal], weights: open[signal]))
                    open[signal] = []
                    if signals[signal].isStructural { synapses[signal] = [] }
                }
            } else {
                let number = open[signal].count
                isSense =
                    payload.count == Int(block.count) * (signals[signal].hasPending ? 4 : 2)
                    && number < synapses[signal].count && synapses[signal][number].block.count == block.count
                if isSense { open[signal].append((block, offset)) }
            }
            guard isSense else {
                input.reject("the block before it makes no sense")
                break
            }
        }
        isComplete = input.isComplete
        if let limit {
            for signal in signals.indices { samples[signal].removeAll { Int($0.step) >= limit } }
            isComplete = signals.indices.allSatisfy {
                earlier[$0] + samples[$0].count == signals[$0].samples(before: limit)
            }
        }
    }
}
