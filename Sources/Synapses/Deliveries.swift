public import CIntrinsics

/// A row to deliver, and the spikes that ask for it.
public struct RowSpikes: Sendable {
    public var row: UInt32
    public var spikes: UInt32

    @inlinable @inline(__always)
    public init(row: UInt32, spikes: UInt32 = 1) {
        self.row = row
        self.spikes = spikes
    }
}

/// Where rows are: known to who lists their spikes, so that memory is asked early.
public struct RowPlaces {
    @usableFromInline let entries: UnsafeMutablePointer<RowEntry>

    init(_ entries: UnsafeMutablePointer<RowEntry>) { self.entries = entries }

    /// Asks memory for what ``Deliveries/add(_:count:time:)`` will read of a row.
    @inlinable @inline(__always)
    public func expect(_ row: UInt32) { cintrinsics_prefetch(entries + Int(row)) }
}

/// Delivers the rows of spikes segment by segment, each in the step in which the first delay it covers ends.
///
/// A spike is listed under the step of its row's first segment; when that has been delivered, under the step of the
/// next one. So the sums written to in a step are those of the segments' few steps, and what is read from memory is
/// known beforehand and can be asked for in good time. A row of one synapse, as each Poisson source of a drive has, is
/// read when its spike comes, since that takes no longer than to list it.
///
/// - Determinism: The sums do not depend on the order of spikes.
public final class Deliveries {
    let table: RowTable
    /// Where each row is.
    public let places: RowPlaces
    let sums: InputSums
    /// What is due, by step modulo their number.
    let lists: UnsafeMutablePointer<DueList<DueSegment>>
    /// The rows of one synapse that are due, likewise.
    let singles: UnsafeMutablePointer<DueList<DueSynapse>>
    /// The spikes that the entries of ``singles`` stand for.
    let singleSpikes: UnsafeMutablePointer<Int>
    let mask: Int
    /// What leads from source cores whose spikes come as counts.
    private var direct: [DirectRows] = []
    /// The same by number of the core's block; without stretches where they come one by one.
    private var directBlocks: [DirectBlock] = []
    /// The counts that are due, likewise.
    let counts: UnsafeMutablePointer<DueList<UInt8>>
    let directs: UnsafeMutablePointer<DueList<DueCounts>>
    /// Additions of the largest weight that no sum can wrap from.
    private var mostAdditions: Int
    var additions = 0
    /// The same where no others add to the sums.
    private let mostAdditionsAlone: Int
    /// Steps after which the spikes of ``direct`` are settled, before 16 bits are too few.
    private static let stepsNoted = 128
    /// The step delivered to last: the first that can still be.
    var current = 0

    /// - Parameters:
    ///   - longest: The longest delay in steps.
    ///   - window: Most steps between a spike and its announcement.
    public init(_ table: RowTable, into sums: InputSums, longest: Int, window: Int) {
        self.table = table
        places = RowPlaces(table.index)
        self.sums = sums
        var count = 2
        while count < longest + window + 1 { count *= 2 }
        mask = count - 1
        lists = .allocate(capacity: count)
        singles = .allocate(capacity: count)
        counts = .allocate(capacity: count)
        directs = .allocate(capacity: count)
        singleSpikes = .allocate(capacity: count)
        singleSpikes.initialize(repeating: 0, count: count)
        for i in 0..<count {
            (lists + i).initialize(to: DueList())
            (singles + i).initialize(to: DueList())
            (counts + i).initialize(to: DueList())
            (directs + i).initialize(to: DueList())
        }
        mostAdditionsAlone = (Int(UInt32.max) - 0x20000) / max(Int(table.largestWeight), 1)
        mostAdditions = mostAdditionsAlone
    }

    deinit {
        for i in 0...mask {
            lists[i].deallocate()
            singles[i].deallocate()
            counts[i].deallocate()
            directs[i].deallocate()
        }
        counts.deallocate()
        directs.deallocate()
        lists.deallocate()
        singles.deallocate()
        singleSpikes.deallocate()
    }

    /// Has as many tables deliver into the same sums.
    public func share(among count: Int) {
        sums.limit()
        additions = 0
        mostAdditions = mostAdditionsAlone / count
    }

    /// Takes in the spikes of step `time`.
    ///
    /// - Parameter spikes: `[count]`; asked for by ``RowPlaces/expect(_:)`` before; none of their delays ends before
    ///   the step last delivered to.
    /// - Complexity: O(count).
    @inline(never)
    public func add(_ spikes: UnsafePointer<RowSpikes>, count: Int, time: Int) {
        let index = table.index
        let lines = Self.lines(table)
        let isShort = lines <= 3
        let words = table.words
        for i in 0..<count {
            let row = index + Int(spikes[i].row)
            row.pointee.spikes &+= spikes[i].spikes
            let size = row[1].start &- row[0].start
            guard size != 0 else { continue }
            let due = max(time &+ Int(row.pointee.delay), current)
            if size == SegmentHeader.wordsOfOne, addSingle(Int(row.pointee.start), spikes[i].spikes, time, due) {
                continue
            }
            // A few short rows go by before memory answers: those that come next are asked for here, not a little
            // ahead.
            if isShort && due &- current <= 1 { Self.prefetch(words + Int(row.pointee.start), lines) }
            lists[due & mask].append(
                DueSegment(at: row.pointee.start, time: UInt32(truncatingIfNeeded: time), spikes: spikes[i].spikes))
        }
    }

    /// Lists the only synapse of a row under step `due`; `false`: the row has two, or too many spikes.
    @inline(__always)
    private func addSingle(_ at: Int, _ spikes: UInt32, _ time: Int, _ due: Int) -> Bool {
        let words = table.words + at
        let header = SegmentHeader(words[0], words[1])
        guard header.count == 1, spikes <= 0xFFFF else { return false }
        let weight = header.isPacked ? UInt32(header.weight) : words[2] &>> 16
        let offset =
            (time & (table.layout.groupSteps &- 1)) &* table.layout.stride &+ header.window &<< 16
            &+ Int(words[2] & 0xFFFF)
        singles[due & mask].append(
            DueSynapse(
                target: UInt32(truncatingIfNeeded: header.type &<< DueSynapse.typeShift | offset),
                amount: weight &* spikes))
        singleSpikes[due & mask] &+= Int(spikes)
        return true
    }

    /// Has the spikes of the source core of block `block` come as counts, to ``addDense(_:_:count:time:)``.
    public func setDirect(_ block: Int, _ rows: DirectRows) {
        direct.append(rows)
        while directBlocks.count <= block { directBlocks.append(DirectBlock()) }
        directBlocks[block] = DirectBlock(spikes: rows.spikes, stretches: UnsafeBufferPointer(rows.stretches))
    }

    /// Takes in how often each source of a block spiked in step `time`.
    ///
    /// - Parameter spikes: `[count]`, by row of the block.
    /// - Complexity: O(count), vectorised.
    @inline(never)
    public func addDense(_ block: Int, _ spikes: UnsafePointer<UInt8>, count: Int, time: Int) {
        guard block < directBlocks.count, let noted = directBlocks[block].spikes else { return }
        Self.add(spikes, to: noted, count)
        let stretches = directBlocks[block].stretches
        for i in 0..<stretches.count {
            let stretch = stretches[i]
            let place = max(time &+ stretch.delay, current) & mask
            directs[place].append(DueCounts(stretch: stretch, time: time, at: counts[place].count))
            counts[place].append(spikes + stretch.rows.lowerBound, count: stretch.rows.count)
        }
    }

    /// Adds the spikes that came as counts to those of the rows.
    public func settleSpikes() {
        for rows in direct { rows.settle(table) }
    }

    private func deliverDirects(_ place: Int) {
        let entries = directs[place].entries
        for i in 0..<directs[place].count {
            let due = entries[i]
            let stretch = due.stretch
            // No neuron has two synapses in a stretch.
            if mostAdditions &- additions < 255 {
                sums.limit()
                additions = 0
            }
            additions &+= 255
            let base = (due.time & (table.layout.groupSteps &- 1)) &* table.layout.stride
            Self.add(
                counts[place].entries + due.at, stretch.weights, stretch.rows.count,
                sums.sums[stretch.type] + (base &+ stretch.offset))
        }
        directs[place].count = 0
        counts[place].count = 0
    }

    /// Delivers what is due in step `time`: the step of the last call, if spikes came since, or the one after.
    ///
    /// - Complexity: O(synapses of the segments), no allocation but of growing lists.
    @inline(never)
    public func deliver(step time: Int) {
        current = time
        if time & (Self.stepsNoted &- 1) == 0 && !direct.isEmpty { settleSpikes() }
        if singles[time & mask].count > 0 { deliverSingles(time & mask) }
        if directs[time & mask].count > 0 { deliverDirects(time & mask) }
        let list = lists + (time & mask)
        guard list.pointee.count > 0 else { return }
        let words = table.words
        let groupMask = table.layout.groupSteps &- 1
        let stride = table.layout.stride
        let sums = self.sums.sums
        let lines = Self.lines(table)
        let ahead = 8
        let entries = list.pointee.entries
        let count = list.pointee.count
        for i in 0..<min(ahead, count) { Self.prefetch(words + Int(entries[i].at), lines) }
        for i in 0..<count {
            if i &+ ahead < count { Self.prefetch(words + Int(entries[i &+ ahead].at), lines) }
            let due = entries[i]
            var at = Int(due.at)
            let base = (Int(due.time) & groupMask) &* stride
            while true {
                let header = SegmentHeader(words[at], words[at &+ 1])
                at &+= 2
                let target = sums[header.type] + (base &+ header.window &<< 16)
                let synapses = header.count
                let most = synapses &* Int(due.spikes)
                if most > mostAdditions &- additions {
                    self.sums.limit()
                    additions = 0
                }
                additions &+= most
                if most > mostAdditions {
                    Self.addLimited(words + at, header, due.spikes, target)
                } else if header.isPacked {
                    Self.addPacked(words + at, synapses, UInt32(header.weight) &* due.spikes, target)
                } else if due.spikes == 1 {
                    Self.add(words + at, synapses, target)
                } else {
                    Self.addRepeated(words + at, synapses, due.spikes, target)
                }
                at &+= header.words
                if header.isLast { break }
                let then = Int(due.time) &+ Int(words[at] >> 16)
                if then > time {
                    lists[then & mask].append(
                        DueSegment(at: UInt32(truncatingIfNeeded: at), time: due.time, spikes: due.spikes))
                    break
                }
            }
        }
        list.pointee.count = 0
    }

    private func deliverSingles(_ place: Int) {
        let list = singles + place
        let most = singleSpikes[place]
        if most > mostAdditions &- additions {
            sums.limit()
            additions = 0
        }
        additions &+= most
        if most > mostAdditions {
            Self.addLimited(list.pointee.entries, list.pointee.count, sums.sums)
        } else {
            Self.add(list.pointee.entries, list.pointee.count, sums.sums)
        }
        list.pointee.count = 0
        singleSpikes[place] = 0
    }

    /// Cache lines to ask for of a segment.
    private static func lines(_ table: RowTable) -> Int { min(max(table.meanSegment / 16 + 2, 2), 16) }

    @inline(__always)
    private static func prefetch(_ words: UnsafeMutablePointer<UInt32>, _ lines: Int) {
        for line in 0..<lines { cintrinsics_prefetch(words + 16 &* line) }
    }

    // MARK: - Kernels

    /// Adds `count` synapses, four at a time.
    @inline(__always)
    private static func add(
        _ words: UnsafeMutablePointer<UInt32>, _ count: Int, _ sums: UnsafeMutablePointer<UInt32>
    ) {
        let raw = UnsafeRawPointer(words)
        let quads = count &>> 2
        for i in 0..<quads {
            let a = raw.loadUnaligned(fromByteOffset: i &<< 4, as: UInt64.self)
            let b = raw.loadUnaligned(fromByteOffset: i &<< 4 &+ 8, as: UInt64.self)
            sums[Int(truncatingIfNeeded: a & 0xFFFF)] &+= UInt32(truncatingIfNeeded: a) &>> 16
            sums[Int(truncatingIfNeeded: (a &>> 32) & 0xFFFF)] &+= UInt32(truncatingIfNeeded: a &>> 48)
            sums[Int(truncatingIfNeeded: b & 0xFFFF)] &+= UInt32(truncatingIfNeeded: b) &>> 16
            sums[Int(truncatingIfNeeded: (b &>> 32) & 0xFFFF)] &+= UInt32(truncatingIfNeeded: b &>> 48)
        }
        for i in (quads &<< 2)..<count { sums[Int(words[i] & 0xFFFF)] &+= words[i] &>> 16 }
    }

    /// Adds counts to sums of counts.
    @inline(never)
    private static func add(
        _ counts: UnsafePointer<UInt8>, to sums: UnsafeMutablePointer<UInt16>, _ count: Int
    ) {
        for i in 0..<count { sums[i] &+= UInt16(counts[i]) }
    }

    /// Adds a synapse a neuron, each as often as its count says.
    @inline(never)
    private static func add(
        _ counts: UnsafePointer<UInt8>, _ weights: UnsafePointer<UInt16>, _ count: Int,
        _ sums: UnsafeMutablePointer<UInt32>
    ) {
        for i in 0..<count { sums[i] &+= UInt32(counts[i]) &* UInt32(weights[i]) }
    }

    /// Adds rows of one synapse.
    @inline(never)
    private static func add(
        _ entries: UnsafeMutablePointer<DueSynapse>, _ count: Int,
        _ sums: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
    ) {
        for i in 0..<count { sums[entries[i].type][entries[i].offset] &+= entries[i].amount }
    }

    /// Adds so many rows of one synapse that a sum could wrap.
    @inline(never)
    private static func addLimited(
        _ entries: UnsafeMutablePointer<DueSynapse>, _ count: Int,
        _ sums: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
    ) {
        for i in 0..<count {
            let sum = sums[entries[i].type] + entries[i].offset
            sum.pointee = UInt32(min(UInt64(sum.pointee) + UInt64(entries[i].amount), 0x10000))
        }
    }

    @inline(__always)
    private static func addRepeated(
        _ words: UnsafeMutablePointer<UInt32>, _ count: Int, _ spikes: UInt32, _ sums: UnsafeMutablePointer<UInt32>
    ) {
        for i in 0..<count { sums[Int(words[i] & 0xFFFF)] &+= (words[i] &>> 16) &* spikes }
    }

    @inline(__always)
    private static func addPacked(
        _ words: UnsafeMutablePointer<UInt32>, _ count: Int, _ weight: UInt32, _ sums: UnsafeMutablePointer<UInt32>
    ) {
        // Four offsets a load.
        let raw = UnsafeRawPointer(words)
        let quads = count &>> 2
        for i in 0..<quads {
            let four = raw.loadUnaligned(fromByteOffset: i &<< 3, as: UInt64.self)
            sums[Int(truncatingIfNeeded: four & 0xFFFF)] &+= weight
            sums[Int(truncatingIfNeeded: (four &>> 16) & 0xFFFF)] &+= weight
            sums[Int(truncatingIfNeeded: (four &>> 32) & 0xFFFF)] &+= weight
            sums[Int(truncatingIfNeeded: four &>> 48)] &+= weight
        }
        for i in (quads &<< 2)..<count {
            sums[Int(raw.loadUnaligned(fromByteOffset: i &<< 1, as: UInt16.self))] &+= weight
        }
    }

    /// Adds so many spikes, or so large a segment, that a sum could wrap.
    @inline(never)
    private static func addLimited(
        _ words: UnsafeMutablePointer<UInt32>, _ header: SegmentHeader, _ spikes: UInt32,
        _ sums: UnsafeMutablePointer<UInt32>
    ) {
        for i in 0..<header.count {
            let raw = UnsafeRawPointer(words)
            let (offset, weight) =
                header.isPacked
                ? (Int(raw.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)), UInt64(header.weight))
                : (Int(words[i] & 0xFFFF), UInt64(words[i] >> 16))
            sums[offset] = UInt32(min(UInt64(sums[offset]) + weight * UInt64(spikes), 0x10000))
        }
    }
}
