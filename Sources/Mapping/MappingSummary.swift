import Machine
import Topology

/// What a mapping occupies and costs, in numbers that compare one mapping with another.
public struct MappingSummary: Sendable {
    public var machine: String
    public var boards: Int
    public var chips: Int
    /// Chips with at least one worker core in use.
    public var chipsUsed: Int
    public var cores: Int
    /// Of `cores`: those that repeat spikes.
    public var delayExtensions: Int
    /// Of `cores`: those that take in spikes for others.
    public var synapseCores: Int
    /// Links crossed by all multicast trees, one tree a source core.
    public var treeLinks: Int
    /// The same, each tree weighted by its source core's neurons.
    public var treeLinksByAtoms: Int
    public var maxTreesPerLink: Int
    /// Entries if every source core had one on every chip its tree visits.
    public var entriesUncompressed: Int
    /// Entries with neighbouring cores of a source merged and default routes left out.
    public var entriesMerged: Int
    /// Entries after compression.
    public var entries: Int
    public var maxEntriesPerChip: Int
    /// Chips whose tables had to be compressed to fit.
    public var compressedChips: Int
    /// Populations whose cores hold fewer neurons than asked for, a sentence each: see ``Partition/memoryNotes(of:)``.
    public var notes: [String] = []
    /// Seconds by phase, in order.
    public var seconds: [(phase: String, seconds: Double)]

    /// Seconds of all phases.
    public var totalSeconds: Double { seconds.reduce(0) { $0 + $1.seconds } }

    /// Measures trees and tables.
    ///
    /// - Complexity: O(nodes of all trees + chips + cores).
    init(_ mapping: Mapping, trees: [RoutingTree], unmerged: Int, merged: Int, compressedChips: Int) {
        let machine = mapping.machine
        self.machine = machine.name
        boards = machine.boards
        chips = machine.chips.count
        cores = mapping.cores.count
        delayExtensions = mapping.cores.count { if case .delayExtension = $0.role { true } else { false } }
        synapseCores = mapping.cores.count { if case .synapses = $0.role { true } else { false } }
        var isUsed = [Bool](repeating: false, count: machine.chips.count)
        for core in mapping.cores { if let chip = machine.number(of: core.chip) { isUsed[chip] = true } }
        chipsUsed = isUsed.count { $0 }

        var (links, linksByAtoms) = (0, 0)
        for tree in trees {
            let cores = tree.cores.count
            links += tree.linkCount * cores
            linksByAtoms += tree.linkCount * tree.cores.reduce(0) { $0 + mapping.cores[$1].slice.count }
        }
        (treeLinks, treeLinksByAtoms) = (links, linksByAtoms)
        maxTreesPerLink = trees.heaviestLoad(on: machine)
        entriesUncompressed = unmerged
        entriesMerged = merged
        entries = mapping.tables.values.reduce(0) { $0 + $1.entries.count }
        maxEntriesPerChip = mapping.tables.values.reduce(0) { max($0, $1.entries.count) }
        self.compressedChips = compressedChips
        seconds = []
    }
}
