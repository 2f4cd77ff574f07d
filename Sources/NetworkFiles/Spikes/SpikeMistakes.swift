/// What is wrong with spikes: the first mistake of each kind, and how many more there are.
struct SpikeMistakes {
    enum Kind: Int, CaseIterable { case time, node }

    private var first = [String?](repeating: nil, count: Kind.allCases.count)
    private var counts = [Int](repeating: 0, count: Kind.allCases.count)

    mutating func add(_ kind: Kind, _ text: @autoclosure () -> String) {
        counts[kind.rawValue] += 1
        if first[kind.rawValue] == nil { first[kind.rawValue] = text() }
    }

    /// All of them in one line; `nil` when there are none.
    var text: String? {
        let parts = zip(first, counts).compactMap { text, count in
            text.map { $0 + (count > 1 ? " (and \(count - 1) more like this)" : "") }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
