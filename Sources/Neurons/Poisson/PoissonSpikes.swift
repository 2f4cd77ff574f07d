/// Scratch words for draws.
struct PoissonWords: ~Copyable {
    private(set) var words: UnsafeMutablePointer<UInt32> = .allocate(capacity: 64)
    private var capacity = 64

    deinit { words.deallocate() }

    /// Makes room for the draws of `count` spikes, two words each; returns how many blocks of four words to draw, a
    /// multiple of 16 so that they are drawn in vectors.
    mutating func reserve(_ count: Int) -> Int {
        let blocks = (count + 31) / 32 * 16
        if 4 * blocks > capacity {
            capacity = 8 * blocks
            words.deallocate()
            words = .allocate(capacity: capacity)
        }
        return blocks
    }
}

/// The spikes of some steps as a bit for each source and step.
struct PoissonSpikes: ~Copyable {
    let steps: Int
    private let blocks: Int
    /// By step and block of 64 sources.
    private let bits: UnsafeMutablePointer<UInt64>
    /// Step and source of spikes that were not their source's first in the step.
    private(set) var again: [(step: UInt32, source: UInt32)] = []

    init(steps: Int, blocks: Int) {
        self.steps = steps
        self.blocks = blocks
        bits = .allocate(capacity: max(1, steps * blocks))
        bits.initialize(repeating: 0, count: max(1, steps * blocks))
    }

    deinit { bits.deallocate() }

    /// Forgets all spikes.
    mutating func removeAll() {
        bits.update(repeating: 0, count: steps * blocks)
        again.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func add(_ step: UInt32, _ source: UInt32) {
        let word = bits + (Int(step) &* blocks &+ Int(source &>> 6))
        let bit: UInt64 = 1 &<< UInt64(source & 63)
        if word.pointee & bit != 0 { again.append((step, source)) }
        word.pointee |= bit
    }

    /// The sources that spike in a step, `[blocks]`.
    @inline(__always)
    func sources(at step: Int) -> UnsafePointer<UInt64> { UnsafePointer(bits + step &* blocks) }
}
