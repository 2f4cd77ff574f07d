import Foundation
import Machine
import Mapping
import Topology

extension MappingAccount {
    /// The account as text for a terminal.
    ///
    /// - Complexity: O(chips · log chips + links · log links).
    public var text: String {
        let extensions =
            summary.delayExtensions > 0 ? ", \(summary.delayExtensions) of them delay extensions" : ""
        let synapses = summary.synapseCores > 0 ? ", \(summary.synapseCores) of them synapse cores" : ""
        let compressed = summary.compressedChips > 0 ? ", \(summary.compressedChips) tables compressed" : ""
        let times = summary.seconds.map { "\($0.phase) \(Self.milliseconds($0.seconds))" }.joined(separator: ", ")
        var facts = [
            ("name", name), ("machine", "\(summary.machine), \(summary.chips) chips, \(workerCount) worker cores"),
            ("chips used", "\(summary.chipsUsed) on \(boardsUsed == 1 ? "1 board" : "\(boardsUsed) boards")"),
            ("cores", "\(summary.cores)\(extensions)\(synapses)"),
            ("tree links", "\(summary.treeLinks), \(summary.treeLinksByAtoms) times atoms"),
            ("trees per link", "at most \(summary.maxTreesPerLink)"),
            ("hops", "\(Self.short(meanHops)) on average, at most \(max(0, hops.count - 1))"),
            (
                "entries",
                "\(summary.entries) of \(summary.entriesUncompressed), at most \(summary.maxEntriesPerChip) a chip"
                    + compressed
            ),
            ("time", "\(Self.milliseconds(summary.totalSeconds)) ms: \(times)"),
        ]
        if let balance {
            let between = balance.hosts > 1 ? ", \(Self.percent(balance.hostCut)) their host" : ""
            facts.append(
                (
                    "ranks",
                    "\(balance.ranks): fullest \(Self.percent(balance.imbalance)) over the mean, "
                        + "\(Self.percent(balance.cut)) of packets leave their rank" + between
                ))
        }
        let width = facts.map(\.0.count).max() ?? 0
        let head = facts.map { Self.pad($0.0, width + 2) + $0.1 }.joined(separator: "\n")
        return [head, limitsText, populationsText, chipsText, linksText].filter { !$0.isEmpty }
            .joined(separator: "\n\n")
    }

    private var boardsUsed: Int { Set(chips.filter { $0.cores > 0 }.map(\.board)).count }

    private var limitsText: String {
        let rows = resources.map {
            [
                $0.name, Self.percent($0.share), Self.amount($0.used, $0.unit),
                Self.amount($0.available, $0.unit), $0.place,
            ]
        }
        return Self.table(["what limits", "taken", "used", "there is", "where"], rows, left: [0, 4])
    }

    private var populationsText: String {
        let rows = populations.map { population in
            [
                population.name, population.model, "\(population.size)", "\(population.slice)",
                "\(population.cores)" + (population.delayExtensions > 0 ? " + \(population.delayExtensions)" : "")
                    + (population.synapseCores > 0 ? " + \(population.synapseCores)" : ""),
                "\(population.chips)", "\(ByteCount(population.regions.total))", population.limit.rawValue,
            ]
        }
        let table = Self.table(
            ["population", "model", "size", "a core", "cores", "chips", "SDRAM", "limited by"], rows, left: [0, 1, 7])
        let estimates = populations.compactMap { population in
            population.estimate.map { estimate in
                "synapse cores of a slice of \(population.name): \(estimate.count ?? 0), settled by "
                    + "\(estimate.reason.rawValue); \(Self.amount(estimate.eventsPerSecond, "events/s")) take "
                    + "\(Self.short(estimate.coresNeeded))"
            }
        }
        return ([table] + estimates).joined(separator: "\n")
    }

    private var chipsText: String {
        let used = chips.filter { $0.cores > 0 || $0.entriesUncompressed > 0 }
        let fullest = used.enumerated().sorted {
            ($1.element.cores, $1.element.sdram, $0.offset) < ($0.element.cores, $0.element.sdram, $1.offset)
        }.map(\.element)
        let rows = fullest.prefix(Self.rowsShown).map {
            [
                "\($0.coordinate.x), \($0.coordinate.y)", "\($0.cores) of \($0.workers)", "\(ByteCount($0.sdram))",
                "\($0.entriesUncompressed)", "\($0.entries)",
            ]
        }
        return Self.table(["chip", "cores", "SDRAM", "entries before", "entries"], rows, left: [0])
            + Self.more(used.count - rows.count, "chips")
    }

    private var linksText: String {
        guard !links.isEmpty else { return "no link is used" }
        let histogram = linkHistogram.filter { $0.links > 0 }.map { bin in
            let (low, high) = (bin.trees.lowerBound, bin.trees.upperBound)
            return "\(low == high ? "\(low)" : "\(low)–\(high)"): \(bin.links)"
        }
        let busiest = busiestLinks(Self.rowsShown)
        let rows = busiest.map { link in
            let (chip, number) = place(ofWire: link.wire)
            return [
                "\(chip.x), \(chip.y)", "\(number) \(Link(rawValue: number)?.name ?? "")", "\(link.trees)",
                Self.short(link.packetsPerSecond),
            ]
        }
        return "links by trees    " + histogram.joined(separator: ", ") + "\n\n"
            + Self.table(["chip", "busiest links", "trees", "packets/s"], rows, left: [0, 1])
            + Self.more(links.count - rows.count, "links in use")
    }

    private static let rowsShown = 20

    private static func more(_ count: Int, _ what: String) -> String {
        count > 0 ? "\n… and \(count) more \(what): --json FILE or --html FILE has all" : ""
    }

    static func milliseconds(_ seconds: Double) -> String { String(format: "%.3f", seconds * 1000) }

    static func percent(_ share: Double) -> String {
        share.isFinite ? String(format: share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100) : "too much"
    }

    /// A number of something, bytes with their unit.
    static func amount(_ value: Double, _ unit: String) -> String {
        unit == "bytes" ? "\(ByteCount(Int(value)))" : "\(short(value)) \(unit)"
    }

    /// Three digits, or a whole number with its thousands apart.
    static func short(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        guard abs(value) >= 1000 || value == value.rounded() else { return String(format: "%.3g", value) }
        var digits = String(Int(abs(value).rounded()))
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([Substring(digits)] + groups).joined(separator: ",")
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Columns side by side; those not named in `left` are flush right.
    static func table(_ head: [String], _ rows: [[String]], left: Set<Int>) -> String {
        let widths = head.indices.map { column in
            rows.reduce(head[column].count) { max($0, $1[column].count) }
        }
        return ([head] + rows).map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                if column > 0 { line += "  " }
                let space = String(repeating: " ", count: widths[column] - cell.count)
                line += left.contains(column) ? (column == row.count - 1 ? cell : cell + space) : space + cell
            }
            return line
        }.joined(separator: "\n")
    }
}
