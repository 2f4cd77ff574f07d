import ArgumentParser
import Diagnostics
import Emulation
import MapReport
import Mapping
import Results
import StrictJSON
import Topology

/// `spinnsim map`: where a network goes on the machine and what that costs.
struct MapCommand: SerialCommand {
    static let configuration = CommandConfiguration(
        commandName: "map", abstract: "Maps a topology onto the machine and prints what that costs.",
        discussion: """
            Partition, placement, keys, routes and tables; nothing is simulated and no MPI is needed. Models and \
            connectors that cannot be run yet can be mapped. What only the synapses themselves show, such as more of \
            them than an s_max, is seen when a run loads them.

            With --boards or --neurons-per-core the network is mapped for each of the values, and a table tells what \
            fits: `--boards 1..24 --neurons-per-core 64,128,256`.
            """)

    @Argument(help: "The topology file.", completion: .file(extensions: ["json"]))
    var topology: String?

    @Option(
        defaultAsFlag: "-",
        help: ArgumentHelp("Write one JSON object; without a file to standard output.", valueName: "file"),
        completion: .file())
    var json: String?

    @Option(help: ArgumentHelp("Write a page with the map of the machine.", valueName: "file"), completion: .file())
    var html: String?

    @Option(
        help: ArgumentHelp(
            "Write machine, placements, keys and routing tables in the official tools' JSON layouts.",
            valueName: "folder"), completion: .directory)
    var export: String?

    @Flag(name: .customLong("check"), help: "Walk every key through the routing tables with the independent checker.")
    var checks = false

    @Option(help: "Share the cores out among this many ranks, too, and tell how evenly.")
    var ranks: Int?

    @Option(help: "Hosts that the ranks are spread over, as many ranks on each as can be.")
    var hosts = 1

    @Option(help: "Map so many times in a row; the times are those of the fastest.")
    var runs = 1

    @Option(help: "Numbers of spin5 boards to try, such as 1..24 or 1,2,4.")
    var boards: CountList?

    @Option(help: "Largest slices of neurons to try, such as 64,128,256.")
    var neuronsPerCore: CountList?

    @OptionGroup(title: "Mapping") var mapping: MappingArguments

    private var isWhatIf: Bool { boards != nil || neuronsPerCore != nil }

    mutating func validate() throws {
        // `map --json FILE`: the only name there is is the topology's.
        if topology == nil, let name = json, name != "-" { (topology, json) = (name, "-") }
        guard topology != nil else { throw ValidationError("Missing expected argument '<topology>'") }
        if isWhatIf, html != nil || export != nil || checks {
            throw ValidationError(
                "--html, --export and --check are about one mapping; leave --boards and --neurons-per-core out")
        }
        if let ranks, !(1...100_000).contains(ranks) {
            throw ValidationError("--ranks takes 1 to 100000, not \(ranks)")
        }
        guard (1...1000).contains(runs) else { throw ValidationError("--runs takes 1 to 1000, not \(runs)") }
        guard hosts >= 1, hosts <= ranks ?? 1 else {
            throw ValidationError("--hosts takes 1 to the number of --ranks, not \(hosts)")
        }
        if isWhatIf, ranks != nil {
            throw ValidationError("--ranks is about one mapping; leave --boards and --neurons-per-core out")
        }
        if let boards, let wrong = boards.outside(1...MachineRequest.mostBoards) {
            throw ValidationError("--boards takes 1 to \(MachineRequest.mostBoards), not \(wrong)")
        }
        if let neuronsPerCore, let wrong = neuronsPerCore.outside(1...65536) {
            throw ValidationError("--neurons-per-core takes 1 to 65536, not \(wrong)")
        }
    }

    func run() throws {
        let topology = topology ?? ""
        for file in [json, html].compactMap(\.self) where TextFile.isSame(file, topology) {
            throw Failure(.usage, "\(file) is the topology itself and would be overwritten; name another file")
        }
        let network = try load(topology)
        guard !isWhatIf else {
            let table = try WhatIf(network, boards: boards?.values ?? [], neuronsPerCore: neuronsPerCore?.values ?? [])
            {
                (trial) throws(Failure) in try map(trial, options: mapping.options)
            }
            return try write(text: table.text, json: table.json)
        }
        var (mapped, summary) = try map(network, options: mapping.options)
        for note in summary.notes { Console.complain("warning: \(note)\n") }
        for _ in 1..<runs {
            let again = try map(network, options: mapping.options).summary
            if again.totalSeconds < summary.totalSeconds { summary.seconds = again.seconds }
        }
        func timed<Result>(_ phase: String, _ body: () throws -> Result) rethrows -> Result {
            let begin = ContinuousClock.now
            defer { summary.seconds.append((phase, (ContinuousClock.now - begin) / .seconds(1))) }
            return try body()
        }
        if checks { try timed("check") { try check(mapped, of: network).verify() } }
        var balance: RankBalance?
        if let ranks {
            balance = timed("ranks") {
                let load = SimulationLoad().expected(of: mapped.cores, in: network)
                let hostOf = (0..<ranks).map { $0 * hosts / ranks }
                let assigned = assignRanks(mapped, of: network, ranks: ranks, hosts: hostOf, load: load)
                return RankBalance(mapped, load, ranks: assigned, count: ranks, hosts: hostOf)
            }
            // As a run hands it from rank to rank.
            let bytes = timed("encode") { mapped.bytes }
            mapped = try timed("decode") { try Mapping(bytes: bytes, machine: network.machine) }
        }
        var account = try MappingAccount(mapped, summary, of: network)
        account.balance = balance
        if let html { try TextFile.replace(html, with: try MappingPage(account).html()) }
        if let export {
            try TextFile.makeFolder(export)
            for file in OfficialFormats(mapped, of: network).files {
                try TextFile.replace("\(export)/\(file.name)", with: file.text)
            }
        }
        let checked = checks ? "\n\nevery key arrives where it should" : ""
        try write(text: account.text + checked, json: account.json)
    }

    /// A network to be mapped; says what there is to say of it.
    private func load(_ topology: String) throws(Failure) -> Network {
        let file = try NetworkFile(loading: topology)
        let read: ReadNetwork
        do throws(DocumentError) { read = try file.read() } catch { throw error.failure }
        for warning in read.warnings { Console.complain("\(warning)\n") }
        let resolved = try read.resolved(for: .mapping)
        if let unsupported = resolved.unsupported {
            Console.complain("warning \(topology): this can be mapped, but not run: \(unsupported.message)\n")
        }
        for warning in resolved.findings { Console.complain("warning \(warning)\n") }
        return resolved.network
    }

    /// Prints the text, or the JSON in its place; writes the JSON where it is to go into a file.
    private func write(text: String, json content: String) throws(Failure) {
        if let json, json != "-" { try TextFile.replace(json, with: content + "\n") }
        try Console.output(json == "-" ? content : text)
    }
}

/// Numbers on the command line: `1..24`, `64,128,256`, or both mixed.
struct CountList: ExpressibleByArgument {
    let values: [Int]

    init?(argument: String) {
        var values: [Int] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1], low <= high,
                high < 1_000_000, high - low < 100_000
            else { return nil }
            values += Array(low...high)
        }
        self.values = values
    }

    init(_ values: [Int]) { self.values = values }

    var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }

    /// A value outside a range.
    func outside(_ range: ClosedRange<Int>) -> Int? { values.first { !range.contains($0) } }
}
