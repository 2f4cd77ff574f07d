import Diagnostics

/// Joins ascending runs into one by merging neighbours until one is left.
///
/// - Complexity: O(n log runs); none of it when the runs already follow one another.
struct RunJoiner {
    private var values: [UInt32] = []
    private var spare: [UInt32] = []
    /// Where each run ends.
    private var ends: [Int] = []

    /// Adds an ascending run.
    mutating func append(_ run: UnsafeBufferPointer<UInt32>) {
        guard let first = run.first else { return }
        let follows = values.last.map { $0 <= first } ?? false
        values.append(contentsOf: run)
        if follows { ends[ends.count - 1] = values.count } else { ends.append(values.count) }
    }

    /// Hands on all values ascending; the joiner is then empty for the next.
    mutating func join(_ body: (UnsafeBufferPointer<UInt32>) throws(Failure) -> Void) throws(Failure) {
        while ends.count > 1 { mergeNeighbours() }
        try values.withUnsafeBufferPointer(body)
        values.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    private mutating func mergeNeighbours() {
        let count = values.count
        if spare.count < count { spare = [UInt32](repeating: 0, count: count) }
        var merged: [Int] = []
        var start = 0
        let ends = ends
        values.withUnsafeBufferPointer { source in
            spare.withUnsafeMutableBufferPointer { target in
                for pair in stride(from: 0, to: ends.count, by: 2) {
                    let middle = ends[pair]
                    let end = pair + 1 < ends.count ? ends[pair + 1] : middle
                    var (a, b, out) = (start, middle, start)
                    while a < middle && b < end {
                        let takesFirst = source[a] <= source[b]
                        target[out] = takesFirst ? source[a] : source[b]
                        a += takesFirst ? 1 : 0
                        b += takesFirst ? 0 : 1
                        out += 1
                    }
                    while a < middle {
                        target[out] = source[a]
                        a += 1
                        out += 1
                    }
                    while b < end {
                        target[out] = source[b]
                        b += 1
                        out += 1
                    }
                    merged.append(end)
                    start = end
                }
            }
        }
        swap(&values, &spare)
        values.removeLast(values.count - count)
        self.ends = merged
    }
}
