public import Diagnostics
import Fabric
import Machine
import Mapping
import Mustache
import Pages
import StrictJSON
import Topology

/// `spinnsim map --html`: one page with the machine, what is where, and the ways of the packets; it needs no network.
///
/// The page draws on a canvas, so that a machine of 57 600 chips is one picture like any other. What it cannot hold of
/// a huge mapping (cores beyond ``mostCores``, trees beyond ``mostTreeLinks``) it says.
public struct MappingPage {
    private let account: MappingAccount
    /// Cores whose packets can be followed.
    static let mostCores = 40_000
    /// Links of all trees in the page.
    static let mostTreeLinks = 1_500_000

    public init(_ account: MappingAccount) { self.account = account }

    /// The page.
    ///
    /// - Throws: `.bug` when the template is wrong.
    /// - Complexity: O(chips + links + links of the trees held).
    public func html() throws(Failure) -> String {
        let summary = account.summary
        let tiles: [[String: Any]] = [
            tile("machine", summary.machine, "\(summary.chips) chips, \(account.workerCount) worker cores"),
            tile("chips used", "\(summary.chipsUsed)", MappingAccount.percent(share(summary.chipsUsed, summary.chips))),
            tile(
                "worker cores", MappingAccount.short(Double(summary.cores)),
                [(summary.delayExtensions, "delay extensions"), (summary.synapseCores, "synapse cores")]
                    .filter { $0.0 > 0 }.map { "\($0.0) of them \($0.1)" }.joined(separator: ", ")),
            tile(
                "routing entries", MappingAccount.short(Double(summary.entries)),
                "of \(summary.entriesUncompressed) unmerged; at most \(summary.maxEntriesPerChip) a chip"),
            tile(
                "tree links", MappingAccount.short(Double(summary.treeLinks)),
                "at most \(summary.maxTreesPerLink) trees over a link"),
            tile(
                "hops", MappingAccount.short(account.meanHops),
                "on average, at most \(max(0, account.hops.count - 1))"),
            tile("mapping time", "\(MappingAccount.milliseconds(summary.totalSeconds)) ms", ""),
        ]
        let limits: [[String: Any]] = account.resources.map {
            [
                "name": $0.name, "share": MappingAccount.percent($0.share),
                "width": "\(Int(140 * max(0, min(1, $0.share.isFinite ? $0.share : 1))))",
                "used": MappingAccount.amount($0.used, $0.unit),
                "available": MappingAccount.amount($0.available, $0.unit), "place": $0.place,
                "kind": $0.share > 1 ? "over" : "",
            ]
        }
        let estimates: [[String: Any]] = account.populations.compactMap { population in
            population.estimate.map {
                [
                    "name": population.name, "count": "\($0.count ?? 0)", "reason": $0.reason.rawValue,
                    "events": MappingAccount.amount($0.eventsPerSecond, "events/s"),
                    "cores": MappingAccount.short($0.coresNeeded) + " cores",
                ]
            }
        }
        let values: [String: Any] = [
            "estimated": estimates.isEmpty ? [] : [["rows": estimates]],
            "title": account.name,
            "style": PageStyle.light + PageStyle.dark + PageStyle.common + MappingPageTemplate.style,
            "script": MappingPageTemplate.script,
            "tiles": tiles, "limits": limits, "data": data.text(),
            "phases": summary.seconds.map { ["name": $0.phase, "time": MappingAccount.milliseconds($0.seconds)] },
            "histogram": account.linkHistogram.filter { $0.links > 0 }.map { bin -> [String: Any] in
                let (low, high) = (bin.trees.lowerBound, bin.trees.upperBound)
                return [
                    "trees": low == high ? "\(low)" : "\(low)–\(high)", "links": "\(bin.links)",
                    "width": "\(Int(140 * share(bin.links, account.linkCount)))",
                ]
            },
            "hops": account.hops.enumerated().map { hops, pairs -> [String: Any] in
                [
                    "hops": "\(hops)", "pairs": "\(pairs)",
                    "width": "\(Int(140 * share(pairs, account.hops.max() ?? 0)))",
                ]
            },
        ]
        do {
            return try MustacheTemplate(string: MappingPageTemplate.page).render(values)
        } catch {
            throw Failure(.bug, "the mapping page's template is wrong: \(error)")
        }
    }

    private func share(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }

    private func tile(_ label: String, _ value: String, _ note: String) -> [String: Any] {
        ["label": label, "value": value, "note": note]
    }

    // MARK: - Data of the page

    private var data: JSONText {
        let machine = account.machine
        return .object([
            ("width", .integer(machine.width)), ("height", .integer(machine.height)),
            ("sdram", .integer(machine.sdram)), ("routerEntries", .integer(machine.routerEntries)),
            ("directions", .array(Link.allCases.map { .string($0.name) })),
            (
                "chips",
                columns(
                    account.chips,
                    [
                        ("x", { $0.coordinate.x }), ("y", { $0.coordinate.y }), ("board", { $0.board }),
                        ("workers", { $0.workers }), ("cores", { $0.cores }), ("sdram", { $0.sdram }),
                        ("before", { $0.entriesUncompressed }), ("entries", { $0.entries }),
                    ])
            ), ("neighbours", .integers(machine.neighbours)),
            (
                "links",
                columns(
                    account.links,
                    [
                        ("wire", { $0.wire }), ("trees", { $0.trees }),
                        ("packets", { Int($0.packetsPerSecond.rounded()) }),
                    ])
            ), ("faults", faults), ("populations", populations), ("cores", cores),
        ])
    }

    private func columns<Row>(_ rows: [Row], _ fields: [(String, (Row) -> Int)]) -> JSONText {
        .object(fields.map { name, value in (name, .integers(rows.lazy.map(value))) })
    }

    private var faults: JSONText {
        let request = account.request
        return .object([
            ("chips", .array(request.faultyChips.map { .integers($0) })),
            ("cores", .array(request.faultyCores.map { .integers($0) })),
            ("links", .array(request.faultyLinks.map { .integers($0) })),
        ])
    }

    private var populations: JSONText {
        .array(
            account.populations.map {
                .object([
                    ("name", .string($0.name)), ("model", .string($0.model)), ("size", .integer($0.size)),
                    ("slice", .integer($0.slice)), ("limit", .string($0.limit.rawValue)), ("cores", .integer($0.cores)),
                    ("extensions", .integer($0.delayExtensions)),
                    ("synapses", .integer($0.synapseCores)), ("chips", .integer($0.chips)),
                    ("slots", .integer($0.delaySlots)), ("sdram", .integer($0.regions.total)),
                    ("dtcm", .integer($0.dtcm)), ("links", .integer($0.treeLinks)),
                    ("events", .integer(Int($0.eventsPerSecond.rounded()))),
                ])
            })
    }

    /// Cores with the trees of their packets: wires ascending, each as the difference to the one before.
    ///
    /// Of more cores than a page can hold, every population keeps an even choice.
    private var cores: JSONText {
        let cores = account.cores
        var step = (cores.count + Self.mostCores - 1) / Self.mostCores
        let links = account.summary.treeLinks
        step = max(1, step, (links + Self.mostTreeLinks - 1) / Self.mostTreeLinks)
        var seen = [Int](repeating: 0, count: account.populations.count)
        var shown: [Int] = []
        for (number, core) in cores.enumerated() {
            if seen[core.population] % step == 0 { shown.append(number) }
            seen[core.population] += 1
        }
        var places: [[Int32]: Int] = [:]
        var trees: [JSONText] = []
        var treeOf: [Int] = []
        for number in shown {
            let tree = account.trees[number]
            // Where they go in: chips with a core that is fed.
            let ends = Set(tree.cores.compactMap { account.machine.number(of: cores[Int($0)].chip) }).sorted()
            let key = tree.wires + [-1] + ends.map(Int32.init)
            if let known = places[key] {
                treeOf.append(known)
                continue
            }
            places[key] = trees.count
            treeOf.append(trees.count)
            trees.append(.array([.integers(differences(tree.wires.map(Int.init))), .integers(differences(ends))]))
        }
        return .object([
            ("step", .integer(step)), ("all", .integer(cores.count)),
            ("population", .integers(shown.map { cores[$0].population })),
            ("first", .integers(shown.map { cores[$0].slice.lowerBound })),
            ("last", .integers(shown.map { cores[$0].slice.upperBound - 1 })),
            (
                "role",
                .integers(
                    shown.map { number in
                        switch cores[number].role {
                        case .neurons: 0
                        case .source: 1
                        case .delayExtension: 2
                        case .synapses: 3
                        }
                    })
            ), ("chip", .integers(shown.map { account.machine.number(of: cores[$0].chip) ?? 0 })),
            ("processor", .integers(shown.map { cores[$0].processor })),
            ("key", .integers(shown.map { cores[$0].key })), ("tree", .integers(treeOf)), ("trees", .array(trees)),
        ])
    }

    private func differences(_ values: [Int]) -> [Int] {
        zip(values, [0] + values).map { $0 - $1 }
    }
}
