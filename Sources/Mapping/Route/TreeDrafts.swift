/// Trees that may not last, node after node in memory that the next ones reuse.
struct TreeDrafts {
    private var nodes: UnsafeMutablePointer<RoutingTree.Node>
    private var capacity = 256
    private var used = 0
    /// Where each tree ends.
    private var ends: [Int] = []

    init() { nodes = .allocate(capacity: capacity) }

    func deallocate() { nodes.deallocate() }

    /// The nodes of a tree; valid until the next is begun.
    @inline(__always)
    subscript(tree: Int) -> UnsafeBufferPointer<RoutingTree.Node> {
        let first = tree == 0 ? 0 : ends[tree - 1]
        return UnsafeBufferPointer(start: nodes + first, count: ends[tree] - first)
    }

    mutating func removeAll() {
        ends.removeAll(keepingCapacity: true)
        used = 0
    }

    /// Begins a tree of at most so many nodes; ``end(_:)`` says how many they are.
    @inline(__always)
    mutating func begin(atMost most: Int) -> UnsafeMutablePointer<RoutingTree.Node> {
        if used + most > capacity {
            capacity = max(2 * capacity, used + most)
            let larger = UnsafeMutablePointer<RoutingTree.Node>.allocate(capacity: capacity)
            larger.update(from: nodes, count: used)
            nodes.deallocate()
            nodes = larger
        }
        return nodes + used
    }

    @inline(__always)
    mutating func end(_ count: Int) {
        used += count
        ends.append(used)
    }
}
