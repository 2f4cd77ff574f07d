import Diagnostics
import Foundation
import Results
import Testing

@Suite struct ReportTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The page and the picture of a made-up run.
    func report(
        populations: [RunDescription.Population], steps: Int = 100, provenance: Provenance? = nil,
        change: (inout RunSummary) -> Void = { _ in }, spikes: (UInt32, Int) -> [UInt32]
    ) throws -> (html: String, svg: String) {
        let run = try RunDirectory(creating: folder.file("run"))
        let description = RunDescription(
            name: "test", ranks: 1, timestep: 1, steps: steps, populations: populations)
        let writer = try SpikeSpillWriter(folder: run.working, rank: 0, run: description)
        for step in 0..<UInt32(steps) {
            for population in populations.indices where populations[population].recordsSpikes {
                try writer.append(step: step, population: population, neurons: spikes(step, population))
            }
        }
        try writer.finish(steps: UInt32(steps))
        var summary = RunSummary(run: description, merged: try run.gatherSpikes())
        change(&summary)
        if let provenance { try run.write(provenance) }
        try run.writeReport(summary)
        return (try folder.text("run/report.html"), try folder.text("run/raster.svg"))
    }

    /// Fails unless `text` is well-formed XML.
    func checkXML(_ text: String) throws {
        let script = "import sys\nxml.dom.minidom.parseString(open(sys.argv[1], 'rb').read())"
        try folder.write("x.xml", Array(text.utf8))
        _ = try Python.run(script, [folder.file("x.xml")], modules: ["xml.dom.minidom"])
    }

    @Test(arguments: [0, 1, 8, 9, 40])
    func anyNumberOfPopulations(count: Int) throws {
        let populations = (0..<count).map { RunDescription.Population(name: "P\($0)", size: 1 + 10 * $0, model: "m") }
        let (html, svg) = try report(populations: populations) { step, population in
            step % 7 == 0 ? [UInt32(population)] : []
        }
        for population in populations { #expect(html.contains(">\(population.name)</td>")) }
        try checkXML(svg)
    }

    @Test func thePageNeedsNoNetworkAndRunsNoScript() throws {
        let (html, _) = try report(populations: [.init(name: "E", size: 10, model: "m")]) { _, _ in [1] }
        let links = html.replacing("http://www.w3.org/2000/svg", with: "").replacing("http-equiv", with: "")
        for word in ["http", "<script", "src=", "href", "url(", "@import"] { #expect(!links.contains(word), "\(word)") }
    }

    @Test func hostileTextIsEscaped() throws {
        let hostile = "</title><script>alert('x')</script>\"&"
        let (html, svg) = try report(
            populations: [.init(name: "E", size: 10, model: hostile)],
            change: { summary in
                summary.name = hostile
                summary.warnings = [hostile]
                summary.hosts = [hostile]
                summary.versions = [hostile: hostile]
                summary.exchange.kind = hostile
                summary.populations[0].name = hostile
                summary.packets = [hostile: 1]
                summary.rankPhaseNames = [hostile]
                summary.rankPhases = [[1]]
            }
        ) { _, _ in [1] }
        #expect(!html.contains("<script"))
        #expect(!svg.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert("))
        try checkXML(svg)
    }

    /// A report on packets of some chips and links.
    private func map(
        chips: [(x: Int, y: Int, packets: Double)], links: [Provenance.Link], machine: RunSummary.Machine? = nil
    ) throws -> String {
        var provenance = Provenance()
        provenance.routers = chips.map {
            Provenance.Router(x: $0.x, y: $0.y, description: "External_Multicast_Packets", value: $0.packets)
        }
        provenance.links = links
        let (html, _) = try report(
            populations: [.init(name: "E", size: 1, model: "m")], provenance: provenance,
            change: { $0.machine = machine }
        ) { _, _ in [0] }
        return String(try #require(html.firstMatch(of: /(?s)<svg[^>]*aria-label="packets by chip".*?<\/svg>/)?.output))
    }

    @Test func theMachineIsAMapOfHexagons() throws {
        let picture = try map(
            chips: [(0, 0, 40), (1, 1, 7), (0, 1, 0)],
            links: [
                Provenance.Link(x: 0, y: 0, link: 1, packets: 8), Provenance.Link(x: 1, y: 1, link: 4, packets: 2),
                Provenance.Link(x: 0, y: 0, link: 9, packets: 1),
            ])
        try checkXML(picture)
        // Six corners a chip; the middle of (1, 1) is half a step to the right of (0, 0) and above, (0, 1) to the left.
        let hexagons = picture.matches(of: /<path d="M([\d.]+) ([\d.]+)(?:L[\d. ]+){5}Z".*?<title>chip (\d), (\d)/)
        #expect(hexagons.count == 3)
        let places = Dictionary(
            uniqueKeysWithValues: hexagons.map { ("\($0.3),\($0.4)", (Double($0.1) ?? 0, Double($0.2) ?? 0)) })
        let (origin, right, left) = (
            try #require(places["0,0"]), try #require(places["1,1"]), try #require(places["0,1"])
        )
        #expect(abs(right.0 - origin.0 - (origin.0 - left.0)) < 0.1 && right.0 > origin.0)
        #expect(right.1 < origin.1 && abs(right.1 - left.1) < 0.1)
        #expect(abs((origin.1 - right.1) / (2 * (right.0 - origin.0)) - 0.75.squareRoot()) < 0.01)
        // Nothing is drawn over a label.
        let lastLine = try #require(picture.range(of: "<path", options: .backwards)).lowerBound
        let firstLabel = try #require(picture.range(of: ">0, 0</text>")).lowerBound
        #expect(lastLine < firstLabel)
        // What no link has is left out: two marks, once as casing and once each in its shade.
        #expect(picture.matches(of: /stroke-width/).count >= 3 && picture.matches(of: /fill="none"/).count == 3)
    }

    /// A board of which all chips are there is drawn whole, with its edge of 48 sides; of another nobody knows which.
    @Test(arguments: [48, 47]) func idleChipsAreDrawnWhereTheMachineIsKnown(chips: Int) throws {
        let machine = RunSummary.Machine(width: 8, height: 8, boards: 1, chips: chips, chipsUsed: 1, cores: 1)
        let picture = try map(chips: [(4, 4, 9)], links: [], machine: machine)
        try checkXML(picture)
        #expect(picture.matches(of: /<title>chip \d, \d: 0 packets/).count == (chips == 48 ? 47 : 0))
        let edge = picture.firstMatch(of: /d="([^"]+)" stroke="#7b8794"/)?.1
        #expect(edge?.count { $0 == "M" } == (chips == 48 ? 48 : nil))
    }

    @Test func largeMachinesAreDrawnWithoutDetails() throws {
        let chips = (0..<3000).map { (x: $0 % 60, y: $0 / 60, packets: Double($0)) }
        let picture = try map(chips: chips, links: [Provenance.Link(x: 0, y: 0, link: 0, packets: 5)])
        #expect(picture.matches(of: /Z/).count == 3000)
        #expect(!picture.contains("<title>") && !picture.contains("fill=\"none\"") && picture.utf8.count < 400_000)
        try checkXML(picture)
    }

    @Test func lostPrecisionIsAWarning() throws {
        let (html, _) = try report(
            populations: [.init(name: "E", size: 10, model: "m", recordedNeurons: 5)],
            change: { $0.saturations = 1234 }
        ) { _, _ in [1] }
        #expect(html.contains(#"<div class="tile warn"><div class="label">saturations</div><div class="value">1,234"#))
        #expect(html.contains("of 5 recorded neurons") && html.contains("<td>20 %</td>") && html.contains(">200 Hz<"))
    }

    @Test func theRasterIsBounded() throws {
        let (html, svg) = try report(populations: [
            .init(name: "E", size: 2000, model: "m"), .init(name: "one", size: 1, model: "m"),
        ]) { _, population in population == 0 ? Array(0..<2000) : Array(repeating: 0, count: 500) }
        let dots = svg.count { $0 == "M" }
        #expect(dots > 5000 && dots < 20_200)
        #expect(html.contains("one neuron in 13") || html.contains("one neuron in 12"))
    }

    @Test func ratesAndIrregularity() throws {
        // Every neuron of a clock spikes each 10 ms: 100 Hz, no irregularity.
        let (html, _) = try report(populations: [.init(name: "clock", size: 4, model: "m")], steps: 1000) { step, _ in
            step % 10 == 0 ? [0, 1, 2, 3] : []
        }
        #expect(html.contains("<td>100 %</td><td>400</td><td>100 Hz</td><td>0.00</td>"))
    }
}
