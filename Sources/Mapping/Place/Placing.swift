// What all placement passes share.

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

/// Where all cores are.
public struct Places: Sendable {
    public var ofCores: [Placement]
    /// How much longer trees are expected to be where chips are filled without regard to traffic, as a share; 0 where
    /// that is not known.
    public var gain = 0.0
    /// Trees that a link may carry without being relieved: somewhat fewer than the hottest one does in the better of
    /// such fillings; `nil` where that is not known.
    public var heat: Int?
}

/// Gives every slice a place: none is used twice, no chip's shared memory is exceeded.
///
/// - Throws: `.doesNotFit` when cores or shared memory run out, naming need and supply.
/// - Complexity: that of the pass.
/// - Determinism: a function of its arguments.
public func place(
    _ partition: Partition, _ graph: CoreGraph, on machine: Machine, _ options: MappingOptions
) throws(Failure) -> Places {
    guard let units = PlacementUnits(partition, graph) else {
        return try placeUnits(partition, graph, on: machine, options)
    }
    var places = try placeUnits(units.partition, units.graph, on: machine, options)
    let ofUnits = places.ofCores
    var occupancy = Occupancy(machine)
    places.ofCores = zip(partition.slices, units.unitOf).map { slice, unit in
        occupancy.take(ofUnits[unit].chip, slice)
    }
    return places
}

private func placeUnits(
    _ partition: Partition, _ graph: CoreGraph, on machine: Machine, _ options: MappingOptions
) throws(Failure) -> Places {
    switch options.placer {
    case .traffic: try placeByTraffic(partition, graph, on: machine, effort: options.effort, seed: options.seed)
    case .application: Places(ofCores: try placeByApplication(partition, on: machine))
    case .sequential: Places(ofCores: try placeInOrder(partition, on: machine))
    case .hilbert: Places(ofCores: try placeHilbert(partition, on: machine))
    }
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

    func fits(_ chip: Int, _ slice: Slice) -> Bool {
        free[chip].nonzeroBitCount >= slice.width && sdram[chip] >= slice.sdram
    }

    /// Takes the lowest free cores of a chip; the place is that of the first.
    mutating func take(_ chip: Int, _ slice: Slice) -> Placement {
        let processor = free[chip].trailingZeroBitCount
        for _ in 0..<slice.width { free[chip] &= free[chip] &- 1 }
        sdram[chip] -= slice.sdram
        return Placement(chip: chip, processor: processor)
    }
}

/// Refuses a partition that needs more than the whole machine has.
func checkSupply(of machine: Machine, for partition: Partition) throws(Failure) {
    let (needed, available) = (partition.coreCount, machine.workerCount)
    guard needed <= available else {
        let boards = (needed + MachineLayout.workersPerBoard - 1) / MachineLayout.workersPerBoard
        throw Failure(
            .doesNotFit,
            "the network needs \(needed) cores, but the machine (\(machine.name), \(machine.chips.count) chips) has "
                + "\(available); \(boards) spin5 board\(boards == 1 ? "" : "s") would do: "
                + "\"machine\": {\"board\": \"spin5\", \"boards\": \(boards)}, or more neurons per core")
    }
    let widest = machine.workers.reduce(0) { max($0, $1.nonzeroBitCount) }
    if let worst = partition.slices.max(by: { $0.width < $1.width }), worst.width > widest {
        throw Failure(
            .doesNotFit,
            "population \"\(partition.names[worst.population])\": a neuron core, its synapse cores and the Poisson "
                + "sources beside them need \(worst.width) cores of one chip, but a chip has \(widest); use fewer "
                + "synapse cores")
    }
    if let worst = partition.slices.max(by: { $0.sdram < $1.sdram }), worst.sdram > machine.sdram {
        throw Failure(
            .doesNotFit,
            "one core of population \"\(partition.names[worst.population])\" needs \(worst.sdram) bytes of shared "
                + "memory, but a chip has \(machine.sdram); use fewer neurons per core")
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
    let width = partition.slices[slice].width
    let room =
        machine.chips.indices.filter { occupancy.free[$0].nonzeroBitCount >= width }.map { occupancy.sdram[$0] }.max()
        ?? 0
    return Failure(
        .doesNotFit,
        (width > 1 ? "a group of \(width) cores" : "a core")
            + " of population \"\(partition.names[partition.slices[slice].population])\" needs "
            + "\(partition.slices[slice].sdram) bytes of shared memory, but no chip of the machine (\(machine.name)) "
            + "with "
            + (width > 1 ? "as many free cores" : "a free core") + " has more than \(room) left; use more boards, or "
            + "fewer neurons per core")
}
