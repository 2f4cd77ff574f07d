// Keys tell the routers which core a spike comes from.
//
// A key is read from its high end: | source | core of the source | atom | colour |. A source is a population, or the
// delay extensions of one. Its atom field has as many bits as its largest core needs; the field above numbers its
// cores, and fills what the widest source leaves free, so that all source numbers start at the same bit. Neighbouring
// cores of a source differ only in low bits above the atom: entries for a power of two of them merge into one.
//
// That is the flexible layout. The aligned one, which is the default, leaves gaps in the numbers, so that the cores that a
// chip has of a source start at a multiple of a power of two that is no less than their count: 17 cores a chip would
// otherwise take up to five entries wherever their packets part from those of the next chip.
//
// In the global one all sources have the atom field of the largest. When one huge source
// and many small ones do not fit into 32 bits this way, the zones are packed instead, largest first, each aligned to its
// own size. That uses fewer bits and still keeps each source together.

public import Diagnostics
public import Topology

/// The keys of all cores.
public struct KeyAllocation: Sendable {
    /// The keys of one source: `2^(coreBits + atomBits)` from `base`.
    public struct Zone: Sendable, Equatable {
        public var base: UInt32
        /// Bits below the core's number: atom, delay stage and colour.
        public var atomBits: Int
        /// Bits of the core's number that are in use.
        public var coreBits: Int
        /// The source's cores, in the order of their numbers.
        public var cores: Range<Int>
        /// By core: its number, ascending; empty when they are numbered one after the other.
        var numbers: [UInt32] = []

        /// The number of a core among those of the source.
        func number(of core: Int) -> UInt32 {
            numbers.isEmpty ? UInt32(core - cores.lowerBound) : numbers[core - cores.lowerBound]
        }
    }

    /// Ascending by `cores`.
    public var zones: [Zone]

    /// The first key of a core of a zone.
    public func key(of core: Int, in zone: Zone) -> UInt32 {
        zone.base | zone.number(of: core) << UInt32(zone.atomBits)
    }

    /// Bits of a key that tell a core of the zone from all others.
    public func mask(in zone: Zone) -> UInt32 { UInt32(truncatingIfNeeded: UInt64.max << UInt64(zone.atomBits)) }
}

/// Gives every core a block of keys.
///
/// Sources are numbered by their first projection, those without one after them, delay extensions last. A layout that
/// exceeds 32 bits gives way to the flexible, and that to the packed one.
///
/// - Parameters:
///   - layout: How the fields of a key are laid out.
///   - placements: Where the cores are; without them `aligned` is `flexible`.
/// - Throws: `.doesNotFit` when 32 bits do not suffice.
/// - Complexity: O(populations · log populations + projections).
/// - Determinism: a function of its arguments.
/// - Source: spinnaker-facts §7.4; the packed fallback: this project.
public func allocateKeys(
    _ partition: Partition, of network: Network, layout: MappingOptions.Keys = .aligned, placements: [Placement] = []
) throws(Failure) -> KeyAllocation {
    var order: [Int] = []
    var isNumbered = [Bool](repeating: false, count: network.populations.count)
    for p in network.projections.map(\.pre) + Array(network.populations.indices) where !isNumbered[p] {
        isNumbered[p] = true
        order.append(p)
    }
    let sources =
        order.map { partition.coresOf[$0] } + order.map { partition.extensionsOf[$0] }.filter { !$0.isEmpty }
    var zones = sources.map { cores in
        let keys = cores.reduce(0) { max($0, partition.slices[$1].keyCount) }
        return KeyAllocation.Zone(
            base: 0, atomBits: bitsToCount(keys), coreBits: bitsToCount(cores.count), cores: cores)
    }
    func widest() -> Int { zones.reduce(0) { max($0, $1.atomBits + $1.coreBits) } }
    let largest = zones.reduce(0) { max($0, $1.atomBits) }
    let most = zones.reduce(0) { max($0, $1.coreBits) }
    if layout == .global, bitsToCount(zones.count) + largest + most <= 32 {
        for i in zones.indices { zones[i].atomBits = largest }
    }
    if layout == .aligned, !placements.isEmpty {
        let plain = zones
        for i in zones.indices { zones[i].align(to: placements) }
        if bitsToCount(zones.count) + widest() > 32 { zones = plain }
    }
    if layout != .packed, bitsToCount(zones.count) + widest() <= 32 {
        let widest = widest()
        for i in zones.indices { zones[i].base = UInt32(UInt64(i) << UInt64(widest)) }
    } else {
        // By falling size every zone starts where the last one ends, and is aligned.
        var next: UInt64 = 0
        let bySize = zones.indices.sorted {
            (zones[$1].atomBits + zones[$1].coreBits, $0) < (zones[$0].atomBits + zones[$0].coreBits, $1)
        }
        for i in bySize {
            zones[i].base = UInt32(truncatingIfNeeded: next)
            next += 1 << UInt64(zones[i].atomBits + zones[i].coreBits)
        }
        guard next <= 1 << 32 else {
            throw Failure(
                .doesNotFit,
                "the cores need \(next) routing keys, but a key has 32 bits (\(UInt64(1) << 32) keys); use fewer neurons, "
                    + "or more of them on a core")
        }
    }
    return KeyAllocation(zones: zones.sorted { $0.cores.lowerBound < $1.cores.lowerBound })
}

extension KeyAllocation.Zone {
    /// Numbers the cores so that those of one chip are in a block of their own.
    fileprivate mutating func align(to placements: [Placement]) {
        var next = 0
        var first = cores.lowerBound
        while first < cores.upperBound {
            let chip = placements[first].chip
            let end = cores[first...].first { placements[$0].chip != chip } ?? cores.upperBound
            let size = 1 << bitsToCount(end - first)
            next = (next + size - 1) / size * size
            numbers += (0..<end - first).map { UInt32(next + $0) }
            next += end - first
            first = end
        }
        coreBits = bitsToCount(next)
    }
}

extension Slice {
    /// Keys the core can send: one for each atom, delay stage and colour.
    var keyCount: Int {
        let stages = if case .delayExtension(let stages) = role { stages } else { 1 }
        return stages * neurons.count << WorkerCore.colourBits
    }
}
