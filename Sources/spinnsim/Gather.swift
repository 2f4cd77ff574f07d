import ArgumentParser
import Diagnostics
import Foundation
import Results

/// `spinnsim gather DIR`: exports a run's spikes, or recovers them from an interrupted run.
struct Gather: SerialCommand {
    static let configuration = CommandConfiguration(
        abstract: "Export a run's spikes, or recover them from an interrupted run.",
        discussion: """
            A complete run is read from its spikes.h5. Of a run that was interrupted, the logs of its ranks are \
            merged as \
            far as they are intact; without -o this writes spikes.h5, the reports of recorded variables, the weights \
            and the rewiring into DIR.
            """)

    @Argument(help: "Results folder of a run.")
    var directory: String

    @Option(help: "csv, sonata or nest.")
    var format: SpikeFormat = .sonata

    @Option(name: .shortAndLong, help: "The file to write; default: spikes.h5, spikes.csv or spikes.dat in DIR.")
    var output: String?

    func run() throws {
        let folder = try RunDirectory(opening: directory, forWriting: output == nil)
        let isRecovery = try folder.summary() == nil && folder.hasLogs
        let merged = try folder.export(format, to: output)
        let path = output ?? folder.file(format.fileName)
        if isRecovery {
            let run = try SpikeMerger(folder: folder.working, tolerant: true).run
            try Console.output(Gather.account(of: merged, run: run))
            if output == nil && format == .sonata {
                for report in try folder.gatherFrames(tolerant: true) {
                    let what = "\(report.samples) samples of \(report.neurons) neurons"
                    try Console.output("recovered \(what): \(folder.file(report.file))")
                }
                for report in try folder.gatherWeights(tolerant: true) {
                    let what = "\(report.samples) samples of \(report.synapses) weights"
                    try Console.output("recovered \(what): \(folder.file(report.file))")
                }
                for report in try folder.gatherRewiring(tolerant: true) {
                    let what = "\(report.formed) formed and \(report.eliminated) eliminated synapses"
                    try Console.output("recovered \(what): \(folder.file(report.file))")
                }
            }
        }
        let isThere = output == nil && format == .sonata
        try Console.output(
            "\(isRecovery ? "recovered" : isThere ? "has" : "wrote") \(merged.spikes) spikes: \(path)")
        try Console.output("spike_hash \(merged.hash)")
    }

    /// How far the log of each rank goes.
    static func account(of merged: MergedSpikes, run: RunDescription) -> String {
        func time(_ steps: Int) -> String { String(format: "%.10g ms", Double(steps) * run.timestep) }
        var lines = ["interrupted run of \(time(run.steps)) on \(run.ranks) ranks"]
        for log in merged.logs where !log.isComplete || log.damage != nil {
            var line = "rank \(log.rank): intact until \(time(log.intactSteps)), \(log.spikes) spikes"
            if let damage = log.damage { line += "; \(damage)" }
            lines.append(line)
        }
        let whole = merged.logs.count { $0.isComplete && $0.damage == nil }
        if whole == merged.logs.count {
            lines.append("all ranks: complete; no spikes are missing")
        } else {
            if whole > 0 { lines.append("\(whole) ranks: complete") }
            let common = time(merged.intactSteps)
            lines.append("all ranks: intact until \(common); spikes after that are not those of all neurons")
        }
        return lines.joined(separator: "\n")
    }
}

extension SpikeFormat: ExpressibleByArgument {}
