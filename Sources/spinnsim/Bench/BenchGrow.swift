import ArgumentParser
import Bench
import Diagnostics
import NetworkFiles
import Results
import Topology

/// `spinnsim bench grow`: writes the networks of weak scaling.
struct BenchGrow: SerialCommand {
    static let configuration = CommandConfiguration(
        commandName: "grow", abstract: "Writes a larger version of a network in which every neuron has as many inputs.")

    @Argument(help: "The topology file.")
    var topology: String

    @Option(help: "Multiply all populations by this.")
    var factor = 1.0

    @Option(help: "Put this many copies on a torus.")
    var tiles: Int?

    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String

    func validate() throws {
        if !(factor > 0 && factor <= 1e6) { throw ValidationError("--factor takes a number above 0, up to 10⁶") }
        if let tiles, tiles < 1 || tiles > 1_000_000 { throw ValidationError("--tiles takes 1 to 1000000") }
    }

    func run() throws {
        let grown = try Self.grow(try TopologyFile.load(topology), factor: factor, tiles: tiles)
        try TextFile.replace(output, with: grown.text)
        try Console.output("\(output): \(grown.neurons) neurons")
    }

    static func grow(_ bytes: [UInt8], factor: Double, tiles: Int?) throws(Failure) -> GrownTopology {
        guard let tiles else { return try GrownTopology(bytes, resizedBy: factor) }
        let (columns, rows) = squarest(tiles)
        return try GrownTopology(bytes, resizedBy: factor, columns: columns, rows: rows)
    }
}
