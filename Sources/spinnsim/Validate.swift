import ArgumentParser
import Diagnostics
import Emulation
import Glibc
import StrictJSON
import Topology

/// `spinnsim validate`: reads topology files and says what is in them and what is wrong with them.
struct Validate: SerialCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads and checks topology files; prints sizes and estimates.",
        discussion: """
            Nothing is mapped or simulated and no MPI is needed; files that a topology refers to are read and checked, \
            too. With `--for TOPOLOGY` the files are changes to that network. Exit codes: 0 when every file is good, \
            otherwise that of the first file that is not: 65 for a mistake in it, 66 where it cannot be read, 69 where \
            it does not fit.
            """)

    @Option(name: .customLong("for"), help: "The topology that the files are documents of changes to.")
    var topology: String?

    @Argument(help: "Topology files; with --for, documents of changes.", completion: .file(extensions: ["json"]))
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
        let network = try topology.map { file throws(Failure) in try read(file).network }
        for file in files {
            do throws(Failure) {
                if let network {
                    print(try report(file, to: network))
                } else {
                    print(try report(file))
                }
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
        let (network, warnings) = try read(file)
        return table(network, file: file, warnings: warnings)
    }

    private func report(_ file: String, to network: Network) throws(Failure) -> String {
        let (changes, warnings) = try ChangesCheck.read(file, of: network)
        for warning in warnings { Self.complain("warning: \(warning)") }
        let times = changes.map { Double($0.step) * network.simulation.timestep }
        let span =
            times.isEmpty
            ? "" : ", from \(Self.milliseconds(times[0])) to \(Self.milliseconds(times[times.count - 1])) ms"
        return "\(file): ok\n  changes  \(changes.count)\(span)\n  warnings  \(warnings.count)"
    }

    /// A network that can run, and how many warnings there were.
    private func read(_ file: String) throws(Failure) -> (network: Network, warnings: Int) {
        let topology = try NetworkFile(loading: file)
        let read: ReadNetwork
        do throws(DocumentError) { read = try topology.read() } catch { throw error.failure }
        for warning in read.warnings { Self.complain(warning.description) }
        let resolved = try read.resolved(for: .check(memory: maxMemory?.bytes))
        for warning in resolved.findings { Self.complain("warning: \(warning)") }
        return (resolved.network, resolved.warnings.count + resolved.findings.count)
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
            ("not tried", "whether the machine holds it: spinnsim map places it, a run loads it"),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return "\(file): ok\n"
            + rows.map { "  " + $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }
            .joined(separator: "\n")
    }
}
