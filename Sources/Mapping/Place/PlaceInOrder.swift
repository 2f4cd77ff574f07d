// A first placement: populations in file order, each growing over connected chips.
//
// The walk keeps one current chip and fills it; when the next core does not fit, the oldest neighbour of the chips
// filled so far takes over, those of the same board first. A population's delay extensions sit next to the cores they
// serve. Chips are thus filled densely and populations stay together, which is all this pass promises.

public import Diagnostics
public import Machine

/// Places cores over connected chips in the order of their populations.
///
/// - Throws: `.doesNotFit` when cores or shared memory run out, naming need and supply.
/// - Complexity: O(cores + chips).
/// - Determinism: a function of its arguments.
/// - Source: this project.
public func placeInOrder(_ partition: Partition, on machine: Machine) throws(Failure) -> [Placement] {
    var walk = ChipWalk(machine)
    return try fill(partition, machine) { walk.next() }
}

/// Fills chips in the order given, populations in theirs, which is that of the file unless given, and delay extensions
/// beside the cores they serve.
func fill(
    _ partition: Partition, _ machine: Machine, in order: [Int]? = nil, chips next: () -> Int?
) throws(Failure) -> [Placement] {
    try checkSupply(of: machine, for: partition)
    var occupancy = Occupancy(machine)
    var result = [Placement](repeating: Placement(chip: -1, processor: 0), count: partition.slices.count)
    var current = next()
    for p in order ?? Array(partition.coresOf.indices) {
        let cores = partition.coresOf[p]
        for (i, core) in cores.enumerated() {
            let parrots = partition.extensionsOf[p]
            for slice in parrots.isEmpty ? [core] : [core, parrots.lowerBound + i] {
                let wanted = partition.slices[slice]
                while let chip = current, !occupancy.fits(chip, wanted) { current = next() }
                // What an earlier, larger core left over is used before giving up.
                guard let chip = current ?? machine.chips.indices.first(where: { occupancy.fits($0, wanted) })
                else { throw notPlaced(slice, partition, machine, occupancy) }
                result[slice] = occupancy.take(chip, wanted)
            }
        }
    }
    return result
}

/// Goes over a machine's chips so that each is a neighbour of an earlier one, the same board's first.
private struct ChipWalk {
    private let machine: Machine
    private var isKnown: [Bool]
    private var frontier = [0]
    private var board: Int32 = -1

    init(_ machine: Machine) {
        self.machine = machine
        isKnown = [Bool](repeating: false, count: machine.chips.count)
        isKnown[0] = true
    }

    mutating func next() -> Int? {
        guard !frontier.isEmpty else { return nil }
        let next = frontier.remove(at: frontier.firstIndex { machine.board[$0] == board } ?? 0)
        board = machine.board[next]
        for link in Link.allCases {
            if let other = machine.neighbour(of: next, over: link), !isKnown[other] {
                isKnown[other] = true
                frontier.append(other)
            }
        }
        return next
    }
}
