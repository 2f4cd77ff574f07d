import Diagnostics
import Foundation
import Machine
import Mustache
import Pages

/// `report.html`: one page with everything in it, that needs no network.
struct ReportPage {
    let summary: RunSummary?
    /// `nil` when there is no spike file.
    let statistics: SpikeStatistics?
    let hash: String
    var chips: [ChipMap.Chip] = []
    /// Those with most packets first; of a large machine these alone.
    var links: [ChipMap.Wire] = []
    var weights: [WeightFigure] = []

    /// The page.
    func html(raster: RasterFigure?) throws(Failure) -> String {
        var values: [String: Any] = [
            "style": PageStyle.light + PageStyle.common + ReportTemplate.style,
            "title": title,
            "complete": summary != nil,
            "subtitle": subtitle,
            "tiles": tiles,
            "hasWarnings": !(summary?.warnings ?? []).isEmpty,
            "warnings": summary?.warnings ?? [],
            "populations": populations,
        ]
        if let raster {
            values["raster"] = [
                "svg": raster.draw().document(label: "spikes and rates of all recorded populations"),
                "caption": raster.caption,
            ]
        }
        if !weights.isEmpty {
            let figures = weights.map { ["svg": $0.draw().document(label: "weights"), "caption": $0.caption] }
            values["weights"] = ["figures": figures]
        }
        if let summary {
            values["phases"] = ["rows": phases(summary), "ranks": counted(summary.ranks, "rank")] as [String: Any]
            if let seconds = summary.rankPhases, let names = summary.rankPhaseNames,
                let svg = MachineFigures.ranks(seconds, names: names)
            {
                values["rankBars"] = ["svg": svg.document(label: "seconds by rank and phase")]
            }
            values["about"] = ["entries": about(summary)]
            values["machine"] = machine(summary)
        }
        do {
            return try MustacheTemplate(string: ReportTemplate.page).render(values)
        } catch {
            throw Failure(.bug, "the report's template is wrong: \(error)")
        }
    }

    private var title: String { summary?.name.isEmpty == false ? summary?.name ?? "" : "Run" }

    private var subtitle: String {
        guard let run = statistics?.run else { return "" }
        let time = Numbers.label(Double(run.steps) * run.timestep)
        return "\(time) ms of model time in \(Numbers.grouped(run.steps)) steps of \(Numbers.label(run.timestep)) ms"
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(Numbers.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    private func tile(_ label: String, _ value: String, _ note: String = "", warns: Bool = false) -> [String: Any] {
        ["label": label, "value": value, "note": note, "kind": warns ? "tile warn" : "tile"]
    }

    private var tiles: [[String: Any]] {
        var tiles: [[String: Any]] = []
        if let statistics {
            let recorded = statistics.run.populations.filter(\.recordsSpikes)
            let size = recorded.reduce(0) { $0 + $1.recordedNeurons }
            let spikes = statistics.counts.reduce(0, +)
            let seconds = Double(statistics.run.steps) * statistics.run.timestep / 1000
            tiles.append(tile("spikes", Numbers.grouped(spikes), "of \(Numbers.grouped(size)) recorded neurons"))
            let rate = size > 0 && seconds > 0 ? Double(spikes) / Double(size) / seconds : 0
            tiles.append(tile("mean rate", "\(Numbers.short(rate)) Hz", "per recorded neuron"))
            tiles.append(tile("spike hash", String(hash.prefix(8)), "equal on any number of ranks"))
        }
        if let summary {
            let factor = summary.realTimeFactor
            let faster = factor > 0 ? "\(Numbers.short(1 / factor))× faster than real time" : ""
            let note = factor <= 1 ? faster : "slower than real time"
            tiles.append(tile("real-time factor", Numbers.short(factor), note))
            tiles.append(
                tile("ranks", Numbers.grouped(summary.ranks), "on \(counted(max(1, Set(summary.hosts).count), "host"))")
            )
            if summary.synapses > 0 {
                tiles.append(
                    tile(
                        "synapses", Numbers.grouped(summary.synapses),
                        "\(Numbers.short(Double(summary.synapticEvents))) synaptic events"))
            }
            if summary.peakRSS.max > 0 {
                tiles.append(
                    tile(
                        "peak memory", Numbers.bytes(summary.peakRSS.max),
                        "a rank; mean \(Numbers.bytes(summary.peakRSS.mean))"))
            }
            if summary.overruns > 0 {
                tiles.append(
                    tile("overruns", Numbers.grouped(summary.overruns), "steps later than real time", warns: true))
            }
            if summary.saturations > 0 {
                tiles.append(
                    tile("saturations", Numbers.grouped(summary.saturations), "inputs cut at 65535", warns: true))
            }
        }
        return tiles
    }

    private var populations: [[String: Any]] {
        let run = statistics?.run
        let all =
            summary?.populations.map { ($0.name, $0.size, $0.model) }
            ?? run?.populations.map { ($0.name, $0.size, $0.model) } ?? []
        let recorded = run?.populations.indices.filter { run?.populations[$0].recordsSpikes == true } ?? []
        let seconds = Double(run?.steps ?? 0) * (run?.timestep ?? 1) / 1000
        return all.enumerated().compactMap { index, population -> [String: Any]? in
            let (name, size, model) = population
            var row: [String: Any] = [
                "name": name, "model": model, "size": Numbers.grouped(size), "active": "", "spikes": "not recorded",
                "rate": "", "cv": "", "color": "#c3cbd3", "spark": "",
            ]
            // A recovered file knows nothing of populations that were not recorded.
            if summary == nil && name.isEmpty { return nil }
            guard let statistics, let number = recorded.firstIndex(of: index) else { return row }
            let color = Palette.population(number, of: recorded.count)
            let count = statistics.counts[index]
            row["color"] = color
            let full = statistics.run.populations[index]
            if full.recordedNeurons != size { row["recorded"] = "\(Numbers.grouped(full.recordedNeurons)) recorded" }
            row["active"] = Numbers.percent(Double(statistics.active(index)), of: Double(full.recordedNeurons))
            row["spikes"] = Numbers.grouped(count)
            row["rate"] = seconds > 0 ? "\(Numbers.short(full.rate(spikes: count, seconds: seconds))) Hz" : "–"
            row["cv"] = statistics.irregularity(index).map { String(format: "%.2f", $0) } ?? "–"
            row["spark"] = MachineFigures.spark(statistics.rates(index), color: color)
            return row
        }
    }

    private func phases(_ summary: RunSummary) -> [[String: Any]] {
        let total = summary.phases.inOrder.reduce(0) { $0 + $1.phase.total.mean }
        func row(_ name: String, _ spread: Spread, kind: String) -> [String: Any] {
            let imbalance = spread.mean > 0 ? String(format: "%.0f %%", 100 * (spread.max / spread.mean - 1)) : "–"
            return [
                "name": name, "kind": kind, "min": Numbers.seconds(spread.min), "mean": Numbers.seconds(spread.mean),
                "max": Numbers.seconds(spread.max), "imbalance": imbalance,
                "share": Numbers.percent(spread.mean, of: total),
                "width": String(Int(130 * (total > 0 ? max(0, min(1, spread.mean / total)) : 0))),
            ]
        }
        let order = ["update", "deliver", "exchange", "wait", "record"]
        return summary.phases.inOrder.flatMap { name, phase in
            let parts = phase.parts.sorted {
                let (a, b) = (order.firstIndex(of: $0.key), order.firstIndex(of: $1.key))
                return (a ?? order.count, $0.key) < (b ?? order.count, $1.key)
            }
            return [row(name, phase.total, kind: "phase")] + parts.map { row($0.key, $0.value, kind: "part") }
        }
    }

    /// Links in the table.
    private static let busiest = 8

    private func machine(_ summary: RunSummary) -> [String: Any]? {
        var facts: [[String: Any]] = []
        func add(_ name: String, _ value: String) { facts.append(["name": name, "value": value]) }
        if let machine = summary.machine {
            add("machine", "\(machine.width) × \(machine.height) chips, \(counted(machine.boards, "board"))")
            add("chips used", "\(Numbers.grouped(machine.chipsUsed)) of \(Numbers.grouped(machine.chips))")
            add("cores used", Numbers.grouped(machine.cores))
        }
        for (kind, count) in summary.packets.sorted(by: { $0.key < $1.key }) {
            add("packets, \(kind.replacing("_", with: " "))", Numbers.grouped(count))
        }
        guard !facts.isEmpty || !chips.isEmpty || !links.isEmpty else { return nil }
        var values: [String: Any] = ["facts": facts, "hasFacts": !facts.isEmpty]
        if let map = chips.isEmpty ? nil : ChipMap(chips, links, on: summary.machine.flatMap { layout(of: $0) }) {
            let svg = map.draw()
            values["chips"] = [
                "svg": svg.document(label: "packets by chip"), "caption": map.caption,
                "width": String(Int(svg.width.rounded(.up))),
            ]
        }
        if !links.isEmpty {
            values["links"] = [
                "rows": links.prefix(Self.busiest).map { link -> [String: Any] in
                    [
                        "x": link.x, "y": link.y, "packets": Numbers.grouped(link.packets),
                        "direction": Link(rawValue: link.link)?.name ?? "\(link.link)",
                    ]
                }
            ]
        }
        return values
    }

    /// The machine without faults; `nil` where something is dead in it, or where its kind is not known.
    private func layout(of machine: RunSummary.Machine) -> MachineLayout? {
        guard (1...2048).contains(machine.boards), (1...1024).contains(machine.width),
            (1...1024).contains(machine.height)
        else { return nil }
        let kinds = [
            MachineLayout.spin5(boards: machine.boards),
            MachineLayout.grid(width: machine.width, height: machine.height, wrap: false),
        ]
        return kinds.first {
            $0.width == machine.width && $0.height == machine.height && $0.sites.count == machine.chips
        }
    }

    private func about(_ summary: RunSummary) -> [[String: Any]] {
        var entries: [[String: Any]] = []
        func add(_ name: String, _ value: String, mono: Bool = false) {
            if !value.isEmpty { entries.append(["name": name, "value": value, "mono": mono]) }
        }
        add("seed", String(summary.seed), mono: true)
        add("spike hash", hash, mono: true)
        add("topology SHA-256", summary.topologySHA256, mono: true)
        let parameters = summary.exchange.parameters.sorted { $0.key < $1.key }
            .map { "\($0.key) \(Numbers.short($0.value))" }
        add("exchange", ([summary.exchange.kind] + parameters).filter { !$0.isEmpty }.joined(separator: ", "))
        add("hosts", Array(Set(summary.hosts)).sorted().joined(separator: ", "))
        let versions = summary.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        add("versions", versions.joined(separator: ", "))
        add(
            "recorded",
            (summary.reports.map(\.file) + summary.weights.map(\.file) + summary.rewiring.map(\.file)).joined(
                separator: ", "))
        return entries
    }
}

extension RunDirectory {
    /// Writes `report.html` and `raster.svg` from the spike file, the provenance and the summary.
    ///
    /// - Parameter summary: `nil` for a run that was interrupted.
    /// - Throws: `.noInput` when there is neither a summary nor a spike file; `.outputFailed`.
    public func writeReport(_ summary: RunSummary?) throws(Failure) {
        var statistics: SpikeStatistics?
        var hash = summary?.spikeHash ?? ""
        if Files.mode(file("spikes.h5")) != nil || summary == nil {
            let reader = try SonataSpikeReader(path: file("spikes.h5"))
            var run = reader.run
            if let summary { run.complete(with: summary) }
            let gathered = SpikeStatistics(run: run, expected: try reader.count())
            hash = try reader.read(into: [gathered]).hash
            statistics = gathered
        }
        var page = ReportPage(summary: summary, statistics: statistics, hash: hash)
        if Files.mode(file("provenance.sqlite3")) != nil {
            let database = try SQLiteDatabase(path: file("provenance.sqlite3"), readOnly: true)
            page.chips = try ReportPage.chips(database)
            page.links = try ReportPage.links(database, all: page.chips.count <= ChipMap.mostDetailed)
        }
        for weights in summary?.weights ?? [] where weights.isOurs && Files.mode(file(weights.file)) != nil {
            page.weights.append(try WeightFigure(weights, path: file(weights.file)))
        }
        let raster = statistics.map { RasterFigure($0) }
        if let raster {
            try write("raster.svg", raster.draw().document(label: "spikes and rates", alone: true).utf8)
        }
        try write("report.html", page.html(raster: raster).utf8)
    }
}

extension ReportPage {
    /// Multicast packets by chip.
    fileprivate static func chips(_ database: SQLiteDatabase) throws(Failure) -> [ChipMap.Chip] {
        try database.query(
            """
            SELECT x, y, SUM(the_value) FROM router_provenance
            WHERE description IN ('Local_Multicast_Packets', 'External_Multicast_Packets') GROUP BY x, y
            """
        ).compactMap { row in
            guard case .integer(let x) = row[0], case .integer(let y) = row[1], case .real(let packets) = row[2],
                x >= 0, y >= 0, packets >= 0, packets < 1e18
            else { return nil }
            return ChipMap.Chip(x: x, y: y, packets: packets)
        }
    }

    /// The links with packets, most first.
    ///
    /// - Parameter all: Without it as many as the table has.
    fileprivate static func links(_ database: SQLiteDatabase, all: Bool) throws(Failure) -> [ChipMap.Wire] {
        try database.query(
            """
            SELECT x, y, link, packets FROM link_provenance WHERE packets > 0 ORDER BY packets DESC, x, y, link
            LIMIT \(all ? -1 : busiest)
            """
        ).compactMap { row in
            guard case .integer(let x) = row[0], case .integer(let y) = row[1], case .integer(let link) = row[2],
                case .integer(let packets) = row[3], packets < 1 << 48
            else { return nil }
            return ChipMap.Wire(x: x, y: y, link: link, packets: packets)
        }
    }
}
