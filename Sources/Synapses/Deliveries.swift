import CIntrinsics

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

/// Delivers the rows of spikes segment by segment, each in the step in which the first delay it covers ends.
///
/// A spike is listed under the step of its row's first segment; when that has been delivered, under the step of the next
/// one. So the sums written to in a step are those of the segments' few steps, and what is read from memory is known
/// beforehand and can be asked for in good time.
///
/// - Determinism: The sums do not depend on the order of spikes.
public final class Deliveries {
    private let table: RowTable
    private let sums: InputSums
    /// What is due, by step modulo their number.
    private let lists: UnsafeMutablePointer<DueList>
    private let mask: Int
    /// Additions of the largest weight that no sum can wrap from.
    private let mostAdditions: Int
    private var additions = 0
    /// The step delivered to last: the first that can still be.
    private var current = 0

    /// - Parameters:
    ///   - longest: The longest delay in steps.
    ///   - window: Most steps between a spike and its announcement.
    public init(_ table: RowTable, into sums: InputSums, longest: Int, window: Int) {
        self.table = table
        self.sums = sums
        var count = 2
        while count < longest + window + 1 { count *= 2 }
        mask = count - 1
        lists = .allocate(capacity: count)
        for i in 0..<count { (lists + i).initialize(to: DueList()) }
        mostAdditions = (Int(UInt32.max) - 0x20000) / max(Int(table.largestWeight), 1)
    }

    deinit {
        for i in 0...mask { lists[i].deallocate() }
        lists.deallocate()
    }

    /// Takes in the spikes of step `time`.
    ///
    /// - Parameter spikes: `[count]`; none of their delays ends before the step last delivered to.
    /// - Complexity: O(count).
    @inline(never)
    public func add(_ spikes: UnsafePointer<RowSpikes>, count: Int, time: Int) {
        let index = table.index
        let ahead = 16
        for i in 0..<min(ahead, count) { cintrinsics_prefetch(index + Int(spikes[i].row)) }
        for i in 0..<count {
            if i &+ ahead < count { cintrinsics_prefetch(index + Int(spikes[i &+ ahead].row)) }
            let row = index + Int(spikes[i].row)
            row.pointee.spikes &+= spikes[i].spikes
            guard row[0].start != row[1].start else { continue }
            let due = max(time &+ Int(row.pointee.delay), current)
            lists[due & mask].append(
                DueSegment(at: row.pointee.start, time: UInt32(truncatingIfNeeded: time), spikes: spikes[i].spikes))
        }
    }

    /// Delivers what is due in step `time`: the step of the last call, if spikes came since, or the one after.
    ///
    /// - Complexity: O(synapses of the segments), no allocation but of growing lists.
    @inline(never)
    public func deliver(step time: Int) {
        current = time
        let list = lists + (time & mask)
        guard list.pointee.count > 0 else { return }
        let words = table.words
        let groupMask = table.layout.groupSteps &- 1
        let stride = table.layout.stride
        let sums = self.sums.sums
        let lines = min(max(table.meanSegment / 16 + 2, 2), 16)
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

/// A segment that waits for its step.
private struct DueSegment {
    /// Place in the rows' words.
    var at: UInt32
    /// Step of the spike.
    var time: UInt32
    var spikes: UInt32
}

/// A list that keeps its memory.
private struct DueList {
    var entries: UnsafeMutablePointer<DueSegment>
    var count = 0
    private var capacity = 16

    init() { entries = .allocate(capacity: 16) }

    @inline(__always)
    mutating func append(_ segment: DueSegment) {
        if count == capacity { grow() }
        (entries + count).initialize(to: segment)
        count &+= 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<DueSegment>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = larger
        capacity *= 2
    }

    func deallocate() { entries.deallocate() }
}
