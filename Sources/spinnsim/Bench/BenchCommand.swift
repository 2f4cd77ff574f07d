import ArgumentParser

/// `spinnsim bench`: what scaling out costs.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures how runs scale with ranks; prints a line of JSON a run.",
        discussion: """
            `Scripts/scale-out` runs this and draws the pictures. What is measured and what the names mean: \
            Sources/Bench/Bench.docc/Scaling.md.
            """,
        subcommands: [BenchScaling.self, BenchMessages.self, BenchExchange.self, BenchGrow.self],
        defaultSubcommand: BenchScaling.self)
}
