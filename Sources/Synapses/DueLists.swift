/// A segment that waits for its step.
struct DueSegment {
    /// Place in the rows' words.
    var at: UInt32
    /// Step of the spike.
    var time: UInt32
    var spikes: UInt32
}

/// The synapse of a row of one that waits for its step.
struct DueSynapse {
    static let typeShift = 29

    /// Synapse type and place of the sum.
    var target: UInt32
    /// Weight times spikes.
    var amount: UInt32

    @inline(__always) var type: Int { Int(target &>> UInt32(Self.typeShift)) }
    @inline(__always) var offset: Int { Int(target & (1 &<< UInt32(Self.typeShift) &- 1)) }
}

/// What leads from a source core whose spikes come as counts.
struct DirectBlock {
    /// By row, where spikes are counted.
    var spikes: UnsafeMutablePointer<UInt16>?
    var stretches = UnsafeBufferPointer<DirectRows.Stretch>(start: nil, count: 0)
}

/// A stretch of rows of one synapse each whose counts wait for their step.
struct DueCounts {
    var stretch: DirectRows.Stretch
    /// Step of the spikes.
    var time: Int
    /// Where the counts begin.
    var at: Int
}

/// A list that keeps its memory.
struct DueList<Entry> {
    var entries: UnsafeMutablePointer<Entry>
    var count = 0
    private var capacity = 16

    init() { entries = .allocate(capacity: 16) }

    @inline(__always)
    mutating func append(_ entry: Entry) {
        if count == capacity { grow() }
        (entries + count).initialize(to: entry)
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ more: UnsafePointer<Entry>, count added: Int) {
        while count + added > capacity { grow() }
        (entries + count).initialize(from: more, count: added)
        count &+= added
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        capacity *= 2
    }

    func deallocate() { entries.deallocate() }
}
