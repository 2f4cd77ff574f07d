import ArgumentParser
import ConnectionFiles
import Diagnostics
import Foundation
import Mapping
import Topology

/// `spinnsim map`: where a network goes on the machine and what that costs.
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map", abstract: "Maps a topology onto the machine and prints what that costs.",
        discussion: """
            Partition, placement, keys, routes and tables; nothing is simulated and no MPI is needed. Models and \
            connectors that cannot be run yet can be mapped.
            """)

    @Argument(help: "The topology file.", completion: .file(extensions: ["json"]))
    var topology: String

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(name: .customLong("check"), help: "Walk every key through the routing tables with the independent checker.")
    var checks = false

    func run() throws {
        let bytes = try TopologyFile.load(topology)
        var network: Network
        let warnings: [TopologyWarning]
        do throws(TopologyError) {
            (network, warnings) = try TopologyReader.read(bytes: bytes, file: topology)
        } catch {
            throw error.failure
        }
        for warning in warnings { Console.complain("\(warning)\n") }
        try network.readConnections(of: topology)
        network.survey()
        let (mapping, summary) = try map(network)
        if checks { try check(mapping, of: network).verify() }
        try Console.output(json ? summary.json : table(network, summary))
    }

    private func table(_ network: Network, _ summary: MappingSummary) -> String {
        let extensions = summary.delayExtensions > 0 ? ", \(summary.delayExtensions) of them delay extensions" : ""
        let compressed = summary.compressedChips > 0 ? ", \(summary.compressedChips) tables compressed" : ""
        let times = summary.seconds.map { "\($0.phase) \(Self.milliseconds($0.seconds))" }.joined(separator: ", ")
        let rows = [
            ("name", network.name),
            ("machine", "\(summary.machine), \(summary.chips) chips"),
            ("chips used", "\(summary.chipsUsed)"),
            ("cores", "\(summary.cores)\(extensions)"),
            ("tree links", "\(summary.treeLinks), \(summary.treeLinksByAtoms) times atoms"),
            ("trees per link", "at most \(summary.maxTreesPerLink)"),
            (
                "entries",
                "\(summary.entries) of \(summary.entriesUncompressed), at most \(summary.maxEntriesPerChip) a chip"
                    + compressed
            ),
            ("time", "\(Self.milliseconds(summary.totalSeconds)) ms: \(times)"),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        let checked = checks ? ["every key arrives where it should"] : []
        return (rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 } + checked)
            .joined(separator: "\n")
    }

    private static func milliseconds(_ seconds: Double) -> String { String(format: "%.3f", seconds * 1000) }
}
