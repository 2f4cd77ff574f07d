// A first placement: populations in file order, each growing over connected chips.
//
// The walk keeps one current chip and fills it; when the next core does not fit, the oldest neighbour of the chips
// filled so far takes over, those of the same board first. A population's delay extensions sit next to the cores they
// serve. Chips are thus filled densely and populations stay together, which is all this pass promises.

public import Diagnostics
public import Machine

/// Where one core is.
public struct Placement: Sendable, Equatable {
    /// Number of the chip in its machine.
    public var chip: Int
    /// Virtual core number, from 1.
    public var processor: Int

    public init(chip: Int, processor: Int) {
        self.chip = chip
        self.processor = processor
    }
}

/// A placement pass: one place a slice, none used twice, no chip's shared memory exceeded.
public typealias Placer = @Sendable (Partition, CoreGraph, Machine) throws(Failure) -> [Placement]

/// Places cores over connected chips in the order of their populations.
///
/// - Throws: `.doesNotFit` when cores or shared memory run out, naming need and supply.
/// - Complexity: O(cores + chips).
/// - Determinism: a function of its arguments.
/// - Source: after the description in spinnaker-facts §7.2.
public func placeInOrder(_ partition: Partition, _ graph: CoreGraph, on machine: Machine) throws(Failure) -> [Placement]
{
    try checkSupply(of: machine, for: partition)
    var occupancy = Occupancy(machine)
    var result = [Placement](repeating: Placement(chip: -1, processor: 0), count: partition.slices.count)
    var walk = ChipWalk(machine)
    for (p, cores) in partition.coresOf.enumerated() {
        for (i, core) in cores.enumerated() {
            let parrots = partition.extensionsOf[p]
            for slice in parrots.isEmpty ? [core] : [core, parrots.lowerBound + i] {
                let need = partition.slices[slice].sdram
                while let chip = walk.current, !occupancy.fits(chip, sdram: need) { walk.advance() }
                // What an earlier, larger core left over is used before giving up.
                guard let chip = walk.current ?? machine.chips.indices.first(where: { occupancy.fits($0, sdram: need) })
                else { throw notPlaced(slice, partition, machine, occupancy) }
                result[slice] = occupancy.take(chip, sdram: need)
            }
        }
    }
    return result
}

/// What of a machine is taken.
struct Occupancy {
    /// By chip: worker cores that are free, as bits.
    private(set) var free: [UInt32]
    /// By chip: shared memory that is free, bytes.
    private(set) var sdram: [Int]

    init(_ machine: Machine) {
        free = machine.workers
        sdram = [Int](repeating: machine.sdram, count: machine.chips.count)
    }

    func fits(_ chip: Int, sdram need: Int) -> Bool { free[chip] != 0 && sdram[chip] >= need }

    /// Takes the lowest free core of a chip.
    mutating func take(_ chip: Int, sdram need: Int) -> Placement {
        let processor = free[chip].trailingZeroBitCount
        free[chip] &= free[chip] - 1
        sdram[chip] -= need
        return Placement(chip: chip, processor: processor)
    }
}

/// Goes over a machine's chips so that each is a neighbour of an earlier one, the same board's first.
private struct ChipWalk {
    private let machine: Machine
    private var isKnown: [Bool]
    private var frontier: [Int] = []
    private(set) var current: Int?

    init(_ machine: Machine) {
        self.machine = machine
        isKnown = [Bool](repeating: false, count: machine.chips.count)
        frontier = [0]
        isKnown[0] = true
        advance()
    }

    mutating func advance() {
        let board = current.map { machine.board[$0] }
        guard !frontier.isEmpty else {
            current = nil
            return
        }
        let next = frontier.remove(at: frontier.firstIndex { machine.board[$0] == board } ?? 0)
        current = next
        for link in Link.allCases {
            if let other = machine.neighbour(of: next, over: link), !isKnown[other] {
                isKnown[other] = true
                frontier.append(other)
            }
        }
    }
}

/// Refuses a partition that needs more than the whole machine has.
func checkSupply(of machine: Machine, for partition: Partition) throws(Failure) {
    let (needed, available) = (partition.slices.count, machine.workerCount)
    guard needed <= available else {
        let boards = (needed + MachineLayout.workersPerBoard - 1) / MachineLayout.workersPerBoard
        throw Failure(
            .doesNotFit,
            "the network needs \(needed) cores, but the machine (\(machine.name), \(machine.chips.count) chips) has "
                + "\(available); \(boards) spin5 board\(boards == 1 ? "" : "s") would do: "
                + "\"machine\": {\"board\": \"spin5\", \"boards\": \(boards)}, or more neurons per core")
    }
    if let worst = partition.slices.max(by: { $0.sdram < $1.sdram }), worst.sdram > machine.sdram {
        throw Failure(
            .doesNotFit,
            "one core of population \"\(partition.names[worst.population])\" needs \(worst.sdram) bytes of shared memory, but a chip has "
                + "\(machine.sdram); use fewer neurons per core")
    }
    let memory = partition.slices.reduce(0) { $0 + $1.sdram }
    guard memory <= machine.sdram * machine.chips.count else {
        let boards = memory / (machine.sdram * MachineLayout.chipsPerBoard) + 1
        throw Failure(
            .doesNotFit,
            "the network needs \(memory) bytes of shared memory, but the machine (\(machine.name)) has "
                + "\(machine.sdram * machine.chips.count); about \(boards) spin5 boards would do, or fewer synapses")
    }
}

/// The message for a core that found no place though the totals suffice.
func notPlaced(_ slice: Int, _ partition: Partition, _ machine: Machine, _ occupancy: Occupancy) -> Failure {
    let room = machine.chips.indices.filter { occupancy.free[$0] != 0 }.map { occupancy.sdram[$0] }.max() ?? 0
    return Failure(
        .doesNotFit,
        "a core of population \"\(partition.names[partition.slices[slice].population])\" needs "
            + "\(partition.slices[slice].sdram) bytes of shared memory, but no chip of the machine (\(machine.name)) with a free core has more than \(room) left; use more boards, or "
            + "fewer neurons per core")
}
