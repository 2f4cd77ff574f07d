// Keys tell the routers which core a spike comes from.
//
// A key is read from its high end: | source | core of the source | atom | colour |. A source is a population, or the
// delay extensions of one. Its atom field has as many bits as its largest core needs; the field above numbers its
// cores, and fills what the widest source leaves free, so that all source numbers start at the same bit. Neighbouring
// cores of a source differ only in low bits above the atom: entries for a power of two of them merge into one.
//
// That is the flexible layout. The aligned one, which is the default, leaves gaps in the numbers, so that the cores
// that a chip has of a source start at a multiple of a power of two that is no less than their count: 17 cores a chip
// would otherwise take up to five entries wherever their packets part from those of the next chip. Its sources are
// numbered so that those with similar trees share blocks (``placesOfSources(_:by:)``).
//
// In the global one all sources have the atom field of the largest. When one huge source and many small ones do not fit
// into 32 bits this way, the zones are packed instead, largest first, each aligned to its own size. That uses fewer
// bits and still keeps each source together.
//
// A file can give a population its keys, as devices need that speak or listen to certain ones. Such a zone lies where
// the file says; the numbers of other sources skip what it takes. Delay extensions of the population send keys of their
// own.

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
/// Sources are numbered by their first projection, those without one after them, delay extensions last; those of the
/// aligned layout by their trees. A layout that exceeds 32 bits gives way to the flexible, and that to the packed one.
///
/// - Parameters:
///   - layout: How the fields of a key are laid out.
///   - placements: Where the cores are; without them `aligned` is `flexible`.
///   - trees: The ways of all cores' packets; without them sources keep the order of their projections.
/// - Throws: `.doesNotFit` when 32 bits do not suffice, `.badInput` when keys of the file are too few or meet.
/// - Complexity: O(populations · log populations + projections), and that of ``placesOfSources(_:by:)`` for `aligned`.
/// - Determinism: a function of its arguments.
/// - Source: Documentation/Chip.md, "Keys"; the packed fallback: this project.
public func allocateKeys(
    _ partition: Partition, of network: Network, layout: MappingOptions.Keys = .aligned, placements: [Placement] = [],
    trees: [RoutingTree] = []
) throws(Failure) -> KeyAllocation {
    var order: [Int] = []
    var isNumbered = [Bool](repeating: false, count: network.populations.count)
    func append(_ p: Int) {
        guard !isNumbered[p] else { return }
        isNumbered[p] = true
        order.append(p)
    }
    for i in network.projections.indices { append(network.projections[i].pre) }
    for p in network.populations.indices { append(p) }
    func zone(_ cores: Range<Int>) -> KeyAllocation.Zone {
        let keys = cores.reduce(0) { max($0, partition.slices[$1].keyCount) }
        return KeyAllocation.Zone(
            base: 0, atomBits: bitsToCount(keys), coreBits: bitsToCount(cores.count), cores: cores)
    }
    var given: [FixedZone] = []
    for p in network.populations.indices {
        guard let key = network.populations[p].key else { continue }
        given.append(try FixedZone(zone(partition.coresOf[p]), key, of: network.populations[p].name))
    }
    let fixed = try FixedZones(given)
    let sources =
        order.filter { network.populations[$0].key == nil }.map { partition.coresOf[$0] }
        + order.map { partition.extensionsOf[$0] }.filter { !$0.isEmpty }
    let plain = sources.map(zone)
    var shaped = plain
    var places = Array(plain.indices)
    if layout == .global {
        let largest = plain.reduce(0) { max($0, $1.atomBits) }
        for i in shaped.indices { shaped[i].atomBits = largest }
    } else if layout == .aligned, !placements.isEmpty {
        for i in shaped.indices { shaped[i].align(to: placements) }
        if !trees.isEmpty { places = placesOfSources(sources, by: trees) }
    }
    let zones: [KeyAllocation.Zone]
    if layout != .packed,
        let numbered = number(shaped, at: places, avoiding: fixed)
            ?? number(plain, at: Array(plain.indices), avoiding: fixed)
    {
        zones = numbered
    } else {
        zones = try pack(plain, avoiding: fixed)
    }
    return KeyAllocation(zones: (zones + given.map(\.zone)).sorted { $0.cores.lowerBound < $1.cores.lowerBound })
}

/// A zone that lies where the file says.
private struct FixedZone {
    var zone: KeyAllocation.Zone
    /// All keys under the mask of the file.
    var block: Range<UInt64>
    var name: String

    init(_ zone: KeyAllocation.Zone, _ key: FixedKey, of name: String) throws(Failure) {
        let bits = zone.atomBits + zone.coreBits
        let needed = UInt32(truncatingIfNeeded: UInt64.max << UInt64(bits))
        let mask = key.mask ?? needed
        let what = "population \"\(name)\": the key \(hexadecimal(key.key))"
        guard bits <= 32, ~mask & ~needed == ~needed else {
            throw Failure(
                .badInput,
                "\(what) with mask \(hexadecimal(mask)) leaves \((~mask).nonzeroBitCount) bits, but "
                    + "\(zone.cores.count) cores with up to \(1 << max(0, zone.atomBits - WorkerCore.colourBits)) "
                    + "neurons and \(WorkerCore.colourBits) bits for the tick need \(bits)"
                    + (bits <= 32 ? "; the mask \(hexadecimal(needed)) would do" : ""))
        }
        guard key.key & ~mask == 0 else {
            throw Failure(
                .badInput,
                "\(what) has bits where the population's keys differ; \(hexadecimal(key.key & needed)) under the mask "
                    + "\(hexadecimal(needed)) would do")
        }
        self.zone = zone
        self.zone.base = key.key
        self.name = name
        block = UInt64(key.key)..<UInt64(key.key) + UInt64(~mask) + 1
    }

    /// The keys in words.
    var words: String {
        "population \"\(name)\" (\(hexadecimal(UInt32(truncatingIfNeeded: block.lowerBound))) to "
            + "\(hexadecimal(UInt32(truncatingIfNeeded: block.upperBound - 1))))"
    }
}

/// All zones that lie where the file says, by their keys.
private struct FixedZones {
    private let zones: [FixedZone]

    init(_ zones: [FixedZone]) throws(Failure) {
        self.zones = zones.sorted { $0.block.lowerBound < $1.block.lowerBound }
        for (low, high) in zip(self.zones, self.zones.dropFirst()) where low.block.overlaps(high.block) {
            throw Failure(.badInput, "the keys of \(low.words) and of \(high.words) meet; choose others")
        }
    }

    var isEmpty: Bool { zones.isEmpty }

    /// The end of what is taken of some keys; `nil` when none of them is.
    ///
    /// - Complexity: O(log zones).
    func end(ofTaken keys: Range<UInt64>) -> UInt64? {
        var (low, high) = (0, zones.count)
        while low < high {
            let middle = (low + high) / 2
            if zones[middle].block.lowerBound < keys.upperBound { low = middle + 1 } else { high = middle }
        }
        guard low > 0, zones[low - 1].block.upperBound > keys.lowerBound else { return nil }
        return zones[low - 1].block.upperBound
    }
}

/// The zones numbered by their places above a common width, skipping what is taken; `nil` when that does not fit into
/// 32 bits.
private func number(
    _ zones: [KeyAllocation.Zone], at places: [Int], avoiding fixed: FixedZones
) -> [KeyAllocation.Zone]? {
    var zones = zones
    let width = UInt64(zones.reduce(0) { max($0, $1.atomBits + $1.coreBits) })
    guard width <= 32 else { return nil }
    var skipped: UInt64 = 0
    for i in places.indices.sorted(by: { places[$0] < places[$1] }) {
        var next = UInt64(places[i]) + skipped
        while let end = fixed.end(ofTaken: next << width..<(next + 1) << width) { next = (end - 1) >> width + 1 }
        guard (next + 1) << width <= 1 << 32 else { return nil }
        skipped = next - UInt64(places[i])
        zones[i].base = UInt32(next << width)
    }
    return zones
}

/// The zones one after the other by falling size, each aligned to it, skipping what is taken.
private func pack(
    _ zones: [KeyAllocation.Zone], avoiding fixed: FixedZones
) throws(Failure) -> [KeyAllocation.Zone] {
    var zones = zones
    var next: UInt64 = 0
    let bySize = zones.indices.sorted {
        (zones[$1].atomBits + zones[$1].coreBits, $0) < (zones[$0].atomBits + zones[$0].coreBits, $1)
    }
    for i in bySize {
        let size: UInt64 = 1 << UInt64(zones[i].atomBits + zones[i].coreBits)
        while let end = fixed.end(ofTaken: next..<next + size) { next = (end + size - 1) / size * size }
        zones[i].base = UInt32(truncatingIfNeeded: next)
        next += size
    }
    guard next <= 1 << 32 else {
        throw Failure(
            .doesNotFit,
            "the cores need \(next) routing keys, but a key has 32 bits (\(UInt64(1) << 32) keys); use fewer neurons, "
                + "or more of them on a core" + (fixed.isEmpty ? "" : ", or give populations no keys of their own"))
    }
    return zones
}

private func hexadecimal(_ word: UInt32) -> String {
    let digits = String(word, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
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
