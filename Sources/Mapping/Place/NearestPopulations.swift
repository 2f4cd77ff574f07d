/// Populations in an order in which each follows one that it shares a projection with: breadth first from the first of
/// the file, and from the first of those that are left.
///
/// - Complexity: O(populations + edges in the lists of their first cores).
/// - Determinism: a function of its arguments.
func nearestPopulations(_ partition: Partition, _ graph: CoreGraph) -> [Int] {
    let count = partition.coresOf.count
    var near = [[Int]](repeating: [], count: count)
    var last = [Int](repeating: -1, count: count)
    for p in 0..<count {
        for core in [partition.coresOf[p].first, partition.extensionsOf[p].first].compactMap(\.self) {
            for target in graph.targets(of: core) {
                let q = partition.slices[target].population
                guard last[q] != p else { continue }
                last[q] = p
                near[p].append(q)
                near[q].append(p)
            }
        }
    }
    var order: [Int] = []
    order.reserveCapacity(count)
    var isKnown = [Bool](repeating: false, count: count)
    for first in 0..<count where !isKnown[first] {
        isKnown[first] = true
        var next = order.count
        order.append(first)
        while next < order.count {
            for q in near[order[next]] where !isKnown[q] {
                isKnown[q] = true
                order.append(q)
            }
            next += 1
        }
    }
    return order
}
