import Machine
import Mapping
import StrictJSON
import Topology

extension MappingAccount {
    /// The account as one JSON object.
    ///
    /// - Complexity: O(chips + links).
    public var json: String { JSONText.object(summaryFields + detailFields).text(lines: 2) }

    /// What a script that compares mappings wants.
    private var summaryFields: [(String, JSONText)] {
        [
            ("name", .string(name)), ("machine", .string(summary.machine)), ("boards", .integer(summary.boards)),
            ("chips", .integer(summary.chips)), ("chips_used", .integer(summary.chipsUsed)),
            ("cores", .integer(summary.cores)), ("cores_available", .integer(workerCount)),
            ("delay_extensions", .integer(summary.delayExtensions)),
            ("synapse_cores", .integer(summary.synapseCores)), ("tree_links", .integer(summary.treeLinks)),
            ("tree_links_x_atoms", .integer(summary.treeLinksByAtoms)),
            ("max_trees_per_link", .integer(summary.maxTreesPerLink)),
            ("entries_uncompressed", .integer(summary.entriesUncompressed)),
            ("entries_merged", .integer(summary.entriesMerged)), ("entries", .integer(summary.entries)),
            ("max_entries_per_chip", .integer(summary.maxEntriesPerChip)),
            ("compressed_chips", .integer(summary.compressedChips)),
            (
                "seconds",
                .object(
                    [("total", .real(summary.totalSeconds))] + summary.seconds.map { ($0.phase, .real($0.seconds)) })
            ),
        ] + (balance.map { [("balance", Self.json($0))] } ?? [])
    }

    private static func json(_ balance: RankBalance) -> JSONText {
        .object([
            ("ranks", .integer(balance.ranks)), ("hosts", .integer(balance.hosts)),
            ("imbalance", .real(balance.imbalance)), ("cut", .real(balance.cut)), ("host_cut", .real(balance.hostCut)),
        ])
    }

    private var detailFields: [(String, JSONText)] {
        [
            ("hops", .object([("mean", .real(meanHops)), ("pairs_by_hops", .integers(hops))])),
            (
                "limits",
                .array(
                    resources.map {
                        .object([
                            ("resource", .string($0.name)), ("used", .real($0.used)),
                            ("available", .real($0.available)),
                            ("share", .real($0.share)), ("unit", .string($0.unit)), ("place", .string($0.place)),
                        ])
                    })
            ),
            ("populations", .array(populations.map(Self.json))),
            (
                "link_load",
                .object([
                    ("links", .integer(linkCount)), ("used", .integer(links.count)),
                    ("packets_per_second_available", .integer(Self.packetsPerSecondOfLink)),
                    (
                        "histogram",
                        .array(
                            linkHistogram.map {
                                .object([
                                    ("trees_from", .integer($0.trees.lowerBound)),
                                    ("trees_to", .integer($0.trees.upperBound)), ("links", .integer($0.links)),
                                ])
                            })
                    ), ("busiest", .array(busiestLinks(20).map(json(of:)))),
                ])
            ),
            (
                "by_chip",
                .array(
                    chips.filter { $0.cores > 0 || $0.entriesUncompressed > 0 }.map {
                        .object([
                            ("x", .integer($0.coordinate.x)), ("y", .integer($0.coordinate.y)),
                            ("board", .integer($0.board)), ("cores", .integer($0.cores)),
                            ("cores_available", .integer($0.workers)), ("sdram", .integer($0.sdram)),
                            ("entries_uncompressed", .integer($0.entriesUncompressed)),
                            ("entries", .integer($0.entries)),
                        ])
                    })
            ),
        ]
    }

    private static func json(_ estimate: SynapseCoreEstimate) -> JSONText {
        .object([
            ("synapse_cores", .integer(estimate.count ?? 0)), ("settled_by", .string(estimate.reason.rawValue)),
            ("events_per_second", .real(estimate.eventsPerSecond)), ("cores_needed", .real(estimate.coresNeeded)),
        ])
    }

    private static func json(_ population: Population) -> JSONText {
        var fields: [(String, JSONText)] = [
            ("name", .string(population.name)), ("model", .string(population.model)),
            ("size", .integer(population.size)), ("cores", .integer(population.cores)),
            ("delay_extensions", .integer(population.delayExtensions)),
            ("synapse_cores", .integer(population.synapseCores)), ("direct", .bool(population.isDirect)),
            ("chips", .integer(population.chips)),
            ("neurons_per_core", .integer(population.slice)), ("limited_by", .string(population.limit.rawValue)),
            ("delay_slots", .integer(population.delaySlots)), ("key", .integer(Int(population.key))),
            ("dtcm", .integer(population.dtcm)), ("sdram", .integer(population.regions.total)),
            ("sdram_by_region", .object(population.regions.inOrder.map { ($0.name, .integer($0.bytes)) })),
            ("tree_links", .integer(population.treeLinks)),
            ("synaptic_events_per_second", .real(population.eventsPerSecond)),
        ]
        if let estimate = population.estimate { fields.append(("synapse_core_estimate", json(estimate))) }
        return .object(fields)
    }

    private func json(of link: LinkLoad) -> JSONText {
        let (chip, number) = place(ofWire: link.wire)
        return .object([
            ("x", .integer(chip.x)), ("y", .integer(chip.y)), ("link", .integer(number)),
            ("trees", .integer(link.trees)), ("packets_per_second", .real(link.packetsPerSecond)),
        ])
    }
}
