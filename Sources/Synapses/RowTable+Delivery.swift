import CIntrinsics

/// What saturated: read after a delivery, not part of its result.
@frozen
public struct Saturations {
    /// Additions that were cut to 65535, by neuron, `[stride]`.
    public var perNeuron: UnsafeMutablePointer<UInt32>
    /// Entries of a ring-buffer slot.
    public var stride: Int

    public init(perNeuron: UnsafeMutablePointer<UInt32>, stride: Int) {
        self.perNeuron = perNeuron
        self.stride = stride
    }

    /// Notes that the entry `index` of a ring saturated.
    @inline(never)
    @usableFromInline
    func note(_ index: Int) { perNeuron[index % stride] &+= 1 }
}

extension RowTable {
    /// Adds rows to the ring buffers, as spikes of step `time` ask for.
    ///
    /// Each addition saturates at 65535; which additions saturated is counted per neuron.
    ///
    /// - Parameters:
    ///   - list: `[count]` row numbers; a row repeated is delivered, and counted, as often.
    ///   - time: Step in which the spikes were sent.
    /// - Complexity: O(synapses of the rows), no allocation.
    /// - Determinism: The buffers do not depend on the order of `list`; the saturation counts do.
    @inline(never)
    public func deliver(
        rows list: UnsafePointer<UInt32>, count: Int, time: Int, into ringBuffers: RingBuffers,
        _ saturations: Saturations
    ) {
        let index = self.index
        let words = self.words
        let rings = ringBuffers.rings
        let now = ringBuffers.offset(ofStep: time)
        let saturations = saturations
        // A long row hides the way to memory of the next; of short ones several have to be under way.
        let ahead = wordCount < 64 * rows ? 8 : 1
        for spike in 0..<min(2 * ahead, count) { cintrinsics_prefetch(index + Int(list[spike])) }
        for spike in 0..<min(ahead, count) { prefetch(row: Int(list[spike])) }
        for spike in 0..<count {
            if spike &+ 2 &* ahead < count { cintrinsics_prefetch(index + Int(list[spike &+ 2 &* ahead])) }
            if spike &+ ahead < count { prefetch(row: Int(list[spike &+ ahead])) }
            let row = Int(list[spike])
            index[row].spikes &+= 1
            var at = Int(index[row].start)
            let end = Int(index[row + 1].start)
            while at < end {
                let header = SegmentHeader(rawValue: words[at])
                let synapses = Int(words[at + 1])
                at += 2
                let base = now &+ (header.window << 16)
                let ring = rings[header.type] + base
                if header.isPacked {
                    let weight = UInt32(header.weight)
                    Self.addPacked(words + at, synapses, weight, ring, base, saturations)
                    at += (synapses &+ 1) >> 1
                } else {
                    Self.add(words + at, synapses, ring, base, saturations)
                    at += synapses
                }
            }
        }
    }

    /// Asks for the first lines of a row; the processor's own prefetcher carries on from there.
    @inline(__always)
    private func prefetch(row: Int) {
        var at = Int(index[row].start)
        let last = min(Int(index[row + 1].start), at + 64 * 16)
        while at < last {
            cintrinsics_prefetch(words + at)
            at += 16
        }
    }

    @inline(__always)
    private static func add(
        _ words: UnsafeMutablePointer<UInt32>, _ count: Int, _ ring: UnsafeMutablePointer<UInt16>, _ base: Int,
        _ saturations: Saturations
    ) {
        for i in 0..<count {
            let word = words[i]
            let offset = Int(word & 0xFFFF)
            var sum = UInt32(ring[offset]) &+ (word >> 16)
            if sum > 0xFFFF {
                sum = 0xFFFF
                saturations.note(base &+ offset)
            }
            ring[offset] = UInt16(truncatingIfNeeded: sum)
        }
    }

    @inline(__always)
    private static func addPacked(
        _ words: UnsafeMutablePointer<UInt32>, _ count: Int, _ weight: UInt32, _ ring: UnsafeMutablePointer<UInt16>,
        _ base: Int, _ saturations: Saturations
    ) {
        @inline(__always)
        func addOne(_ offset: Int) {
            var sum = UInt32(ring[offset]) &+ weight
            if sum > 0xFFFF {
                sum = 0xFFFF
                saturations.note(base &+ offset)
            }
            ring[offset] = UInt16(truncatingIfNeeded: sum)
        }
        // Four offsets a load.
        let raw = UnsafeRawPointer(words)
        let quads = count &>> 2
        for i in 0..<quads {
            let four = raw.loadUnaligned(fromByteOffset: i &<< 3, as: UInt64.self)
            addOne(Int(truncatingIfNeeded: four & 0xFFFF))
            addOne(Int(truncatingIfNeeded: (four &>> 16) & 0xFFFF))
            addOne(Int(truncatingIfNeeded: (four &>> 32) & 0xFFFF))
            addOne(Int(truncatingIfNeeded: four &>> 48))
        }
        for i in (quads &<< 2)..<count {
            addOne(Int(raw.loadUnaligned(fromByteOffset: i &<< 1, as: UInt16.self)))
        }
    }
}
