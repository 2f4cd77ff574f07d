/// Scratch words for draws.
struct PoissonWords: ~Copyable {
    private(set) var words: UnsafeMutablePointer<UInt32> = .allocate(capacity: 64)
    private var capacity = 64

    deinit { words.deallocate() }

    /// Makes room for the draws of `count` spikes, two words each; returns how many blocks of four words to draw, a multiple of
    /// 16 so that they are drawn in vectors.
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

/// The spikes of at most 1024 steps, ordered by step and source by counting; at most 10⁶ sources.
struct PoissonSpikes: ~Copyable {
    /// Bits of a source's number; the steps have the others.
    static let sourceBits: UInt32 = 20
    /// Most steps.
    let steps: Int
    /// Steps and sources as they were added.
    private var added: UnsafeMutablePointer<UInt32> = .allocate(capacity: 256)
    private var count = 0
    private var capacity = 256
    /// Sources by step, and where those of each step begin.
    private var sources: UnsafeMutablePointer<UInt32> = .allocate(capacity: 256)
    private let starts: UnsafeMutablePointer<Int32>
    private let ends: UnsafeMutablePointer<Int32>

    init(steps: Int) {
        self.steps = steps
        starts = .allocate(capacity: steps)
        ends = .allocate(capacity: steps)
        ends.initialize(repeating: 0, count: steps)
        starts.initialize(repeating: 0, count: steps)
    }

    deinit {
        for pointer in [starts, ends] { pointer.deallocate() }
        added.deallocate()
        sources.deallocate()
    }

    /// Makes room for `more` spikes.
    mutating func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        capacity = 2 * (count + more)
        let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        larger.update(from: added, count: count)
        added.deallocate()
        added = larger
        sources.deallocate()
        sources = .allocate(capacity: capacity)
    }

    /// Adds a spike that there is room for.
    @inline(__always)
    mutating func add(_ step: UInt32, _ source: UInt32) {
        added[count] = step &<< Self.sourceBits | source
        count &+= 1
    }

    /// Orders the spikes added since the last time.
    mutating func order() {
        let (starts, ends, sources, added) = (starts, ends, sources, added)
        for step in 0..<steps { ends[step] = 0 }
        for i in 0..<count { ends[Int(added[i] &>> Self.sourceBits)] &+= 1 }
        var sum: Int32 = 0
        for step in 0..<steps {
            starts[step] = sum
            let here = ends[step]
            ends[step] = sum
            sum &+= here
        }
        for i in 0..<count {
            let (step, source) = (Int(added[i] &>> Self.sourceBits), added[i] & (1 &<< Self.sourceBits &- 1))
            let first = Int(starts[step])
            var place = Int(ends[step])
            ends[step] &+= 1
            while place > first, sources[place &- 1] > source {
                sources[place] = sources[place &- 1]
                place &-= 1
            }
            sources[place] = source
        }
        count = 0
    }

    /// The sources that spike in a step, ascending, one that spikes twice twice.
    func sources(at step: Int) -> UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(start: sources + Int(starts[step]), count: Int(ends[step] - starts[step]))
    }
}
