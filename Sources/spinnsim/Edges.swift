import ArgumentParser
import Diagnostics
import Emulation

/// `spinnsim edges FILE`: the synapses of a projection, without a run.
struct Edges: SerialCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the synapses of a projection as SONATA edges, without a run.",
        discussion: """
            The network is loaded on one rank and not run: sources, targets, weights as the machine stores them, and \
            delays are those that a run begins with.
            """)

    @Argument(help: "The topology file.", completion: .file(extensions: ["json"]))
    var topology: String

    @Option(help: "Name of the projection; without one in the file, PRE->POST.")
    var projection: String

    @Option(name: .shortAndLong, help: "The file to write; one that is there is replaced.", completion: .file())
    var output: String

    @Option(help: "Seed, in place of the file's.")
    var seed: UInt64?

    @Option(help: "Refuse to need more memory than this, such as 8G (default: what the host has).")
    var maxMemory: MemoryLimit?

    @OptionGroup(title: "Mapping") var mapping: MappingArguments

    func run() throws {
        var options = RunOptions(file: topology)
        options.seed = seed
        options.maxMemory = maxMemory?.bytes
        options.mapping = mapping.options
        options.quiet = true
        options.versions = Version.all(withMPI: false)
        let synapses = try ProjectionEdges.write(options, projection: projection, to: output)
        try Console.output("\(synapses) synapses: \(output)")
    }
}
