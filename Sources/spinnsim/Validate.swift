import ArgumentParser
import ConnectionFiles
import Diagnostics
import Glibc
import SpikeFiles
import Topology

/// `spinnsim validate`: reads topology files and says what is in them and what is wrong with them.
struct Validate: SerialCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads and checks topology files; prints sizes and estimates.",
        discussion: """
            Nothing is simulated and no MPI is needed. Exit codes: 0 when every file is good, otherwise that of the first \
            file that is not: 65 for a mistake in it, 66 where it cannot be read, 69 where it does not fit.
            """)

    @Argument(help: "Topology files.", completion: .file(extensions: ["json"]))
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "Memory the network may take over all ranks, such as 8G; default: what this host can give.",
            valueName: "bytes"),
        transform: { text in
            guard let limit = ByteCount(parsing: text) else {
                throw ValidationError("\"\(text)\" is not a size such as 8G or 512MiB")
            }
            return limit
        })
    var maxMemory: ByteCount?

    func run() throws {
        var firstFailure: Diagnostics.ExitCode?
        for file in files {
            do throws(Failure) {
                print(try report(file))
            } catch {
                firstFailure = firstFailure ?? error.exitCode
                let message = error.message.hasPrefix("error ") ? error.message : "error \(file): \(error.message)"
                Self.complain(message)
            }
        }
        if let firstFailure { throw ArgumentParser.ExitCode(firstFailure.rawValue) }
    }

    private static func complain(_ message: String) {
        let line = Array((message + "\n").utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func report(_ file: String) throws(Failure) -> String {
        let bytes = try TopologyFile.load(file)
        var network: Network
        let warnings: [TopologyWarning]
        do throws(TopologyError) {
            (network, warnings) = try TopologyReader.read(bytes: bytes, file: file)
        } catch {
            throw error.failure
        }
        for warning in warnings { Self.complain(warning.description) }
        try network.requireSupported()
        try network.findSpikeFiles(of: file)
        try network.resolve(of: file, memoryLimit: maxMemory?.bytes)
        return table(network, file: file, warnings: warnings.count)
    }

    private static func milliseconds(_ time: Double) -> String {
        Int(exactly: time).map { String($0) } ?? String(time)
    }

    private func table(_ network: Network, file: String, warnings: Int) -> String {
        let estimate = network.estimate()
        let sources = network.populations.lazy.filter(\.model.isSource).reduce(0) { $0 + $1.size }
        let rows = [
            ("name", network.name),
            ("duration", "\(Self.milliseconds(network.simulation.duration)) ms in \(network.simulation.steps) steps"),
            ("seed", String(network.simulation.seed)),
            ("populations", String(network.populations.count)),
            ("neurons", String(estimate.neurons - sources)),
            ("sources", String(sources)),
            ("projections", String(network.projections.count)),
            ("synapses", "\(estimate.synapses) expected"),
            (
                "memory",
                "about \(ByteCount(estimate.bytes)): synapses \(ByteCount(estimate.synapseBytes)), "
                    + "state \(ByteCount(estimate.neuronBytes)), ring buffers \(ByteCount(estimate.ringBytes)), "
                    + "indices \(ByteCount(estimate.indexBytes)), building \(ByteCount(estimate.builderBytes))"
            ),
            ("warnings", String(warnings)),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return "\(file): ok\n"
            + rows.map { "  " + $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }
            .joined(separator: "\n")
    }
}
