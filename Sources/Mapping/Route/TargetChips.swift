import Machine

/// Cores that share chip and targets, and so a tree.
struct RoutingGroup {
    /// Ascending.
    var cores: [Int]
    /// Number of their chip.
    var chip: Int
    /// Number of their list of targets in the core graph.
    var list: Int
}

/// The chips of every list of targets, with the cores there as a route.
final class TargetChips {
    private let chips: UnsafeMutablePointer<Int32>
    private let routes: UnsafeMutablePointer<UInt32>
    private let start: UnsafeMutablePointer<Int>

    /// - Complexity: O(edges in distinct lists + chips).
    init(_ graph: CoreGraph, _ placements: [Placement], chipCount: Int) {
        var (chips, routes): ([Int32], [UInt32]) = ([], [])
        var start = [0]
        start.reserveCapacity(graph.lists.count + 1)
        // Where a chip's entry of the current list is.
        var place = [Int](repeating: -1, count: chipCount)
        for list in graph.lists.indices {
            let first = chips.count
            for core in graph.lists[list] {
                let chip = placements[core].chip
                let route = Route(core: placements[core].processor).rawValue
                if place[chip] >= first {
                    routes[place[chip]] |= route
                } else {
                    place[chip] = chips.count
                    chips.append(Int32(chip))
                    routes.append(route)
                }
            }
            start.append(chips.count)
        }
        func copy<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
            let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
            pointer.initialize(from: values, count: values.count)
            return pointer
        }
        (self.chips, self.routes, self.start) = (copy(chips), copy(routes), copy(start))
    }

    deinit {
        chips.deallocate()
        routes.deallocate()
        start.deallocate()
    }

    /// Calls `body` with each chip of a list and the cores there.
    @inline(__always)
    func forEach(of list: Int, _ body: (_ chip: Int, _ cores: UInt32) -> Void) {
        for i in start[list]..<start[list + 1] { body(Int(chips[i]), routes[i]) }
    }
}
