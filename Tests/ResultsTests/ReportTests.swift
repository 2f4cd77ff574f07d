import Diagnostics
import Foundation
import Results
import Testing

@Suite struct ReportTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The page and the picture of a made-up run.
    func report(
        populations: [RunDescription.Population], steps: Int = 100, change: (inout RunSummary) -> Void = { _ in },
        spikes: (UInt32, Int) -> [UInt32]
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
