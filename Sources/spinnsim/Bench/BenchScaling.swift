import ArgumentParser
import Bench
import Diagnostics
import Foundation
import NetworkFiles
import Results
import Topology

/// `spinnsim bench scaling`: the same network, or the same work a rank, on more and more ranks.
struct BenchScaling: SerialCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling", abstract: "Runs networks on more and more ranks.",
        discussion: """
            Every run is a start of mpirun of its own, so that launching is counted. More ranks than cores show what \
            ranks \
            cost, not how a network scales.
            """)

    enum Scaling: String, ExpressibleByArgument, CaseIterable { case strong, weak, both }
    enum Growth: String, ExpressibleByArgument, CaseIterable { case resized, tiled }

    @Argument(help: "The topology file: the network of strong scaling, and what that of weak scaling is grown from.")
    var topology = "Topologies/balanced.json"

    @Option(help: "strong (the network as it is), weak (the same neurons a rank) or both.")
    var scaling = Scaling.both

    @Option(help: "Numbers of ranks.")
    var ranks = CountList([1, 2, 4, 8, 16, 32, 64])

    @Option(help: "Seeds; each is a run.")
    var seeds = CountList([1, 2, 3])

    @Option(help: "Model time of a run in ms.")
    var duration = 400.0

    @Option(help: "Neurons of a rank in weak scaling.")
    var neuronsPerRank = 1250

    @Option(help: "How weak scaling grows the network: resized populations, or tiles on a torus.")
    var grow = Growth.resized

    @Option(help: "Words that start a program on {ranks} ranks, in place of mpirun, such as \"srun -n {ranks}\".")
    var launcher: String?

    @Option(help: "The program that the launcher starts (default: this one), such as the name it has in a container.")
    var program: String?

    @Option(name: .shortAndLong, help: "Also append the lines to this file.")
    var output: String?

    func validate() throws {
        if !(duration > 0 && duration.isFinite) { throw ValidationError("--duration takes a number of ms above 0") }
        if let wrong = ranks.outside(1...100_000) { throw ValidationError("--ranks takes 1 to 100000, not \(wrong)") }
        guard (1...1_000_000_000).contains(neuronsPerRank) else {
            throw ValidationError("--neurons-per-rank takes 1 to 1000000000, not \(neuronsPerRank)")
        }
        if let launcher, !launcher.contains("{ranks}") { throw ValidationError("--launcher has to contain {ranks}") }
    }

    func run() throws {
        let original = try TopologyFile.load(topology)
        let neurons = try GrownTopology(original, resizedBy: 1).neurons
        let scratch = FileManager.default.temporaryDirectory.appending(path: "spinnsim-bench-\(getpid())").path
        try TextFile.makeFolder(scratch)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        for scaling in [Scaling.strong, .weak] where self.scaling == .both || self.scaling == scaling {
            for ranks in ranks.values {
                var file = topology
                var size = neurons
                if scaling == .weak {
                    let tiles = grow == .tiled ? ranks : 1
                    let factor = Double(neuronsPerRank * (ranks / tiles)) / Double(neurons)
                    let grown = try BenchGrow.grow(
                        original, factor: factor, tiles: grow == .tiled ? tiles : nil)
                    file = "\(scratch)/weak.json"
                    size = grown.neurons
                    try TextFile.replace(file, with: grown.text)
                }
                for seed in seeds.values {
                    let record = try measure(file, size, scaling.rawValue, ranks, seed, "\(scratch)/results")
                    try write(try record.line())
                }
            }
        }
    }

    /// Runs a file and reads what the run says of itself.
    private func measure(
        _ file: String, _ neurons: Int, _ scaling: String, _ ranks: Int, _ seed: Int, _ results: String
    ) throws(Failure) -> ScalingRecord {
        var words = try Launcher.command(ranks: ranks)
        if let launcher {
            words =
                launcher.replacingOccurrences(of: "{ranks}", with: String(ranks)).split(separator: " ").map(String.init)
                + [words[words.count - 1]]
        }
        if let program { words[words.count - 1] = program }
        words += [
            "run", "-o", results, "--overwrite", "--quiet", "--progress", "never", "--seed", String(seed), "--duration",
            String(duration), file,
        ]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let start = ContinuousClock.now
        do { try process.run() } catch { throw Failure(.mpiSetUp, "cannot start \(words[0]): \(error)") }
        process.waitUntilExit()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Failure(
                ExitCode(rawValue: process.terminationStatus) ?? .mpiSetUp,
                "a run on \(ranks) ranks ended with \(process.terminationStatus): " + words.joined(separator: " "))
        }
        let summary = try RunSummary(path: "\(results)/run.json")
        return ScalingRecord(
            summary, scaling: scaling, neurons: neurons, seconds: seconds,
            processors: ProcessInfo.processInfo.activeProcessorCount)
    }

    private func write(_ line: String) throws(Failure) {
        try Console.output(line)
        guard let output else { return }
        guard let file = fopen(output, "a") else {
            throw Failure(.cannotCreate, "cannot write \(output): \(errnoText())")
        }
        let isWritten = fputs(line + "\n", file) >= 0
        guard fclose(file) == 0, isWritten else {
            throw Failure(.outputFailed, "cannot write \(output): \(errnoText())")
        }
    }
}
