// sPyNNaker's placement, as its description goes: population by population, each grown over connected chips.
//
// A population starts on a chip where an earlier one started, if that has room, or on the first chip that has, x before
// y. It fills its current chip and goes on to the oldest neighbour of the chips it has passed, those of the same board
// first. When it runs into a dead end the attempt is undone and made again from the next start. A core and its delay
// extension stay on one chip.

public import Diagnostics
public import Machine

/// Places populations in order, each over connected chips.
///
/// A population that finds no connected room is spread over whatever is left.
///
/// - Throws: `.doesNotFit` when cores or shared memory run out, naming need and supply.
/// - Complexity: O(cores + chips) when every population fits at its first start; O(populations · chips) at worst.
/// - Determinism: a function of its arguments.
/// - Source: Documentation/Chip.md, "Placement".
public func placeByApplication(_ partition: Partition, on machine: Machine) throws(Failure) -> [Placement] {
    try checkSupply(of: machine, for: partition)
    var occupancy = Occupancy(machine)
    var result = [Placement](repeating: Placement(chip: -1, processor: 0), count: partition.slices.count)
    var starts: [Int] = []
    var scan = 0
    for (p, cores) in partition.coresOf.enumerated() {
        let parrots = partition.extensionsOf[p]
        let groups = cores.enumerated().map { i, core in parrots.isEmpty ? [core] : [core, parrots.lowerBound + i] }
        starts.removeAll { occupancy.free[$0] == 0 }
        while scan < machine.chips.count, occupancy.free[scan] == 0 { scan += 1 }
        var isPlaced = false
        for start in starts + Array(scan..<machine.chips.count) where occupancy.free[start] != 0 {
            guard let chips = grow(groups, from: start, partition, machine, occupancy) else { continue }
            for (group, chip) in zip(groups, chips) {
                for slice in group { result[slice] = occupancy.take(chip, partition.slices[slice]) }
            }
            if !starts.contains(start) { starts.append(start) }
            isPlaced = true
            break
        }
        if isPlaced { continue }
        for slice in groups.joined() {
            let wanted = partition.slices[slice]
            guard let chip = machine.chips.indices.first(where: { occupancy.fits($0, wanted) }) else {
                throw notPlaced(slice, partition, machine, occupancy)
            }
            result[slice] = occupancy.take(chip, wanted)
        }
    }
    return result
}

/// One attempt: the chip of each group, or `nil` in a dead end.
private func grow(
    _ groups: [[Int]], from start: Int, _ partition: Partition, _ machine: Machine, _ occupancy: Occupancy
) -> [Int]? {
    var chips: [Int] = []
    var isKnown: Set<Int> = [start]
    var (sameBoard, elsewhere): ([Int], [Int]) = ([], [])
    var current = start
    var (cores, memory) = (occupancy.free[start].nonzeroBitCount, occupancy.sdram[start])
    for group in groups {
        let need = group.reduce(0) { $0 + partition.slices[$1].sdram }
        let width = group.reduce(0) { $0 + partition.slices[$1].width }
        while cores < width || memory < need {
            for link in Link.allCases {
                guard let other = machine.neighbour(of: current, over: link), !isKnown.contains(other),
                    occupancy.free[other] != 0
                else { continue }
                isKnown.insert(other)
                if machine.board[other] == machine.board[current] {
                    sameBoard.append(other)
                } else {
                    elsewhere.append(other)
                }
            }
            if sameBoard.isEmpty { (sameBoard, elsewhere) = (elsewhere, []) }
            guard !sameBoard.isEmpty else { return nil }
            current = sameBoard.removeFirst()
            (cores, memory) = (occupancy.free[current].nonzeroBitCount, occupancy.sdram[current])
        }
        cores -= width
        memory -= need
        chips.append(current)
    }
    return chips
}
