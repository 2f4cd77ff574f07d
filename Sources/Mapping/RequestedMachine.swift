// From the machine a file asks for to a machine.

public import Diagnostics
public import Machine
public import Topology

extension Machine {
    /// The machine that a file asks for; `auto` becomes the given number of spin5 boards.
    ///
    /// - Throws: `.badInput` when sizes are not positive or a fault names something outside the machine.
    /// - Complexity: O(chips + faults).
    public init(_ request: MachineRequest, boardsIfAuto: Int = 1) throws(Failure) {
        var layout: MachineLayout
        switch request.shape {
        case .auto: layout = .spin5(boards: max(1, boardsIfAuto))
        case .spin3: layout = .spin3
        case .spin5(let boards):
            try check(boards, in: 1...Self.mostBoards, "boards")
            layout = .spin5(boards: boards)
        case .grid(let width, let height, let wrap):
            try check(width, in: 1...256, "width")
            try check(height, in: 1...256, "height")
            layout = .grid(width: width, height: height, wrap: wrap)
        }
        if let cores = request.coresPerChip {
            try check(cores, in: 2...MachineLayout.coresPerChip, "cores_per_chip")
            for i in layout.sites.indices { layout.sites[i].cores = cores }
        }
        let entries = request.routerEntries ?? Self.defaultRouterEntries
        try check(entries, in: 0...65535, "router_entries")
        let faults = MachineFaults(
            chips: try request.faultyChips.each(2, "chips").map { ChipCoordinate($0[0], $0[1]) },
            cores: try request.faultyCores.each(3, "cores").map { (ChipCoordinate($0[0], $0[1]), $0[2]) },
            links: try links(request.faultyLinks))
        try self.init(layout, faults: faults, sdram: request.core.sdram, routerEntries: entries)
    }

    /// Boards of the largest machine built.
    public static let mostBoards = MachineRequest.mostBoards
}

private func check(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws(Failure) {
    guard range.contains(value) else {
        throw Failure(
            .badInput, "machine: \"\(name)\" is \(value); it has to be \(range.lowerBound) to \(range.upperBound)")
    }
}

private func links(_ faults: [[Int]]) throws(Failure) -> [(chip: ChipCoordinate, link: Link)] {
    var result: [(chip: ChipCoordinate, link: Link)] = []
    for fault in try faults.each(3, "links") {
        guard let link = Link(rawValue: fault[2]) else {
            throw Failure(.badInput, "faulty link \(fault): links are numbered 0 (east) to 5 (south)")
        }
        result.append((ChipCoordinate(fault[0], fault[1]), link))
    }
    return result
}

extension [[Int]] {
    /// Itself, when every row has `count` numbers.
    fileprivate func each(_ count: Int, _ name: String) throws(Failure) -> Self {
        for row in self where row.count != count {
            throw Failure(.badInput, "machine: faulty \(name) have \(count) numbers each, not \(row.count): \(row)")
        }
        return self
    }
}
