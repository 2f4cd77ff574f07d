// Which sources get neighbouring keys.
//
// An entry can serve a block of keys, so sources whose packets want the same on many chips should be numbered so that
// they share such blocks. Their trees say where that is: every chip of a tree with the route it takes there is a
// *trait* of the source, and each trait that two sources have in common is an entry that they could share if they stood
// in one block of two.
//
// Blocks are built from below: the two sources with most traits in common form a block, then the next two of those
// left; the others pair up in their order. A block has the traits that both its halves have, and the next round pairs
// blocks.

import Machine

/// Places for sources, so that those with similar trees are in the same aligned blocks.
///
/// - Parameters:
///   - sources: The cores of each source.
///   - trees: The trees of all cores, in the order of their first cores.
/// - Returns: By source, its place: all different, below the next power of two.
/// - Complexity: O(traits · log traits) for each of log sources rounds; traits are visits of chips by trees.
/// - Determinism: a function of its arguments.
/// - Source: this project.
func placesOfSources(_ sources: [Range<Int>], by trees: [RoutingTree]) -> [Int] {
    var blocks = Blocks(sources, trees)
    while blocks.count > 1 { blocks.pair() }
    return blocks.places(sources.count)
}

/// Blocks of sources of equal size, and the traits of each.
private struct Blocks {
    /// Traits of block b, ascending: `traits[start[b]..<start[b + 1]]`.
    private var traits: [UInt64] = []
    private var start = [0]
    /// By round and block: the blocks of the round before that form it; the second is −1 for an odd one.
    private var halves: [[(Int32, Int32)]] = []

    var count: Int { start.count - 1 }

    /// Blocks up to which every two are compared.
    private static let mostCompared = 256
    /// Beyond: blocks with a trait that one of them is compared with.
    private static let neighbours = 4

    init(_ sources: [Range<Int>], _ trees: [RoutingTree]) {
        // Trees stand in the order of their first cores, but sources come in any order.
        var own: [UInt64] = []
        for cores in sources {
            own.removeAll(keepingCapacity: true)
            var (t, end) = (0, trees.count)
            while t < end {
                let middle = (t + end) / 2
                if trees[middle].cores[0] < cores.lowerBound { t = middle + 1 } else { end = middle }
            }
            while t < trees.count, trees[t].cores[0] < cores.upperBound {
                for node in trees[t].nodes where !node.isDefault {
                    own.append(UInt64(node.chip) << 32 | UInt64(node.route.rawValue))
                }
                t += 1
            }
            own.sort()
            for (i, trait) in own.enumerated() where i == 0 || own[i - 1] != trait { traits.append(trait) }
            start.append(traits.count)
        }
    }

    /// Pairs all blocks.
    mutating func pair() {
        var partner = [Int32](repeating: -1, count: count)
        for likeness in likenesses() {
            let (a, b) = (Int(0xFFF_FFFF - (likeness >> 28) & 0xFFF_FFFF), Int(0xFFF_FFFF - likeness & 0xFFF_FFFF))
            guard partner[a] < 0, partner[b] < 0 else { continue }
            (partner[a], partner[b]) = (Int32(b), Int32(a))
        }
        var formed: [(Int32, Int32)] = []
        var last: Int32 = -1
        for b in 0..<Int32(count) {
            if partner[Int(b)] > b {
                formed.append((b, partner[Int(b)]))
            } else if partner[Int(b)] < 0 {
                if last >= 0 { formed.append((last, b)) }
                last = last >= 0 ? -1 : b
            }
        }
        if last >= 0 { formed.append((last, -1)) }
        var (common, starts): ([UInt64], [Int]) = ([], [0])
        for (a, b) in formed {
            if b >= 0 { appendCommon(Int(a), Int(b), &common) }
            starts.append(common.count)
        }
        (traits, start) = (common, starts)
        halves.append(formed)
    }

    private func appendCommon(_ a: Int, _ b: Int, _ common: inout [UInt64]) {
        var (i, j) = (start[a], start[b])
        while i < start[a + 1], j < start[b + 1] {
            if traits[i] == traits[j] { common.append(traits[i]) }
            let (x, y) = (traits[i], traits[j])
            if x <= y { i += 1 }
            if y <= x { j += 1 }
        }
    }

    /// Pairs of blocks with traits in common, most first: the number of traits, and 28 bits for each block.
    private func likenesses() -> [UInt64] {
        var holders = (0..<count).flatMap { b in traits[start[b]..<start[b + 1]].map { (trait: $0, block: b) } }
        holders.sort { ($0.trait, $0.block) < ($1.trait, $1.block) }
        func encode(_ likeness: Int, _ a: Int, _ b: Int) -> UInt64 {
            UInt64(min(likeness, 255)) << 56 | UInt64(0xFFF_FFFF - a) << 28 | UInt64(0xFFF_FFFF - b)
        }
        var result: [UInt64] = []
        let comparesAll = count <= Self.mostCompared
        var likeness = [Int](repeating: 0, count: comparesAll ? count * count : 0)
        var pairs: [UInt64] = []
        for i in holders.indices {
            var j = i + 1
            while j < holders.count, holders[j].trait == holders[i].trait, comparesAll || j <= i + Self.neighbours {
                if comparesAll {
                    likeness[holders[i].block * count + holders[j].block] += 1
                } else {
                    pairs.append(UInt64(holders[i].block) << 32 | UInt64(holders[j].block))
                }
                j += 1
            }
        }
        for (i, likeness) in likeness.enumerated() where likeness > 0 {
            result.append(encode(likeness, i / count, i % count))
        }
        pairs.sort()
        var first = 0
        while first < pairs.count {
            var end = first
            while end < pairs.count, pairs[end] == pairs[first] { end += 1 }
            result.append(encode(end - first, Int(pairs[first] >> 32), Int(pairs[first] & 0xFFFF_FFFF)))
            first = end
        }
        result.sort(by: >)
        return result
    }

    /// The place of every source, when only one block is left.
    func places(_ sources: Int) -> [Int] {
        // From the top: a block's first half has its own place doubled.
        var places = [0]
        for formed in halves.reversed() {
            var below = [Int](repeating: 0, count: 2 * formed.count)
            for (b, (first, second)) in formed.enumerated() {
                below[Int(first)] = 2 * places[b]
                if second >= 0 { below[Int(second)] = 2 * places[b] + 1 }
            }
            places = below
        }
        return Array(places.prefix(sources))
    }
}
