import FixedPoint
import Glibc

/// What rules draw between parts of populations.
///
/// - Determinism: Every draw is a function of (seed, projection, neuron, number of the draw).
struct PartDraws: Sendable {
    let philox: Philox4x32
    let projection: UInt32

    /// Purposes of the draws, apart from all others of a projection.
    private enum Purpose {
        static let success: UInt32 = 0x40
        static let choice: UInt32 = 0x41
        static let target: UInt32 = 0x42
        static let pair: UInt32 = 0x43
    }

    /// The draw `number` of a neuron, 32 bits.
    private func draw(_ number: Int, _ neuron: Int, _ purpose: UInt32) -> UInt32 {
        let (n, part) = number.quotientAndRemainder(dividingBy: 4)
        let block = philox.block(
            UInt32(truncatingIfNeeded: n), UInt32(truncatingIfNeeded: neuron), projection, purpose)
        return switch part {
        case 0: block.0
        case 1: block.1
        case 2: block.2
        default: block.3
        }
    }

    /// A number below `bound`, which is at most 2³².
    private func below(_ bound: Int, _ number: Int, _ neuron: Int, _ purpose: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(draw(number, neuron, purpose)) &* UInt64(bound)) >> 32)
    }

    /// Calls `body` with each of `count` trials that succeeds with probability `p`, ascending.
    ///
    /// - Complexity: O(successes): the trials between two successes are drawn at once, as their number is geometric.
    func forEachSuccess(_ p: Double, of count: Int, target: Int, _ body: (Int) -> Void) {
        guard p > 0 else { return }
        guard p < 1 else {
            for trial in 0..<count { body(trial) }
            return
        }
        let scale = 1 / log1p(-p)
        var trial = -1
        var number = 0
        while true {
            // 64 bits, since failures in a row can be many.
            let (high, low) = (draw(number, target, Purpose.success), draw(number + 1, target, Purpose.success))
            number += 2
            let uniform = (Double((UInt64(high) << 32 | UInt64(low)) >> 11) + 0.5) * 0x1p-53
            let failures = log(uniform) * scale
            guard failures < Double(count - trial - 1) else { return }
            trial += 1 + Int(failures)
            guard trial < count else { return }
            body(trial)
        }
    }

    /// `n` of `count` sources for a target, ascending; without replacement at most all of them.
    func chosen(_ n: Int, of count: Int, excluded: Int, withReplacement: Bool, for target: Int) -> [Int] {
        let candidates = count - (excluded >= 0 ? 1 : 0)
        guard candidates > 0 else { return [] }
        let numbers =
            withReplacement
            ? (0..<n).map { below(candidates, $0, target, Purpose.choice) }
            : distinct(min(n, candidates), of: candidates, for: target, Purpose.choice)
        return numbers.map { excluded >= 0 && $0 >= excluded ? $0 + 1 : $0 }.sorted()
    }

    /// `n` different numbers below `count`, by Floyd's algorithm.
    ///
    /// - Source: R. Floyd in J. Bentley, "Programming Pearls: A sample of brilliance", CACM 30 (1987).
    private func distinct(_ n: Int, of count: Int, for neuron: Int, _ purpose: UInt32) -> [Int] {
        var taken = Set<Int>(minimumCapacity: n)
        return (0..<n).map { number in
            let last = count - n + number
            let candidate = below(last + 1, number, neuron, purpose)
            let one = taken.contains(candidate) ? last : candidate
            taken.insert(one)
            return one
        }
    }

    /// By target, the sources of rules that count targets of a source, or pairs.
    func drawnBySource(_ rule: Connector, sources: Int, targets: Int, same: [Int32]) -> [[Int32]] {
        switch rule {
        case .fixedNumberPost(let n, let withReplacement, _):
            var partner = [Int32](repeating: -1, count: sources)
            for (target, source) in same.enumerated() where source >= 0 {
                partner[Int(source)] = Int32(truncatingIfNeeded: target)
            }
            var result = [[Int32]](repeating: [], count: targets)
            for source in 0..<sources {
                let excluded = Int(partner[source])
                let candidates = targets - (excluded >= 0 ? 1 : 0)
                guard candidates > 0 else { continue }
                let numbers =
                    withReplacement
                    ? (0..<n).map { below(candidates, $0, source, Purpose.target) }
                    : distinct(min(n, candidates), of: candidates, for: source, Purpose.target)
                for number in numbers {
                    let target = excluded >= 0 && number >= excluded ? number + 1 : number
                    result[target].append(Int32(truncatingIfNeeded: source))
                }
            }
            return result
        case .fixedTotalNumber(let n, let withReplacement, _):
            return pairs(n, withReplacement, sources, targets, same)
        default: return []
        }
    }

    /// By target, the sources of `n` pairs drawn from all.
    private func pairs(
        _ n: Int, _ withReplacement: Bool, _ sources: Int, _ targets: Int, _ same: [Int32]
    ) -> [[Int32]] {
        // Candidates are counted target by target, the neuron itself left out.
        var firstPair = [0]
        firstPair.reserveCapacity(targets + 1)
        for target in 0..<targets {
            let excluded = same.isEmpty || same[target] < 0 ? 0 : 1
            firstPair.append(firstPair[target] + sources - excluded)
        }
        let all = firstPair[targets]
        var result = [[Int32]](repeating: [], count: targets)
        guard all > 0 else { return result }
        func wide(_ bound: Int, _ number: Int) -> Int {
            let word =
                UInt64(draw(2 * number, 0, Purpose.pair)) << 32 | UInt64(draw(2 * number + 1, 0, Purpose.pair))
            return Int(truncatingIfNeeded: word.multipliedFullWidth(by: UInt64(bound)).high)
        }
        var taken = Set<Int>()
        let wanted = withReplacement ? n : min(n, all)
        for number in 0..<wanted {
            var pair: Int
            if withReplacement {
                pair = wide(all, number)
            } else {
                let last = all - wanted + number
                pair = wide(last + 1, number)
                if taken.contains(pair) { pair = last }
                taken.insert(pair)
            }
            // The last target whose first pair is not behind this one.
            var (low, high) = (0, targets)
            while high - low > 1 {
                let middle = (low + high) / 2
                if firstPair[middle] <= pair { low = middle } else { high = middle }
            }
            let place = pair - firstPair[low]
            let excluded = same.isEmpty ? -1 : Int(same[low])
            result[low].append(Int32(truncatingIfNeeded: excluded >= 0 && place >= excluded ? place + 1 : place))
        }
        for target in 0..<targets { result[target].sort() }
        return result
    }
}
