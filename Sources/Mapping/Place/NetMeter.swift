// What a placement costs before any route exists.
//
// The tree from a source costs about as many links as the shortest network that spans its chip and the target chips,
// for which a minimum spanning tree over hops stands in: never shorter than the best tree, rarely much longer. Of
// placements with equally long trees the one whose target chips are closer together on average is better: its trees
// have more ways to go, so that none of the links has to carry all of them.

import Machine

/// Estimates what the trees of nets cost; knows where every cluster is.
final class NetMeter {
    /// Nets with more target chips than this are everywhere; where a cluster is makes no difference to them.
    static let mostChips = 256
    /// Cost of one link for one unit of a source's weight.
    static let link = 32

    private let table: HopTable
    private let hops: UnsafeMutablePointer<UInt16>
    private let position: UnsafeMutablePointer<Int32>
    private let count: Int
    private let targets: UnsafeMutablePointer<Int32>
    private let targetStart: UnsafeMutablePointer<Int32>
    private let sources: UnsafeMutablePointer<Int32>
    private let weights: UnsafeMutablePointer<Int32>
    private let sourceStart: UnsafeMutablePointer<Int32>
    private let mark: UnsafeMutablePointer<Int32>
    private var currentMark: Int32 = 0
    private let places: UnsafeMutablePointer<Int32>
    private let reach: UnsafeMutablePointer<UInt16>
    private let centre: Int
    /// What is known of a set of chips.
    private struct Span {
        /// Sum of the ``codes`` of its chips; 64 random bits are not met by another set.
        var code: UInt64
        var trunk: Int32
        var pairs: Int32
    }

    /// By chip: random bits.
    private let codes: UnsafeMutablePointer<UInt64>
    /// Sets seen lately, by the leading bits of their codes.
    private let spans: UnsafeMutablePointer<Span>
    private static let mostSpans = 512
    /// By cluster: its chip.
    let chipOf: UnsafeMutablePointer<Int32>
    /// Steps taken so far.
    var work = 0

    init(_ nets: ClusterNets, _ table: HopTable, chipOf start: [Int32]) {
        func copy<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
            let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
            pointer.initialize(from: values, count: values.count)
            return pointer
        }
        self.table = table
        (hops, position) = (table.hops, table.position)
        count = nets.count
        targets = copy(nets.targets)
        targetStart = copy(nets.targetStart)
        sources = copy(nets.sources)
        weights = copy(nets.weights)
        sourceStart = copy(nets.sourceStart)
        mark = copy([Int32](repeating: 0, count: table.chips))
        places = copy([Int32](repeating: 0, count: Self.mostChips + 1))
        reach = copy([UInt16](repeating: 0, count: Self.mostChips + 1))
        centre = table.centre
        var random = SplitMix(state: 1)
        codes = .allocate(capacity: max(1, table.chips))
        for chip in 0..<table.chips { (codes + chip).initialize(to: random.next()) }
        spans = .allocate(capacity: Self.mostSpans)
        spans.initialize(repeating: Span(code: 0, trunk: 0, pairs: 0), count: Self.mostSpans)
        chipOf = copy(start)
    }

    deinit {
        targets.deallocate()
        targetStart.deallocate()
        sources.deallocate()
        weights.deallocate()
        sourceStart.deallocate()
        mark.deallocate()
        places.deallocate()
        reach.deallocate()
        codes.deallocate()
        spans.deallocate()
        chipOf.deallocate()
    }

    /// What all nets cost.
    var totalCost: Int { (0..<count).reduce(0) { $0 + cost(of: $1) } }

    /// Target clusters and source clusters of a net, together.
    func partCount(of net: Int) -> Int {
        Int(targetStart[net + 1] - targetStart[net] + sourceStart[net + 1] - sourceStart[net])
    }

    /// One of the clusters counted by ``partCount(of:)``.
    func part(of net: Int, at i: Int) -> Int {
        let own = Int(targetStart[net + 1] - targetStart[net])
        return Int(i < own ? targets[Int(targetStart[net]) + i] : sources[Int(sourceStart[net]) + i - own])
    }

    /// Estimated links of the trees of a net, weighted; 0 for nets that are everywhere.
    ///
    /// - Complexity: O(target chips² + sources × target chips).
    func cost(of net: Int) -> Int {
        currentMark += 1
        let (chipOf, mark, currentMark) = (chipOf, mark, currentMark)
        let (places, hops, centre) = (places, hops, centre)
        var (count, code) = (0, UInt64(0))
        for i in Int(targetStart[net])..<Int(targetStart[net + 1]) {
            let chip = Int(chipOf[Int(targets[i])])
            if mark[chip] != currentMark {
                guard count < Self.mostChips else { return 0 }
                mark[chip] = currentMark
                code &+= codes[chip]
                places[count] = position[chip]
                count += 1
            }
        }
        work += 80 + 2 * count * count + 2 * Int(targetStart[net + 1] - targetStart[net])
        let known = spans + Int(truncatingIfNeeded: code >> 55)
        if known.pointee.code != code {
            let (trunk, pairs) = span(count)
            known.pointee = Span(code: code, trunk: Int32(trunk), pairs: Int32(pairs))
        }
        let (trunk, pairs) = (Int(known.pointee.trunk), Int(known.pointee.pairs))
        // Half the mean distance of two target chips, in links.
        let spread = count > 1 ? Self.link * pairs / (count * (count - 1)) : 0
        var total = 0
        // Sources often are neighbours on one chip.
        var (last, way) = (-1, 0)
        for i in Int(sourceStart[net])..<Int(sourceStart[net + 1]) {
            let chip = Int(chipOf[Int(sources[i])])
            let isAway = mark[chip] != currentMark
            if isAway { work += count }
            if chip != last {
                (last, way) = (chip, 0)
                if isAway {
                    var least = UInt16.max
                    for k in 0..<count { least = min(least, hops[Int(places[k] &- position[chip]) &+ centre]) }
                    way = Int(least)
                }
            }
            total += Int(weights[i]) * (Self.link * (trunk + way) + spread)
        }
        return total
    }

    /// Hops of the shortest tree that spans the first `count` of ``places``, and the sum of the distances of all pairs.
    ///
    /// - Complexity: O(count²).
    /// - Source: R. C. Prim, Shortest connection networks and some generalizations, 1957.
    private func span(_ count: Int) -> (trunk: Int, pairs: Int) {
        let (places, reach, hops, centre) = (places, reach, hops, centre)
        // The nearest chip that is not in the tree yet joins it and moves behind the others.
        var (trunk, pairs) = (0, 0)
        var left = count - 1
        var newest = places[0]
        if left > 0 { for i in 1...left { reach[i] = .max } }
        while left > 0 {
            var nearest = 1
            var least = UInt16.max
            for i in 1...left {
                let distance = hops[Int(places[i] &- newest) &+ centre]
                pairs &+= Int(distance)
                let way = min(reach[i], distance)
                reach[i] = way
                if way < least { (nearest, least) = (i, way) }
            }
            trunk += Int(least)
            newest = places[nearest]
            places[nearest] = places[left]
            reach[nearest] = reach[left]
            places[left] = newest
            left -= 1
        }
        return (trunk, pairs)
    }
}
